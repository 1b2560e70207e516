package demo

import (
	"bytes"
	"testing"
)

func TestSizes(t *testing.T) {
	c := drawn()
	var b bytes.Buffer
	if err := Streets(&b); err != nil {
		t.Fatal(err)
	}
	degree := map[point]int{}
	length := 0
	for _, s := range c.streets {
		for i, p := range s.line {
			degree[p]++
			if i > 0 && i < len(s.line)-1 {
				degree[p]++
			}
		}
		length += lengthOf(s.line)
	}
	junctions := 0
	for _, n := range degree {
		if n > 2 {
			junctions++
		}
	}
	t.Logf("%d bytes, %d streets, %d km, %d corners, %d junctions, %d houses, %d blocks", b.Len(), len(c.streets), length/10000, len(degree), junctions, len(c.houses), len(c.blocks))
}
