package grant_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/rehearsal"
	"github.com/xiadu/xiadu/internal/system/contest/selectiontest"
)

const code = rehearsal.SelectCode

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

// desk is a selection that was played, and who posts its money.
type desk struct {
	*selectiontest.Selection
	t   *testing.T
	who identity.Colleague
}

func open(t *testing.T, d *db.DB) desk {
	t.Helper()
	s := selectiontest.Open(t, d)
	s.Play()
	return desk{s, t, s.As(rehearsal.Treasurer, 405)}
}

func (b desk) ctx() context.Context { return db.Rehearse(b.t.Context(), b.Day.AddDate(0, 0, 405)) }

func (b desk) book() grant.Book {
	b.t.Helper()
	book, err := b.Grants.Book(b.ctx(), code)
	b.Must(err)
	return book
}

func (b desk) movement(id string, kind grant.Kind, line int, fen int64) grant.Movement {
	return grant.Movement{
		Contest: code, ID: id, Station: b.book().Lines[line].Station, Kind: kind, Payer: "示例工会", Payee: "示例商行", Fen: fen, Purpose: "热水器", Paper: "发票 12345678901234567890", Day: "2026-11-20",
	}
}

func (b desk) refused(m grant.Movement, words string) {
	b.t.Helper()
	_, _, err := b.Grants.Post(b.ctx(), b.who, m)
	text, _ := fault.In(lang.ZH, err)
	if err == nil || !strings.Contains(text, words) {
		b.t.Errorf("%+v: %v (%v), want %q", m, err, text, words)
	}
}

func TestAYearOfMoney(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		book := b.book()
		if len(book.Lines) != 3 || book.Total != (grant.Sums{1500000, 1500000, 1500000, 740000}) {
			t.Fatalf("%d stations, %v", len(book.Lines), book.Total)
		}
		first := book.Lines[0]
		if first.Effect == nil || first.Late || len(book.Due()) != 2 || first.Sums != (grant.Sums{500000, 500000, 500000, 500000}) {
			t.Errorf("the first is %+v, and %d are due", first, len(book.Due()))
		}
		v, err := b.Chosen.Show(b.ctx(), code, first.Station)
		b.Must(err)
		if v.Was == nil || v.Was.Step != "listed" || v.File.Step != nomination.Effect || first.Effect.Now != v.All[len(v.All)-1].Hash {
			t.Errorf("its files are %+v", v.All)
		}
		// One whose time has come, whose hours are others now; again with the same words, and with others.
		b.Hours = "Mo-Fr 08:00-20:00"
		city := b.As(rehearsal.InCity, 405)
		tell := grant.Telling{Contest: code, Station: book.Lines[1].Station, Says: "开放时间改了"}
		told, err := b.Grants.Tell(b.ctx(), city, tell)
		b.Must(err)
		again, err := b.Grants.Tell(b.ctx(), city, tell)
		if err != nil || again.LogEntry != told.LogEntry {
			t.Errorf("again: %+v %v", again, err)
		}
		tell.Says = "别的话"
		if _, err = b.Grants.Tell(b.ctx(), city, tell); fault.KindOf(err) != fault.Conflict {
			t.Errorf("told twice: %v", err)
		}
		if _, err = b.Grants.Tell(b.ctx(), b.who, tell); fault.KindOf(err) != fault.Denied {
			t.Errorf("the treasurer tells: %v", err)
		}
		early := db.Rehearse(t.Context(), b.Day.AddDate(0, 0, 60))
		tell.Station = book.Lines[2].Station
		if _, err = b.Grants.Tell(early, b.As(rehearsal.InCity, 60), tell); fault.KindOf(err) != fault.Conflict {
			t.Errorf("told early: %v", err)
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	b := open(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...))
	all, err := b.Grants.Movements(b.ctx(), code, 0, 0)
	b.Must(err)
	if _, again, err := b.Grants.Post(b.ctx(), b.who, all[0]); err != nil || !again {
		t.Errorf("posted twice: %t %v", again, err)
	}
	other := all[0]
	other.Fen++
	b.refused(other, "已经用过，内容不同")
	b.refused(b.movement("1", grant.Payment, 1, 1), "多于预算")
	b.refused(b.movement("1", grant.Receipt, 1, 1), "多于拨付")
	b.refused(b.movement("1", grant.Spent, 1, 260001), "多于收讫")
	b.refused(b.movement("1", grant.Spent, 1, 0), "大于 0")
	b.refused(b.movement("1", grant.Spent, 1, -5), "只有冲回才是负数")
	for words, change := range map[string]func(*grant.Movement){
		"不写个人姓名": func(m *grant.Movement) { m.Payee = "张小明" },
		"账号或电话":  func(m *grant.Movement) { m.Purpose = "转到 6222 0212 3456 7890 123" },
		"不在定榜":   func(m *grant.Movement) { m.Station = "S-08" },
		"流水号用":   func(m *grant.Movement) { m.ID = "一号" },
		"不能空":    func(m *grant.Movement) { m.Paper = "" },
		"日期写成":   func(m *grant.Movement) { m.Day = "昨天" },
		"类别写":    func(m *grant.Movement) { m.Kind = "gift" },
		"校验值":    func(m *grant.Movement) { m.Hash = "abc" },
	} {
		m := b.movement("1", grant.Spent, 1, 1)
		change(&m)
		b.refused(m, words)
	}
	back := b.movement("X", grant.Spent, 1, -240000)
	back.Takes, back.Why = "2025-S-04", "退货"
	wrong := back
	wrong.Takes = "2025-S-01"
	b.refused(wrong, "同类别、同驿站、同金额")
	wrong = back
	wrong.Takes = "2025-S-03X"
	b.refused(wrong, "本身是冲回")
	wrong = back
	wrong.Why = ""
	b.refused(wrong, "不能空")
	budget := b.movement("X", grant.Budget, 1, -500000)
	budget.Takes, budget.Why = "2025-B-02", "撤销"
	b.refused(budget, "多于预算") // it is paid already
	_, _, err = b.Grants.Post(b.ctx(), b.who, back)
	b.Must(err)
	back.ID = "Y"
	b.refused(back, "已经由 X 冲回")
	if _, _, err := b.Grants.Post(b.ctx(), b.As(rehearsal.InCity, 405), b.movement("1", grant.Spent, 1, 1)); fault.KindOf(err) != fault.Denied {
		t.Errorf("a recommender posts: %v", err)
	}
}

// Whatever is posted, by whomever at once and however often: no station has ever spent more than it received, received more than was
// paid, or been paid more than was budgeted; what is shown is the sum of the movements; and the log has each of them once.
func TestWhateverIsPosted(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		rnd := rand.New(rand.NewPCG(20, 26))
		had := len(b.movements())
		var tried []grant.Movement
		for n := range 120 {
			kind := grant.Kind(grant.Kinds[rnd.IntN(4)].Key)
			m := b.movement(fmt.Sprintf("R-%d", n%90), kind, rnd.IntN(3), 1+rnd.Int64N(400000)) // some ids come twice, with other content
			if n > 0 && n%4 == 3 {
				was := tried[rnd.IntN(len(tried))]
				m = was
				m.ID, m.Fen, m.Takes, m.Why = "T-"+was.ID, -was.Fen, was.ID, "冲回"
			}
			tried = append(tried, m)
		}
		var wait sync.WaitGroup
		for lane := range 4 {
			wait.Go(func() {
				for i, m := range tried {
					if i%4 == lane || i%7 == lane { // some of them twice
						if _, _, err := b.Grants.Post(b.ctx(), b.who, m); err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Invalid {
							t.Error(err)
						}
					}
				}
			})
		}
		wait.Wait()
		all := b.movements()
		posted := 0
		sums := map[string]*grant.Sums{}
		var total grant.Sums
		for i, m := range all {
			if m.N != i+1 {
				t.Fatalf("movement %d has the number %d", i+1, m.N)
			}
			if sums[m.Station] == nil {
				sums[m.Station] = &grant.Sums{}
			}
			at := slices.IndexFunc(grant.Kinds, func(c lang.Choice) bool { return c.Key == string(m.Kind) })
			sums[m.Station][at] += m.Fen
			total[at] += m.Fen
			s := *sums[m.Station]
			if s[0] < s[1] || s[1] < s[2] || s[2] < s[3] || s[3] < 0 {
				t.Fatalf("after %s %s has %v", m.ID, m.Station, s)
			}
			if i >= had {
				posted++
			}
		}
		if posted < 10 {
			t.Errorf("%d were posted: the test tries nothing", posted)
		}
		book := b.book()
		for _, l := range book.Lines {
			if l.Sums != *sums[l.Station] {
				t.Errorf("%s shows %v and is %v", l.Station, l.Sums, *sums[l.Station])
			}
		}
		if every, paid, err := b.Grants.Everywhere(b.ctx()); err != nil || book.Total != total || every != total || paid != 3 {
			t.Errorf("shown %v and %v, summed %v, %v", book.Total, every, total, err)
		}
		logged := 0
		b.Must(d.View(b.ctx(), func(tx *db.Tx) error {
			items, err := record.History(tx, contest.Subject(code), "", 10000)
			for _, i := range items {
				if i.Kind == "contest.movement" {
					logged++
				}
			}
			return err
		}))
		if logged != len(all) {
			t.Errorf("%d movements, %d in the log", len(all), logged)
		}
	})
}

func (b desk) movements() (all []grant.Movement) {
	b.t.Helper()
	for {
		after := 0
		if len(all) > 0 {
			after = all[len(all)-1].N
		}
		some, err := b.Grants.Movements(b.ctx(), code, after, 7)
		b.Must(err)
		all = append(all, some...)
		if len(some) < 7 {
			return all
		}
	}
}

func TestASheetIsTakenInWhole(t *testing.T) {
	b := open(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...))
	file := func(all ...grant.Movement) *bytes.Buffer {
		rows := [][]any{sheet.Heads(grant.Columns()...)}
		for _, m := range all {
			var row []any
			for _, cell := range m.Row() {
				row = append(row, cell)
			}
			rows = append(rows, row)
		}
		var out bytes.Buffer
		b.Must(sheet.WriteCSV(&out, slices.Values(rows)))
		return &out
	}
	had := len(b.movements())
	good, bad := b.movement("I-1", grant.Spent, 1, 100000), b.movement("I-2", grant.Spent, 1, 200000) // together too much
	bad.Payee = "张三"
	o, err := b.Grants.Import(b.ctx(), b.who, code, file(good, bad), false)
	b.Must(err)
	if o.Errors != 1 || o.Added != 0 || o.Findings[0].Row != 3 || o.Findings[0].Field != "收款单位" || len(b.movements()) != had {
		t.Errorf("with a wrong name: %+v, %d movements", o, len(b.movements())-had)
	}
	bad.Payee = "示例商行"
	o, err = b.Grants.Import(b.ctx(), b.who, code, file(good, bad), false)
	b.Must(err)
	if o.Errors != 1 || o.Findings[0].Field != "金额（元）" || len(b.movements()) != had {
		t.Errorf("with too much: %+v", o)
	}
	bad.Fen = 50000
	for _, dry := range []bool{true, false, false} {
		if o, err = b.Grants.Import(b.ctx(), b.who, code, file(good, bad), dry); err != nil || o.Errors > 0 {
			t.Fatalf("%+v %v", o, err)
		}
	}
	if o.Added != 0 || o.Same != 2 || len(b.movements()) != had+2 {
		t.Errorf("the same sheet again: %+v, %d movements", o, len(b.movements())-had)
	}
}

func TestYuan(t *testing.T) {
	for text, fen := range map[string]int64{"5000": 500000, "5,000.5": 500050, "¥27,500,000.00": 2750000000, "-12.34元": -1234, "0.07": 7} {
		if got, ok := grant.ParseYuan(text); !ok || got != fen {
			t.Errorf("%s is %d %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "五千", "1.234", "1e5", "1.", "--1", "12345678901"} {
		if got, ok := grant.ParseYuan(text); ok {
			t.Errorf("%q is %d", text, got)
		}
	}
	if got := grant.Yuan(-123456789); got != "−¥1,234,567.89" {
		t.Error(got)
	}
}

func TestReportedIsThere(t *testing.T) {
	r, err := grant.AsReported()
	if err != nil || len(r.Figures) != 5 || r.Source.ZH == "" || r.Figures[2].N.String() != "27500000" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAReceiptThatWasTakenBackBeginsNoYear(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		was := b.book().Lines[0].Received
		day, err := time.Parse(time.DateOnly, was)
		b.Must(err)
		early := day.AddDate(0, 0, -1).Format(time.DateOnly)
		post := func(m grant.Movement) grant.Movement {
			t.Helper()
			m.Day = early
			m, _, err := b.Grants.Post(b.ctx(), b.who, m)
			b.Must(err)
			return m
		}
		post(b.movement("early-b", grant.Budget, 0, 100))
		post(b.movement("early-p", grant.Payment, 0, 100))
		back := post(b.movement("early-r", grant.Receipt, 0, 100))
		if got := b.book().Lines[0].Received; got != early {
			t.Fatalf("received on %s, want %s", got, early)
		}
		back.ID, back.Fen, back.Takes, back.Why = "early-x", -100, back.ID, "记错了"
		post(back)
		if got := b.book().Lines[0].Received; got != was {
			t.Errorf("after the receipt was taken back it is received on %s, want %s", got, was)
		}
	})
}
