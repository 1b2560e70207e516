package dutyhttp

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// unfolded are the content lines of a calendar, as a reader puts them together (RFC 5545, 3.1).
// It fails for a line that is too long, cut within a character, or not ended by CRLF.
func unfolded(t interface{ Fatalf(string, ...any) }, text string) (lines []string) {
	if !strings.HasSuffix(text, "\r\n") {
		t.Fatalf("it does not end with CRLF: %q", text)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("a line of %d octets: %q", len(line), line)
		}
		if rest, more := strings.CutPrefix(line, " "); more {
			if len(lines) == 0 {
				t.Fatalf("it begins with a continuation: %q", line)
			}
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// unescaped reads a TEXT back.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == 'n' || s[i] == 'N' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// written is what of a text can be in a calendar: valid characters, no control characters but
// tabs and ends of lines.
func written(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// Whatever a text is, its line is folded within the bound, between characters, and is read
// back as it was; it never becomes another line.
func TestALineIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("超期;,\\\n\r\t :𠀀a")))).Draw(t, "text")
		c := &icsFile{}
		c.line("SUMMARY", text(s))
		lines := unfolded(t, c.String())
		if len(lines) != 1 {
			t.Fatalf("%q became %q", s, lines)
		}
		value, ok := strings.CutPrefix(lines[0], "SUMMARY:")
		if !ok || unescaped(value) != written(s) {
			t.Fatalf("%q was read back as %q", s, unescaped(value))
		}
	})
}

func FuzzCalendar(f *testing.F) {
	f.Add("D2QH2025;1,\\\nEND:VCALENDAR", "https://x/\r\nBEGIN:VEVENT", int64(1762300000))
	f.Add(strings.Repeat("整改", 60), strings.Repeat("a", 200), int64(0))
	f.Fuzz(func(t *testing.T, summary, href string, at int64) {
		due := time.Unix(at%4e9, 0)
		c := &icsFile{}
		c.write(summary, href, []event{{uid: summary, stamp: due, due: due, summary: summary, address: href, alarm: due}})
		begins, ends := 0, 0
		for _, line := range unfolded(t, c.String()) {
			name, _, ok := strings.Cut(line, ":")
			if !ok || name == "" {
				t.Fatalf("no content line: %q", line)
			}
			switch name {
			case "BEGIN":
				begins++
			case "END":
				ends++
			}
		}
		if begins != 3 || ends != 3 { // calendar, event, alarm
			t.Fatalf("%d components begin and %d end", begins, ends)
		}
	})
}

// What ends with a day is a day, wherever its reader is; what ends within one is an instant.
func TestDaysAndInstants(t *testing.T) {
	midnight := time.Date(2026, 11, 4, 16, 0, 0, 0, time.UTC) // the end of 4 November in China
	for _, c := range []struct {
		due  time.Time
		want string
	}{
		{midnight, "DTSTART;VALUE=DATE:20261104\r\nDTEND;VALUE=DATE:20261105\r\n"},
		{midnight.Add(time.Hour), "DTSTART:20261104T170000Z\r\n"},
	} {
		w := &icsFile{}
		w.event(event{uid: "1", due: c.due, stamp: c.due, summary: "L-1", alarm: c.due.Add(-time.Hour)})
		if !strings.Contains(w.String(), c.want) {
			t.Errorf("%s has not %q", w.String(), c.want)
		}
	}
}
