package letter

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
)

// Filter chooses letters of a campaign, in the order in which they came.
type Filter struct {
	Campaign string
	Batch    int    // 0: all
	Stage    string // empty: all
	Kind     string // key of a kind; empty: all
	Key      bool   // key ones alone
	Text     string // a code, or its beginning
	After    Mark
	Limit    int // 0: 50
}

// Mark is the letter behind which a page begins: the zero Mark is the beginning.
type Mark struct {
	Batch, PlaceIn int
	ID             string
}

// Mark is behind this letter.
func (l Letter) Mark() Mark { return Mark{l.Batch, l.PlaceIn, l.ID} }

type listing struct {
	Campaign string  `db:"campaign"`
	Batch    *int    `db:"batch"`
	Stage    *string `db:"stage"`
	Kind     *string `db:"kind"`
	Key      *bool   `db:"key_item"`
	From     *string `db:"from_key"`
	Until    *string `db:"until_key"`
	Prefix   *string `db:"prefix"`
	AtBatch  int     `db:"at_batch"`
	AtPlace  int     `db:"at_place"`
	AtID     string  `db:"at_id"`
	Limit    int     `db:"lim"`
}

// where is the same for a list and for its count. The kind is between spaces, so no other is found in it.
const where = `
	campaign = :campaign [AND batch = :batch] [AND stage = :stage] [AND kinds LIKE :kind] [AND key_item = :key_item]
	[AND code_key >= :from_key] [AND code_key < :until_key] [AND code_key LIKE :prefix]`

var (
	listLetters = db.Declare[listing, Letter](`
		SELECT /*cols*/ FROM complaint_letter WHERE ` + where + `
		AND (batch, place_in, id) > (:at_batch, :at_place, :at_id) ORDER BY batch, place_in, id LIMIT :lim`)
	countLetters = db.Declare[listing, int](`
		SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM complaint_letter WHERE ` + where + ` LIMIT :lim) AS counted`)
)

// MaxCount is as far as letters are counted: a page says "over 10,000".
const MaxCount = 10_000

const maxPage = 200

func (f Filter) listing() listing {
	set := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	q := listing{Campaign: f.Campaign, Stage: set(f.Stage), AtBatch: f.After.Batch, AtPlace: f.After.PlaceIn, AtID: f.After.ID, Limit: min(f.Limit, maxPage)}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if f.Batch > 0 {
		q.Batch = &f.Batch
	}
	if f.Kind != "" {
		q.Kind = set("% " + f.Kind + " %")
	}
	if f.Key {
		q.Key = &f.Key
	}
	if key := complaint.CodeKey(strings.TrimSpace(f.Text)); key != "" {
		q.Prefix = set(key + "%")
		if until, ok := behind(key); ok {
			q.From, q.Until = set(key), set(until)
		}
	}
	return q
}

// behind is the first text behind all that begin with a key, in every order of letters that a database may
// have: digits stand before Latin letters, and these before Chinese characters. It is false
// where the orders differ; then the prefix alone decides.
func behind(key string) (string, bool) {
	switch last := key[len(key)-1]; {
	case last == '9':
		return key[:len(key)-1] + "A", true
	case last == 'Z':
		return key[:len(key)-1] + "一", true
	case last >= '0' && last < '9', last >= 'A' && last < 'Z':
		return key[:len(key)-1] + string(rune(last)+1), true
	}
	return "", false
}

// List is a page of letters, for an office. It opens none.
func (s *Letters) List(ctx context.Context, who identity.Colleague, f Filter) (all []Letter, total int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := campaign.Read(tx, f.Campaign)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Look, right.In(c.Home)); err != nil {
			return err
		}
		q := f.listing()
		if all, err = listLetters.Slice(tx, q); err != nil {
			return err
		}
		q.Limit = MaxCount + 1
		total, err = countLetters.One(tx, q)
		return err
	})
	return all, total, err
}

// Standing is how many letters of a campaign are in a stage.
type Standing struct {
	Stage string `db:"stage"`
	N     int    `db:"n"`
	Late  int    `db:"late"`
	Soon  int    `db:"soon"` // due before a time
}

type standing struct {
	Campaign string    `db:"campaign"`
	Now      time.Time `db:"now"`
	Until    time.Time `db:"until"`
}

var standings = db.Declare[standing, Standing](`
	SELECT stage, COUNT(*) AS n, SUM(CASE WHEN due_at < :now THEN 1 ELSE 0 END) AS late,
		SUM(CASE WHEN due_at >= :now AND due_at < :until THEN 1 ELSE 0 END) AS soon
	FROM complaint_letter WHERE campaign = :campaign GROUP BY stage ORDER BY stage`)

// Standings counts the letters of a campaign by where they stand: also those that are late, and those that are due
// before a time.
func (s *Letters) Standings(ctx context.Context, who identity.Colleague, code string, until time.Time) (all []Standing, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := campaign.Read(tx, code)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Look, right.In(c.Home)); err != nil {
			return err
		}
		all, err = standings.Slice(tx, standing{code, tx.Now(), until})
		return err
	})
	return all, err
}

// Seen is a letter with its points, for an office that may see it.
type Seen struct {
	Letter
	Points  []Point
	Answer  Answer
	Joint   []string
	History []casework.Past
	Clocks  []casework.Clock
}

const maxHistory = 500

// Get returns a letter without its text, for an office.
func (s *Letters) Get(ctx context.Context, who identity.Colleague, id string) (out Seen, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if out.Letter, _, err = admitOffice(tx, who, id, complaint.Look); err != nil {
			return err
		}
		if out.Points, err = Points(tx, id); err != nil {
			return err
		}
		if out.Answer, err = out.OpenAnswer(tx); err != nil {
			return err
		}
		made, err := s.book.Case(tx, id)
		if err != nil {
			return err
		}
		if _, out.Joint, err = s.book.Parties(tx, made); err != nil {
			return err
		}
		if out.History, err = s.book.History(tx, id, 0, maxHistory); err != nil {
			return err
		}
		out.Clocks, err = s.book.Clocks(tx, id)
		return err
	})
	return out, err
}

// Came is when a letter came.
type Came struct {
	At    time.Time `db:"received_at"`
	ID    string    `db:"id"`
	Limit int       `db:"lim"`
}

var lettersSince = db.Declare[Came, Letter](`
	SELECT /*cols*/ FROM complaint_letter WHERE (received_at, id) > (:received_at, :id) ORDER BY received_at, id LIMIT :lim`)

// Since lists the letters that came after one, of all campaigns.
func Since(tx *db.Tx, after Came, limit int) ([]Letter, error) {
	after.Limit = limit
	return lettersSince.Slice(tx, after)
}
