package visit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// As is as what somebody signs.
type As string

// Who signs: the supervisor, and whoever is on site for the unit.
const (
	AsSupervisor As = "supervisor"
	AsUnit       As = "unit"
)

// Sign is a signature, or that somebody would not sign. Files has the drawn one, if there is one.
type Sign struct {
	At
	As      As
	Name    string
	Refused string   // why they do not sign; empty: they do
	Words   string   // what they read, line by line, as it stood on the screen
	Covers  []string // the acts whose lines it had
}

// Signed is a signature as it is kept.
type Signed struct {
	Act       string    `db:"act"`
	Round     string    `db:"round"`
	Problem   string    `db:"problem"`
	As        As        `db:"signs_as"`
	Name      string    `db:"name"` // sealed
	KeyNumber int       `db:"key_number"`
	Refused   string    `db:"refused"`
	Words     string    `db:"words"`
	Covers    string    `db:"covers"`
	Sum       string    `db:"sum"`
	Items     string    `db:"items"`
	Person    string    `db:"person"`
	MadeBy    string    `db:"made_by"`
	Happened  time.Time `db:"happened"`
	CameAt    time.Time `db:"came_at"`
	Held      bool      `db:"held"`
	Looked    bool      `db:"looked"`
}

func (s Signed) place() string { return "complaint_signed/" + s.Act }

// Signer reads who signed; empty where nobody did.
func (s Signed) Signer(tx *db.Tx) (string, error) {
	if s.Name == "" {
		return "", nil
	}
	return record.OpenOwn(tx, s.place(), s.Name)
}

// Covering reports whether a signature is about an act.
func (s Signed) Covering(act string) bool { return strings.Contains(" "+s.Covers+" ", " "+act+" ") }

var insertSigned = db.Declare[Signed, db.None](`
	INSERT INTO complaint_signed (act, round, problem, signs_as, name, key_number, refused, words, covers, sum, items, person, made_by, happened, came_at, held)
	VALUES (:act, :round, :problem, :signs_as, :name, :key_number, :refused, :words, :covers, :sum, :items, :person, :made_by, :happened, :came_at, :held)`)

// signedWords is what a signature binds, as canonical JSON.
type signedWords struct {
	Visit  string   `json:"visit"`
	Code   string   `json:"code"`
	As     As       `json:"as"`
	Words  string   `json:"words"`
	Covers []string `json:"covers"`
}

// The bounds of a signature.
const (
	maxSigner = 40
	maxWords  = 20_000
	maxCovers = 200
)

func (s Sign) check() error {
	if s.As != AsSupervisor && s.As != AsUnit {
		return fault.At("as", fault.New(fault.Invalid, "请选谁签字", "choose who signs"))
	}
	if s.Refused == "" && s.Name == "" {
		return fault.At("name", fault.New(fault.Invalid, "请写签字人的姓名；不肯签的，写明理由", "give the name of who signs, or why they do not"))
	}
	if s.Refused != "" && s.As == AsSupervisor {
		return fault.At("refused", fault.New(fault.Invalid, "督办人自己的签字不能记成拒签：先不签就可以", "a supervisor's own signature is not refused: leave it for later"))
	}
	if t, ok := lang.CheckText(s.Name, maxSigner); !ok {
		return fault.At("name", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if err := checkNote("refused", s.Refused); err != nil {
		return err
	}
	if len([]rune(s.Words)) > maxWords || len(s.Covers) > maxCovers {
		return fault.New(fault.Invalid, "签字的内容太长（最多 %d 字）。请分几次督办。", "What is signed is too long (at most %d characters). Make several visits of it.", maxWords)
	}
	if strings.TrimSpace(s.Words) == "" || len(s.Covers) == 0 {
		return fault.New(fault.Invalid, "这一站还没有记下什么，没有可以签的。", "Nothing is noted at this stop yet, so there is nothing to sign.")
	}
	return nil
}

// Sign keeps a signature with the hash of what was signed.
func (v *Visits) Sign(ctx context.Context, who identity.Colleague, s Sign) (kept Signed, err error) {
	err = v.db.Update(ctx, func(tx *db.Tx) error { kept, err = v.SignIn(tx, who, s); return err })
	return kept, err
}

// SignIn is Sign in a transaction that does more.
func (v *Visits) SignIn(tx *db.Tx, who identity.Colleague, s Sign) (kept Signed, err error) {
	s.Name, s.Refused = strings.TrimSpace(s.Name), strings.TrimSpace(s.Refused)
	if s.Refused != "" {
		s.Name, s.Files = "", nil
	}
	if err := s.check(); err != nil {
		return kept, err
	}
	d, err := v.begin(tx, who, s.At, complaint.ProofSignature)
	if err != nil {
		return kept, err
	}
	bound, err := canonical.JSON(signedWords{d.round.ID, d.p.Code, s.As, s.Words, s.Covers})
	if err != nil {
		return kept, err
	}
	sum := sha256.Sum256(bound)
	kept = Signed{
		Act: d.at.Act, Round: d.round.ID, Problem: d.p.ID, As: s.As, Refused: s.Refused, Words: s.Words, Covers: strings.Join(s.Covers, " "),
		Sum: hex.EncodeToString(sum[:]), Items: strings.Join(d.items, " "), Person: d.by.Person, MadeBy: d.by.Sign, Happened: d.at.Happened, CameAt: tx.Now(), Held: d.held,
	}
	if s.Name != "" {
		if kept.Name, kept.KeyNumber, err = record.SealOwn(tx, kept.place(), s.Name); err != nil {
			return kept, err
		}
	}
	if _, err := insertSigned.Exec(tx, kept); err != nil {
		return kept, err
	}
	return kept, record.Append(tx, d.by.Sign, signed{
		person: d.by.Person, sum: kept.Sum, name: s.Name, why: s.Refused, Visit: d.round.ID, Code: d.p.Code, As: string(s.As), Refused: s.Refused != "", Acts: len(s.Covers), Happened: d.moment(), Held: d.held,
	})
}
