package judge

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/web"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// What island/judge.ts posts, and is answered with.
type (
	beat struct {
		Unsent int `json:"unsent"` // marks and sheets that the device has not sent
	}
	beaten struct {
		Seat   string `json:"seat"`
		Chosen bool   `json:"chosen"`
		Tag    string `json:"tag"`
	}
	marked struct {
		Run       string `json:"run"`
		Criterion string `json:"criterion"`
		Mark      string `json:"mark"` // empty: taken back
	}
	locking struct {
		Run        string            `json:"run"`
		Ask        string            `json:"ask"` // of a correction
		Marks      map[string]string `json:"marks"`
		Salt       string            `json:"salt"`
		Commitment string            `json:"commitment"`
		Lock       string            `json:"lock"`
	}
	receipt struct {
		Opening    seal.Opening `json:"opening"`
		Commitment string       `json:"commitment"`
		Entry      string       `json:"entry"` // of the log
		Log        string       `json:"log"`   // its size and root when this was answered
		Again      bool         `json:"again"`
	}
)

// Beat notes that the device is there, and says whether its page is still what it would be.
func (p *Pages) Beat(w http.ResponseWriter, r *http.Request) error {
	who, err := p.judge(r)
	if err != nil {
		return err
	}
	var in beat
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	code := r.PathValue("code")
	st, err := p.Seats.Beat(r.Context(), who, seat.Beat{Contest: code, Device: device(w, r), Unsent: in.Unsent})
	if err != nil {
		return err
	}
	mine, err := p.Halls.Mine(r.Context(), who, code)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, beaten{st.Seat, st.Chosen, tag(&mine, st.Chosen)})
}

// Mark keeps one mark: it is durable when this answers.
func (p *Pages) Mark(w http.ResponseWriter, r *http.Request) error {
	who, err := p.judge(r)
	if err != nil {
		return err
	}
	var in marked
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	run, err := runOf(r.PathValue("code"), in.Run)
	if err != nil {
		return err
	}
	if err := p.Halls.Draft(r.Context(), who, hall.Draft{At: run, Criterion: in.Criterion, Mark: in.Mark, Device: device(w, r)}); err != nil {
		return unfielded(err)
	}
	return web.WriteJSON(w, struct{}{})
}

// Lock seals a sheet whose salt and commitment the device made.
func (p *Pages) Lock(w http.ResponseWriter, r *http.Request) error {
	who, err := p.judge(r)
	if err != nil {
		return err
	}
	var in locking
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	run, err := runOf(r.PathValue("code"), in.Run)
	if err != nil {
		return err
	}
	l := hall.Lock{At: run, Marks: in.Marks, Salt: in.Salt, Commitment: in.Commitment, LockID: in.Lock, Device: device(w, r)}
	var got hall.Receipt
	if in.Ask != "" {
		got, err = p.Halls.Reseal(r.Context(), who, in.Ask, l)
	} else {
		got, err = p.Halls.Lock(r.Context(), who, l)
	}
	if err != nil {
		return unfielded(err)
	}
	return web.WriteJSON(w, receipt{got.Opening, got.Commitment, got.Entry, p.Site.LogLine(r.Context()), got.Again})
}

// judge is who asks, if they judge at all: before anything of what they sent is read. Whether they have a seat the use case says.
func (p *Pages) judge(r *http.Request) (identity.Colleague, error) {
	if !p.Site.Page(r, title).May(contest.Judge) {
		return identity.Colleague{}, fault.New(fault.Denied, "没有登录，或者不是评委。请重新登录；分数还在这台设备上。", "You are not signed in, or no judge. Sign in again; the marks are still on this device.")
	}
	return p.Who(r)
}

// unfielded leaves out whose field a fault is: the page says it beside the field.
func unfielded(err error) error {
	if faults, all := fault.Fields(err); all {
		for _, f := range faults {
			return f
		}
	}
	return err
}
