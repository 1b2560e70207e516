// Package georeport serves Open311 GeoReport v2: what was published, to programs.
//
// What is answered comes from the board (package board): published letters alone, redacted, with places as the map has
// them. A letter is closed from 销号 on; one that is closed for a stage is open, and its status_notes say what comes next
// and who owes it. What is reported by POST is taken as any report of the public, where the inspection lets programs:
// it has no id before it is published, so that the answer has a token by which the id is asked for later, and in
// service_notice the code and the secret. Names, telephones and addresses of whoever reports are not kept.
//
// The answer to what is wrong is the standard's list of errors.
package georeport

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/board"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/open311"
	"github.com/xiadu/xiadu/internal/web"
)

// Path begins the addresses.
const Path = "/open311/v2"

// Pages answers programs.
type Pages struct{ *page.Pages }

// New returns it.
func New(p *page.Pages) *Pages { return &Pages{p} }

// Routes lists the addresses.
func Routes(mux *web.Mux, p *Pages) {
	for _, end := range []string{"", ".json", ".xml"} {
		mux.Open("GET /open311/discovery"+end, p.answer(p.discovery))
		mux.Open("GET "+Path+"/services"+end, p.answer(p.services))
		mux.Open("GET "+Path+"/requests"+end, p.answer(p.requests))
		mux.Open("POST "+Path+"/requests"+end, p.answer(p.post))
	}
	mux.Open("GET "+Path+"/services/{of}", p.answer(p.service))
	mux.Open("GET "+Path+"/requests/{of}", p.answer(p.request))
	mux.Open("GET "+Path+"/tokens/{of}", p.answer(p.token))
}

// asked is one request of a program.
type asked struct {
	*http.Request
	lang   lang.Lang
	format open311.Format
	of     string // what its address names
	header http.Header
	status int
}

// doc is an answer, which is written whole or not at all.
type doc func(*bytes.Buffer, open311.Format) error

func list(d open311.Document) doc {
	return func(b *bytes.Buffer, f open311.Format) error { return open311.Write(b, f, d) }
}

func whole(d any) doc {
	return func(b *bytes.Buffer, f open311.Format) error { return open311.WriteWhole(b, f, d) }
}

// answer reads in which form it is asked for, and tells an error in the standard's form.
func (p *Pages) answer(h func(*asked) (doc, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := &asked{Request: r, lang: p.Site.Page(r, lang.Text{}).Lang, of: r.PathValue("of"), header: w.Header(), status: http.StatusOK}
		end := r.URL.Path
		if a.of != "" {
			end = a.of
		}
		switch {
		case strings.HasSuffix(end, ".json"):
			a.of = strings.TrimSuffix(a.of, ".json")
		case strings.HasSuffix(end, ".xml"):
			a.of, a.format = strings.TrimSuffix(a.of, ".xml"), open311.XML
		case strings.Contains(r.Header.Get("Accept"), "xml"):
			a.format = open311.XML
		}
		d, err := h(a)
		if err != nil {
			if open311.StatusOf(err) >= http.StatusInternalServerError { // it is no fault of who asks
				p.Site.Log.ErrorContext(r.Context(), "open311", "route", r.Pattern, "err", err)
			}
			a.status, d = open311.StatusOf(err), list(open311.FailuresOf(a.lang, err))
		}
		var b bytes.Buffer
		if err := d(&b, a.format); err != nil {
			return err
		}
		head := w.Header()
		head.Set("Content-Type", a.format.Type())
		head.Set("Cache-Control", "no-cache")
		if r.Method == http.MethodPost {
			head.Set("Cache-Control", "no-store")
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(b.Bytes()) // whoever left is not waited for
		return nil
	}
}

func (p *Pages) discovery(a *asked) (doc, error) {
	return whole(open311.NewDiscovery(
		web.Address(a.Request, Path), a.lang.T("协调联络组，见 ", "the coordination group, see ")+web.Address(a.Request, "/complaints"),
		a.lang.T("程序口令由授权管理员发放（角色“反映接入程序”）", "tokens of programs are given by the grants administrator (role “Program that reports”)"), p.Site.Demo,
	)), nil
}

func (p *Pages) services(a *asked) (doc, error) {
	var all open311.Services
	for k := range complaint.Kinds() {
		all = append(all, serviceOf(a.lang, k))
	}
	return list(all), nil
}

func serviceOf(l lang.Lang, k complaint.Kind) open311.Service {
	name := k.Name()
	return open311.Service{
		Code: k.Key(), Name: name.In(l), Description: l.F("%s方面的生态环境问题", "environmental complaints about %s", name.In(l)),
		Keywords: []string{name.ZH, name.EN}, Group: l.T("生态环境", "environment"),
	}
}

// kindOf is the kind that a service code names.
func kindOf(code string) (complaint.Kind, error) {
	for k := range complaint.Kinds() {
		if k.Key() == code {
			return k, nil
		}
	}
	return 0, fault.At("service_code", fault.New(fault.NotFound, "没有 service_code“%[1]s”，见 services", "there is no service_code %[1]q, see services", lang.Short(code)))
}

func (p *Pages) service(a *asked) (doc, error) {
	k, err := kindOf(a.of)
	if err != nil {
		return nil, err
	}
	return whole(open311.Definition{Service: k.Key()}), nil
}

// requests answers a query: the last received first, a part at a time, and where the next part is.
func (p *Pages) requests(a *asked) (doc, error) {
	values := a.URL.Query()
	q, err := open311.ParseQuery(values, p.Now())
	if err != nil {
		return nil, err
	}
	part, err := open311.ParsePart(values)
	if err != nil {
		return nil, err
	}
	for _, code := range q.Codes {
		if _, err := kindOf(code); err != nil {
			return nil, err
		}
	}
	b, err := p.Board.Now(a.Context())
	if err != nil {
		return nil, err
	}
	found, next, err := part.Of(matching(a, b, q))
	if err != nil {
		return nil, err
	}
	if next != "" {
		values.Set("after", next)
		a.header.Set("Link", "<"+a.URL.Path+"?"+values.Encode()+`>; rel="next"`)
	}
	return list(open311.Requests(found)), nil
}

// matching are the requests that a query asks for. A letter of several kinds is found by each of them.
func matching(a *asked, b *board.Board, q open311.Query) (all []open311.Request) {
	if len(q.IDs) > 0 {
		for _, id := range q.IDs {
			if l, ok := b.Find(id); ok {
				all = append(all, requestOf(a, l))
			}
		}
		return all
	}
	for _, l := range b.Letters {
		r := requestOf(a, l)
		for _, k := range l.Row.Kinds {
			if slices.Contains(q.Codes, k.Key()) {
				r.ServiceCode, r.ServiceName = k.Key(), k.Name().In(a.lang)
				break
			}
		}
		if q.Matches(r) {
			all = append(all, r)
		}
	}
	return all
}

// requestOf is a published letter as the standard has it.
func requestOf(a *asked, l *board.Letter) open311.Request {
	r := open311.Request{
		ID: l.ID, Status: open311.StatusFor(l.State == board.Closed), StatusNotes: notes(a.lang, l), Description: l.Row.Text, Agency: l.Lead,
		Requested: l.Received.In(calendar.China), Updated: l.Updated.In(calendar.China), Address: strings.TrimSpace(l.Row.Region + " " + l.Row.Place), Place: l.At,
	}
	if r.Place != nil {
		r.Notice = a.lang.T("位置挪动过，不是反映的确切地点", "the place is moved, and not exactly that of the complaint")
	}
	k := complaint.OtherKind
	if len(l.Row.Kinds) > 0 {
		k = l.Row.Kinds[0]
	}
	name := k.Name()
	r.ServiceCode, r.ServiceName = k.Key(), name.In(a.lang)
	if l.State == board.Staged {
		if day, err := calendar.ParseDate(l.Next); err == nil {
			r.Expected = day.Start(calendar.China)
		}
	}
	return r
}

// notes are where a letter stands as it is called here.
func notes(l lang.Lang, of *board.Letter) string {
	stage, _ := complaint.Problem.Stage(of.Stage)
	if of.State == board.Staged {
		return l.F("阶段性办结：下一步 %[1]s，由%[2]s负责", "closed for this stage: the next step on %[1]s, by %[2]s", of.Next, of.Owes)
	}
	return stage.Name.In(l)
}

func (p *Pages) request(a *asked) (doc, error) {
	b, err := p.Board.Now(a.Context())
	if err != nil {
		return nil, err
	}
	l, ok := b.Find(a.of)
	if !ok {
		return nil, fault.New(fault.NotFound, "没有公开过“%[1]s”", "nothing of %[1]q was published", lang.Short(a.of))
	}
	return list(open311.Requests{requestOf(a, l)}), nil
}

// token answers with the id of what was reported, once it is published.
func (p *Pages) token(a *asked) (doc, error) {
	b, err := p.Board.Now(a.Context())
	if err != nil {
		return nil, err
	}
	if l, ok := b.Own(a.of); ok {
		return list(open311.Tokens{{ID: l.ID, Token: a.of}}), nil
	}
	err = p.DB.View(a.Context(), func(tx *db.Tx) error { _, err := letter.Read(tx, a.of); return err })
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.NotFound, "没有这个 token", "there is no such token")
	}
	if err != nil {
		return nil, err
	}
	return list(open311.Tokens{{Token: a.of}}), nil
}
