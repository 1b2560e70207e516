package problems

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
)

// sheetView is a paper while it is written. Neither has a text of a letter: the unit has digests.
type sheetView struct {
	caseView
	address, log string
}

var papersOf = map[string]struct {
	name  lang.Text
	write func(*web.Paper, sheetView)
}{
	"assignment": {lang.Text{ZH: "信访问题交办单", EN: "Assignment of a problem"}, assignmentPaper},
	"report":     {lang.Text{ZH: "信访问题办理情况报告", EN: "Report on a problem"}, reportPaper},
}

// Paper is a problem on paper, to be signed, stamped and scanned back.
func (p *Pages) Paper(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	of, ok := papersOf[r.PathValue("of")]
	if !ok {
		return fault.New(fault.NotFound, "没有“%[1]s”这种单子。", "There is no paper %[1]q.", lang.Short(r.PathValue("of")))
	}
	v := sheetView{caseView: caseView{Page: p.Site.Page(r, of.name), now: p.Now()}}
	if v.w, err = p.Problems.Get(r.Context(), who, r.PathValue("code")); err != nil {
		return err
	}
	if v.w.Lead == "" {
		return fault.New(fault.Conflict, "“%[1]s”还没有交办，没有单子可打。", "%[1]q was not assigned yet: there is nothing to print.", v.w.Code)
	}
	if v.names, err = p.Names(r.Context(), v.organisations()...); err != nil {
		return err
	}
	v.address, v.log = web.Address(r, problem.At(v.w.Code)), p.Site.LogLine(r.Context())
	d, err := web.NewPaper(v.Lang, web.PaperHead{
		Title: of.name.In(v.Lang), Kind: v.w.Campaign.Name, Number: v.w.Code + v.F("（第 %d 次办理）", " (life %d)", v.w.Life), Address: v.address, At: v.w.ChangedAt,
	})
	if err != nil {
		return err
	}
	of.write(d, v)
	body, err := d.Bytes()
	if err != nil {
		return fmt.Errorf("paper of %s: %w", v.w.Code, err)
	}
	page.SendFile(w, v.w.Code+"-"+r.PathValue("of")+".pdf", "application/pdf")
	_, err = w.Write(body)
	return err
}

// clockTold is when a period of this life ends, in words.
func (v sheetView) clockTold(name string) string {
	for _, c := range slices.Backward(v.w.Clocks) {
		if c.Name == name && c.Life == v.w.Life {
			return c.Says().In(v.Lang) + v.T("（", " (") + c.Rule.Source().In(v.Lang) + v.T("）", ")")
		}
	}
	return v.T("这一步开始时另行告知", "told when that step begins")
}

func (v sheetView) facts() [][2]string {
	var joint []string
	for _, id := range v.w.Joint {
		joint = append(joint, v.names[id])
	}
	facts := [][2]string{
		{v.T("编号", "Code"), v.w.Code},
		{v.T("问题", "Problem"), titleOf(v.Page, v.w.Problem)},
		{v.T("地点和类型", "Where and what"), v.place()},
		{v.T("主办单位", "Leads"), v.names[v.w.Lead]},
	}
	if len(joint) > 0 {
		facts = append(facts, [2]string{v.T("协办单位", "Help"), strings.Join(joint, v.T("、", ", "))})
	}
	if v.w.KeyItem {
		facts = append(facts, [2]string{v.T("重点件", "Key"), v.T("是", "yes")})
	}
	return append(facts, [2]string{v.T("网址", "Address"), v.address})
}

func (v sheetView) end(d *web.Paper) {
	if v.log != "" {
		d.Small(v.T("公开日志检查点（条数和根，抄下来可用 xiadu verify --checkpoint 核对）：", "Checkpoint of the public log (size and root; xiadu verify --checkpoint holds the log to it): ") + v.log)
	}
	if v.Site.Demo {
		d.Small(v.T("演示数据，不是任何单位的。", "Made up for trying out: nobody’s."))
	}
}

func assignmentPaper(d *web.Paper, v sheetView) {
	d.Facts(v.facts())
	d.Heading(v.T("一、反映的问题（摘要）", "1. What was complained about (digests)"))
	var lines []string
	for _, digest := range v.w.Digests {
		if digest == "" {
			digest = v.T("（摘要另附）", "(the digest is apart)")
		}
		lines = append(lines, digest)
	}
	d.List(lines)
	d.Heading(v.T("二、时限", "2. Periods"))
	d.Facts([][2]string{
		{v.T("签收", "Sign for it"), v.clockTold(complaint.ClockSign)},
		{v.T("核查", "Verify it"), v.clockTold(complaint.ClockVerify)},
		{v.T("整改", "Put it right"), v.clockTold(complaint.ClockRectify)},
	})
	d.Heading(v.T("三、要求", "3. What is asked"))
	d.List([]string{
		v.T("不归本单位办的，在签收期限内写明理由退件，不得拖着不签。", "If it is not yours, send it back with the reason within the period to sign; do not leave it unsigned."),
		v.T("到现场核查，逐点认定，附照片或材料。", "Verify on site, judge each point, and show photos or papers."),
		v.T("每项措施写明负责单位、期限和资金，完成时附照片。", "Say of each measure whose it is, by when and for how much; show photos when it is done."),
		v.T("销号由外单位现场核查、审核签字、公示后办理，本单位不能给自己销号。", "It is closed after a check from outside, a signature and publicity: no unit closes its own."),
	})
	v.end(d)
	d.Signatures(v.T("交办单位（盖章）", "Assigned by (stamp)"), v.T("签收单位（盖章）", "Signed for by (stamp)"), v.T("签收人", "Name"))
}

func reportPaper(d *web.Paper, v sheetView) {
	d.Facts(v.facts())
	d.Heading(v.T("一、核查情况", "1. What was found"))
	columns := []web.Column{{Title: v.T("问题点", "Point"), Width: .72}, {Title: v.T("认定", "Verdict"), Width: .28}}
	var rows [][]string
	for i, point := range v.w.Points {
		verdict, _ := complaint.ParseVerdict(point.Verdict)
		rows = append(rows, []string{strconv.Itoa(i+1) + ". " + pointWords(v.Page, v.w, point), verdict.Name().In(v.Lang)})
	}
	d.Table(columns, rows)
	d.Heading(v.T("二、整改措施", "2. Measures"))
	if len(v.w.Measures) == 0 {
		d.Text(v.T("还没有措施。", "There are none yet."))
	}
	var measures []string
	for _, m := range v.w.Measures {
		line := m.What + v.T("；", "; ") + v.names[m.Owner] + v.T("，期限 ", ", by ") + m.DueDay
		if m.Money > 0 {
			line += v.T("，投入 ", ", ") + money(m.Money)
		}
		state := v.T("进行中", "under way")
		switch {
		case m.Stage == "withdrawn":
			state = v.T("已撤回", "withdrawn")
		case !m.Open() && m.DoneAt != nil:
			state = page.Day(v.Lang, *m.DoneAt) + v.T("完成", " done")
		}
		measures = append(measures, line+v.T("；", "; ")+state)
	}
	d.List(measures)
	d.Heading(v.T("三、处罚和问责", "3. Sanctions"))
	var sanctions []string
	for _, s := range v.w.Sanctions {
		sanctions = append(sanctions, strings.TrimSpace(fmt.Sprintf("%s %s %d %s", s.Day, sanctionName(v.Page, s.Kind), s.N, s.Act)))
	}
	if len(sanctions) == 0 {
		d.Text(v.T("没有。", "None."))
	}
	d.List(sanctions)
	d.Heading(v.T("四、目前走到哪一步", "4. How far it is"))
	d.Text(page.StageName(v.Lang, v.w.Stage) + v.T("。", ". ") + v.owes())
	d.Heading(v.T("五、其他要说明的", "5. What else there is to say"))
	d.Text("\n\n\n")
	v.end(d)
	d.Signatures(v.T("责任单位（盖章）", "Responsible unit (stamp)"), v.T("主要负责人", "Its head"), v.T("经办人", "Dealt with by"))
}
