package problem_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// A unit never gets a problem of which it could see nothing: each letter has a digest by then, without anybody's data.
func TestNothingIsAssignedWithoutADigest(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", strings.Replace(table, "某铝厂夜间偷排", "住户王建国（电话 13800001111）说某铝厂夜间偷排", 1))
		p := c.Look("XN2023-0003")
		l := c.LettersOf(p)[0]
		field := problem.DigestField(l.ID)
		m := problem.Move{Problem: p.ID, Move: "assign", Seen: p.Version, Lead: c.Orgs["市医院"]}
		for digest, words := range map[string]string{"": "还没有摘要", " ": "还没有摘要", "电话 13800001111 的住户": "个人信息", strings.Repeat("长", 201): "最多 200"} {
			m.Digests = map[string]string{l.ID: digest}
			_, err := c.Problems.Move(c.Ctx(), c.Clerk, m)
			faults, _ := fault.Fields(err)
			if at := faults[field]; at == nil || at.Kind != fault.Invalid || !strings.Contains(at.Text.In(lang.ZH), words) {
				t.Errorf("%q: %v", digest, err)
			}
		}
		if now := c.Look(p.Code); now.Stage != complaint.Received || c.LettersOf(now)[0].Digest != "" {
			t.Fatalf("a refusal left its mark: %+v", now)
		}

		drafts, err := c.Letters.Propose(c.Ctx(), c.Clerk, []string{l.ID})
		if err != nil || !strings.Contains(drafts[l.ID], "铝厂夜间偷排") || strings.Contains(drafts[l.ID], "13800001111") || strings.Contains(drafts[l.ID], "建国") {
			t.Fatalf("%q %v", drafts[l.ID], err)
		}
		if _, err := c.Letters.Propose(c.Ctx(), c.Unit, []string{l.ID}); fault.KindOf(err) != fault.Denied {
			t.Error("a unit has a letter's words proposed to it:", err)
		}
		if _, err := c.Letters.Propose(c.Ctx(), c.Checker, []string{l.ID}); fault.KindOf(err) != fault.Denied {
			t.Error("a checker, who may not see letters, has their words proposed:", err)
		}
		m.Digests = drafts
		if _, err := c.Problems.Move(c.Ctx(), c.Clerk, m); err != nil {
			t.Fatal(err)
		}
		w, err := c.Problems.Get(c.Ctx(), c.Unit, p.Code)
		if err != nil || len(w.Digests) != 1 || w.Digests[0] != drafts[l.ID] || len(w.Letters) != 0 {
			t.Errorf("the unit sees %v, %v", w.Digests, err)
		}

		// Once it is with a unit its digest is reworded, and never empty.
		l = c.LettersOf(p)[0]
		if _, err := c.Letters.Correct(c.Ctx(), c.Clerk, letter.Correction{Letter: l.ID, SeenAt: l.ChangedAt, Division: l.Division, Kinds: l.KindList()}); fault.KindOf(err) != fault.Invalid {
			t.Error("the unit's digest was emptied:", err)
		}
		if l = c.Describe(l, "铝厂夜间烟气呛人"); l.Digest != "铝厂夜间烟气呛人" {
			t.Error(l.Digest)
		}
		// A letter without one does not come to a unit by a merge either.
		w2 := walk{c, t, "XN2023-0002"}
		second := w2.now()
		merge := problem.Move{Problem: second.ID, Move: "merge", Seen: second.Version, Into: p.Code, Why: "同一件事"}
		if _, err := c.Problems.Move(c.Ctx(), c.Clerk, merge); fault.KindOf(err) != fault.Conflict {
			t.Error("a letter without a digest came to a unit by a merge:", err)
		}
		c.Describe(c.LettersOf(second)[0], "烧烤店油烟")
		if _, err := c.Problems.Move(c.Ctx(), c.Clerk, merge); err != nil {
			t.Error(err)
		}
	})
}

func TestDraft(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "",
		"河里有黑水\n  每天傍晚":     "河里有黑水 每天傍晚",
		"联系李卫东 13912345678": "!13912345678",
		"厂里排黑水，车牌青A12345的车拉走":             "!青A12345",
		strings.Repeat("很长的一句话，说不完。", 40): "…18",
		strings.Repeat("没有句号的一段话", 40):    "200",
	} {
		got := letter.Draft(text)
		n := len([]rune(got))
		switch {
		case strings.HasPrefix(want, "!"):
			if strings.Contains(got, want[1:]) || got == "" {
				t.Errorf("%q of %q", got, text)
			}
		case want == "…18":
			if n != 198 || !strings.HasSuffix(got, "。") {
				t.Errorf("%d characters: %q", n, got)
			}
		case want == "200":
			if n != 200 || !strings.HasSuffix(got, "…") {
				t.Errorf("%d characters: %q", n, got)
			}
		case got != want:
			t.Errorf("%q, not %q", got, want)
		}
	}
}
