package objections

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web"
)

// paperView is what papers of a result say.
type paperView struct {
	page.Contest
	board  *board.Show
	office string
	line   string // of the log
	at     time.Time
}

func (p *Pages) paperView(r *http.Request) (v paperView, err error) {
	if v.Contest, err = p.Public(r, title); err != nil {
		return v, err
	}
	if v.Event.State != contest.Publicity && v.Event.State != contest.Final {
		return v, fault.New(fault.NotFound, "结果还没有公示，没有名单。", "The result does not hang out yet: there is no list.")
	}
	if v.board, err = p.Of(r.Context(), v.Event.Code); err != nil {
		return v, err
	}
	names, err := p.Names(r, v.Event.Office)
	if err != nil {
		return v, err
	}
	v.office, v.line, v.at = names[v.Event.Office], p.Site.LogLine(r.Context()), p.Now()
	return v, nil
}

func (v paperView) name(key string) string {
	return v.Event.Rule.About.Name(key).In(v.Lang)
}

func (v paperView) units(number string) string {
	e, _ := v.board.Named(number)
	return strings.Join(e.Groups[entry.Unit], v.T("、", ", "))
}

func (v paperView) titleOf(number string) string {
	e, _ := v.board.Named(number)
	return e.Title
}

func place(e *scoring.Entry, l lang.Lang) string {
	if e.Tied {
		return l.F("并列 %d", "%d, tied", e.Place)
	}
	return strconv.Itoa(e.Place)
}

// Paper is the list as it hangs out, to be printed: who is above each line, or all places of a contest without one.
func (p *Pages) Paper(w http.ResponseWriter, r *http.Request) error {
	v, err := p.paperView(r)
	if err != nil {
		return err
	}
	kind := v.T("评审结果公示", "Result of a contest, for objections")
	if v.Event.State == contest.Final {
		kind = v.T("评审结果", "Result of a contest")
	}
	d, err := web.NewPaper(v.Lang, web.PaperHead{Title: v.Event.Title, Kind: kind, Number: v.Event.Code, Address: web.Address(r, page.At(v.Event.Code)), At: v.at})
	if err != nil {
		return err
	}
	d.Facts(v.facts())
	cuts := v.board.Result.Cuts
	for _, c := range cuts {
		d.Heading(v.name(c.Key))
		v.table(d, func(e *scoring.Entry) bool { return slices.Contains(c.In, e.Key) })
	}
	if len(cuts) == 0 {
		v.table(d, func(e *scoring.Entry) bool { return e.Place > 0 })
	}
	d.Small(v.T("每一步怎么算的、每张评分表，见二维码所指的页面。", "Each step of each total, and every sheet, are on the page that the QR code leads to."))
	d.Small(v.proof())
	return v.send(w, d, v.Event.Code+"-list.pdf")
}

func (v paperView) facts() [][2]string {
	all := [][2]string{{v.T("承办", "Held by"), v.office}}
	if v.Event.Approval != "" {
		all = append(all, [2]string{v.T("批准文号", "Approval"), v.Event.Approval})
	}
	if v.Event.Cycle != "" {
		all = append(all, [2]string{v.T("周期", "Cycle"), v.Event.Cycle})
	}
	return all
}

func (v paperView) table(d *web.Paper, in func(*scoring.Entry) bool) {
	columns := []web.Column{{Title: v.T("名次", "Place"), Width: 0.1}, {Title: v.T("编号", "Number"), Width: 0.12}, {Title: v.T("作品", "Entry"), Width: 0.4}, {Title: v.T("单位", "Unit"), Width: 0.26}, {Title: v.T("总分", "Total"), Width: 0.12, Right: true}}
	d.Sheet(columns, func(yield func([]string) bool) {
		for i := range v.board.Result.Entries {
			e := &v.board.Result.Entries[i]
			if in(e) && !yield([]string{place(e, v.Lang), e.Key, v.titleOf(e.Key), v.units(e.Key), e.Text()}) {
				return
			}
		}
	})
}

func (v paperView) proof() string {
	last := v.board.Releases[len(v.board.Releases)-1]
	text := v.F("公开文件（第 %[1]d 次公布）SHA-256 %[2]s", "Public file, release %[1]d, SHA-256 %[2]s", last.N, last.File)
	if v.line != "" {
		text += v.F("；公开日志 %s", "; public log %s", v.line)
	}
	return text
}

// Certificate is what an entry won, once the list is final.
func (p *Pages) Certificate(w http.ResponseWriter, r *http.Request) error {
	v, err := p.paperView(r)
	if err != nil {
		return err
	}
	number := r.PathValue("number")
	won := v.won(number)
	e, ok := v.board.Result.Of(number)
	switch {
	case v.Event.State != contest.Final:
		return fault.New(fault.Conflict, "还没有定榜：公示期过了、异议都办完，才有证书。", "The list is not final: there are certificates once its publicity is over and every objection is decided.")
	case !ok || len(won) == 0:
		return fault.New(fault.NotFound, "%s 不在获奖名单里。", "%s is not on the list of winners.", lang.Short(number))
	}
	d, err := web.NewPaper(v.Lang, web.PaperHead{Title: v.T("证　书", "Certificate"), Kind: v.Event.Title, Number: v.Event.Code + " " + number, Address: web.Address(r, page.At(v.Event.Code, "entries", number)), At: v.at, Wide: true})
	if err != nil {
		return err
	}
	d.Heading(v.titleOf(number))
	d.Text(v.units(number))
	d.Text(v.F("经专家评审和公示，评为“%s”。", "After review by experts and publicity: %s.", strings.Join(won, v.T("、", ", "))))
	d.Facts(append(v.facts(), [2]string{v.T("总分和名次", "Total and place"), e.Text() + v.T("，第 ", ", place ") + place(e, v.Lang) + v.T(" 名", "")}))
	d.Signatures(v.office)
	d.Small(v.proof())
	return v.send(w, d, v.Event.Code+"-"+number+".pdf")
}

func (v paperView) won(number string) (all []string) {
	for _, c := range v.board.Result.Cuts {
		if slices.Contains(c.In, number) {
			all = append(all, v.name(c.Key))
		}
	}
	return all
}

func (v paperView) send(w http.ResponseWriter, d *web.Paper, name string) error {
	body, err := d.Bytes()
	if err != nil {
		return fmt.Errorf("contest %s: %w", v.Event.Code, err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // a reader who left does not mind
	return nil
}
