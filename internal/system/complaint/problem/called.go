package problem

import (
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// At is the address of a problem's page.
func At(code string) string { return "/complaints/problems/" + code }

// Called is what a case of the system is called beside its code, and where it is shown, for who owes something on
// it. It has no text of a letter.
func Called(book *casework.Book) func(tx *db.Tx, process, id, code string) (title lang.Text, href string, err error) {
	return func(tx *db.Tx, process, id, code string) (lang.Text, string, error) {
		return called(tx, book, process, id, code)
	}
}

func called(tx *db.Tx, book *casework.Book, process, id, code string) (title lang.Text, href string, err error) {
	plain := func(text string) lang.Text { return lang.Text{ZH: text, EN: text} }
	switch process {
	case complaint.Problem.Key:
		p, err := Read(tx, id)
		return plain(p.Title), At(p.Code), err
	case complaint.Measure.Key:
		m, err := MeasureByID(tx, id)
		of, _, _ := strings.Cut(code, "/")
		return plain(m.What), At(of) + "#measures", err
	case complaint.LetterWay.Key:
		l, err := letter.Read(tx, id)
		href = "/complaints/letters/" + id
		if l.Stage == "handed" {
			href += "/report"
		}
		return plain(l.Digest), href, err
	}
	return calledQuestion(tx, book, process, id)
}

// calledQuestion is that of an objection or a proposal: the problem that it is about.
func calledQuestion(tx *db.Tx, book *casework.Book, process, id string) (title lang.Text, href string, err error) {
	c, err := book.Case(tx, id)
	if err != nil {
		return title, "", err
	}
	p, err := Read(tx, c.Parent)
	if err != nil {
		return title, "", err
	}
	name := complaint.Objection.Name
	if process == complaint.Proposal.Key {
		name = complaint.Proposal.Name
	}
	return lang.Text{ZH: name.ZH + "：" + p.Title, EN: name.EN + ": " + p.Title}, At(p.Code) + "#questions", nil
}
