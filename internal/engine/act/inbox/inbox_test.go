package inbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/act/inbox/inboxtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// yard is a small system: notes, which add, and a heap that is moved by who saw where it is.
var yard = db.Schema{Owner: "yard", FS: fstest.MapFS{"0001_yard.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE yard_note (act TEXT PRIMARY KEY, text TEXT NOT NULL, by_whom TEXT NOT NULL, item TEXT NOT NULL);
CREATE TABLE yard_heap (one INTEGER PRIMARY KEY, place TEXT NOT NULL, version BIGINT NOT NULL, act TEXT NOT NULL);
`)}}}

type note struct {
	Act  string `db:"act"`
	Text string `db:"text"`
	By   string `db:"by_whom"`
	Item string `db:"item"`
}

type heap struct {
	One     int    `db:"one"`
	Place   string `db:"place"`
	Version int64  `db:"version"`
	Act     string `db:"act"`
}

var (
	insertNote = db.Declare[note, db.None](`INSERT INTO yard_note (act, text, by_whom, item) VALUES (:act, :text, :by_whom, :item)`)
	notes      = db.Declare[db.None, note](`SELECT /*cols*/ FROM yard_note ORDER BY act`)
	readHeap   = db.Declare[db.None, heap](`SELECT /*cols*/ FROM yard_heap`)
	insertHeap = db.Declare[db.None, db.None](`INSERT INTO yard_heap (one, place, version, act) VALUES (1, 'gate', 1, '')`)
	writeHeap  = db.Declare[heap, db.None](`UPDATE yard_heap SET place = :place, version = :version, act = :act WHERE one = :one`)
)

var yardRights = right.Declaration{
	System: "yard",
	Rights: []right.Right{{Key: "yard.work", Name: lang.Text{ZH: "看院子", EN: "keep the yard"}}},
	Roles: []right.Role{{
		Key: "yard.hand", Name: lang.Text{ZH: "看院人", EN: "Hand"}, Does: lang.Text{ZH: "看院子。", EN: "Keeps the yard."}, Rights: []string{"yard.work"}, Given: right.Grants,
	}},
}

type colleague = identity.Colleague

// site is the yard's site.
type site struct {
	t      *testing.T
	db     *db.DB
	people *identitytest.Office
	box    *inbox.Inbox[colleague]
	album  *evidence.Evidence
	away   error // of the system
}

func each(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, evidence.Schema, act.Schema, inbox.Schema, yard}, func(t *testing.T, d *db.DB) {
		s := &site{t: t, db: d, people: identitytest.Open(t, d, yardRights)}
		var err error
		s.album, err = evidence.Open(t.Context(), d, evidence.Options{Folder: filepath.Join(t.TempDir(), "evidence"), Kinds: []evidence.Kind{{Key: "yard.paper", Name: lang.Text{ZH: "纸", EN: "Paper"}, MaxBytes: 2 << 20, Opaque: true}}})
		s.must(err)
		s.box = s.open()
		s.must(d.Update(t.Context(), func(tx *db.Tx) error { _, err := insertHeap.Exec(tx, db.None{}); return err }))
		f(t, s)
	})
}

// open opens the inbox as another process would.
func (s *site) open() *inbox.Inbox[colleague] {
	return inbox.Open(s.db, inbox.Options[colleague]{
		As: s.people.Author,
		Files: inbox.Files{
			Limit:   func(kind string) (int64, error) { k, err := s.album.Kind(kind); return k.MaxBytes, err },
			Missing: evidence.Missing,
			Take: func(ctx context.Context, r io.Reader, kind, person string, f inbox.File) error {
				_, err := s.album.Take(ctx, r, evidence.Sent{Kind: kind, By: person, Hash: f.Hash, Size: f.Size})
				return err
			},
		},
		Kinds: map[string]inbox.Kind[colleague]{
			"note": {Name: lang.Text{ZH: "记一笔", EN: "Note"}, Files: "yard.paper", Do: s.note},
			"move": {Name: lang.Text{ZH: "挪料堆", EN: "Move the heap"}, Do: s.move},
			"boom": {Name: lang.Text{ZH: "炸", EN: "Boom"}, Do: func(*db.Tx, colleague, inbox.Act) (string, error) { panic("boom") }},
		},
	})
}

func (s *site) note(tx *db.Tx, who colleague, a inbox.Act) (string, error) {
	by, err := who.Admit(tx, "yard.work", right.Nowhere)
	if err != nil {
		return "", err
	}
	if s.away != nil {
		return "", s.away
	}
	var body struct{ Text string }
	if err := json.Unmarshal(a.Body, &body); err != nil || body.Text == "" {
		return "", fault.New(fault.Invalid, "写点什么", "write something")
	}
	n := note{Act: a.ID, Text: body.Text, By: by.Person}
	for _, f := range a.Files {
		item, err := s.album.Attach(tx, evidence.New{Hash: f.Hash, Kind: "yard.paper", System: "yard", Subject: "note/" + a.ID, By: by.Sign, Person: by.Person})
		if err != nil {
			return "", err
		}
		n.Item = item.ID
	}
	_, err = insertNote.Exec(tx, n)
	return "noted " + body.Text, err
}

func (s *site) move(tx *db.Tx, who colleague, a inbox.Act) (string, error) {
	if _, err := who.Admit(tx, "yard.work", right.Nowhere); err != nil {
		return "", err
	}
	h, err := readHeap.One(tx, db.None{})
	if err != nil {
		return "", err
	}
	var body struct{ Place string }
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return "", err
	}
	if h.Version != a.Seen && (a.After == "" || h.Act != a.After) {
		return "", &inbox.Conflict{
			Wanted: lang.Text{ZH: "挪到" + body.Place, EN: "to " + body.Place}, Now: lang.Text{ZH: "已在" + h.Place, EN: "it is at " + h.Place}, Version: h.Version,
		}
	}
	h.Place, h.Version, h.Act = body.Place, h.Version+1, a.ID
	_, err = writeHeap.Exec(tx, h)
	return h.Place, err
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// worker is somebody with the right, who signs in on a device of identity.
func (s *site) worker() colleague { return s.people.Somebody("yard.hand") }

func (s *site) phone(who colleague) *inboxtest.Phone {
	s.t.Helper()
	return inboxtest.New(s.t, s.box, who.Person, who.Device)
}

// send sends acts and returns what became of them.
func (s *site) send(courier string, sent ...envelope.Envelope) (states []inbox.State, all []inbox.Outcome) {
	s.t.Helper()
	all, err := s.box.Receive(s.t.Context(), inbox.Courier{Person: courier}, sent)
	s.must(err)
	for _, o := range all {
		states = append(states, o.State)
	}
	return states, all
}

// wants fails unless acts come to these states.
func (s *site) wants(courier string, sent envelope.Envelope, want inbox.State) inbox.Outcome {
	s.t.Helper()
	states, all := s.send(courier, sent)
	if states[0] != want {
		s.t.Fatalf("%s: it is %s (%v), not %s", all[0].ID, states[0], all[0].Err, want)
	}
	return all[0]
}

// is what the yard is like.
func (s *site) is() (place string, texts []string) {
	s.t.Helper()
	s.must(s.db.View(s.t.Context(), func(tx *db.Tx) error {
		h, err := readHeap.One(tx, db.None{})
		if err != nil {
			return err
		}
		place, texts = h.Place, nil
		all, err := notes.Slice(tx, db.None{})
		for _, n := range all {
			texts = append(texts, n.Text)
		}
		slices.Sort(texts)
		return err
	}))
	return place, texts
}

func text(s string) map[string]string  { return map[string]string{"text": s} }
func place(s string) map[string]string { return map[string]string{"place": s} }
func seen(v int64) func(*inbox.Act)    { return func(a *inbox.Act) { a.Seen = v } }
func after(id string) func(*inbox.Act) { return func(a *inbox.Act) { a.After = id } }

func TestQueriesPrepare(t *testing.T) { dbtest.Prepare(t, act.Schema, inbox.Schema) }

// An act is done once, however often it comes and whoever brings it, by whichever process.
func TestOnce(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li, wang := s.worker(), s.worker()
		p := s.phone(li)
		e := p.Act("note", text("围挡"))
		if o := s.wants(li.Person, e, inbox.Done); o.Answer != "noted 围挡" {
			t.Error(o)
		}
		s.box = s.open() // the server was started anew
		for _, courier := range []string{li.Person, wang.Person} {
			if o := s.wants(courier, e, inbox.Again); o.Answer != "noted 围挡" {
				t.Error(o)
			}
		}
		if o := s.wants(li.Person, p.Numbered(1, "note", text("另一件")), inbox.Refused); !strings.Contains(o.Err.Error(), "something else already") {
			t.Error(o.Err)
		}
		s.wants(wang.Person, p.Act("note", text("代送")), inbox.Done)
		s.must(s.db.View(t.Context(), func(tx *db.Tx) error {
			all, err := notes.Slice(tx, db.None{})
			if len(all) != 2 || all[0].By != li.Person || all[1].By != li.Person {
				t.Errorf("the author is whose phone signed: %+v", all)
			}
			return err
		}))
		var many []envelope.Envelope
		for range inbox.MaxBatch + 1 {
			many = append(many, e)
		}
		if _, err := s.box.Receive(t.Context(), inbox.Courier{Person: li.Person}, many); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		devices, err := s.box.Devices(t.Context(), li.Person, "", 10)
		s.must(err)
		if len(devices) != 1 || devices[0].Last != 2 {
			t.Errorf("%+v", devices)
		}
	})
}

// Many senders at once, in any order: each act once.
func TestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li := s.worker()
		p := s.phone(li)
		var all []envelope.Envelope
		for i := range 12 {
			all = append(all, p.Act("note", text(fmt.Sprintf("%02d", i))))
		}
		var wg sync.WaitGroup
		for range 4 {
			mine := slices.Clone(all)
			rand.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			wg.Go(func() {
				out, err := s.box.Receive(context.WithoutCancel(t.Context()), inbox.Courier{Person: li.Person}, mine)
				if err != nil {
					t.Error(err)
				}
				for _, o := range out {
					if o.State != inbox.Done && o.State != inbox.Again {
						t.Errorf("%s: %s %v", o.ID, o.State, o.Err)
					}
				}
			})
		}
		wg.Wait()
		if _, texts := s.is(); len(texts) != 12 {
			t.Errorf("%v", texts)
		}
	})
}

// What somebody changed, made up or copied does nothing.
func TestTampered(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li, wang := s.worker(), s.worker()
		p, q := s.phone(li), s.phone(wang)
		good := p.Act("note", text("x"))
		bit := good
		bit.Box = bytes.Clone(good.Box)
		bit.Box[3] ^= 4
		s.wants(li.Person, bit, inbox.Refused)
		head := good
		head.Head = strings.Replace(good.Head, `"number":1`, `"number":2`, 1)
		s.wants(li.Person, head, inbox.Refused)
		other := good
		other.Head = strings.Replace(good.Head, p.ID, q.ID, 1)
		s.wants(li.Person, other, inbox.Refused)
		unsigned := good
		unsigned.Sig = nil
		s.wants(li.Person, unsigned, inbox.Refused)
		unknown := good
		unknown.Head = strings.Replace(good.Head, p.ID, "0000", 1)
		s.wants(li.Person, unknown, inbox.Refused)
		s.wants(li.Person, envelope.Envelope{}, inbox.Refused)
		s.wants(li.Person, p.Numbered(3, "note", text("x"), func(a *inbox.Act) { a.ID = q.ID + "/3" }), inbox.Refused)
		s.wants(li.Person, p.Numbered(4, "note", text(strings.Repeat("x", inbox.MaxBody))), inbox.Refused)
		s.wants(li.Person, p.Numbered(5, "nothing", text("x")), inbox.Refused)
		s.wants(li.Person, p.Numbered(6, "note", text("x"), func(a *inbox.Act) { a.Happened = time.Time{} }), inbox.Refused)
		if _, texts := s.is(); len(texts) != 0 {
			t.Errorf("%v", texts)
		}
		s.wants(li.Person, good, inbox.Done)
	})
}

// A mover who has not seen what is there is told both versions, and may do it anyway; one
// who builds on what they did before is not.
func TestConflict(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li, wang := s.worker(), s.worker()
		p, q := s.phone(li), s.phone(wang)
		first := p.Act("move", place("east"), seen(1))
		second := p.Act("move", place("west"), seen(1), after(p.ID+"/1"))
		s.wants(li.Person, second, inbox.Later) // it came before the one that it builds on
		s.wants(li.Person, first, inbox.Done)
		s.wants(li.Person, second, inbox.Done)
		o := s.wants(wang.Person, q.Act("move", place("south"), seen(1)), inbox.Conflicts)
		c, ok := errors.AsType[*inbox.Conflict](o.Err)
		if !ok || c.Wanted.EN != "to south" || c.Now.EN != "it is at west" || c.Version != 3 {
			t.Fatalf("%+v", o.Err)
		}
		s.wants(wang.Person, q.Act("move", place("south"), seen(c.Version)), inbox.Done)
		if at, _ := s.is(); at != "south" {
			t.Error(at)
		}
	})
}

// A system that is away, and one that breaks, leave the act with its device.
func TestLater(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li := s.worker()
		p := s.phone(li)
		e := p.Act("note", text("x"))
		s.away = fault.New(fault.Unavailable, "正在维护", "in maintenance")
		s.wants(li.Person, e, inbox.Later)
		s.away = errors.New("disk on fire")
		s.wants(li.Person, e, inbox.Later)
		states, _ := s.send(li.Person, p.Act("boom", nil), p.Act("note", nil))
		if !slices.Equal(states, []inbox.State{inbox.Later, inbox.Later}) {
			t.Error(states)
		}
		s.away = nil
		s.wants(li.Person, e, inbox.Done)
		s.wants(li.Person, p.Act("note", text("")), inbox.Refused)
	})
}

// What a revoked device signed waits for its author: accepted once, or rejected for good; each
// is an entry.
func TestHeld(t *testing.T) {
	for name, revoke := range map[string]func(s *site, who colleague, p *inboxtest.Phone) error{
		"the device of the kit": func(s *site, who colleague, p *inboxtest.Phone) error {
			return s.box.Revoke(s.t.Context(), who.Person, p.ID)
		},
		"the device of identity": func(s *site, who colleague, _ *inboxtest.Phone) error {
			return s.people.Devices.Revoke(s.t.Context(), who.Actor, who.Device)
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *site) {
				li, wang := s.worker(), s.worker()
				p := s.phone(li)
				before := p.Act("note", text("before"))
				s.wants(li.Person, before, inbox.Done)
				one, two := p.Act("note", text("one")), p.Act("note", text("two"))
				s.must(revoke(s, li, p))
				s.wants(wang.Person, before, inbox.Again)
				s.wants(wang.Person, one, inbox.Held)
				s.wants(wang.Person, one, inbox.Held)
				s.wants(li.Person, two, inbox.Held)
				if _, texts := s.is(); len(texts) != 1 {
					t.Error(texts)
				}
				s.wants(li.Person, p.Numbered(2, "note", text("other")), inbox.Refused)
				waits, err := s.box.Waits(t.Context(), li.Person, "", 10)
				s.must(err)
				if len(waits) != 2 || waits[0].Why != inbox.WhyRevoked || waits[0].Now != nil || string(waits[0].Body) != `{"text":"one"}` {
					t.Fatalf("%+v", waits)
				}
				if others, err := s.box.Waits(t.Context(), wang.Person, "", 10); err != nil || len(others) != 0 {
					t.Error(others, err)
				}
				again := s.people.Who(s.signInAgain(li))
				if err := s.box.Accept(t.Context(), wang, wang.Person, waits[0].ID, 0); fault.KindOf(err) != fault.NotFound {
					t.Error(err)
				}
				s.must(s.box.Accept(t.Context(), again, again.Person, waits[0].ID, 0))
				s.must(s.box.Reject(t.Context(), again.Person, waits[1].ID, "不是我"))
				if err := s.box.Accept(t.Context(), again, again.Person, waits[1].ID, 0); err == nil {
					t.Error("it was decided already")
				}
				s.wants(wang.Person, one, inbox.Again)
				s.wants(wang.Person, two, inbox.Refused)
				if _, texts := s.is(); !slices.Equal(texts, []string{"before", "one"}) {
					t.Error(texts)
				}
				if kinds := s.kinds("act/" + waits[0].ID); !slices.Equal(kinds, []string{"offline.accepted", "offline.held"}) {
					t.Error(kinds)
				}
				if kinds := s.kinds("act/" + waits[1].ID); !slices.Equal(kinds, []string{"offline.held", "offline.rejected"}) {
					t.Error(kinds)
				}
			})
		})
	}
}

// signInAgain is another session of somebody.
func (s *site) signInAgain(who colleague) string {
	s.t.Helper()
	person, err := s.people.Persons.Find(s.t.Context(), identity.CommandLine, who.Person)
	s.must(err)
	in, err := s.people.Entrance.SignIn(s.t.Context(), identity.Attempt{Login: person.Login, Password: identitytest.Password, Network: "test", Browser: "test"})
	s.must(err)
	return in.Token
}

func (s *site) kinds(subject string) (all []string) {
	s.t.Helper()
	s.must(s.db.View(s.t.Context(), func(tx *db.Tx) error {
		items, err := record.History(tx, subject, "", 10)
		all = nil
		for _, i := range items {
			all = append(all, i.Kind)
		}
		slices.Sort(all)
		return err
	}))
	return all
}

// A conflict and a refusal that somebody else brings wait for the author; the courier reads
// nothing of them.
func TestCourier(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li, wang := s.worker(), s.worker()
		p, q := s.phone(li), s.phone(wang)
		s.wants(wang.Person, q.Act("move", place("east"), seen(1)), inbox.Done)
		o := s.wants(wang.Person, p.Act("move", place("west"), seen(1)), inbox.Held)
		if o.Err != nil || o.Answer != "" {
			t.Errorf("the courier is told %v", o)
		}
		s.wants(wang.Person, p.Act("note", text("")), inbox.Held)
		blind := p.Act("note", text(""))
		all, err := s.box.Receive(t.Context(), inbox.Courier{Person: li.Person, Blind: map[string]bool{p.ID + "/3": true}}, []envelope.Envelope{blind})
		s.must(err)
		if all[0].State != inbox.Held {
			t.Errorf("a phone that cannot read it any more is told %v", all[0])
		}
		waits, err := s.box.Waits(t.Context(), li.Person, "", 10)
		s.must(err)
		if len(waits) != 3 || waits[0].Why != inbox.WhyConflict || waits[1].Why != inbox.WhyRefused {
			t.Fatalf("%+v", waits)
		}
		c, ok := errors.AsType[*inbox.Conflict](waits[0].Now)
		if !ok || c.Version != 2 {
			t.Fatalf("%v", waits[0].Now)
		}
		if err := s.box.Accept(t.Context(), li, li.Person, waits[0].ID, 0); fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
		s.must(s.box.Accept(t.Context(), li, li.Person, waits[0].ID, c.Version))
		if at, _ := s.is(); at != "west" {
			t.Error(at)
		}
		rest, err := s.box.Waits(t.Context(), li.Person, waits[0].ID, 10)
		if err != nil || len(rest) != 2 {
			t.Error(rest, err)
		}
	})
}

// Who has lost the right is refused, though the phone was registered while they had it; who has left
// is held.
func TestAuthorAsOfNow(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		nobody := s.people.Somebody()
		p := s.phone(nobody)
		s.wants(nobody.Person, p.Act("note", text("x")), inbox.Refused)
		li := s.worker()
		q := s.phone(li)
		s.must(s.people.Persons.Leave(t.Context(), identity.CommandLine, li.Person, "搬走了"))
		s.wants(nobody.Person, q.Act("note", text("x")), inbox.Held)
	})
}

// Two phones that come back in any order, each in parts and some of it twice, leave the same yard.
func TestAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li, wang := s.worker(), s.worker()
		for round := range 6 {
			p, q := s.phone(li), s.phone(wang)
			var a, b []envelope.Envelope
			for i := range 3 {
				a = append(a, p.Act("note", text(fmt.Sprintf("%d p%d", round, i))))
				b = append(b, q.Act("note", text(fmt.Sprintf("%d q%d", round, i))))
			}
			all := append(slices.Concat(a, b), a[rand.IntN(3)], b[rand.IntN(3)])
			rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			for len(all) > 0 {
				n := 1 + rand.IntN(len(all))
				for _, state := range first2(s.send([]string{li.Person, wang.Person}[rand.IntN(2)], all[:n]...)) {
					if state != inbox.Done && state != inbox.Again {
						t.Error(state)
					}
				}
				all = all[n:]
			}
			_, texts := s.is()
			if len(texts) != 6*(round+1) {
				t.Fatalf("round %d: %v", round, texts)
			}
		}
	})
}

func first2(states []inbox.State, _ []inbox.Outcome) []inbox.State { return states }

// A file comes in parts, in any order, some twice, over a restart; what is damaged or is not
// what its head says is refused, and the act waits for it.
func TestFiles(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li, wang := s.worker(), s.worker()
		p := s.phone(li)
		content := bytes.Repeat([]byte("photo "), 120_000) // two parts
		file, head, boxes := p.File("note", content)
		e := p.Act("note", text("有图"), func(a *inbox.Act) { a.Files = []inbox.File{file} })
		if o := s.wants(li.Person, e, inbox.Missing); !slices.Equal(o.Missing, []string{file.Hash}) {
			t.Error(o.Missing)
		}
		ctx := t.Context()
		if _, err := s.box.Part(ctx, p.ID, file.Hash, 0, boxes[0]); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		lacks, err := s.box.Begin(ctx, head)
		s.must(err)
		if !slices.Equal(lacks, []int{0, 1}) {
			t.Fatal(lacks)
		}
		bad := bytes.Clone(boxes[1])
		bad[100] ^= 1
		if _, err := s.box.Part(ctx, p.ID, file.Hash, 1, bad); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		for range 2 {
			lacks, err = s.box.Part(ctx, p.ID, file.Hash, 1, boxes[1])
			s.must(err)
			if !slices.Equal(lacks, []int{0}) {
				t.Fatal(lacks)
			}
		}
		s.box = s.open()
		lacks, err = s.box.Begin(ctx, head)
		s.must(err)
		if !slices.Equal(lacks, []int{0}) {
			t.Fatal(lacks)
		}
		s.wants(li.Person, e, inbox.Missing)
		lacks, err = s.box.Part(ctx, p.ID, file.Hash, 0, boxes[0])
		s.must(err)
		if len(lacks) != 0 {
			t.Fatal(lacks)
		}
		s.wants(wang.Person, e, inbox.Done)
		s.wants(wang.Person, e, inbox.Again)

		signed := head
		signed.Head = strings.Replace(head.Head, `"size":720000`, `"size":720001`, 1)
		if _, err := s.box.Begin(ctx, signed); fault.KindOf(err) != fault.Denied {
			t.Error(err)
		}
		_, large, _ := p.File("note", make([]byte, 3<<20))
		if _, err := s.box.Begin(ctx, large); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
		_, none, _ := p.File("move", []byte("x"))
		if _, err := s.box.Begin(ctx, none); fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}

// The site's key goes on under another key of people, and a site whose key is lost makes another.
func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		li := s.worker()
		p := s.phone(li)
		e := p.Act("note", text("x"))
		_, _, err := s.people.Keys.Rotate(t.Context(), identity.CommandLine, identity.Plain.Suite, false)
		s.must(err)
		for _, want := range []int{1, 0} {
			if n, err := inbox.Anew(t.Context(), s.db); err != nil || n != want {
				t.Error(n, err)
			}
		}
		s.box = s.open()
		s.wants(li.Person, e, inbox.Done)
		key, err := s.box.SiteKey(t.Context())
		s.must(err)
		if key.Number != 1 {
			t.Error(key.Number)
		}
	})
}

// A device's clock is told for what it is.
func TestAt(t *testing.T) {
	day := int64(24 * 3600 * 1000)
	arrived := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		happened string
		distance *int64
		want     string
	}{
		{"2026-12-01T11:00:00Z", &day, "2026-11-30T11:00:00Z"},
		{"2026-12-01T11:00:00Z", nil, "2026-11-30T12:00:00Z"},
		{"2026-11-30T10:00:00Z", nil, "2026-11-30T10:00:00Z"},
	} {
		h, err := time.Parse(time.RFC3339, c.happened)
		if err != nil {
			t.Fatal(err)
		}
		if got := (inbox.Act{Happened: h, Distance: c.distance}).At(arrived).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", c.happened, got, c.want)
		}
	}
}
