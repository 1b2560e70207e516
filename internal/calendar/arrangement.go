package calendar

import (
	"cmp"
	_ "embed" // the arrangements
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
	of   int // the year in whose arrangement it is
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
	return c.with(more), nil
}

func (c *Calendar) with(more *Calendar) *Calendar {
	out := &Calendar{special: maps.Clone(more.special), arrangements: slices.Clone(more.arrangements)}
	for _, a := range c.arrangements {
		if !more.Known(a.Year) {
			out.arrangements = append(out.arrangements, a)
		}
	}
	for d, s := range c.special {
		if _, told := out.special[d]; !told && !more.Known(s.of) {
			out.special[d] = s
		}
	}
	slices.SortFunc(out.arrangements, func(a, b Arrangement) int { return cmp.Compare(a.Year, b.Year) })
	return out
}

// Newer is With, but for the years that are known here from a document that was issued later: those
// stay as they are, and come back as older, with the text's document.
func (c *Calendar) Newer(text string) (out *Calendar, older []Arrangement, err error) {
	more, err := read(text)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range more.arrangements {
		if known, ok := c.ArrangementOf(a.Year); ok && a.Issued.Before(known.Issued) {
			older = append(older, a)
		}
	}
	for _, a := range older {
		maps.DeleteFunc(more.special, func(_ Date, s specialDay) bool { return s.of == a.Year })
		more.arrangements = slices.DeleteFunc(more.arrangements, func(b Arrangement) bool { return a.Year == b.Year })
	}
	return c.with(more), older, nil
}

// Same reports whether two calendars say the same of every day, by the same documents.
func (c *Calendar) Same(o *Calendar) bool {
	return slices.Equal(c.arrangements, o.arrangements) && maps.Equal(c.special, o.special)
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

// Check says what is wrong with arrangements that somebody wrote. A year without a holiday is wrong, too: it would be
// known, and every day of its holidays worked.
func Check(text string) error {
	c, err := read(text)
	if err != nil {
		return err
	}
	for _, a := range c.arrangements {
		free := false
		for _, s := range c.special {
			free = free || s.of == a.Year && s.kind == Holiday
		}
		if !free {
			return fault.New(fault.Invalid, "%[1]d 年下面没有一行 holiday，会把全年的假日都当成平日：请补上各个假日，或删去这一年的 year 行", "there is no holiday below the year %[1]d, so that all its holidays would be worked: add them, or leave the line of the year out", a.Year)
		}
	}
	return nil
}

func read(text string) (*Calendar, error) {
	c := &Calendar{special: map[Date]specialDay{}}
	for n, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") { // a mark of Windows editors
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if err := c.readLine(f); err != nil {
			zh, _ := fault.In(lang.ZH, err)
			en, _ := fault.In(lang.EN, err)
			return nil, fault.New(fault.Invalid, "节假日安排第 %[1]d 行读不懂：%[2]s（%[3]s）", "line %[1]d of the holiday arrangements cannot be read: %[2]s (%[4]s)", n+1, lang.Short(line), zh, en).Because(err)
		}
	}
	return c, nil
}

// maxHoliday bounds a holiday, in days: a longer one is a slip of the year.
const maxHoliday = 60

func (c *Calendar) readLine(f []string) error {
	if f[0] != "year" && len(c.arrangements) == 0 {
		return fault.New(fault.Invalid, "先写一行“year 年份 文号 发文日期”", "a line “year YEAR DOCUMENT DATE” comes first")
	}
	switch {
	case f[0] == "year" && len(f) == 4:
		year, err := strconv.Atoi(f[1])
		if err != nil || year < 1949 || year > 9999 || c.Known(year) {
			return fault.New(fault.Invalid, "年份要写成四位数，每年只写一次", "write the year with four digits, and each year once")
		}
		issued, err := ParseDate(f[3])
		c.arrangements = append(c.arrangements, Arrangement{year, f[2], issued})
		return err
	case f[0] == "year":
		return fault.New(fault.Invalid, "year 后面要有三项：年份、文号、发文日期，文号里不能有空格", "a year is followed by three: the year, the document without spaces, and its date")
	case f[0] == "holiday" && len(f) >= 6 && f[4] == "|":
		first, err := ParseDate(f[1])
		if err != nil {
			return err
		}
		last, err := ParseDate(f[2])
		if err != nil {
			return err
		}
		if n := last.Sub(first); n < 0 || n > maxHoliday {
			return fault.New(fault.Invalid, "最后一天要在第一天当天或之后，最多 %d 天", "the last day is the first one or after it, and %d days on at most", maxHoliday)
		}
		for d := first; !last.Before(d); d = d.Add(1) {
			if err := c.say(d, specialDay{kind: Holiday, name: lang.Text{ZH: f[3], EN: strings.Join(f[5:], " ")}}); err != nil {
				return err
			}
		}
		return nil
	case f[0] == "workday" && len(f) > 1:
		for _, s := range f[1:] {
			d, err := ParseDate(s)
			if err != nil {
				return err
			}
			if err := c.say(d, specialDay{kind: MakeupWorkday}); err != nil {
				return err
			}
		}
		return nil
	}
	return fault.New(fault.Invalid, "每行写 year、holiday 或 workday：holiday 第一天 最后一天 名称 | 英文名，workday 日期…", "each line is a year, a holiday or a workday: holiday FIRST LAST NAME | ENGLISH NAME, workday DATE …")
}

// say takes a day into the arrangement that was begun last: one of its year, or of the end of the year before.
func (c *Calendar) say(d Date, s specialDay) error {
	s.of = c.arrangements[len(c.arrangements)-1].Year
	year, month, _ := d.Civil()
	if year != s.of && (year != s.of-1 || month != 12) {
		return fault.New(fault.Invalid, "%[1]v 不在 %[2]d 年：请写在那一年的 year 行下面", "%[1]v is not in %[2]d: write it below the line of its own year", d, s.of)
	}
	c.special[d] = s
	return nil
}
