package coverage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Digest names the stations of the network and a kind of its demand by what they
// are, whichever way they came in: the same facts have the same digest.
func (n *Survey) Digest(kind string) string {
	h, line := sha256.New(), []byte(nil)
	for _, s := range n.Stations {
		line = line[:0]
		for _, cell := range s.Canonical() {
			line = fmt.Appendf(line, "%d:%s", len(cell), cell)
		}
		h.Write(line)
	}
	if d, ok := n.Demand(kind); ok {
		for _, c := range d.Cells {
			line = fmt.Appendf(line[:0], "|%d:%s %v %v %v", len(c.ID), c.ID, c.At.Fixed(), c.Day, c.Night)
			h.Write(line)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
