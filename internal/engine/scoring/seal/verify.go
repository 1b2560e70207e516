package seal

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Finding is something that does not hold, and where.
type Finding struct {
	At   string // the place in the file, as sheets[12]
	Text lang.Text
}

// Report is what a file was found to be.
type Report struct {
	Findings []Finding // none: all of it holds
	Sheets   int       // that count
	ByServer int       // of them, sealed by the server for a judge
	Voided   int
	Late     int // corrected
	Result   *scoring.Result
}

// Read reads a public file. It is strict: what it does not know, and a form that is not the canonical one, is refused, since a
// reader that passes over something lets it be changed.
func Read(text []byte) (*File, error) {
	var f File
	if err := rule.StrictUpTo(maxFile, text, &f); err != nil {
		return nil, err
	}
	if f.Format != Format {
		return nil, fault.New(fault.Invalid, "这不是评审的公开文件（%q）", "this is no contest's public file (%q)", lang.Short(f.Format))
	}
	again, err := f.Text()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, text) {
		return nil, fault.New(fault.Invalid, "文件不是规范写法（RFC 8785），第 %d 个字节起不同", "the file is not in canonical form (RFC 8785): it differs from byte %d on", differs(again, text))
	}
	return &f, nil
}

// maxFile bounds a public file: 10,000 entries by seven judges are some 30 MB.
const maxFile = 128 << 20

func differs(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// Text is the file in its one form: canonical JSON, and a line's end.
func (f *File) Text() ([]byte, error) {
	w := *f
	w.Rule.Rule = f.Rule.Rule.Whole()
	text, err := canonical.JSON(&w)
	return append(text, '\n'), err
}

// verifier gathers what does not hold.
type verifier struct {
	f   *File
	out Report
}

func (v *verifier) wants(holds bool, at, zh, en string, args ...any) {
	if !holds {
		v.out.Findings = append(v.out.Findings, Finding{at, lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}})
	}
}

// Verify opens every seal and computes every total again. What the log has of it is for who has the log: [File.Log], [Sheet.Log].
func Verify(f *File) *Report {
	v := &verifier{f: f}
	if err := f.Rule.Rule.Check(); err != nil {
		v.wants(false, "rule", "规则不成立：%v", "the rule does not hold: %v", err)
		return &v.out
	}
	hash := f.Rule.Rule.Hash()
	v.wants(hash == f.RuleHash, "rule_hash", "规则的校验值是 %s，文件写的是 %s", "the rule's hash is %s, and the file says %s", hash, f.RuleHash)
	v.sheets()
	v.away()
	v.calibrated()
	v.recompute()
	return &v.out
}

// sheets opens each seal and holds each version against the next.
func (v *verifier) sheets() {
	counted := false // an earlier version: what comes behind it was a correction that was dropped
	for i := range v.f.Sheets {
		s := &v.f.Sheets[i]
		at := fmt.Sprintf("sheets[%d]", i)
		who := fmt.Sprintf("%s %s %s v%d", s.Entry, s.Part, s.Seat, s.Version)
		v.wants(s.Contest == v.f.Contest, at+".contest", "%s 封存的是别的评审", "%s was sealed for another contest", who)
		v.wants(Whole(s.Salt), at+".salt", "%s 的盐不是 32 个字节", "the salt of %s is not 32 bytes", who)
		v.wants(s.Opening.Commitment() == s.Commitment, at+".commitment", "%s 打开后和封存时不同", "%s opens to something else than was sealed", who)
		v.wants(s.By == Device || s.By == Server || s.By == Paper, at+".sealed_by", "%s 由谁封存没有写对", "%s does not say who sealed it", who)
		v.wants(s.Rule == v.f.RuleHash || s.State == Void, at+".rule", "%s 按别的规则封存，却没有作废", "%s was sealed under another rule, and is not void", who)
		var before *Sheet
		if i > 0 {
			before = &v.f.Sheets[i-1]
		}
		same := before != nil && before.Entry == s.Entry && before.Part == s.Part && before.Seat == s.Seat
		v.wants(before == nil || compare(before, s) < 0, at, "%s 的次序不对，或者写了两次", "%s is out of order or there twice", who)
		switch {
		case same:
			counted = counted || before.State == Counted
			v.wants(s.Version == before.Version+1 && (!counted || s.State == Void), at+".version", "%s 之前的一版还在计分", "%s has an earlier version that still counts", who)
			v.wants(s.Log > before.Log, at+".log", "%s 在日志里早于它的前一版", "%s is in the log before its earlier version", who)
		default:
			counted = false
			v.wants(s.Version == 1, at+".version", "%s 前面的版本不在文件里", "earlier versions of %s are not in the file", who)
		}
		switch s.State {
		case Counted:
			v.out.Sheets++
			if s.By != Device {
				v.out.ByServer++
			}
		case Corrected, Void:
			if s.State == Void {
				v.out.Voided++
			} else {
				v.out.Late++
				next := i+1 < len(v.f.Sheets) && v.f.Sheets[i+1].Entry == s.Entry && v.f.Sheets[i+1].Part == s.Part && v.f.Sheets[i+1].Seat == s.Seat
				v.wants(next, at+".state", "%s 写着更正了，却没有更正后的一版", "%s is said to be corrected, and no later version is there", who)
			}
			v.wants(s.Reason != "", at+".reason", "%s 不计分，没有写理由", "%s does not count, without a reason", who)
			v.wants(len(s.Roles) == 2 && s.Roles[0] != s.Roles[1] && s.Roles[0] != "" && s.Roles[1] != "", at+".roles", "%s 不计分，要有两个人", "%s does not count, which takes two people", who)
		default:
			v.wants(false, at+".state", "%s 的情况“%s”不认识", "%s has a state that there is not: %q", who, string(s.State))
		}
	}
}

func compare(x, y *Sheet) int {
	return cmp.Or(cmp.Compare(x.Entry, y.Entry), cmp.Compare(x.Part, y.Part), cmp.Compare(x.Seat, y.Seat), cmp.Compare(x.Version, y.Version))
}

// away holds absences and recusals against the sheets: who is recused sealed nothing of the entry, and was before anybody did; who is absent
// has no sheet of the part.
func (v *verifier) away() {
	for i, a := range v.f.Facts.Away {
		at := fmt.Sprintf("facts.away[%d]", i)
		v.wants(a.Why == Absent || a.Why == Recused, at+".why", "缺席或回避没有写对", "it is neither absent nor recused")
		for k := range v.f.Sheets {
			s := &v.f.Sheets[k]
			if s.Entry != a.Entry {
				continue
			}
			its := s.Seat == a.Seat && (a.Why == Recused || s.Part == a.Part)
			v.wants(!its || a.Why == Absent && s.State == Void, at, "%[1]s 对 %[2]s 缺席或回避，却封存过评分表", "%[1]s is away for %[2]s, and sealed a sheet of it", a.Seat, a.Entry)
			v.wants(a.Why != Recused || a.Log < s.Log, at+".log", "%[1]s 回避 %[2]s，是在有人封存它的评分表以后才写的", "%[1]s was recused from %[2]s after a sheet of it had been sealed", a.Seat, a.Entry)
		}
	}
}

// calibrated holds the seals against how many were to be heard first, part by part.
func (v *verifier) calibrated() {
	k := v.f.Rule.Rule.Calibrate
	if k == 0 {
		return
	}
	heard := map[string][]string{} // by part, the names of their entries of the log
	entries := map[string]map[string]bool{}
	for i, r := range v.f.Runs {
		v.wants(i == 0 || v.f.Runs[i-1].Log < r.Log, fmt.Sprintf("runs[%d].log", i), "展示的次序不对", "runs are out of order")
		heard[r.Part] = append(heard[r.Part], r.Log)
		if entries[r.Part] == nil {
			entries[r.Part] = map[string]bool{}
		}
		entries[r.Part][r.Entry] = true
	}
	for i := range v.f.Sheets {
		s := &v.f.Sheets[i]
		if s.State == Void {
			continue // of an attempt that was interrupted, or of another rule
		}
		at := heard[s.Part]
		n := min(k, len(entries[s.Part])) // an attempt that was interrupted was heard, and its entry is heard again
		v.wants(n > 0 && at[n-1] < s.Log, fmt.Sprintf("sheets[%d].log", i), "%s 的 %s 封存得早于第 %d 个听完", "%s of %s was sealed before %d had been heard", s.Seat, s.Entry, n)
	}
}

// recompute scores what the file holds, and compares.
func (v *verifier) recompute() {
	set, err := v.f.Set()
	if err == nil {
		var table *mark.Table
		if table, err = mark.Arrange(&v.f.Rule.Rule, set); err == nil {
			v.out.Result = scoring.Score(table)
		}
	}
	if err != nil {
		v.wants(false, "sheets", "这些分不合规则：%v", "the marks do not fit the rule: %v", err)
		return
	}
	want := Lines(v.out.Result)
	for i := range max(len(want), len(v.f.Result)) {
		var is, should Line
		if i < len(v.f.Result) {
			is = v.f.Result[i]
		}
		if i < len(want) {
			should = want[i]
		}
		v.wants(is == should, fmt.Sprintf("result[%d]", i), "重算是 %[1]s 得 %[2]s 第 %[3]d 名，文件写 %[4]s 得 %[5]s 第 %[6]d 名", "it comes to %[1]s with %[2]s at place %[3]d, and the file says %[4]s with %[5]s at place %[6]d",
			should.Entry, should.Total, should.Place, is.Entry, is.Total, is.Place)
	}
	cuts := CutsOf(v.out.Result)
	v.wants(slices.EqualFunc(cuts, v.f.Cuts, func(x, y InCut) bool { return x.Cut == y.Cut && slices.Equal(x.In, y.In) }), "cuts", "入围线上的名单重算是 %v", "the cuts come to %v", cuts)
}

// Lines are a result as a public file has it.
func Lines(r *scoring.Result) []Line {
	all := []Line{}
	for i := range r.Entries {
		e := &r.Entries[i]
		all = append(all, Line{e.Key, e.Text(), e.Place, e.Tied})
	}
	return all
}

// CutsOf are a result's cuts as a public file has them.
func CutsOf(r *scoring.Result) []InCut {
	all := []InCut{}
	for _, c := range r.Cuts {
		all = append(all, InCut{c.Key, c.In})
	}
	return all
}
