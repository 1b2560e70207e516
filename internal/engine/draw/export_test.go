package draw

import "fmt"

// Numbered is a Book whose ids count, so that what is drawn in a test is the same each time.
func Numbered() *Book {
	n := 0
	return &Book{func() (string, error) {
		n++
		return fmt.Sprintf("test-%03d", n), nil
	}}
}
