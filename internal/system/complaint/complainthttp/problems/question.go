package problems

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

func childProcess(c problem.Child) process.Process {
	if c.Process == complaint.Objection.Key {
		return complaint.Objection
	}
	return complaint.Proposal
}

func childName(p web.Page, c problem.Child) string {
	of := childProcess(c)
	return of.Name.In(p.Lang)
}

func childStage(p web.Page, c problem.Child) string {
	of := childProcess(c)
	s, _ := of.Stage(c.Stage)
	return s.Name.In(p.Lang)
}

func childMoves(c problem.Child) []process.Move {
	of := childProcess(c)
	return of.From(c.Stage)
}

func childCause(p web.Page, c problem.Child) string {
	switch c.Cause {
	case "letter":
		return p.T("又来了一封像是同一件事的信访件", "a new letter seems to be about the same")
	case "public":
		return p.T("公众提出", "from the public")
	}
	return p.T("内部提出", "from an office")
}

// money writes fen in yuan.
func money(fen int64) string {
	whole := strconv.FormatInt(fen/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return "¥" + whole + "." + strconv.FormatInt(100+fen%100, 10)[1:]
}

// question finds the objection or proposal that an address names, and what is decided of it.
func question(r *http.Request, w problem.Whole) (c problem.Child, m process.Move, err error) {
	i := slices.IndexFunc(w.Children, func(c problem.Child) bool { return c.ID == r.PathValue("id") })
	if i < 0 {
		return c, m, fault.New(fault.NotFound, "这个问题没有这件异议或建议。", "This problem has no such objection or proposal.")
	}
	c = w.Children[i]
	of := childProcess(c)
	m, ok := of.Move(r.PathValue("move"))
	if !ok {
		err = fault.New(fault.NotFound, "没有“%[1]s”这一步。", "There is no step %[1]q.", lang.Short(r.PathValue("move")))
	}
	return c, m, err
}

func (p *Pages) questionForm(r *http.Request, w problem.Whole, c problem.Child, m process.Move) builder {
	return func(form photos.Form, refused web.Refusal) (formView, []string, error) {
		v := p.formOf(r, w, m.Name, form, refused)
		v.submit, v.seen = childName(v.Page, c)+m.Name.In(v.Lang), strconv.Itoa(c.Version)
		v.Title = v.submit
		f := &moveForm{Pages: p, v: &v, w: w, move: m}
		for _, n := range m.Needs {
			f.need(n)
		}
		switch m.Key {
		case "uphold":
			v.lead = v.T("异议成立，问题退回整改，之后重新核查。", "The objection holds: the problem goes back, and is checked anew.")
			f.day(v.T("整改到哪天为止", "By which day it is put right"))
		case "take":
			v.lead = v.T("问题从头再办一次；公开的数字从今天起不再算它已销号。", "The problem begins again; from today on no published figure counts it as closed.")
		}
		return v, f.shown, nil
	}
}

// QuestionPage asks how an objection or a proposal is decided.
func (p *Pages) QuestionPage(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, false)
}

// Decide decides it.
func (p *Pages) Decide(w http.ResponseWriter, r *http.Request) error { return p.decide(w, r, true) }

func (p *Pages) decide(w http.ResponseWriter, r *http.Request, do bool) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	whole, err := p.Problems.Get(r.Context(), who, r.PathValue("code"))
	if err != nil {
		return err
	}
	c, m, err := question(r, whole)
	if err != nil {
		return err
	}
	build := p.questionForm(r, whole, c, m)
	if !do {
		v, _, err := build(photos.Form{}, web.Refusal{})
		if err != nil {
			return err
		}
		return v.Write(w, r, formPage(v))
	}
	form, err := p.read(w, r, who)
	if err != nil {
		return err
	}
	seen, _ := strconv.Atoi(form.Values.Get("seen"))
	day, wrong := dayOf(form.Values)
	if wrong == nil {
		_, wrong = p.Problems.Decide(r.Context(), who, problem.Decision{Child: c.ID, Seen: seen, Move: m.Key, Why: form.Values.Get("why"), Day: problem.Move{Day: day}})
	}
	if wrong != nil {
		return p.comeBack(w, r, form, wrong, build)
	}
	http.Redirect(w, r, problem.At(whole.Code)+"#questions", see)
	return nil
}
