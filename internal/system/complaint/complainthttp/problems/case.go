package problems

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// caseView is the page of one problem, for one reader.
type caseView struct {
	web.Page
	w         problem.Whole
	now       time.Time
	names     map[string]string
	standing  page.Standing
	clock     *casework.Clock // by which the stage is owed
	acts      []actLink
	barred    []barredWords
	shown     shownEvidence
	questions []childView
	visits    []visit.Paid
	deferred  map[string]problem.Deferred // of the measures, by their ids
}

// actLink is something that this reader can do.
type actLink struct {
	href, name string
	main       bool
}

type barredWords struct{ name, why string }

type childView struct {
	problem.Child
	words  string
	photos []kit.Photo // from the public
}

// shownEvidence is what is shown for a problem and its measures.
type shownEvidence struct {
	album     *photos.Album
	now       []evidence.Item
	former    []evidence.Item
	measures  map[string][]evidence.Item
	doubts    []evidence.Likeness // that nobody has answered, or that were found to be the same
	captions  map[string]string
	originals bool
	publish   bool
	erase     bool
}

// Case is the page of a problem.
func (p *Pages) Case(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	v := caseView{Page: shape(p.Site.Page(r, lang.Text{})), now: p.Now()}
	if v.w, err = p.Problems.Get(r.Context(), who, r.PathValue("code")); err != nil {
		return err
	}
	v.Title = v.w.Code + " " + v.w.Title
	if err := p.seen(r.Context(), &v); err != nil {
		return err
	}
	if v.names, err = p.Names(r.Context(), v.organisations()...); err != nil {
		return err
	}
	v.standing = page.StandingOf(v.Lang, v.w.Problem, v.now)
	if running, ok := v.w.Running(); ok {
		v.clock = &running
	}
	v.acts = v.can()
	for _, b := range v.w.Barred {
		m, _ := complaint.Problem.Move(b.Move)
		why, _ := fault.In(v.Lang, b.Why)
		v.barred = append(v.barred, barredWords{m.Name.In(v.Lang), why})
	}
	return v.Write(w, r, casePage(v))
}

// organisations are all that the page names.
func (v caseView) organisations() (ids []string) {
	ids = append(slices.Clone(v.w.Joint), v.w.Lead, v.w.Campaign.Office)
	ids = append(ids, v.deferring()...)
	for _, m := range v.w.Measures {
		ids = append(ids, m.Owner)
	}
	for _, paid := range v.visits {
		for _, t := range paid.Told {
			ids = append(ids, t.Owner)
		}
	}
	for _, step := range v.w.History {
		for _, by := range step.By {
			ids = append(ids, by.Organisation)
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

// seen reads the photos, papers, likenesses and questions, as one snapshot.
func (p *Pages) seen(ctx context.Context, v *caseView) error {
	v.shown = shownEvidence{album: p.Photos, measures: map[string][]evidence.Item{}, captions: v.captions(), originals: true, publish: v.May(complaint.Publish), erase: v.May(complaint.Publish)}
	v.deferred = map[string]problem.Deferred{}
	return p.DB.View(ctx, func(tx *db.Tx) (err error) {
		if v.shown.now, err = evidence.Items(tx, complaint.System, v.w.Evidence()); err != nil {
			return err
		}
		for life := 1; life < v.w.Life; life++ {
			items, err := evidence.Items(tx, complaint.System, fmt.Sprintf("problem/%s/%d", v.w.ID, life))
			if err != nil {
				return err
			}
			v.shown.former = append(v.shown.former, items...)
		}
		for _, m := range v.w.Measures {
			if v.shown.measures[m.ID], err = evidence.Items(tx, complaint.System, m.Evidence()); err != nil {
				return err
			}
			if v.deferred[m.ID], err = problem.DeferredOf(tx, p.Problems, m); err != nil {
				return err
			}
		}
		if v.visits, err = visit.PaidTo(tx, v.w.Problem, v.w.Office); err != nil {
			return err
		}
		if v.w.Office {
			err = v.doubts(tx)
		}
		return err
	})
}

func (v *caseView) doubts(tx *db.Tx) error {
	for _, item := range v.shown.all() {
		all, err := evidence.Likenesses(tx, item.ID)
		if err != nil {
			return err
		}
		for _, l := range all {
			known := slices.ContainsFunc(v.shown.doubts, func(d evidence.Likeness) bool { return d.A == l.A && d.B == l.B })
			if !known && (l.Answer == "" || l.Answer == evidence.Same) {
				v.shown.doubts = append(v.shown.doubts, l)
			}
		}
	}
	for _, c := range v.w.Children {
		words, err := c.Words(tx)
		if err != nil {
			return err
		}
		items, err := evidence.Items(tx, complaint.System, c.Shown())
		if err != nil {
			return err
		}
		said := v.shown
		said.publish = false
		v.questions = append(v.questions, childView{c, words, said.strip(v.Page, items)})
	}
	return nil
}

// all are the items of this life, those of the problem first.
func (s shownEvidence) all() []evidence.Item {
	all := slices.Clone(s.now)
	for _, items := range s.measures {
		all = append(all, items...)
	}
	slices.SortStableFunc(all, func(a, b evidence.Item) int { return a.At.Compare(b.At) })
	return all
}

// captions say for which step an item was shown.
func (v caseView) captions() map[string]string {
	out := map[string]string{}
	for _, step := range v.w.History {
		for _, proof := range step.Proofs {
			out[proof.Ref] = moveName(v.Page, step) + v.T("，", ", ") + page.Day(v.Lang, step.Recorded)
		}
	}
	return out
}

func (s shownEvidence) strip(p web.Page, items []evidence.Item) []kit.Photo {
	all := make([]photos.Shown, len(items))
	for i, item := range items {
		all[i] = photos.Shown{Item: item, Caption: s.captions[item.ID], Original: s.originals, Publish: s.publish, Erase: s.erase}
	}
	return s.album.Strip(p, all)
}

// pair is the first photo and the last that is another, where both can be seen.
func (s shownEvidence) pair(p web.Page) (pair kit.Pair, ok bool) {
	var ready []evidence.Item
	for _, item := range s.all() {
		if item.State == evidence.Ready && item.Kind == complaint.System+"."+complaint.ProofPhoto {
			ready = append(ready, item)
		}
	}
	if len(ready) < 2 {
		return pair, false
	}
	return s.album.Beside(p, ready[0], ready[len(ready)-1]), true
}

// before is the address of the first photo that was shown for a problem; empty where there is none yet.
func (p *Pages) before(ctx context.Context, w problem.Whole) (address string, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		items, err := evidence.Items(tx, complaint.System, w.Evidence())
		for _, item := range items {
			if item.State == evidence.Ready && item.Kind == complaint.System+"."+complaint.ProofPhoto {
				address = "/photos/" + item.ID + "/" + string(evidence.Screen)
				return err
			}
		}
		return err
	})
	return address, err
}

// can lists what this reader can do: the steps first.
func (v caseView) can() (acts []actLink) {
	at := problem.At(v.w.Code)
	for i, key := range v.w.May {
		m, _ := complaint.Problem.Move(key)
		acts = append(acts, actLink{at + "/do/" + key, m.Name.In(v.Lang), key == v.nextMove() || v.nextMove() == "" && i == 0 && key != "merge" && key != "reopen"})
	}
	add := func(when bool, what string) {
		if when {
			acts = append(acts, actLink{at + "/add/" + what, additions[what].name.In(v.Lang), what == v.nextMove()})
		}
	}
	inHand := v.w.Stage == complaint.Rectifying || v.w.Stage == complaint.Staged
	answers := v.w.Unit && v.May(complaint.Answer)
	office := v.w.Office && v.May(complaint.Coordinate)
	add(answers && len(v.w.Unjudged()) > 0, "judge")
	add(answers && inHand, "measure")
	add((answers || office) && v.w.Lead != "", "sanction")
	add(v.w.Office && v.May(complaint.Check) && slices.Contains(problem.WaitingStages(), v.w.Stage) && v.w.Stage != complaint.Checked, "word")
	add(answers || office || v.w.Office && (v.May(complaint.Check) || v.May(complaint.Supervise)), "paper")
	add(office && v.clock != nil && len(period.Choices(*v.clock, v.now)) > 0, "period")
	add(office && v.w.Partable(), "part")
	add(office && v.w.Stage != complaint.Empty, "describe")
	add(v.w.Office && slices.Contains([]string{complaint.Done, complaint.Applied, complaint.Accepted, complaint.Checked, complaint.Publicity, complaint.Filed}, v.w.Stage), "proposal")
	if v.w.Office && v.w.Lead != "" && v.w.Stage != complaint.Empty && (v.May(complaint.Supervise) || office) {
		acts = append(acts, actLink{"/complaints/visits/new?campaign=" + v.w.Problem.Campaign + "&problem=" + v.w.Code, v.T("安排现场督办", "Plan a visit"), false})
	}
	return acts
}

// nextMove is what leads on while a problem is put right: a measure where there is none, and done once all are. While
// one is open its own button leads on. Elsewhere the first step of the stage does.
func (v caseView) nextMove() string {
	if v.w.Stage != complaint.Rectifying && v.w.Stage != complaint.Staged {
		return ""
	}
	done := 0
	for _, m := range v.w.Measures {
		if m.Open() {
			return "the measure's"
		}
		if m.Stage == "done" {
			done++
		}
	}
	if done == 0 {
		return "measure"
	}
	return "done"
}

// parted are the acts with a main one, and the others.
func (v caseView) parted() (main, others []actLink) {
	for _, a := range v.acts {
		if a.main {
			main = append(main, a)
		} else {
			others = append(others, a)
		}
	}
	return main, others
}

// owes says who has to do what next.
func (v caseView) owes() string {
	office, lead := v.names[v.w.Campaign.Office], v.names[v.w.Lead]
	switch v.w.Stage {
	case complaint.Received:
		return v.F("%s：交办给责任单位", "%s: assign it to a unit", office)
	case complaint.Assigned:
		return v.F("%s：签收，不归本单位管的写明理由退件", "%s: sign for it, or send it back with the reason", lead)
	case complaint.Returned:
		return v.F("%s：决定退件是否成立", "%s: decide whether it was rightly sent back", office)
	case complaint.Verifying:
		return v.F("%s：到现场核查，逐点认定是否属实", "%s: verify on site and judge each point", lead)
	case complaint.Unfounded:
		return v.T("无关单位：到现场复核是不是真的不属实", "An unrelated unit: look on site whether it is untrue indeed")
	case complaint.Rectifying:
		return v.F("%s：完成每项措施，附上证据", "%s: do each measure and show it", lead)
	case complaint.Staged:
		return v.F("%[1]s：在 %[2]s 前做完下一步", "%[1]s: make the next step by %[2]s", v.w.NextOwes, v.w.NextDay)
	case complaint.Done:
		return v.F("%s：按五项标准自验，申请销号", "%s: check the five tests and apply", lead)
	case complaint.Applied:
		return v.T("外单位核查组：到现场核查，问群众", "Checkers from outside: check on site and ask people")
	case complaint.Accepted:
		return v.T("无关单位核查组：到现场复核", "Checkers of an unrelated unit: check on site, too")
	case complaint.Checked:
		return v.T("审核签字人：审核签字", "The signer: sign off")
	case complaint.Publicity:
		return v.F("%s：公示期满、没有未处理的异议后备案销号", "%s: file it once the period is over and no objection is open", office)
	case complaint.Filed:
		return v.T("观察期：这段时间没有反弹，才算巩固", "Being watched: it is settled if it does not come back")
	case complaint.Settled:
		return v.T("已经巩固，没有要办的事", "Settled: nothing is owed")
	}
	return v.T("已并入别的问题，没有要办的事", "Merged into another: nothing is owed")
}

func moveName(p web.Page, step casework.Past) string {
	if m, ok := complaint.Problem.Move(step.Move); ok {
		return m.Name.In(p.Lang)
	}
	switch step.Move {
	case "open":
		return p.T("立案", "opened")
	case "clock":
		return page.TurnName(p, step)
	case "note":
		return p.T("问题点变动", "its points changed")
	}
	return step.Move
}

// byWhom is who made a step: as what, and for which organisation.
func (v caseView) byWhom(step casework.Past) string {
	right := problem.RightOf(step.Move)
	role := ""
	switch right {
	case complaint.Coordinate:
		role = v.T("协调联络组", "coordination group")
	case complaint.Answer:
		role = v.T("责任单位", "responsible unit")
	case complaint.Check:
		role = v.T("核查组", "checker")
	case complaint.SignOff:
		role = v.T("审核签字人", "signer")
	}
	for _, by := range step.By {
		if by.ID == "program" {
			return v.T("程序（时间到了）", "the program (its time had come)")
		}
		if name := v.names[by.Organisation]; name != "" {
			if role == "" {
				return name
			}
			return role + "@" + name
		}
	}
	return role
}

// lives are the steps by life, the present one first.
func (v caseView) lives() (all [][]casework.Past) {
	for _, step := range v.w.History {
		for len(all) < step.Life {
			all = append(all, nil)
		}
		all[step.Life-1] = append(all[step.Life-1], step)
	}
	slices.Reverse(all)
	for _, life := range all {
		slices.Reverse(life)
	}
	return all
}
