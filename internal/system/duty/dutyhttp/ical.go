package dutyhttp

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/calendar"
)

// A calendar after RFC 5545: what a phone's own calendar subscribes to.

// event is one thing that is due.
type event struct {
	uid      string    // the same for the same thing, so that it moves and is not there twice
	stamp    time.Time // when it changed the last time
	sequence int       // counts its changes: a calendar takes the higher one
	due      time.Time
	summary  string
	address  string
	alarm    time.Time // zero: none
}

// maxOctets is how long a line of a calendar may be, without its end.
const maxOctets = 75

// icsFile is a calendar being written.
type icsFile struct{ strings.Builder }

// line writes one content line, folded. The value is escaped by whoever made it a text.
func (c *icsFile) line(name, value string) {
	text := name + ":" + value
	for room := maxOctets; ; room = maxOctets - 1 { // a continuation begins with a space
		n := len(text)
		if n > room {
			for n = room; !utf8.RuneStart(text[n]); n-- { //nolint:revive // a character is not cut
			}
		}
		c.WriteString(text[:n])
		c.WriteString("\r\n")
		if text = text[n:]; text == "" {
			return
		}
		c.WriteByte(' ')
	}
}

// text is a value of type TEXT. What cannot be written there is left out.
func text(s string) string {
	s = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// address is a value of type URI: whatever would end its line is none of it.
func address(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// write writes the whole calendar; about may be empty.
func (c *icsFile) write(name, about string, events []event) {
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//xiadu//duties//ZH")
	c.line("CALSCALE", "GREGORIAN")
	c.line("X-WR-CALNAME", text(name))
	if about != "" {
		c.line("X-WR-CALDESC", text(about))
	}
	c.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	for _, e := range events {
		c.event(e)
	}
	c.line("END", "VCALENDAR")
}

func (c *icsFile) event(e event) {
	c.line("BEGIN", "VEVENT")
	c.line("UID", text(e.uid))
	c.line("DTSTAMP", utc(e.stamp))
	c.line("LAST-MODIFIED", utc(e.stamp))
	c.line("SEQUENCE", strconv.Itoa(e.sequence))
	if endsDay(e.due) { // a day, wherever its reader is
		last := lastDay(e.due)
		c.line("DTSTART;VALUE=DATE", day(last))
		c.line("DTEND;VALUE=DATE", day(last.Add(1)))
	} else {
		c.line("DTSTART", utc(e.due))
	}
	c.line("SUMMARY", text(e.summary))
	if e.address != "" {
		c.line("URL", address(e.address))
	}
	c.line("TRANSP", "TRANSPARENT")
	c.line("CLASS", "PRIVATE")
	if !e.alarm.IsZero() {
		c.line("BEGIN", "VALARM")
		c.line("ACTION", "DISPLAY")
		c.line("DESCRIPTION", text(e.summary))
		c.line("TRIGGER;VALUE=DATE-TIME", utc(e.alarm))
		c.line("END", "VALARM")
	}
	c.line("END", "VEVENT")
}

func day(d calendar.Date) string { return strings.ReplaceAll(d.String(), "-", "") }
