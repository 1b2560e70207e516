package calendar

import (
	_ "embed" // the arrangements
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// Arrangement is the State Council's arrangement of one year's holidays.
type Arrangement struct {
	Year     int
	Document string // its number, such as 国办发明电〔2025〕7号
	Issued   Date
}

type specialDay struct {
	kind Kind
	name lang.Text
}

//go:embed holidays.txt
var holidays string

var arrangements, special = mustRead(holidays)

// Arrangements lists the known years in order.
func Arrangements() []Arrangement { return slices.Clone(arrangements) }

// ArrangementOf returns the arrangement of the year, if it is known.
func ArrangementOf(year int) (Arrangement, bool) {
	for _, a := range arrangements {
		if a.Year == year {
			return a, true
		}
	}
	return Arrangement{}, false
}

// mustRead panics on a mistake in the embedded file, which every test and every
// start of the program then shows.
func mustRead(text string) (years []Arrangement, days map[Date]specialDay) {
	days = map[Date]specialDay{}
	for n, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if err := readLine(f, &years, days); err != nil {
			panic(fmt.Sprintf("calendar: holidays.txt line %d: %v", n+1, err))
		}
	}
	return years, days
}

func readLine(f []string, years *[]Arrangement, days map[Date]specialDay) error {
	switch {
	case f[0] == "year" && len(f) == 4:
		year, err := strconv.Atoi(f[1])
		if err != nil {
			return err
		}
		issued, err := ParseDate(f[3])
		*years = append(*years, Arrangement{year, f[2], issued})
		return err
	case f[0] == "holiday" && len(f) >= 6 && f[4] == "|":
		first, err := ParseDate(f[1])
		if err != nil {
			return err
		}
		last, err := ParseDate(f[2])
		for d := first; !last.Before(d); d = d.Add(1) {
			days[d] = specialDay{Holiday, lang.Text{ZH: f[3], EN: strings.Join(f[5:], " ")}}
		}
		return err
	case f[0] == "workday":
		for _, s := range f[1:] {
			d, err := ParseDate(s)
			if err != nil {
				return err
			}
			days[d] = specialDay{kind: MakeupWorkday}
		}
		return nil
	}
	return fmt.Errorf("cannot read %q", f)
}
