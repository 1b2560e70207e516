package bulletin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

const batch = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,市医院后院医疗废物暂存间异味扰民，联系人王建国，电话13897412345,城西区,固废、大气
*D3QH202311260002,五四西路某烧烤店夜间油烟直排，噪声大,城西区,大气、噪音
`

func each(t *testing.T, f func(t *testing.T, c *complainttest.City)) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) { f(t, complainttest.Open(t, d)) })
}

func text(err error) string {
	if err == nil {
		return ""
	}
	zh, _ := fault.In(lang.ZH, err)
	return zh + " " + err.Error()
}

func refused(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(text(err), words) {
		t.Errorf("%v is not a refusal of kind %d that says %q", err, kind, words)
	}
}

// lookAll looks at all rows of a draft.
func lookAll(t *testing.T, c *complainttest.City, b bulletin.Bulletin) {
	t.Helper()
	for place := 1; place <= b.Letters; place++ {
		r, err := c.Bulletins.Row(c.Ctx(), c.Clerk, b.Ref(), place)
		if err == nil {
			err = c.Bulletins.Look(c.Ctx(), c.Clerk, b.Ref(), place, r.Seen)
		}
		if err != nil {
			t.Fatalf("row %d: %v", place, err)
		}
	}
}

// begin takes a batch in, of which the first letter is answered.
func begin(t *testing.T, c *complainttest.City) letter.Letter {
	t.Helper()
	c.Begin("XN2023", "city")
	c.Take("XN2023", batch)
	p := c.Handed("XN2023-0001", 100)
	l := c.LettersOf(p)[0]
	return c.Report(l, letter.Answer{Found: "暂存间未密闭。经办人李志强，手机 13997123456。", Done: "已密闭暂存间，立案 1 起。"}, letter.ForAStage)
}

func prepare(t *testing.T, c *complainttest.City, n bulletin.New) bulletin.Bulletin {
	t.Helper()
	n.Campaign, n.Why = "XN2023", "编制公开批次"
	b, err := c.Bulletins.Prepare(c.Ctx(), c.Clerk, n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func publish(t *testing.T, c *complainttest.City, b bulletin.Bulletin) bulletin.Bulletin {
	t.Helper()
	b, err := c.Bulletins.Publish(c.Ctx(), c.Clerk, b.Ref())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAPublishedBulletin goes the whole way: data, redaction, what stops it, and what is public then.
func TestAPublishedBulletin(t *testing.T) {
	each(t, func(t *testing.T, c *complainttest.City) {
		l := begin(t, c)
		_, err := c.Bulletins.Prepare(c.Ctx(), c.Clerk, bulletin.New{Campaign: "XN2023", Batches: []int{1}})
		refused(t, err, fault.Invalid, "为什么")
		_, err = c.Bulletins.Prepare(c.Ctx(), c.Unit, bulletin.New{Campaign: "XN2023", Batches: []int{1}, Why: "看看"})
		refused(t, err, fault.Denied, "")
		b := prepare(t, c, bulletin.New{Batches: []int{1}})
		if b.Number != 1 || b.Version != 1 || b.Letters != 2 {
			t.Fatalf("%+v", b)
		}
		_, err = c.Bulletins.Prepare(c.Ctx(), c.Clerk, bulletin.New{Campaign: "XN2023", Batches: []int{1}, Why: "再编一份"})
		refused(t, err, fault.Conflict, "第 1 号还是草稿")
		// Nobody sees of it what is not published; another clerk says first why.
		_, err = c.Bulletins.Public(c.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: 1})
		refused(t, err, fault.NotFound, "")
		other := c.Somebody("complaint.coordinator", "督察整改办")
		_, err = c.Bulletins.Row(c.Ctx(), other, b.Ref(), 1)
		refused(t, err, fault.Conflict, "为什么要看原文")
		if err := c.Bulletins.Let(c.Ctx(), other, b.Ref(), "复核"); err != nil {
			t.Fatal(err)
		}
		_, err = c.Bulletins.Publish(c.Ctx(), c.Clerk, b.Ref())
		refused(t, err, fault.Conflict, "有 2 处要先处理")

		// Sanctions after it was prepared: the row says something else now.
		p := c.Look("XN2023-0001")
		if err := c.Problems.AddSanction(c.Ctx(), c.Unit, problem.Sanction{Problem: p.ID, Kind: "penalty", N: 1, Money: 5_000_000, Day: c.Day(0).String()}, ""); err != nil {
			t.Fatal(err)
		}
		stops := func() string {
			v, err := c.Bulletins.Preview(c.Ctx(), c.Clerk, b.Ref())
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(v.Stops)
		}
		if s := stops(); !strings.Contains(s, "又有变化") {
			t.Errorf("a row that is not what it would be is not stopped: %s", s)
		}
		if err := c.Bulletins.Anew(c.Ctx(), other, b.Ref(), 1, 0); err != nil {
			t.Fatal(err)
		}
		// A telephone that somebody lets stay without a reason, one that is covered by rule, and a name by hand.
		r, err := c.Bulletins.Row(c.Ctx(), other, b.Ref(), 1)
		if err != nil || r.Seen != 1 {
			t.Fatal(r, err)
		}
		if out := fmt.Sprint(r.Texts[0].Out, field(r, "found").Out); strings.Contains(out, "138974") || strings.Contains(out, "139971") {
			t.Errorf("a telephone goes out: %s", out)
		}
		err = c.Bulletins.Decide(c.Ctx(), other, b.Ref(), bulletin.Decision{Place: 1, Seen: 1, Field: "text", Text: "13897412345", Do: "keep"})
		refused(t, err, fault.Invalid, "要写理由")
		err = c.Bulletins.Decide(c.Ctx(), other, b.Ref(), bulletin.Decision{Place: 1, Seen: 1, Field: "text", Text: "后院", Do: "cover"})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Bulletins.Look(c.Ctx(), other, b.Ref(), 1, 1)
		refused(t, err, fault.Conflict, "刚被别人改过")
		for place, row := 1, (bulletin.Row{}); place <= 2; place++ {
			if row, err = c.Bulletins.Row(c.Ctx(), other, b.Ref(), place); err != nil {
				t.Fatal(err)
			}
			for _, one := range row.Texts {
				for _, part := range one.Parts {
					if part.Is == bulletin.Likely {
						err = c.Bulletins.Look(c.Ctx(), other, b.Ref(), place, row.Seen)
						refused(t, err, fault.Conflict, "没有定")
						if err = c.Bulletins.Decide(c.Ctx(), other, b.Ref(), bulletin.Decision{Place: place, Seen: row.Seen, Field: one.Field, From: part.From, To: part.To, Do: "cover"}); err != nil {
							t.Fatal(err)
						}
						row.Seen++
					}
				}
			}
		}
		lookAll(t, c, b)
		if s := stops(); s != "[]" {
			t.Fatalf("it is stopped: %s", s)
		}
		_, err = c.Bulletins.Publish(c.Ctx(), c.Unit, b.Ref())
		refused(t, err, fault.Denied, "")
		b = publish(t, c, b)
		_, err = c.Bulletins.Publish(c.Ctx(), c.Clerk, b.Ref())
		refused(t, err, fault.Conflict, "已经发布")
		err = c.Bulletins.Decide(c.Ctx(), c.Clerk, b.Ref(), bulletin.Decision{Place: 1, Seen: 9, Field: "text", Text: "市", Do: "cover"})
		refused(t, err, fault.Conflict, "已经发布")

		out, err := c.Bulletins.Public(c.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: 1})
		if err != nil || len(out.Table.Rows) != 2 {
			t.Fatalf("%+v %v", out, err)
		}
		first, second := out.Table.Rows[0], out.Table.Rows[1]
		if first.Code != l.Code || first.Verdict != complaint.True || first.Status != table.Staged || first.Next != c.Day(60) || first.Owes != "市医院" ||
			first.Sanctions.Penalised != 1 || first.Sanctions.Fined != 5_000_000 || strings.Contains(first.Text, "后院") || strings.Contains(first.Text, "王建国") {
			t.Errorf("%+v", first)
		}
		if second.Status != table.Working || !second.Key || second.Found != "" {
			t.Errorf("%+v", second)
		}
		if n := out.Table.Counts(); n.Letters != 2 || n.Key != 1 || n.Types != 4 || len(out.Difference.Added) != 2 {
			t.Errorf("%+v %+v", n, out.Difference)
		}
		published(t, c, out, l)
	})
}

func field(r bulletin.Row, key string) bulletin.Text {
	for _, one := range r.Texts {
		if one.Field == key {
			return one
		}
	}
	return bulletin.Text{}
}

// published holds the record against what was published.
func published(t *testing.T, c *complainttest.City, out bulletin.Public, l letter.Letter) {
	t.Helper()
	err := c.DB.View(t.Context(), func(tx *db.Tx) error {
		all, err := record.History(tx, out.Ref().Subject(), "", 10)
		if err != nil {
			return err
		}
		if len(all) != 1 || all[0].Kind != "complaint.bulletin-published" || !strings.Contains(all[0].Public, out.Sum) || strings.Contains(all[0].Public, l.Code) {
			t.Errorf("%v", all)
		}
		opened, err := record.History(tx, letter.Subject(l.ID), "", 10)
		if err != nil {
			return err
		}
		found := false
		for _, item := range opened {
			found = found || item.Kind == "record.opened" && strings.Contains(item.Public, l.Code)
			if strings.Contains(item.Public, "13897412345") {
				t.Errorf("the log has a telephone: %s", item.Public)
			}
		}
		if !found {
			t.Errorf("the letter was not opened: %v", opened)
		}
		file, err := record.File(tx, out.Sum)
		if err == nil && strings.Contains(string(file), "13897412345") {
			t.Error("the file has a telephone")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatWasPublishedStays: another bulletin has what is changed, another version takes the place of one, and a text that is
// taken back is gone from all of them.
func TestWhatWasPublishedStays(t *testing.T) {
	each(t, func(t *testing.T, c *complainttest.City) {
		l := begin(t, c)
		first := prepare(t, c, bulletin.New{Batches: []int{1}})
		cover(t, c, first)
		lookAll(t, c, first)
		first = publish(t, c, first)
		c.Days(1)
		p, err := c.Bulletins.Propose(c.Ctx(), c.Clerk, "XN2023")
		if err != nil || len(p.Changed) != 0 || len(p.Batches) != 1 || p.Batches[0].Unpublished != 0 {
			t.Fatalf("%+v %v", p, err)
		}
		if err := c.DB.View(t.Context(), func(tx *db.Tx) (err error) { l, err = letter.Read(tx, l.ID); return err }); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Letters.Review(c.Ctx(), c.Clerk, letter.Review{Letter: l.ID, Seen: l.Version, Move: "rework", Why: "还没有做完"}); err != nil {
			t.Fatal(err)
		}
		l = c.Report(l, letter.Answer{Found: "暂存间未密闭。", Done: "已经全部整改到位。"}, letter.Closed)
		if p, err = c.Bulletins.Propose(c.Ctx(), c.Clerk, "XN2023"); err != nil || len(p.Changed) != 1 || p.Changed[0].Was != letter.ForAStage || p.Changed[0].Is != letter.Closed {
			t.Fatalf("%+v %v", p, err)
		}
		second := prepare(t, c, bulletin.New{Earlier: []string{l.ID}})
		lookAll(t, c, second)
		second = publish(t, c, second)
		out, err := c.Bulletins.Public(c.Ctx(), second.Ref())
		if err != nil || len(out.Difference.Republished) != 1 || len(out.Difference.Changed) != 1 || !out.Table.Rows[0].Republished {
			t.Fatalf("%+v %v", out.Difference, err)
		}
		if strings.Contains(out.Table.Rows[0].Text, "王建国") {
			t.Error("what somebody covered is not covered when it is published again")
		}
		old, err := c.Bulletins.Public(c.Ctx(), first.Ref())
		if err != nil || old.Table.Rows[0].Status != table.Staged || old.Sum != first.Sum {
			t.Errorf("the first bulletin is another now: %+v %v", old.Bulletin, err)
		}
		stands, err := c.Bulletins.Standing(c.Ctx(), "XN2023")
		if err != nil || len(stands.Rows) != 2 || stands.Counts().Republished != 1 {
			t.Errorf("%+v %v", stands.Counts(), err)
		}
		again := prepare(t, c, bulletin.New{Number: 2, Title: "更正后的一览表"})
		if again.Version != 2 {
			t.Errorf("%+v", again)
		}
		_, err = c.Bulletins.Prepare(c.Ctx(), c.Clerk, bulletin.New{Campaign: "XN2023", Number: 2, Why: "更正"})
		refused(t, err, fault.Conflict, "草稿")
		lookAll(t, c, again)
		publish(t, c, again)
		if now, err := c.Bulletins.Public(c.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: 2}); err != nil || now.Version != 2 || now.Versions != 2 || !now.Table.Rows[0].Republished {
			t.Errorf("%+v %v", now.Bulletin, err)
		}
		back(t, c, l, first)
		// A correction of the first bulletin publishes nothing again that was not published before it.
		mended := prepare(t, c, bulletin.New{Number: 1})
		cover(t, c, mended)
		lookAll(t, c, mended)
		publish(t, c, mended)
		if now, err := c.Bulletins.Public(c.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: 1}); err != nil || now.Version != 2 || now.Table.Counts().Republished != 0 {
			t.Errorf("%+v %v", now.Table.Counts(), err)
		}
	})
}

// cover covers what the rules are not sure of.
func cover(t *testing.T, c *complainttest.City, b bulletin.Bulletin) {
	t.Helper()
	for place := 1; place <= b.Letters; place++ {
		r, err := c.Bulletins.Row(c.Ctx(), c.Clerk, b.Ref(), place)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range r.Texts {
			for _, name := range []string{"王建国", "李志强"} {
				d := bulletin.Decision{Place: place, Seen: r.Seen, Field: one.Field, Text: name, Do: "cover"}
				if err := c.Bulletins.Decide(c.Ctx(), c.Clerk, b.Ref(), d); err == nil {
					r.Seen++
				}
			}
		}
	}
}

func back(t *testing.T, c *complainttest.City, l letter.Letter, first bulletin.Bulletin) {
	t.Helper()
	w := bulletin.Withdrawal{Campaign: "XN2023", Code: l.Code}
	_, err := c.Bulletins.Withdraw(c.Ctx(), c.Clerk, w)
	refused(t, err, fault.Invalid, "为什么撤回")
	w.Why = "有王建国的电话 13897412345"
	_, err = c.Bulletins.Withdraw(c.Ctx(), c.Clerk, w)
	refused(t, err, fault.Invalid, "理由会公开")
	w.Why = "误公开了可能指向举报人的内容"
	n, err := c.Bulletins.Withdraw(c.Ctx(), c.Clerk, w)
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	for number := 1; number <= 2; number++ {
		out, err := c.Bulletins.Public(c.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: number})
		if err != nil || out.Table.Rows[0].Text != bulletin.Gone || out.Table.Rows[0].Found != "" || out.Table.Counts().Types != map[int]int{1: 4, 2: 2}[number] {
			t.Errorf("bulletin %d: %+v %v", number, out.Table.Rows, err)
		}
	}
	err = c.DB.View(t.Context(), func(tx *db.Tx) error {
		_, err := record.File(tx, first.Sum)
		refused(t, err, fault.NotFound, "")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err := c.Bulletins.Find(c.Ctx(), "d3qh 2023 1126 0001")
	if err != nil || len(found) != 1 || found[0].Bulletin != 2 {
		t.Errorf("%+v %v", found, err)
	}
	_, err = c.Bulletins.Find(c.Ctx(), "D3QH202311269999")
	refused(t, err, fault.NotFound, "没有公开过")
}
