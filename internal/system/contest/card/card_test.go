package card_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

// winners is a city in which a contest is final: 市医院 and 住建局 have won.
type winners struct {
	*contesttest.City
	*card.Cards
	t       *testing.T
	numbers []string
	album   *evidence.Evidence
}

func open(t *testing.T, d *db.DB) winners {
	t.Helper()
	c := contesttest.OpenCity(t, d)
	album, err := evidence.Open(t.Context(), d, evidence.Options{Folder: t.TempDir(), Kinds: contest.EvidenceKinds()})
	if err != nil {
		t.Fatal(err)
	}
	w := winners{City: c, t: t, album: album}
	w.Cards = card.In(d, entry.Facts, func() (*evidence.Evidence, error) { return album, nil })
	w.numbers = c.Final("cases-26", [2]string{"诊所备案当日办", "市医院"}, [2]string{"竣工联合验收", "住建局"}, [2]string{"没有入选的", "卫生健康委"})
	return w
}

func (w winners) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w winners) kind(what string, err error, want fault.Kind, says string) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != want || !strings.Contains(err.Error(), says) {
		w.t.Errorf("%s: %v", what, err)
	}
}

func draft(title string) card.Draft {
	return card.Draft{
		Title: title, Field: "service", Problem: "备案要跑三趟", Measures: "一窗收件，后台分转", Effect: "平均半天办完", Office: "市医院医务科", Phone: "0971-8230000",
		Figures: []card.Figure{{What: "平均办理天数", Said: "0.5", At: "/receipts/figures/contest.results/1"}},
	}
}

// shown is a card that everybody reads.
func (w winners) shown(n int, who identity.Colleague, d card.Draft) card.Card {
	w.t.Helper()
	c, err := w.Save(w.Ctx(), who, card.Saving{Contest: "cases-26", Number: w.numbers[n], Draft: d})
	w.must(err)
	c, err = w.Offer(w.Ctx(), who, c.ID, c.Version)
	w.must(err)
	c, err = w.Show(w.Ctx(), w.Organiser, c.ID, c.Version)
	w.must(err)
	return c
}

func (w winners) log(kind string) (all []record.Item) {
	w.t.Helper()
	w.View(func(tx *db.Tx) (err error) { all, err = record.Latest(tx, kind, "", 100); return err })
	return all
}

// A unit writes the card of its winner, the organiser shows it, and a change is read by nobody before it is shown too. Nobody overwrites
// another's words, and all versions are kept.
func TestACardIsShown(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		number := w.numbers[0]
		save := func(who identity.Colleague, number string, seen int64, d card.Draft) (card.Card, error) {
			return w.Save(w.Ctx(), who, card.Saving{Contest: "cases-26", Number: number, Seen: seen, Draft: d})
		}
		_, err := save(w.Unit, w.numbers[2], 0, draft("没有入选的"))
		w.kind("the card of who did not win", err, fault.Conflict, "final list")
		_, err = save(w.Another, number, 0, draft("别人的"))
		w.kind("another unit writes it", err, fault.Denied, "")
		_, err = save(w.Nobody, number, 0, draft("别人的"))
		w.kind("nobody writes it", err, fault.Denied, "")
		for _, text := range []string{"找张科长 139 1234 5678", "身份证 63010119900101123X"} {
			bad := draft("诊所备案当日办")
			bad.Measures = text
			_, err = save(w.Unit, number, 0, bad)
			w.kind(text, err, fault.Invalid, "private")
		}
		bad := draft("诊所备案当日办")
		bad.Phone, bad.Figures = "13912345678", []card.Figure{{What: "天数", Said: "1", At: "https://elsewhere.example/"}}
		_, err = save(w.Unit, number, 0, bad)
		w.kind("a telephone and an address of elsewhere", err, fault.Invalid, "")

		c, err := save(w.Unit, number, 0, draft("诊所备案当日办"))
		w.must(err)
		again, err := save(w.Unit, number, 0, draft("诊所备案当日办"))
		if err != nil || again.Version != c.Version || again.Newest != 1 {
			t.Errorf("the same form twice: %+v %v", again, err)
		}
		_, err = save(w.Organiser, number, 0, draft("另一个标题"))
		w.kind("a card that is there is begun once more", err, fault.Conflict, "")
		_, err = w.Show(w.Ctx(), w.Organiser, c.ID, c.Version)
		w.kind("a draft is shown", err, fault.Conflict, "draft")
		c, err = w.Offer(w.Ctx(), w.Unit, c.ID, c.Version)
		w.must(err)
		_, err = w.Show(w.Ctx(), w.Unit, c.ID, c.Version)
		w.kind("a unit shows its own", err, fault.Denied, "organiser")
		c, err = w.Return(w.Ctx(), w.Organiser, c.ID, c.Version, "请写明数字出自哪里")
		w.must(err)
		second := draft("诊所备案当日办")
		second.Effect = "平均半天办完，出自窗口系统"
		old := c.Version
		c, err = save(w.Unit, number, c.Version, second)
		w.must(err)
		_, err = save(w.Organiser, number, old, draft("盖掉"))
		w.kind("an older version is written over", err, fault.Conflict, "")
		c, err = w.Offer(w.Ctx(), w.Unit, c.ID, c.Version)
		w.must(err)
		c, err = w.Show(w.Ctx(), w.Organiser, c.ID, c.Version)
		w.must(err)

		var text []byte
		w.View(func(tx *db.Tx) (err error) { text, err = c.Text(tx); return err })
		told := w.log("contest.card-shown")
		sum := sha256.Sum256(text)
		if len(told) != 1 || !strings.Contains(told[0].Public, hex.EncodeToString(sum[:])) {
			t.Errorf("the log has %+v of %s", told, text)
		}
		third := second
		third.Title = "诊所备案当日办（改）"
		c, err = save(w.Unit, number, c.Version, third)
		w.must(err)
		w.View(func(tx *db.Tx) error {
			all, err := card.Library(tx, card.Filter{Limit: 10})
			if err != nil || len(all) != 1 || all[0].Title != "诊所备案当日办" || all[0].Shown != 2 || all[0].Newest != 3 {
				t.Errorf("a change is read before it is shown: %+v %v", all, err)
			}
			versions, err := card.Versions(tx, c.ID)
			if len(versions) != 3 || versions[2].Effect != "平均半天办完" {
				t.Errorf("versions %+v", versions)
			}
			return err
		})
		c, err = w.Withdraw(w.Ctx(), w.Organiser, c.ID, c.Version, "做法已经停用")
		w.must(err)
		_, err = save(w.Unit, number, c.Version, draft("再来"))
		w.kind("a withdrawn card is written", err, fault.Conflict, "做法已经停用")
		w.View(func(tx *db.Tx) error {
			all, err := card.Library(tx, card.Filter{Limit: 10})
			if len(all) != 0 {
				t.Errorf("a withdrawn card is in the library: %+v", all)
			}
			return err
		})
		if len(w.log("contest.card-withdrawn")) != 1 {
			t.Error("the log does not have the withdrawal")
		}
	})
}

// photograph is a picture as a phone would send it.
func photograph(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An adoption is said by its unit, and verified by others who have looked at its evidence; the figure of the log counts the two apart.
func TestAnAdoptionIsVerified(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := w.shown(0, w.Unit, draft("诊所备案当日办"))
		other := w.UnitOf("住建局")
		in := card.Adopting{Card: c.ID, Organisation: w.Orgs["住建局"], Division: w.Home, Since: "2026-09", Changed: "把窗口换成了网上", Effect: "一天办完"}
		adopt := func(who identity.Colleague, change func(*card.Adopting)) (card.Adoption, error) {
			one := in
			change(&one)
			return w.Adopt(w.Ctx(), who, one)
		}
		_, err := adopt(w.Nobody, func(*card.Adopting) {})
		w.kind("nobody adopts", err, fault.Denied, "")
		_, err = adopt(other, func(a *card.Adopting) { a.Organisation = w.Orgs["卫生健康委"] })
		w.kind("for a unit that is not one's own", err, fault.Denied, "")
		_, err = adopt(w.Unit, func(a *card.Adopting) { a.Organisation = w.Orgs["市医院"] })
		w.kind("one's own case", err, fault.Invalid, "own")
		for _, month := range []string{"", "2026", "2999-01", "1990-01"} {
			_, err = adopt(other, func(a *card.Adopting) { a.Since = month })
			w.kind("since "+month, err, fault.Invalid, "")
		}
		a, err := adopt(other, func(*card.Adopting) {})
		w.must(err)
		same, err := adopt(other, func(*card.Adopting) {})
		if err != nil || same.ID != a.ID {
			t.Errorf("the same form twice: %+v %v", same, err)
		}
		_, err = adopt(other, func(a *card.Adopting) { a.Changed = "别的" })
		w.kind("another in the same division", err, fault.Conflict, "2026-09")

		decide := func(who identity.Colleague, to card.AdoptionState, seen int64) (card.Adoption, error) {
			return w.Decide(w.Ctx(), who, card.Deciding{Adoption: a.ID, Seen: seen, To: to, Reason: "看过现场和材料"})
		}
		_, err = decide(w.Organiser, card.Verified, a.Version)
		w.kind("verified without evidence", err, fault.Conflict, "evidence")
		_, err = decide(other, card.Verified, a.Version)
		w.kind("verified by who said it", err, fault.Denied, "")
		taken, err := w.album.Take(w.Ctx(), bytes.NewReader(photograph(t)), evidence.Sent{Kind: contest.Attachment, By: other.Person})
		w.must(err)
		w.kind("evidence by another unit", w.Attach(w.Ctx(), w.Unit, a.ID, []string{taken.Hash}), fault.Denied, "")
		w.must(w.Attach(w.Ctx(), other, a.ID, []string{taken.Hash}))
		for who, want := range map[*identity.Colleague]bool{&other: true, &w.Unit: true, &w.Organiser: true, &w.Nobody: false, &w.Judge: false} {
			w.View(func(tx *db.Tx) error {
				_, err := card.Gate(*who)(tx, evidence.Asked{Do: evidence.ToSee, Kind: contest.Attachment, Subject: a.Evidence()})
				if (err == nil) != want {
					t.Errorf("%s sees evidence: %v", who.Person, err)
				}
				return nil
			})
		}
		_, err = decide(w.Unit, card.Verified, a.Version+1)
		w.kind("of another version", err, fault.Conflict, "")
		verified, err := decide(w.Unit, card.Verified, a.Version)
		w.must(err)
		if again, err := decide(w.Unit, card.Verified, a.Version); err != nil || again.Version != verified.Version {
			t.Errorf("the same decision twice: %+v %v", again, err)
		}
		_, err = w.Adopt(w.Ctx(), w.UnitOf("卫生健康委"), card.Adopting{Card: c.ID, Organisation: w.Orgs["卫生健康委"], Division: w.Home, Since: "2026-10", Changed: "照做"})
		w.must(err)
		w.counts(card.Spreading{Verified: 1, Said: 1, Months: map[string][3]int{"2026-09": {1, 0, 0}, "2026-10": {0, 1, 0}}})
		w.View(func(tx *db.Tx) error {
			months, err := card.Months(tx, c.ID, "2026-01")
			if fmt.Sprint(months) != "[{2026-09 {0 1 0}} {2026-10 {1 0 0}}]" {
				t.Errorf("months %v", months)
			}
			tally, e := card.Adopted(tx, c.ID)
			if tally[c.ID] != (card.Tally{Said: 1, Verified: 1}) || e != nil {
				t.Errorf("%v %v", tally, e)
			}
			return err
		})
		_, err = decide(w.Organiser, card.TakenBack, verified.Version)
		w.kind("withdrawn by another", err, fault.Denied, "")
		_, err = decide(other, card.TakenBack, verified.Version)
		w.must(err)
		w.counts(card.Spreading{Said: 1, Months: map[string][3]int{"2026-10": {0, 1, 0}}})
		_, err = adopt(other, func(a *card.Adopting) { a.Changed = "重新记" })
		w.must(err)
		for _, e := range append(w.log("contest.adoption-recorded"), w.log("contest.adoption-moved")...) {
			if strings.Contains(e.Public, other.Person) || strings.Contains(e.Public, "看过") {
				t.Error("the log tells who or why: ", e.Public)
			}
		}
	})
}

// counts holds the figure, made from the record, against what it should be.
func (w winners) counts(want card.Spreading) {
	w.t.Helper()
	q := card.Queries()[0]
	state := q.Over.Begin()
	for _, kind := range q.Over.Kinds {
		items := w.log(kind)
		for _, item := range slices.Backward(items) {
			w.must(state.Add(logtree.Statement{ID: item.ID, Kind: kind, Public: json.RawMessage(item.Public)}))
		}
	}
	got, err := q.Answer(w.Ctx(), state, map[string]string{"card": ""}, nil)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%v %v, not %v", got, err, want)
	}
}

// The library finds cards by all words, wherever they stand, and goes through thousands of them by keys, each once.
func TestTheLibrary(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.shown(0, w.Unit, draft("诊所备案当日办"))
		w.shown(1, w.Another, card.Draft{Title: "竣工联合验收 100%_A!", Field: "approval", Problem: "验收排队", Measures: "一张表", Effect: "少跑五趟", Office: "住建局审批科"})
		for words, want := range map[string]string{
			"": "竣工联合验收 100%_A!,诊所备案当日办", "诊所": "诊所备案当日办", "一窗 备案": "诊所备案当日办", "备案 验收": "", "１００％": "竣工联合验收 100%_A!", "_a!": "竣工联合验收 100%_A!", "%": "竣工联合验收 100%_A!",
			"住建局": "竣工联合验收 100%_A!", "没有": "",
		} {
			w.View(func(tx *db.Tx) error {
				all, err := card.Library(tx, card.Filter{Words: words, Limit: 10})
				var got []string
				for _, c := range all {
					got = append(got, c.Title)
				}
				if strings.Join(got, ",") != want && words != "" || len(got) != len(strings.Split(want, ",")) && words == "" {
					t.Errorf("%q: %v", words, got)
				}
				return err
			})
		}
		w.View(func(tx *db.Tx) error {
			shelves, err := card.Shelves(tx)
			if len(shelves) != 1 || shelves[0].N != 2 {
				t.Errorf("%+v", shelves)
			}
			none, e := card.Library(tx, card.Filter{Year: shelves[0].Year + 1, Limit: 10})
			some, _ := card.Library(tx, card.Filter{Year: shelves[0].Year, Field: "approval", Contest: "cases-26", Limit: 10})
			if len(none) != 0 || len(some) != 1 || e != nil {
				t.Errorf("%v %v %v", none, some, e)
			}
			return err
		})
		const many = 3000
		w.Update(func(tx *db.Tx) error { return card.Fill(tx, "cases-26", many) })
		seen, f := map[string]bool{}, card.Filter{Words: "备案", Limit: 97}
		for {
			var all []card.Card
			w.View(func(tx *db.Tx) (err error) { all, err = card.Library(tx, f); return err })
			for _, c := range all {
				if seen[c.ID] {
					t.Fatalf("%s comes twice", c.ID)
				}
				seen[c.ID] = true
			}
			if len(all) < f.Limit {
				break
			}
			f.Before, f.Behind = all[len(all)-1].ShownAt, all[len(all)-1].ID
		}
		if len(seen) != many/3+1 {
			t.Errorf("%d of %d", len(seen), many/3+1)
		}
	})
}
