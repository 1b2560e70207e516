package offline

import (
	"encoding/json"
	"errors"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// mineView is what waits for somebody, and their devices.
type mineView struct {
	web.Page
	waits   []waitLine
	more    string // after which act the next page begins; empty: there is none
	devices []inbox.Device
	older   string // before which device the next ones are; empty: there are none
	form    web.Refusal
}

// waitLine is an act in words.
type waitLine struct {
	inbox.Waiting
	kind    string
	why     string
	fields  []field
	wanted  string
	now     string // what stands against it; empty: nothing
	version int64
	can     bool // it can be done as things are
}

type field struct{ name, value string }

var mineTitle = lang.Text{ZH: "离线办的事", EN: "Done without a signal"}

const pageOf = 20

func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.enter(w, r)
	if !ok {
		return err
	}
	v, err := p.view(r, who)
	if err != nil {
		return err
	}
	return v.Write(w, r, minePage(v))
}

func (p pages) view(r *http.Request, who identity.Colleague) (v mineView, err error) {
	v.Page = p.page(r, mineTitle)
	q := r.URL.Query()
	waits, err := p.Inbox.Waits(r.Context(), who.Person, q.Get("after"), pageOf+1)
	if err != nil {
		return v, err
	}
	if len(waits) > pageOf {
		waits = waits[:pageOf]
		v.more = waits[pageOf-1].ID
	}
	for _, a := range waits {
		v.waits = append(v.waits, p.line(r, v.Page, a))
	}
	if v.devices, err = p.Inbox.Devices(r.Context(), who.Person, q.Get("before"), pageOf+1); err != nil {
		return v, err
	}
	if len(v.devices) > pageOf {
		v.devices = v.devices[:pageOf]
		v.older = v.devices[pageOf-1].ID
	}
	return v, nil
}

// line says an act in words.
func (p pages) line(r *http.Request, v web.Page, a inbox.Waiting) waitLine {
	l := waitLine{Waiting: a, kind: a.Kind, can: a.Now == nil}
	if k, ok := p.Inbox.Kinds[a.Kind]; ok {
		l.kind = k.Name.In(v.Lang)
	}
	switch a.Why {
	case inbox.WhyRevoked:
		l.why = v.T("签它的设备后来取消了，所以没有直接办。是您办的，就照办；不是，就不办。", "The device that signed it was revoked later, so that it was not done. Have it done if it was you; if it was not, drop it.")
	case inbox.WhyConflict:
		l.why = v.T("您离线的时候，这里有了变化。", "While you were without a signal, things changed here.")
	case inbox.WhyRefused:
		l.why = v.T("送到的时候没有通过。", "It was refused when it came.")
	}
	var body map[string]any
	if json.Unmarshal(a.Body, &body) == nil {
		for name, value := range body {
			if text, ok := value.(string); ok && text != "" {
				if called := p.Inbox.Kinds[a.Kind].Fields[name].In(v.Lang); called != "" {
					name = called
				}
				l.fields = append(l.fields, field{name, text})
			}
		}
		sort.Slice(l.fields, func(i, j int) bool { return l.fields[i].name < l.fields[j].name })
	}
	if c, ok := errors.AsType[*inbox.Conflict](a.Now); ok {
		l.wanted, l.now, l.version, l.can = c.Wanted.In(v.Lang), c.Now.In(v.Lang), c.Version, c.Version > 0
	} else if a.Now != nil {
		l.now = p.Site.Problem(r.Context(), v.Lang, inbox.Plain(a.Now)).Detail
	}
	return l
}

// decide has what waits done, or drops it.
func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.enter(w, r)
	if !ok {
		return err
	}
	id := r.PostFormValue("act")
	switch r.PostFormValue("do") {
	case "accept":
		var version int64
		if text := r.PostFormValue("version"); text != "" {
			if version, err = strconv.ParseInt(text, 10, 64); err != nil {
				return fault.New(fault.Invalid, "版本 %s 不是数字。", "The version %s is no number.", lang.Short(text))
			}
		}
		err = p.Inbox.Accept(r.Context(), who, who.Person, id, version)
	case "reject":
		err = p.Inbox.Reject(r.Context(), who.Person, id, strings.TrimSpace(lang.Short(r.PostFormValue("note"))))
	default:
		err = fault.New(fault.Invalid, "请选“照办”或“不办”。", "Choose to have it done, or to drop it.")
	}
	if err == nil {
		http.Redirect(w, r, "/me/acts", http.StatusSeeOther)
		return nil
	}
	v, other := p.view(r, who)
	if other != nil {
		return other
	}
	if v.form, other = v.Refused(r.PostForm, err); other != nil {
		return other
	}
	return v.WriteStatus(w, r, v.form.Status(), minePage(v))
}

// endDevice revokes a device of one's own.
func (p pages) endDevice(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.enter(w, r)
	if !ok {
		return err
	}
	if err := p.Inbox.Revoke(r.Context(), who.Person, r.PostFormValue("device")); err != nil {
		return err
	}
	http.Redirect(w, r, "/me/acts", http.StatusSeeOther)
	return nil
}

var takeInTitle = lang.Text{ZH: "收进别处存的文件", EN: "Take in a saved file"}

// takeIn is the page on which a browser takes acts from a file into its own queue.
func (p pages) takeIn(w http.ResponseWriter, r *http.Request) error {
	if _, ok, err := p.enter(w, r); !ok {
		return err
	}
	v := p.page(r, takeInTitle)
	return v.Write(w, r, takeInPage(v))
}
