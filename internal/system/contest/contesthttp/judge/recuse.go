package judge

import (
	"net/http"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web"
)

// leaving is a recusal as a judge writes it down.
type leaving struct {
	entry, words string
	kind         lang.Choice
}

// reason is what is kept: what ties the judge to the entry, and their words.
func (l *leaving) reason() string { return "评委自己申请：" + l.kind.Name.ZH + "。" + l.words }

// mostWords leaves room for the rest of a reason.
const mostWords = 200

// Recuse has a judge recused from an entry as they ask for: what they wrote is read back first, since no one takes it back.
func (p *Pages) Recuse(w http.ResponseWriter, r *http.Request) error {
	who, err := p.judge(r)
	if err != nil {
		return err
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	code := r.PathValue("code")
	v, err := p.view(w, r, "")
	if err != nil {
		return err
	}
	v.Path = at(code)
	l, err := v.leave(r)
	if err == nil && r.PostForm.Get("do") == "recuse" {
		if err = p.Halls.Recuse(r.Context(), who, seat.Away{Contest: code, Entry: l.entry, Seat: v.seat, Reason: l.reason()}); err == nil {
			http.Redirect(w, r, at(code), http.StatusSeeOther)
			return nil
		}
	}
	if v.Form, err = v.Refused(r.PostForm, err); err != nil {
		return err
	}
	if v.Form.Status() != http.StatusOK {
		return v.WriteStatus(w, r, v.Form.Status(), sheet(v))
	}
	v.leaving = &l
	return v.Write(w, r, sheet(v))
}

// leave reads the form of a recusal.
func (v *view) leave(r *http.Request) (l leaving, err error) {
	l = leaving{entry: r.PostForm.Get("entry"), words: strings.TrimSpace(r.PostForm.Get("words"))}
	i, known := lang.FindChoice(expert.Kinds, r.PostForm.Get("kind"))
	if !known {
		return l, fault.At("kind", fault.New(fault.Invalid, "请选是什么关系", "choose which relation it is"))
	}
	l.kind = expert.Kinds[i]
	if !slices.Contains(v.leavable(), l.entry) {
		return l, fault.At("entry", fault.New(fault.Invalid, "请选一个您还没有封存的作品", "choose an entry of which you have sealed nothing"))
	}
	if l.words == "" || len([]rune(l.words)) > mostWords {
		return l, fault.At("words", fault.New(fault.Invalid, "请用一两句话写明关系，最多 %d 个字", "say in a sentence or two what ties you to it, in at most %d characters", mostWords))
	}
	return l, nil
}

// leavable are the entries from which the judge may still ask to be recused, as far as their own page tells.
func (v *view) leavable() (numbers []string) {
	for i := range v.runs {
		if r := &v.runs[i]; (r.stand == waiting || r.stand == onStage || r.stand == owed) && !slices.Contains(numbers, r.Entry) {
			numbers = append(numbers, r.Entry)
		}
	}
	slices.Sort(numbers)
	return numbers
}

func (v *view) kinds() web.Menu {
	m := web.Menu{Name: "kind", Label: v.T("和这个作品的关系", "What ties you to it"), Error: v.Form.Wrong("kind")}
	for _, k := range expert.Kinds {
		m.Options = append(m.Options, web.Option{Value: k.Key, Text: k.Name.In(v.Lang), On: v.Form.Value("kind", "") == k.Key})
	}
	return m
}

func (v *view) entries() web.Menu {
	m := web.Menu{Name: "entry", Label: v.T("作品", "Entry"), Error: v.Form.Wrong("entry")}
	first := ""
	if v.focus >= 0 {
		first = v.runs[v.focus].Entry
	}
	for _, n := range v.leavable() {
		m.Options = append(m.Options, web.Option{Value: n, Text: n, On: v.Form.Value("entry", first) == n})
	}
	return m
}
