package station

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// Reading says how to read what a file leaves open.
type Reading struct {
	Home   gb.Division // where names such as 城中区 are looked for, and the division of rows without one
	Datum  geo.Datum   // of rows without one
	Source string      // of rows without one
	// NearestStreet tells how far the nearest street is, if there is one nearby.
	// With it, positions off any street draw a warning.
	NearestStreet func(geo.Point) (metres float64, ok bool)
}

// Batch is what was read from a file, to be imported whole or not at all.
type Batch struct {
	Stations []Station
	Issues   Issues // rules broken: with any, nothing is imported
	Warnings Issues // what is only odd

	given [lastField]bool // the fields that the file has; others keep their values
	rows  []int           // where each station was, for messages
}

// Issues are complaints about rows, the first thousand of them in words.
type Issues struct {
	List  []Issue
	Total int
}

// Issue is one complaint.
type Issue struct {
	Row int // as the reader of the sheet counts, headings included
	Flaw
}

// maxIssues is how many complaints anybody may want to read at once.
const maxIssues = 1000

func (i *Issues) add(row int, f Field, text lang.Text) {
	if i.Total++; len(i.List) < maxIssues {
		i.List = append(i.List, Issue{row, Flaw{f, text}})
	}
}

// String is the issue in Chinese.
func (i Issue) String() string { return i.In(lang.ZH) }

// In returns the complaint for a reader of l: 第 37 行，营业时间：….
func (i Issue) In(l lang.Lang) string {
	return l.F("第 %d 行，%s：%s", "row %d, %s: %s", i.Row, i.Field.Name().In(l), i.Text.In(l))
}

// ShownIssues is how many complaints a fault names: a screenful. More are most
// often one slip in every row.
const ShownIssues = 20

// Err returns a fault that names the first issues, or nil if there are none.
func (b Batch) Err() error {
	if b.Issues.Total == 0 {
		return nil
	}
	var zh, en strings.Builder
	for _, i := range b.Issues.List[:min(ShownIssues, len(b.Issues.List))] {
		zh.WriteString("\n" + i.In(lang.ZH))
		en.WriteString("\n" + i.In(lang.EN))
	}
	if b.Issues.Total > ShownIssues {
		fmt.Fprintf(&zh, "\n……另有 %d 处", b.Issues.Total-ShownIssues)
		fmt.Fprintf(&en, "\n… and %d more", b.Issues.Total-ShownIssues)
	}
	count := "There is 1 error"
	if b.Issues.Total > 1 {
		count = fmt.Sprintf("There are %d errors", b.Issues.Total)
	}
	return &fault.Error{Kind: fault.Invalid, Text: lang.Text{
		ZH: fmt.Sprintf("有 %d 处错误，一行也没有导入。请改正后重新导入：", b.Issues.Total) + zh.String(),
		EN: count + ", so nothing was imported. Correct and import again:" + en.String(),
	}}
}

// rowReader turns rows into stations.
type rowReader struct {
	Reading
	batch Batch
	codes map[string]int // → row

	at     []int    // the column or the property of each field, or -1
	names  []string // of the properties that at is for
	passed Passing

	divisions map[string]gb.Division // sheets repeat few divisions and hours
	hours     map[string]opening.Hours
	strange   int // positions already doubted
}

func newRowReader(r Reading) *rowReader {
	return &rowReader{Reading: r, codes: map[string]int{}, divisions: map[string]gb.Division{}, hours: map[string]opening.Hours{}}
}

// maxKnownHours bounds the hours that are remembered: most stations of a sheet
// have those of a few others.
const maxKnownHours = 10_000

// row reads one row; blank ones are passed over.
func (r *rowReader) row(n int, c Cells) {
	for f := range c {
		c[f] = strings.TrimSpace(c[f])
	}
	if c == (Cells{}) {
		return
	}
	issues := r.batch.Issues.Total
	s := Station{Code: c[FieldCode], Name: c[FieldName], Host: c[FieldHost], Address: c[FieldAddress], Source: c[FieldSource]}
	if s.Source == "" {
		s.Source = r.Source
	}
	choose(r, n, c, FieldBrand, ParseBrand, &s.Brand, brands)
	choose(r, n, c, FieldPremises, ParsePremises, &s.Premises, premisesOptions())
	choose(r, n, c, FieldSize, ParseSize, &s.Size, sizes)
	choose(r, n, c, FieldAccess, ParseAccess, &s.Access, accesses)
	choose(r, n, c, FieldWheelchair, ParseWheelchair, &s.Wheelchair, wheelchairs)
	choose(r, n, c, FieldStatus, ParseStatus, &s.Status, statuses)
	s.Division = r.division(n, c[FieldDivision])
	s.Hours = r.openingHours(n, c[FieldHours])
	s.Services = r.services(n, c[FieldServices])
	s.Checked = r.checked(n, c[FieldChecked])
	s.Cost = r.cost(n, c[FieldCost])
	located := r.position(n, c, &s)
	for _, f := range s.Check() {
		if f.Field == FieldLon && !located || f.Field == FieldDivision && c[FieldDivision] != "" {
			continue // already told, and better
		}
		r.batch.Issues.add(n, f.Field, f.Text)
	}
	if first, again := r.codes[s.Code]; again && s.Code != "" {
		r.issue(n, FieldCode, "编号“%s”与第 %d 行重复：每个站点的编号必须不同", "the code “%s” is that of row %d already: each station needs its own", s.Code, first)
	} else if len(s.Code) <= MaxCode { // no other is a code, and a file may be full of long ones
		r.codes[s.Code] = n
	}
	if r.batch.Issues.Total == issues {
		r.batch.Stations = append(r.batch.Stations, s)
		r.batch.rows = append(r.batch.rows, n)
	}
}

func (r *rowReader) issue(row int, f Field, zh, en string, args ...any) {
	r.batch.Issues.add(row, f, lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
}

// choose reads a cell of a catalogue. An empty cell is the catalogue's default.
func choose[T ~uint8](r *rowReader, n int, c Cells, f Field, parse func(string) (T, bool), to *T, options []lang.Choice) {
	if c[f] == "" {
		return
	}
	v, ok := parse(c[f])
	if !ok {
		list := lang.ChoiceNames(options)
		r.issue(n, f, "“%[1]s”不在目录里：请填 %[2]s", "“%[1]s” is not in the catalogue: write one of %[3]s", lang.Short(c[f]), list.ZH, list.EN)
	}
	*to = v
}

func (r *rowReader) division(n int, text string) gb.Division {
	if text == "" {
		return r.Home
	}
	d, known := r.divisions[text]
	if !known {
		var err error
		if d, err = gb.Resolve(text, r.Home); err != nil {
			r.fault(n, FieldDivision, err)
			return d
		}
		r.divisions[text] = d
	}
	return d
}

func (r *rowReader) openingHours(n int, text string) opening.Hours {
	h, known := r.hours[text]
	if !known {
		var err error
		if h, err = opening.Parse(text); err != nil {
			r.fault(n, FieldHours, err)
			return h
		}
		if len(r.hours) >= maxKnownHours {
			clear(r.hours)
		}
		r.hours[text] = h
	}
	return h
}

func (r *rowReader) fault(n int, f Field, err error) {
	zh, _ := fault.In(lang.ZH, err)
	en, _ := fault.In(lang.EN, err)
	r.batch.Issues.add(n, f, lang.Text{ZH: zh, EN: en})
}

func (r *rowReader) services(n int, text string) Services {
	s, unknown := ParseServices(text)
	for _, word := range unknown {
		r.issue(n, FieldServices, "服务“%s”不在目录里：请删去，或改成目录里的名称，如 热水、休息、卫生间、充电",
			"the service “%s” is not in the catalogue: remove it or write one that is, as hot water, toilet, charging", lang.Short(word))
	}
	return s
}

func (r *rowReader) cost(n int, text string) Cost {
	c, err := ParseCost(text)
	if err != nil {
		r.fault(n, FieldCost, err)
	}
	return c
}

// degree reads a longitude or latitude.
func (r *rowReader) degree(n int, f Field, text string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimRight(text, "°ENen "), 64)
	if err != nil || v != v || v > 180 || v < -180 {
		r.issue(n, f, "“%s”不是度数：请写成十进制度，如 101.7782", "“%s” is not a number of degrees: write it as 101.7782", lang.Short(text))
		return 0, false
	}
	return v, true
}
