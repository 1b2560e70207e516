package problems

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// moveForm is a step's form while it is made of what the move needs.
type moveForm struct {
	*Pages
	v     *formView
	w     problem.Whole
	move  process.Move
	shown []string // the fields that it has

	ctx context.Context //nolint:containedctx // of the request that the form is made for

	before string // address of a photo of how it was, like which the camera takes the next one
}

// MovePage asks what a step needs.
func (p *Pages) MovePage(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	whole, err := p.Problems.Get(r.Context(), who, r.PathValue("code"))
	if err != nil {
		return err
	}
	v, _, err := p.moveForm(r, whole)(photos.Form{}, web.Refusal{})
	if err != nil {
		return err
	}
	for _, b := range whole.Barred {
		if b.Move == r.PathValue("move") {
			v.bar, _ = fault.In(v.Lang, b.Why)
		}
	}
	if v.bar == "" && !slices.Contains(whole.May, r.PathValue("move")) {
		v.bar = v.F("问题现在处于“%s”，没有这一步，或您没有这个权限。", "The problem is now %q: this step does not begin there, or it is not among your rights.", page.StageName(v.Lang, whole.Stage))
	}
	return v.Write(w, r, formPage(v))
}

// moveForm makes the form of the move that the address names.
func (p *Pages) moveForm(r *http.Request, w problem.Whole) builder {
	return func(form photos.Form, refused web.Refusal) (formView, []string, error) {
		m, ok := complaint.Problem.Move(r.PathValue("move"))
		if !ok || problem.RightOf(m.Key) == "" {
			return formView{}, nil, fault.New(fault.NotFound, "没有“%[1]s”这一步。", "There is no step %[1]q.", lang.Short(r.PathValue("move")))
		}
		v := p.formOf(r, w, m.Name, form, refused)
		before, err := p.before(r.Context(), w)
		if err != nil {
			return v, nil, err
		}
		f := &moveForm{Pages: p, v: &v, w: w, move: m, before: before}
		err = f.build(r)
		return v, f.shown, err
	}
}

// formOf begins a form about a problem.
func (p *Pages) formOf(r *http.Request, w problem.Whole, name lang.Text, form photos.Form, refused web.Refusal) formView {
	v := formView{
		Page: shape(p.Site.Page(r, name)), code: w.Code, title: w.Title, back: problem.At(w.Code),
		seen: strconv.Itoa(w.Version), draft: strconv.Itoa(w.Version), values: form.Values, files: form, refused: refused,
	}
	v.submit, v.once = name.In(v.Lang), v.value("once", rand.Text())
	return v
}

func (f *moveForm) add(name string, part templ.Component) {
	if name != "" {
		f.shown = append(f.shown, name)
	}
	f.v.parts = append(f.v.parts, part)
}

// build asks for what a move needs, in the order in which it is thought of.
func (f *moveForm) build(r *http.Request) error {
	v, m := f.v, f.move
	f.v.lead = leadOf(v.Page, m.Key)
	switch m.Key {
	case "assign":
		if err := f.units(r); err != nil {
			return err
		}
	case "merge":
		f.add("into", v.field(web.Input{Name: "into", Label: v.T("并入哪个问题（编号）", "Into which problem (its code)"), Placeholder: f.w.Problem.Campaign + "-0001"}))
	}
	f.digests()
	for _, n := range m.Needs {
		f.need(n)
	}
	days := slices.ContainsFunc(m.Starts, func(c string) bool { return c == complaint.ClockRectify || c == complaint.ClockNext })
	if days && !slices.Contains(f.shown, "day") {
		f.day(v.T("整改到哪天为止", "By which day it is put right"))
	}
	return nil
}

func (f *moveForm) day(label string) {
	f.add("day", f.v.field(web.Input{Name: "day", Kind: "date", Label: label, Hint: f.v.T("从明天到五年内的一天。", "From tomorrow to five years ahead.")}))
}

// need adds the field of a need, or says what it wants where no field can give it.
func (f *moveForm) need(n process.Need) {
	v := f.v
	switch n.Kind {
	case process.Reason:
		f.add("why", v.text(web.Input{Name: "why", Label: v.T("理由", "Reason"), Hint: v.T("看得到这个问题的单位都看得到；不写群众的姓名和电话。", "Every unit that sees the problem sees it: no names or telephones of complainants.")}, 3))
	case process.Field:
		f.fieldNeed(n.Name)
	case process.AnyOf:
		f.add(complaint.ProofPhoto, f.photoField(complaint.ProofPhoto, v.T("照片（照片或材料，至少一份）", "Photos (of photos and papers, one at least)")))
		f.add(complaint.ProofPaper, f.photoField(complaint.ProofPaper, v.T("材料扫描件", "Scanned papers")))
	case process.Evidence:
		f.evidence(n)
	case process.Elapsed, process.Each, process.NoneOpen, process.Outside, process.NotPersonsOf:
		f.v.notes = append(f.v.notes, f.note(n))
	}
}

func (f *moveForm) evidence(n process.Need) {
	v := f.v
	switch n.Name {
	case complaint.ProofPhoto:
		f.add(complaint.ProofPhoto, f.photoField(complaint.ProofPhoto, v.F("现场照片（至少 %d 张，不能重复）", "Photos taken there (%d at least, no two the same)", max(1, n.N))))
	case complaint.ProofWord:
		f.add("", wordsNeeded(*v, f.w))
	case complaint.ProofBulletin:
		f.v.notes = append(f.v.notes, v.T("每封信访件都要已经公开。", "Each of its letters has to be published."))
	}
}

func (f *moveForm) fieldNeed(name string) {
	v := f.v
	switch name {
	case complaint.FieldVerdict:
		from := complaint.True
		if f.move.Key == "untrue" {
			from = complaint.Untrue
		}
		for i, point := range f.w.Points {
			f.verdict(i, point, from)
		}
	case complaint.FieldNext:
		f.day(v.T("下一步到哪天为止", "By which day the next step is made"))
	case complaint.FieldOwes:
		f.add("owes", v.field(web.Input{Name: "owes", Label: v.T("下一步由谁负责", "Who answers for the next step"), Hint: v.T("写单位或岗位，不写个人电话。", "A unit or a post, no telephone.")}))
	case complaint.FieldTests:
		choices := make([]web.Choice, len(problem.Tests))
		for i, t := range problem.Tests {
			choices[i] = web.Choice{Name: "tests", Value: t.Key, Label: v.T(t.Says[0], t.Says[1]), On: v.chosen("tests", t.Key)}
		}
		f.add("tests", wrapped(web.ChipsWrong(v.T("五项标准，逐项自验", "The five tests, each by yourselves"), choices, v.wrong("tests"))))
	case complaint.FieldAgainst:
		v.notes = append(v.notes, v.T("有群众认为没解决：这样通过会计数，并随销号公开。", "Somebody says that it is not solved: passing it so is counted, and published with the closing."))
	}
}

// verdict asks what was found of the point in a place, from a verdict on.
func (f *moveForm) verdict(i int, point letter.Point, from complaint.Verdict) {
	v := f.v
	field := "verdict-" + point.Key()
	choices := make([]web.Choice, 0, complaint.Untrue)
	for verdict := from; verdict <= complaint.Untrue; verdict++ {
		choices = append(choices, web.Choice{Name: field, Value: verdict.Key(), Label: verdict.Name().In(v.Lang), On: v.chosen(field, verdict.Key())})
	}
	wrong := ""
	if i == 0 {
		wrong = v.wrong("verdict")
	}
	f.add("verdict", web.RadiosWrong(v.F("问题点 %d：%s", "Point %d: %s", i+1, pointWords(v.Page, f.w, point)), choices, wrong))
}

func (f *moveForm) units(r *http.Request) error {
	offers, err := f.Offers(r.Context())
	if err != nil {
		return err
	}
	v := f.v
	f.add("lead", v.field(web.Input{Name: "lead", Label: v.T("主办单位", "Unit that leads"), Offers: offers}))
	f.add("joint", v.text(web.Input{Name: "joint", Label: v.T("协办单位（可不填）", "Units that help (if any)"), Hint: v.T("每行一个。", "One a line.")}, 2))
	return nil
}

// note says what a need wants that no field can give.
func (f *moveForm) note(n process.Need) string {
	v := f.v
	switch n.Kind {
	case process.Elapsed:
		for _, c := range slices.Backward(f.w.Clocks) {
			if c.Name == n.Name && c.Life == f.w.Life {
				return c.Rule.Title.In(v.Lang) + v.T("：", ": ") + c.Says().In(v.Lang)
			}
		}
		return v.T("时限要先走完。", "The period has to run out first.")
	case process.Each:
		open := 0
		for _, m := range f.w.Measures {
			if m.Open() {
				open++
			}
		}
		return v.F("每项措施都要完成并附证据：共 %[1]d 项，还有 %[2]d 项没完成。", "Each measure has to be done, with its proof: of %[1]d, %[2]d are not.", len(f.w.Measures), open)
	case process.NoneOpen:
		for _, child := range complaint.Processes() {
			if child.Key == n.Name {
				return v.F("没有未处理的“%s”。", "None of these may be undecided: %s.", child.Name.In(v.Lang))
			}
		}
		return ""
	case process.NotPersonsOf:
		var names []string
		for _, key := range n.Not {
			of, move := &complaint.Problem, key
			if kind, own, ofChild := strings.Cut(key, "/"); ofChild && kind == complaint.Measure.Key {
				of, move = &complaint.Measure, own
			}
			m, _ := of.Move(move)
			name := m.Name.In(v.Lang)
			if of == &complaint.Measure {
				name = v.F("%[1]s（措施）", "%[1]s (a measure)", name)
			}
			names = append(names, name)
		}
		return v.F("办过这些步骤的人不能再办这一步：%s。", "Not for who made one of these steps: %s.", strings.Join(names, v.T("、", ", ")))
	case process.Outside, process.Field, process.Evidence, process.Reason, process.AnyOf:
	}
	if n.Superior {
		return v.T("由与责任单位没有隶属关系的单位来做：不是本单位、下级，也不是上级。", "For a unit that has nothing to do with the responsible one: not itself, nor below or above it.")
	}
	return v.T("由责任单位以外的人来做。", "For somebody from outside the responsible unit.")
}

// leadOf is what a step means, where its name does not say it.
func leadOf(p web.Page, move string) string {
	switch move {
	case "sign":
		return p.T("签收以后由本单位到现场核查。不归本单位管的，不要签收，写明理由退件。", "Once it is signed for, your unit verifies it on site. If it is not yours, send it back with the reason instead.")
	case "found":
		return p.T("逐个问题点认定，附现场证据，定下整改到哪天。", "Judge each point, show what you found, and say by which day it is put right.")
	case "untrue":
		return p.T("所有问题点都不属实时才用；由无关单位到现场再看一次。", "Only where no point is true. An unrelated unit looks on site again.")
	case "apply":
		return p.T("五项标准都达到才能申请；之后由外单位到现场核查，本单位不能给自己销号。", "All five tests have to be met. Somebody from outside checks on site then: no unit closes its own.")
	case "merge":
		return p.T("问题点移到另一个问题；信访件各自保留编号和答复。", "Its points move to the other problem; letters keep their codes and answers.")
	case "return":
		return p.T("写明为什么不归本单位办，应归谁。协调单位会决定。", "Say why it is not yours, and whose it is. The coordinating office decides.")
	}
	return ""
}

// surely is what a step that takes something back will do; nothing where it takes nothing back.
func (f *moveForm) surely() []string {
	v := f.v
	switch f.move.Key {
	case "merge":
		into := strings.ToUpper(strings.TrimSpace(v.value("into", "")))
		return []string{
			v.F("把 %[1]s 的 %[2]d 个问题点、%[3]d 封信访件移到 %[4]s。", "Moves %[2]d points and %[3]d letters of %[1]s to %[4]s.", f.w.Code, len(f.w.Points), f.w.Problem.Letters, into),
			v.F("%s 结束，不再办理；它的历史还在。", "%s ends and is dealt with no more; its history stays.", f.w.Code),
			v.F("如果 %s 已经办结，会成为一条重开建议，由协调单位决定。", "If %s is done already, this becomes a proposal to reopen it, for the office to decide.", into),
		}
	case "reopen":
		return []string{v.F("%s 从头再办一次：以前的核查和验收不再算数，观察期更长。", "%s begins again: checks and acceptance so far count no more, and the window is longer.", f.w.Code), v.T("公开的数字从今天起不再算它已销号。", "From today on, no published figure counts it as closed.")}
	case "fail", "refuse":
		return []string{v.T("退回责任单位整改，之后要重新申请、重新核查。", "It goes back to the unit; it has to be applied for and checked anew."), v.T("退回的次数会公开。", "How often it went back is published.")}
	case "doubt":
		return []string{v.T("退回责任单位重新核查。", "It goes back to the unit, to be verified again.")}
	case "check-against":
		return []string{v.T("有群众认为没有解决，这样通过会计数并公开。", "Somebody says that it is not solved: passing it is counted and published.")}
	}
	return nil
}

// Move makes a step.
func (p *Pages) Move(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	whole, err := p.Problems.Get(r.Context(), who, r.PathValue("code"))
	if err != nil {
		return err
	}
	form, err := p.read(w, r, who)
	if err != nil {
		return err
	}
	if form.Values.Get("propose") != "" {
		return propose(p, w, r, who, whole, form)
	}
	m, wrong := p.asked(r, whole, form)
	wrong = errors.Join(wrong, form.Wrong())
	if wrong == nil && form.Values.Get("sure") == "" {
		v, _, err := p.moveForm(r, whole)(form, web.Refusal{})
		if err != nil {
			return err
		}
		f := moveForm{Pages: p, v: &v, w: whole, move: mustMove(m.Move)}
		if v.sure = f.surely(); len(v.sure) > 0 {
			v.seen = form.Values.Get("seen")
			return v.Write(w, r, formPage(v))
		}
	}
	if wrong == nil {
		_, wrong = p.Problems.Move(r.Context(), who, m)
	}
	if wrong == nil {
		http.Redirect(w, r, problem.At(whole.Code), see)
		return nil
	}
	// It may have changed meanwhile: what is shown beside what was typed is how it is now.
	if whole, err = p.Problems.Get(r.Context(), who, whole.Code); err != nil {
		return err
	}
	return p.comeBack(w, r, form, wrong, p.moveForm(r, whole))
}

func mustMove(key string) process.Move {
	m, _ := complaint.Problem.Move(key)
	return m
}

// asked reads the step from its form.
func (p *Pages) asked(r *http.Request, w problem.Whole, form photos.Form) (problem.Move, error) {
	values := form.Values
	seen, err := strconv.Atoi(values.Get("seen"))
	if err != nil {
		return problem.Move{}, fault.New(fault.Invalid, "表单不完整：请重新打开这一步。", "The form is not whole: open the step again.")
	}
	day, wrong := dayOf(values)
	lead, wrongLead := p.Unit(r.Context(), "lead", values.Get("lead"))
	joint, wrongJoint := p.Units(r.Context(), "joint", values.Get("joint"))
	m := problem.Move{
		Problem: w.ID, Move: r.PathValue("move"), Seen: seen, Why: values.Get("why"), Files: filesOf(form), Day: day, Owes: values.Get("owes"),
		Tests: values["tests"], Into: values.Get("into"), Lead: lead, Joint: joint, Verdicts: map[string]complaint.Verdict{}, Digests: digestsOf(w, values),
	}
	for _, point := range w.Points {
		if verdict, ok := complaint.ParseVerdict(values.Get("verdict-" + point.Key())); ok {
			m.Verdicts[point.Key()] = verdict
		}
	}
	return m, errors.Join(wrong, wrongLead, wrongJoint)
}

// pointWords are what a point is about, without the text of its letter.
func pointWords(p web.Page, w problem.Whole, point letter.Point) string {
	briefs := w.Reports
	for _, l := range w.Letters {
		briefs = append(briefs, l.Brief())
	}
	for _, l := range briefs {
		if l.ID != point.Letter {
			continue
		}
		if l.Digest != "" {
			return l.Title + p.T("：", ": ") + l.Digest
		}
		return l.Title
	}
	if text := page.Kinds(p.Lang, complaint.KindsOf(point.Kinds)); text != "" {
		return text
	}
	return w.Title
}
