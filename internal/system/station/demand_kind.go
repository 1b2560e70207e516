package station

import "regexp"

var kindForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,30}$`)

// ValidKind reports whether a kind of demand may be called so: it stands in
// addresses, in file names and on command lines.
func ValidKind(kind string) bool { return kindForm.MatchString(kind) }
