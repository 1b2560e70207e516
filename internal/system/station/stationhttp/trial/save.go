package trial

import (
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
)

// PlanVersion names a version of a plan in an address: P-0001~3.
type PlanVersion struct {
	Code    string
	Version int64
}

func parsePlanVersion(s string) PlanVersion {
	code, version, _ := strings.Cut(s, "~")
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil || len(code) > ask.MaxText {
		return PlanVersion{}
	}
	return PlanVersion{code, n}
}

func (v PlanVersion) String() string {
	if v.Code == "" {
		return ""
	}
	return v.Code + "~" + strconv.FormatInt(v.Version, 10)
}

// ParseVersion reads the version of a plan.
func ParseVersion(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "版本“%s”不对：请从方案的页面上操作。", "The version “%s” is wrong: use the buttons on the plan's page.", lang.Short(s))
	}
	return n, nil
}
