// Package lots has what a draw draws from, and the order in which it does.
//
//	list, err := lots.New(rows, people, exclusions)   // checked, in its one form
//	d, err := lots.Begin(list, lots.Shape{First: 10}, terms, seed)
//	err = d.Skip("A-07", "", "absent")
//	err = d.Extend("", 1)
//	rows := d.Rows()
//
// A [List] has one form in bytes ([List.Bytes]) and so one hash, in whatever order it was put
// together. The order of a draw follows from the hash of its terms and the seed alone:
//
//	score(lot) = min over t = 1 … tickets of HMAC-SHA-256(seed, "<terms>\n<t>\n<code>")
//
// ascending. People are given to lots one lot after the other: of those who are not excluded,
// who stands in the fewest teams of this draw, and among those the least HMAC of
// "<terms>\n<t>\n<lot>\n<person>". So neither skipping nor drawing on changes what was drawn,
// and n drawn and then m are the same as n + m.
//
// It is pure: no clock, no chance of its own but that of [Blind], no storage.
package lots

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Bounds of a list. A file beside the log has at most 16 MB.
const (
	MostLots    = 100_000
	MostTickets = 10
	MostPairs   = 2_000_000 // lots × people: each takes a hash a ticket, of everybody who draws again
	mostName    = 120       // characters
)

// Format is what the first member of a list says.
const Format = "xiadu lots 1"

// Lot is one that may be drawn: a presenter, an enterprise, an officer. Code is what is drawn;
// Name says to people who it is, where that may be said. A Blind lot has a commitment to its
// bearer instead.
type Lot struct {
	Blind   string `json:"blind"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Tickets int    `json:"tickets"`
}

// Exclusion says that a code is not drawn, and why. Of a person it may be for one lot alone.
type Exclusion struct {
	Code   string `json:"code"`
	For    string `json:"for"`
	Reason string `json:"reason"`
}

// Reasons are all for which a code may be excluded or skipped. The list is closed: a reason that
// somebody words would be a reason for anything.
var Reasons = []lang.Choice{
	{Key: "recusal", Name: lang.Text{ZH: "回避", EN: "recused"}},
	{Key: "cap", Name: lang.Text{ZH: "检查次数已到上限", EN: "inspected as often as may be"}},
	{Key: "absent", Name: lang.Text{ZH: "到时不能到场", EN: "cannot be there"}},
	{Key: "unqualified", Name: lang.Text{ZH: "不具备资格", EN: "not qualified"}},
	{Key: "withdrawn", Name: lang.Text{ZH: "自己退出", EN: "withdrew"}},
	{Key: "closed", Name: lang.Text{ZH: "停产、注销或已不存在", EN: "shut down, or gone"}},
	{Key: "duplicate", Name: lang.Text{ZH: "与名单上另一个是同一个", EN: "the same as another of the list"}},
}

// Reason says a reason.
func Reason(key string) (lang.Text, bool) {
	i := slices.IndexFunc(Reasons, func(c lang.Choice) bool { return c.Key == key })
	if i < 0 {
		return lang.Text{}, false
	}
	return Reasons[i].Name, true
}

// List is what is drawn from: lots; people who are given to them, or none; and exclusions. Its
// tables ascend.
type List struct {
	Excluded []Exclusion `json:"excluded"`
	Format   string      `json:"format"`
	Lots     []Lot       `json:"lots"`
	People   []Lot       `json:"people"`
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$`)

// New puts a list into its form. What is wrong with it is a fault.Invalid that names the first
// row that is: tickets left out are one.
func New(rows, people []Lot, excluded []Exclusion) (*List, error) {
	l := &List{Excluded: slices.Clone(excluded), Format: Format, Lots: slices.Clone(rows), People: slices.Clone(people)}
	for _, table := range [][]Lot{l.Lots, l.People} {
		for i := range table {
			table[i].Tickets = cmp.Or(table[i].Tickets, 1)
		}
		slices.SortStableFunc(table, func(a, b Lot) int { return strings.Compare(a.Code, b.Code) })
	}
	slices.SortFunc(l.Excluded, compareExclusions)
	if l.Excluded == nil {
		l.Excluded = []Exclusion{}
	}
	if l.People == nil {
		l.People = []Lot{}
	}
	return l, l.check()
}

func compareExclusions(a, b Exclusion) int {
	return cmp.Or(strings.Compare(a.Code, b.Code), strings.Compare(a.For, b.For))
}

// Parse reads a list that is in its form, and no other.
func Parse(text []byte) (*List, error) {
	var said List
	if err := json.Unmarshal(text, &said); err != nil || said.Format != Format {
		return nil, fault.New(fault.Invalid, "这不是一份抽签名单", "this is no list of a draw")
	}
	l, err := New(said.Lots, said.People, said.Excluded)
	if err != nil {
		return nil, err
	}
	if again, err := l.Bytes(); err != nil || !bytes.Equal(again, text) {
		return nil, fault.New(fault.Invalid, "名单不是规定的写法：按代码排序，字段齐全，没有空白", "the list is not in its form: sorted by code, with every field, without white space")
	}
	return l, nil
}

// Bytes is the one form of the list: canonical JSON.
func (l *List) Bytes() ([]byte, error) { return canonical.JSON(l) }

// Hash is the SHA-256 of its form.
func (l *List) Hash() (string, error) {
	text, err := l.Bytes()
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

func (l *List) check() error {
	if n := len(l.Lots); n == 0 || n+len(l.People) > MostLots {
		return fault.New(fault.Invalid, "名单要有 1 到 %[2]d 个签，这份有 %[1]d 个", "a list has 1 to %[2]d lots, and this one has %[1]d", n+len(l.People), MostLots)
	}
	had := map[string]string{} // as written, by what is the same
	for _, lot := range slices.Concat(l.Lots, l.People) {
		if err := lot.check(); err != nil {
			return err
		}
		folded := strings.ToLower(lot.Code)
		if before, twice := had[folded]; twice {
			return fault.New(fault.Invalid, "代码“%[1]s”在名单上有两次（另一处写作“%[2]s”）：每个代码只能有一次，不分大小写", "the code %[1]q is on the list twice (the other is written %[2]q): each once, whether upper or lower case", lot.Code, before)
		}
		had[folded] = lot.Code
	}
	return l.checkExcluded()
}

func (l *List) checkExcluded() error {
	for i, x := range l.Excluded {
		if _, known := Reason(x.Reason); !known {
			return fault.New(fault.Invalid, "排除“%[1]s”的理由“%[2]s”不在表里：可以是 %[3]s", "the reason %[2]q for which %[1]q is excluded is none: it may be %[4]s", x.Code, x.Reason, lang.ChoiceNames(Reasons).ZH, keysOf(Reasons))
		}
		_, lot := find(l.Lots, x.Code)
		_, person := find(l.People, x.Code)
		_, forLot := find(l.Lots, x.For)
		if !lot && !person || x.For != "" && (!person || !forLot) {
			return fault.New(fault.Invalid, "排除“%[1]s”（对“%[2]s”）：名单上没有这样的签或人", "%[1]q is excluded (for %[2]q): the list has no such lot or person", x.Code, x.For)
		}
		if i > 0 && compareExclusions(l.Excluded[i-1], x) == 0 {
			return fault.New(fault.Invalid, "“%[1]s”排除了两次：只写一个理由", "%[1]q is excluded twice: give one reason", x.Code)
		}
	}
	return nil
}

func keysOf(all []lang.Choice) string {
	keys := make([]string, len(all))
	for i, c := range all {
		keys[i] = c.Key
	}
	return strings.Join(keys, ", ")
}

// check holds a lot against what one may be.
func (l Lot) check() error {
	switch {
	case !codeForm.MatchString(l.Code):
		return fault.New(fault.Invalid, "代码“%[1]s”不行：用 1 到 64 个英文字母、数字和 - _ . /，以字母或数字开头，不能有空格", "%[1]q is no code: use 1 to 64 letters, digits and - _ . / of ASCII, the first a letter or digit, and no space", lang.Short(l.Code))
	case l.Tickets < 1 || l.Tickets > MostTickets:
		return fault.New(fault.Invalid, "“%[1]s”有 %[2]d 张签：可以是 1 到 %[3]d 张", "%[1]q has %[2]d tickets: 1 to %[3]d are possible", l.Code, l.Tickets, MostTickets)
	case l.Blind != "" && l.Name != "":
		return fault.New(fault.Invalid, "“%[1]s”是盲码，又写了名称“%[2]s”：只能有一个", "%[1]q is a blind code and has a name, %[2]q: it may have one of both", l.Code, lang.Short(l.Name))
	case l.Blind != "" && !isHash(l.Blind):
		return fault.New(fault.Invalid, "“%[1]s”的盲码承诺不是 64 位小写十六进制", "the commitment of the blind code %[1]q is not 64 digits of lower-case hexadecimal", l.Code)
	case !plain(l.Name):
		return fault.New(fault.Invalid, "“%[1]s”的名称不行：最多 %[2]d 字，首尾没有空格，没有换行（Unicode 规范形式 C）", "the name of %[1]q will not do: %[2]d characters at most, no space at its ends, no line end (Unicode form C)", l.Code, mostName)
	}
	return nil
}

// plain reports whether a text for people is written in the one way it can be.
func plain(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= mostName && s == strings.TrimSpace(s) && norm.NFC.IsNormalString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

func isHash(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// find returns the lot of a code in a table that ascends.
func find(table []Lot, code string) (Lot, bool) {
	i, ok := slices.BinarySearchFunc(table, code, func(l Lot, code string) int { return strings.Compare(l.Code, code) })
	if !ok {
		return Lot{}, false
	}
	return table[i], true
}

// Called is what people call a code: its name, or itself.
func (l *List) Called(code string) string {
	for _, table := range [][]Lot{l.Lots, l.People} {
		if lot, ok := find(table, code); ok {
			return cmp.Or(lot.Name, code)
		}
	}
	return code
}

// Tickets are those of a lot; of none, 0.
func (l *List) Tickets(code string) int {
	lot, _ := find(l.Lots, code)
	return lot.Tickets
}

// Blinded counts the codes whose bearers are committed to.
func (l *List) Blinded() (n int) {
	for _, lot := range slices.Concat(l.Lots, l.People) {
		if lot.Blind != "" {
			n++
		}
	}
	return n
}
