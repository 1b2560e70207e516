package bulletin

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Proposal is what a bulletin could have: whole batches, and earlier letters of which something is changed.
type Proposal struct {
	Batches []letter.BatchState
	Changed []Changed
}

// Changed is a letter that says something else now than what was published of it.
type Changed struct {
	Letter      string
	Code        string
	Bulletin    int // in which it stands
	Was, Is     letter.Status
	PublishedAt time.Time
}

type since struct {
	Campaign string `db:"campaign"`
	After    string `db:"after"`
	Limit    int    `db:"lim"`
}

// touched are the published letters that something was done about since.
var touched = db.Declare[since, row](`
	SELECT /*cols*/ FROM complaint_row WHERE campaign = :campaign AND standing = TRUE AND letter > :after AND (
		EXISTS (SELECT 1 FROM complaint_letter WHERE complaint_letter.id = complaint_row.letter AND complaint_letter.changed_at > complaint_row.published_at)
		OR EXISTS (SELECT 1 FROM complaint_point JOIN complaint_problem ON complaint_problem.id = complaint_point.problem
			WHERE complaint_point.letter = complaint_row.letter AND complaint_problem.changed_at > complaint_row.published_at))
	ORDER BY letter LIMIT :lim`)

// mostTouched bounds the earlier letters that are proposed at once.
const mostTouched = 500

// Propose says what a bulletin could have. It tells codes and states, no texts.
func (s *Bulletins) Propose(ctx context.Context, who identity.Colleague, code string) (p Proposal, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, _, err := admit(tx, who, complaint.Coordinate, code); err != nil {
			return err
		}
		if p.Batches, err = letter.BatchStates(tx, code); err != nil {
			return err
		}
		rows, err := touched.Slice(tx, since{Campaign: code, Limit: mostTouched})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := p.hold(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// hold adds a letter if it says something else now.
func (p *Proposal) hold(tx *db.Tx, r row) error {
	k, err := r.open(tx)
	if err != nil {
		return err
	}
	l, err := letter.Read(tx, r.Letter)
	if err != nil {
		return err
	}
	now, err := makeSource(tx, l, r.Number)
	if err != nil || k.Source.same(now) {
		return err
	}
	p.Changed = append(p.Changed, Changed{l.ID, l.Title(), r.Number, letter.Status(k.Source.Status), l.Status, *r.PublishedAt})
	return nil
}

// New is a bulletin to be.
type New struct {
	Campaign string
	Number   int // of one that is published, of which another version is made; 0: the next
	Title    string
	Batches  []int
	Earlier  []string // ids of letters that are published again
	Why      string   // why one sees letters as they came: it is kept
}

// maxLetters bounds a bulletin; maxTitle its title, in characters.
const (
	maxLetters = 5000
	maxTitle   = 100
)

// Prepare makes the draft of a bulletin: a row for each letter, from data.
func (s *Bulletins) Prepare(ctx context.Context, who identity.Colleague, n New) (b Bulletin, err error) {
	n.Title, n.Why = strings.TrimSpace(n.Title), strings.TrimSpace(n.Why)
	if t, ok := lang.CheckText(n.Title, maxTitle); !ok {
		return b, fault.At("title", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if n.Why == "" {
		return b, fault.At("why", noReason())
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, by, err := admit(tx, who, complaint.Coordinate, n.Campaign)
		if err != nil {
			return err
		}
		if _, _, err := admit(tx, who, complaint.Original, n.Campaign); err != nil {
			return err
		}
		b = Bulletin{Campaign: n.Campaign, Title: n.Title, State: Draft, MadeAt: tx.Now(), MadeBy: by.Sign}
		if err := b.numbered(tx, c, n); err != nil {
			return err
		}
		letters, err := n.letters(tx, &b)
		if err != nil {
			return err
		}
		b.Letters = len(letters)
		if _, err := insertBulletin.Exec(tx, b); err != nil {
			return err
		}
		for i, l := range letters {
			if err := b.add(tx, l, i+1); err != nil {
				return err
			}
		}
		return b.let(tx, by, n.Why)
	})
	return b, err
}

func noReason() error {
	return fault.New(fault.Invalid, "请写明为什么要看原文：会记下来", "say why you want to see the letters as they came: it is kept")
}

// numbered gives a bulletin its number and version, and a title where it has none.
func (b *Bulletin) numbered(tx *db.Tx, c campaign.Campaign, n New) error {
	if n.Number == 0 {
		last, err := lastBulletin.One(tx, c.Code)
		if err != nil {
			return err
		}
		versions, err := versionsOf.Slice(tx, Ref{Campaign: c.Code, Number: last})
		if err != nil {
			return err
		}
		if len(versions) == 1 && versions[0].State == Draft { // numbers go out in their order, and no letter is in two drafts
			return fault.At("batches", fault.New(fault.Conflict, "第 %[1]d 号还是草稿：先发布或丢弃它，再编下一号", "bulletin %[1]d is still a draft: publish it or throw it away before the next", last))
		}
		for b.Number, b.Version = last+1, 1; ; b.Number++ { // never one that the log says was given out
			if n, err := given(tx, b.Ref()); err != nil || n == 0 {
				if err != nil {
					return err
				}
				break
			}
		}
	} else {
		versions, err := versionsOf.Slice(tx, n.ref())
		if err != nil {
			return err
		}
		if len(versions) == 0 {
			return noBulletin(n.Number)
		}
		last := versions[len(versions)-1]
		if last.State != Published {
			return fault.New(fault.Conflict, "第 %[1]d 号已经有一份草稿：先发布或丢弃它", "there is a draft of bulletin %[1]d already: publish it or throw it away first", n.Number)
		}
		before, err := given(tx, last.Ref())
		if err != nil {
			return err
		}
		b.Number, b.Version, b.Batches = last.Number, max(last.Version, before)+1, last.Batches
		if b.Title == "" {
			b.Title = last.Title
		}
	}
	if b.Title == "" {
		b.Title = fmt.Sprintf("%s群众信访举报转办和边督边改公开情况一览表（第%d号）", c.Name, b.Number)
	}
	return nil
}

// joined are numbers of batches as they are kept.
func joined(batches []int) string {
	names := make([]string, len(batches))
	for i, n := range batches {
		names[i] = strconv.Itoa(n)
	}
	return strings.Join(names, ",")
}

func (n New) ref() Ref { return Ref{Campaign: n.Campaign, Number: n.Number} }

// letters are those of the batches that were not published yet, and the earlier ones; of another version, those of the
// version before.
func (n New) letters(tx *db.Tx, b *Bulletin) (all []letter.Letter, err error) {
	ids := n.Earlier
	if b.Version > 1 {
		before, err := rowsOf.Slice(tx, Ref{b.Campaign, b.Number, b.Version - 1})
		if err != nil {
			return nil, err
		}
		ids = nil
		for _, r := range before {
			ids = append(ids, r.Letter)
		}
	} else {
		for _, batch := range n.Batches {
			some, err := letter.InBatch(tx, n.Campaign, batch)
			if err != nil {
				return nil, err
			}
			for _, l := range some {
				if l.Bulletin == 0 {
					all = append(all, l)
				}
			}
		}
		b.Batches = joined(n.Batches)
	}
	for _, id := range ids {
		l, err := letter.Read(tx, id)
		if err != nil {
			return nil, err
		}
		if l.Campaign != n.Campaign || l.Bulletin == 0 {
			return nil, fault.New(fault.Invalid, "%[1]s 没有在这次督察里公开过，不能“再次公开”：请选它所在的批次", "%[1]s was not published in this inspection, so it is not published again: choose its batch", l.Title())
		}
		all = append(all, l)
	}
	switch {
	case len(all) == 0:
		return nil, fault.At("batches", fault.New(fault.Invalid, "请选至少一个批次，或至少一件以前公开过、现在有变化的信访件", "choose a batch, or an earlier letter of which something is changed"))
	case len(all) > maxLetters:
		return nil, fault.At("batches", fault.New(fault.Invalid, "一次最多公开 %d 件：请分几次", "a bulletin has %d letters at most: publish them in parts", maxLetters))
	}
	return all, nil
}

// add makes the row of a letter. What somebody decided of the same text before holds again, and is looked at again.
func (b Bulletin) add(tx *db.Tx, l letter.Letter, place int) error {
	r := row{Campaign: b.Campaign, Number: b.Number, Version: b.Version, Place: place, Letter: l.ID, Code: l.Code, CodeKey: l.CodeKey}
	s, err := makeSource(tx, l, b.Number)
	if err != nil {
		return err
	}
	k := kept{Source: s, Decisions: map[string]redact.Decisions{}}
	before, err := publishedOf.Slice(tx, l.ID)
	if err != nil {
		return err
	}
	for _, old := range before {
		had, err := old.open(tx)
		if err != nil {
			return err
		}
		k.take(had.Decisions)
		r.Lat, r.Lon = old.Lat, old.Lon
	}
	if err := r.seal(tx, k); err != nil {
		return err
	}
	return insertRow.Later(tx, r)
}

// take takes over decisions about the same texts.
func (k *kept) take(d map[string]redact.Decisions) {
	for key, one := range d {
		if one.Of == redact.Sum(k.Source.Texts[key]) {
			k.Decisions[key] = one
		}
	}
}

// let puts somebody down who sees what came, and says so in the record.
func (b Bulletin) let(tx *db.Tx, by identity.Admitted, why string) error {
	if _, err := addReader.Exec(tx, reader{b.Campaign, b.Number, b.Version, by.Person}); err != nil {
		return err
	}
	return record.Append(tx, by.Sign, seen{by.Person, why, b.Campaign, b.Number, b.Version, b.Letters})
}

// Let has somebody see what came, with the reason that they give once for a bulletin.
func (s *Bulletins) Let(ctx context.Context, who identity.Colleague, ref Ref, why string) error {
	if why = strings.TrimSpace(why); why == "" {
		return fault.At("why", noReason())
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, by, err := admit(tx, who, complaint.Original, ref.Campaign)
		if err != nil {
			return err
		}
		b, err := Read(tx, ref)
		if err != nil {
			return err
		}
		return b.let(tx, by, why)
	})
}

// Discard throws a draft away.
func (s *Bulletins) Discard(ctx context.Context, who identity.Colleague, ref Ref) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, _, err := admit(tx, who, complaint.Coordinate, ref.Campaign); err != nil {
			return err
		}
		n, err := dropBulletin.Exec(tx, ref)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "已经发布的公开批次不能丢弃。", "A bulletin that was published cannot be thrown away.")
		}
		if err == nil {
			_, err = dropRows.Exec(tx, ref)
		}
		return err
	})
}
