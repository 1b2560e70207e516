package casework_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// A site that was told of a year knows it without the file, never goes back to an earlier document, and a newer program that has a later one wins.
func TestLearningAYear(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		day := calendar.On(2090, time.March, 1) // a Wednesday
		learn := func(text string) (c *calendar.Calendar, err error) {
			err = d.Update(t.Context(), func(tx *db.Tx) error { c, err = casework.Learn(tx, calendar.Official, text); return err })
			return c, err
		}
		knows := func(program *calendar.Calendar) (kind calendar.Kind, known bool) {
			err := d.View(t.Context(), func(tx *db.Tx) error {
				c, err := casework.Calendar(tx, program)
				if err == nil {
					kind, known = c.Kind(day), c.Known(2090)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return kind, known
		}
		if _, known := knows(calendar.Official); known {
			t.Fatal("a year is known that nobody told")
		}
		const first = "year 2090 示例〔2089〕1号 2089-11-01\nholiday 2090-03-01 2090-03-01 节 | feast\n"
		for range 2 {
			if c, err := learn(first); err != nil || c.Kind(day) != calendar.Holiday {
				t.Fatal(err)
			}
		}
		if _, err := learn("year 2091 示例〔2090〕1号 2090-11-01\n"); err != nil { // another file, of the year after
			t.Fatal(err)
		}
		if kind, known := knows(calendar.Official); kind != calendar.Holiday || !known {
			t.Errorf("without the file it is %v", kind)
		}
		_, err := learn("year 2090 示例〔2089〕0号 2089-10-01\n")
		if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Conflict || !strings.Contains(text, "不能换回更早的") {
			t.Errorf("an earlier document is %v", err)
		}
		if c, err := learn("year 2090 示例〔2089〕2号 2089-12-01\n"); err != nil || c.Kind(day) != calendar.Workday {
			t.Errorf("a later document: %v", err)
		}
		program, err := calendar.Official.With("year 2090 示例〔2090〕3号 2090-01-15\nholiday 2090-03-01 2090-03-02 节 | feast\n")
		if err != nil {
			t.Fatal(err)
		}
		if kind, _ := knows(program); kind != calendar.Holiday {
			t.Errorf("by a newer program it is %v", kind)
		}
		err = d.View(t.Context(), func(tx *db.Tx) error {
			all, err := record.History(tx, "calendar", "", 10)
			if len(all) != 3 || !strings.Contains(all[2].Public, "2090 示例〔2089〕1号") {
				t.Errorf("%+v", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
