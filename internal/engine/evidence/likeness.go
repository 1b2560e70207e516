package evidence

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/imprint"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Answer is what a person says to a likeness.
type Answer string

// The answers. Until there is one it is empty.
const (
	Same    Answer = "same"    // it is the same picture
	Another Answer = "another" // it is another one
	Meant   Answer = "meant"   // it is the same, and meant so: one photo of two defects
)

// sameBytes is the distance of two items with one blob.
const sameBytes = -1

// mostQuestions bounds what is asked about one picture: whoever hands in the same a
// thousand times is asked often enough.
const mostQuestions = 20

// Likeness is a question about two items: are they one picture?
type Likeness struct {
	A        string     `db:"a"` // the later
	B        string     `db:"b"`
	Distance int        `db:"distance"` // of 144 bits; -1 for the same bytes
	At       time.Time  `db:"asked_at"`
	Answer   Answer     `db:"answer"`
	Answered *time.Time `db:"answered_at"`
}

type pair struct {
	A string `db:"a"`
	B string `db:"b"`
}

type openPage struct {
	Limit int `db:"lim"`
}

var (
	insertLikeness = db.Declare[Likeness, db.None](`
		INSERT INTO evidence_likeness (a, b, distance, asked_at, answer, answered_at)
		VALUES (:a, :b, :distance, :asked_at, :answer, :answered_at)`)
	readLikeness   = db.Declare[pair, Likeness](`SELECT /*cols*/ FROM evidence_likeness WHERE a = :a AND b = :b`)
	likenessesA    = db.Declare[string, Likeness](`SELECT /*cols*/ FROM evidence_likeness WHERE a = :item ORDER BY b`)
	likenessesB    = db.Declare[string, Likeness](`SELECT /*cols*/ FROM evidence_likeness WHERE b = :item ORDER BY a`)
	likenessesOpen = db.Declare[openPage, Likeness](`SELECT /*cols*/ FROM evidence_likeness WHERE answer = '' ORDER BY asked_at LIMIT :lim`)
	answerLikeness = db.Declare[Likeness, db.None](`
		UPDATE evidence_likeness SET answer = :answer, answered_at = :answered_at WHERE a = :a AND b = :b AND answer = ''`)
	printsSince = db.Declare[time.Time, printRow](`SELECT /*cols*/ FROM evidence_print WHERE made_at >= :since ORDER BY made_at`)
)

// ask puts a question on record, unless it has been asked.
func ask(tx *db.Tx, item, other string, distance int) error {
	if item < other {
		item, other = other, item // the ids are in the order of their making
	}
	has, err := readLikeness.Slice(tx, pair{item, other})
	if err != nil || len(has) > 0 {
		return err
	}
	if _, err := insertLikeness.Exec(tx, Likeness{A: item, B: other, Distance: distance, At: tx.Now()}); err != nil {
		return err
	}
	return record.Append(tx, "", asked{item, other, distance})
}

// shelf is the prints that this process has read.
type shelf struct {
	mu     sync.Mutex
	prints imprint.Shelf
	has    map[string]bool
	until  time.Time
}

// overlap is how far before the last print others are looked for again: a transaction
// takes its time at its beginning and is seen at its end.
const overlap = 15 * time.Minute

// likenesses asks about the pictures that one that was just committed looks like. Of two
// that come at once, the later to commit sees the other, whichever process it is of.
func (e *Evidence) likenesses(ctx context.Context, id string, p imprint.Print) error {
	s := &e.seen
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []printRow
	err := e.db.View(ctx, func(tx *db.Tx) (err error) {
		rows, err = printsSince.Slice(tx, s.until.Add(-overlap))
		return err
	})
	if err != nil {
		return err
	}
	if s.has == nil {
		s.has = map[string]bool{}
	}
	for _, row := range rows {
		if !s.has[row.Item] && len(row.Bits) == imprint.Size {
			s.has[row.Item] = true
			s.prints.Add(row.Item, imprint.Bits(row.Bits))
		}
		if row.At.After(s.until) {
			s.until = row.At
		}
	}
	hits := s.prints.Search(p)
	if len(hits) > mostQuestions {
		hits = hits[:mostQuestions]
	}
	return e.db.Update(ctx, func(tx *db.Tx) error {
		for _, h := range hits {
			if h.ID == id {
				continue
			}
			items, err := itemByID.Slice(tx, h.ID)
			if err != nil {
				return err
			}
			if len(items) == 0 || items[0].State == Erased {
				continue
			}
			if err := ask(tx, id, h.ID, h.Distance); err != nil {
				return err
			}
		}
		return nil
	})
}

// Likenesses returns what was asked about an item.
func Likenesses(tx *db.Tx, item string) ([]Likeness, error) {
	a, err := likenessesA.Slice(tx, item)
	if err != nil {
		return nil, fmt.Errorf("evidence: likenesses of %s: %w", item, err)
	}
	b, err := likenessesB.Slice(tx, item)
	if err != nil {
		return nil, fmt.Errorf("evidence: likenesses of %s: %w", item, err)
	}
	return append(a, b...), nil
}

// Unanswered returns questions that nobody has answered, the oldest first.
func Unanswered(tx *db.Tx, limit int) ([]Likeness, error) {
	return likenessesOpen.Slice(tx, openPage{limit})
}

// Said is a person's answer.
type Said struct {
	Answer Answer
	By     string // as in the record
	Person string
	Note   string
}

// Answer says what two items are to one another. Who may say so the system knows: not the
// unit that is responsible. What has been answered is a fault.Conflict.
func (e *Evidence) Answer(tx *db.Tx, a, b string, s Said) error {
	switch s.Answer {
	case Same, Another, Meant:
	default:
		return fault.At("answer", fault.New(fault.Invalid, "请选择：是同一张、不是同一张，或有意重复使用。", "Choose: the same, another, or meant so."))
	}
	if s.Answer != Same {
		one, err := Bytes(tx, a)
		if err != nil {
			return err
		}
		other, err := Bytes(tx, b)
		switch {
		case err != nil:
			return err
		case one == other && s.Answer == Another:
			return fault.At("answer", fault.New(fault.Invalid, "这两份文件一个字节也不差，不会是“只是拍得像”：请选是同一张，或有意重复使用并写明原因。", "These two are the same to the byte, so they are not merely alike: choose the same, or meant so with the reason."))
		case one == other && strings.TrimSpace(s.Note) == "":
			return fault.At("note", fault.New(fault.Invalid, "同一份文件用了两次：请写明为什么这样用。", "One file was used twice: say why."))
		}
	}
	now := tx.Now()
	n, err := answerLikeness.Exec(tx, Likeness{A: a, B: b, Answer: s.Answer, Answered: &now})
	if err != nil {
		return fmt.Errorf("evidence: answer about %s and %s: %w", a, b, err)
	}
	if n == 0 {
		if _, err := readLikeness.One(tx, pair{a, b}); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "这个问题已经有人回答了。请刷新查看。", "Somebody has answered this already. Look again.")
	}
	return record.Append(tx, s.By, answered{s.Person, s.Note, a, b, s.Answer})
}
