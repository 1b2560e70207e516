package mark

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/sheet"
)

// file is a [Set] as JSON, with the marks still text: so that all that is wrong with them is said, and not the first.
type file struct {
	Entries []Entry `json:"entries"`
	Panels  []Panel `json:"panels"`
	Marks   []struct {
		Entry     string `json:"entry"`
		Part      string `json:"part"`
		Judge     string `json:"judge"`
		Criterion string `json:"criterion"`
		Mark      string `json:"mark"`
	} `json:"marks"`
	Measures []struct {
		Entry   string `json:"entry"`
		Measure string `json:"measure"`
		Value   string `json:"value"`
	} `json:"measures"`
	Decisions []Decision `json:"decisions"`
}

func readJSON(in io.Reader) (Set, error) {
	text, err := io.ReadAll(io.LimitReader(in, sheet.MaxBytes+1))
	if err != nil {
		return Set{}, fault.New(fault.Invalid, "文件读不出来：请检查文件是否完整", "the file cannot be read: check that it is whole").Because(err)
	}
	var f file
	if err := rule.StrictUpTo(sheet.MaxBytes, bytes.TrimPrefix(text, []byte("\ufeff")), &f); err != nil {
		return Set{}, err
	}
	set := Set{Entries: f.Entries, Panels: f.Panels, Decisions: f.Decisions}
	var wrong faults
	for i, m := range f.Marks {
		one := Mark{Entry: m.Entry, Part: m.Part, Judge: m.Judge, Criterion: m.Criterion}
		if err := one.Value.UnmarshalText([]byte(m.Mark)); err != nil {
			wrong.note(fault.At(fmt.Sprintf("marks[%d].mark", i), err))
		}
		if m.Entry == "" || m.Judge == "" {
			wrong.note(fault.At(fmt.Sprintf("marks[%d]", i), invalid("每个分都要写作品和评委", "a mark has an entry and a judge")))
		}
		set.Marks = append(set.Marks, one)
	}
	for i, m := range f.Measures {
		value, err := exact.Parse(m.Value)
		if err != nil {
			wrong.note(fault.At(fmt.Sprintf("measures[%d].value", i), err))
		}
		set.Measures = append(set.Measures, Measured{Entry: m.Entry, Measure: m.Measure, Value: value})
	}
	if len(wrong) > 0 {
		return Set{}, joined(wrong)
	}
	return set, nil
}

func joined(all faults) error { return errors.Join(all...) }

// fifteen is a decimal with at most fifteen digits that count, rounded; what is no decimal, or has no more, stays as it is.
func fifteen(text string) string {
	digits := strings.TrimPrefix(text, "-")
	whole, part, _ := strings.Cut(digits, ".")
	count := len(strings.TrimLeft(whole+part, "0"))
	places := len(part) - (count - 15)
	if count <= 15 || places < 0 || strings.Trim(whole+part, "0123456789") != "" {
		return text
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return text
	}
	text = n.FloatString(places)
	if places > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
