package redact

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Kind is what a span is.
type Kind uint8

// The kinds.
const (
	Name Kind = iota
	Phone
	Identity // number of an identity card
	Plate
	Mail
	Account // of WeChat, QQ and the like
	Card    // of a bank
	Door    // building, unit, room, number of a house in a village
	Position
	Other // what a person covers that is none of these
)

var kinds = [...]lang.Choice{
	Name:     {Key: "name", Name: lang.Text{ZH: "姓名", EN: "name"}},
	Phone:    {Key: "phone", Name: lang.Text{ZH: "电话", EN: "telephone"}},
	Identity: {Key: "identity", Name: lang.Text{ZH: "身份证号", EN: "identity number"}},
	Plate:    {Key: "plate", Name: lang.Text{ZH: "车牌", EN: "licence plate"}},
	Mail:     {Key: "mail", Name: lang.Text{ZH: "电子邮箱", EN: "e-mail"}},
	Account:  {Key: "account", Name: lang.Text{ZH: "微信、QQ 等账号", EN: "account of WeChat, QQ or the like"}},
	Card:     {Key: "card", Name: lang.Text{ZH: "银行卡号", EN: "bank card"}},
	Door:     {Key: "door", Name: lang.Text{ZH: "门牌", EN: "door number"}},
	Position: {Key: "position", Name: lang.Text{ZH: "精确坐标", EN: "exact coordinates"}},
	Other:    {Key: "other", Name: lang.Text{ZH: "其他", EN: "other"}},
}

// Key is the kind in the log and in addresses.
func (k Kind) Key() string { return kinds[k].Key }

// Name is what it is called.
func (k Kind) Name() lang.Text { return kinds[k].Name }

// ParseKind reads a key.
func ParseKind(key string) (Kind, bool) {
	i := slices.IndexFunc(kinds[:], func(c lang.Choice) bool { return c.Key == key })
	return Kind(max(i, 0)), i >= 0
}

// Span is a part of a text that is likely personal data.
type Span struct {
	From, To int // bytes of the text
	Kind     Kind
	Text     string
	Rule     string // which found it
	Sure     bool   // covered by rule; else a person must look
	word     string // that stands in its place
}

// Word is what stands in the place of a span.
func (s Span) Word() string {
	if s.word != "" {
		return s.word
	}
	switch s.Kind {
	case Name:
		return "某某"
	case Door:
		return "某号"
	case Phone, Identity, Plate, Mail, Account, Card, Position, Other:
	}
	return "***"
}

// Decision is what a person said of a part of a text: that it stays, or that it goes. It
// names the part by its place, so that it is no copy of the personal data.
type Decision struct {
	From, To int // bytes of the text
	Keep     bool
	Kind     Kind   // of what goes
	Reason   string // why it stays; what goes needs none
}

// Decisions are those about one text.
type Decisions struct {
	Of  string // Sum of the text
	All []Decision
}

// Sum tells one text from another.
func Sum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Published is a text as it goes out.
type Published struct {
	Text string
	// Kept are the parts that a person let stay, in bytes of Text.
	Kept []Decision
	// Covered are the parts of the original that are not in Text.
	Covered []Span

	looked string // Text as it was looked at last, and
	left   []Span // what was found in it
}

// maxReason bounds why something stays.
const maxReason = 200

// check says what is wrong with decisions about a text.
func (d Decisions) check(text string) error {
	if len(d.All) > 0 && d.Of != Sum(text) {
		return fault.New(fault.Conflict, "文字在审看之后改过：请重新审看", "the text was changed after it was looked at: look at it again")
	}
	sorted := slices.Clone(d.All)
	slices.SortFunc(sorted, func(a, b Decision) int { return a.From - b.From })
	end := 0
	for _, one := range sorted {
		part := one.From >= 0 && one.From < one.To && one.To <= len(text)
		switch {
		case !part || cutsRune(text, one.From) || cutsRune(text, one.To):
			return fault.New(fault.Invalid, "第 %[1]d 到 %[2]d 字节不是这段文字的一部分", "bytes %[1]d to %[2]d are no part of the text", one.From, one.To)
		case one.From < end:
			return fault.New(fault.Invalid, "“%[1]s”有两个不同的决定：请只留一个", "there are two decisions about %[1]q: keep one", lang.Short(text[one.From:one.To]))
		case one.Keep && strings.TrimSpace(one.Reason) == "":
			return fault.New(fault.Invalid, "保留“%[1]s”要写理由", "say why %[1]q stays", lang.Short(text[one.From:one.To]))
		case utf8.RuneCountInString(one.Reason) > maxReason:
			return fault.New(fault.Invalid, "理由最多 %d 个字", "a reason has %d characters at most", maxReason)
		}
		end = one.To
	}
	return nil
}

func cutsRune(text string, at int) bool { return at < len(text) && !utf8.RuneStart(text[at]) }

// Redact covers what the rules are sure of and what a person said goes, and leaves what a
// person said stays. The same text and decisions always give the same.
func Redact(text string, d Decisions) (Published, error) {
	if err := d.check(text); err != nil {
		return Published{}, err
	}
	parts := partsOf(text, d)
	left := parts.cover()
	p := parts.published()
	p.looked, p.left = p.Text, left
	return p, nil
}

// Find lists what in a text is likely personal data, in the order of the text; no two
// overlap.
func Find(text string) []Span {
	parts := partsOf(text, Decisions{})
	left := parts.cover()
	all := parts.published().Covered
	for _, s := range left {
		if from, to, kept := parts.original(s.From, s.To); !kept && from < to {
			s.From, s.To, s.Text = from, to, text[from:to]
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b Span) int { return a.From - b.From })
	return slices.CompactFunc(all, func(next, before Span) bool { return next.From < before.To })
}

// Check is the gate of a bulletin: what is likely personal data in a text that is about to go out,
// and no person said that it stays. A bulletin with any is not published.
func Check(p Published) []Span {
	left := slices.Clone(p.left) // of a text that Redact has just looked at
	if p.looked != p.Text {
		left = look(p.Text)
	}
	return slices.DeleteFunc(left, func(s Span) bool {
		return slices.ContainsFunc(p.Kept, func(k Decision) bool { return k.From < s.To && s.From < k.To })
	})
}
