package card

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Draft is what a card says. All of it is public once the card is.
type Draft struct {
	Title    string   `json:"title"`
	Field    string   `json:"field"`
	Problem  string   `json:"problem"`
	Measures string   `json:"measures"`
	Effect   string   `json:"effect"`
	Figures  []Figure `json:"figures"`
	Office   string   `json:"office"` // to ask: an office, not a person
	Phone    string   `json:"phone"`  // of that office; may be empty
}

// Figure is one number of an effect as it was said, and where it is answered as it is today.
type Figure struct {
	What string `json:"what"`
	Said string `json:"said"`
	// At is an address of this site: of a figure with a receipt (/receipts/figures/…), whose value today stands beside it, or of
	// another page. Empty: nobody but the unit says so.
	At string `json:"at"`
}

// What a card takes.
const (
	mostTitle   = 60
	mostText    = 4000
	mostOffice  = 80
	MostFigures = 5
	mostWhat    = 60
	mostSaid    = 40
	mostAddress = 300
)

var (
	// A telephone that is carried by a person, and an identity number: neither is anybody's business.
	private = regexp.MustCompile(`(?:^|[^0-9])(?:1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|[1-9][0-9]{16}[0-9Xx])(?:[^0-9]|$)`)
	desk    = regexp.MustCompile(`^[0-9 ()+-]{3,20}$`)
)

// public checks a text that everybody will read.
func public(field, text string, most int, needed bool) error {
	switch {
	case needed && text == "":
		return fault.At(field, fault.New(fault.Invalid, "请填写", "please fill this in"))
	case utf8.RuneCountInString(text) > most:
		return fault.At(field, fault.New(fault.Invalid, "最多 %[1]d 字，现在 %[2]d 字", "%[1]d characters at most, and it has %[2]d", most, utf8.RuneCountInString(text)))
	case private.MatchString(text):
		return fault.At(field, fault.New(fault.Invalid, "这里会公开，请去掉个人手机号和身份证号", "this becomes public: leave out private telephone and identity numbers"))
	}
	return nil
}

// FigureField is the name of a member of a figure in a form, from 0.
func FigureField(n int, member string) string { return fmt.Sprintf("figure-%d-%s", n+1, member) }

func (d Draft) check() (Draft, error) {
	for _, text := range []*string{&d.Title, &d.Problem, &d.Measures, &d.Effect, &d.Office, &d.Phone} {
		*text = strings.TrimSpace(*text)
	}
	wrong := []error{
		public("title", d.Title, mostTitle, true), public("problem", d.Problem, mostText, true), public("measures", d.Measures, mostText, true),
		public("effect", d.Effect, mostText, true), public("office", d.Office, mostOffice, true), public("phone", d.Phone, mostOffice, false),
	}
	if !slices.ContainsFunc(Fields, func(c lang.Choice) bool { return c.Key == d.Field }) {
		wrong = append(wrong, fault.At("field", fault.New(fault.Invalid, "请选一个领域", "choose a field")))
	}
	if d.Phone != "" && !desk.MatchString(d.Phone) {
		wrong = append(wrong, fault.At("phone", fault.New(fault.Invalid, "请填科室的固定电话，例如 0971-8230000", "give the office's telephone, as 0971-8230000")))
	}
	if len(d.Figures) > MostFigures {
		wrong = append(wrong, fault.New(fault.Invalid, "最多 %d 个数字", "%d figures at most", MostFigures))
	}
	figures := []Figure{}
	for i, f := range d.Figures {
		f = Figure{What: strings.TrimSpace(f.What), Said: strings.TrimSpace(f.Said), At: strings.TrimSpace(f.At)}
		if f == (Figure{}) {
			continue
		}
		wrong = append(wrong, public(FigureField(i, "what"), f.What, mostWhat, true), public(FigureField(i, "said"), f.Said, mostSaid, true), public(FigureField(i, "at"), f.At, mostAddress, false))
		if f.At != "" && (!strings.HasPrefix(f.At, "/") || strings.HasPrefix(f.At, "//") || strings.ContainsAny(f.At, " \\\n\t")) {
			wrong = append(wrong, fault.At(FigureField(i, "at"), fault.New(fault.Invalid, "请填本站的地址，以 / 开头", "give an address of this site, beginning with /")))
		}
		figures = append(figures, f)
	}
	d.Figures = figures
	return d, errors.Join(wrong...)
}

// text is the card as it is published: the log has its hash.
func (c *Card) text(v Version) ([]byte, error) {
	return canonical.JSON(struct {
		Format string `json:"format"`
		Card   string `json:"card"`
		N      int    `json:"n"`
		Units  string `json:"units"`
		Won    string `json:"won"`
		Year   int    `json:"year"`
		Draft
	}{"xiadu case card 1", c.ID, v.N, c.Units, c.Won, c.Year, v.Draft})
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Text is the version that everybody reads, as a file whose hash the log has.
func (c *Card) Text(tx *db.Tx) ([]byte, error) {
	if c.Shown == 0 {
		return nil, fault.New(fault.NotFound, "这张案例卡没有公开。", "This case card is not public.")
	}
	v, err := c.At(tx, c.Shown)
	if err != nil {
		return nil, err
	}
	return c.text(v)
}

// Saving is a new version of a card. Seen is the card's version as it was read; 0: there was no card.
type Saving struct {
	Contest, Number string
	Seen            int64
	Draft           Draft
}

// Save keeps a new version of a winner's card, which nobody else reads yet. The same text again is no other version.
func (s *Cards) Save(ctx context.Context, who identity.Colleague, in Saving) (c Card, err error) {
	d, err := in.Draft.check()
	if err != nil {
		return c, err
	}
	figures, err := json.Marshal(d.Figures)
	if err != nil {
		return c, fmt.Errorf("card: %w", err)
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var fresh bool
		if c, fresh, err = s.ofWinner(tx, in.Contest, in.Number); err != nil {
			return err
		}
		by, _, err := c.admit(tx, who)
		if err != nil {
			return err
		}
		if !fresh {
			last, err := c.At(tx, c.Newest)
			if err != nil {
				return err
			}
			if same(last.Draft, d) {
				return nil
			}
			if c.State == Withdrawn {
				return fault.New(fault.Conflict, "这张卡已经撤下：%s", "This card was withdrawn: %s", c.Why)
			}
		} else if _, err := insert.Exec(tx, c); err != nil {
			return err
		}
		c.Version = in.Seen
		if fresh {
			c.Version = 1
		}
		c.Newest, c.State, c.Why = c.Newest+1, Drafted, ""
		if _, err := insertVersion.Exec(tx, versionRow{c.ID, c.Newest, d.Title, d.Field, d.Problem, d.Measures, d.Effect, string(figures), d.Office, d.Phone, by.Sign, tx.Now()}); err != nil {
			return err
		}
		return c.write(tx)
	})
	return c, err
}

func same(a, b Draft) bool {
	figures := slices.Equal(a.Figures, b.Figures)
	a.Figures, b.Figures = nil, nil
	return figures && fmt.Sprint(a) == fmt.Sprint(b)
}

// ofWinner is the card of a number, or the one that it is to have.
func (s *Cards) ofWinner(tx *db.Tx, code, number string) (c Card, fresh bool, err error) {
	if c, err = Read(tx, ID(code, number)); fault.KindOf(err) != fault.NotFound {
		return c, false, err
	}
	w, err := s.winner(tx, code, number)
	if err != nil {
		return c, false, err
	}
	now := tx.Now()
	return Card{
		ID: ID(code, number), Contest: code, Number: number, Organisation: w.Entry.Organisation, Units: strings.Join(w.Entry.Groups["unit"], "、"), Won: w.Won, Year: w.Year,
		State: Drafted, Version: 1, MadeAt: now, ShownAt: now,
	}, true, nil
}

func (s *Cards) winner(tx *db.Tx, code, number string) (w Winner, err error) {
	all, err := s.Winners(tx, code)
	if err != nil {
		return w, err
	}
	i := slices.IndexFunc(all, func(w Winner) bool { return w.Entry.Number == number })
	if i < 0 {
		return w, fault.New(fault.Conflict, "%s 不在最后名单里：定榜以后，入选的作品才有案例卡。", "%s is not on a final list: entries that won have case cards, once their list is final.", lang.Short(number))
	}
	return all[i], nil
}

// Prepared is a card as it may be written, by who may: what there is of it, and what it says so far.
func (s *Cards) Prepared(ctx context.Context, who identity.Colleague, code, number string) (c Card, d Draft, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var fresh bool
		if c, fresh, err = s.ofWinner(tx, code, number); err != nil {
			return err
		}
		if _, _, err := c.admit(tx, who); err != nil {
			return err
		}
		if fresh {
			w, err := s.winner(tx, code, number)
			c.Version, d = 0, Draft{Title: w.Entry.Title, Problem: "", Office: c.Units}
			return err
		}
		v, err := c.At(tx, c.Newest)
		d = v.Draft
		return err
	})
	return c, d, err
}

// move is a step of a card by who may take it.
func (s *Cards) move(ctx context.Context, who identity.Colleague, id string, seen int64, step func(tx *db.Tx, c *Card, by identity.Admitted, office bool) error) (c Card, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if c, err = Read(tx, id); err != nil {
			return err
		}
		by, office, err := c.admit(tx, who)
		if err != nil {
			return err
		}
		c.Version = seen
		if err := step(tx, &c, by, office); err != nil {
			return err
		}
		return c.write(tx)
	})
	return c, err
}

func (c *Card) refused() error {
	return fault.New(fault.Conflict, "这张卡现在是“%[1]s”，不能这样做。", "This card is %[2]q, and that cannot be done.", c.State.Name().ZH, c.State.Name().EN)
}

func officeAlone(office bool) error {
	if office {
		return nil
	}
	return fault.New(fault.Denied, "公开和退回由评审的组织方做。", "The organiser of the contest shows a card, or returns it.")
}

// Offer has the organiser look at the newest version.
func (s *Cards) Offer(ctx context.Context, who identity.Colleague, id string, seen int64) (Card, error) {
	return s.move(ctx, who, id, seen, func(_ *db.Tx, c *Card, _ identity.Admitted, _ bool) error {
		if c.State != Drafted {
			return c.refused()
		}
		c.State = Offered
		return nil
	})
}

// Return gives it back with a reason.
func (s *Cards) Return(ctx context.Context, who identity.Colleague, id string, seen int64, why string) (Card, error) {
	why = strings.TrimSpace(why)
	if err := public("why", why, mostText, true); err != nil {
		return Card{}, err
	}
	return s.move(ctx, who, id, seen, func(_ *db.Tx, c *Card, _ identity.Admitted, office bool) error {
		if c.State != Offered {
			return c.refused()
		}
		c.State, c.Why = Returned, why
		return officeAlone(office)
	})
}

// Show has everybody read the newest version.
func (s *Cards) Show(ctx context.Context, who identity.Colleague, id string, seen int64) (Card, error) {
	return s.move(ctx, who, id, seen, func(tx *db.Tx, c *Card, by identity.Admitted, office bool) error {
		if c.State != Offered {
			return c.refused()
		}
		if err := officeAlone(office); err != nil {
			return err
		}
		v, err := c.At(tx, c.Newest)
		if err != nil {
			return err
		}
		if c.Shown == 0 {
			c.ShownAt = tx.Now()
		}
		c.State, c.Why, c.Shown, c.Title, c.Field = Shown, "", c.Newest, v.Title, v.Field
		c.Words = fold(strings.Join([]string{v.Title, c.Units, v.Problem, v.Measures, v.Effect}, "\n"))
		text, err := c.text(v)
		if err != nil {
			return err
		}
		return record.Append(tx, by.Sign, shown{Contest: c.Contest, Number: c.Number, N: v.N, File: sumOf(text), by: by.Person})
	})
}

// Withdraw takes a card out of the library, with a reason that everybody reads.
func (s *Cards) Withdraw(ctx context.Context, who identity.Colleague, id string, seen int64, why string) (Card, error) {
	why = strings.TrimSpace(why)
	if err := public("why", why, mostText, true); err != nil {
		return Card{}, err
	}
	return s.move(ctx, who, id, seen, func(tx *db.Tx, c *Card, by identity.Admitted, _ bool) error {
		if c.State == Withdrawn {
			return c.refused()
		}
		public := c.Shown > 0
		c.State, c.Why, c.Shown = Withdrawn, why, 0
		if !public {
			return nil
		}
		return record.Append(tx, by.Sign, withdrawn{Contest: c.Contest, Number: c.Number, by: by.Person, why: why})
	})
}
