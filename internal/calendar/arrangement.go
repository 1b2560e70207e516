package calendar

import (
	"cmp"
	_ "embed" // the arrangements
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
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

// Official are the arrangements that this program was built with.
var Official = mustRead(holidays)

// Calendar is what kind of day each day is. It is not changed once it is made.
type Calendar struct {
	arrangements []Arrangement
	special      map[Date]specialDay
}

// Arrangements lists the known years in order.
func (c *Calendar) Arrangements() []Arrangement { return slices.Clone(c.arrangements) }

// ArrangementOf returns the arrangement of the year, if it is known.
func (c *Calendar) ArrangementOf(year int) (Arrangement, bool) {
	for _, a := range c.arrangements {
		if a.Year == year {
			return a, true
		}
	}
	return Arrangement{}, false
}

// With returns the calendar with more arrangements, written as those in holidays.txt. A
// year that is there already is that of the text from then on, days and all.
func (c *Calendar) With(text string) (*Calendar, error) {
	more, err := read(text)
	if err != nil {
		return nil, err
	}
	out := &Calendar{special: maps.Clone(more.special)}
	for _, a := range c.arrangements {
		if _, again := more.ArrangementOf(a.Year); !again {
			out.arrangements = append(out.arrangements, a)
		}
	}
	for d, s := range c.special {
		year, _, _ := d.Civil()
		if _, again := more.ArrangementOf(year); !again {
			out.special[d] = s
		}
	}
	out.arrangements = append(out.arrangements, more.arrangements...)
	slices.SortFunc(out.arrangements, func(a, b Arrangement) int { return cmp.Compare(a.Year, b.Year) })
	return out, nil
}

// mustRead panics on a mistake in the embedded file, which every test and every
// start of the program then shows.
func mustRead(text string) *Calendar {
	c, err := read(text)
	if err != nil {
		panic("calendar: holidays.txt: " + err.Error())
	}
	return c
}

func read(text string) (*Calendar, error) {
	c := &Calendar{special: map[Date]specialDay{}}
	for n, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if err := c.readLine(f); err != nil {
			return nil, fault.New(fault.Invalid, "节假日安排第 %[1]d 行读不懂：%[2]s", "line %[1]d of the holiday arrangements cannot be read: %[2]s", n+1, lang.Short(line)).Because(err)
		}
	}
	return c, nil
}

func (c *Calendar) readLine(f []string) error {
	switch {
	case f[0] == "year" && len(f) == 4:
		year, err := strconv.Atoi(f[1])
		if err != nil {
			return err
		}
		issued, err := ParseDate(f[3])
		c.arrangements = append(c.arrangements, Arrangement{year, f[2], issued})
		return err
	case f[0] == "holiday" && len(f) >= 6 && f[4] == "|":
		first, err := ParseDate(f[1])
		if err != nil {
			return err
		}
		last, err := ParseDate(f[2])
		if err == nil && last.Sub(first) > 60 {
			err = fmt.Errorf("a holiday of %d days", last.Sub(first))
		}
		for d := first; err == nil && !last.Before(d); d = d.Add(1) {
			c.special[d] = specialDay{Holiday, lang.Text{ZH: f[3], EN: strings.Join(f[5:], " ")}}
		}
		return err
	case f[0] == "workday":
		for _, s := range f[1:] {
			d, err := ParseDate(s)
			if err != nil {
				return err
			}
			c.special[d] = specialDay{kind: MakeupWorkday}
		}
		return nil
	}
	return fmt.Errorf("cannot read %q", f)
}
