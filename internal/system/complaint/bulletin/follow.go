package bulletin

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// Followed is a published letter, and where the problems behind it stand now.
type Followed struct {
	Found
	Letter   string // its id, which no page shows
	Row      table.Row
	Columns  table.Set
	Problems []Standing
}

// Standing is where a problem stands, as the public log has it: stage and dates, offices and no persons.
type Standing struct {
	Code     string
	Stage    string
	Lead     string // the office that has to put it right; empty: none yet
	Next     string // the day of its next step, where it is closed for a stage
	Owes     string
	Accepted string         // the office that checked it on site
	Life     int            // over 1: it came back
	Words    map[string]int // once it is filed: how many said what, by source and answer
}

// Follow follows a letter by its code. What was not published of it is as if it were not there.
func (s *Bulletins) Follow(ctx context.Context, campaign, code string, batch int) (f Followed, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, err := byCode(tx, campaign, code, batch)
		if err != nil {
			return err
		}
		b, err := Read(tx, Ref{r.Campaign, r.Number, r.Version})
		if err != nil {
			return err
		}
		t, err := read(tx, b)
		if err != nil {
			return err
		}
		f.Columns = t.Set
		if f.Batch, err = batchOf(tx, r); err != nil {
			return err
		}
		f.Campaign, f.Code, f.Bulletin, f.Published, f.Letter = r.Campaign, r.Code, r.Number, *r.PublishedAt, r.Letter
		for _, one := range t.Rows {
			if one.Code == r.Code && one.Batch == f.Batch {
				f.Row = one
			}
		}
		f.Problems, err = behind(tx, r.Letter, f.Row)
		return err
	})
	return f, err
}

// Own is a letter as whoever sent it follows it, by their secret: where it stands, also before anything of it was
// published. What they wrote is not in it: a paper with the secret on it may be found by another.
type Own struct {
	letter.Letter
	Published bool
	Problems  []Standing
}

// Own follows a letter by the secret of whoever sent it. Any other secret is a fault.NotFound that tells nothing.
func (s *Bulletins) Own(ctx context.Context, token string) (o Own, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if o.Letter, err = letter.ByToken(tx, token, ""); err != nil {
			return err
		}
		rows, err := standingByCode.Slice(tx, coded{o.CodeKey, &o.Campaign, mostFound})
		if err != nil {
			return err
		}
		for _, r := range rows {
			o.Published = o.Published || r.Letter == o.ID
		}
		o.Problems, err = behind(tx, o.ID, table.Row{})
		return err
	})
	return o, err
}

// behind is where the problems of a letter stand, each once. Who owes a next step is as its published row has it, else the
// unit that leads: what that unit typed has been through no redaction.
func behind(tx *db.Tx, letterID string, row table.Row) (all []Standing, err error) {
	ids, err := letter.ProblemsOf(tx, letterID)
	if err != nil {
		return nil, err
	}
	for _, problemID := range ids {
		one, err := stands(tx, problemID)
		if err != nil {
			return nil, err
		}
		if one.Next != "" && one.Next == row.Next.String() && row.Owes != "" {
			one.Owes = row.Owes
		}
		all = append(all, one)
	}
	return all, nil
}

func stands(tx *db.Tx, id string) (s Standing, err error) {
	p, err := problem.Read(tx, id)
	if err != nil {
		return s, err
	}
	s = Standing{Code: p.Code, Stage: p.Stage, Life: p.Life}
	if s.Lead, err = officeName(tx, p.Lead); err != nil {
		return s, err
	}
	if p.Stage == complaint.Staged {
		s.Next, s.Owes = p.NextDay, s.Lead
	}
	_, office, _ := strings.Cut(p.Accepted, "@")
	if s.Accepted, err = officeName(tx, office); err != nil {
		return s, err
	}
	if p.Stage != complaint.Filed && p.Stage != complaint.Settled {
		return s, nil
	}
	words, err := problem.Words(tx, p)
	s.Words = map[string]int{}
	for _, w := range words {
		s.Words[w.Source+" "+w.Says]++
	}
	return s, err
}

// officeName is what an office is called; what names none stays as it is.
func officeName(tx *db.Tx, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	o, err := identity.Named(tx, id)
	if fault.KindOf(err) == fault.NotFound {
		return id, nil
	}
	return o.Name, err
}
