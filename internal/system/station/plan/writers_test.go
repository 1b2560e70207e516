package plan

import (
	"fmt"
	"sync"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// TestPlansSavedAtOnce has several planners save at the same moment. Each gets a
// number of its own: that another took the one computed first is not theirs to know.
func TestPlansSavedAtOnce(t *testing.T) {
	const planners, rounds = 8, 6
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s, who := planning(t, d)
		var wg sync.WaitGroup
		for n := range planners {
			wg.Go(func() {
				for i := range rounds {
					if _, err := s.Save(t.Context(), who, somePlan(t, fmt.Sprint("方案", n, "-", i))); err != nil {
						t.Errorf("planner %d: %v", n, err)
					}
				}
			})
		}
		wg.Wait()
		page, err := s.List(t.Context(), Filter{})
		if err != nil || page.Total != planners*rounds {
			t.Errorf("%d plans are there, want %d: %v", page.Total, planners*rounds, err)
		}
	})
}
