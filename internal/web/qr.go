package web

import (
	"encoding/base64"

	"rsc.io/qr"
)

// QR is a picture of text as a QR code, for the src of an img; empty where the text is
// too long for one: the text itself stands beside it.
func QR(text string) string {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return ""
	}
	code.Scale = 5
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())
}
