// Package area is the parts of a city that somebody answers for: key areas, divisions
// and functional zones, with their boundaries and targets. A file of them is read
// whole or not at all, and each change of one is an entry of the record.
//
// Tables owned: station_area.
package area

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Area is a part of the city that is measured by itself: a key area (重点区域)
// with a target to meet, a division with its boundary, or a functional zone.
type Area struct {
	Code     string // unique; of a division the division's own
	Name     string
	Kind     Kind
	Division gb.Division // where it is; of a division or a zone of the table, it itself
	Shape    geo.Shape
	Target   Target
	Source   string
}

// Kind is what an area is.
type Kind uint8

// The kinds of area.
const (
	KeyArea Kind = iota
	DivisionArea
	ZoneArea
)

var areaKinds = []lang.Choice{
	KeyArea:      {Key: "key", Name: lang.Text{ZH: "重点区域", EN: "key area"}, Also: []string{"", "key area", "重点", "key_area"}},
	DivisionArea: {Key: "division", Name: lang.Text{ZH: "行政区划", EN: "division"}, Also: []string{"区划", "district", "county", "区县"}},
	ZoneArea:     {Key: "zone", Name: lang.Text{ZH: "功能区", EN: "functional zone"}, Also: []string{"功能园区", "园区", "开发区", "functional zone"}},
}

// ParseKind finds a kind by its key or name.
func ParseKind(s string) (Kind, bool) {
	i, ok := lang.FindChoice(areaKinds, s)
	return Kind(i), ok
}

// Kinds lists the catalogue.
func Kinds() []Kind { return lang.AllChoices[Kind](areaKinds) }

// Key returns the stored name, as key.
func (k Kind) Key() string { return areaKinds[k].Key }

// Name returns the name, as 重点区域.
func (k Kind) Name() lang.Text { return areaKinds[k].Name }

// Target is what an area has to meet at every minute of its hours: at least so
// many of its people reach one station, and so many reach two. The zero Target
// asks for nothing; the area is only measured.
type Target struct {
	Once, Twice Permille
	Hours       opening.Hours // when it has to be met; see UsualTargetHours
	Minutes     int           // how far is near; 0 means a quarter of an hour
	Demand      string        // the kind of demand that is meant; "" is the first
}

// UsualTargetHours are the hours of a target that names none.
const UsualTargetHours = "07:00-21:00"

// Set reports whether anything is asked for.
func (t Target) Set() bool { return t.Once > 0 || t.Twice > 0 }

// Permille is a share in thousandths, since targets are written in per cent with
// at most one decimal, and are held against figures exactly.
type Permille uint16

// Whole is all of it.
const Whole Permille = 1000

// ParsePermille reads 95, 95 % or 99.5.
func ParsePermille(s string) (Permille, error) {
	text := strings.TrimSpace(strings.TrimRight(strings.TrimSpace(s), "%％"))
	if text == "" {
		return 0, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	tenths := v * 10
	if p := Permille(min(max(tenths, 0), 2000) + 0.5); err == nil && v >= 1 && p <= Whole && tenths-float64(p) < 1e-6 && float64(p)-tenths < 1e-6 {
		return p, nil
	}
	return 0, fault.New(fault.Invalid, "“%s”不是百分数：请写 1 到 100，最多一位小数，如 95", "“%s” is no percentage: write 1 to 100 with one decimal at most, as 95", lang.Short(s))
}

// String writes p in per cent: 95, 99.5.
func (p Permille) String() string { return strconv.FormatFloat(float64(p)/10, 'f', -1, 64) }

// The most that an area may have, so that a file cannot fill the memory.
const (
	maxAreas = 20_000
)

// flaws returns the rules that a breaks, but for its shape's.
func (a Area) flaws() []lang.Text {
	var out []lang.Text
	flaw := func(zh, en string, args ...any) {
		out = append(out, lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
	}
	if !station.CodeForm.MatchString(a.Code) || len(a.Code) > station.MaxCode {
		flaw("编号“%s”不合格：请用 1–40 个字母、数字、点、横线或下划线，如 KA-01", "the code “%s” will not do: use 1 to 40 letters, digits, dots, dashes or underscores, as KA-01", lang.Short(a.Code))
	}
	if a.Name == "" {
		flaw("名称是空的：请填写 name", "the name is empty: write a name")
	}
	for _, text := range []string{a.Name, a.Source} {
		if t, ok := lang.CheckText(text, station.MaxName); !ok {
			out = append(out, t)
		}
	}
	if !a.Division.Valid() {
		flaw("缺少区划：请在 division 里填六位代码（如 630103）或全称", "the division is missing: write its six-digit code (630103) or its whole name as division")
	}
	if a.Target.Twice > 0 && a.Target.Once > 0 && a.Target.Twice > a.Target.Once {
		flaw("目标“两个以上 %[1]s%%”高于“一个以上 %[2]s%%”，不可能：请检查 once 和 twice", "the target for two stations, %[1]s%%, is above that for one, %[2]s%%, which cannot be: check once and twice", a.Target.Twice, a.Target.Once)
	}
	if a.Target.Minutes < 0 || a.Target.Minutes > int(station.MaxCutoff.Minutes()) {
		flaw("minutes 是 %d：请填 1 到 60，或不填（15）", "the minutes are %d: write 1 to 60, or nothing for 15", a.Target.Minutes)
	}
	return out
}
