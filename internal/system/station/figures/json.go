package figures

import (
	"encoding/json"
	"io"
)

// WriteJSON writes figures as they are published, byte for byte the same by a page and
// by the command that computes them again.
func WriteJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
