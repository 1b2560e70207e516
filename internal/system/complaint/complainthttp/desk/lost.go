package desk

import (
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/system/complaint/recovered"
	"github.com/xiadu/xiadu/internal/web"
)

// losses are what the log tells more of than the database knows.
type losses struct {
	all  []recovered.About
	more bool // there is more of it
}

// bulletins reports whether there is one among them.
func (l losses) bulletins() bool {
	return slices.ContainsFunc(l.all, func(a recovered.About) bool { return a.Of() == "bulletin" })
}

// unknown are those of which nobody but a person can tell the inspection.
func (l losses) unknown(v deskView) (all []web.Choice) {
	for _, one := range l.all {
		if one.Campaign == "" {
			all = append(all, web.Choice{Name: "subject", Value: one.Subject, Label: lostName(v, one)})
		}
	}
	return all
}

// Settle says that what an older database had lost was put in again.
func (p *Pages) Settle(w http.ResponseWriter, r *http.Request) error {
	v, err := p.inspection(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := recovered.Settle(r.Context(), p.DB, v.Who, v.Campaign.Code, r.PostForm["subject"]); err != nil {
		return err
	}
	http.Redirect(w, r, v.At("/complaints/desk"), http.StatusSeeOther)
	return nil
}

// lostName is what something that was lost is called. A letter that nobody knows has no name yet.
func lostName(v deskView, a recovered.About) string {
	switch a.Of() {
	case "letter":
		return v.F("信访件 %.8s…", "letter %.8s…", a.Name())
	case "bulletin":
		return v.F("公开批次 %s", "bulletin %s", a.Name())
	case "visit":
		return v.F("现场督办 %.8s…", "round of visits %.8s…", a.Name())
	}
	return a.Name()
}

// lostDo says what to do about it.
func lostDo(v deskView, a recovered.About) string {
	switch a.Of() {
	case "letter":
		return v.T("它的批次没有了的，把那天的表再收一次；批次还在的，请责任单位再报一次结", "take its batch in again if that is gone; else have its unit report on it again")
	case "problem":
		return v.T("按日志里的步骤再走一遍：交办、核查、措施和凭证都要重新登记，理由写“恢复后补录”", "make its steps again as the log has them: assignment, verdict, measures and proofs, with the reason that it was restored")
	case "bulletin":
		return v.T("镜像里没有它的文件：换一份镜像再运行 xiadu log recover，它就会回来", "the mirror does not have its file: run xiadu log recover with another, and it comes back")
	case "campaign":
		return v.T("督察或批次没有了：用同一个编号再建，再收一次那天的表", "the inspection or a batch is gone: begin it with the same code, and take the table of that day in again")
	}
	return v.T("从纸面补录", "put it in again from paper")
}
