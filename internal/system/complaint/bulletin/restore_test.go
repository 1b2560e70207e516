package bulletin_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// A bulletin that comes back from a mirror does not stand over one that was published after it, whenever it comes back.
func TestAnOlderBulletinComesBackLater(t *testing.T) {
	each(t, func(t *testing.T, c *complainttest.City) {
		l := begin(t, c)
		b := prepare(t, c, bulletin.New{Batches: []int{1}})
		cover(t, c, b)
		lookAll(t, c, b)
		b = publish(t, c, b)
		for _, back := range []struct {
			number int
			after  time.Duration
			stands int
		}{{7, -time.Hour, 1}, {8, time.Hour, 8}} {
			if err := c.DB.Update(c.Ctx(), func(tx *db.Tx) error {
				said := bulletin.Out{Campaign: "XN2023", Bulletin: back.number, Version: 1, Day: b.Day, File: b.Sum}
				return bulletin.Restore(tx, said, b.Sum, b.PublishedAt.Add(back.after), "office@x")
			}); err != nil {
				t.Fatal(err)
			}
			if err := c.DB.View(t.Context(), func(tx *db.Tx) (err error) { l, err = letter.Read(tx, l.ID); return err }); err != nil {
				t.Fatal(err)
			}
			if l.Bulletin != back.stands {
				t.Errorf("after bulletin %d came back, bulletin %d of the letter stands, not %d", back.number, l.Bulletin, back.stands)
			}
		}
	})
}
