package gb

import (
	_ "embed" // the tables
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed divisions.txt
var divisionsText string

//go:embed further.txt
var furtherText string

var (
	byCode    = map[string]Division{}
	byName    = map[string][]Division{}
	provinces []Division
)

// The embedded tables are part of the program, so a mistake in them is a
// defect: it panics at every start and in every test.
func init() {
	for n, f := range rows(divisionsText) {
		if len(f) != 3 {
			panic(fmt.Sprintf("gb: divisions.txt line %d: want 3 fields", n))
		}
		code := f[0]
		e := &entry{code: (code + "0000")[:6], name: lang.Text{ZH: f[1], EN: f[2]}, level: Level(len(code) / 2)}
		add(e, above(code))
	}
	for n, f := range rows(furtherText) {
		if len(f) != 8 {
			panic(fmt.Sprintf("gb: further.txt line %d: want 8 fields", n))
		}
		parent, err := Parse(f[3])
		if err != nil {
			panic(fmt.Sprintf("gb: further.txt line %d: %v", n, err))
		}
		e := &entry{code: f[0], name: lang.Text{ZH: f[1], EN: f[2]}, level: County, from: date(f[4]), to: date(f[5]), successor: f[6], source: f[7]}
		switch {
		case strings.Contains(e.code, "Z"):
			e.level = Zone
		case e.code == corps:
			e.level = Prefecture
		}
		add(e, parent)
	}
}

// rows yields the tab-separated fields of each line that is no comment.
func rows(text string) func(yield func(line int, fields []string) bool) {
	return func(yield func(int, []string) bool) {
		for n, line := range strings.Split(text, "\n") {
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(n+1, strings.Split(line, "\t")) {
				return
			}
		}
	}
}

// above returns the division that a code lies in. Below a municipality, and for
// counties that a province runs itself, that is the province.
func above(code string) Division {
	for n := len(code) - 2; n >= 2; n -= 2 {
		if d, ok := byCode[(code[:n] + "0000")[:6]]; ok {
			return d
		}
	}
	return Division{}
}

func add(e *entry, parent Division) {
	d := Division{e}
	e.parent = parent
	byCode[e.code] = d
	byName[e.name.ZH] = append(byName[e.name.ZH], d)
	if e.short = short(e.name.ZH); e.short != "" {
		byName[e.short] = append(byName[e.short], d)
	}
	if parent.Valid() {
		parent.children = append(parent.children, d)
	} else {
		provinces = append(provinces, d)
	}
}

func date(s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
