package intake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/alike"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Question is what a person has to answer about a letter: the program asks, and never decides.
type Question struct {
	ID       string       `db:"id"`
	Campaign string       `db:"campaign"`
	Kind     QuestionKind `db:"kind"`
	Letter   string       `db:"letter"`
	Other    string       `db:"other"` // a letter; of a code that is not known, the code
	Says     string       `db:"says"`
	Answer   string       `db:"answer"` // yes, no; empty: open
	AskedAt  time.Time    `db:"asked_at"`
	AnswerBy string       `db:"answer_by"`

	says saysOf
}

// QuestionKind is what is asked.
type QuestionKind string

// The kinds of question.
const (
	Alike   QuestionKind = "alike"   // are these two about one thing?
	Cited   QuestionKind = "cited"   // does the text mean that letter?
	Differs QuestionKind = "changed" // the table says something else now: which is right?
)

// saysOf is what speaks for and against, as a row has it: figures and names of columns, no text of a letter.
type saysOf struct {
	Share     float64  `json:"share,omitempty"` // 0 to 1
	Days      int      `json:"days,omitempty"`
	SameKind  bool     `json:"same_kind,omitempty"`
	SamePlace bool     `json:"same_place,omitempty"`
	Closed    bool     `json:"closed,omitempty"` // the other one's problem is closed
	Site      string   `json:"site,omitempty"`   // that both are about, by the other one's problem
	Metres    int      `json:"metres,omitempty"` // between the two; 0: not known
	After     int      `json:"after,omitempty"`  // days since the other one's problem was closed
	Code      string   `json:"code,omitempty"`   // as the text names it
	Fields    []string `json:"fields,omitempty"`
	File      string   `json:"file,omitempty"`
}

// Speaks is what speaks for and against.
type Speaks = saysOf

// Speaks reads what speaks for and against.
func (q Question) Speaks() (s Speaks, err error) { return s, json.Unmarshal([]byte(q.Says), &s) }

type came struct {
	CodeKey string `db:"code_key"`
	ID      string `db:"id"`
}

type asking struct {
	Campaign string    `db:"campaign"`
	At       time.Time `db:"asked_at"`
	ID       string    `db:"id"`
	Limit    int       `db:"lim"`
}

var (
	putQuestion = db.Declare[Question, db.None](`
		INSERT INTO complaint_question (id, campaign, kind, letter, other, says, answer, asked_at, answer_by)
		VALUES (:id, :campaign, :kind, :letter, :other, :says, :answer, :asked_at, :answer_by)
		ON CONFLICT (letter, kind, other) DO NOTHING`)
	answerQuestion = db.Declare[Question, db.None](`UPDATE complaint_question SET answer = :answer, answer_by = :answer_by WHERE id = :id AND answer = ''`)
	questionByID   = db.Declare[string, Question](`SELECT /*cols*/ FROM complaint_question WHERE id = :id`)
	citedCame      = db.Declare[came, db.None](`
		UPDATE complaint_question SET other = :id WHERE other = :code_key AND kind = 'cited'
		AND NOT EXISTS (SELECT 1 FROM complaint_question AS q WHERE q.letter = complaint_question.letter AND q.kind = 'cited' AND q.other = :id)`)
	countOpen     = db.Declare[string, int](`SELECT COUNT(*) AS n FROM complaint_question WHERE campaign = :campaign AND answer = ''`)
	openQuestions = db.Declare[asking, Question](`
		SELECT /*cols*/ FROM complaint_question WHERE campaign = :campaign AND answer = '' AND (asked_at, id) > (:asked_at, :id)
		ORDER BY asked_at, id LIMIT :lim`)
	// lettersAsked are those of a page of openQuestions, each once.
	lettersAsked = db.Declare[asking, letter.Letter](`
		WITH page AS (SELECT letter, other FROM complaint_question WHERE campaign = :campaign AND answer = '' AND (asked_at, id) > (:asked_at, :id)
			ORDER BY asked_at, id LIMIT :lim)
		SELECT /*cols*/ FROM complaint_letter WHERE id IN (SELECT letter FROM page UNION ALL SELECT other FROM page)`)
)

// Pending counts what is still to be answered in a campaign.
func (s *Intake) Pending(ctx context.Context, who identity.Colleague, code string) (n int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := campaign.Read(tx, code)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Look, right.In(c.Home)); err != nil {
			return err
		}
		n, err = countOpen.One(tx, code)
		return err
	})
	return n, err
}

// Question returns one, answered or not, with the letters that it is about.
func (s *Intake) Question(ctx context.Context, who identity.Colleague, id string) (a Asked, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		q, err := questionByID.One(tx, id)
		if err != nil {
			return err
		}
		c, err := campaign.Read(tx, q.Campaign)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Coordinate, right.In(c.Home)); err != nil {
			return err
		}
		a, err = asked(tx, who, q)
		return err
	})
	return a, err
}

// asked reads the letters of a question. One of another inspection that is not for who asks is left out.
func asked(tx *db.Tx, who identity.Colleague, q Question) (a Asked, err error) {
	a.Question = q
	if a.Letter, err = letter.Read(tx, q.Letter); err != nil {
		return a, err
	}
	a.Other, err = letter.Read(tx, q.Other)
	if fault.KindOf(err) == fault.NotFound {
		return a, nil
	}
	if err != nil || a.Other.Campaign == q.Campaign {
		return a, err
	}
	var seen bool
	if seen, err = mayLook(tx, who, a.Other); !seen {
		a.Other = letter.Letter{}
	}
	return a, err
}

// mayLook reports whether a letter is for who asks.
func mayLook(tx *db.Tx, who identity.Colleague, l letter.Letter) (bool, error) {
	at, err := l.At(tx)
	if err != nil {
		return false, err
	}
	_, err = who.Admit(tx, complaint.Look, at)
	if fault.KindOf(err) == fault.Denied {
		return false, nil
	}
	return err == nil, err
}

// question asks a person, once.
func (t *taking) question(q Question) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("intake: %w", err)
	}
	packed, err := json.Marshal(q.says)
	if err != nil {
		return fmt.Errorf("intake: %w", err)
	}
	q.ID, q.Campaign, q.Says, q.AskedAt = id.String(), t.c.Code, string(packed), t.tx.Now()
	n, err := putQuestion.Exec(t.tx, q)
	t.o.Questions += int(n)
	return err
}

// most is how many letters alike are asked about for one that comes.
const most = 5

// ask looks for letters that may be about the same thing, and for those that the text names.
func (t *taking) ask(made letter.Letter, l Letter) error {
	text := alike.Of(l.Text)
	hits := append(t.shelf.near(text, most), t.own.Near(text, most)...)
	t.own.Add(made.ID, text)
	t.came = append(t.came, shelved{made.ID, made.ReceivedAt, text})
	proposed := map[string]bool{} // problems
	slices.SortStableFunc(hits, func(a, b alike.Hit) int { return cmp.Compare(b.Share, a.Share) })
	for _, hit := range hits[:min(len(hits), most)] {
		other, err := letter.Read(t.tx, hit.ID)
		if err != nil {
			return err
		}
		if err := t.askAlike(made, other, hit.Share, proposed); err != nil {
			return err
		}
	}
	if err := t.askNear(made, l, proposed); err != nil {
		return err
	}
	if l.Code.Shape != complaint.Serial { // whoever named it before it came means this one
		if _, err := citedCame.Exec(t.tx, came{l.Code.Key, made.ID}); err != nil {
			return err
		}
	}
	for _, c := range l.Cited {
		other := c.Key
		code, err := complaint.ReadCode(c.Text)
		if err == nil {
			found, is, err := letter.ByCode(t.tx, t.c.Code, code, t.o.Number)
			if err != nil {
				return err
			}
			if !is {
				if found, is, err = letter.Elsewhere(t.tx, code); err != nil {
					return err
				}
			}
			if is {
				other = found.ID
			}
		}
		if err := t.question(Question{Kind: Cited, Letter: made.ID, Other: other, says: saysOf{Code: c.Text}}); err != nil {
			return err
		}
	}
	return nil
}

func (t *taking) askAlike(made, other letter.Letter, share float64, proposed map[string]bool) error {
	says := saysOf{
		Share: math.Round(share*1000) / 1000, Days: int(made.ReceivedAt.Sub(other.ReceivedAt).Hours() / 24),
		SamePlace: made.Division != "" && made.Division == other.Division, SameKind: shared(made, other),
	}
	points, err := letter.Points(t.tx, other.ID)
	if err != nil {
		return err
	}
	for _, point := range points {
		p, err := problem.Read(t.tx, point.Problem)
		if err != nil {
			return err
		}
		if p.Closed() && says.SameKind {
			says.Closed, proposed[p.ID] = true, true
			if err := t.problems.ProposeFor(t.tx, t.by, p, made, ""); err != nil {
				return err
			}
			t.o.Reopenings++
		}
	}
	return t.question(Question{Kind: Alike, Letter: made.ID, Other: other.ID, says: says})
}

func shared(a, b letter.Letter) bool {
	of := b.KindList()
	return slices.ContainsFunc(a.KindList(), func(k complaint.Kind) bool { return slices.Contains(of, k) })
}

// Asked is an open question with the letters that it is about.
type Asked struct {
	Question
	Letter letter.Letter
	Other  letter.Letter // the zero Letter where the code is not known
}

// Questions lists what is still to be answered in a campaign, the oldest first, behind one.
func (s *Intake) Questions(ctx context.Context, who identity.Colleague, code string, after Question, limit int) (all []Asked, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := campaign.Read(tx, code)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Coordinate, right.In(c.Home)); err != nil {
			return err
		}
		page := asking{code, after.AskedAt, after.ID, limit}
		rows, err := openQuestions.Slice(tx, page)
		if err != nil {
			return err
		}
		letters, err := lettersAsked.Slice(tx, page)
		if err != nil {
			return err
		}
		by := map[string]letter.Letter{}
		for _, l := range letters {
			if l.Campaign != code {
				if seen, err := mayLook(tx, who, l); err != nil {
					return err
				} else if !seen {
					continue
				}
			}
			by[l.ID] = l
		}
		all = make([]Asked, len(rows))
		for i, q := range rows {
			all[i] = Asked{q, by[q.Letter], by[q.Other]} // a code that is not known is no letter's id
		}
		return nil
	})
	return all, err
}

// questionAnswered is what a person said. Which letters it is about is not told before their bulletin.
type questionAnswered struct {
	letter, person string

	What   QuestionKind `json:"what"`
	Answer string       `json:"answer"`
}

func (questionAnswered) Kind() string      { return "complaint.question-answered" }
func (e questionAnswered) Subject() string { return letter.Subject(e.letter) }
func (e questionAnswered) Private() any    { return complaint.ByWhom{By: e.person} }

// Reply answers a question. A yes to letters alike merges nothing yet: that is a step of the problem, which
// a person makes.
func (s *Intake) Reply(ctx context.Context, who identity.Colleague, id string, yes bool) (q Question, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if q, err = questionByID.One(tx, id); err != nil {
			return err
		}
		c, err := campaign.Read(tx, q.Campaign)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, complaint.Coordinate, right.In(c.Home))
		if err != nil {
			return err
		}
		q.Answer, q.AnswerBy = "no", by.Sign
		if yes {
			q.Answer = "yes"
		}
		n, err := answerQuestion.Exec(tx, q)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "这个问题已经有人回答了。", "Somebody has answered this already.")
		}
		return record.Append(tx, by.Sign, questionAnswered{letter: q.Letter, person: by.Person, What: q.Kind, Answer: q.Answer})
	})
	return q, err
}

// shelf is the texts of all letters, to be compared: of one process, brought up to date before each batch.
type shelf struct {
	mu   sync.Mutex
	ix   alike.Index
	has  map[string]bool
	last time.Time
}

const (
	shelfPage = 1000
	// shelfOverlap is how far back it looks again: a transaction that began earlier may have ended later.
	shelfOverlap = 5 * time.Minute
)

// catchUp reads the texts of letters that came since.
func (s *shelf) catchUp(ctx context.Context, d *db.DB) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.has == nil {
		s.has = map[string]bool{}
	}
	at := letter.Came{At: s.last.Add(-shelfOverlap)}
	for more := true; more; {
		err := d.View(ctx, func(tx *db.Tx) error {
			page, err := letter.Since(tx, at, shelfPage)
			if err != nil {
				return err
			}
			for _, l := range page {
				at = letter.Came{At: l.ReceivedAt, ID: l.ID}
				if s.has[l.ID] {
					continue
				}
				o, err := l.OpenOriginal(tx)
				if err != nil {
					return err
				}
				s.ix.Add(l.ID, alike.Of(o.Text))
				s.has[l.ID], s.last = true, l.ReceivedAt
			}
			more = len(page) == shelfPage
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// shelved is the text of a letter that this process has taken in.
type shelved struct {
	id   string
	at   time.Time
	text alike.Text
}

// put lays what was committed onto the shelf, so that it need not be read again.
func (s *shelf) put(all []shelved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range all {
		if s.has == nil || s.has[l.id] {
			continue
		}
		s.ix.Add(l.id, l.text)
		s.has[l.id] = true
		if l.at.After(s.last) {
			s.last = l.at
		}
	}
}

func (s *shelf) near(text alike.Text, n int) []alike.Hit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ix.Near(text, n)
}
