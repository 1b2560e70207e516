package bulletin

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Desk is a draft with its rows, for those who look at them.
type Desk struct {
	Bulletin
	Rows []Line
}

// Line is a row in a list.
type Line struct {
	Place  int
	Code   string
	Looked bool
}

// Row is a row for whoever looks at it: what came on one side, what goes out on the other.
type Row struct {
	Place  int
	Code   string
	Seen   int
	Looked bool
	Texts  []Text
}

// Text is a text of a row.
type Text struct {
	Field string
	Title lang.Text
	Parts []Part // what came, in parts
	Out   string
	Left  []redact.Span // what stops it, in Out
}

// Part is a stretch of what came.
type Part struct {
	Text     string
	From, To int
	Is       Mark
	Kind     redact.Kind
	Word     string // that goes out in its place
	Reason   string // why it stays
	ByPerson bool
}

// Mark says what becomes of a part.
type Mark string

// The marks. A part without one goes out as it came.
const (
	Plain   Mark = ""
	Covered Mark = "covered"
	Likely  Mark = "likely" // somebody has to say
	Stays   Mark = "stays"
)

// reading admits somebody to a draft whose reason is there.
func reading(tx *db.Tx, who identity.Colleague, ref Ref) (b Bulletin, by identity.Admitted, err error) {
	if _, by, err = admit(tx, who, complaint.Original, ref.Campaign); err != nil {
		return b, by, err
	}
	if b, err = Read(tx, ref); err != nil {
		return b, by, err
	}
	n, err := isReader.One(tx, reader{ref.Campaign, ref.Number, ref.Version, by.Person})
	if err == nil && n == 0 {
		err = fault.At("why", fault.New(fault.Conflict, "先写明为什么要看原文：只问一次，会记下来。", "Say first why you want to see the letters as they came: it is asked once, and kept."))
	}
	return b, by, err
}

func drafting(tx *db.Tx, who identity.Colleague, ref Ref) (b Bulletin, by identity.Admitted, err error) {
	if b, by, err = reading(tx, who, ref); err == nil && b.State != Draft {
		err = fault.New(fault.Conflict, "这个公开批次已经发布，不能再改：另出一版，或在下一批里再次公开。", "This bulletin is published and cannot be changed: make another version, or publish the letter again in the next.")
	}
	return b, by, err
}

// Desk returns a draft with its rows, for who has said why they look.
func (s *Bulletins) Desk(ctx context.Context, who identity.Colleague, ref Ref) (d Desk, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if d.Bulletin, _, err = reading(tx, who, ref); err != nil {
			return err
		}
		rows, err := rowsOf.Slice(tx, ref)
		for _, r := range rows {
			d.Rows = append(d.Rows, Line{r.Place, r.Code, r.Looked != ""})
		}
		return err
	})
	return d, err
}

// Waiting are the rows of a draft that somebody has to look at still, in their order: what may be personal data in them and
// is undecided, by kind and field, without saying it.
type Waiting struct {
	Line
	Flagged []lang.Text
}

// Waits lists the rows of a draft that nobody has looked at yet.
func (s *Bulletins) Waits(ctx context.Context, who identity.Colleague, ref Ref) (all []Waiting, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		if _, _, err := reading(tx, who, ref); err != nil {
			return err
		}
		rows, err := rowsOf.Slice(tx, ref)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Looked != "" { // nothing was undecided then, and every decision has it looked at again
				continue
			}
			k, err := r.open(tx)
			if err != nil {
				return err
			}
			texts, err := k.redacted()
			if err != nil {
				return err
			}
			all = append(all, Waiting{Line{r.Place, r.Code, false}, k.left(texts)})
		}
		return nil
	})
	return all, err
}

// Row returns a row for who has said why they look.
func (s *Bulletins) Row(ctx context.Context, who identity.Colleague, ref Ref, place int) (out Row, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, _, err := reading(tx, who, ref); err != nil {
			return err
		}
		r, err := readRow(tx, ref, place)
		if err != nil {
			return err
		}
		k, err := r.open(tx)
		if err != nil {
			return err
		}
		out = Row{Place: r.Place, Code: r.Code, Seen: r.Seen, Looked: r.Looked != ""}
		texts, err := k.redacted()
		if err != nil {
			return err
		}
		for _, f := range k.Source.fields() {
			p := texts[f.Key]
			out.Texts = append(out.Texts, Text{f.Key, f.Title, parts(k.Source.Texts[f.Key], p, k.Decisions[f.Key]), p.Text, redact.Check(p)})
		}
		return nil
	})
	return out, err
}

func readRow(tx *db.Tx, ref Ref, place int) (row, error) {
	rows, err := rowAt.Slice(tx, placed{ref.Campaign, ref.Number, ref.Version, place})
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "这个公开批次没有第 %d 行。", "This bulletin has no row %d.", place)
	}
	if err != nil {
		return row{}, err
	}
	return rows[0], nil
}

// parts are what came in stretches, each with what becomes of it.
func parts(text string, p redact.Published, d redact.Decisions) (all []Part) {
	var marks []Part
	for _, c := range p.Covered {
		marks = append(marks, Part{From: c.From, To: c.To, Is: Covered, Kind: c.Kind, Word: c.Word(), ByPerson: c.Rule == "person"})
	}
	for _, one := range d.All {
		if one.Keep {
			marks = append(marks, Part{From: one.From, To: one.To, Is: Stays, Kind: one.Kind, Reason: one.Reason, ByPerson: true})
		}
	}
	for _, f := range redact.Find(text) {
		if !slices.ContainsFunc(marks, func(m Part) bool { return m.From < f.To && f.From < m.To }) {
			marks = append(marks, Part{From: f.From, To: f.To, Is: Likely, Kind: f.Kind, Word: f.Word()})
		}
	}
	slices.SortFunc(marks, func(a, b Part) int { return a.From - b.From })
	at := 0
	plain := func(to int) {
		if at < to {
			all = append(all, Part{Text: text[at:to], From: at, To: to})
		}
	}
	for _, m := range marks {
		plain(m.From)
		m.Text, at = text[m.From:m.To], m.To
		all = append(all, m)
	}
	plain(len(text))
	return all
}

// Decision is what somebody says of a part of a text, or of all parts that say something.
type Decision struct {
	Place, Seen int
	Field       string
	From, To    int
	Text        string // instead of From and To: wherever it stands
	Do          string // cover, keep, undo
	Kind        redact.Kind
	Reason      string // of keep
}

// Decide keeps what somebody says of a part of a row; it has to be looked at again.
func (s *Bulletins) Decide(ctx context.Context, who identity.Colleague, ref Ref, d Decision) error {
	return s.changing(ctx, who, ref, d.Place, d.Seen, func(_ *db.Tx, r *row, k *kept, _ identity.Admitted) error {
		text, ok := k.Source.Texts[d.Field]
		if !ok {
			return fault.At("field", fault.New(fault.Invalid, "这一行没有这一栏", "this row has no such text"))
		}
		spans := [][2]int{{d.From, d.To}}
		if d.Text != "" {
			if spans = everywhere(text, d.Text); len(spans) == 0 {
				return fault.At("text", fault.New(fault.Invalid, "这段文字里没有“%[1]s”", "%[1]q does not stand in this text", lang.Short(d.Text)))
			}
		}
		now := k.Decisions[d.Field]
		if now.Of == "" {
			now.Of = redact.Sum(text)
		}
		for _, span := range spans {
			now.All = slices.DeleteFunc(slices.Clone(now.All), func(o redact.Decision) bool { return o.From < span[1] && span[0] < o.To })
			switch d.Do {
			case "cover":
				now.All = append(now.All, redact.Decision{From: span[0], To: span[1], Kind: d.Kind})
			case "keep":
				now.All = append(now.All, redact.Decision{From: span[0], To: span[1], Kind: d.Kind, Keep: true, Reason: strings.TrimSpace(d.Reason)})
			case "undo":
			default:
				return fault.At("do", fault.New(fault.Invalid, "请选遮住或保留", "choose to cover it or to keep it"))
			}
		}
		if _, err := redact.Redact(text, now); err != nil {
			return fault.At("reason", err)
		}
		k.Decisions[d.Field], r.Looked = now, ""
		return nil
	})
}

// everywhere finds a text wherever it stands.
func everywhere(in, text string) (all [][2]int) {
	for at := 0; ; {
		i := strings.Index(in[at:], text)
		if i < 0 {
			return all
		}
		all = append(all, [2]int{at + i, at + i + len(text)})
		at += i + len(text)
	}
}

// changing changes a row of a draft as somebody has seen it.
func (s *Bulletins) changing(ctx context.Context, who identity.Colleague, ref Ref, place, seen int, change func(*db.Tx, *row, *kept, identity.Admitted) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, by, err := drafting(tx, who, ref)
		if err != nil {
			return err
		}
		r, err := readRow(tx, ref, place)
		if err != nil {
			return err
		}
		if r.Seen != seen {
			return fault.New(fault.Conflict, "这一行刚被别人改过，请看过现在的样子再定。", "Somebody has changed this row just now: look at it as it is.")
		}
		k, err := r.open(tx)
		if err != nil {
			return err
		}
		if err := change(tx, &r, &k, by); err != nil {
			return err
		}
		r.Seen++
		if err := r.seal(tx, k); err != nil {
			return err
		}
		_, err = writeRow.Exec(tx, r)
		return err
	})
}

// Look says that somebody has read a row and that it may go out. What is undecided in it stops them.
func (s *Bulletins) Look(ctx context.Context, who identity.Colleague, ref Ref, place, seen int) error {
	return s.changing(ctx, who, ref, place, seen, func(_ *db.Tx, r *row, k *kept, by identity.Admitted) error {
		texts, err := k.redacted()
		if err != nil {
			return err
		}
		if left := k.left(texts); len(left) > 0 {
			return fault.New(fault.Conflict, "还有疑似个人信息没有定：%[1]s。先遮住，或写明理由保留。", "There may still be personal data: %[2]s. Cover it, or say why it stays.", joinedIn(left, lang.ZH), joinedIn(left, lang.EN))
		}
		r.Looked = by.Sign
		return nil
	})
}

// left names what is likely personal data and undecided, by kind and field, without saying it.
func (k kept) left(texts map[string]redact.Published) (all []lang.Text) {
	for _, f := range k.Source.fields() {
		for _, s := range redact.Check(texts[f.Key]) {
			all = append(all, lang.Text{ZH: f.Title.ZH + "里的" + s.Kind.Name().ZH, EN: s.Kind.Name().EN + " in " + f.Title.EN})
		}
	}
	return all
}

func joinedIn(all []lang.Text, l lang.Lang) string {
	words := make([]string, len(all))
	for i, t := range all {
		words[i] = t.In(l)
	}
	return strings.Join(words, l.T("、", ", "))
}

// Anew makes a row again of what is known now. Decisions about texts that are the same hold.
func (s *Bulletins) Anew(ctx context.Context, who identity.Colleague, ref Ref, place, seen int) error {
	return s.changing(ctx, who, ref, place, seen, func(tx *db.Tx, r *row, k *kept, _ identity.Admitted) error {
		l, err := letter.Read(tx, r.Letter)
		if err != nil {
			return err
		}
		now, err := makeSource(tx, l, r.Number)
		if err != nil {
			return err
		}
		again := kept{Source: now, Decisions: map[string]redact.Decisions{}}
		again.take(k.Decisions)
		*k, r.Looked = again, ""
		return nil
	})
}
