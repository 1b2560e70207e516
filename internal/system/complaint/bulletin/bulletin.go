// Package bulletin prepares and publishes what the public is told of letters.
//
//	b, err := bulletins.Prepare(ctx, who, bulletin.New{Campaign: "XN2023", Batches: []int{13}})
//	err = bulletins.Decide(ctx, who, b.Ref, bulletin.Decision{Place: 3, Field: "text", …})
//	stops, err := bulletins.Stops(ctx, who, b.Ref)
//	b, err = bulletins.Publish(ctx, who, b.Ref)
//
// A row is made of data: what came, what was answered, verdicts, state, sanctions as counts. It is redacted by rule, and
// then somebody looks at it; what they decide is kept as decisions (package redact), so that the same is
// covered when it is made anew. What is likely personal data and undecided, a row that nobody looked at, and
// one whose letter has changed since stop all of it.
//
// What is published is a file beside the log, named by its hash in an entry (record.PutFile); it is never
// changed. Another version or another bulletin has the difference. A text that should not have gone out is taken
// back everywhere it stands: the file is replaced by one without it, which is an entry with the reason, and whoever
// verifies is told.
//
// A row is published as things were. What became of the problem later is for figures of later days.
//
// Tables owned: complaint_bulletin, complaint_row, complaint_reader.
package bulletin

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// Ref names a bulletin.
type Ref struct {
	Campaign string `db:"campaign"`
	Number   int    `db:"number"`
	Version  int    `db:"version"`
}

// Subject is the name under which the record keeps its history.
func (r Ref) Subject() string { return fmt.Sprintf("bulletin/%s/%d", r.Campaign, r.Number) }

// Bulletin is a bulletin as it stands.
type Bulletin struct {
	Campaign    string     `db:"campaign"`
	Number      int        `db:"number"`
	Version     int        `db:"version"`
	Title       string     `db:"title"`
	Day         string     `db:"day"`
	Batches     string     `db:"batches"`
	State       State      `db:"state"`
	Letters     int        `db:"letters"`
	Sum         string     `db:"sum"`
	MadeAt      time.Time  `db:"made_at"`
	MadeBy      string     `db:"made_by"`
	PublishedAt *time.Time `db:"published_at"`
	PublishedBy string     `db:"published_by"`
	ChangedAt   *time.Time `db:"changed_at"` // when a text was taken out of it after it was published
}

// Updated is when what the public reads of it changed the last time.
func (b Bulletin) Updated() time.Time {
	switch {
	case b.PublishedAt == nil:
		return b.MadeAt
	case b.ChangedAt != nil && b.PublishedAt.Before(*b.ChangedAt):
		return *b.ChangedAt
	}
	return *b.PublishedAt
}

// Ref names it.
func (b Bulletin) Ref() Ref { return Ref{b.Campaign, b.Number, b.Version} }

// BatchList are the batches whose letters it has.
func (b Bulletin) BatchList() (all []int) {
	for text := range strings.SplitSeq(b.Batches, ",") {
		if n, err := strconv.Atoi(text); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// State is whether it is out.
type State string

// The states.
const (
	Draft     State = "draft"
	Published State = "published"
)

// row is a letter in a bulletin, as it is kept.
type row struct {
	Campaign    string     `db:"campaign"`
	Number      int        `db:"number"`
	Version     int        `db:"version"`
	Place       int        `db:"place"`
	Letter      string     `db:"letter"`
	Code        string     `db:"code"`
	CodeKey     string     `db:"code_key"`
	Seen        int        `db:"seen"`
	What        string     `db:"what"`
	KeyNumber   int        `db:"key_number"`
	Looked      string     `db:"looked"`
	Standing    bool       `db:"standing"`
	PublishedAt *time.Time `db:"published_at"`
	Lat         *float64   `db:"lat"`
	Lon         *float64   `db:"lon"`
}

// sealedAt is where what is sealed in a row belongs.
func (r row) sealedAt() string {
	return fmt.Sprintf("complaint_row/%s/%d/%d/%d", r.Campaign, r.Number, r.Version, r.Place)
}

// kept is what a row is made of, and what somebody decided.
type kept struct {
	Source    source                      `json:"source"`
	Decisions map[string]redact.Decisions `json:"decisions,omitempty"` // by field
}

func (r row) open(tx *db.Tx) (k kept, err error) {
	text, err := record.OpenOwn(tx, r.sealedAt(), r.What)
	if err == nil {
		err = json.Unmarshal([]byte(text), &k)
	}
	if err != nil {
		return k, fmt.Errorf("bulletin: %s: %w", r.sealedAt(), err)
	}
	if k.Decisions == nil {
		k.Decisions = map[string]redact.Decisions{}
	}
	return k, nil
}

func (r *row) seal(tx *db.Tx, k kept) error {
	text, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("bulletin: %w", err)
	}
	r.What, r.KeyNumber, err = record.SealOwn(tx, r.sealedAt(), string(text))
	return err
}

type reader struct {
	Campaign string `db:"campaign"`
	Number   int    `db:"number"`
	Version  int    `db:"version"`
	Person   string `db:"person"`
}

type listing struct {
	Campaign string `db:"campaign"`
	Before   int    `db:"before"`
	Limit    int    `db:"lim"`
	State    *State `db:"state"`
}

type placed struct {
	Campaign string `db:"campaign"`
	Number   int    `db:"number"`
	Version  int    `db:"version"`
	Place    int    `db:"place"`
}

var (
	insertBulletin = db.Declare[Bulletin, db.None](`
		INSERT INTO complaint_bulletin (campaign, number, version, title, day, batches, state, letters, sum, made_at, made_by, published_at, published_by, changed_at)
		VALUES (:campaign, :number, :version, :title, :day, :batches, :state, :letters, :sum, :made_at, :made_by, :published_at, :published_by, :changed_at)`)
	writeBulletin = db.Declare[Bulletin, db.None](`
		UPDATE complaint_bulletin SET title = :title, day = :day, state = :state, letters = :letters, sum = :sum, published_at = :published_at, published_by = :published_by, changed_at = :changed_at
		WHERE campaign = :campaign AND number = :number AND version = :version`)
	dropBulletin = db.Declare[Ref, db.None](`
		DELETE FROM complaint_bulletin WHERE campaign = :campaign AND number = :number AND version = :version AND state = 'draft'`)
	bulletinOf = db.Declare[Ref, Bulletin](`
		SELECT /*cols*/ FROM complaint_bulletin WHERE campaign = :campaign AND number = :number AND version = :version`)
	versionsOf = db.Declare[Ref, Bulletin](`
		SELECT /*cols*/ FROM complaint_bulletin WHERE campaign = :campaign AND number = :number ORDER BY version`)
	bulletinsOf = db.Declare[listing, Bulletin](`
		SELECT /*cols*/ FROM complaint_bulletin WHERE campaign = :campaign AND number < :before [AND state = :state] ORDER BY number DESC, version DESC LIMIT :lim`)
	lastBulletin = db.Declare[string, int](`SELECT COALESCE(MAX(number), 0) AS n FROM complaint_bulletin WHERE campaign = :campaign`)
	insertRow    = db.Declare[row, db.None](`
		INSERT INTO complaint_row (campaign, number, version, place, letter, code, code_key, seen, what, key_number, looked, standing, published_at, lat, lon)
		VALUES (:campaign, :number, :version, :place, :letter, :code, :code_key, :seen, :what, :key_number, :looked, :standing, :published_at, :lat, :lon)`)
	writeRow = db.Declare[row, db.None](`
		UPDATE complaint_row SET seen = :seen, what = :what, key_number = :key_number, looked = :looked, standing = :standing, published_at = :published_at, lat = :lat, lon = :lon
		WHERE campaign = :campaign AND number = :number AND version = :version AND place = :place`)
	dropRows = db.Declare[Ref, db.None](`
		DELETE FROM complaint_row WHERE campaign = :campaign AND number = :number AND version = :version AND published_at IS NULL`)
	rowsOf = db.Declare[Ref, row](`
		SELECT /*cols*/ FROM complaint_row WHERE campaign = :campaign AND number = :number AND version = :version ORDER BY place`)
	rowAt = db.Declare[placed, row](`
		SELECT /*cols*/ FROM complaint_row WHERE campaign = :campaign AND number = :number AND version = :version AND place = :place`)
	publishedOf = db.Declare[string, row](`
		SELECT /*cols*/ FROM complaint_row WHERE letter = :letter AND published_at IS NOT NULL ORDER BY number, version`)
	standsNot = db.Declare[string, db.None](`UPDATE complaint_row SET standing = FALSE WHERE letter = :letter AND standing = TRUE`)
	addReader = db.Declare[reader, db.None](`
		INSERT INTO complaint_reader (campaign, number, version, person) VALUES (:campaign, :number, :version, :person) ON CONFLICT DO NOTHING`)
	isReader = db.Declare[reader, int](`
		SELECT COUNT(*) AS n FROM complaint_reader WHERE campaign = :campaign AND number = :number AND version = :version AND person = :person`)
)

// ownID is the key of a row as one text, by which there is an index.
const ownID = `campaign || '/' || CAST(number AS TEXT) || '/' || CAST(version AS TEXT) || '/' || CAST(place AS TEXT)`

// Anew are the tables with something sealed, for when another key is in use.
var Anew = []record.Drawer{
	{
		Read: db.Declare[record.UnderOther, record.Own](`
			SELECT ` + ownID + ` AS id, 'complaint_row/' || ` + ownID + ` AS place, what AS secret, key_number FROM complaint_row
			WHERE key_number <> :key_number AND ` + ownID + ` > :after ORDER BY ` + ownID + ` LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE complaint_row SET what = :secret, key_number = :key_number WHERE ` + ownID + ` = :id`),
	},
}

// Bulletins are those of a site.
type Bulletins struct{ db *db.DB }

// In returns the bulletins of a database.
func In(d *db.DB) *Bulletins { return &Bulletins{d} }

// Read returns a bulletin, or a fault.NotFound.
func Read(tx *db.Tx, ref Ref) (Bulletin, error) {
	rows, err := bulletinOf.Slice(tx, ref)
	if err != nil {
		return Bulletin{}, err
	}
	if len(rows) == 0 {
		return Bulletin{}, noBulletin(ref.Number)
	}
	return rows[0], nil
}

func noBulletin(number int) error {
	return fault.New(fault.NotFound, "没有第 %d 号公开批次。", "There is no bulletin %d.", number)
}

// admit asks for a right where a campaign is at home.
func admit(tx *db.Tx, who identity.Colleague, key, code string) (campaign.Campaign, identity.Admitted, error) {
	c, err := campaign.Read(tx, code)
	if err != nil {
		return c, identity.Admitted{}, err
	}
	by, err := who.Admit(tx, key, right.In(c.Home))
	return c, by, err
}

// set are the columns of a campaign's table.
func set(c campaign.Campaign) (table.Set, error) {
	for _, p := range table.Presets() {
		if p.Set.Key == c.Columns {
			return p.Set, nil
		}
	}
	return table.ParseSet("own", c.Columns)
}

// mostListed bounds a page of bulletins.
const mostListed = 200

// List lists the bulletins of a campaign for an office, the last first, each with all its versions.
func (s *Bulletins) List(ctx context.Context, who identity.Colleague, code, right string) (all []Bulletin, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, _, err := admit(tx, who, right, code); err != nil {
			return err
		}
		all, err = bulletinsOf.Slice(tx, listing{Campaign: code, Before: 1 << 30, Limit: mostListed})
		return err
	})
	return all, err
}
