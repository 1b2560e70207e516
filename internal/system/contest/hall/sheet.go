package hall

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Sheet is one version of a judge's sheet, sealed under the site's key.
type Sheet struct {
	ID         string    `db:"id"`
	Contest    string    `db:"contest"`
	Part       string    `db:"part"`
	Entry      string    `db:"entry"`
	Seat       string    `db:"seat"`
	Version    int       `db:"version"`
	Attempt    int       `db:"attempt"`
	State      string    `db:"state"`
	Opening    string    `db:"opening"`
	KeyNumber  int       `db:"key_number"`
	Commitment string    `db:"commitment"`
	LockID     string    `db:"lock_id"`
	LogEntry   string    `db:"log_entry"`
	Reason     string    `db:"reason"`
	AskedBy    string    `db:"asked_by"`
	By         string    `db:"by"`
	When       time.Time `db:"at"`
}

// The states of a sheet.
const (
	sealedSheet    = "sealed"
	openedSheet    = "opened"
	correctedSheet = "corrected"
	voidSheet      = "void"
)

// counts tells whether a sheet is scored.
func (s *Sheet) counts() bool { return s.State == sealedSheet || s.State == openedSheet }

// waits tells whether it was sealed as a correction that nobody has confirmed or dropped yet: it is its judge's and the desk's.
func (s *Sheet) waits() bool { return s.State == voidSheet && s.By == "" }

type draftRow struct {
	ID        string    `db:"id"`
	Contest   string    `db:"contest"`
	Part      string    `db:"part"`
	Entry     string    `db:"entry"`
	Seat      string    `db:"seat"`
	Criterion string    `db:"criterion"`
	Mark      string    `db:"mark"`
	KeyNumber int       `db:"key_number"`
	When      time.Time `db:"at"`
}

var (
	insertSheet = db.Declare[Sheet, db.None](`
		INSERT INTO contest_sheet (id, contest, part, entry, seat, version, attempt, state, opening, key_number, commitment, lock_id, log_entry, reason, asked_by, by, at)
		VALUES (:id, :contest, :part, :entry, :seat, :version, :attempt, :state, :opening, :key_number, :commitment, :lock_id, :log_entry, :reason, :asked_by, :by, :at)`)
	sheetsOf  = db.Declare[string, Sheet](`SELECT /*cols*/ FROM contest_sheet WHERE contest = :contest ORDER BY entry, part, seat, version`)
	sheetsAt  = db.Declare[At, Sheet](`SELECT /*cols*/ FROM contest_sheet WHERE contest = :contest AND part = :part AND entry = :entry ORDER BY seat, version`)
	sheetsBy  = db.Declare[Sheet, Sheet](`SELECT /*cols*/ FROM contest_sheet WHERE contest = :contest AND part = :part AND entry = :entry AND seat = :seat ORDER BY version`)
	markSheet = db.Declare[Sheet, db.None](`UPDATE contest_sheet SET state = :state, reason = :reason, asked_by = :asked_by, by = :by WHERE id = :id`)

	putDraft = db.Declare[draftRow, db.None](`
		INSERT INTO contest_mark (id, contest, part, entry, seat, criterion, mark, key_number, at) VALUES (:id, :contest, :part, :entry, :seat, :criterion, :mark, :key_number, :at)
		ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, key_number = excluded.key_number, at = excluded.at`)
	draftsOf = db.Declare[draftRow, draftRow](`SELECT /*cols*/ FROM contest_mark WHERE contest = :contest AND seat = :seat ORDER BY part, entry, criterion`)
	noDrafts = db.Declare[draftRow, db.None](`DELETE FROM contest_mark WHERE contest = :contest AND seat = :seat AND part = :part AND entry = :entry`)
)

// Anew are the tables with something sealed, for when another key is in use.
var Anew = []record.Drawer{
	{
		Read: db.Declare[record.UnderOther, record.Own](`
			SELECT id, 'contest_paper/' || id AS place, marks AS secret, key_number FROM contest_paper WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE contest_paper SET marks = :secret, key_number = :key_number WHERE id = :id`),
	},
	{
		Read: db.Declare[record.UnderOther, record.Own](`
			SELECT id, 'contest_mark/' || id AS place, mark AS secret, key_number FROM contest_mark WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE contest_mark SET mark = :secret, key_number = :key_number WHERE id = :id`),
	},
	{
		Read: db.Declare[record.UnderOther, record.Own](`
			SELECT id, 'contest_sheet/' || id AS place, opening AS secret, key_number FROM contest_sheet WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE contest_sheet SET opening = :secret, key_number = :key_number WHERE id = :id`),
	},
}

// open reads what a sheet seals.
func (s *Sheet) open(tx *db.Tx) (o seal.Opening, err error) {
	text, err := record.OpenOwn(tx, "contest_sheet/"+s.ID, s.Opening)
	if err != nil {
		return o, err
	}
	return o, json.Unmarshal([]byte(text), &o)
}

// sheets are those of the run's entry in its part, all versions.
func (s *step) sheets() ([]Sheet, error) { return sheetsAt.Slice(s.tx, s.run.At) }

// sheetsOf are those of a seat among them.
func (s *step) sheetsOf(key string) ([]Sheet, error) {
	return sheetsBy.Slice(s.tx, Sheet{Contest: s.run.Contest, Part: s.run.Part, Entry: s.run.Entry, Seat: key})
}

// Draft is one mark that is not sealed yet.
type Draft struct {
	At
	Criterion string
	Mark      string // empty: taken back
	Device    string
}

// judging admits a judge's chosen device to a run whose sheet it owes.
func (h *Halls) judging(tx *db.Tx, who identity.Colleague, at At, device string, states ...State) (s *step, mine seat.Seat, err error) {
	s = &step{Halls: h, tx: tx}
	if s.e, err = event.Read(tx, at.Contest); err != nil {
		return s, mine, err
	}
	if mine, s.by, err = seat.Admit(tx, who, &s.e); err != nil {
		return s, mine, err
	}
	a, _, err := seat.At(tx, at.Contest, at.Part, at.Entry, mine.Seat)
	switch {
	case err != nil:
		return s, mine, err
	case a.Stands() && a.Why == seal.Recused:
		return s, mine, fault.New(fault.Denied, "这个作品您回避，不打分。", "You are recused from this entry, and do not mark it.")
	case a.Stands():
		return s, mine, fault.New(fault.Conflict, "计分台已由两个人把席位 %s 记为缺席这个作品，不再收分。有疑问请告诉计分员。", "Two people at the desk have noted that seat %s is absent from this entry, and no marks are taken. Tell the scorekeeper if that is wrong.", mine.Seat)
	}
	if s.run, err = read(tx, at); err != nil {
		return s, mine, err
	}
	if device != "" && mine.Device != device {
		return s, mine, fault.New(fault.Conflict, "席位 %s 正在另一台设备上用。要改用这一台：在原来那台上点“我要换到那一台”，或请计分员换。", "Seat %s is in use on another device. To go on here, tap “I want to go on there” on that one, or ask the scorekeeper.", mine.Seat)
	}
	if !slices.Contains(states, s.run.State) {
		return s, mine, fault.New(fault.Conflict, "作品 %[1]s 现在是“%[2]s”，不收分", "%[1]s is %[3]q: no marks are taken", at.Entry, s.run.State.Name().ZH, s.run.State.Name().EN)
	}
	return s, mine, nil
}

// Draft keeps one mark: it is durable when this returns.
func (h *Halls) Draft(ctx context.Context, who identity.Colleague, d Draft) error {
	return h.db.Update(ctx, func(tx *db.Tx) error {
		s, mine, err := h.judging(tx, who, d.At, d.Device, Called, Presenting, Heard)
		if err != nil {
			return err
		}
		if err := s.fits(map[string]string{d.Criterion: d.Mark}, false); err != nil {
			return err
		}
		if sheets, err := s.sheetsOf(mine.Seat); err != nil || slices.ContainsFunc(sheets, func(one Sheet) bool { return one.counts() }) {
			if err == nil {
				err = locked()
			}
			return err
		}
		row := draftRow{ID: strings.Join([]string{d.Contest, d.Part, d.Entry, mine.Seat, d.Criterion}, "/"), Contest: d.Contest, Part: d.Part, Entry: d.Entry, Seat: mine.Seat, Criterion: d.Criterion, When: tx.Now()}
		if row.Mark, row.KeyNumber, err = record.SealOwn(tx, "contest_mark/"+row.ID, d.Mark); err != nil {
			return err
		}
		_, err = putDraft.Exec(tx, row)
		return err
	})
}

func locked() error {
	return fault.New(fault.Conflict, "这张评分表已经封存，不能再改；要更正，请告诉计分员。", "This sheet is sealed and stays as it is; tell the scorekeeper if it has to be corrected.")
}

// fits holds marks against the rule; whole: every criterion has to be there.
func (s *step) fits(marks map[string]string, whole bool) error {
	p, _, ok := s.e.Rule.Rule.Part(s.run.Part)
	if !ok || p.Judged == nil {
		return fault.New(fault.Invalid, "规则里没有环节“%s”", "the rule has no part %q", s.run.Part)
	}
	left := maps.Clone(marks)
	for i := range p.Judged.Criteria {
		c := &p.Judged.Criteria[i]
		text, there := left[c.Key]
		delete(left, c.Key)
		if text == "" {
			if whole {
				return fault.At(c.Key, fault.New(fault.Invalid, "“%s”还没有打分", "%q has no mark yet", s.e.Rule.About.Name(c.Key).ZH))
			}
			continue
		}
		if !there {
			continue
		}
		n, err := exact.Parse(text)
		if err == nil {
			err = mark.Fits(c, mark.Of(n))
		}
		if err != nil {
			return fault.At(c.Key, err)
		}
	}
	for key := range left {
		return fault.At(key, fault.New(fault.Invalid, "规则里没有指标“%s”", "the rule has no criterion %q", key))
	}
	return nil
}

// Lock is a judge's sheet that is to be sealed.
type Lock struct {
	At
	Marks      map[string]string // by criterion
	Salt       string            // of the device; empty: the server makes it, for a form without scripts
	Commitment string            // that the device computed; empty with the salt
	LockID     string            // of the device: the same one again is the same lock
	Device     string

	by seal.By // of a sheet of paper
}

// Receipt is what a judge's device keeps of a lock.
type Receipt struct {
	Opening    seal.Opening
	Commitment string
	Entry      string // of the record
	Again      bool   // it had been sealed before
}

// Lock seals a sheet. The same lock again is answered with what is there, and so are the same marks without one.
func (h *Halls) Lock(ctx context.Context, who identity.Colleague, l Lock) (r Receipt, err error) {
	err = h.db.Update(ctx, func(tx *db.Tx) error {
		s, mine, err := h.judging(tx, who, l.At, l.Device, Called, Presenting, Heard, Closed, Checked, Shown)
		if err != nil {
			return err
		}
		sheets, err := s.sheetsOf(mine.Seat)
		if err != nil {
			return err
		}
		next := 1
		for i := range sheets {
			next = sheets[i].Version + 1
			if sheets[i].counts() {
				return r.again(tx, &sheets[i], l)
			}
		}
		if err := s.from(Presenting, Heard); err != nil {
			return err
		}
		if err := s.calibrated(); err != nil {
			return err
		}
		r, err = s.seal(mine.Seat, next, l)
		return err
	})
	return r, err
}

func version(n int) string { return "v" + strconv.Itoa(n) }

// again answers a lock of what is sealed already.
func (r *Receipt) again(tx *db.Tx, there *Sheet, l Lock) error {
	o, err := there.open(tx)
	if err != nil {
		return err
	}
	if there.LockID == l.LockID && l.LockID != "" || maps.Equal(o.Marks, l.Marks) {
		*r = Receipt{Opening: o, Commitment: there.Commitment, Entry: there.LogEntry, Again: true}
		return nil
	}
	return locked()
}

// seal writes a version of a sheet, and its sealed entry.
func (s *step) seal(key string, n int, l Lock) (r Receipt, err error) {
	if err := s.fits(l.Marks, true); err != nil {
		return r, err
	}
	o := seal.Opening{Contest: s.e.Code, Rule: s.e.RuleHash, Entry: s.run.Entry, Part: s.run.Part, Seat: key, Version: n, Marks: l.Marks, Salt: l.Salt, By: seal.Device}
	if l.Salt == "" {
		o.Salt, o.By = seal.Salt(), cmp.Or(l.by, seal.Server)
	}
	r = Receipt{Opening: o, Commitment: o.Commitment()}
	if l.Salt != "" && l.Commitment != r.Commitment {
		return r, fault.New(fault.Invalid, "这台设备算出的封存值和服务器算的不同，没有封存。请重新打开这一页再封存一次；还不行，用纸质评分表。", "The commitment of this device is not the one that the server computes, and nothing was sealed. Open the page again and lock once more; failing that, use a sheet of paper.")
	}
	if !seal.Whole(o.Salt) {
		return r, fault.New(fault.Invalid, "盐要是 32 个字节的小写十六进制", "a salt is 32 bytes in small hex")
	}
	text, err := json.Marshal(o)
	if err != nil {
		return r, err
	}
	row := Sheet{
		ID: sheetID(o), Contest: o.Contest, Part: o.Part, Entry: o.Entry, Seat: key, Version: n, Attempt: s.run.Attempt,
		State: sealedSheet, Commitment: r.Commitment, LockID: l.LockID, When: s.tx.Now(),
	}
	if row.Opening, row.KeyNumber, err = record.SealOwn(s.tx, "contest_sheet/"+row.ID, string(text)); err != nil {
		return r, err
	}
	if row.LogEntry, err = record.AppendID(s.tx, s.by.Sign, sheetSealed{Contest: o.Contest, Part: o.Part, Entry: o.Entry, Seat: key, Version: n, Commitment: r.Commitment, SealedBy: o.By}); err != nil {
		return r, err
	}
	r.Entry = row.LogEntry
	if _, err := insertSheet.Exec(s.tx, row); err != nil {
		return r, err
	}
	if _, err := noDrafts.Exec(s.tx, draftRow{Contest: o.Contest, Part: o.Part, Entry: o.Entry, Seat: key}); err != nil {
		return r, err
	}
	return r, event.Changed(s.tx, o.Contest, false)
}

type howMany struct {
	Heard int `db:"heard"`
	Could int `db:"could"`
}

var heardOf = db.Declare[At, howMany](`
	SELECT COALESCE(SUM(CASE WHEN heard <> '' THEN 1 ELSE 0 END), 0) AS heard, COALESCE(SUM(CASE WHEN state <> 'forfeit' THEN 1 ELSE 0 END), 0) AS could
	FROM contest_run WHERE contest = :contest AND part = :part AND state <> 'interrupted'`)

// calibrated refuses to fix a score while too few have been heard.
func (s *step) calibrated() error {
	k := s.e.Rule.Rule.Calibrate
	if k == 0 {
		return nil
	}
	n, err := heardOf.One(s.tx, s.run.At)
	if err != nil {
		return err
	}
	if k = min(k, n.Could); n.Heard < k {
		return fault.New(fault.Conflict, "先听满 %[1]d 个再定分，现在听了 %[2]d 个。打的分已经记下，可以再改。", "%[1]d are heard before any score is fixed, and %[2]d have been. Your marks are kept, and may change.", k, n.Heard)
	}
	return nil
}

// void voids the sheets of a run's attempt.
func (s *step) void(why string) error {
	sheets, err := s.sheets()
	if err != nil {
		return err
	}
	for _, one := range sheets {
		if !one.counts() || one.Attempt != s.run.Attempt {
			continue
		}
		one.State, one.Reason, one.AskedBy, one.By = voidSheet, why, s.run.AskedBy, s.by.Person
		if _, err := markSheet.Exec(s.tx, one); err != nil {
			return err
		}
	}
	return nil
}
