package desk

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/system/complaint/recovered"
)

// Settle says that what an older database had lost was put in again.
func (p *Pages) Settle(w http.ResponseWriter, r *http.Request) error {
	v, err := p.inspection(r)
	if err != nil {
		return err
	}
	if err := recovered.Settle(r.Context(), p.DB, v.Who, v.Campaign.Code); err != nil {
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
		return v.T("镜像里没有它的文件：换一份镜像再运行 xiadu log recover", "the mirror does not have its file: run xiadu log recover with another")
	case "campaign":
		return v.T("督察或批次没有了：用同一个编号再建，再收一次那天的表", "the inspection or a batch is gone: begin it with the same code, and take the table of that day in again")
	}
	return v.T("从纸面补录", "put it in again from paper")
}
