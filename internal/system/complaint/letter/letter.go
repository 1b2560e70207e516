// Package letter keeps the letters that inspectors hand over, with their points.
//
//	l, err := letter.Add(tx, book, by, c, letter.New{…})
//	page, err := letters.List(ctx, who, letter.Filter{Campaign: "XN2023", Batch: 4})
//
// A letter is kept to the letter and is never closed: it is handed over, reported on and answered, and
// says what became of the problems that its points belong to. Its code is the key of a campaign; a bare
// serial, which begins again every evening, that of its batch.
//
// # Who sees what
//
// What came is sealed under the keys of people ([Original]) and is opened with a reason, which is an
// entry of the record. The responsible unit sees the digest, which somebody wrote who has
// read it. What is answered is sealed, too: it is public once it is in a bulletin, redacted.
//
// Tables owned: complaint_letter, complaint_answer, complaint_point, complaint_token.
package letter

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Letter is a letter as it stands.
type Letter struct {
	ID         string     `db:"id"` // of its case
	Campaign   string     `db:"campaign"`
	Batch      int        `db:"batch"`
	PlaceIn    int        `db:"place_in"`
	Code       string     `db:"code"`
	CodeKey    string     `db:"code_key"`
	CodeBatch  int        `db:"code_batch"`
	Channel    string     `db:"channel"`
	KeyItem    bool       `db:"key_item"`
	Region     string     `db:"region"`
	Division   string     `db:"division"`
	KindsText  string     `db:"kinds_text"`
	Kinds      string     `db:"kinds"`
	Original   string     `db:"original"`
	KeyNumber  int        `db:"key_number"`
	Digest     string     `db:"digest"`
	Stage      string     `db:"stage"`
	DueAt      *time.Time `db:"due_at"`
	Lead       string     `db:"lead"`
	Verdict    string     `db:"verdict"`
	VerdictWhy string     `db:"verdict_why"`
	Status     Status     `db:"status"`
	Bulletin   int        `db:"bulletin"`
	Entry      string     `db:"entry"`
	Version    int        `db:"version"` // of its case
	ReceivedAt time.Time  `db:"received_at"`
	ChangedAt  time.Time  `db:"changed_at"`
}

// Status is 办理状态, apart from the verdict.
type Status string

// The states of a report.
const (
	Unreported Status = ""
	Closed     Status = "done"   // 已办结
	ForAStage  Status = "staged" // 阶段性办结
	Doing      Status = "doing"  // 正在办理
)

// Point is a numbered part of a letter: with a place, kinds and a verdict of its own.
type Point struct {
	Letter    string `db:"letter"`
	Number    int    `db:"number"`
	Problem   string `db:"problem"`
	Division  string `db:"division"`
	Kinds     string `db:"kinds"`
	Verdict   string `db:"verdict"`
	What      string `db:"what"`
	KeyNumber int    `db:"key_number"`
}

// Original is what came, to the letter.
type Original struct {
	Number    string `json:"number,omitempty"`
	Text      string `json:"text"`
	Place     string `json:"place,omitempty"`
	Found     string `json:"found,omitempty"`
	Judged    string `json:"judged,omitempty"`
	Done      string `json:"done,omitempty"`
	Aim       string `json:"aim,omitempty"`
	Status    string `json:"status,omitempty"`
	Sanctions string `json:"sanctions,omitempty"`
	Note      string `json:"note,omitempty"`
	More      []Cell `json:"more,omitempty"`
	At        *Spot  `json:"at,omitempty"`
}

// Spot is where somebody who reported by page says that it is, in WGS-84: as exact as they were, so that it is as
// sealed as their text.
type Spot struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Cell is what stood in a column that is not known.
type Cell struct {
	Column string `json:"column"`
	Text   string `json:"text"`
}

// Answer is what is said of a letter: by the unit, reviewed by the office.
type Answer struct {
	Found     string `json:"found"`               // 调查核实情况
	Done      string `json:"done"`                // 处理和整改情况
	Aim       string `json:"aim,omitempty"`       // 办结目标
	Sanctions string `json:"sanctions,omitempty"` // 责任人被处理情况
	Note      string `json:"note,omitempty"`
}

type answerRow struct {
	Letter    string    `db:"letter"`
	What      string    `db:"what"`
	KeyNumber int       `db:"key_number"`
	WrittenAt time.Time `db:"written_at"`
}

func (r answerRow) place() string { return "complaint_answer/" + r.Letter }

type codeOf struct {
	Campaign string `db:"campaign"`
	Key      string `db:"code_key"`
	Batch    int    `db:"code_batch"`
}

var (
	insertLetter = db.Declare[Letter, db.None](`
		INSERT INTO complaint_letter (id, campaign, batch, place_in, code, code_key, code_batch, channel, key_item, region, division, kinds_text, kinds,
			original, key_number, digest, stage, due_at, lead, verdict, verdict_why, status, bulletin, entry, version, received_at, changed_at)
		VALUES (:id, :campaign, :batch, :place_in, :code, :code_key, :code_batch, :channel, :key_item, :region, :division, :kinds_text, :kinds,
			:original, :key_number, :digest, :stage, :due_at, :lead, :verdict, :verdict_why, :status, :bulletin, :entry, :version, :received_at, :changed_at)`)
	writeLetter = db.Declare[Letter, db.None](`
		UPDATE complaint_letter SET original = :original, key_number = :key_number, digest = :digest, kinds = :kinds, division = :division, key_item = :key_item,
			stage = :stage, due_at = :due_at, lead = :lead, verdict = :verdict, verdict_why = :verdict_why, status = :status, bulletin = :bulletin,
			version = :version, changed_at = :changed_at
		WHERE id = :id`)
	letterByID   = db.Declare[string, Letter](`SELECT /*cols*/ FROM complaint_letter WHERE id = :id`)
	letterByCode = db.Declare[codeOf, Letter](`
		SELECT /*cols*/ FROM complaint_letter WHERE campaign = :campaign AND code_key = :code_key AND code_batch = :code_batch`)
	lettersByKey = db.Declare[string, Letter](`
		SELECT /*cols*/ FROM complaint_letter WHERE code_key = :code_key AND code_batch = 0 ORDER BY received_at DESC LIMIT 1`)
	putAnswer = db.Declare[answerRow, db.None](`
		INSERT INTO complaint_answer (letter, what, key_number, written_at) VALUES (:letter, :what, :key_number, :written_at)
		ON CONFLICT (letter) DO UPDATE SET what = excluded.what, key_number = excluded.key_number, written_at = excluded.written_at`)
	answerOf    = db.Declare[string, answerRow](`SELECT /*cols*/ FROM complaint_answer WHERE letter = :letter`)
	insertPoint = db.Declare[Point, db.None](`
		INSERT INTO complaint_point (letter, number, problem, division, kinds, verdict, what, key_number)
		VALUES (:letter, :number, :problem, :division, :kinds, :verdict, :what, :key_number)`)
	writePoint = db.Declare[Point, db.None](`
		UPDATE complaint_point SET problem = :problem, division = :division, kinds = :kinds, verdict = :verdict, what = :what, key_number = :key_number
		WHERE letter = :letter AND number = :number`)
	pointsOf  = db.Declare[string, Point](`SELECT /*cols*/ FROM complaint_point WHERE letter = :letter ORDER BY number`)
	pointsFor = db.Declare[string, Point](`SELECT /*cols*/ FROM complaint_point WHERE problem = :problem ORDER BY letter, number`)
	lettersOf = db.Declare[string, Letter](`
		SELECT /*cols*/ FROM complaint_letter WHERE id IN (SELECT letter FROM complaint_point WHERE problem = :problem) ORDER BY received_at, id`)
)

// Read returns a letter, or a fault.NotFound.
func Read(tx *db.Tx, id string) (Letter, error) { return letterByID.One(tx, id) }

// ByCode finds a letter of a campaign by its code, of a bare serial within a batch. It is false where
// there is none.
func ByCode(tx *db.Tx, campaign string, c complaint.Code, batch int) (Letter, bool, error) {
	rows, err := letterByCode.Slice(tx, codeOf{campaign, c.Key, codeBatch(c, batch)})
	if err != nil || len(rows) == 0 {
		return Letter{}, false, err
	}
	return rows[0], true, nil
}

// Elsewhere finds the last letter of a code in any campaign, as one of an earlier round. It is false where there is
// none; a bare serial is one of many and finds none.
func Elsewhere(tx *db.Tx, c complaint.Code) (Letter, bool, error) {
	if c.Shape == complaint.Serial {
		return Letter{}, false, nil
	}
	rows, err := lettersByKey.Slice(tx, c.Key)
	if err != nil || len(rows) == 0 {
		return Letter{}, false, err
	}
	return rows[0], true, nil
}

// codeBatch tells serials of several evenings apart.
func codeBatch(c complaint.Code, batch int) int {
	if c.Shape == complaint.Serial {
		return batch
	}
	return 0
}

// Points returns the points of a letter in their order.
func Points(tx *db.Tx, letter string) ([]Point, error) { return pointsOf.Slice(tx, letter) }

// ProblemsOf returns the ids of the problems that a letter's points belong to, each once, in the order of its points.
func ProblemsOf(tx *db.Tx, letter string) (ids []string, err error) {
	points, err := Points(tx, letter)
	for _, p := range points {
		if !slices.Contains(ids, p.Problem) {
			ids = append(ids, p.Problem)
		}
	}
	return ids, err
}

// PointsOf returns all points that belong to a problem.
func PointsOf(tx *db.Tx, problem string) ([]Point, error) { return pointsFor.Slice(tx, problem) }

// Of returns the letters that are about a problem, the first that came first.
func Of(tx *db.Tx, problem string) ([]Letter, error) { return lettersOf.Slice(tx, problem) }

// Subject is the name under which the record keeps a letter's history. It is not its code, which
// nobody is to know before it is published.
func Subject(id string) string { return "letter/" + id }

// Title is a code for people; a bare serial says its batch.
func (l Letter) Title() string {
	if l.CodeBatch > 0 {
		return fmt.Sprintf("%s（第 %d 批）", l.Code, l.CodeBatch)
	}
	return l.Code
}

// KindList are the kinds that it has.
func (l Letter) KindList() []complaint.Kind { return complaint.KindsOf(l.Kinds) }

// place is where what is sealed in a row belongs.
func (l Letter) place() string { return "complaint_letter/" + l.ID }

func (p Point) place() string { return fmt.Sprintf("complaint_point/%s/%d", p.Letter, p.Number) }

// OpenOriginal reads what came, for a use case that has admitted who asks and says so in the record.
func (l Letter) OpenOriginal(tx *db.Tx) (o Original, err error) {
	return o, open(tx, l.place(), l.Original, &o)
}

// OpenAnswer reads what is said of it; nothing where nothing was said yet.
func (l Letter) OpenAnswer(tx *db.Tx) (a Answer, err error) {
	rows, err := answerOf.Slice(tx, l.ID)
	if err != nil || len(rows) == 0 {
		return a, err
	}
	return a, open(tx, rows[0].place(), rows[0].What, &a)
}

// writeAnswer keeps what is said of a letter from here on.
func (l Letter) writeAnswer(tx *db.Tx, a Answer) (err error) {
	row := answerRow{Letter: l.ID, WrittenAt: tx.Now()}
	if row.What, row.KeyNumber, err = seal(tx, row.place(), a); err != nil {
		return err
	}
	_, err = putAnswer.Exec(tx, row)
	return err
}

// Open reads the text of a point; empty where the point is the whole letter.
func (p Point) Open(tx *db.Tx) (string, error) {
	if p.What == "" {
		return "", nil
	}
	return record.OpenOwn(tx, p.place(), p.What)
}

func open(tx *db.Tx, place, sealed string, into any) error {
	text, err := record.OpenOwn(tx, place, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("letter: %s: %w", place, err)
	}
	return nil
}

func seal(tx *db.Tx, place string, what any) (sealed string, number int, err error) {
	text, err := json.Marshal(what)
	if err != nil {
		return "", 0, fmt.Errorf("letter: %w", err)
	}
	return record.SealOwn(tx, place, string(text))
}

// pointAt takes the key of a point apart, so that it is found by it: a letter's id has 36 characters. Of nothing it is before
// all.
func pointAt(id string) string {
	return "(substr(CAST(" + id + " AS TEXT), 1, 36), CAST('0' || substr(CAST(" + id + " AS TEXT), 38) AS INTEGER))"
}

// Anew are the tables with something sealed, for when another key is in use.
var Anew = []record.Drawer{
	{
		Read: db.Declare[record.UnderOther, record.Own](`
			SELECT id, 'complaint_letter/' || id AS place, original AS secret, key_number FROM complaint_letter
			WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE complaint_letter SET original = :secret, key_number = :key_number WHERE id = :id`),
	},
	{
		Read: db.Declare[record.UnderOther, record.Own](`
			SELECT letter AS id, 'complaint_answer/' || letter AS place, what AS secret, key_number FROM complaint_answer
			WHERE key_number <> :key_number AND letter > :after ORDER BY letter LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE complaint_answer SET what = :secret, key_number = :key_number WHERE letter = :id`),
	},
	{
		Read: db.Declare[record.UnderOther, record.Own](`
			SELECT letter || '/' || number AS id, 'complaint_point/' || letter || '/' || number AS place, what AS secret, key_number FROM complaint_point
			WHERE key_number <> :key_number AND what <> '' AND (letter, number) > ` + pointAt(":after") + ` ORDER BY letter, number LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE complaint_point SET what = :secret, key_number = :key_number WHERE (letter, number) = ` + pointAt(":id")),
	},
}

// division reads the one of a row; the zero one where none is known.
func division(code string) gb.Division {
	if code == "" {
		return gb.Division{}
	}
	d, err := gb.Parse(code)
	if err != nil {
		return gb.Division{}
	}
	return d
}

// Where is the division that it is about; the zero one where none is known.
func (l Letter) Where() gb.Division { return division(l.Division) }

// maxDigest bounds a digest, in characters.
const maxDigest = 200

func checkDigest(s string) (string, error) {
	s = strings.TrimSpace(s)
	if n := len([]rune(s)); n > maxDigest {
		return s, fault.At("digest", fault.New(fault.Invalid, "摘要最多 %d 个字，现有 %d 个", "a digest has %d characters at most, and this has %d", maxDigest, n))
	}
	return s, redact.Free("digest", s)
}
