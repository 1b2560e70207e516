package offline

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// stateNow is what a phone asks before it sends.
type stateNow struct {
	Now    int64          `json:"now"`    // ms since 1970, by the server's clock
	Reader string         `json:"reader"` // an opaque mark of who is signed in; empty: nobody
	Key    *inbox.SiteKey `json:"key,omitempty"`
}

func (p pages) state(w http.ResponseWriter, r *http.Request) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	s := stateNow{Now: time.Now().UnixMilli()}
	if who.SignedIn() && who.Person != "" {
		key, err := p.Inbox.SiteKey(r.Context())
		if err != nil {
			return err
		}
		s.Reader, s.Key = web.ReaderMark(who.Person), &key
	}
	return web.WriteJSON(w, s)
}

func (p pages) register(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.enter(w, r)
	if !ok {
		return err
	}
	var in struct {
		Public []byte `json:"public"`
		Name   string `json:"name"`
	}
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	id, err := p.Inbox.Register(r.Context(), inbox.Device{Person: who.Person, Login: who.Device, Name: lang.Short(in.Name)}, in.Public)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, map[string]string{"device": id})
}

// told is what a phone is told of one act.
type told struct {
	ID      string      `json:"id"`
	State   inbox.State `json:"state"`
	Says    string      `json:"says,omitempty"`
	Answer  string      `json:"answer,omitempty"`
	Missing []string    `json:"missing,omitempty"`
	Wanted  string      `json:"wanted,omitempty"`
	Now     string      `json:"now,omitempty"`
	Version int64       `json:"version,omitempty"`
}

func (p pages) receive(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.enter(w, r)
	if !ok {
		return err
	}
	var in struct {
		Acts  []envelope.Envelope `json:"acts"`
		Blind []string            `json:"blind"`
	}
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	courier := inbox.Courier{Person: who.Person, Blind: map[string]bool{}}
	for _, id := range in.Blind {
		courier.Blind[id] = true
	}
	outcomes, err := p.Inbox.Receive(r.Context(), courier, in.Acts)
	if err != nil {
		return err
	}
	out := struct {
		Now     int64  `json:"now"`
		Answers []told `json:"answers"`
	}{Answers: []told{}}
	for _, o := range outcomes {
		out.Answers = append(out.Answers, p.tell(r, o))
	}
	out.Now = time.Now().UnixMilli()
	return web.WriteJSON(w, out)
}

// tell says in words what became of an act. What is no fault is logged, and a reference told.
func (p pages) tell(r *http.Request, o inbox.Outcome) told {
	t := told{ID: o.ID, State: o.State, Answer: o.Answer, Missing: o.Missing}
	l := web.LangOf(r)
	if c, ok := errors.AsType[*inbox.Conflict](o.Err); ok {
		t.Wanted, t.Now, t.Version = c.Wanted.In(l), c.Now.In(l), c.Version
	} else if o.Err != nil {
		t.Says = p.Site.Problem(r.Context(), l, inbox.Plain(o.Err)).Detail
		if o.State == inbox.Conflicts {
			t.Now, t.Says = t.Says, ""
		}
	}
	return t
}

func (p pages) begin(w http.ResponseWriter, r *http.Request) error {
	if _, ok, err := p.enter(w, r); !ok {
		return err
	}
	var e envelope.Envelope
	if err := web.ReadJSON(r, &e); err != nil {
		return err
	}
	lacks, err := p.Inbox.Begin(r.Context(), e)
	return lacking(w, lacks, err)
}

func (p pages) part(w http.ResponseWriter, r *http.Request) error {
	if _, ok, err := p.enter(w, r); !ok {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("part"))
	if err != nil {
		return fault.New(fault.NotFound, "没有这一段。", "There is no such part.")
	}
	box, err := io.ReadAll(io.LimitReader(r.Body, envelope.PartBytes+envelope.Overhead+1))
	if err != nil {
		return fault.New(fault.Invalid, "传到一半断了，请再传这一段。", "It broke off half way: send this part again.").Because(err)
	}
	lacks, err := p.Inbox.Part(r.Context(), r.PathValue("device"), r.PathValue("hash"), n, box)
	return lacking(w, lacks, err)
}

func lacking(w http.ResponseWriter, lacks []int, err error) error {
	if err != nil {
		return err
	}
	if lacks == nil {
		lacks = []int{}
	}
	return web.WriteJSON(w, map[string][]int{"missing": lacks})
}
