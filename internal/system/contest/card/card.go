// Package card is what becomes of a winner: a case card that others work from, and who has adopted it.
//
//	c, err := cards.Save(ctx, unit, card.Saving{Contest: "cases-55", Number: "E-17", Draft: card.Draft{…}})
//	c, err = cards.Offer(ctx, unit, c.ID, c.Version)          // to who holds the contest
//	c, err = cards.Show(ctx, organiser, c.ID, c.Version)      // everybody reads it
//	a, err := cards.Adopt(ctx, other, card.Adopting{Card: c.ID, …})
//	a, err = cards.Decide(ctx, organiser, card.Deciding{Adoption: a.ID, Seen: a.Version, To: card.Verified, Reason: "…"})
//
// # States
//
//	card      draft → offered → shown | returned;  shown and changed: draft, while everybody reads the version before;  withdrawn
//	adoption  said → verified | unverified;  each of them → withdrawn by the unit that recorded it
//
// A card is of an entry that won, once the list is final. Each saving is a version and all are kept; a save or a step on a card that
// somebody else has changed meanwhile is refused. What is verified was looked at: it has evidence, and who verifies is of
// another unit and another person than who recorded it. No text of a card or an adoption takes a private telephone or identity number.
// The log has hashes, units, divisions and months, and nobody's name.
//
// Tables owned: contest_card, contest_card_version, contest_adoption.
package card

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
)

// State is how far a card is.
type State string

// The states.
const (
	Drafted   State = "draft"
	Offered   State = "offered"
	Returned  State = "returned"
	Shown     State = "shown"
	Withdrawn State = "withdrawn"
)

var states = []lang.Choice{
	{Key: string(Drafted), Name: lang.Text{ZH: "草稿", EN: "draft"}},
	{Key: string(Offered), Name: lang.Text{ZH: "待组织方公开", EN: "waits for the organiser"}},
	{Key: string(Returned), Name: lang.Text{ZH: "退回修改", EN: "returned"}},
	{Key: string(Shown), Name: lang.Text{ZH: "已公开", EN: "public"}},
	{Key: string(Withdrawn), Name: lang.Text{ZH: "已撤下", EN: "withdrawn"}},
}

// Name is what a state is called.
func (s State) Name() lang.Text { return named(states, string(s)) }

func named(all []lang.Choice, key string) lang.Text {
	i := slices.IndexFunc(all, func(c lang.Choice) bool { return c.Key == key })
	if i < 0 {
		return lang.Text{ZH: key, EN: key}
	}
	return all[i].Name
}

// Fields are what cases are about.
var Fields = []lang.Choice{
	{Key: "service", Name: lang.Text{ZH: "政务服务", EN: "public service"}},
	{Key: "approval", Name: lang.Text{ZH: "项目审批", EN: "approval of projects"}},
	{Key: "market", Name: lang.Text{ZH: "市场准入和监管", EN: "market entry and supervision"}},
	{Key: "finance", Name: lang.Text{ZH: "财税和融资", EN: "taxes and finance"}},
	{Key: "work", Name: lang.Text{ZH: "就业和社保", EN: "work and insurance"}},
	{Key: "law", Name: lang.Text{ZH: "法治和合规", EN: "law and compliance"}},
	{Key: "park", Name: lang.Text{ZH: "园区和企业服务", EN: "parks and enterprises"}},
	{Key: "other", Name: lang.Text{ZH: "其他", EN: "other"}},
}

// FieldName is what a field is called.
func FieldName(key string) lang.Text { return named(Fields, key) }

// Card is a winner's card as it stands.
type Card struct {
	ID           string    `db:"id"`
	Contest      string    `db:"contest"`
	Number       string    `db:"number"`
	Organisation string    `db:"organisation"`
	Units        string    `db:"units"`
	Won          string    `db:"won"`
	Year         int       `db:"year"`
	State        State     `db:"state"`
	Why          string    `db:"why"`
	Newest       int       `db:"newest"`
	Shown        int       `db:"shown"`
	Title        string    `db:"title"`
	Field        string    `db:"field"`
	Words        string    `db:"words"`
	Version      int64     `db:"version"`
	MadeAt       time.Time `db:"made_at"`
	ShownAt      time.Time `db:"shown_at"`
}

// ID is what the card of a number is called.
func ID(code, number string) string { return code + "/" + number }

var (
	insert = db.Declare[Card, db.None](`
		INSERT INTO contest_card (id, contest, number, organisation, units, won, year, state, why, newest, shown, title, field, words, version, made_at, shown_at)
		VALUES (:id, :contest, :number, :organisation, :units, :won, :year, :state, :why, :newest, :shown, :title, :field, :words, :version, :made_at, :shown_at)
		ON CONFLICT (id) DO NOTHING`)
	write = db.Declare[Card, int64](`
		UPDATE contest_card SET state = :state, why = :why, newest = :newest, shown = :shown, title = :title, field = :field, words = :words,
			version = version + 1, shown_at = :shown_at
		WHERE id = :id AND version = :version RETURNING version`)
	byID      = db.Declare[string, Card](`SELECT /*cols*/ FROM contest_card WHERE id = :id`)
	ofContest = db.Declare[string, Card](`SELECT /*cols*/ FROM contest_card WHERE contest = :contest ORDER BY number`)
)

// Read returns a card, or a fault.NotFound.
func Read(tx *db.Tx, id string) (Card, error) {
	rows, err := byID.Slice(tx, id)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "没有这张案例卡。", "There is no such case card.")
	}
	if err != nil {
		return Card{}, err
	}
	return rows[0], nil
}

// OfContest are the cards of a contest, by number.
func OfContest(tx *db.Tx, code string) ([]Card, error) { return ofContest.Slice(tx, code) }

func (c *Card) write(tx *db.Tx) error {
	versions, err := write.Slice(tx, *c)
	if err == nil && len(versions) == 0 {
		err = fault.New(fault.Conflict, "这张卡刚刚被别人改过，您填的都还在。请看一眼现在的样子，再做一次。", "Somebody has just changed this card; what you typed is still there. Look at it as it is now, and do it again.")
	}
	if err != nil {
		return err
	}
	c.Version = versions[0]
	return nil
}

// Cards are those of a site.
type Cards struct {
	db    *db.DB
	facts hall.Facts
	Album func() (*evidence.Evidence, error)
}

// In returns those of a database.
func In(d *db.DB, facts hall.Facts, album func() (*evidence.Evidence, error)) *Cards {
	return &Cards{d, facts, album}
}

// Winner is an entry that won.
type Winner struct {
	Entry entry.Entry
	Won   string
	Year  int
}

// Winners are the entries of a contest that won, by number; none before its list is final.
func (s *Cards) Winners(tx *db.Tx, code string) (all []Winner, err error) {
	p, there, err := publicity.Of(tx, code)
	if err != nil || !there || p.FinalAt == nil {
		return nil, err
	}
	b, err := hall.Revealed(tx, code, s.facts)
	if err != nil {
		return nil, err
	}
	entries, err := entry.Numbered(tx, code)
	if err != nil {
		return nil, err
	}
	for _, c := range b.Result.Cuts {
		for _, number := range c.In {
			e, there := entries[number]
			if there && !slices.ContainsFunc(all, func(w Winner) bool { return w.Entry.Number == number }) {
				all = append(all, Winner{e, b.Event.Rule.About.Name(c.Key).ZH, p.FinalAt.In(calendar.China).Year()})
			}
		}
	}
	slices.SortFunc(all, func(a, b Winner) int { return strings.Compare(a.Entry.Number, b.Entry.Number) })
	return all, nil
}

// admit is for what the unit of an entry does with its card, or who holds the contest for it.
func (c *Card) admit(tx *db.Tx, who identity.Colleague) (by identity.Admitted, office bool, err error) {
	e, err := event.Read(tx, c.Contest)
	if err != nil {
		return by, false, err
	}
	by, err = who.Admit(tx, contest.Organise, e.Place())
	if fault.KindOf(err) != fault.Denied {
		return by, true, err
	}
	if c.Organisation == "" {
		return by, false, err
	}
	at, e2 := identity.PlaceOf(tx, c.Organisation)
	if e2 != nil {
		return by, false, e2
	}
	by, err = who.Admit(tx, contest.Enter, at)
	return by, false, err
}

// Stands is how somebody stands to a card: its unit, or who holds its contest.
func (s *Cards) Stands(ctx context.Context, who identity.Colleague, c Card) (may, office bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { _, office, err = c.admit(tx, who); return err })
	if fault.KindOf(err) == fault.Denied {
		return false, false, nil
	}
	return err == nil, office && err == nil, err
}

// Version is a card as it was saved.
type Version struct {
	Draft
	N      int
	BySign string
	At     time.Time
}

var (
	insertVersion = db.Declare[versionRow, db.None](`
		INSERT INTO contest_card_version (card, n, title, field, problem, measures, effect, figures, office, phone, by_sign, at)
		VALUES (:card, :n, :title, :field, :problem, :measures, :effect, :figures, :office, :phone, :by_sign, :at)`)
	versionsOf = db.Declare[string, versionRow](`SELECT /*cols*/ FROM contest_card_version WHERE card = :card ORDER BY n DESC`)
	oneVersion = db.Declare[versionKey, versionRow](`SELECT /*cols*/ FROM contest_card_version WHERE card = :card AND n = :n`)
)

type versionKey struct {
	Card string `db:"card"`
	N    int    `db:"n"`
}

type versionRow struct {
	Card     string    `db:"card"`
	N        int       `db:"n"`
	Title    string    `db:"title"`
	Field    string    `db:"field"`
	Problem  string    `db:"problem"`
	Measures string    `db:"measures"`
	Effect   string    `db:"effect"`
	Figures  string    `db:"figures"`
	Office   string    `db:"office"`
	Phone    string    `db:"phone"`
	BySign   string    `db:"by_sign"`
	At       time.Time `db:"at"`
}

func (r versionRow) version() (v Version, err error) {
	v = Version{
		Draft: Draft{Title: r.Title, Field: r.Field, Problem: r.Problem, Measures: r.Measures, Effect: r.Effect, Office: r.Office, Phone: r.Phone},
		N:     r.N, BySign: r.BySign, At: r.At,
	}
	if err := json.Unmarshal([]byte(r.Figures), &v.Figures); err != nil {
		return v, fmt.Errorf("card %s: %w", r.Card, err)
	}
	return v, nil
}

// Versions are those of a card, the newest first.
func Versions(tx *db.Tx, id string) (all []Version, err error) {
	rows, err := versionsOf.Slice(tx, id)
	for _, r := range rows {
		v, e := r.version()
		if e != nil {
			return nil, e
		}
		all = append(all, v)
	}
	return all, err
}

// At is a version of a card.
func (c *Card) At(tx *db.Tx, n int) (v Version, err error) {
	rows, err := oneVersion.Slice(tx, versionKey{c.ID, n})
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "没有这一版。", "There is no such version.")
	}
	if err != nil {
		return v, err
	}
	return rows[0].version()
}
