package hall

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

type paperRow struct {
	ID        string    `db:"id"`
	Contest   string    `db:"contest"`
	Part      string    `db:"part"`
	Entry     string    `db:"entry"`
	Seat      string    `db:"seat"`
	Person    string    `db:"person"`
	Marks     string    `db:"marks"`
	KeyNumber int       `db:"key_number"`
	When      time.Time `db:"at"`
}

var (
	putPaper = db.Declare[paperRow, db.None](`
		INSERT INTO contest_paper (id, contest, part, entry, seat, person, marks, key_number, at) VALUES (:id, :contest, :part, :entry, :seat, :person, :marks, :key_number, :at)
		ON CONFLICT (id) DO UPDATE SET marks = excluded.marks, key_number = excluded.key_number, at = excluded.at`)
	papersOf = db.Declare[paperRow, paperRow](`SELECT /*cols*/ FROM contest_paper WHERE contest = :contest AND part = :part AND entry = :entry AND seat = :seat ORDER BY at, id`)
	papersIn = db.Declare[string, typedRow](`SELECT part, entry, seat, person FROM contest_paper WHERE contest = :contest ORDER BY part, entry, seat, at`)
)

type typedRow struct {
	Part   string `db:"part"`
	Entry  string `db:"entry"`
	Seat   string `db:"seat"`
	Person string `db:"person"`
}

// Typed is a sheet of paper that was typed: by how many, and nothing of what.
type Typed struct {
	Part, Entry, Seat string
	By                int
	Mine              bool // who asks is one of them
}

// typed are those of a contest, as somebody sees them.
func typed(tx *db.Tx, code, person string) (all []Typed, err error) {
	rows, err := papersIn.Slice(tx, code)
	for _, r := range rows {
		if n := len(all); n == 0 || all[n-1].Part != r.Part || all[n-1].Entry != r.Entry || all[n-1].Seat != r.Seat {
			all = append(all, Typed{Part: r.Part, Entry: r.Entry, Seat: r.Seat})
		}
		one := &all[len(all)-1]
		one.By++
		one.Mine = one.Mine || r.Person == person
	}
	return all, err
}

// Papers are the sheets of paper of halls: for a judge whose device fails.
type Papers struct{ *Halls }

// Paper is what two people typed from one sheet.
type Paper struct {
	Typed   int                  // by so many people
	Agreed  map[string]string    // marks that are the same
	Differ  map[string][2]string // by criterion, what each typed
	persons []string
}

// papers reads what was typed.
func (s *step) papers(key string) (p Paper, err error) {
	rows, err := papersOf.Slice(s.tx, paperRow{Contest: s.e.Code, Part: s.run.Part, Entry: s.run.Entry, Seat: key})
	if err != nil {
		return p, err
	}
	p = Paper{Typed: len(rows), Agreed: map[string]string{}, Differ: map[string][2]string{}}
	var marks []map[string]string
	for _, r := range rows {
		text, err := record.OpenOwn(s.tx, "contest_paper/"+r.ID, r.Marks)
		if err != nil {
			return p, err
		}
		one := map[string]string{}
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			return p, err
		}
		marks, p.persons = append(marks, one), append(p.persons, r.Person)
	}
	if len(marks) < 2 {
		return p, nil
	}
	for criterion, first := range marks[0] {
		if second := marks[1][criterion]; first == second {
			p.Agreed[criterion] = first
		} else {
			p.Differ[criterion] = [2]string{first, second}
		}
	}
	return p, nil
}

// paperFor admits a sheet of paper: of a seat that owes one and has sealed none.
func (s *step) paperFor(key string) error {
	if err := s.from(Called, Presenting, Heard); err != nil {
		return err
	}
	seats, err := seat.All(s.tx, s.e.Code)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(seats, func(one seat.Seat) bool { return one.Seat == key }) {
		return fault.New(fault.NotFound, "没有席位 %s", "there is no seat %s", key)
	}
	if _, away, err := seat.At(s.tx, s.e.Code, s.run.Part, s.run.Entry, key); err != nil || away {
		if err == nil {
			err = fault.New(fault.Conflict, "席位 %[1]s 对 %[2]s 缺席或回避，没有评分表", "seat %[1]s is away for %[2]s, and has no sheet", key, s.run.Entry)
		}
		return err
	}
	if _, err := s.counting(key); err == nil {
		return fault.New(fault.Conflict, "席位 %s 已经在设备上封存了，不能再录纸质的", "seat %s has sealed on its device, and paper is taken no more", key)
	} else if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return nil
}

// Type takes a sheet of paper as one person reads it; another types it, too, and neither sees the other's.
func (h Papers) Type(ctx context.Context, who identity.Colleague, at At, key string, marks map[string]string) error {
	return h.do(ctx, who, contest.Score, at, false, func(s *step) error {
		if err := s.paperFor(key); err != nil {
			return err
		}
		if err := s.fits(marks, true); err != nil {
			return err
		}
		before, err := s.papers(key)
		if err != nil {
			return err
		}
		if before.Typed >= 2 && !slices.Contains(before.persons, s.by.Person) {
			return fault.New(fault.Conflict, "这张纸质评分表已经有两个人录过", "two people have typed this sheet already")
		}
		text, err := json.Marshal(marks)
		if err != nil {
			return err
		}
		r := paperRow{ID: strings.Join([]string{at.Contest, at.Part, at.Entry, key, s.by.Person}, "/"), Contest: at.Contest, Part: at.Part, Entry: at.Entry, Seat: key, Person: s.by.Person, When: s.tx.Now()}
		if r.Marks, r.KeyNumber, err = record.SealOwn(s.tx, "contest_paper/"+r.ID, string(text)); err != nil {
			return err
		}
		_, err = putPaper.Exec(s.tx, r)
		return err
	})
}

// See is what was typed of a sheet, for who settles it.
func (h Papers) See(ctx context.Context, who identity.Colleague, at At, key string) (p Paper, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error {
		s := &step{Halls: h.Halls, tx: tx}
		if s.e, err = event.Read(tx, at.Contest); err != nil {
			return err
		}
		if _, err := who.Admit(tx, contest.Supervise, s.e.Place()); err != nil {
			return err
		}
		if s.run, err = read(tx, at); err != nil {
			return err
		}
		p, err = s.papers(key)
		return err
	})
	return p, err
}

// Settle seals a sheet of paper that two people typed: what they agree on, and of what they do not the one of both that the paper says.
// It takes a third person.
func (h Papers) Settle(ctx context.Context, who identity.Colleague, at At, key string, settled map[string]string) (r Receipt, err error) {
	err = h.do(ctx, who, contest.Supervise, at, false, func(s *step) error {
		if err := s.paperFor(key); err != nil {
			return err
		}
		p, err := s.papers(key)
		if err != nil {
			return err
		}
		switch {
		case p.Typed < 2:
			return fault.New(fault.Conflict, "要两个人各录一遍，现在有 %d 个人录过", "two people type it, each by themselves; %d have", p.Typed)
		case slices.Contains(p.persons, s.by.Person):
			return fault.New(fault.Denied, "录过的人不能核定，要另一个人来。", "Who typed it cannot settle it; it takes another person.")
		}
		marks := maps.Clone(p.Agreed)
		for criterion, both := range p.Differ {
			is := settled[criterion]
			if is != both[0] && is != both[1] {
				return fault.At(criterion, fault.New(fault.Conflict, "两个人录的不一样：%[1]s 和 %[2]s。请看纸上是哪一个。", "they typed different marks: %[1]s and %[2]s. Look at the paper, and say which it is.", both[0], both[1]))
			}
			marks[criterion] = is
		}
		if err := s.calibrated(); err != nil {
			return err
		}
		sheets, err := s.sheets()
		if err != nil {
			return err
		}
		next := 1
		for _, one := range sheets {
			if one.Seat == key {
				next = one.Version + 1
			}
		}
		r, err = s.seal(key, next, Lock{At: at, Marks: marks, by: seal.Paper})
		return err
	})
	return r, err
}
