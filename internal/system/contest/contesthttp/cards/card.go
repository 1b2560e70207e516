package cards

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// cardView is a card for who reads it.
type cardView struct {
	page.Contest
	card      card.Card
	says      card.Version // what is shown of it
	versions  []card.Version
	live      []string // beside its figures
	adoptions []card.Adoption
	names     map[string]string
	next      string // more adoptions
	continued bool
	months    []card.Month
	total     card.Tally
	may       bool // its unit, or who holds its contest
	office    bool
	own       bool // the reader's unit is the case's
	done      string
}

var cardTitle = lang.Text{ZH: "案例卡", EN: "Case card"}

// adoptionsShown is how many adoptions a page of a card has.
const adoptionsShown = 50

var dones = map[string]lang.Text{
	"saved":     {ZH: "存好了，还没有公开。", EN: "Saved; it is not public yet."},
	"offered":   {ZH: "已请组织方公开。", EN: "The organiser is asked to show it."},
	"shown":     {ZH: "已经公开。", EN: "It is public now."},
	"returned":  {ZH: "已退回修改。", EN: "It was returned."},
	"withdrawn": {ZH: "已经撤下。", EN: "It was withdrawn."},
	"recorded":  {ZH: "记下了。请传佐证材料：没有佐证只能算自报。", EN: "Recorded. Attach evidence now: without it the adoption is merely said."},
	"attached":  {ZH: "佐证加上了。", EN: "The evidence was added."},
	"decided":   {ZH: "已经记下。", EN: "It is recorded."},
}

// Card answers a card: to everybody what is public, to its unit and who holds its contest its newest version too.
func (p *Pages) Card(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.card(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, cardPage(v))
}

func (p *Pages) card(r *http.Request) (v cardView, who identity.Colleague, err error) {
	if v.Contest, err = p.Public(r, cardTitle); err != nil {
		return v, who, err
	}
	v.done = dones[r.URL.Query().Get("done")].In(v.Lang)
	if err := p.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		v.card, err = card.Read(tx, card.ID(v.Event.Code, r.PathValue("number")))
		return err
	}); err != nil {
		return v, who, err
	}
	if v.SignedIn {
		if who, err = p.Who(r); err != nil {
			return v, who, err
		}
		if v.may, v.office, err = p.Cards.Stands(r.Context(), who, v.card); err != nil {
			return v, who, err
		}
		for _, id := range acts(who) {
			v.own = v.own || id == v.card.Organisation
		}
	}
	if v.card.Shown == 0 && !v.may {
		if v.card.State == card.Withdrawn {
			return v, who, fault.New(fault.NotFound, "这张案例卡已经撤下。理由：%s", "This case card was withdrawn. Reason: %s", v.card.Why)
		}
		return v, who, fault.New(fault.NotFound, "这张案例卡还没有公开。", "This case card is not public yet.")
	}
	v.Private = v.Private || v.may
	return v, who, p.fill(r, &v)
}

// fill reads what a card's page shows.
func (p *Pages) fill(r *http.Request, v *cardView) error {
	n := v.card.Shown
	if n == 0 {
		n, v.Unlisted = v.card.Newest, true
	}
	after := card.Adoption{ID: r.URL.Query().Get("behind")}
	after.MadeAt, _ = time.Parse(time.RFC3339Nano, r.URL.Query().Get("at"))
	v.continued = after.ID != ""
	err := p.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		if v.says, err = v.card.At(tx, n); err != nil {
			return err
		}
		if v.may {
			if v.versions, err = card.Versions(tx, v.card.ID); err != nil {
				return err
			}
		}
		if v.adoptions, err = card.Adoptions(tx, v.card.ID, after, adoptionsShown+1); err != nil {
			return err
		}
		v.months, v.total, err = months(tx, v.card.ID, p.Now())
		return err
	})
	if err != nil {
		return err
	}
	v.Title = v.says.Title
	if len(v.adoptions) > adoptionsShown {
		v.adoptions = v.adoptions[:adoptionsShown]
		last := v.adoptions[adoptionsShown-1]
		v.next = at(&v.card) + "?" + url.Values{"at": {last.MadeAt.Format(time.RFC3339Nano)}, "behind": {last.ID}}.Encode() + "#adoptions"
	}
	var ids []string
	for i := range v.adoptions {
		ids = append(ids, v.adoptions[i].Organisation)
	}
	if v.names, err = p.Names(r, ids...); err != nil {
		return err
	}
	for _, f := range v.says.Figures {
		v.live = append(v.live, p.live(r.Context(), v.Lang, f.At))
	}
	return nil
}

// File is the public version of a card, whose hash the log has.
func (p *Pages) File(w http.ResponseWriter, r *http.Request) error {
	var text []byte
	err := p.DB.View(r.Context(), func(tx *db.Tx) error {
		c, err := card.Read(tx, card.ID(r.PathValue("code"), r.PathValue("number")))
		if err == nil {
			text, err = c.Text(tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(text) // a reader who left does not mind
	return nil
}

// Step is a step of a card: it is offered, shown, returned or withdrawn.
func (p *Pages) Step(w http.ResponseWriter, r *http.Request) error {
	if !p.signedIn(w, r) {
		return nil
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.card(r)
	if err != nil {
		return err
	}
	seen, why := page.Seen(r.PostForm), r.PostForm.Get("why")
	done := r.PostForm.Get("do")
	switch done {
	case "offered":
		_, err = p.Cards.Offer(r.Context(), who, v.card.ID, seen)
	case "shown":
		_, err = p.Cards.Show(r.Context(), who, v.card.ID, seen)
	case "returned":
		_, err = p.Cards.Return(r.Context(), who, v.card.ID, seen, why)
	case "withdrawn":
		_, err = p.Cards.Withdraw(r.Context(), who, v.card.ID, seen, why)
	default:
		err = fault.New(fault.Invalid, "没有这一步", "there is no such step")
	}
	if err == nil {
		http.Redirect(w, r, at(&v.card)+"?done="+done, http.StatusSeeOther)
		return nil
	}
	return v.Again(w, r, err, func() templ.Component { return cardPage(v) })
}

// where is a division as it is read.
func where(l lang.Lang, code string) string {
	d, err := gb.Parse(code)
	if err != nil {
		return code
	}
	return d.FullName().In(l)
}

// month is 2026-09 as it is read.
func month(l lang.Lang, text string) string {
	t, err := time.Parse("2006-01", text)
	if err != nil {
		return text
	}
	return l.T(t.Format("2006年1月"), t.Format("January 2006"))
}

// asOfNow tells whether an address is that of a figure with a receipt.
func asOfNow(address string) bool { return strings.HasPrefix(address, receiptsAt) }
