package complaint

import (
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/engine/casework/clock"
)

//go:embed keep.txt
var keepText string

var keepRules = sync.OnceValues(func() (map[string]clock.Rule, error) {
	all, err := clock.ReadRules(keepText)
	if err != nil {
		return nil, fmt.Errorf("complaint: how long evidence is kept: %w", err)
	}
	names := map[string]string{"督察.照片保存": ProofPhoto, "督察.材料保存": ProofPaper, "督察.签名保存": ProofSignature}
	rules := map[string]clock.Rule{}
	for _, r := range all {
		rules[System+"."+names[r.Name]] = r
	}
	return rules, nil
})

// KeptFor is the rule by which evidence of a kind is kept, from when its case is over.
func KeptFor(kind string) (clock.Rule, error) {
	rules, err := keepRules()
	if err != nil {
		return clock.Rule{}, err
	}
	r, ok := rules[kind]
	if !ok || r.Length.Unit != clock.Year {
		return r, fmt.Errorf("complaint: no years for which %q is kept", kind)
	}
	return r, nil
}

// leastKept is how long evidence of a kind is kept at least: nobody looks whether its case is over before.
func leastKept(kind string) time.Duration {
	r, err := KeptFor(kind)
	if err != nil {
		return 0
	}
	return time.Duration(r.Length.N) * 365 * 24 * time.Hour
}
