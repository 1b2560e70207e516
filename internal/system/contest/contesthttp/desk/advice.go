package desk

import (
	"net/http"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/advice"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
)

// adviceView is what the desk may want to know before a result is announced.
type adviceView struct {
	page.Contest
	advice advice.Advice
	lines  []lang.Text
}

var adviceTitle = lang.Text{ZH: "公布以前的参考意见", EN: "Advice before announcing"}

// Advice is the result so far, looked at from other sides.
func (p *Pages) Advice(w http.ResponseWriter, r *http.Request) error {
	c, who, in, err := p.Enter(w, r, adviceTitle, "desk")
	if err != nil || !in {
		return err
	}
	v := adviceView{Contest: c}
	if v.advice, err = p.Halls.Advice(r.Context(), who, c.Event.Code); err != nil {
		return err
	}
	winners := v.advice
	winners.Judges = nil // they have a table
	for i := range winners.Winners {
		for j := range winners.Winners[i].Variations {
			one := &winners.Winners[i].Variations[j]
			one.Judge = strings.TrimPrefix(one.Judge, "j")
		}
	}
	v.lines = winners.Lines(c.Event.Rule.About.Names)
	return v.Write(w, r, advicePage(v))
}

// seat is what a judge is called.
func (v adviceView) seat(key string) string { return board.Seat(v.Lang, key) }

// number is an exact number as it is read, to four places; an em dash: there are too few sheets.
func number(n *advice.Number) string {
	if n == nil {
		return "—"
	}
	text := n.Decimal(adviceDecimals)
	if n.Sign() > 0 {
		return "+" + text
	}
	return text
}

const adviceDecimals = 3

// under tells whether a line belongs to the one above it, and what it says.
func under(line string) (string, bool) {
	text := strings.TrimLeft(line, " ")
	return text, text != line
}
