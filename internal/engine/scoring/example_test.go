package scoring_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Every preset works an example through to the end: each entry has a total and a place, and a trim drops something.
func TestEveryPresetHasAnExample(t *testing.T) {
	for _, f := range rule.Presets() {
		r, err := scoring.Example(&f.Rule)
		if err != nil {
			t.Errorf("%s: %v", f.About.Key, err)
			continue
		}
		for _, e := range r.Entries {
			if !e.Has || e.Place == 0 {
				t.Errorf("%s: %s has no total: %v", f.About.Key, e.Key, e.Waits)
			}
		}
		tr, _ := r.Trace("A")
		dropped, trims := 0, false
		for _, s := range tr.Stages {
			for _, p := range s.Parts {
				for _, c := range p.Columns {
					trims = trims || c.Low+c.High > 0
					for _, one := range c.Scores {
						if one.Is != scoring.Kept {
							dropped++
						}
					}
				}
			}
		}
		if trims && dropped == 0 {
			t.Errorf("%s: nothing was dropped", f.About.Key)
		}
	}
}
