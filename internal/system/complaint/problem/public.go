package problem

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// Open is a problem as the public meets it, with what may be said of it now. Its title and place are not in it: what
// everybody reads of it are the published texts of its letters.
type Open struct {
	Code      string
	Stage     string
	Until     *time.Time      // of publicity: until when one may object
	Letters   []letter.Letter // those that were published
	Undecided []Waits
}

// Waits is how many objections, or proposals to begin again, wait for the office, and by when the last of them is decided.
type Waits struct {
	Process string
	N       int
	By      time.Time
}

// MayObject reports whether objections are taken.
func (o Open) MayObject() bool { return o.Stage == complaint.Publicity }

// MayDoubt reports whether it is said to be over, so that somebody may show that it is not.
func (o Open) MayDoubt() bool { return closed(o.Stage) }

// OpenTo returns a problem of which a letter was published, as the public meets it. Any other is as one that there is not.
func OpenTo(ctx context.Context, s *Problems, code string) (o Open, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := published(tx, code)
		if err != nil {
			return err
		}
		o = Open{Code: p.Code, Stage: p.Stage}
		if o.MayObject() && p.HasDue() {
			o.Until = &p.DueAt
		}
		if o.Letters, err = publishedOf(tx, p); err != nil {
			return err
		}
		o.Undecided, err = waits(tx, s.book, p)
		return err
	})
	return o, err
}

func published(tx *db.Tx, code string) (Problem, error) {
	p, err := ByCode(tx, code)
	if err != nil {
		return p, err
	}
	letters, err := publishedOf(tx, p)
	if err == nil && len(letters) == 0 {
		err = noSuch(code)
	}
	return p, err
}

func publishedOf(tx *db.Tx, p Problem) (out []letter.Letter, err error) {
	letters, err := letter.Of(tx, p.ID)
	for _, l := range letters {
		if l.Bulletin != 0 {
			out = append(out, l)
		}
	}
	return out, err
}

func waits(tx *db.Tx, book *casework.Book, p Problem) (out []Waits, err error) {
	all, err := Children(tx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, key := range []string{complaint.Objection.Key, complaint.Proposal.Key} {
		w := Waits{Process: key}
		for _, c := range all {
			if c.Process != key || !c.Open() {
				continue
			}
			w.N++
			of, err := book.Case(tx, c.ID)
			if err != nil {
				return nil, err
			}
			due, err := book.Due(tx, of)
			if err != nil {
				return nil, err
			}
			if due != nil && due.After(w.By) {
				w.By = *due
			}
		}
		if w.N > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// said is where what the public shows of a problem is kept: apart from what the unit shows, which is published.
func (p Problem) said() string { return "problem/" + p.ID + "/said/" }

// Shown is the subject of the photos that came with what somebody said.
func (c Child) Shown() string { return Problem{ID: c.Problem}.said() + c.ID }

// TakenBy is who brings a photo that nobody answers for: nobody is asked who they are.
const TakenBy = "public"

// mostShown bounds the photos that come with one doubt.
const mostShown = 3

// Doubt is that somebody says of a closed problem that it is not solved.
type Doubt struct {
	Code   string
	What   string   // in words; may be empty
	Photos []string // hashes of what TakenBy brought
	Form   string   // the number of the form (act.Form)
}

// Unsolved proposes to begin a closed problem again, for a person to decide. It wants a photo: without one anybody could
// hold up any closing by saying so. The photos are for the offices alone.
func Unsolved(ctx context.Context, s *Problems, d Doubt) (c Child, err error) {
	d.What = strings.TrimSpace(d.What)
	if t, ok := lang.CheckLines(d.What, maxSaid); !ok && d.What != "" {
		return c, fault.At("what", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if len(d.Photos) == 0 {
		return c, fault.At("photo", fault.New(fault.Invalid,
			"请附一张现在的现场照片：没有照片不收，因为谁都能说没解决，照片才能让人去核对。反映人有凭证的，不用照片，在信访件的页面上说。",
			"Add a photo of how it is now. Without one it is not taken: anybody can say so, and a photo is what somebody can check. Who complained needs no photo: say it with your secret, on the letter's page."))
	}
	if len(d.Photos) > mostShown {
		return c, fault.At("photo", fault.New(fault.Invalid, "最多 %d 张照片", "%d photos at most", mostShown))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err = onceAsked(tx, act.Form{Number: d.Form, Says: d}, func() (Child, error) { return unsolved(tx, s, d) })
		return err
	})
	return c, err
}

func unsolved(tx *db.Tx, s *Problems, d Doubt) (c Child, err error) {
	p, err := published(tx, d.Code)
	if err != nil {
		return c, err
	}
	if !closed(p.Stage) {
		return c, fault.New(fault.Late, "“%[1]s”现在没有说办完了（或者已经过了观察期），不用重开。还有新的情况，请作为新的信访件反映。", "%[1]q is not called done now, or its window is over, so there is nothing to begin again. What is new is another complaint.", p.Code)
	}
	by := identity.Admitted{Sign: "public"}
	if c, err = s.ask(tx, by, p, complaint.Proposal.Key, "public", "", d.What); err != nil {
		return c, err
	}
	if err := s.keepWord(tx, by, p, Word{Source: Public, Says: NotSolved}); err != nil {
		return c, err
	}
	album, err := s.evidence()
	if err != nil {
		return c, err
	}
	for _, hash := range d.Photos {
		_, err := album.Attach(tx, evidence.New{
			Hash: hash, Kind: complaint.System + "." + complaint.ProofPhoto, System: complaint.System, Subject: c.Shown(), By: by.Sign, Person: TakenBy,
		})
		if err != nil {
			return c, fault.At("photo", err)
		}
	}
	return c, nil
}

// notSolved proposes to begin a problem again by the word of who complained; while that is undecided, once.
func notSolved(tx *db.Tx, s *Problems, p Problem, letterID string) error {
	had, err := Children(tx, p.ID)
	if err != nil {
		return err
	}
	for _, c := range had {
		if c.Letter == letterID && c.Cause == "public" && c.Open() {
			return nil
		}
	}
	_, err = s.ask(tx, identity.Admitted{Sign: "complainant"}, p, complaint.Proposal.Key, "public", letterID, "")
	return err
}
