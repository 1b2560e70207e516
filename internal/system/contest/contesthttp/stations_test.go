package contesthttp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/rehearsal"
	"github.com/xiadu/xiadu/internal/system/contest/selectiontest"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// selection is a selection of stations whose pages are served, so many days from the day of its review.
type selection struct {
	*selectiontest.Selection
	t   *testing.T
	day int
	url string
}

func serveSelection(t *testing.T, day int) *selection {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...)
	s := &selection{Selection: selectiontest.Open(t, d), t: t, day: day}
	staff := identity.Staff(func() (*identity.Service, error) { return s.People, nil })
	ws, err := web.New(web.Options{Reader: signin.Reader(staff), Systems: []web.System{contesthttp.System()}})
	s.Must(err)
	mux := ws.NewMux()
	album, files := albumOf(t, d, ws, staff)
	contesthttp.Routes(mux.Of(contest.System), contesthttp.Deps{
		Site: ws, DB: d, Events: s.Events, Entries: s.Entries, Experts: s.Experts, Seats: s.Seats, Halls: s.Halls, Orders: s.Orders, Releases: s.Releases, Publicities: s.Public,
		Nominations: s.Chosen, Grants: s.Grants, Album: album, Photos: files, People: staff, Now: func() time.Time { return s.now().In(calendar.China) }, Who: signin.Who(staff),
	})
	pages := mux.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r.WithContext(db.Rehearse(r.Context(), s.now())))
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *selection) now() time.Time { return s.Day.AddDate(0, 0, s.day) }

// as is somebody of the cast; an empty login is nobody.
func (s *selection) as(login string) visitor {
	s.t.Helper()
	v := visitor{site{t: s.t, url: s.url}, ""}
	if login != "" {
		in, err := s.People.Cast.Enter(db.Rehearse(s.t.Context(), s.now()), s.Troupe.Person(login), "")
		s.Must(err)
		v.token = in.Token
	}
	return v
}

const zuimei = "/contests/" + rehearsal.SelectCode

func TestStationsAreRecommendedOnPages(t *testing.T) {
	s := serveSelection(t, -50)
	s.Call(4, 1)
	office, city, province, nobody := s.as(rehearsal.Selector), s.as(rehearsal.InCity), s.as(rehearsal.InProvince), s.as("")

	office.get(zuimei+"/office/quotas").want(http.StatusOK, "西宁市", "示例〔2025〕3 号")
	office.post(zuimei+"/office/quotas", "division", "西宁市", "n", "9", "paper", "示例 9 号").want(http.StatusUnprocessableEntity, "最多还能给 4 个", `value="示例 9 号"`)
	office.post(zuimei+"/office/quotas", "division", "海东市", "n", "两个", "paper", "x").want(http.StatusUnprocessableEntity, "名额写一个整数")
	office.post(zuimei+"/office/quotas", "division", "西宁市", "n", "2", "paper", "示例 9 号").went(zuimei + "/office/quotas?done=1")

	city.post(zuimei+"/recommend", "station", "没有").want(http.StatusUnprocessableEntity, "名册里没有编号为", `value="没有"`)
	for _, code := range []string{"S-01", "S-02", "S-03"} {
		city.post(zuimei+"/recommend", "station", code).went(zuimei + "/recommend?done=nominated")
	}
	city.get(zuimei+"/recommend").want(http.StatusOK, "名额 2 个，已推荐 0 个", "示例驿站1", "示例驿站3")
	one := zuimei + "/recommend/"
	city.get(one+"S-01").want(http.StatusOK, "西宁市推荐", "还能推荐 2 个", "退回补正")
	city.post(one+"S-01/recommend", "seen", "1").went(one + "S-01?done=recommend")
	city.post(one+"S-01/recommend", "seen", "1").want(http.StatusConflict, "刚刚有人办过") // sent twice
	city.post(one+"S-01/recommend", "seen", "2").want(http.StatusForbidden)          // it is the province's step now
	city.post(one+"S-02/recommend", "seen", "1", "rank", "第一").want(http.StatusUnprocessableEntity, "从 1 数起")
	city.post(one+"S-02/recommend", "seen", "7", "rank", "1").want(http.StatusConflict, "刚刚有人办过", `value="1"`)
	city.post(one+"S-02/recommend", "seen", "1", "rank", "1").went(one + "S-02?done=recommend")
	city.post(one+"S-03/recommend", "seen", "1").want(http.StatusConflict, "名额是 2 个，已经推荐了 2 个")
	city.post(one+"S-03/decline", "seen", "1", "why", "").want(http.StatusUnprocessableEntity, "请写明原因")
	city.post(one+"S-03/decline", "seen", "1", "why", "开放时间太短").went(one + "S-03?done=decline")
	province.get(one+"S-02").want(http.StatusOK, "青海省推荐", "还能推荐 4 个")
	province.post(one+"S-02/recommend", "seen", "2").went(one + "S-02?done=recommend")
	province.post(one+"S-01/return", "seen", "2", "why", "补材料").went(one + "S-01?done=return")

	city.get(one+"S-03").want(http.StatusOK, "西宁市的意见", "开放时间太短")
	city.get(one+"S-01").want(http.StatusOK, "补材料", "重新提名")
	city.post(one+"S-01/again", "seen", "3").went(one + "S-01?done=again")
	nobody.get(zuimei+"/stations").want(http.StatusOK, "示例驿站2", "已进入评审名单", "未获推荐", "!开放时间太短", "!补材料", zuimei+"/money")
	nobody.get(zuimei+"/stations/S-02").want(http.StatusOK, "24/7", "本系统还没有记录到访", "/stations/S-02", "SHA-256")
	nobody.get(zuimei+"/stations/S-02/files/3.json").want(http.StatusOK, `"step":"listed"`, `"missing":true`)
	nobody.get(zuimei + "/stations/S-02/files/9.json").want(http.StatusNotFound)
	nobody.get(zuimei+"/money").want(http.StatusOK, "名单定榜以后才有奖补资金", "27,500,000", "没有记录")
	s.as(rehearsal.Treasurer).get(zuimei + "/recommend").want(http.StatusForbidden)
	english := nobody.get(zuimei + "/stations?lang=en")
	english.want(http.StatusOK, "Recommended stations", "in the list for experts")
}

func TestMoneyOnPages(t *testing.T) {
	s := serveSelection(t, 405)
	s.Play()
	treasurer, nobody := s.as(rehearsal.Treasurer), s.as("")
	b, err := s.Grants.Book(db.Rehearse(t.Context(), s.now()), rehearsal.SelectCode)
	s.Must(err)
	first, second := b.Lines[0].Station, b.Lines[1].Station
	nobody.get(zuimei+"/money").want(http.StatusOK, "3 个驿站，预算 ¥15,000.00", "已支出 ¥7,400.00", "2 个驿站收款满一年", "5,500 个", "拨过款的 3 个", "本站没有核实", "!登记资金流水")
	nobody.get(zuimei+"/money/"+first).want(http.StatusOK, "直饮水机", "示例家电有限公司", "一年后的成效", "/receipts/")
	nobody.get(zuimei+"/money/"+second).want(http.StatusOK, "冲回 2025-S-03", "记错了驿站", "该说成效，还没有说", "!写下成效")
	nobody.get(zuimei + "/money/S-08").want(http.StatusNotFound)
	nobody.get(zuimei+"/stations/"+first).want(http.StatusOK, "说成效时")
	file := nobody.get(zuimei + "/money.xlsx")
	file.want(http.StatusOK)
	if !strings.HasPrefix(file.body, "PK") {
		t.Errorf("the export begins with %q", file.body[:min(10, len(file.body))])
	}

	s.as(rehearsal.Judge(1)).get(zuimei+"/judge").want(http.StatusOK, "看这个驿站的实证材料", zuimei+"/stations/S-0")

	form := []string{"id", "2026-S-05", "kind", "spent", "station", second, "fen", "100.50", "payer", "示例工会", "payee", "张三", "purpose", "水杯", "paper", "收据 7", "day", "2026-11-25"}
	post := zuimei + "/money/post"
	treasurer.get(post).want(http.StatusOK, "登记一笔", "2025-S-04", "示例驿站")
	treasurer.post(post, form...).want(http.StatusUnprocessableEntity, "不写个人姓名", `value="水杯"`, `value="100.50"`)
	form[11] = "示例商行"
	treasurer.post(post, form...).went(post + "?posted=2026-S-05")
	treasurer.post(post, form...).went(post + "?posted=2026-S-05") // sent twice
	form[7] = "100.51"
	treasurer.post(post, form...).want(http.StatusConflict, "内容不同")
	nobody.get(zuimei+"/money").want(http.StatusOK, "已支出 ¥7,500.50")
	s.as(rehearsal.InCity).get(post).want(http.StatusForbidden)

	const heads = "流水号,类别,驿站编号,付款单位,收款单位,金额,用途,凭证号,日期\n"
	row := "2026-S-06,支出," + second + ",示例工会,示例商行,9.50,毛巾,收据 8,2026/11/24\n"
	take := zuimei + "/money/import"
	treasurer.upload(take, "@file", heads+row+"2026-S-07,支出,"+second+",示例工会,示例商行,九元,毛巾,收据 9,2026-11-24\n", "do", "keep").want(http.StatusUnprocessableEntity, "第 3 行，金额（元）")
	treasurer.upload(take, "@file", heads+row, "do", "try").want(http.StatusOK, "会新记 1 笔")
	nobody.get(zuimei+"/money").want(http.StatusOK, "已支出 ¥7,500.50")
	treasurer.upload(take, "@file", heads+row, "do", "keep").want(http.StatusOK, "记了 1 笔")
	treasurer.upload(take, "@file", heads+row, "do", "keep").want(http.StatusOK, "原来就有 1 笔")
	treasurer.upload(take, "do", "keep").want(http.StatusUnprocessableEntity, "请选一个文件")
	nobody.get(zuimei+"/money").want(http.StatusOK, "已支出 ¥7,510.00")

	city := s.as(rehearsal.InCity)
	city.get(zuimei+"/money/"+second).want(http.StatusOK, "写下成效")
	city.post(zuimei+"/money/"+second+"/effect", "says", " ").want(http.StatusUnprocessableEntity, "请写钱花下去以后")
	s.Hours = "Mo-Fr 08:00-20:00"
	city.post(zuimei+"/money/"+second+"/effect", "says", "白天开门").went(zuimei + "/money/" + second + "?done=1")
	city.post(zuimei+"/money/"+first+"/effect", "says", "再说一次").want(http.StatusConflict, "已经说过")
	nobody.get(zuimei+"/stations/"+second).want(http.StatusOK, "Mo-Fr 08:00-20:00", "入选时：24/7")
	nobody.get(zuimei+"/money").want(http.StatusOK, "1 个驿站收款满一年")
}

// TestAStationIsNominatedInABrowser goes from the contest to a station that its city recommends, by what is to be clicked.
func TestAStationIsNominatedInABrowser(t *testing.T) {
	s := serveSelection(t, -50)
	s.Call(4, 2)
	b := webtest.Open(t, s.url, webtest.Phone)
	b.SetCookie("session", s.as(rehearsal.InCity).token)
	b.Go(zuimei)
	b.Follow(`nav.tabs a[href$="/recommend"]`)
	b.Type(`input[name=station]`, "S-02")
	b.Follow(`section[aria-labelledby=nominate] button`)
	b.Follow(`a[href$="/recommend/S-02"]`)
	b.Follow(`section[aria-labelledby=decide] button`)
	b.Follow(`a[href$="/stations/S-02"]`)
	if text := b.Text("main"); !strings.Contains(text, "市级已推荐") || !strings.Contains(text, "24/7") {
		t.Errorf("the file says %s", text)
	}
}
