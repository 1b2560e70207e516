package bulletin_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

var (
	keysOfPoints = db.Declare[db.None, int](`SELECT key_number FROM complaint_point WHERE what <> '' ORDER BY letter, number`)
	keysOfRows   = db.Declare[db.None, int](`SELECT key_number FROM complaint_row ORDER BY place`)
)

// After another key was put in use each point and each row of a bulletin is under it, once, and opens as before.
func TestSealedAnew(t *testing.T) {
	each(t, func(t *testing.T, c *complainttest.City) {
		l := begin(t, c)
		other := c.LettersOf(c.Look("XN2023-0002"))[0]
		parts := make([]intake.Part, 12) // so that the second and the twelfth are told apart
		for i := range parts {
			parts[i] = intake.Part{Text: "第" + strconv.Itoa(i+1) + "点的原文", Title: "油烟问题", Division: gb.Division{}}
		}
		if err := c.Intake.Divide(c.Ctx(), c.Clerk, intake.Dividing{Letter: other.ID, Seen: other.Version, Parts: parts}); err != nil {
			t.Fatal(err)
		}
		b := prepare(t, c, bulletin.New{Batches: []int{1}})
		number, _, err := c.People.Keys.Rotate(c.Ctx(), identity.CommandLine, seal.SM, false)
		if err != nil {
			t.Fatal(err)
		}
		drawers := slices.Concat(letter.Anew, bulletin.Anew)
		if n, err := record.OwnAnew(c.Ctx(), c.DB, drawers...); err != nil || n != 2+1+12+b.Letters {
			t.Errorf("%d rows were sealed anew: %v", n, err)
		}
		if n, err := record.OwnAnew(c.Ctx(), c.DB, drawers...); err != nil || n != 0 {
			t.Errorf("%d rows were sealed anew once more: %v", n, err)
		}
		err = c.DB.View(c.Ctx(), func(tx *db.Tx) error {
			for _, q := range []db.Query[db.None, int]{keysOfPoints, keysOfRows} {
				keys, err := q.Slice(tx, db.None{})
				if err != nil {
					return err
				}
				if len(keys) < 2 || slices.ContainsFunc(keys, func(k int) bool { return k != number }) {
					t.Errorf("they are under the keys %v, not under %d", keys, number)
				}
			}
			points, err := letter.Points(tx, other.ID)
			for i, p := range points {
				if said, err := p.Open(tx); err != nil || said != parts[i].Text {
					t.Errorf("point %d says %q, %v", i+1, said, err)
				}
			}
			return err
		})
		if err != nil || l.ID == other.ID {
			t.Error(err)
		}
		if _, err := c.Bulletins.Row(c.Ctx(), c.Clerk, b.Ref(), 1); err != nil {
			t.Error(err)
		}
	})
}
