package gb

import (
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Parse returns the division with a code: six digits, two or four for a
// province or prefecture, or a zone's own. A code that has ended is still
// found; see Division.Current.
func Parse(code string) (Division, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	full := code
	if len(code) == 2 || len(code) == 4 {
		full = (code + "0000")[:6]
	}
	if d, ok := byCode[full]; ok {
		return d, nil
	}
	return Division{}, fault.New(fault.Invalid, "区划代码“%s”查不到：请按 GB/T 2260 填六位数字，如 630103（西宁市城中区）",
		"there is no division with the code %q: write the six digits of GB/T 2260, as 630103 (Chengzhong District, Xining)", code)
}

// Find returns the divisions within home that go by a name: 城中区, or with some
// or all of the divisions above it, 西宁市城中区; the peoples of an autonomous one may
// be left out, 大通县. Those that have ended come last.
func Find(name string, home Division) []Division {
	name = strings.Join(strings.Fields(name), "")
	var current, ended []Division
	for i := range name { // at the start of each character
		for _, d := range byName[name[i:]] {
			switch {
			case !d.Within(home) || !leadsTo(name[:i], d.parent):
			case d.Ended():
				ended = append(ended, d)
			default:
				current = append(current, d)
			}
		}
	}
	return append(current, ended...)
}

// leadsTo reports whether prefix is made of names of d and the divisions above
// it in order, any of which may be left out.
func leadsTo(prefix string, d Division) bool {
	for ; prefix != "" && d.Valid(); d = d.parent {
		rest := strings.TrimSuffix(prefix, d.name.ZH)
		if rest == prefix && d.short != "" {
			rest = strings.TrimSuffix(prefix, d.short)
		}
		prefix = rest
	}
	return prefix == ""
}

// Resolve reads a division as an office writes it, by code or by name, and
// returns the one in use today. A name that several divisions share is settled
// by home, the division that the writer's work lies in; the zero Division means
// anywhere.
func Resolve(s string, home Division) (Division, error) {
	s = strings.TrimSpace(s)
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		d, err := Parse(s)
		return d.Current(), err
	}
	found := Find(s, home)
	if len(found) == 0 {
		found = Find(s, Division{})
	}
	for _, d := range found { // 海南省儋州市 is a whole name, though the county in it has the same
		if d.String() == s {
			return d.Current(), nil
		}
	}
	switch {
	case len(found) == 0:
		return Division{}, fault.New(fault.Invalid, "区划“%s”查不到：请填六位代码（如 630103）或全称（如 青海省西宁市城中区）",
			"there is no division called %q: write its six-digit code (630103) or its whole name (青海省西宁市城中区)", s)
	case len(found) > 1 && found[0].Current() != found[1].Current():
		return Division{}, ambiguous(s, found)
	}
	return found[0].Current(), nil
}

func ambiguous(s string, found []Division) error {
	var names lang.Text
	for i, d := range found[:min(4, len(found))] {
		if i > 0 {
			names.ZH, names.EN = names.ZH+"、", names.EN+"; "
		}
		names.ZH += d.String() + " " + d.Code()
		names.EN += d.FullName().EN + " " + d.Code()
	}
	return &fault.Error{Kind: fault.Invalid, Text: lang.Text{
		ZH: "名为“" + s + "”的区划不止一个：请写全称或六位代码（" + names.ZH + "）",
		EN: "more than one division is called “" + s + "”: write the whole name or the six-digit code (" + names.EN + ")",
	}}
}
