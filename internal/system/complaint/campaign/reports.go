package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Reports is by which ways the public reports to a campaign itself. Each has the one before it, too.
type Reports string

// The ways.
const (
	NoReports Reports = ""
	ByPage    Reports = "page" // on the page
	ByKey     Reports = "key"  // and programs with a token, by Open311
	ByAnyone  Reports = "open" // and programs without one
)

// Ways lists them, the narrowest first.
func Ways() []lang.Choice {
	return []lang.Choice{
		{Key: string(NoReports), Name: text("不收", "none are taken")},
		{Key: string(ByPage), Name: text("在网页上收", "taken on the page")},
		{Key: string(ByKey), Name: text("网页上收，有口令的程序也可以交（Open311）", "taken on the page, and from programs with a token (Open311)")},
		{Key: string(ByAnyone), Name: text("网页上收，任何程序都可以交（Open311）", "taken on the page, and from any program (Open311)")},
	}
}

// known reports whether it is one of the ways.
func (r Reports) known() bool {
	for _, way := range Ways() {
		if way.Key == string(r) {
			return true
		}
	}
	return false
}

// change is a campaign with other settings, if nobody has changed it meanwhile.
type change struct {
	Code     string `db:"code"`
	Settings string `db:"settings"`
	Version  int64  `db:"version"`
}

var writeSettings = db.Declare[change, db.None](`UPDATE complaint_campaign SET settings = :settings, version = version + 1 WHERE code = :code AND version = :version`)

// switched is that the public may report, or may no more.
type switched struct {
	person string

	Code    string  `json:"code"`
	Reports Reports `json:"reports"` // page, key, open; empty: no more
}

func (switched) Kind() string      { return "complaint.reports-switched" }
func (s switched) Subject() string { return "campaign/" + s.Code }
func (s switched) Private() any    { return complaint.ByWhom{By: s.person} }

// Switch says by which ways the public reports to a campaign, as whoever saw a version of it decides.
func (s *Campaigns) Switch(ctx context.Context, who identity.Colleague, code string, seen int64, to Reports) (c Campaign, err error) {
	if !to.known() {
		return c, fault.At("reports", fault.New(fault.Invalid, "请选一种：不收、网页、有口令的程序、任何程序", "choose one: none, the page, programs with a token, any program"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if c, err = Read(tx, code); err != nil {
			return err
		}
		by, err := who.Admit(tx, complaint.Coordinate, right.In(c.Home))
		if err != nil {
			return err
		}
		if c.Reports == to {
			return nil
		}
		c.Reports = to
		packed, err := json.Marshal(c.Settings)
		if err != nil {
			return fmt.Errorf("campaign: %w", err)
		}
		n, err := writeSettings.Exec(tx, change{c.Code, string(packed), seen})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "“%[1]s”刚被别人改过，请看过现在的样子再改。", "%[1]q was changed just now: look at it as it is, then change it.", c.Name)
		}
		c.Version = seen + 1
		return record.Append(tx, by.Sign, switched{person: by.Person, Code: c.Code, Reports: to})
	})
	return c, err
}

// Taking is the campaign that takes what the public reports now by a way: of several the one that began last. There being none
// is a fault.Late that says what else one can do.
func (s *Campaigns) Taking(ctx context.Context, way Reports) (c Campaign, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, err := All(tx)
		if err != nil {
			return err
		}
		c = Campaign{}
		for _, one := range all {
			if one.Takes(way, tx.Now()) && (c.Code == "" || c.From.Before(one.From)) {
				c = one
			}
		}
		if c.Code == "" {
			return NotTaken()
		}
		return nil
	})
	return c, err
}

// mostCampaigns is far beyond what a city has.
const mostCampaigns = 1000

// NotTaken is that nothing is taken from the public now.
func NotTaken() error {
	return fault.New(fault.Late, "现在不在这里收公众的反映。请拨打 12345 或 12369，或向当地信访部门反映。", "Reports of the public are not taken here now. Call 12345 or 12369, or write to the local office for complaints.")
}

// Standing reports whether it takes reports of the public all year, and is no inspection.
func (s Settings) Standing() bool { return s.Preset == standing }

// Takes reports whether a campaign takes what the public reports by a way at a time: an inspection from its first day to
// its last, and the standing one from its first day on.
func (c Campaign) Takes(way Reports, at time.Time) bool {
	today := calendar.DateOf(at.In(calendar.China))
	return c.Reports.has(way) && !today.Before(c.From) && (c.Standing() || !c.Until.Before(today))
}

func (r Reports) has(way Reports) bool {
	order := map[Reports]int{NoReports: 0, ByPage: 1, ByKey: 2, ByAnyone: 3}
	return order[way] > 0 && order[r] >= order[way]
}
