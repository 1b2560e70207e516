// Package problems is the pages of what is behind the letters: the list for offices, and the page of one problem
// for offices and for the unit that answers for it, which sees digests and no letter.
//
//	GET  /complaints/problems                   the list; .csv and .xlsx stream it
//	GET  /complaints/problems/{code}            how far it is, what is owed, what this reader can do
//	GET  /complaints/problems/{code}/do/{move}  a step: its form is made of what the process needs
//	GET  /complaints/problems/{code}/add/{what} a measure, a sanction, a word, papers, a proposal
//	GET  /complaints/problems/{code}/paper/{of} to be printed and signed
//	GET  /complaints/letters/{id}/report        what the unit says of a letter
//
// Each step is a page of its own, so that it is one question on a phone. A form that is refused comes back
// with all that was typed, the files too; a step that takes something back says first what it will do and asks once more.
package problems

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of problems.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const listAt = "/complaints/problems"

// see is how a form that was done leads to what came of it.
const see = http.StatusSeeOther

// sheetRows bounds what is read at a time for a file.
const sheetRows = 200

// shape keeps a page for its reader alone.
func shape(p web.Page) web.Page {
	p.Private, p.Unlisted = true, true
	return p
}
