package problems

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// adding is something that is added to a problem and moves it nowhere.
type adding struct {
	name  lang.Text
	build func(*moveForm, *http.Request) error
	do    func(context.Context, *Pages, identity.Colleague, problem.Whole, photos.Form) error
	part  string // of the problem's page, where it is seen then
}

// additions are the things that can be added, by their part of the address.
var additions = map[string]adding{
	"measure":  {lang.Text{ZH: "加一项措施", EN: "Add a measure"}, (*moveForm).measure, addMeasure, "measures"},
	"sanction": {lang.Text{ZH: "记一项处理", EN: "Put down a sanction"}, (*moveForm).sanction, addSanction, "sanctions"},
	"word":     {lang.Text{ZH: "记群众意见", EN: "Put down what people say"}, (*moveForm).word, addWord, "words"},
	"paper":    {lang.Text{ZH: "交照片和扫描件", EN: "Bring photos and scans"}, (*moveForm).paper, addPaper, "photos"},
	"period":   {lang.Text{ZH: "变动期限", EN: "Change its period"}, (*moveForm).period, addTurn, "owed"},
	"judge":    {lang.Text{ZH: "认定新的问题点", EN: "Judge the new points"}, (*moveForm).judge, addJudging, "points"},
	"part":     {lang.Text{ZH: "分出问题点", EN: "Take points out"}, (*moveForm).part, addPart, "points"},
	"adopt":    {lang.Text{ZH: "把指令定为措施", EN: "Make a measure of an instruction"}, (*moveForm).adopt, addAdopted, "measures"},
	"describe": {lang.Text{ZH: "改摘要和位置", EN: "Say what it is and where"}, (*moveForm).describe, addDescription, ""},
	"proposal": {lang.Text{ZH: "建议重开", EN: "Propose to reopen"}, (*moveForm).proposal, addProposal, "questions"},
}

func (p *Pages) addForm(r *http.Request, w problem.Whole, a adding) builder {
	return func(form photos.Form, refused web.Refusal) (formView, []string, error) {
		v := p.formOf(r, w, a.name, form, refused)
		f := &moveForm{Pages: p, v: &v, w: w}
		err := a.build(f, r)
		return v, f.shown, err
	}
}

func (p *Pages) addition(w http.ResponseWriter, r *http.Request) (who identity.Colleague, whole problem.Whole, a adding, ok bool, err error) {
	if who, ok, err = p.Inside(w, r); !ok {
		return who, whole, a, false, err
	}
	if a, ok = additions[r.PathValue("what")]; !ok {
		return who, whole, a, false, fault.New(fault.NotFound, "没有“%[1]s”可以加。", "There is no %[1]q to be added.", lang.Short(r.PathValue("what")))
	}
	whole, err = p.Problems.Get(r.Context(), who, r.PathValue("code"))
	return who, whole, a, err == nil, err
}

// AddPage asks for what is added.
func (p *Pages) AddPage(w http.ResponseWriter, r *http.Request) error {
	_, whole, a, ok, err := p.addition(w, r)
	if !ok {
		return err
	}
	v, _, err := p.addForm(r, whole, a)(photos.Form{}, web.Refusal{})
	if err != nil {
		return err
	}
	return v.Write(w, r, formPage(v))
}

// Add adds it.
func (p *Pages) Add(w http.ResponseWriter, r *http.Request) error {
	who, whole, a, ok, err := p.addition(w, r)
	if !ok {
		return err
	}
	form, err := p.read(w, r, who)
	if err != nil {
		return err
	}
	wrong := form.Wrong()
	if wrong == nil {
		wrong = a.do(r.Context(), p, who, whole, form)
	}
	if wrong != nil {
		return p.comeBack(w, r, form, wrong, p.addForm(r, whole, a))
	}
	back := strings.TrimSuffix(problem.At(whole.Code)+"#"+a.part, "#")
	if r.PathValue("what") == "word" {
		back = web.LocalPath(form.Values.Get("back"), back)
	}
	http.Redirect(w, r, back, see)
	return nil
}

func (f *moveForm) measure(r *http.Request) error {
	v := f.v
	offers, err := f.Offers(r.Context())
	if err != nil {
		return err
	}
	f.add("what", v.text(web.Input{Name: "what", Label: v.T("做什么", "What is done"), Hint: v.T("写能看见、能拍照的结果，如“暂存间加盖密闭，装除臭设备”。会公开。", "A result that one can see and photograph. It is public.")}, 3))
	f.add("owner", v.field(web.Input{Name: "owner", Label: v.T("由谁负责（不填就是主办单位）", "Whose it is (the lead unit's if empty)"), Offers: offers}))
	f.add("day", v.field(web.Input{Name: "day", Kind: "date", Label: v.T("到哪天完成", "By which day it is done")}))
	f.add("money", v.field(web.Input{Name: "money", Label: v.T("投入多少元（可不填）", "Money in yuan (if any)"), Hint: v.T("如 120000 或 120000.50。", "As 120000 or 120000.50.")}))
	return nil
}

func addMeasure(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	day, wrongDay := dayOf(form.Values)
	owner, wrongOwner := p.Unit(ctx, "owner", form.Values.Get("owner"))
	money, wrongMoney := fen("money", form.Values.Get("money"))
	if err := errors.Join(wrongDay, wrongOwner, wrongMoney); err != nil {
		return err
	}
	_, err := p.Problems.AddMeasure(ctx, who, problem.NewMeasure{Problem: w.ID, What: form.Values.Get("what"), Owner: owner, Day: day, Money: money, Form: form.Values.Get("once")})
	return err
}

// fen reads money as people write it, in yuan.
func fen(field, text string) (int64, error) {
	text = strings.NewReplacer(",", "", "，", "", " ", "", "¥", "", "元", "").Replace(text)
	if text == "" {
		return 0, nil
	}
	yuan, cents, _ := strings.Cut(text, ".")
	n, err := strconv.ParseUint(yuan+(cents + "00")[:2], 10, 53)
	if err != nil || len(cents) > 2 {
		return 0, fault.At(field, fault.New(fault.Invalid, "金额“%[1]s”读不懂：请写数字，最多两位小数，如 120000.50", "cannot read the amount %[1]q: write a number with two decimals at most, as 120000.50", lang.Short(text)))
	}
	return int64(n), nil
}

func (f *moveForm) sanction(*http.Request) error {
	v := f.v
	choices := make([]web.Choice, len(problem.SanctionKinds))
	for i, k := range problem.SanctionKinds {
		choices[i] = web.Choice{Value: k.Key, Label: k.Name.In(v.Lang)}
	}
	f.add("kind", wrapped(v.radios(v.T("做了什么", "What was done"), "kind", choices, "")))
	f.add("n", v.field(web.Input{Name: "n", Kind: "number", Label: v.T("几个（人、件或次）", "How many"), Value: "1"}))
	f.add("money", v.field(web.Input{Name: "money", Label: v.T("罚款多少元（没有就不填）", "Fine in yuan (if any)")}))
	f.add("act", v.field(web.Input{Name: "act", Label: v.T("文号（可不填）", "Number of the act (if any)"), Hint: v.T("不写人名。", "No names of people.")}))
	f.add("day", v.field(web.Input{Name: "day", Kind: "date", Label: v.T("哪天", "On which day"), Value: f.Now().Format("2006-01-02")}))
	return nil
}

func addSanction(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	n, err := strconv.Atoi(strings.TrimSpace(form.Values.Get("n")))
	if err != nil {
		n = 0
	}
	money, err := fen("money", form.Values.Get("money"))
	if err != nil {
		return err
	}
	return p.Problems.AddSanction(ctx, who, problem.Sanction{
		Problem: w.ID, Kind: form.Values.Get("kind"), N: n, Money: money, Act: form.Values.Get("act"), Day: form.Values.Get("day"),
	}, form.Values.Get("once"))
}

func (f *moveForm) word(r *http.Request) error {
	v := f.v
	choices := make([]web.Choice, len(f.w.Letters))
	for i, l := range f.w.Letters {
		choices[i] = web.Choice{Value: l.ID, Label: l.Title()}
	}
	known := r.URL.Query().Get("letter")
	if known == "" && len(f.w.Letters) > 0 {
		known = f.w.Letters[0].ID
	}
	v.lead = v.T("问住在附近的人，不问也不记是谁。已有举报人自己的意见的，以他的为准。", "Ask those who live nearby, and put down nobody's name. A complainant's own word is not overruled.")
	if len(choices) == 1 {
		f.add("letter", web.Carried(web.Input{Name: "letter", Value: known, Error: v.wrong("letter")}))
	} else {
		f.add("letter", wrapped(v.radios(v.T("哪一封信访件", "Of which letter"), "letter", choices, known)))
	}
	f.add("says", v.radios(v.T("他们怎么说", "What they say"), "says", []web.Choice{
		{Value: problem.Solved, Label: v.T("解决了", "Solved"), Icon: web.IconOpen},
		{Value: problem.NotSolved, Label: v.T("没解决", "Not solved"), Icon: web.IconClose},
		{Value: problem.Unsure, Label: v.T("说不清", "Cannot tell"), Icon: web.IconUnknown},
		{Value: problem.None, Label: v.T("没有问到人", "Nobody could be asked"), Icon: web.IconHide},
	}, ""))
	f.add("why", v.text(web.Input{Name: "why", Label: v.T("问了几位、在哪里；没有问到的，为什么", "How many, and where; or why nobody"), Hint: v.T("如“问了 5 位，在院门口”。不写姓名和门牌。", "As “5, at the gate”. No names, no door numbers.")}, 2))
	f.add("back", web.Carried(web.Input{Name: "back", Value: v.value("back", r.URL.Query().Get("back"))}))
	return nil
}

func addWord(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	n := problem.NewWord{Problem: w.ID, Letter: form.Values.Get("letter"), Source: problem.Neighbours, Says: form.Values.Get("says"), Why: form.Values.Get("why"), Form: form.Values.Get("once")}
	if n.Says == problem.None {
		n.Source, n.Says = problem.None, ""
	}
	return p.Problems.AddWord(ctx, who, n)
}

func (f *moveForm) paper(*http.Request) error {
	v := f.v
	v.lead = v.T("签了字、盖了章的交办单和办理情况报告，扫描后交到这里；现场照片也可以。", "Assignment sheets and reports that were signed and stamped are scanned and brought here; photos, too.")
	f.add(complaint.ProofPaper, f.photoField(complaint.ProofPaper, v.T("扫描件", "Scans")))
	f.add(complaint.ProofPhoto, f.photoField(complaint.ProofPhoto, v.T("照片", "Photos")))
	return nil
}

func addPaper(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	_, err := problem.Bring(ctx, p.Problems, who, w.ID, filesOf(form))
	return err
}

func (f *moveForm) proposal(*http.Request) error {
	v := f.v
	v.lead = v.T("由协调单位决定要不要重开；没有决定以前，这个问题不会巩固。", "The coordinating office decides; until it has, the problem is not settled.")
	f.add("why", v.text(web.Input{Name: "why", Label: v.T("为什么说它又出现了", "Why you say that it has come back")}, 3))
	return nil
}

func addProposal(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	_, err := p.Problems.Propose(ctx, who, w.ID, form.Values.Get("why"), form.Values.Get("once"))
	return err
}

// measureOf finds the measure that an address names.
func measureOf(r *http.Request, w problem.Whole) (problem.Measure, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	i := slices.IndexFunc(w.Measures, func(m problem.Measure) bool { return m.Number == n })
	if err != nil || i < 0 {
		return problem.Measure{}, fault.New(fault.NotFound, "这个问题没有第 %[1]s 项措施。", "This problem has no measure number %[1]s.", lang.Short(r.PathValue("n")))
	}
	return w.Measures[i], nil
}

func (p *Pages) measureForm(r *http.Request, w problem.Whole, m problem.Measure) builder {
	return func(form photos.Form, refused web.Refusal) (formView, []string, error) {
		if a, ok := extensions[r.PathValue("move")]; ok {
			v := p.formOf(r, w, a.name, form, refused)
			v.seen, v.draft = strconv.Itoa(m.Version), strconv.Itoa(m.Version)
			f := &moveForm{Pages: p, v: &v, w: w, ctx: r.Context()}
			err := extendForm(p, m, a, f)
			return v, f.shown, err
		}
		move, ok := complaint.Measure.Move(r.PathValue("move"))
		if !ok {
			return formView{}, nil, fault.New(fault.NotFound, "没有“%[1]s”这一步。", "There is no step %[1]q.", lang.Short(r.PathValue("move")))
		}
		v := p.formOf(r, w, move.Name, form, refused)
		v.seen, v.draft = strconv.Itoa(m.Version), strconv.Itoa(m.Version)
		v.lead = v.F("第 %[1]d 项：%[2]s", "Measure %[1]d: %[2]s", m.Number, m.What)
		before, err := p.before(r.Context(), w)
		if err != nil {
			return v, nil, err
		}
		f := &moveForm{Pages: p, v: &v, w: w, move: move, before: before}
		if move.Key == "milestone" {
			f.add("progress", v.text(web.Input{Name: "progress", Label: v.T("做到哪里了", "How far it is"), Value: m.Progress}, 3))
			f.add(complaint.ProofPhoto, f.photoField(complaint.ProofPhoto, v.T("照片（可不交）", "Photos (if any)")))
			return v, f.shown, nil
		}
		for _, n := range move.Needs {
			f.need(n)
		}
		return v, f.shown, nil
	}
}

// MeasurePage asks for a step of a measure.
func (p *Pages) MeasurePage(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	whole, err := p.Problems.Get(r.Context(), who, r.PathValue("code"))
	if err != nil {
		return err
	}
	m, err := measureOf(r, whole)
	if err != nil {
		return err
	}
	v, _, err := p.measureForm(r, whole, m)(photos.Form{}, web.Refusal{})
	if err != nil {
		return err
	}
	return v.Write(w, r, formPage(v))
}

// MoveMeasure makes it.
func (p *Pages) MoveMeasure(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	whole, err := p.Problems.Get(r.Context(), who, r.PathValue("code"))
	if err != nil {
		return err
	}
	m, err := measureOf(r, whole)
	if err != nil {
		return err
	}
	a, other := extensions[r.PathValue("move")]
	if _, ok := complaint.Measure.Move(r.PathValue("move")); !ok && !other {
		_, _, err := p.measureForm(r, whole, m)(photos.Form{}, web.Refusal{})
		return err
	}
	form, err := p.read(w, r, who)
	if err != nil {
		return err
	}
	seen, _ := strconv.Atoi(form.Values.Get("seen"))
	wrong := form.Wrong()
	switch {
	case wrong != nil:
	case other:
		wrong = a.do(r.Context(), p, who, m, form)
	default:
		_, wrong = p.Problems.MoveMeasure(r.Context(), who, problem.MeasureMove{
			Measure: m.ID, Move: r.PathValue("move"), Seen: seen, Why: form.Values.Get("why"), Progress: form.Values.Get("progress"), Files: filesOf(form),
		})
	}
	if wrong != nil {
		if whole, err = p.Problems.Get(r.Context(), who, whole.Code); err != nil {
			return err
		}
		if m, err = measureOf(r, whole); err != nil {
			return err
		}
		return p.comeBack(w, r, form, wrong, p.measureForm(r, whole, m))
	}
	http.Redirect(w, r, problem.At(whole.Code)+"#measures", see)
	return nil
}

func letterTitle(w problem.Whole, id string) string {
	i := slices.IndexFunc(w.Letters, func(l letter.Letter) bool { return l.ID == id })
	if i < 0 {
		return ""
	}
	return w.Letters[i].Title()
}

func wordTone(w problem.Word) web.Tone {
	switch w.Says {
	case problem.Solved:
		return web.ToneGood
	case problem.NotSolved:
		return web.ToneBad
	}
	return web.ToneQuiet
}

func wordIcon(w problem.Word) web.Icon {
	switch w.Says {
	case problem.Solved:
		return web.IconCheck
	case problem.NotSolved:
		return web.IconClose
	}
	return web.IconUnknown
}

func wordSays(p web.Page, w problem.Word) string {
	switch w.Says {
	case problem.Solved:
		return p.T("解决了", "solved")
	case problem.NotSolved:
		return p.T("没解决", "not solved")
	case problem.Unsure:
		return p.T("说不清", "cannot tell")
	}
	return p.T("没有问到人", "nobody could be asked")
}

func wordSource(p web.Page, w problem.Word) string {
	switch w.Source {
	case problem.ByToken:
		return p.T("举报人自己说", "the complainant")
	case problem.Neighbours:
		return p.T("周边群众说", "the neighbours")
	case problem.Public:
		return p.T("公众说", "somebody of the public")
	}
	return p.T("没有群众意见", "no word")
}
