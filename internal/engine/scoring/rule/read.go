package rule

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// MaxBytes bounds the file of a rule.
const MaxBytes = 1 << 20

// Read reads a rule's file and checks it. A fault names the place in the file as its field, as stages[0].parts[1].trim.
func Read(text []byte) (File, error) {
	var f File
	if err := Strict(text, &f); err != nil {
		return f, err
	}
	return f, errors.Join(f.Rule.Check(), f.check())
}

// Strict reads JSON whose keys are all known, once each, in their own case, and whose texts are in one form (NFC).
func Strict(text []byte, to any) error { return StrictUpTo(MaxBytes, text, to) }

// StrictUpTo is Strict for files of another size.
func StrictUpTo(most int, text []byte, to any) error {
	if len(text) > most {
		return fault.New(fault.Invalid, "文件超过 %d MB", "the file is larger than %d MB", most>>20)
	}
	if !utf8.Valid(text) {
		return fault.New(fault.Invalid, "文件不是 UTF-8 编码，请另存为 UTF-8", "the file is not in UTF-8: save it as such")
	}
	if err := keysOnce(text); err != nil {
		return err
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(to); err != nil {
		return said(err)
	}
	if in.More() {
		return fault.New(fault.Invalid, "后面还有多余的内容", "there is more behind its end")
	}
	return nil
}

var plainKey = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// keysOnce goes through the tokens: encoding/json takes the last of two equal keys, and keys in another case.
func keysOnce(text []byte) error {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var open []map[string]bool // of the objects around; nil for an array
	key := false               // the next token is one
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 && in.InputOffset() > 0 {
			return nil
		}
		if err != nil {
			return said(err)
		}
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				open, key = append(open, map[string]bool{}), true
				continue
			case '[':
				open, key = append(open, nil), false
				continue
			}
			open = open[:len(open)-1]
		case string:
			if strings.ContainsRune(v, utf8.RuneError) { // half of a character, as \ud800
				return fault.New(fault.Invalid, "“%s”里有不成字的编码", "%q has a code that is no character", lang.Short(v))
			}
			if !norm.NFC.IsNormalString(v) {
				return fault.New(fault.Invalid, "“%s”里有分开写的重音或变体字，请改成通行的写法（Unicode NFC）", "%q is not in Unicode's form NFC", lang.Short(v))
			}
			if key {
				here := open[len(open)-1]
				if here[v] {
					return fault.New(fault.Invalid, "%s 写了两次，只能写一次", "%q is there twice", lang.Short(v))
				}
				if !plainKey.MatchString(v) {
					return fault.New(fault.Invalid, "“%s”不能作名称：用小写字母、数字、- 和 _", "%q is no key: small letters, digits, - and _ are", lang.Short(v))
				}
				here[v], key = true, false
				continue
			}
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}

// said puts an error of encoding/json into words.
func said(err error) error {
	if fault.KindOf(err) != 0 {
		return err
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if k := e.Type.Kind(); k >= reflect.Int && k <= reflect.Int64 {
			return fault.At(e.Field, fault.New(fault.Invalid, "这里写整数，不带引号和小数点，如 5", "write a whole number here, without quotes and point, as 5"))
		}
		if strings.HasPrefix(e.Value, "number") {
			return fault.At(e.Field, fault.New(fault.Invalid, "这里要写成带引号的文字，如 \"0.4\"：不带引号的数会被当成近似值", "write it in quotes, as \"0.4\": a bare number is read as an approximation"))
		}
		return fault.At(e.Field, fault.New(fault.Invalid, "这里不能是 %s", "it cannot be of the kind %s here", e.Value))
	}
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return fault.New(fault.Invalid, "不认识 %s：见 docs/scoring.md 里的名称", "there is no %s: docs/scoring.md lists the names", name)
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fault.New(fault.Invalid, "第 %d 个字节处不是 JSON：%s", "it is not JSON at byte %d: %s", e.Offset, e.Error())
	}
	return fault.New(fault.Invalid, "不是完整的 JSON", "it is not whole JSON").Because(err)
}

// Canonical is the rule in its one form: every field, RFC 8785.
func (r *Rule) Canonical() ([]byte, error) { return canonical.JSON(r.Whole()) }

// Hash is SHA-256 of the canonical form, in hex. It panics on a rule that was not checked.
func (r *Rule) Hash() string {
	text, err := r.Canonical()
	if err != nil {
		panic("rule: the hash of a rule that does not hold: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Whole is the rule with empty lists in place of none, so that one and the other are one rule.
func (r *Rule) Whole() Rule {
	w := *r
	w.Stages = clone(r.Stages)
	for i := range w.Stages {
		s := &w.Stages[i]
		s.Parts, s.Deductions = clone(s.Parts), points(s.Deductions)
		for k := range s.Parts {
			p := &s.Parts[k]
			p.Measured, p.Deductions = points(p.Measured), points(p.Deductions)
			if p.Judged != nil {
				j := *p.Judged
				j.Criteria, j.Trim = clone(j.Criteria), clone(j.Trim)
				p.Judged = &j
			}
		}
	}
	w.Order.Chain, w.Cuts, w.Quotas, w.Grades = clone(r.Order.Chain), clone(r.Cuts), clone(r.Quotas), clone(r.Grades)
	for i := range w.Quotas {
		w.Quotas[i].Each = clone(w.Quotas[i].Each)
	}
	for i := range w.Grades {
		w.Grades[i].Floors = clone(w.Grades[i].Floors)
	}
	return w
}

func points(all []Points) []Points {
	all = clone(all)
	for i := range all {
		all[i].Bands = clone(all[i].Bands)
	}
	return all
}

// clone copies a slice, which is not nil afterwards.
func clone[T any](all []T) []T { return append([]T{}, all...) }
