package entries

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// entryView is one entry: as the office sees it, or its unit.
type entryView struct {
	page.Contest
	entry   entry.Entry
	contact entry.Contact
	org     string // whose it is, by name; empty: of none that is known here
	values  url.Values
	done    string
	office  bool
	at      string // its address
	files   []kit.Photo
	attach  bool // it takes more of them
	field   kit.PhotoInput
}

var entryTitle = lang.Text{ZH: "一件作品", EN: "An entry"}

// one is an entry of a contest with its contact, for its unit or who holds the contest.
func (p *Pages) one(ctx context.Context, who identity.Colleague, code, id string) (entry.Entry, entry.Contact, error) {
	e, c, err := p.Entries.Get(ctx, who, id)
	if err == nil && e.Contest != code {
		err = fault.New(fault.NotFound, "这次评审没有这件作品。", "This contest has no such entry.")
	}
	return e, c, err
}

// Entry answers one entry to the office.
func (p *Pages) Entry(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.seen(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, entryPage(v))
}

func (p *Pages) seen(r *http.Request) (v entryView, who identity.Colleague, err error) {
	v.values, v.office = url.Values{}, true
	if v.Contest, who, err = p.Held(r, entryTitle); err != nil {
		return v, who, err
	}
	v.at = page.At(v.Event.Code, "office", "entries", r.PathValue("id"))
	return v, who, p.fill(r, &v, who)
}

// fill reads the entry that the address names.
func (p *Pages) fill(r *http.Request, v *entryView, who identity.Colleague) (err error) {
	if v.entry, v.contact, err = p.one(r.Context(), who, v.Event.Code, r.PathValue("id")); err != nil {
		return err
	}
	v.Wide, v.Title, v.done = false, v.entry.Title, v.doneWords(r.URL.Query().Get("done"))
	if err := p.files(r, v, photos.Form{}); err != nil {
		return err
	}
	if v.entry.Organisation == "" {
		return nil
	}
	names, err := p.Names(r, v.entry.Organisation)
	v.org = names[v.entry.Organisation]
	return err
}

func (v entryView) doneWords(key string) string {
	switch key {
	case "typed":
		return v.T("录进来了", "It is typed in")
	case "sent":
		return v.T("申报收到了", "Your entry has come")
	case "mended":
		return v.T("改好了，重新等初审", "It is mended, and waits for review again")
	case "reviewed":
		return v.T("决定记下了", "The decision is kept")
	case "withdrawn":
		return v.T("已经撤回", "It is withdrawn")
	case "attached":
		return v.T("文件收到了", "The files have come")
	}
	return ""
}

// act does something to the entry, and leads back to it; what is refused comes back with the reason.
func (v entryView) act(w http.ResponseWriter, r *http.Request, done string, err error) error {
	if err == nil {
		http.Redirect(w, r, v.at+"?done="+done, http.StatusSeeOther)
		return nil
	}
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return entryPage(v) })
}

// Review decides on an entry.
func (p *Pages) Review(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.seen(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	_, err = p.Entries.Review(r.Context(), who, entry.Review{Entry: v.entry.ID, Seen: page.Seen(f), To: entry.State(f.Get("to")), Why: f.Get("why")})
	return v.act(w, r, "reviewed", err)
}

// Withdraw takes an entry back for its unit.
func (p *Pages) Withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.seen(r)
	if err != nil {
		return err
	}
	return p.withdraw(w, r, v, who)
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request, v entryView, who identity.Colleague) error {
	_, err := p.Entries.Withdraw(r.Context(), who, v.entry.ID, page.Seen(r.PostForm), r.PostForm.Get("reason"))
	return v.act(w, r, "withdrawn", fault.Renamed(err, "why", "reason"))
}

// decisions are what may become of an entry now.
func (v entryView) decisions() (all []web.Choice) {
	may := map[entry.State][]entry.State{
		entry.Submitted: {entry.Accepted, entry.Returned, entry.Refused}, entry.Returned: {entry.Accepted, entry.Refused},
		entry.Accepted: {entry.Returned, entry.Refused}, entry.Refused: {entry.Accepted},
	}
	name := map[entry.State]lang.Text{
		entry.Accepted: {ZH: "通过初审", EN: "accept it"}, entry.Returned: {ZH: "退回补正", EN: "return it"}, entry.Refused: {ZH: "不通过", EN: "refuse it"},
	}
	for _, s := range may[v.entry.State] {
		all = append(all, web.Choice{Name: "to", Value: string(s), Label: name[s].In(v.Lang), On: v.values.Get("to") == string(s)})
	}
	return all
}

func (v entryView) mayReview() bool { return taking(v.Contest) && len(v.decisions()) > 0 }

func (v entryView) mayMend() bool {
	return taking(v.Contest) && (v.entry.State == entry.Submitted || v.entry.State == entry.Returned)
}

func (v entryView) mayWithdraw() bool {
	switch v.entry.State {
	case entry.Submitted, entry.Returned, entry.Accepted:
		return taking(v.Contest)
	case entry.OnShortlist:
		return v.entry.Status == mark.Ran && (v.Event.State == contest.Reviewed || v.Event.State == contest.Drawn)
	case entry.Refused, entry.Withdrawn:
	}
	return false
}
