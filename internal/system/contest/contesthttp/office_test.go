package contesthttp_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

func newContest(more ...string) []string {
	return append([]string{"code", code, "title", "十佳案例评审", "approval", "青评〔2026〕1号", "cycle", "每年一次", "division", "西宁市"}, more...)
}

func seen(n int64) string { return strconv.FormatInt(n, 10) }

// A contest is begun from a preset, by whom it is for; what is wrong is told at its field and nothing typed is lost.
func TestANewContest(t *testing.T) {
	s := serve(t)
	visitor{s, ""}.get("/contests/new").want(http.StatusSeeOther)
	s.as("contest.judge", "").get("/contests/new").want(http.StatusForbidden)
	o := s.organiser()
	page := o.get("/contests/new").want(http.StatusOK, "营商局", `value="西宁市"`)
	marked := 0
	for _, f := range rule.Presets() {
		if len(f.Rule.Grades) == 0 { // stars are nobody's to mark
			page.want(http.StatusOK, `value="`+f.About.Key+`"`)
			marked++
		}
	}
	if n := countOf(page.body, `class="preset-name"`); n != marked+1 {
		t.Errorf("%d rules to choose from, and %d that judges mark", n, marked)
	}
	office := s.Orgs["营商局"]
	o.post("/contests/new", "title", "只有名称").want(http.StatusUnprocessableEntity, "只有名称", `id="e-code"`, `id="e-preset"`)
	o.post("/contests/new", newContest("office", s.Orgs["住建局"], "preset", "mean-2dp")...).want(http.StatusUnprocessableEntity, `id="e-office"`)
	s.as("contest.judge", "").post("/contests/new", newContest("office", office, "preset", "mean-2dp")...).want(http.StatusForbidden, "十佳案例评审")

	text := `{"rule":{"format":"xiadu rule 1","stages":[{"key":"final","of":"10","parts":[]}]},"about":{"gold":1}}`
	o.upload("/contests/new", newContest("office", office, "preset", "mean-2dp", "@rule-file", text)...).want(http.StatusUnprocessableEntity, `id="e-rule-text"`, "规则文件里要改的", "gold")
	o.upload("/contests/new", newContest("office", office, "preset", "own")...).want(http.StatusUnprocessableEntity, "请选规则文件")

	to := "/contests/" + code + "/office?done=begun"
	form := newContest("office", office, "preset", "mean-2dp", "rehearsal", "1")
	o.post("/contests/new", form...).went(to)
	o.post("/contests/new", form...).went(to) // sent twice
	o.post("/contests/new", newContest("office", office, "preset", "sum-100")...).want(http.StatusConflict, "已经用过")
	o.get(to).want(http.StatusOK, "这是演练", "开始征集", "全部评委取平均")
	if e := s.Look(code); !e.Rehearsal || e.Office != office || e.Rule.About.Key != "mean-2dp" {
		t.Errorf("%+v", e)
	}
}

// A rule of one's own is taken as it was sent.
func TestARuleOfOnesOwn(t *testing.T) {
	s := serve(t)
	o := s.organiser()
	e := s.Begin(code)
	f, _ := rule.Preset("mean-2dp")
	f.About.Title = lang.Text{ZH: "本会的规则", EN: "Our rule"}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	at := "/contests/" + code + "/office"
	o.upload(at+"/rule", "seen", seen(e.Version), "@rule-file", string(text)).went(at + "?done=rule")
	o.get(at).want(http.StatusOK, "本会的规则")
	o.upload(at+"/rule", "seen", seen(e.Version), "preset", "sum-100").want(http.StatusConflict, "刚刚被别人改过")
	if now := s.Look(code); now.Rule.About.Title.ZH != "本会的规则" {
		t.Errorf("%+v", now.Rule.About)
	}
}

// An organiser calls, puts the time off, shortlists and cancels; each form of somebody who was overtaken comes back.
func TestTheOfficeLeadsAContest(t *testing.T) {
	s := serve(t)
	o, at := s.organiser(), "/contests/"+code+"/office"
	e := s.Begin(code)
	until := func(d time.Duration) string { return s.Now.Add(d).In(china).Format("2006-01-02T15:04") }
	o.post(at+"/call", "seen", seen(e.Version), "until", "明天").want(http.StatusUnprocessableEntity, "明天", `id="e-until"`)
	o.post(at+"/call", "seen", seen(e.Version), "until", until(-time.Hour)).want(http.StatusUnprocessableEntity, "已经过了")
	s.as("contest.scorekeeper", "").post(at+"/call", "seen", seen(e.Version), "until", until(time.Hour)).want(http.StatusForbidden)
	o.post(at+"/call", "seen", seen(e.Version), "until", until(time.Hour)).went(at + "?done=call")
	o.post(at+"/call", "seen", seen(e.Version), "until", until(2*time.Hour)).want(http.StatusConflict, "刚刚被别人改过", until(2*time.Hour))
	o.get(at).want(http.StatusOK, "来一件审一件", "改截止时间")

	a, b := s.Submit(code, "一窗通办", "市医院"), s.Submit(code, "免申即享", "住建局")
	o.get(at).want(http.StatusOK, "2 件作品等着初审", "待初审")
	s.Review(a.ID, entry.Accepted, "")
	s.Review(b.ID, entry.Refused, "不在范围")
	s.Later(2 * time.Hour)
	v := s.Look(code).Version
	o.get(at).want(http.StatusOK, "确定 1 件入围")
	o.post(at+"/shortlist", "seen", seen(v-1)).want(http.StatusConflict, "刚刚被别人改过")
	o.post(at+"/shortlist", "seen", seen(v)).went(at + "?done=shortlist")
	o.post(at+"/shortlist", "seen", seen(v)).want(http.StatusConflict)
	o.get(at).want(http.StatusOK, "去抽签", "还没有评委")

	v = s.Look(code).Version
	o.post(at+"/cancel", "seen", seen(v)).want(http.StatusUnprocessableEntity, `id="e-why"`)
	o.post(at+"/cancel", "seen", seen(v), "why", "会场不能用").went(at + "?done=cancel")
	o.get(at).want(http.StatusOK, "会场不能用", "!下一步")
	if s.Look(code).State != contest.Cancelled {
		t.Error(s.Look(code).State)
	}
}

// Every preset says for which contests it is.
func TestEachPresetSaysWhatItIsFor(t *testing.T) {
	s := serve(t)
	page := s.organiser().get("/contests/new")
	if n := countOf(page.body, `class="preset-fits"></span>`); n > 0 {
		t.Errorf("%d presets say nothing", n)
	}
}

// When all is revealed the office releases the public file, once a press, and again with a reason.
func TestTheOfficeReleases(t *testing.T) {
	s := openStage(t, 2)
	at := hallAt + "/office"
	status, body := s.get(&s.Organiser, at)
	if status != http.StatusOK || !strings.Contains(body, "都准备好了") {
		t.Fatalf("%d %s", status, plain(body))
	}
	if status, body := s.post(&s.Organiser, at+"/release", url.Values{"after": {"0"}}); status != http.StatusConflict || !strings.Contains(body, "还没有全部公布成绩") {
		t.Errorf("%d %s", status, plain(body))
	}
	for i, number := range s.Numbers {
		s.Run(number)
		scores := make([]string, len(s.Judges))
		for j := range scores {
			scores[j] = []string{"9.2", "8.8"}[i]
		}
		s.Mark(number, scores...)
		s.Show(number)
	}
	if _, body := s.get(&s.Organiser, at); !strings.Contains(body, "公布公开文件") {
		t.Errorf("%s", plain(body))
	}
	for range 2 { // a second press with what was seen then is told
		status, body = s.post(&s.Organiser, at+"/release", url.Values{"after": {"0"}})
	}
	if status != http.StatusConflict || !strings.Contains(body, "刚刚已经公布过一次") {
		t.Errorf("%d %s", status, plain(body))
	}
	if status, body := s.post(&s.Organiser, at+"/release", url.Values{"after": {"1"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-reason"`) {
		t.Errorf("%d %s", status, plain(body))
	}
	if status, body := s.post(&s.Organiser, at+"/release", url.Values{"after": {"1"}, "reason": {"更正"}}); status != http.StatusConflict || !strings.Contains(body, "和上一次公布的一样") || !strings.Contains(body, "更正") {
		t.Errorf("%d %s", status, plain(body))
	}
	if _, body := s.get(&s.Organiser, at); !strings.Contains(body, "1.json") || !strings.Contains(body, "公示和异议") {
		t.Errorf("%s", plain(body))
	}
}
