package gallery

import (
	"fmt"
	"io"
	"net/http"
)

// picturePath is where drawings stand in for photographs: a yard with a heap, without it,
// and one that is higher than wide.
const picturePath = "/kit/picture/"

const (
	wall  = `<rect width="400" height="300" fill="#aebfc6"/><path d="M0 170h400v130H0z" fill="#8d8a7c"/><path d="M40 60h150v115H40z" fill="#b98f6d"/><path d="M62 86h34v40H62zm72 0h34v40h-34z" fill="#46606c"/>`
	heap  = `<path d="M190 250q50-95 95-70 50-30 85 70z" fill="#5d5244"/>`
	door  = `<path d="M250 190h90v70h-90z" fill="#6f8f5e"/>`
	frame = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="%s">%s</svg>`
)

func picture(w http.ResponseWriter, r *http.Request) error {
	box, in := "0 0 400 300", wall
	switch r.PathValue("name") {
	case "before":
		in += heap
	case "high":
		box = "30 0 168 300"
	default:
		in += door
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	_, err := io.WriteString(w, fmt.Sprintf(frame, box, in))
	return err
}
