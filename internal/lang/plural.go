package lang

import "strconv"

// Plural is a number with its English noun: 1 problem, 2 problems. The noun takes an s.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
