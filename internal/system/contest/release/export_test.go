package release

import "github.com/xiadu/xiadu/internal/record"

// Forged is an entry of a file that the use case did not make.
func Forged(contest string, n int, sum string) record.Entry {
	return released{Contest: contest, N: n, File: sum}
}
