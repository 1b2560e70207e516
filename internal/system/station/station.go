// Package station is the network of rest stations for outdoor workers: what a
// station is, when it is open, and how stations get in and out.
//
// A Station is a room or a corner that its host (a bank, a post office, a petrol
// station) shares; so its hours are the host's, see opening.Hours. Stations come by
// import, from a spreadsheet or GeoJSON (Read, then Service.Import) or from a
// map extract's own features (FromPlaces), and leave by export (WriteCSV,
// WriteXLSX). What an office writes is checked row by row, and each complaint
// names the row, the field and the remedy; what cannot be right is refused, what
// is only odd is a Warning.
//
// What is done with stations has rooms of its own, from the bottom: demand, whatif,
// timetable and network; area; coverage; plan, selection and city; pages in
// stationhttp. A room knows those before it, see layers_test.go.
//
// Lists of stations come from the database as it is now, or, while nothing has
// changed since it was held, from a roll in memory that gives the same pages.
//
// Tables owned: station_station, station_act and station_act_row, which keep what an act
// on many stations takes back, and station_revision, one number that grows with every
// change of the system so that a reader of a snapshot knows to read again. A row keeps
// the revision that it was written at, by which an act leaves what others changed. The
// migrations of all its tables are in schema, in one order. Each change of a
// station appends its entry to the record in the same transaction.
package station

import (
	"regexp"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// Station is one rest station. Brand, Size and the like can only hold values of
// their catalogues; Check tells whether the rest obeys the rules, and nothing
// is stored that does not.
type Station struct {
	Code       string // unique in the whole network; it makes the QR code at the door
	Name       string
	Brand      Brand
	Host       string // who shares the room, as 中国工商银行西宁东关支行
	Premises   Premises
	Size       Size
	Division   gb.Division
	Address    string
	At         geo.Point // WGS-84
	Datum      geo.Datum // in which the position was given
	Access     Access
	Services   Services
	Wheelchair Wheelchair
	Status     Status
	Hours      opening.Hours
	Cost       Cost          // of opening it, for a candidate
	Source     string        // where the facts are from
	Checked    calendar.Date // when somebody last looked; the zero Date: never
	Version    int64         // grows with each change; for Save
}

// Flaw is one broken rule: the field and what to do.
type Flaw struct {
	Field Field
	Text  lang.Text
}

// The longest texts, in characters. A longer one is a paste into the wrong cell.
const (
	MaxCode    = 40
	MaxName    = 80
	maxHost    = 80
	maxAddress = 160
	MaxSource  = 160
)

// CodeForm is what a station's code must look like.
var CodeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Check returns the rules that s breaks.
func (s Station) Check() []Flaw {
	var flaws []Flaw
	flaw := func(f Field, zh, en string) { flaws = append(flaws, Flaw{f, lang.Text{ZH: zh, EN: en}}) }
	if !CodeForm.MatchString(s.Code) || len(s.Code) > MaxCode {
		flaw(FieldCode, "编号“"+lang.Short(s.Code)+"”不合格：请用 1–40 个字母、数字、点、横线或下划线，如 XN-0001",
			"the code “"+lang.Short(s.Code)+"” will not do: use 1 to 40 letters, digits, dots, dashes or underscores, as XN-0001")
	}
	if s.Name == "" {
		flaw(FieldName, "名称是空的：请填写站点名称", "the name is empty: write the station's name")
	}
	for _, t := range []struct {
		field Field
		text  string
		limit int
	}{{FieldName, s.Name, MaxName}, {FieldHost, s.Host, maxHost}, {FieldAddress, s.Address, maxAddress}, {FieldSource, s.Source, MaxSource}} {
		if text, ok := lang.CheckText(t.text, t.limit); !ok {
			flaw(t.field, text.ZH, text.EN)
		}
	}
	if !s.Division.Valid() {
		flaw(FieldDivision, "缺少区划：请填六位代码（如 630103）或全称（如 青海省西宁市城中区）",
			"the division is missing: write its six-digit code (630103) or its whole name")
	}
	if !s.At.Valid() || s.At == (geo.Point{}) {
		flaw(FieldLon, "位置不在地球上或是 0,0：请填经度和纬度，如 101.778 和 36.617",
			"the position is not on earth, or is 0,0: write longitude and latitude, as 101.778 and 36.617")
	}
	return flaws
}
