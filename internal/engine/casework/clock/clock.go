// Package clock says when something is due, and why.
//
//	r, err := clock.Reckon(rule, events, office)
//	r.Due      // the instant from which it is late
//	r.Days     // day 0, then each day as counted or as passed over, with the reason
//
// A clock is a list of [Event]s: started, paused, resumed, extended, put under another
// rule, met. When it is due is a function of that list, the [Rule] and the calendar, and
// of nothing else: there is no state in which a pause could be lost. A mistake is
// corrected by another event.
//
// # How days are counted
//
// The day on which a period begins is day 0 and does not count (民法典 第二百零一条), unless the
// rule says so. After it a day counts if the clock ran when that day ended, and where the rule
// has working days, if it was one. So a pause over three midnights costs three days that
// would have counted, and none where they would not: nobody is credited a weekend. A period of
// natural days or months whose last day is a day off ends on the next working day (民法典 第二百零三条).
//
// # Whose rules
//
// Laws count differently: 行政处罚法 第八十五条 makes two, three, five and seven days working days and no others,
// 行政强制法 第六十九条 all periods of ten days or less. So a rule is data with its article ([Catalogue]),
// and there is none that holds for all.
//
// The package is pure: it asks no clock, no file and no database.
package clock

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Unit is what a length is counted in.
type Unit string

// The units.
const (
	Hour  Unit = "hour"
	Day   Unit = "day"
	Month Unit = "month" // of the calendar
	Year  Unit = "year"
)

// Length is how long a period is.
type Length struct {
	N       int  `json:"n"`
	Unit    Unit `json:"unit"`
	Working bool `json:"working,omitempty"` // of working days, or of office hours
}

// maxLength bounds each unit to some 30 years.
var maxLength = map[Unit]int{Hour: 8760, Day: 11_000, Month: 360, Year: 30}

// lengthZH is how lengths are written in Chinese: 7个工作日, 60日, 3个月, 24小时, 2年.
var lengthZH = regexp.MustCompile(`^(\d+)\s*个?\s*(工作日|工作小时|小时|日|天|月|年)$`)

var unitsByZH = map[string]Length{
	"工作日": {Unit: Day, Working: true}, "工作小时": {Unit: Hour, Working: true},
	"小时": {Unit: Hour}, "日": {Unit: Day}, "天": {Unit: Day}, "月": {Unit: Month}, "年": {Unit: Year},
}

// ParseLength reads a length as "7 working days", "60 days", "24 hours", "3 months", or
// as 7个工作日, 60日, 24小时, 3个月.
func ParseLength(s string) (Length, error) {
	f := strings.Fields(s)
	l := Length{}
	var err error
	if m := lengthZH.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		l = unitsByZH[m[2]]
		l.N, err = strconv.Atoi(m[1])
		f = nil
	}
	if len(f) == 3 && f[1] == "working" {
		l.Working = true
		f = []string{f[0], f[2]}
	}
	if len(f) == 2 {
		l.Unit = Unit(strings.TrimSuffix(f[1], "s"))
		l.N, err = strconv.Atoi(f[0])
	}
	if most, ok := maxLength[l.Unit]; !ok || err != nil || l.N < 1 || l.N > most || l.Working && l.Unit != Day && l.Unit != Hour {
		return Length{}, fault.New(fault.Invalid, "期限“%[1]s”读不懂：请写成 7个工作日、60日、24小时 或 3个月",
			"cannot read the length %[1]q: write it as 7 working days, 60 days, 24 hours or 3 months", lang.Short(s)).Because(err)
	}
	return l, nil
}

// String writes l so that ParseLength reads it.
func (l Length) String() string {
	s := strconv.Itoa(l.N)
	if l.Working {
		s += " working"
	}
	s += " " + string(l.Unit)
	if l.N > 1 {
		s += "s"
	}
	return s
}

var unitsZH = map[Unit]string{Hour: "小时", Day: "日", Month: "个月", Year: "年"}

// Text says the length to a reader.
func (l Length) Text() lang.Text {
	zh := strconv.Itoa(l.N) + unitsZH[l.Unit]
	switch {
	case l.Working && l.Unit == Day:
		zh = strconv.Itoa(l.N) + "个工作日"
	case l.Working:
		zh = strconv.Itoa(l.N) + "个工作小时"
	}
	return lang.Text{ZH: zh, EN: l.String()}
}

// alike reports whether two lengths can be added and counted in one.
func (l Length) alike(o Length) bool { return l.Unit == o.Unit && l.Working == o.Working }

// Rule is a period of the law, or of a campaign.
type Rule struct {
	Name   string    `json:"name"` // as 处罚.送达; stored
	Title  lang.Text `json:"title"`
	Length Length    `json:"length"`
	From   lang.Text `json:"from"` // the event from which it counts

	SameDay bool `json:"same_day,omitempty"` // the day of the event counts
	Back    bool `json:"back,omitempty"`     // the event is ahead: the last day on which this is early enough
	Clear   bool `json:"clear,omitempty"`    // of one that counts back: the event's day is not among those between
	AsItIs  bool `json:"as_it_is,omitempty"` // a last day that is a day off stays
	Closes  bool `json:"closes,omitempty"`   // the last day ends when offices close, not at midnight

	Pauses []Pause    `json:"pauses,omitempty"` // the reasons for which it may stand still
	Extend *Extension `json:"extend,omitempty"` // none: it cannot be extended

	Law        string         `json:"law"`
	Article    string         `json:"article"`
	ValidFrom  *calendar.Date `json:"valid_from,omitempty"`
	ValidUntil *calendar.Date `json:"valid_until,omitempty"`
	// Doubt says why the rule is 示例, an example that somebody has to check.
	Doubt lang.Text `json:"doubt,omitzero"`
}

// Pause is a reason for which a period stands still.
type Pause struct {
	Key  string    `json:"key"`
	Name lang.Text `json:"name"`
	// Whole takes each day that is touched, as a hearing does, and not only those at
	// whose end the clock stands.
	Whole bool `json:"whole,omitempty"`
}

// Extension is how far a period may be extended.
type Extension struct {
	Most  Length    `json:"most"` // each time
	Times int       `json:"times"`
	By    lang.Text `json:"by"` // who has to approve
}

// Check says what is wrong with a rule that somebody wrote.
func (r Rule) Check() error {
	if _, err := ParseLength(r.Length.String()); err != nil {
		return err
	}
	switch {
	case r.Name == "" || strings.ContainsFunc(r.Name, func(c rune) bool { return c <= ' ' || lang.Unprintable(c) }) || r.Title.ZH == "" || r.Title.EN == "":
		return fault.New(fault.Invalid, "规则要有不含空格的代号，以及中英文名称", "a rule needs a key without spaces, and a name in both languages")
	case r.Law == "" || r.From.ZH == "":
		return fault.New(fault.Invalid, "规则“%[1]s”要写明依据，以及从什么时候起算", "the rule %[1]s needs its law, and the event from which it counts", r.Name)
	case r.Back && (len(r.Pauses) > 0 || r.Extend != nil || r.SameDay):
		return fault.New(fault.Invalid, "规则“%[1]s”是倒数的，不能中止、延长，也没有“当日起算”", "the rule %[1]s counts back: it cannot be paused, extended, or begin on the same day", r.Name)
	case r.Clear && !r.Back:
		return fault.New(fault.Invalid, "规则“%[1]s”不是倒数的，不能写“不含当日”", "the rule %[1]s does not count back, so no day can be left clear", r.Name)
	case r.Length.Unit == Hour && (r.SameDay || r.Clear || r.Closes):
		return fault.New(fault.Invalid, "规则“%[1]s”按小时计算，没有起算日和末日的规定", "the rule %[1]s is of hours, which have no first or last day", r.Name)
	case r.Extend != nil && (r.Extend.Times < 1 || r.Extend.By.ZH == ""):
		return fault.New(fault.Invalid, "规则“%[1]s”的延长要写明次数和批准人", "the extension of the rule %[1]s needs a number of times and who approves", r.Name)
	}
	if r.Extend != nil {
		_, err := ParseLength(r.Extend.Most.String())
		return err
	}
	return nil
}

// InForce reports whether the rule was in force on a day.
func (r Rule) InForce(d calendar.Date) bool {
	return (r.ValidFrom == nil || !d.Before(*r.ValidFrom)) && (r.ValidUntil == nil || !r.ValidUntil.Before(d))
}

// Source is the rule's law and article, for a reader.
func (r Rule) Source() lang.Text {
	zh, en := "《"+r.Law+"》"+r.Article, r.Law+" "+r.Article
	if r.Doubt != (lang.Text{}) {
		zh, en = zh+"（示例）", en+" (示例, an example)"
	}
	return lang.Text{ZH: zh, EN: en}
}

// Office is the days and hours that are worked.
type Office struct {
	*calendar.Calendar
	Hours []Span // in the order of the day, without overlaps; empty: [OfficeHours]
}

// Span is a part of a day, between two times since its midnight.
type Span struct{ From, To time.Duration }

// OfficeHours are the usual ones of an office. 示例: each place has its own.
var OfficeHours = []Span{{9 * time.Hour, 12 * time.Hour}, {13*time.Hour + 30*time.Minute, 17*time.Hour + 30*time.Minute}}

func (o Office) hours() []Span {
	if len(o.Hours) == 0 {
		return OfficeHours
	}
	return o.Hours
}

// closing is when offices close on d.
func (o Office) closing(d calendar.Date) time.Time {
	h := o.hours()
	return d.Start(calendar.China).Add(h[len(h)-1].To)
}

func dateOf(t time.Time) calendar.Date { return calendar.DateOf(t.In(calendar.China)) }

// endOf is the midnight at which d ends.
func endOf(d calendar.Date) time.Time { return d.Add(1).Start(calendar.China) }

// minute writes a time as China reads it.
func minute(t time.Time) string { return t.In(calendar.China).Format("2006-01-02 15:04") }
