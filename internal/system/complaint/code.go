package complaint

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Code is a letter's code as it was written, with what can be read in it.
type Code struct {
	Text string // to the letter, but for spaces around it
	// Key finds the letter however it is typed: without spaces and marks, in capitals. Two
	// letters of one campaign do not share it.
	Key string
	// What the shape of it says; empty where it does not.
	Shape    Shape
	Channel  Channel
	Round    int
	Region   string // letters: of a province (GB/T 2260) or a city
	Division string // six digits
	Date     calendar.Date
	Dated    bool
	Serial   string
}

// Channel is how a letter came.
type Channel string

// The channels.
const (
	Unsaid Channel = ""
	Call   Channel = "call"   // 来电, D
	Letter Channel = "letter" // 来信, X
)

// Name is what a channel is called.
func (c Channel) Name() lang.Text {
	switch c {
	case Call:
		return lang.Text{ZH: "来电", EN: "call"}
	case Letter:
		return lang.Text{ZH: "来信", EN: "letter"}
	case Unsaid:
	}
	return lang.Text{ZH: "未注明", EN: "not said"}
}

// Shape is the form of a code. The forms are those that were seen in published tables.
type Shape string

// The shapes.
const (
	Other    Shape = ""         // kept, and not understood
	Round    Shape = "round"    // D3SX202505280018: channel, round, province or city, day, serial
	Team     Shape = "team"     // XND2023120501: a city's own team
	Plain    Shape = "plain"    // D20231205001: no province
	Division Shape = "division" // D630102202312050001: a division's digits
	Serial   Shape = "serial"   // 18: begins again with every batch
)

var shapes = []struct {
	shape Shape
	form  *regexp.Regexp
}{
	{Round, regexp.MustCompile(`^(?P<channel>[DX])(?P<round>\d)(?P<region>[A-Z]{2})(?P<day>\d{8})(?P<serial>\d{3,5})$`)},
	{Team, regexp.MustCompile(`^(?P<region>[A-Z]{2})(?P<channel>[DX])(?P<day>\d{8})(?P<serial>\d{2,4})$`)},
	{Division, regexp.MustCompile(`^(?P<channel>[DX])(?P<division>\d{6})(?P<day>20\d{6})(?P<serial>\d{3,5})$`)},
	{Plain, regexp.MustCompile(`^(?P<channel>[DX])(?P<day>20\d{6})(?P<serial>\d{2,5})$`)},
	{Serial, regexp.MustCompile(`^(?P<serial>\d{1,4})$`)},
}

// maxCode bounds a code: the longest that was seen has 22 characters.
const maxCode = 40

// CodeKey is the form in which a code is found: its letters, digits and brackets alone, in
// capitals. It is a key of keys: its own is itself.
func CodeKey(s string) string {
	for range 4 { // what was taken out may let its neighbours join
		next := norm.NFKC.String(strings.Map(keyRune, norm.NFKC.String(s)))
		if next == s {
			break
		}
		s = next
	}
	return s
}

func keyRune(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.In(r, unicode.Ps, unicode.Pe) {
		return unicode.ToUpper(r)
	}
	return -1
}

// ReadCode reads a code. Nothing but an empty or impossibly long one is refused: what is
// not understood is kept.
func ReadCode(s string) (Code, error) {
	c := Code{Text: strings.TrimSpace(s)}
	c.Key = CodeKey(c.Text)
	switch {
	case c.Key == "":
		return c, fault.New(fault.Invalid, "没有受理编号", "there is no code")
	case utf8.RuneCountInString(c.Text) > maxCode || strings.ContainsFunc(c.Text, lang.Unprintable):
		return c, fault.New(fault.Invalid, "“%[1]s”不像受理编号：最多 %[2]d 个字", "%[1]q is no code: %[2]d characters at most", lang.Short(c.Text), maxCode)
	}
	for _, known := range shapes {
		if m := known.form.FindStringSubmatch(c.Key); m != nil && c.take(known.shape, known.form.SubexpNames(), m) {
			break
		}
	}
	return c, nil
}

// take reads the parts of a code of a shape. A day that there is not is no day.
func (c *Code) take(shape Shape, names, parts []string) bool {
	read := Code{Text: c.Text, Key: c.Key, Shape: shape}
	for i, name := range names {
		switch name {
		case "channel":
			read.Channel = map[string]Channel{"D": Call, "X": Letter}[parts[i]]
		case "round":
			read.Round, _ = strconv.Atoi(parts[i]) // one digit
		case "region":
			read.Region = parts[i]
		case "division":
			read.Division = parts[i]
		case "serial":
			read.Serial = parts[i]
		case "day":
			day, err := calendar.ParseDate(parts[i][:4] + "-" + parts[i][4:6] + "-" + parts[i][6:])
			if err != nil {
				return false
			}
			read.Date, read.Dated = day, true
		}
	}
	*c = read
	return true
}

// Cited is a code that a text names.
type Cited struct {
	Text  string // as it stands there
	Key   string
	Whole bool // else characters are missing: several letters may be meant
}

// citedCode finds what looks like a code: broken by spaces, in small or full-width letters, or
// with characters missing at its end.
var citedCode = regexp.MustCompile(`[DdXxＤｄＸｘ]\s?[0-9０-９]?\s?[A-Za-zＡ-Ｚａ-ｚ]{0,2}\s?(?:[0-9０-９]\s?){8,18}`)

// maxCited bounds what one text is asked for.
const maxCited = 50

// CitedIn lists the codes that a text names, each once, in their order.
func CitedIn(text string) (all []Cited) {
	seen := map[string]bool{}
	for _, found := range citedCode.FindAllString(text, maxCited) {
		found = strings.TrimSpace(found)
		c, err := ReadCode(found)
		if err != nil || seen[c.Key] {
			continue
		}
		seen[c.Key] = true
		all = append(all, Cited{Text: found, Key: c.Key, Whole: c.Shape == Round || c.Shape == Division || c.Shape == Plain})
	}
	return all
}
