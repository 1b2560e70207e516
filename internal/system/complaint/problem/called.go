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
func Called(book *casework.Book) func(tx *db.Tx, process, code string) (title lang.Text, href string, err error) {
	return func(tx *db.Tx, process, code string) (lang.Text, string, error) {
		return called(tx, book, process, code)
	}
}

func called(tx *db.Tx, book *casework.Book, process, code string) (title lang.Text, href string, err error) {
	plain := func(text string) lang.Text { return lang.Text{ZH: text, EN: text} }
	switch process {
	case complaint.Problem.Key:
		p, err := ByCode(tx, code)
		return plain(p.Title), At(p.Code), err
	case complaint.Measure.Key:
		c, err := book.ByCode(tx, process, code)
		if err != nil {
			return title, "", err
		}
		m, err := MeasureByID(tx, c.ID)
		of, _, _ := strings.Cut(code, "/")
		return plain(m.What), At(of) + "#measures", err
	case complaint.LetterWay.Key:
		c, err := book.ByCode(tx, process, code)
		if err != nil {
			return title, "", err
		}
		l, err := letter.Read(tx, c.ID)
		href = "/complaints/letters/" + c.ID
		if l.Stage == "handed" {
			href += "/report"
		}
		return plain(l.Digest), href, err
	}
	return calledQuestion(tx, book, process, code)
}

// calledQuestion is that of an objection or a proposal: the problem that it is about.
func calledQuestion(tx *db.Tx, book *casework.Book, process, code string) (title lang.Text, href string, err error) {
	c, err := book.ByCode(tx, process, code)
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
