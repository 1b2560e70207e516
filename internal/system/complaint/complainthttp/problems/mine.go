package problems

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// MineAt is where the problems of one's units are.
const MineAt = "/complaints/mine"

var mineTitle = lang.Text{ZH: "本单位的问题", EN: "Our unit's problems"}

// Mine is all that one's units answer for, also what nothing is owed on now: /me has only what is.
func (p *Pages) Mine(w http.ResponseWriter, r *http.Request) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	v := listView{Page: shape(p.Site.Page(r, mineTitle)), q: r.URL.Query(), now: p.Now()}
	v.Wide = true
	after, wrong := page.Mark(v.q)
	if v.form, err = v.Filled(v.q, wrong); err != nil {
		return err
	}
	if v.columns, err = kit.ColumnsOf(columnsOf(v.Page), nil); err != nil {
		return err
	}
	if v.form.Right() {
		if v.all, err = problem.Mine(r.Context(), p.Problems, who, after, pageRows); err != nil {
			return err
		}
	}
	if v.names, err = p.Names(r.Context(), leads(v.all)...); err != nil {
		return err
	}
	if after != (problem.Mark{}) {
		v.pages.First = MineAt
	}
	if n := len(v.all); n == pageRows {
		v.pages.Next = page.With(MineAt, v.q, "after", page.MarkText(v.all[n-1].Mark()))
	}
	return v.WriteStatus(w, r, v.form.Status(), mine(v))
}
