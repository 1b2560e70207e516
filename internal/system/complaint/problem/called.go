package problem

import (
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// At is the address of a problem's page.
func At(code string) string { return "/complaints/problems/" + code }

// called is a row of a case as a list names it: a problem, a measure or a letter.
type called struct {
	ID    string `db:"id"`
	Title string `db:"title"`
	Code  string `db:"code"`
	Stage string `db:"stage"`
}

var (
	problemsCalled = db.Declare[[]string, called](`SELECT id, title, code, '' AS stage FROM complaint_problem WHERE id IN :ids`)
	measuresCalled = db.Declare[[]string, called](`SELECT id, what AS title, '' AS code, '' AS stage FROM complaint_measure WHERE id IN :ids`)
	lettersCalled  = db.Declare[[]string, called](`SELECT id, digest AS title, '' AS code, stage FROM complaint_letter WHERE id IN :ids`)
)

// Called is what cases of the system are called beside their codes, and where they are shown, for who owes something on
// them. It has no text of a letter.
func Called(book *casework.Book) func(tx *db.Tx, all []casework.Ref) (map[string]casework.Called, error) {
	return func(tx *db.Tx, all []casework.Ref) (map[string]casework.Called, error) {
		names := naming{tx, map[string]casework.Called{}}
		codes, of := map[string]string{}, map[string][]string{}
		var questions []string
		for _, r := range all {
			codes[r.Case] = r.Code
			switch r.Process {
			case complaint.Problem.Key, complaint.Measure.Key, complaint.LetterWay.Key:
				of[r.Process] = append(of[r.Process], r.Case)
			default:
				questions = append(questions, r.Case)
			}
		}
		err := names.each(problemsCalled, of[complaint.Problem.Key], func(c called) string { return At(c.Code) })
		if err == nil {
			err = names.each(measuresCalled, of[complaint.Measure.Key], func(c called) string {
				problem, _, _ := strings.Cut(codes[c.ID], "/")
				return At(problem) + "#measures"
			})
		}
		if err == nil {
			err = names.each(lettersCalled, of[complaint.LetterWay.Key], func(c called) string {
				if c.Stage == "handed" {
					return "/complaints/letters/" + c.ID + "/report"
				}
				return "/complaints/letters/" + c.ID
			})
		}
		if err == nil && len(questions) > 0 {
			err = names.questions(book, questions)
		}
		return names.all, err
	}
}

type naming struct {
	tx  *db.Tx
	all map[string]casework.Called
}

func (n naming) each(ask db.Query[[]string, called], ids []string, at func(called) string) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := ask.Slice(n.tx, ids)
	for _, c := range rows {
		n.all[c.ID] = casework.Called{Title: lang.Text{ZH: c.Title, EN: c.Title}, Href: at(c)}
	}
	return err
}

// questions names objections and proposals by the problem that they are about.
func (n naming) questions(book *casework.Book, ids []string) error {
	cases, err := book.Lists.Cases(n.tx, ids)
	if err != nil {
		return err
	}
	parents := make([]string, len(cases))
	for i, c := range cases {
		parents[i] = c.Parent
	}
	rows, err := problemsCalled.Slice(n.tx, parents)
	if err != nil {
		return err
	}
	about := map[string]called{}
	for _, p := range rows {
		about[p.ID] = p
	}
	for _, c := range cases {
		p, name := about[c.Parent], complaint.Objection.Name
		if c.Process == complaint.Proposal.Key {
			name = complaint.Proposal.Name
		}
		n.all[c.ID] = casework.Called{
			As: p.Code, Title: lang.Text{ZH: name.ZH + "：" + p.Title, EN: name.EN + ": " + p.Title}, Href: At(p.Code) + "#questions",
		}
	}
	return nil
}
