package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/web"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// act is a step that somebody takes, with the form of it.
type act struct {
	ctx  context.Context
	who  identity.Colleague
	code string
	f    url.Values
}

// ofRun are the steps of one run, of the version of it that was seen.
var ofRun = map[string]func(a act, h *hall.Halls, at hall.At) error{
	"call":      func(a act, h *hall.Halls, at hall.At) error { return h.Call(a.ctx, a.who, at) },
	"start":     func(a act, h *hall.Halls, at hall.At) error { return h.Start(a.ctx, a.who, at) },
	"pause":     func(a act, h *hall.Halls, at hall.At) error { return h.Pause(a.ctx, a.who, at) },
	"stop":      func(a act, h *hall.Halls, at hall.At) error { return h.Stop(a.ctx, a.who, at) },
	"postpone":  func(a act, h *hall.Halls, at hall.At) error { return h.Postpone(a.ctx, a.who, at, a.f.Get("reason")) },
	"close":     func(a act, h *hall.Halls, at hall.At) error { return h.Close(a.ctx, a.who, at) },
	"ask":       func(a act, h *hall.Halls, at hall.At) error { return h.Ask(a.ctx, a.who, at, a.f.Get("reason")) },
	"forfeit":   func(a act, h *hall.Halls, at hall.At) error { return h.Forfeit(a.ctx, a.who, at) },
	"interrupt": func(a act, h *hall.Halls, at hall.At) error { return h.Interrupt(a.ctx, a.who, at) },
	"check":     func(a act, h *hall.Halls, at hall.At) error { return h.Check(a.ctx, a.who, at) },
	"refuse":    func(a act, h *hall.Halls, at hall.At) error { return h.Refuse(a.ctx, a.who, at, a.f.Get("reason")) },
	"missing": func(a act, h *hall.Halls, at hall.At) error {
		return h.Missing(a.ctx, a.who, at, a.f.Get("seat"), a.f.Get("reason"))
	},
	"ask-end": func(a act, h *hall.Halls, at hall.At) error {
		return hall.Requests{Halls: h}.Run(a.ctx, a.who, at, a.f.Get("reason"))
	},
	"missing-end": func(a act, h *hall.Halls, at hall.At) error {
		return hall.Requests{Halls: h}.Absence(a.ctx, a.who, at, a.f.Get("seat"), a.f.Get("reason"))
	},
	"away": func(a act, h *hall.Halls, at hall.At) error { return h.Away(a.ctx, a.who, at, a.f.Get("seat")) },
	"correct": func(a act, h *hall.Halls, at hall.At) error {
		_, err := h.Correct(a.ctx, a.who, at, a.f.Get("seat"), a.f.Get("reason"))
		return err
	},
}

// others are the steps that are about no one run.
var others = map[string]func(p *Pages, a act) error{
	"hand": func(p *Pages, a act) error {
		return p.Seats.Hand(a.ctx, a.who, a.code, a.f.Get("seat"), "", a.f.Get("to"))
	},
	"correction": func(p *Pages, a act) error { return p.Halls.Correction(a.ctx, a.who, a.f.Get("id")) },
	"correction-end": func(p *Pages, a act) error {
		return hall.Requests{Halls: p.Halls}.Correction(a.ctx, a.who, a.f.Get("id"), a.f.Get("reason"))
	},
	"recuse": func(p *Pages, a act) error {
		return p.Halls.Recuse(a.ctx, a.who, seat.Away{Contest: a.code, Entry: a.f.Get("entry"), Seat: a.f.Get("seat"), Reason: a.f.Get("reason")})
	},
	"decide": func(p *Pages, a act) error {
		_, err := p.Halls.Decide(a.ctx, a.who, a.code, decision(a.f))
		return err
	},
	"settle": func(p *Pages, a act) error {
		n, err := strconv.Atoi(a.f.Get("n"))
		if err != nil {
			n = 0 // there is no such decision
		}
		return p.Halls.Confirm(a.ctx, a.who, a.code, n)
	},
	"again": func(p *Pages, a act) error {
		f, err := rule.Read([]byte(a.f.Get("rule")))
		if err != nil {
			return fault.At("rule", fault.New(fault.Invalid, "规则读不懂，请用规则页上的 JSON：%s", "The rule cannot be read; take the JSON of the page of rules: %s", err.Error()))
		}
		return hall.Restart{Halls: p.Halls}.Ask(a.ctx, a.who, a.code, f, a.f.Get("reason"))
	},
	"anew": func(p *Pages, a act) error { return hall.Restart{Halls: p.Halls}.Confirm(a.ctx, a.who, a.code) },
}

// decision is how a tie was settled, or who is in at a line, as it was typed.
func decision(f url.Values) (d mark.Decision) {
	d = mark.Decision{By: rule.By(f.Get("by")), Stage: f.Get("stage"), Cut: f.Get("cut"), Among: numbers(f["among"]), Entries: numbers(f["entries"])}
	return d
}

// numbers are those in some texts, apart by spaces, commas or 、.
func numbers(texts []string) (all []string) {
	for _, text := range texts {
		all = append(all, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,，、;；\t\r\n　", r) })...)
	}
	return all
}

// Do takes a step.
func (p *Pages) Do(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, in, err := p.Enter(w, r, title, "desk")
	if err != nil || !in {
		return err
	}
	a := act{ctx: r.Context(), who: who, code: v.Event.Code, f: r.PostForm}
	step := r.PathValue("step")
	sent := ""
	if do := ofRun[step]; do != nil {
		at, seen, err := which(a.code, a.f)
		if err != nil {
			return err
		}
		if sent = key(step, runKey(at), a.f.Get("seat")); step == "correct" {
			sent = key(step, runKey(at))
		}
		err = do(a, p.Halls.Seen(seen), at)
		if err != nil {
			return p.refused(w, r, sent, err)
		}
	} else if do := others[step]; do != nil {
		sent = key(step, a.f.Get("id")+a.f.Get("n")+a.f.Get("cut")+strings.Join(a.f["among"], " "))
		if err := do(p, a); err != nil {
			return p.refused(w, r, sent, err)
		}
	} else {
		return fault.New(fault.NotFound, "没有这一步。", "There is no such step.")
	}
	p.Wake()
	http.Redirect(w, r, page.At(a.code, "desk"), http.StatusSeeOther)
	return nil
}
