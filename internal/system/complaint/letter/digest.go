package letter

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Bare is a letter without a digest, with a problem that it is about.
type Bare struct {
	Problem string `db:"problem"`
	Letter  string `db:"letter"`
}

var bareOf = db.Declare[[]string, Bare](`
	SELECT DISTINCT p.problem, p.letter FROM complaint_point p JOIN complaint_letter l ON l.id = p.letter
	WHERE p.problem IN :problems AND l.digest = '' ORDER BY p.problem, p.letter`)

// BareOf are the letters without a digest that are about some problems.
func BareOf(tx *db.Tx, problems []string) ([]Bare, error) { return bareOf.Slice(tx, problems) }

// Undescribed are the letters of a problem that have no digest yet: the responsible unit would see nothing of them.
func Undescribed(tx *db.Tx, problem string) (all []Letter, err error) {
	letters, err := Of(tx, problem)
	for _, l := range letters {
		if l.Digest == "" {
			all = append(all, l)
		}
	}
	return all, err
}

// CheckDigest says what is wrong with a digest, and returns it as it is kept.
func CheckDigest(field, text string) (string, error) {
	text, err := checkDigest(text)
	if text == "" {
		err = fault.New(fault.Invalid, "请写一句摘要：责任单位看到的是它，不是原信", "write a digest of one sentence: the unit sees it, and not the letter")
	}
	if e, ok := err.(*fault.Error); ok { //nolint:errorlint // checkDigest wraps nothing
		there := *e
		there.Field = field
		err = &there
	}
	return text, err
}

// Describe gives a letter that has none a digest, as part of assigning its problem.
func Describe(tx *db.Tx, by identity.Admitted, l Letter, digest string) error {
	l.Digest, l.ChangedAt = digest, tx.Now()
	if _, err := writeLetter.Exec(tx, l); err != nil {
		return err
	}
	return record.Append(tx, by.Sign, corrected{id: l.ID, person: by.Person, why: "摘要", Kinds: keys(l.KindList()), Division: l.Division, Key: l.KeyItem})
}

// proposing is why somebody saw letters as they came who had digests proposed.
const proposing = "交办前拟摘要"

// Propose proposes digests of letters, by their ids: the text of their points with all covered that may be somebody's data. What is
// left is a letter's own words, so that it takes the right to see them, and each is kept as seen.
func (s *Letters) Propose(ctx context.Context, who identity.Colleague, ids []string) (drafts map[string]string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		drafts = map[string]string{}
		for _, id := range ids {
			l, by, err := admitOffice(tx, who, id, complaint.Original)
			if err != nil {
				return err
			}
			text, err := l.words(tx)
			if err != nil {
				return err
			}
			drafts[id] = Draft(text)
			if err := record.Append(tx, by.Sign, seen{l.ID, by.Person, proposing}); err != nil {
				return err
			}
		}
		return nil
	})
	return drafts, err
}

// words are what a letter says: the texts of its points, or the whole of it where it is one point.
func (l Letter) words(tx *db.Tx) (string, error) {
	points, err := Points(tx, l.ID)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, p := range points {
		text, err := p.Open(tx)
		if err != nil {
			return "", err
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) > 0 {
		return strings.Join(texts, "；"), nil
	}
	o, err := l.OpenOriginal(tx)
	return o.Text, err
}

// Draft makes a digest of a text by rule: all that is likely personal data is covered, also what a rule is not sure of, and
// it ends with a sentence where there is room for no more. It is for a person to read and mend; empty where no rule could.
func Draft(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	covered := redact.Decisions{Of: redact.Sum(text)}
	for _, span := range redact.Find(text) {
		if !span.Sure {
			covered.All = append(covered.All, redact.Decision{From: span.From, To: span.To, Kind: span.Kind})
		}
	}
	out, err := redact.Redact(text, covered)
	if err != nil {
		return ""
	}
	digest := shorten([]rune(out.Text))
	if redact.Free("", digest) != nil {
		return ""
	}
	return digest
}

func shorten(text []rune) string {
	if len(text) <= maxDigest {
		return string(text)
	}
	text = text[:maxDigest]
	for i := maxDigest - 1; i > maxDigest/2; i-- {
		if strings.ContainsRune("。；！？.;!?", text[i]) {
			return string(text[:i+1])
		}
	}
	return string(text[:maxDigest-1]) + "…"
}
