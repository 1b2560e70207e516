// Package bulletins is where the office prepares what the public is told: which letters, what is covered in them, and
// that it goes out.
//
// A draft is read one letter at a time: what came with its marks, and under each text what goes out. Why somebody reads
// letters as they came is asked once for a bulletin, and kept. All of it is plain forms, in the order of the text, so that the
// keyboard leads from one likely span to the next; the next one has the focus.
package bulletins

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of bulletins.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const home = "/complaints/bulletins"

var title = lang.Text{ZH: "公开批次", EN: "Bulletins"}

// listView is the bulletins of an inspection, and what another could have.
type listView struct {
	web.Page
	campaign campaign.Campaign
	all      []bulletin.Bulletin
	proposal bulletin.Proposal
	form     web.Refusal
	done     string
}

// at is the address of a bulletin's draft, with what is behind it.
func at(ref bulletin.Ref, more string) string {
	return home + "/" + url.PathEscape(ref.Campaign) + "/" + strconv.Itoa(ref.Number) + more
}

func (p *Pages) list(r *http.Request) (v listView, who identity.Colleague, err error) {
	v.Page = p.Site.Page(r, title)
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	if v.campaign, _, err = p.Campaign(r); err != nil {
		return v, who, err
	}
	if v.all, err = p.Bulletins.List(r.Context(), who, v.campaign.Code, complaint.Coordinate); err != nil {
		return v, who, err
	}
	v.proposal, err = p.Bulletins.Propose(r.Context(), who, v.campaign.Code)
	return v, who, err
}

// List shows the bulletins of an inspection, and the form that prepares another.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.list(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("done") == "withdrawn" {
		v.done = v.T("文字已撤回，公开的文件已换掉", "The text was taken back, and the public file is another")
	}
	return v.Write(w, r, listPage(v))
}

// renamed puts each fault at the field that this form has for it: two forms of the page have a field of the same name.
func renamed(err error, names map[string]string) error {
	faults, all := fault.Fields(err)
	if !all {
		return err
	}
	var out []error
	for field, e := range faults {
		there := *e
		there.Field = cmp.Or(names[field], field)
		out = append(out, &there)
	}
	return errors.Join(out...)
}

// again shows a list whose form was refused.
func (v listView) again(w http.ResponseWriter, r *http.Request, err error) error {
	if v.form, err = v.Refused(r.PostForm, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), listPage(v))
}

// Prepare makes a draft and leads to its first letter.
func (p *Pages) Prepare(w http.ResponseWriter, r *http.Request) error {
	v, who, err := p.list(r)
	if err != nil {
		return err
	}
	n := bulletin.New{Campaign: v.campaign.Code, Title: r.PostFormValue("title"), Why: r.PostFormValue("why"), Earlier: r.PostForm["letter"]}
	n.Number, _ = strconv.Atoi(r.PostFormValue("number"))
	for _, text := range r.PostForm["batch"] {
		if batch, err := strconv.Atoi(text); err == nil {
			n.Batches = append(n.Batches, batch)
		}
	}
	b, err := p.Bulletins.Prepare(r.Context(), who, n)
	if err != nil {
		return v.again(w, r, err)
	}
	http.Redirect(w, r, at(b.Ref(), "/edit?place=1"), http.StatusSeeOther)
	return nil
}

// Version makes the draft of another version of a bulletin that is published.
func (p *Pages) Version(w http.ResponseWriter, r *http.Request) error {
	v, who, err := p.list(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PostFormValue("number"))
	if err != nil || n < 1 {
		return v.again(w, r, fault.At("number", fault.New(fault.Invalid, "请选第几号", "choose which bulletin")))
	}
	why := strings.TrimSpace(r.PostFormValue("version_why"))
	if why == "" {
		return v.again(w, r, fault.At("version_why", fault.New(fault.Invalid, "请写明为什么要看原文：会记下来", "say why you want to see the letters as they came: it is kept")))
	}
	b, err := p.Bulletins.Prepare(r.Context(), who, bulletin.New{Campaign: v.campaign.Code, Number: n, Why: why})
	if err != nil {
		return v.again(w, r, fault.At("number", err))
	}
	http.Redirect(w, r, at(b.Ref(), "/edit?place=1"), http.StatusSeeOther)
	return nil
}

// published are the bulletins of which another version can be made: those whose last version is out.
func (v listView) published() (all []web.Option) {
	had := map[int]bool{}
	for _, b := range v.all { // the last version of each first
		if !had[b.Number] && b.State == bulletin.Published {
			number := strconv.Itoa(b.Number)
			all = append(all, web.Option{Value: number, Text: v.F("第 %[1]d 号：%[2]s", "%[1]d: %[2]s", b.Number, b.Title), On: v.form.Value("number", "") == number})
		}
		had[b.Number] = true
	}
	return all
}

// Withdraw takes the texts of a letter back.
func (p *Pages) Withdraw(w http.ResponseWriter, r *http.Request) error {
	v, who, err := p.list(r)
	if err != nil {
		return err
	}
	batch, _ := strconv.Atoi(r.PostFormValue("in_batch"))
	_, err = p.Bulletins.Withdraw(r.Context(), who, bulletin.Withdrawal{Campaign: v.campaign.Code, Code: r.PostFormValue("code"), Batch: batch, Why: r.PostFormValue("withdraw_why")})
	if err != nil {
		return v.again(w, r, renamed(err, map[string]string{"why": "withdraw_why", "batch": "in_batch"}))
	}
	http.Redirect(w, r, home+"?done=withdrawn&campaign="+url.QueryEscape(v.campaign.Code), http.StatusSeeOther)
	return nil
}

// editView is a draft with the letter that is being looked at.
type editView struct {
	web.Page
	bulletin.Desk
	ref    bulletin.Ref
	row    bulletin.Row
	looked int
	waits  []bulletin.Waiting
	ask    bool // why they look
	form   web.Refusal
}

// draft is the bulletin of an address that is not published.
func (p *Pages) draft(r *http.Request, who identity.Colleague) (ref bulletin.Ref, err error) {
	ref = bulletin.Ref{Campaign: r.PathValue("campaign")}
	if ref.Number, err = strconv.Atoi(r.PathValue("n")); err != nil {
		return ref, fault.New(fault.NotFound, "公开批次的序号要是一个数。", "The number of a bulletin is a number.")
	}
	all, err := p.Bulletins.List(r.Context(), who, ref.Campaign, complaint.Coordinate)
	if err != nil {
		return ref, err
	}
	for _, b := range all {
		if b.Number == ref.Number && b.State == bulletin.Draft {
			ref.Version = b.Version
		}
	}
	if ref.Version == 0 {
		return ref, fault.New(fault.NotFound, "第 %[1]d 号没有草稿：已经发布的要另出一版。", "There is no draft of bulletin %[1]d: of one that is published another version is made.", ref.Number)
	}
	return ref, nil
}

func (p *Pages) edit(r *http.Request, place int) (v editView, who identity.Colleague, err error) {
	v.Page = p.Site.Page(r, title)
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	if v.ref, err = p.draft(r, who); err != nil {
		return v, who, err
	}
	v.Desk, err = p.Bulletins.Desk(r.Context(), who, v.ref)
	if fault.KindOf(err) == fault.Conflict {
		v.ask = true
		return v, who, nil
	}
	if err != nil {
		return v, who, err
	}
	for _, line := range v.Rows {
		if line.Looked {
			v.looked++
		} else if place == 0 {
			place = line.Place
		}
	}
	v.row, err = p.Bulletins.Row(r.Context(), who, v.ref, max(place, 1))
	return v, who, err
}

// Edit shows a letter of a draft: what came, and what goes out.
func (p *Pages) Edit(w http.ResponseWriter, r *http.Request) error {
	place, _ := strconv.Atoi(r.URL.Query().Get("place"))
	v, who, err := p.edit(r, place)
	if err == nil && !v.ask {
		v.waits, err = p.Bulletins.Waits(r.Context(), who, v.ref)
	}
	if err != nil {
		return err
	}
	return v.Write(w, r, editPage(v))
}

// Change keeps what somebody decides of a letter.
func (p *Pages) Change(w http.ResponseWriter, r *http.Request) error {
	number := func(name string) int {
		n, _ := strconv.Atoi(r.PostFormValue(name))
		return n
	}
	place, seen := number("place"), number("seen")
	v, who, err := p.edit(r, place)
	if err != nil {
		return err
	}
	ctx, next := r.Context(), place
	switch do := r.PostFormValue("do"); do {
	case "let":
		err, next = p.Bulletins.Let(ctx, who, v.ref, r.PostFormValue("why")), 0
	case "look":
		err, next = p.Bulletins.Look(ctx, who, v.ref, place, seen), 0
	case "anew":
		err = p.Bulletins.Anew(ctx, who, v.ref, place, seen)
	case "discard":
		if err = p.Bulletins.Discard(ctx, who, v.ref); err == nil {
			http.Redirect(w, r, home+"?campaign="+url.QueryEscape(v.ref.Campaign), http.StatusSeeOther)
			return nil
		}
	default:
		kind, known := redact.ParseKind(r.PostFormValue("kind"))
		if !known {
			kind = redact.Other
		}
		err = p.Bulletins.Decide(ctx, who, v.ref, bulletin.Decision{
			Place: place, Seen: seen, Field: r.PostFormValue("field"), From: number("from"), To: number("to"), Text: r.PostFormValue("text"), Do: do, Kind: kind, Reason: r.PostFormValue("reason"),
		})
	}
	if err != nil {
		if v.form, err = v.Refused(r.PostForm, err); err != nil {
			return err
		}
		return v.WriteStatus(w, r, v.form.Status(), editPage(v))
	}
	to := "/edit"
	if next > 0 {
		to += "?place=" + strconv.Itoa(next)
	}
	http.Redirect(w, r, at(v.ref, to), http.StatusSeeOther)
	return nil
}

// previewView is a draft as it would go out.
type previewView struct {
	web.Page
	bulletin.Preview
	ref bulletin.Ref
}

// Preview shows what would go out, and what stops it.
func (p *Pages) Preview(w http.ResponseWriter, r *http.Request) error {
	v := previewView{Page: p.Site.Page(r, title)}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	if v.ref, err = p.draft(r, who); err != nil {
		return err
	}
	if v.Preview, err = p.Bulletins.Preview(r.Context(), who, v.ref); err != nil {
		return err
	}
	return v.Write(w, r, previewPage(v))
}

// Publish publishes a draft and leads to what the public sees.
func (p *Pages) Publish(w http.ResponseWriter, r *http.Request) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	ref, err := p.draft(r, who)
	if err != nil {
		return err
	}
	if _, err := p.Bulletins.Publish(r.Context(), who, ref); err != nil {
		return err
	}
	http.Redirect(w, r, at(ref, ""), http.StatusSeeOther)
	return nil
}
