package station

import "time"

// The circle of the official claim, and the bounds of what may be asked.
const (
	DefaultCutoff = 15 * time.Minute
	MinCutoff     = time.Minute
	MaxCutoff     = time.Hour
)
