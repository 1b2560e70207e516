// Package whatif is changes that a planner tries: to close, open or move a station, or
// to give it other hours. A Change is a line that a person can read and write; what
// a list of them would do to coverage is a coverage.Scenario.
package whatif

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Act is what a Change does.
type Act uint8

// The acts.
const (
	CloseStation Act = iota // one, or a brand's whole chain
	OpenStation             // a new one, or a candidate of the register where it is
	MoveStation             // to another place
	ChangeHours             // of one, or of a brand's whole chain
	PauseDays               // one, or a brand's whole chain, keeps its hours but shuts on some days
)

var actKeys = [...]string{CloseStation: "close", OpenStation: "open", MoveStation: "move", ChangeHours: "hours", PauseDays: "pause"}

// Key is the word that begins the act's line.
func (a Act) Key() string { return actKeys[a] }

// Change is one thing done differently in a Scenario. It is written as a line,
// which stands in addresses, in forms and in saved plans:
//
//	close XN-0012
//	close brand:icbc
//	pause brand:icbc Sa,Su
//	hours XN-0012 Mo-Fr 08:00-22:00
//	move XN-0012 101.778,36.617
//	open NEW-1 101.778,36.617 brand:post "火车站驿站" 08:00-20:00
//
// A position is longitude and latitude, WGS-84. A new station's brand and name
// may be left out, and so may its code, which ParseChanges then gives it.
type Change struct {
	Act   Act
	Code  string        // of the station; with OpenStation, of the new one
	Brand station.Brand // in place of Code: every operating station of the brand; of a new station
	At    geo.Point     // where it opens or moves to
	Hours opening.Hours // that it has from now on
	Days  opening.Days  // on which it pauses
	Name  string        // of a new station
}

// The bounds of a list of changes: what a planner can still read, and a server
// can still compute while somebody waits.
const (
	MaxChanges     = 200
	maxChangeBytes = 1000
)

// newCodes is how codes of new stations begin that nobody chose.
const newCodes = "NEW-"

var blanks = regexp.MustCompile(`[\s\p{Z}]+`)

// Parse reads a list of changes, one a line; empty lines count for
// nothing. A fault names the line, what is wrong and the way out.
func Parse(lines []string) ([]Change, error) {
	var out []Change
	for n, line := range lines {
		line = strings.TrimSpace(blanks.ReplaceAllString(line, " "))
		if line == "" {
			continue
		}
		if len(out) == MaxChanges {
			return nil, fault.At("changes", fault.New(fault.Invalid, "改动太多：一次最多 %d 条。请分成几个方案，或用“暂停整个品牌”一条代替许多条。",
				"There are too many changes: %d at most. Make several plans, or let one change pause a whole brand.", MaxChanges))
		}
		c, err := ParseOne(line)
		if err != nil {
			return nil, AtLine(n, line, err)
		}
		if c.Act == OpenStation && c.Code == "" {
			c.Code = FreeCode(out, func(string) bool { return false })
		}
		out = append(out, c)
	}
	return out, nil
}

// FreeCode returns a code for one more new station: one that no change has and
// that is not taken.
func FreeCode(changes []Change, taken func(code string) bool) string {
	last := 0
	for _, c := range changes {
		if number, ok := strings.CutPrefix(c.Code, newCodes); ok && c.Act == OpenStation {
			if n, err := strconv.Atoi(number); err == nil {
				last = max(last, n)
			}
		}
	}
	for {
		last++
		if code := newCodes + strconv.Itoa(last); !taken(code) {
			return code
		}
	}
}

// AtLine names the line of a change that is wrong.
func AtLine(n int, line string, err error) error {
	zh, known := fault.In(lang.ZH, err)
	en, _ := fault.In(lang.EN, err)
	if !known {
		return err
	}
	return &fault.Error{Kind: fault.KindOf(err), Field: "changes", Text: lang.Text{
		ZH: "第 " + strconv.Itoa(n+1) + " 条改动“" + lang.Short(line) + "”：" + zh,
		EN: "Change " + strconv.Itoa(n+1) + " “" + lang.Short(line) + "”: " + en,
	}}
}

// changeReader reads one line from its beginning.
type changeReader struct{ rest string }

func (r *changeReader) word() string {
	word, rest, _ := strings.Cut(r.rest, " ")
	r.rest = strings.TrimSpace(rest)
	return word
}

// ParseOne reads one change. A new station may come without a code.
func ParseOne(line string) (Change, error) {
	line = strings.TrimSpace(blanks.ReplaceAllString(line, " "))
	if len(line) > maxChangeBytes || !utf8.ValidString(line) {
		return Change{}, fault.New(fault.Invalid, "太长或不是文字：一条最多 %d 字节", "it is too long or not text: %d bytes at most", maxChangeBytes)
	}
	r := changeReader{line}
	word := r.word()
	for act, key := range actKeys {
		if word == key {
			c := Change{Act: Act(act)}
			return c, r.read(&c)
		}
	}
	return Change{}, fault.New(fault.Invalid, "不认识“%[1]s”：请用 close（关闭）、open（新开）、move（移动）、hours（改时间）或 pause（暂停几天）开头",
		"“%[1]s” is no act: begin with close, open, move, hours or pause", lang.Short(word))
}

// read reads what follows the act.
func (r *changeReader) read(c *Change) (err error) {
	if c.Act == OpenStation {
		return r.opening(c)
	}
	if err := r.target(c); err != nil {
		return err
	}
	switch c.Act {
	case MoveStation:
		if c.Code == "" {
			return fault.New(fault.Invalid, "整个品牌不能一起移动：请写一个站点的编号", "a whole brand cannot move: name one station by its code")
		}
		c.At, err = ParsePlace(r.word())
	case ChangeHours:
		c.Hours, err = r.hours()
		r.rest = ""
	case PauseDays:
		c.Days, err = opening.ParseDays(r.rest)
		r.rest = ""
	case CloseStation, OpenStation:
	}
	if err == nil && r.rest != "" {
		err = fault.New(fault.Invalid, "“%s”多余：请删去", "“%s” does not belong there: remove it", lang.Short(r.rest))
	}
	return err
}

// target reads whom the change is for: a station's code or brand:KEY.
func (r *changeReader) target(c *Change) error {
	word := r.word()
	key, chain := strings.CutPrefix(word, "brand:")
	switch {
	case chain:
		return parseChain(key, &c.Brand)
	case station.CodeForm.MatchString(word) && len(word) <= station.MaxCode:
		c.Code = word
		return nil
	}
	return fault.New(fault.Invalid, "“%s”不是站点编号：请写编号（如 XN-0012），或用 brand:icbc 指整个品牌",
		"“%s” is no code of a station: write one, as XN-0012, or brand:icbc for a whole brand", lang.Short(word))
}

func parseChain(key string, to *station.Brand) error {
	b, ok := station.ParseBrand(key)
	if !ok || key == "" {
		all := station.BrandNames()
		return &fault.Error{Kind: fault.Invalid, Text: lang.Text{
			ZH: "没有“" + lang.Short(key) + "”这个品牌；有：" + all.ZH, EN: "there is no brand “" + lang.Short(key) + "”; there are: " + all.EN,
		}}
	}
	*to = b
	return nil
}

// opening reads [CODE] POSITION [brand:KEY] ["NAME"] HOURS.
func (r *changeReader) opening(c *Change) (err error) {
	word := r.word()
	if !strings.Contains(word, ",") {
		if !station.CodeForm.MatchString(word) || len(word) > station.MaxCode {
			return fault.New(fault.Invalid, "“%s”不是位置：请写经度,纬度，如 open 101.778,36.617 08:00-20:00",
				"“%s” is no position: write longitude,latitude, as in open 101.778,36.617 08:00-20:00", lang.Short(word))
		}
		c.Code, word = word, r.word()
	}
	if c.At, err = ParsePlace(word); err != nil {
		return err
	}
	if key, ok := strings.CutPrefix(r.rest, "brand:"); ok {
		key, _, _ = strings.Cut(key, " ")
		r.word()
		if err := parseChain(key, &c.Brand); err != nil {
			return err
		}
	}
	if strings.HasPrefix(r.rest, `"`) {
		if c.Name, err = r.quoted(); err != nil {
			return err
		}
	}
	c.Hours, err = r.hours()
	return err
}

// quoted reads a name as JSON writes a text.
func (r *changeReader) quoted() (string, error) {
	d := json.NewDecoder(strings.NewReader(r.rest))
	var name string
	if err := d.Decode(&name); err != nil {
		return "", fault.New(fault.Invalid, "名称没有写完：请放在一对英文双引号里，如 \"火车站驿站\"", "the name is not complete: put it into a pair of double quotes, as \"Railway station\"")
	}
	if text, ok := lang.CheckText(name, station.MaxName); !ok {
		return "", &fault.Error{Kind: fault.Invalid, Text: text}
	}
	r.rest = strings.TrimSpace(r.rest[d.InputOffset():])
	return name, nil
}

func (r *changeReader) hours() (opening.Hours, error) {
	h, err := opening.Parse(r.rest)
	if err == nil && !h.Known() {
		err = fault.New(fault.Invalid, "没有写营业时间：请写在最后，如 Mo-Fr 08:00-22:00 或 24/7", "the opening hours are missing: write them last, as Mo-Fr 08:00-22:00 or 24/7")
	}
	return h, err
}

// ParsePlace reads longitude,latitude.
func ParsePlace(text string) (geo.Point, error) {
	lonText, latText, ok := strings.Cut(text, ",")
	lon, errLon := strconv.ParseFloat(lonText, 64)
	lat, errLat := strconv.ParseFloat(latText, 64)
	p := geo.Point{Lon: lon, Lat: lat}
	switch {
	case !ok || errLon != nil || errLat != nil:
		return p, fault.New(fault.Invalid, "位置“%s”读不懂：请写经度,纬度，如 101.778,36.617", "the position “%s” cannot be read: write longitude,latitude, as 101.778,36.617", lang.Short(text))
	case !p.Valid() && (geo.Point{Lon: lat, Lat: lon}).Valid():
		return p, fault.New(fault.Invalid, "位置“%s”的经度和纬度写反了：经度在前，如 101.778,36.617", "the position “%s” has them swapped: longitude comes first, as 101.778,36.617", lang.Short(text))
	case !p.Valid() || p == (geo.Point{}):
		return p, fault.New(fault.Invalid, "位置“%s”不在地球上或是 0,0：请写经度,纬度，如 101.778,36.617", "the position “%s” is not on earth, or is 0,0: write longitude,latitude, as 101.778,36.617", lang.Short(text))
	}
	return p.Fixed().Point(), nil
}

// String writes the change as its line.
func (c Change) String() string {
	parts := []string{c.Act.Key()}
	if c.Act == OpenStation {
		parts = append(parts, c.Code, position(c.At))
		if c.Brand != 0 {
			parts = append(parts, "brand:"+c.Brand.Key())
		}
		if c.Name != "" {
			parts = append(parts, quote(c.Name))
		}
		return strings.Join(append(parts, c.Hours.String()), " ")
	}
	if c.Code != "" {
		parts = append(parts, c.Code)
	} else {
		parts = append(parts, "brand:"+c.Brand.Key())
	}
	switch c.Act {
	case MoveStation:
		parts = append(parts, position(c.At))
	case ChangeHours:
		parts = append(parts, c.Hours.String())
	case PauseDays:
		parts = append(parts, c.Days.String())
	case CloseStation, OpenStation:
	}
	return strings.Join(parts, " ")
}

// Lines writes changes as their lines.
func Lines(changes []Change) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = c.String()
	}
	return out
}

func position(p geo.Point) string { return shortDegrees(p.Lon) + "," + shortDegrees(p.Lat) }

// shortDegrees writes a coordinate to a centimetre without trailing zeros.
func shortDegrees(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(station.Degrees(v), "0"), ".")
}

func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text always has a JSON form
	return strings.TrimSpace(b.String())
}
