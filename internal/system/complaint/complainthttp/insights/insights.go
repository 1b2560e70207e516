// Package insights is an inspection from above: for who leads it, on a page and, each evening, on one sheet of paper.
package insights

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/insight"
	"github.com/xiadu/xiadu/internal/web"
)

// Path is where the page is.
const Path = "/complaints/insight"

// Pages are those of insight.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

type view struct {
	page.Visit
	insight.Report
	names map[string]string
}

var title = lang.Text{ZH: "全局", EN: "From above"}

func (p *Pages) view(r *http.Request) (v view, err error) {
	if v.Visit, err = p.Enter(r, title, complaint.Look); err != nil {
		return v, err
	}
	err = p.DB.View(r.Context(), func(tx *db.Tx) error { v.Report, err = insight.Of(tx, v.Campaign.Code, p.Now()); return err })
	if err != nil {
		return v, err
	}
	var ids []string
	for _, u := range append(v.Units, v.Few...) {
		ids = append(ids, u.ID)
	}
	v.names, err = p.Names(r.Context(), ids...)
	return v, err
}

// Page shows it.
func (p *Pages) Page(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, insightPage(v))
}

// Brief is the evening's sheet: what matters tonight, on one page.
func (p *Pages) Brief(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	d, err := web.NewPaper(v.Lang, web.PaperHead{
		Title: v.T("信访整改晚间简报", "Evening brief on complaints"), Kind: v.Campaign.Name, Number: web.When(v.AsOf), Address: web.Address(r, v.At(Path)), At: v.AsOf,
	})
	if err != nil {
		return err
	}
	v.write(d, p.Site.LogLine(r.Context()))
	body, err := d.Bytes()
	if err != nil {
		return fmt.Errorf("evening brief: %w", err)
	}
	page.SendFile(w, v.Campaign.Code+"-brief.pdf", "application/pdf")
	_, err = w.Write(body)
	return err
}

// most is how many lines of a list go onto one sheet.
const most = 6

func (v view) write(d *web.Paper, log string) {
	t := v.Total
	d.Text(v.headline())
	d.Facts([][2]string{
		{v.T("问题", "Problems"), strconv.Itoa(t.Problems)},
		{v.T("交办了没签收", "Assigned, not signed for"), strconv.Itoa(t.Unsigned)},
		{v.T("欠着的一步超期", "Late with what is owed"), strconv.Itoa(t.Late)},
		{v.T("报结超期的信访件", "Letters reported on too late"), strconv.Itoa(t.LateLetters)},
		{v.T("超期的整改措施", "Measures that are late"), strconv.Itoa(t.LateMeasures)},
		{v.T("说过办结", "Called done"), strconv.Itoa(t.CalledDone)},
		{v.T("其中反弹重开", "Of these, come back"), strconv.Itoa(t.Reopened) + " · " + v.share(t.Reopened, t.CalledDone)},
		{v.T("已销号", "Closed"), strconv.Itoa(t.Closed)},
	})
	if len(v.Units) > 0 {
		d.Heading(v.F("超期比例最高的单位（问题不少于 %d 个的）", "Units with the greatest share late (of those with %d problems or more)", insight.Fewest))
		d.Small(v.T("按比例至少有多高（95% 区间的下限）从高到低；区间重叠的，先后不说明谁更差。", "In the order of the least that the share may be (the lower end of the 95 % interval); where intervals overlap, the order says nothing of who is worse."))
		rows := [][]string{}
		for _, u := range insight.Surest(v.Units, most) {
			rows = append(rows, []string{v.names[u.ID], strconv.Itoa(u.Problems), strconv.Itoa(u.Late), v.share(u.Late, u.Problems)})
		}
		d.Table([]web.Column{{Title: v.T("单位", "Unit"), Width: .4}, {Title: v.T("问题", "Problems"), Width: .15, Right: true}, {Title: v.T("超期", "Late"), Width: .15, Right: true}, {Title: v.T("比例（95% 区间）", "Share (95 % interval)"), Width: .3}}, rows)
		if n := len(v.Units) - most; n > 0 {
			d.Small(v.F("另有 %d 个单位，见“全局”页。", "%d more units are on the page From above.", n))
		}
	}
	if len(v.Sites) > 0 {
		d.Heading(v.T("反复被反映的点位", "Sites that come again"))
		var lines []string
		for _, s := range v.Sites[:min(len(v.Sites), most)] {
			lines = append(lines, v.siteLine(s))
		}
		d.List(lines)
	}
	d.Small(v.T("件数是问题数，不是信访件数；数字截至打印时，公开的数字以公开批次和凭据为准。", "Counts are of problems, not letters, as of printing; what is public is in the bulletins, with receipts."))
	if log != "" {
		d.Small(v.T("公开日志：", "Public log: ") + log)
	}
}

func (v view) headline() string {
	t := v.Total
	text := v.T("都签收了", "All are signed for")
	if t.Unsigned > 0 {
		text = v.F("今晚还有 %[1]d 个问题交办了没人签收", "Tonight %[2]s not signed for", t.Unsigned, lang.Plural(t.Unsigned, "problem"))
	}
	if t.Late+t.LateLetters+t.LateMeasures == 0 {
		return text + v.T("，没有超期的。", ", and nothing is late.")
	}
	return text + v.F("；问题欠着的一步超期 %[1]d 个，信访件报结超期 %[2]d 件，整改措施超期 %[3]d 项。", "; late are %[4]s with the step that is owed, %[5]s to be reported on, and %[6]s.",
		t.Late, t.LateLetters, t.LateMeasures, lang.Plural(t.Late, "problem"), lang.Plural(t.LateLetters, "letter"), lang.Plural(t.LateMeasures, "measure"))
}

// share is so many of so many, with what it may be.
func (v view) share(k, n int) string {
	i := insight.ShareOf(k, n)
	return v.F("%[1]s%%（%[2]s%%–%[3]s%%）", "%[1]s%% (%[2]s%%–%[3]s%%)", percent(i.Share), percent(i.Low), percent(i.High))
}

func percent(x float64) string { return strconv.Itoa(int(100*x + .5)) }

func (v view) siteLine(s insight.Site) string {
	line := v.F("%[1]s：%[2]d 个问题，%[3]d 件信访件", "%[1]s: %[2]d problems, %[3]d letters", s.Name, s.Problems, s.Letters)
	if s.Lives > 1 {
		line += v.F("，反弹过（第 %d 次办理）", ", has come back (life %d)", s.Lives)
	}
	return line
}

// mostCodes is how many problems of a cluster are named.
const mostCodes = 8

// clusterLine says how many of which kind there are; where, their pages tell.
func (v view) clusterLine(c insight.Cluster) string {
	name := c.Kind
	for _, k := range complaint.KindsOf(c.Kind) {
		name = k.Name().In(v.Lang)
	}
	return v.F("%[1]s，%[2]d 个：", "%[1]s, %[2]d: ", name, len(c.Codes))
}

// long is a time in days or hours.
func (v view) long(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day {
		return v.F("%.1f 天", "%.1f days", d.Hours()/24)
	}
	return v.F("%.1f 小时", "%.1f hours", d.Hours())
}

func (v view) stageName(key string) string {
	s, _ := complaint.Problem.Stage(key)
	return s.Name.In(v.Lang)
}
