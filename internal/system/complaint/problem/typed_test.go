package problem_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// What a unit types is not in the public log, whatever the rules of redaction make of it: the log commits to it, and it can be erased.
func TestWhatIsTypedIsNotInTheLog(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		w := walk{c, t, "XN2023-0001"}
		p := c.Handed(w.code, 100)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		typed := map[string]string{"complaint.measure-added": "请李秀兰家配合改装排烟管", "complaint.measure-moved": "卓玛措家后墙加固了一半", "complaint.sanctioned": "青环罚某人一号"}
		m, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: p.ID, What: typed["complaint.measure-added"], Day: c.Day(10)})
		must(err)
		_, err = c.Problems.MoveMeasure(c.Ctx(), c.Unit, problem.MeasureMove{Measure: m.ID, Move: "milestone", Seen: m.Version, Progress: typed["complaint.measure-moved"]})
		must(err)
		must(c.Problems.AddSanction(c.Ctx(), c.Unit, problem.Sanction{Problem: p.ID, Kind: "penalty", N: 1, Money: 500, Act: typed["complaint.sanctioned"], Day: c.Day(0).String()}, ""))
		must(d.Update(c.Ctx(), func(tx *db.Tx) error {
			all, err := record.Latest(tx, "", "", 1000)
			if err != nil {
				return err
			}
			for _, item := range all {
				for _, text := range typed {
					if strings.Contains(string(item.Statement()), text) {
						t.Errorf("%s says %s", item.Kind, text)
					}
				}
				text := typed[item.Kind]
				if text == "" {
					continue
				}
				delete(typed, item.Kind)
				private, err := record.Private(tx, item)
				if err != nil || !strings.Contains(private, text) {
					t.Errorf("%s commits to %s, %v", item.Kind, private, err)
				}
				if err := record.Erase(tx, "office@x", item.ID, "误写姓名"); err != nil {
					return err
				}
				if _, err := record.Private(tx, item); err == nil {
					t.Errorf("%s was erased and is there", item.Kind)
				}
			}
			return nil
		}))
		if len(typed) > 0 {
			t.Errorf("nothing was logged of %v", typed)
		}
	})
}
