package contesthttp_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

func draftForm(more ...string) []string {
	return append([]string{"title", "一窗通办", "unit", "市医院\n住建局", "presenter", "王某", "phone", "13900000001"}, more...)
}

func (s site) entriesOf(state entry.State) []entry.Entry {
	s.t.Helper()
	all, err := s.Entries.List(s.Ctx(), s.Organiser, entry.Filter{Contest: code, State: state, Limit: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// A unit submits, is told what is missing, mends it, sees its number and withdraws; it sees nothing of another's.
func TestAUnitSubmits(t *testing.T) {
	s := serve(t)
	u, other, o := s.as("contest.unit", "市医院"), s.as("contest.unit", "住建局"), s.organiser()
	at := "/contests/" + code + "/submit"
	s.Begin(code)
	u.get(at).want(http.StatusOK, "还没有开始征集", "!提交申报")
	s.as("contest.judge", "").get(at).want(http.StatusForbidden)
	e := s.Look(code)
	if _, err := s.Events.Call(s.Ctx(), s.Organiser, code, e.Version, s.Now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	u.get(at).want(http.StatusOK, "提交申报", "市医院")
	u.post(at, draftForm("email", "王")...).want(http.StatusUnprocessableEntity, `id="e-email"`, "13900000001", "一窗通办")
	u.post(at, draftForm("organisation", s.Orgs["住建局"])...).want(http.StatusForbidden)
	sent := u.post(at, draftForm()...)
	all := s.entriesOf("")
	if len(all) != 1 {
		t.Fatalf("%d %+v", len(all), plain(sent.body))
	}
	own := at + "/" + all[0].ID
	sent.went(own + "?done=sent")
	u.post(at, draftForm()...).want(http.StatusConflict, "已经申报过了")
	u.get(own).want(http.StatusOK, "待初审", "王某", "13900000001", "改内容", "!初审</h2>")
	other.get(own).want(http.StatusForbidden, "!王某")
	other.get(at).want(http.StatusOK, "!一窗通办")

	office := "/contests/" + code + "/office/entries/" + all[0].ID
	other.get(office).want(http.StatusForbidden)
	o.post(office+"/review", "seen", "1", "to", "returned").want(http.StatusUnprocessableEntity, `id="e-why"`)
	o.post(office+"/review", "seen", "1", "to", "returned", "why", "缺佐证材料").went(office + "?done=reviewed")
	o.post(office+"/review", "seen", "1", "to", "refused", "why", "太晚了").want(http.StatusConflict, "太晚了")
	u.get(at).want(http.StatusOK, "缺佐证材料", "退回补正")
	u.get(own+"/mend").want(http.StatusOK, "缺佐证材料", "王某")
	u.post(own+"/mend", draftForm("seen", "1", "summary", "补上了")...).want(http.StatusConflict, "补上了", "刚刚被别人改过")
	u.post(own+"/mend", draftForm("seen", "2", "summary", "补上了")...).went(own + "?done=mended")
	u.get(own).want(http.StatusOK, "补上了", "待初审", "!缺佐证材料")
	o.post(office+"/review", "seen", "3", "to", "accepted").went(office + "?done=reviewed")
	s.Later(2 * time.Hour)
	u.get(at).want(http.StatusOK, "申报时间已过", "!提交申报")
	u.post(at, "title", "晚来的", "unit", "市医院").want(http.StatusGone, "晚来的", "截止", "没有交上去", "!提交申报")
	number := s.Shortlist(code)[0].Number
	u.get(at).want(http.StatusOK, number)
	u.get(own).want(http.StatusOK, number, "撤回申报", "!改内容")
	v := seen(s.Entry(all[0].ID).Version)
	u.post(own+"/withdraw", "seen", v, "reason", "不来了").went(own + "?done=withdrawn")
	u.get(own).want(http.StatusOK, "已撤回", "不来了")
}

// The office lists by state and page, types in from paper, and exports.
func TestTheListOfEntries(t *testing.T) {
	s := serve(t)
	o, at := s.organiser(), "/contests/"+code+"/office/entries"
	s.Call(code)
	o.get(at).want(http.StatusOK, "还没有作品", "录入纸质申报")
	o.post(at+"/new", draftForm("organisation", "没有的单位")...).want(http.StatusUnprocessableEntity, `id="e-organisation"`, "王某")
	if a := o.post(at+"/new", draftForm("organisation", "市医院")...); a.status != http.StatusSeeOther || !strings.HasSuffix(a.to, "?done=typed") {
		t.Errorf("%d %s", a.status, plain(a.body))
	}
	for i := range 60 {
		s.Submit(code, "作品"+string(rune('A'+i/10))+string(rune('0'+i%10)), "住建局")
	}
	s.Review(s.entriesOf("")[0].ID, entry.Refused, "不在范围")
	page := o.get(at).want(http.StatusOK, "全部 61", "下一页", "一窗通办", "市医院、住建局", "作品A0", "!作品F9")
	next := regexp.MustCompile(`href="([^"]*after=[^"]*)"`).FindStringSubmatch(page.body)
	if next == nil {
		t.Fatal(plain(page.body))
	}
	o.get(strings.ReplaceAll(next[1], "&amp;", "&")).want(http.StatusOK, "作品F9", "回到开头", "!一窗通办", "!作品A0")
	o.get(at+"?state=refused").want(http.StatusOK, "一窗通办", "!作品A0")
	o.get(at + "?state=gold").want(http.StatusUnprocessableEntity)
	file := o.get(at+".csv").want(http.StatusOK, "作品F9", "市医院、住建局", "!王某")
	if n := strings.Count(strings.TrimSpace(file.body), "\n"); n != 61 {
		t.Errorf("%d rows", n)
	}
	o.get(at+".csv?state=refused").want(http.StatusOK, "一窗通办", "!作品F9")
	if book := o.get(at + ".xlsx"); book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
		t.Error(book.status)
	}
	s.as("contest.unit", "市医院").get(at + ".csv").want(http.StatusForbidden)
	o.get(at + "/gone").want(http.StatusNotFound)
}

var carried = regexp.MustCompile(`name="carried" value="([^"]+)"`)

// A table is shown with all that is wrong, or with what it would do, and kept only when that is confirmed.
func TestATableIsTakenIn(t *testing.T) {
	s := serve(t)
	o, at := s.organiser(), "/contests/"+code+"/office/entries/import"
	s.Begin(code)
	o.get(at).want(http.StatusOK, "征集中才能导入")
	if _, err := s.Events.Call(s.Ctx(), s.Organiser, code, s.Look(code).Version, s.Now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	o.upload(at, "@file", "").want(http.StatusUnprocessableEntity, "请选一个文件")
	o.upload(at, "@file", "甲,乙\n1,2\n").want(http.StatusUnprocessableEntity, "没有标题行")
	wrong := "作品名称,申报单位,联系电话\n甲,市医院,13900000001\n,住建局,没有\n甲,市医院,\n"
	o.upload(at, "@file", wrong).want(http.StatusUnprocessableEntity, "有 3 处错误", "第 2 行", "不是电话号码", "请写作品名称", "!确认收下")
	good := "作品名称,申报单位,展示人,联系电话\n甲,市医院、住建局,王某,13900000001\n乙,外地单位,李某,\n"
	page := o.upload(at, "@file", good).want(http.StatusOK, "会新收 2 件", "1 件的第一个单位在系统里", "还没有收下", "外地单位")
	if n := len(s.entriesOf("")); n != 0 {
		t.Fatalf("%d were kept by a preview", n)
	}
	m := carried.FindStringSubmatch(page.body)
	if m == nil {
		t.Fatal(plain(page.body))
	}
	packed := strings.ReplaceAll(m[1], "&#43;", "+")
	o.upload(at, "carried", packed[:len(packed)/2], "do", "confirm").want(http.StatusUnprocessableEntity, "不完整")
	o.upload(at, "carried", packed, "do", "confirm").want(http.StatusOK, "收下了 2 件")
	o.upload(at, "carried", packed, "do", "confirm").want(http.StatusOK, "收下了 0 件")
	s.View(func(tx *db.Tx) error {
		counts, err := entry.Counts(tx, code)
		if counts[entry.Submitted] != 2 {
			t.Error(counts)
		}
		return err
	})
	s.as("contest.unit", "市医院").get("/contests/"+code+"/submit").want(http.StatusOK, "甲", "!乙")
}
