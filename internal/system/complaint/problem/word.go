package problem

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Word is what somebody says who lives with a problem, for one of its letters.
type Word struct {
	ID      string    `db:"id"`
	Problem string    `db:"problem"`
	Letter  string    `db:"letter"`
	Life    int       `db:"life"`
	Source  string    `db:"source"`
	Says    string    `db:"says"`
	Why     string    `db:"why"`
	MadeAt  time.Time `db:"made_at"`
	MadeBy  string    `db:"made_by"`
	Entry   string    `db:"entry"`
}

// Whose word it is.
const (
	ByToken    = "token"      // the complainant's, by the secret that they alone have
	Neighbours = "neighbours" // asked by a checker
	None       = "none"       // there is none, and why
	Public     = "public"     // somebody's who shows a photo: no word to pass with
)

// What is said.
const (
	Solved    = "solved"
	NotSolved = "not"
	Unsure    = "unsure"
)

type ofLife struct {
	Problem string `db:"problem"`
	Life    int    `db:"life"`
}

var (
	insertWord = db.Declare[Word, db.None](`
		INSERT INTO complaint_word (id, problem, letter, life, source, says, why, made_at, made_by, entry)
		VALUES (:id, :problem, :letter, :life, :source, :says, :why, :made_at, :made_by, :entry)`)
	wordsOf = db.Declare[ofLife, Word](`
		SELECT /*cols*/ FROM complaint_word WHERE problem = :problem AND life = :life ORDER BY made_at, id`)
)

// Words lists what was said in the present life of a problem, in the order in which it was said.
func Words(tx *db.Tx, p Problem) ([]Word, error) { return wordsOf.Slice(tx, ofLife{p.ID, p.Life}) }

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("problem: %w", err)
	}
	return id.String(), nil
}

// NewWord is what a checker was told, or the reason for which nobody could be asked.
type NewWord struct {
	Problem string
	Letter  string
	Source  string // Neighbours or None
	Says    string // of Neighbours
	Why     string // of None; of Neighbours how many were asked and where, without names
	Form    string // the number of the form (act.Form)
}

// maxWhy bounds a reason, in characters.
const maxWhy = 200

// fewest is how many characters a reason has at least: that nobody was asked is said in a sentence.
func fewest(source string) int {
	if source == None {
		return 8
	}
	return 4
}

// AddWord puts down what a checker was told for a letter: one who could pass the problem, from outside the unit and not
// who had it in hand.
func (s *Problems) AddWord(ctx context.Context, who identity.Colleague, n NewWord) error {
	n.Why = strings.TrimSpace(n.Why)
	switch {
	case n.Source != Neighbours && n.Source != None:
		return fault.At("source", fault.New(fault.Invalid, "请选：问了周边群众，或无法询问", "choose: neighbours were asked, or nobody could be"))
	case n.Source == Neighbours && n.Says != Solved && n.Says != NotSolved && n.Says != Unsure:
		return fault.At("says", fault.New(fault.Invalid, "请选群众的意见：解决了、没解决或说不清", "choose what they say: solved, not solved, or cannot tell"))
	case n.Why == "":
		return fault.At("why", fault.New(fault.Invalid, "请写明：问了几位、在哪里问的；没有问的，为什么", "say how many were asked and where; or why nobody was"))
	case len([]rune(n.Why)) < fewest(n.Source):
		return fault.At("why", fault.New(fault.Invalid, "太短了，看不出问过谁：至少 %[1]d 个字，如“问了暂存间旁三户，都说没味了”“举报人未留联系方式，周边一公里没有住户”",
			"that is too short to tell who was asked: %[1]d characters at least, as “three homes beside it were asked”", fewest(n.Source)))
	case len([]rune(n.Why)) > maxWhy:
		return fault.At("why", fault.New(fault.Invalid, "最多 %d 个字", "%d characters at most", maxWhy))
	}
	if err := redact.Free("why", n.Why); err != nil {
		return err
	}
	if n.Source == None {
		n.Says = ""
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, _, err := act.Filled(tx, act.Form{Number: n.Form, Person: who.Person, Says: n}, func() (string, error) { return "", addWord(tx, s, who, n) })
		return err
	})
}

func addWord(tx *db.Tx, s *Problems, who identity.Colleague, n NewWord) error {
	p, err := Read(tx, n.Problem)
	if err != nil {
		return err
	}
	by, err := s.admit(tx, who, complaint.Check, p)
	if err != nil {
		return err
	}
	if err := mayAsk(tx, s, by, p); err != nil {
		return err
	}
	letters, err := letter.Of(tx, p.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if l.ID != n.Letter {
			continue
		}
		if err := s.keepWord(tx, by, p, Word{Letter: l.ID, Source: n.Source, Says: n.Says, Why: n.Why}); err != nil {
			return err
		}
		if n.Says == NotSolved && passed(p.Stage) {
			return notSolved(tx, s, p, l.ID)
		}
		return nil
	}
	return fault.At("letter", fault.New(fault.Invalid, "这封信访件不属于这个问题", "this letter is not about this problem"))
}

func (s *Problems) keepWord(tx *db.Tx, by identity.Admitted, p Problem, w Word) (err error) {
	if w.ID, err = newID(); err != nil {
		return err
	}
	w.Problem, w.Life, w.MadeAt, w.MadeBy = p.ID, p.Life, tx.Now(), by.Sign
	w.Entry, err = record.AppendID(tx, by.Sign, heard{person: by.Person, why: w.Why, Code: p.Code, Life: p.Life, Source: w.Source, Says: w.Says})
	if err != nil {
		return err
	}
	if _, err = insertWord.Exec(tx, w); err != nil {
		return err
	}
	if p.FiledAt != nil && (p.Stage == complaint.Filed || p.Stage == complaint.Settled) { // the closing is published: nothing waits any more
		return record.Open(tx, by.Sign, w.Entry)
	}
	return nil
}

// mayAsk keeps those from asking the neighbours who answer for the problem.
func mayAsk(tx *db.Tx, s *Problems, by identity.Admitted, p Problem) error {
	c, err := campaign.Read(tx, p.Campaign)
	if err != nil {
		return err
	}
	move := "check"
	switch {
	case p.Stage == complaint.Unfounded:
		move = "confirm"
	case c.Acceptor == campaign.BySuperior:
		move = "accept"
	}
	return s.book.Bars(tx, p.ID, move, casework.Person{ID: by.Person, Organisation: by.Organisation})
}

// passed reports whether a problem in a stage was checked: what is said against it then was not weighed by its checker.
func passed(stage string) bool {
	return stage == complaint.Checked || stage == complaint.Publicity || stage == complaint.Filed
}

// Said is the secret's answer: what the complainant says of a letter.
type Said struct {
	Token  string
	Says   string
	Letter string // on whose page it is said: the secret of another is none; empty: said of whichever it is
	Form   string // the number of the form (act.Form)
}

// Say keeps what a complainant says, by the secret that they alone have, for each problem of their letter. One that
// says of a closed problem that it is not solved proposes to begin again.
func (s *Problems) Say(ctx context.Context, said Said) (l letter.Letter, err error) {
	if said.Says != Solved && said.Says != NotSolved && said.Says != Unsure {
		return l, fault.At("says", fault.New(fault.Invalid, "请选：解决了、没解决或说不清", "choose: solved, not solved, or cannot tell"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if l, err = letter.ByToken(tx, said.Token, said.Letter); err != nil {
			return err
		}
		_, _, err := act.Filled(tx, act.Form{Number: said.Form, Says: []string{l.ID, said.Says}}, func() (string, error) { return "", say(tx, s, l, said.Says) })
		return err
	})
	return l, err
}

func say(tx *db.Tx, s *Problems, l letter.Letter, says string) error {
	points, err := letter.Points(tx, l.ID)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, point := range points {
		if told[point.Problem] {
			continue
		}
		told[point.Problem] = true
		p, err := Read(tx, point.Problem)
		if err != nil {
			return err
		}
		if err := s.keepWord(tx, identity.Admitted{Sign: "complainant"}, p, Word{Letter: l.ID, Source: ByToken, Says: says}); err != nil {
			return err
		}
		if says == NotSolved && closed(p.Stage) {
			if err := notSolved(tx, s, p, l.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// closed reports whether a problem in a stage is said to be over, though it may come back.
func closed(stage string) bool { return complaint.CalledDone(stage) && stage != complaint.Settled }

// heard counts the last word for each letter, of those that were said since it was called done.
func (k *making) heard() (n words, err error) {
	last, _, err := k.lastWords()
	for _, w := range last {
		switch w.Source {
		case None:
			n.None++
			continue
		case Neighbours:
			n.Neighbours++
		}
		switch w.Says {
		case Solved:
			n.Solved++
		case NotSolved:
			n.Not++
		case Unsure:
			n.Unsure++
		}
	}
	return n, err
}

// lastWords are the last word for each letter since the problem was last called done or untrue, and the letters that
// have none.
func (k *making) lastWords() (last map[string]Word, without []letter.Letter, err error) {
	letters, err := letter.Of(k.tx, k.p.ID)
	if err != nil {
		return nil, nil, err
	}
	all, err := Words(k.tx, k.p)
	if err != nil {
		return nil, nil, err
	}
	since, err := k.calledDone()
	if err != nil {
		return nil, nil, err
	}
	last = map[string]Word{}
	for _, w := range all {
		if had, is := last[w.Letter]; w.MadeAt.Before(since) || w.Source == Public || is && had.stays(w) {
			continue
		}
		last[w.Letter] = w
	}
	for _, l := range letters {
		if _, ok := last[l.ID]; !ok {
			without = append(without, l)
		}
	}
	return last, without, nil
}

// stays reports whether a word stays though another came after it: a complainant's own is not overruled by what
// others say, and a "not solved" is not taken back by whoever brought it, nor by nobody having been asked.
func (w Word) stays(after Word) bool {
	if w.Source == ByToken {
		return after.Source != ByToken
	}
	return w.Says == NotSolved && (after.Source == None || after.Source == Neighbours && after.MadeBy == w.MadeBy)
}

// calledDone is when the problem was last called done or untrue.
func (k *making) calledDone() (at time.Time, err error) {
	err = k.steps(func(s casework.Past) {
		if s.To != s.From && (s.To == complaint.Done || s.To == complaint.Unfounded) {
			at = s.Recorded
		}
	})
	return at, err
}

// steps calls f for each step of the problem, the first first.
func (k *making) steps(f func(casework.Past)) error {
	const page = 200
	for after := 0; ; {
		steps, err := k.book.History(k.tx, k.p.ID, after, page)
		if err != nil {
			return err
		}
		for _, s := range steps {
			f(s)
			after = s.Version
		}
		if len(steps) < page {
			return nil
		}
	}
}

// everybodyHeard wants a word for each letter, or the reason that there is none.
func (k *making) everybodyHeard() error {
	_, without, err := k.lastWords()
	if err != nil || len(without) == 0 {
		return err
	}
	return fault.New(fault.Invalid, "还有 %[1]d 封信访件没有群众意见（%[2]s 等）：问周边群众，或写明为什么没有", "%[1]d letters have no word of anybody yet (%[2]s): ask the neighbours, or say why there is none", len(without), without[0].Title())
}

// openWords publishes what was said, once the closing is filed.
func (k *making) openWords() error {
	all, err := Words(k.tx, k.p)
	if err != nil {
		return err
	}
	for _, w := range all {
		if err := record.Open(k.tx, k.by.Sign, w.Entry); err != nil && fault.KindOf(err) != fault.Conflict { // opened before
			return err
		}
	}
	return nil
}
