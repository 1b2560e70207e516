package visits

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// stopView is the page of a stop. One of its forms may have come back.
type stopView struct {
	web.Page
	visit.Site
	names map[string]string
	album *photos.Album
	field kit.PhotoInput // what photos are taken
	back  form
	today string
}

// form is a form that was posted and refused: which, what was typed, and why.
type form struct {
	key     string // seen-1, told, signed-unit
	values  url.Values
	refused web.Refusal
	files   photos.Form
}

// Stop is a stop of a round.
func (p *Pages) Stop(w http.ResponseWriter, r *http.Request) error {
	who, q, ok, err := p.enter(w, r, roundTitle)
	if !ok {
		return err
	}
	v, err := p.stopView(r, who, q, form{})
	if err != nil {
		return err
	}
	return v.Write(w, r, stop(v))
}

func (p *Pages) stopView(r *http.Request, who identity.Colleague, q web.Page, back form) (v stopView, err error) {
	v = stopView{Page: q, album: p.Photos, back: back, today: calendar.DateOf(p.Now().In(calendar.China)).String()}
	if v.Site, err = p.Visits.At(r.Context(), who, r.PathValue("id"), r.PathValue("code")); err != nil {
		return v, err
	}
	v.Back = web.NavItem{Href: of(v.Round.ID), Text: lang.Text{ZH: "这次督办", EN: "This round"}}
	if v.Title = titleOf(v.Page, v.Problem); !v.Removed {
		v.Title = strconv.Itoa(v.Place) + ". " + v.Title
	}
	v.Path = stopAt(v.Round.ID, v.Problem.Code)
	ids := slices.Clone(v.Units)
	for _, m := range v.Measures {
		ids = append(ids, m.Owner)
	}
	for _, t := range v.Told {
		ids = append(ids, t.Owner)
	}
	if v.names, err = p.Names(r.Context(), ids...); err != nil {
		return v, err
	}
	slices.SortStableFunc(v.Units[min(1, len(v.Units)):], func(a, b string) int { return cmp.Compare(v.names[a], v.names[b]) })
	v.field = p.Photos.Field(v.Page, complaint.System+"."+complaint.ProofPhoto, kit.PhotoInput{}, photos.Form{})
	return v, nil
}

// Act does what a form of a stop asks, as a phone's act does.
func (p *Pages) Act(w http.ResponseWriter, r *http.Request) error {
	who, q, ok, err := p.enter(w, r, roundTitle)
	if !ok {
		return err
	}
	kind := complaint.ProofPhoto
	if r.PathValue("act") == "signed" {
		kind = complaint.ProofSignature
	}
	came, err := p.Photos.Read(w, r, photos.Reading{By: who.Person, Kinds: map[string]string{kind: complaint.System + "." + kind}})
	if err != nil {
		return err
	}
	g := givenOf(came.Values, r)
	key, wrong := r.PathValue("act"), came.Wrong()
	if wrong == nil {
		wrong = p.do(r, who, g, came.Hashes(kind), came.Values)
	}
	switch key {
	case "seen":
		key += "-" + cmp.Or(g.Measure, "0")
	case "signed":
		key += "-" + g.As
	}
	if wrong == nil {
		http.Redirect(w, r, stopAt(g.Round, g.Problem)+"#"+key, see)
		return nil
	}
	if errors.Is(wrong, act.ErrAnother) {
		came.Values.Del("once")
	}
	back := form{key: key, values: came.Values, files: came}
	if back.refused, err = q.Refused(came.Values, wrong); err != nil {
		return err
	}
	v, err := p.stopView(r, who, q, back)
	if err != nil {
		return err
	}
	return v.WriteStatus(w, r, back.refused.Status(), stop(v))
}

// Looked keeps that the office looked at what came for a stop after the round was changed.
func (p *Pages) Looked(w http.ResponseWriter, r *http.Request) error {
	who, q, ok, err := p.enter(w, r, roundTitle)
	if !ok {
		return err
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	wrong := p.Visits.LookedAt(r.Context(), who, visit.Looking{Round: r.PathValue("id"), Problem: r.PathValue("code"), Acts: r.PostForm["act"]})
	if wrong == nil {
		http.Redirect(w, r, stopAt(r.PathValue("id"), r.PathValue("code")), see)
		return nil
	}
	back := form{key: "looked", values: r.PostForm}
	if back.refused, err = q.Refused(r.PostForm, wrong); err != nil {
		return err
	}
	v, err := p.stopView(r, who, q, back)
	if err != nil {
		return err
	}
	return v.WriteStatus(w, r, back.refused.Status(), stop(v))
}

func givenOf(values url.Values, r *http.Request) visit.Given {
	return visit.Given{
		Round: r.PathValue("id"), Problem: r.PathValue("code"), Measure: values.Get("measure"), Found: values.Get("found"), Note: values.Get("note"),
		What: values.Get("what"), Owner: values.Get("owner"), Day: values.Get("day"),
		As: values.Get("as"), Name: values.Get("name"), Refused: values.Get("refused"), Words: strings.ReplaceAll(values.Get("words"), "\r\n", "\n"), Covers: values["covers"],
	}
}

func (p *Pages) do(r *http.Request, who identity.Colleague, g visit.Given, files []string, values url.Values) error {
	switch r.PathValue("act") {
	case "seen":
		s, err := g.See(files)
		if err != nil {
			return err
		}
		s.Form = values.Get("once")
		return p.Visits.See(r.Context(), who, s)
	case "told":
		saw, _ := strconv.Atoi(values.Get("saw"))
		t, err := g.Tell(files, saw)
		if err != nil {
			return err
		}
		t.Form = values.Get("once")
		_, err = p.Visits.Tell(r.Context(), who, t)
		return err
	case "signed":
		_, err := p.Visits.Sign(r.Context(), who, g.Sign(files))
		return err
	}
	return fault.New(fault.NotFound, "没有这一步。", "There is no such step.")
}

// value is what a field of a form shows: what was typed into it, and before that what is known.
func (v stopView) value(key, name, known string) string {
	if v.back.key != key || !v.back.values.Has(name) {
		return known
	}
	return v.back.values.Get(name)
}

// once is the number of a form, by which it is known when it is sent twice. It is another one once anything was noted
// here, and till then the same: a phone keeps the page only if it does not change.
func (v stopView) once(key string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{v.Round.ID, v.Problem.ID, key}, v.Acts()...), " ")))
	return v.value(key, "once", act.Number(sum[:]))
}

// wrong is what is wrong with a field of a form.
func (v stopView) wrong(key, name string) string {
	if v.back.key != key {
		return ""
	}
	return v.back.refused.Wrong(name)
}

// why is what is wrong with a form where no field is.
func (v stopView) why(key string) string {
	if v.back.key != key || v.back.refused.Right() {
		return ""
	}
	return v.back.refused.Why
}

// found are the choices of a form, whose values are words: a phone shows what was chosen before it is sent.
func (v stopView) found(key string, choices []lang.Choice) (all []web.Choice) {
	for _, c := range choices {
		name := c.Name.In(v.Lang)
		all = append(all, web.Choice{Name: "found", Value: name, Label: name, On: v.value(key, "found", "") == name})
	}
	return all
}

// promises are the measures that were promised and not withdrawn.
func (v stopView) promises() []problem.Measure {
	return slices.DeleteFunc(slices.Clone(v.Measures), func(m problem.Measure) bool { return m.Stage == "withdrawn" })
}

func (v stopView) seenOf(measure int) (all []visit.Seen) {
	for _, s := range v.Seen {
		if s.Measure == measure {
			all = append(all, s)
		}
	}
	return all
}

// line is what a signature is about: an act, in words.
type line struct{ act, text string }

// lines are all that was noted at a stop, in the order of its acts.
func (v stopView) lines() (all []line) {
	for _, id := range v.Acts() {
		for _, s := range v.Seen {
			if s.Act == id {
				all = append(all, line{id, v.subject(s.Measure) + s.Found.Name().In(v.Lang) + v.note(s.Note)})
			}
		}
		for _, t := range v.Told {
			if t.Act == id {
				all = append(all, line{id, v.F("指令：%[1]s，%[2]s，%[3]s 前", "Instruction: %[1]s, %[2]s, by %[3]s", t.What, v.names[t.Owner], t.DueDay)})
			}
		}
	}
	return all
}

func (v stopView) subject(measure int) string {
	if measure == 0 {
		return v.T("点位：", "The site: ")
	}
	return v.F("第 %d 项：", "Promise %d: ", measure)
}

func (v stopView) note(text string) string {
	if text == "" {
		return ""
	}
	return v.T("。", ". ") + text
}

// words is what is signed as one text, and covers the acts of it.
func (v stopView) words() string {
	texts := []string{v.F("%[1]s %[2]s，%[3]s", "%[1]s %[2]s, %[3]s", v.Problem.Code, titleOf(v.Page, v.Problem), v.Round.Day)}
	for _, l := range v.lines() {
		texts = append(texts, l.text)
	}
	return strings.Join(texts, "\n")
}

// isSigned reports whether somebody signed for an act, as what.
func (v stopView) isSigned(act string) bool {
	return slices.ContainsFunc(v.Signed, func(s visit.Signed) bool { return s.Refused == "" && s.Covering(act) })
}

// strip is photos of the visit, by their ids.
func (v stopView) strip(items string) []kit.Photo {
	return v.shown(items, v.T("督办时，", "On the visit, "))
}

// inked is a signature that was drawn.
func (v stopView) inked(s visit.Signed) []kit.Photo {
	return v.shown(s.Items, asName(v.Page, s.As)+v.T("手写签名，", " signed, "))
}

func (v stopView) shown(items, caption string) []kit.Photo {
	var all []photos.Shown
	for _, i := range v.Items {
		if strings.Contains(" "+items+" ", " "+i.ID+" ") {
			all = append(all, photos.Shown{Item: i, Caption: caption + when(v.Page, i.At)})
		}
	}
	return v.album.Strip(v.Page, all)
}

// proof is what was shown for a measure.
func (v stopView) proof(m problem.Measure) []kit.Photo {
	var all []photos.Shown
	for _, i := range proofs(v.Shown[m.ID]) {
		all = append(all, photos.Shown{Item: i, Caption: v.T("单位说整改后，", "After, as the unit says, ") + when(v.Page, i.At)})
	}
	return v.album.Strip(v.Page, all)
}

// beside is the last photo that the unit showed for a measure, and the last that was taken on the visit.
func (v stopView) beside(m problem.Measure) (pair kit.Pair, ok bool) {
	last := func(items []evidence.Item, of func(evidence.Item) bool) (found evidence.Item) {
		for _, i := range items {
			if i.State == evidence.Ready && of(i) {
				found = i
			}
		}
		return found
	}
	var ids []string
	for _, s := range v.seenOf(m.Number) {
		ids = append(ids, strings.Fields(s.Items)...)
	}
	before := last(proofs(v.Shown[m.ID]), func(evidence.Item) bool { return true })
	after := last(v.Items, func(i evidence.Item) bool { return slices.Contains(ids, i.ID) })
	if before.ID == "" || after.ID == "" {
		return pair, false
	}
	return v.album.Beside(v.Page, before, after), true
}

// when is a moment as people write it; it is the same whenever it is asked.
func when(p web.Page, t time.Time) string {
	t = t.In(calendar.China)
	return page.MonthDay(p.Lang, t) + t.Format(" 15:04")
}

// overdue reports whether a promise should have been kept by the day of the round.
func (v stopView) overdue(m problem.Measure) bool { return m.Open() && m.DueDay < v.today }

// week is a day a week after the round, as an instruction begins with.
func (v stopView) week() string {
	d, err := calendar.ParseDate(v.Round.Day)
	if err != nil {
		return ""
	}
	const days = 7
	return d.Add(days).String()
}

func asName(p web.Page, a visit.As) string {
	if a == visit.AsSupervisor {
		return p.T("督办人", "Supervisor")
	}
	return p.T("单位现场负责人", "For the unit, on site")
}
