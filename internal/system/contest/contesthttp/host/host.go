// Package host is what the host of a contest reads aloud: whole sentences, the next one first, and one key that reveals what was
// checked.
//
// A sentence with a figure appears when the figure is on the screen, and not before: who hosts sees nothing that is not revealed. What
// may be revealed is known by the hash of what was checked, which the key sends back: what is not that any more is refused.
package host

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/web"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

// Pages is the host's console.
type Pages struct{ *board.Boards }

// New returns it.
func New(b *board.Boards) *Pages { return &Pages{b} }

var title = lang.Text{ZH: "主持", EN: "Host"}

type hostView struct {
	page.Contest
	cue  hall.Cue
	show *board.Show
	at   time.Time
}

func (p *Pages) read(r *http.Request) (v hostView, err error) {
	c, who, err := p.Inside(r, title, "host")
	if err != nil {
		return v, err
	}
	v = hostView{Contest: c, at: time.Now()}
	v.Title = title.In(v.Lang) + " · " + c.Event.Title
	if v.cue, err = (hall.Console{Halls: p.Halls}).Cue(r.Context(), who, c.Event.Code); err != nil {
		return v, err
	}
	v.show, err = p.Of(r.Context(), c.Event.Code)
	return v, err
}

// Host is the page.
func (p *Pages) Host(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, hostPage(v))
}

// Part is what is said as of now, for which the page asks again and again.
func (p *Pages) Part(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	w.Header().Set("X-Now", strconv.FormatInt(board.Millis(time.Now()), 10))
	return v.Write(w, r, part(v))
}

// Reveal reveals what was checked.
func (p *Pages) Reveal(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	c, who, err := p.Inside(r, title, "host")
	if err != nil {
		return err
	}
	f := r.PostForm
	attempt, err := strconv.Atoi(f.Get("attempt"))
	if err != nil {
		attempt = 0 // there is no such run
	}
	at := hall.At{Contest: c.Event.Code, Part: f.Get("part"), Entry: f.Get("entry"), Attempt: attempt}
	if c.Event.Frozen { // what the hall looks at stays as it is
		err = fault.New(fault.Conflict, "有一项成绩正在更正，大屏暂停着。更正确认或取消以后，再公布 %s。", "A score is being corrected, and the screen is frozen. Reveal %s once the correction is confirmed or dropped.", lang.Short(at.Entry))
	} else {
		err = p.Halls.Reveal(r.Context(), who, at, f.Get("openings"))
	}
	if err != nil {
		v, bad := p.read(r)
		if bad != nil {
			return bad
		}
		if v.Form, err = v.Refused(f, err); err != nil {
			return err
		}
		return v.WriteStatus(w, r, v.Form.Status(), hostPage(v))
	}
	p.Wake()
	http.Redirect(w, r, page.At(c.Event.Code, "host"), http.StatusSeeOther)
	return nil
}

// ready is what is revealed next; false: nothing may be.
func (v hostView) ready() (hall.Ready, bool) {
	if len(v.cue.Ready) == 0 || v.cue.Event.Frozen {
		return hall.Ready{}, false
	}
	return v.cue.Ready[0], true
}

// lately tells whether the last reveal is what the hall looks at: nobody has been called since.
func (v hostView) lately() bool {
	s := v.cue.Stage
	return v.cue.Last != nil && (s == nil || s.State == hall.Heard)
}

// entry is what an entry is called aloud.
func (v hostView) entry(number string) string { return v.F("%s 号作品", "entry number %s", number) }

// span is a time as it is said.
func span(l lang.Lang, seconds int) string {
	m, s := seconds/60, seconds%60
	switch {
	case m == 0:
		return l.F("%d 秒", "%d seconds", s)
	case s == 0 && m == 1:
		return l.T("1 分钟", "one minute")
	case s == 0:
		return l.F("%d 分钟", "%d minutes", m)
	}
	return l.F("%d 分 %d 秒", "%d minutes %d seconds", m, s)
}

// says is what to say now, a sentence each.
func (v hostView) says() []string {
	switch {
	case v.cue.Event.Frozen:
		return []string{v.T("有一项成绩正在更正，请大家稍候，更正以后马上公布。", "One score is being corrected. Please wait a moment; it will be announced as soon as that is done.")}
	case v.cue.All && len(v.cue.Order) > 0:
		return v.final()
	}
	if r, ok := v.ready(); ok {
		return []string{v.F("下面公布 %s的得分。", "Now the score of %s.", v.entry(r.Entry))}
	}
	if s := v.cue.Stage; s != nil {
		return v.onStage(s)
	}
	if next := v.show.Next(); next != "" {
		if v.cue.Last == nil {
			return []string{v.F("评审现在开始。先请 %s准备。", "The judging begins. Would %s please get ready.", v.entry(next))}
		}
		return []string{v.F("请 %s准备。", "Would %s please get ready.", v.entry(next))}
	}
	return []string{v.T("请大家稍候。", "Please wait a moment.")}
}

func (v hostView) onStage(s *hall.Stage) []string {
	who := v.entry(s.Entry)
	switch s.State {
	case hall.Called:
		says := v.F("下面请 %s上台展示，时间 %s。", "Please welcome %s to the stage, for %s.", who, span(v.Lang, s.LimitS))
		if t := v.show.Title(s.Entry); t != "" {
			says = v.F("下面请 %s《%s》上台展示，时间 %s。", "Please welcome %s, “%s”, to the stage, for %s.", who, t, span(v.Lang, s.LimitS))
		}
		if s.WarnS > 0 {
			return []string{says, v.F("剩 %s时有提示。", "You will be told when %s are left.", span(v.Lang, s.WarnS))}
		}
		return []string{says}
	case hall.Presenting:
		if s.Elapsed(v.at) >= time.Duration(s.LimitS)*time.Second {
			return []string{v.F("时间到，请 %s结束展示。", "Time is up; would %s please come to an end.", who)}
		}
		return nil // who presents has the word
	case hall.Heard, hall.Closed, hall.Checked, hall.Waiting, hall.Shown, hall.Forfeit, hall.Interrupted: // a stage has none but the first
	}
	return []string{v.F("感谢 %s的展示。请各位评委打分。", "Thank you, %s. Would the judges please give their marks.", who)}
}

// final reads out the list, from the last to the first.
func (v hostView) final() []string {
	if v.show.Provisional() {
		return []string{v.T("全部作品展示完毕。名次还有并列要定，请大家稍候。", "Every entry has been heard. A tie has still to be settled; please wait a moment.")}
	}
	all := []string{v.T("全部作品展示完毕，下面宣布结果。", "Every entry has been heard. These are the results.")}
	rows := v.show.Rows()
	if in := inLine(rows); len(in) > 0 {
		rows = in
	}
	for _, r := range slices.Backward(rows) {
		if r.Tied {
			all = append(all, v.F("并列第 %d 名，%s，%s 分。", "Tied in place %d: %s, with %s points.", r.Place, v.entry(r.Entry), r.Total))
		} else {
			all = append(all, v.F("第 %d 名，%s，%s 分。", "In place %d: %s, with %s points.", r.Place, v.entry(r.Entry), r.Total))
		}
	}
	return all
}

// inLine are the rows above the line of the rule.
func inLine(rows []board.Row) (all []board.Row) {
	for _, r := range rows {
		if r.In {
			all = append(all, r)
		}
	}
	return all
}

// announced is the sentence of what is on the screen.
func (v hostView) announced() string {
	number := v.cue.Last.Entry
	total := v.show.Total(number)
	if total == "" {
		return v.F("%s的得分，要全部作品展示以后才能算出。", "The score of %s comes when every entry has been heard.", v.entry(number))
	}
	return strings.TrimSpace(v.F("%s最后得分 %s 分。", "The final score of %s is %s.", v.entry(number), total))
}
