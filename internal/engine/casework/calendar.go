package casework

import (
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type toldRow struct {
	Version int       `db:"version"`
	Text    string    `db:"text"`
	ToldAt  time.Time `db:"told_at"`
}

type toldAfter struct {
	Version int `db:"version"`
}

var (
	insertTold = db.Declare[toldRow, db.None](`INSERT INTO casework_calendar (version, text, told_at) VALUES (:version, :text, :told_at)`)
	allTold    = db.Declare[toldAfter, toldRow](`SELECT /*cols*/ FROM casework_calendar WHERE version > :version ORDER BY version`)
)

// Calendar is the program's calendar with the years that the site was told. What was issued last holds, so that a
// newer program and an older file agree.
func Calendar(tx *db.Tx, program *calendar.Calendar) (*calendar.Calendar, error) {
	c, _, err := fold(tx, program)
	return c, err
}

func fold(tx *db.Tx, c *calendar.Calendar) (_ *calendar.Calendar, version int, err error) {
	rows, err := allTold.Slice(tx, toldAfter{})
	for _, r := range rows {
		if c, _, err = c.Newer(r.Text); err != nil {
			return c, version, err
		}
		version = r.Version
	}
	return c, version, err
}

// Learn takes in arrangements of holidays, and returns the calendar from then on. They stay known, also to processes that are
// started without the text. What was issued before what the site knows of a year is a fault.Conflict: the calendar
// only ever knows more. The same text again changes nothing.
func Learn(tx *db.Tx, program *calendar.Calendar, text string) (*calendar.Calendar, error) {
	c, version, err := fold(tx, program)
	if err != nil {
		return nil, err
	}
	next, older, err := c.Newer(text)
	switch {
	case err != nil:
		return nil, err
	case len(older) > 0:
		a := older[0]
		known, _ := c.ArrangementOf(a.Year)
		return nil, fault.New(fault.Conflict, "%[1]d 年的节假日安排，这里已有 %[2]v 的%[3]s，文件里是 %[4]v 的%[5]s：不能换回更早的。删去文件里这一年，或写上更晚的文号和日期",
			"of %[1]d the arrangement of %[2]v is known here (%[3]s), and the file has that of %[4]v (%[5]s): an earlier one is not taken. Leave that year out of the file, or write the later document and its date",
			a.Year, known.Issued, known.Document, a.Issued, a.Document)
	case next.Same(c):
		return c, nil
	}
	if err := insertTold.Later(tx, toldRow{version + 1, text, tx.Now()}); err != nil {
		return nil, err
	}
	var years []string
	for _, a := range next.Arrangements() {
		if known, ok := c.ArrangementOf(a.Year); !ok || known != a {
			years = append(years, strconv.Itoa(a.Year)+" "+a.Document)
		}
	}
	return next, record.Append(tx, "program", calendarTold{version + 1, strings.Join(years, "; ")})
}

// calendarTold is that the site was told of the holidays of more years.
type calendarTold struct {
	Version int    `json:"version"`
	Years   string `json:"years"` // each with its document; empty: days of years that were known
}

func (calendarTold) Kind() string    { return "casework.calendar-told" }
func (calendarTold) Subject() string { return "calendar" }
