package bulletin

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// Stop is what keeps a bulletin from going out.
type Stop struct {
	Place int // of the row; 0: the bulletin itself
	Code  string
	Why   lang.Text
}

// draft is a bulletin while it is put together.
type draft struct {
	Bulletin
	c     campaign.Campaign
	rows  []row
	kept  []kept
	table table.Table
	stops []Stop
}

// mostStops is enough to see what is missing.
const mostStops = 200

func (d *draft) stop(r row, zh, en string, args ...any) {
	if len(d.stops) < mostStops {
		d.stops = append(d.stops, Stop{r.Place, r.Code, lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}})
	}
}

// together puts the table of a draft together and says what stops it.
func together(tx *db.Tx, c campaign.Campaign, b Bulletin) (d draft, err error) {
	d = draft{Bulletin: b, c: c}
	if d.rows, err = rowsOf.Slice(tx, b.Ref()); err != nil {
		return d, err
	}
	if left := redact.Check(redact.Published{Text: b.Title}); len(left) > 0 {
		d.stop(row{}, "标题里疑似有%s", "the title may have personal data: %s", left[0].Kind.Name().ZH)
	}
	d.table = table.Table{Campaign: b.Campaign, Bulletin: b.Number, Version: b.Version, Title: b.Title, Day: calendar.DateOf(tx.Now().In(calendar.China)), Batches: b.BatchList(), Home: c.Home}
	if d.table.Set, err = set(c); err != nil {
		return d, err
	}
	for i, r := range d.rows {
		if err := d.add(tx, r, i+1); err != nil {
			return d, err
		}
	}
	if len(d.stops) > 0 {
		return d, nil
	}
	whole, err := table.New(d.table)
	if fault.KindOf(err) == fault.Invalid {
		zh, _ := fault.In(lang.ZH, err)
		en, _ := fault.In(lang.EN, err)
		d.stops = append(d.stops, Stop{Why: lang.Text{ZH: zh, EN: en}})
		return d, nil
	}
	d.table = whole
	return d, err
}

// add adds a row, and what is wrong with it.
func (d *draft) add(tx *db.Tx, r row, place int) error {
	k, err := r.open(tx)
	if err != nil {
		return err
	}
	l, err := letter.Read(tx, r.Letter)
	if err != nil {
		return err
	}
	now, err := makeSource(tx, l, d.Number)
	if err != nil {
		return err
	}
	texts, err := k.redacted()
	if err != nil {
		return err
	}
	left := k.left(texts)
	switch {
	case !k.Source.same(now):
		d.stop(r, "编制之后又有变化：请更新这一行，再看一遍", "it has changed since: make the row anew and look at it again")
	case len(left) > 0:
		d.stop(r, "疑似个人信息没有定：%[1]s", "likely personal data is undecided: %[2]s", joinedIn(left, lang.ZH), joinedIn(left, lang.EN))
	case r.Looked == "":
		d.stop(r, "还没有人看过", "nobody has looked at it")
	}
	out, err := k.row(place, texts)
	if err != nil {
		return err
	}
	d.kept, d.table.Rows = append(d.kept, k), append(d.table.Rows, out)
	return nil
}

// Preview is a bulletin as it would go out, and what stops it.
type Preview struct {
	Bulletin
	Table      table.Table
	Stops      []Stop
	Difference table.Difference
}

// Preview shows a draft as it would go out.
func (s *Bulletins) Preview(ctx context.Context, who identity.Colleague, ref Ref) (p Preview, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		b, _, err := reading(tx, who, ref)
		if err != nil {
			return err
		}
		c, err := campaign.Read(tx, ref.Campaign)
		if err != nil {
			return err
		}
		d, err := together(tx, c, b)
		if err != nil {
			return err
		}
		p = Preview{Bulletin: b, Table: d.table, Stops: d.stops}
		p.Difference, err = difference(tx, d.table)
		return err
	})
	return p, err
}

// Publish publishes a draft. It is grave: who does it has just said who they are.
func (s *Bulletins) Publish(ctx context.Context, who identity.Colleague, ref Ref) (b Bulletin, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, by, err := admit(tx, who, complaint.Publish, ref.Campaign)
		if err != nil {
			return err
		}
		if b, err = Read(tx, ref); err != nil {
			return err
		}
		if b.State != Draft {
			return fault.New(fault.Conflict, "第 %[1]d 号第 %[2]d 版已经发布。", "Version %[2]d of bulletin %[1]d is published already.", b.Number, b.Version)
		}
		d, err := together(tx, c, b)
		if err != nil {
			return err
		}
		if len(d.stops) > 0 {
			first := d.stops[0]
			return fault.New(fault.Conflict, "还不能发布，有 %[1]d 处要先处理；第一处是 %[2]s：%[3]s", "It cannot be published yet: %[1]d things are to be done first, and the first is %[2]s: %[4]s", len(d.stops), first.Code, first.Why.ZH, first.Why.EN)
		}
		if err := d.out(tx, by); err != nil {
			return err
		}
		b = d.Bulletin
		return nil
	})
	return b, err
}

// out writes a bulletin where the public finds it.
func (d *draft) out(tx *db.Tx, by identity.Admitted) error {
	text, _, err := d.table.Canonical()
	if err != nil {
		return err
	}
	if d.Sum, err = record.PutFile(tx, text); err != nil {
		return err
	}
	now := tx.Now()
	d.State, d.Day, d.PublishedAt, d.PublishedBy = Published, d.table.Day.String(), &now, by.Sign
	if _, err := writeBulletin.Exec(tx, d.Bulletin); err != nil {
		return err
	}
	said := Out{by.Person, d.Campaign, d.Number, d.Version, d.Day, d.Sum, d.table.Counts()}
	if err := record.Append(tx, by.Sign, said); err != nil {
		return err
	}
	for _, r := range d.rows {
		l, err := letter.Read(tx, r.Letter)
		if err != nil {
			return err
		}
		if err := record.Open(tx, by.Sign, l.Entry); err != nil && fault.KindOf(err) != fault.Conflict { // opened before
			return err
		}
		if err := letter.Published(tx, l.ID, d.Number); err != nil {
			return err
		}
		if _, err := standsNot.Exec(tx, l.ID); err != nil {
			return err
		}
		r.Standing, r.PublishedAt = true, &now
		if r.Lat == nil {
			if err := r.place(tx, l); err != nil {
				return err
			}
		}
		if _, err := writeRow.Exec(tx, r); err != nil {
			return err
		}
	}
	return nil
}
