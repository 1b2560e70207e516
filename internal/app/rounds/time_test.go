package rounds_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// wrong is what is wrong with the time, in words.
func (y *yearEnd) wrong() string {
	y.t.Helper()
	var s casework.TimeState
	err := y.DB.View(y.Ctx(), func(tx *db.Tx) (err error) { s, err = casework.TimeOf(tx); return err })
	if err != nil {
		y.t.Fatal(err)
	}
	text, _ := fault.In(lang.ZH, s.Wrong)
	return text
}

func (y *yearEnd) confirm() (confirmed bool) {
	y.t.Helper()
	err := y.DB.Update(y.Ctx(), func(tx *db.Tx) (err error) { confirmed, err = casework.ConfirmTime(tx); return err })
	if err != nil {
		y.t.Fatal(err)
	}
	return confirmed
}

// A clock that jumps ahead settles nothing, until it is put right or an operator says that it is right.
func TestTimeThatJumpsAhead(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		y := &yearEnd{City: complainttest.Open(t, d), t: t}
		y.Begin("XN2023", "city")
		y.Take("XN2023", announcedTable)
		p := y.Checked("XN2023-0001", 100)
		y.Days(15)
		err := d.Update(y.Ctx(), func(tx *db.Tx) error { return letter.Published(tx, y.LettersOf(p)[0].ID, 1) })
		if err != nil {
			t.Fatal(err)
		}
		y.Make(y.Clerk, "XN2023-0001", problem.Move{Move: "file"})
		deps := y.rounds()
		deps.Round(y.Ctx())

		y.Days(400)
		deps.Round(y.Ctx())
		if text := y.wrong(); !strings.Contains(text, "差了 400 天") || !strings.Contains(text, "xiadu time --confirm") {
			t.Errorf("400 days ahead it says %q", text)
		}
		if got := y.Look("XN2023-0001"); got.Stage != complaint.Filed {
			t.Errorf("a clock that jumped ahead made it %s", got.Stage)
		}
		y.Days(-400)
		deps.Round(y.Ctx())
		if text := y.wrong(); text != "" || y.confirm() {
			t.Errorf("put right, it says %q", text)
		}
		y.Days(400)
		if !y.confirm() {
			t.Error("there was nothing to confirm")
		}
		deps.Round(y.Ctx())
		if got := y.Look("XN2023-0001"); got.Stage != complaint.Settled || y.wrong() != "" {
			t.Errorf("after it was confirmed it is %s: %s", got.Stage, y.wrong())
		}
	})
}

// Where a clock was ahead and is put right, the steps of what it touched say what to do, and go on once that is done.
func TestTimeThatFallsBehind(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		y := &yearEnd{City: complainttest.Open(t, d), t: t}
		y.Begin("XN2023", "city")
		y.Take("XN2023", announcedTable)
		y.Days(30)
		p := y.Make(y.Clerk, "XN2023-0001", problem.Move{Move: "assign", Lead: y.Orgs["市医院"]})
		y.Days(-20)
		sign := func() error {
			_, err := y.Problems.Move(y.Ctx(), y.Unit, problem.Move{Problem: p.ID, Move: "sign", Seen: p.Version})
			return err
		}
		err := sign()
		if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Conflict || !strings.Contains(text, "xiadu time --confirm") {
			t.Errorf("a step after the clock was put right is %v", err)
		}
		if text := y.wrong(); !strings.Contains(text, "已经记下") {
			t.Errorf("20 days behind it says %q", text)
		}
		if !y.confirm() || y.wrong() != "" || y.confirm() {
			t.Errorf("after it was confirmed it says %q", y.wrong())
		}
		if err := sign(); err != nil {
			t.Error(err)
		}
		y.Make(y.Unit, "XN2023-0001", problem.Move{Move: "return", Why: "不归我"})
		y.Days(-3) // once more, and nobody has confirmed that
		p = y.Look("XN2023-0001")
		if _, err := y.Problems.Move(y.Ctx(), y.Clerk, problem.Move{Problem: p.ID, Move: "insist", Seen: p.Version, Why: "归你"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a clock that fell behind again is %v", err)
		}
	})
}
