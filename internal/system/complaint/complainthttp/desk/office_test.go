package desk_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// serve is the system's pages over a city.
func serve(t *testing.T, d *db.DB) (*complainttest.City, string) {
	t.Helper()
	c := complainttest.Open(t, d)
	site, err := web.New(web.Options{Systems: []web.System{complainthttp.System()}, Reader: signin.Reader(c.People.Staff())})
	if err != nil {
		t.Fatal(err)
	}
	mux := site.NewMux()
	complainthttp.Routes(mux.Of(complaint.System), complainthttp.Deps{
		Site: site, DB: c.DB, Campaigns: c.Campaigns, Letters: c.Letters, Problems: c.Problems, Intake: c.Intake,
		Album: func() (*evidence.Evidence, error) { return c.Evidence, nil }, People: c.People.Staff(), Now: c.Clock, Who: signin.Who(c.People.Staff()),
	})
	server := httptest.NewServer(mux.Handler())
	t.Cleanup(server.Close)
	return c, server.URL
}

// clerk is the session of somebody who coordinates.
func clerk(c *complainttest.City) string {
	return c.People.SignInFor(identity.Giving{Role: "complaint.coordinator", Organisation: c.Orgs["督察整改办"], Scope: right.Scope{Division: c.Home}})
}

// client is a browser of somebody.
type client struct {
	t           *testing.T
	site, token string
}

// do asks for a page, or sends a form: names and values.
func (c client) do(method, path string, form ...string) (status int, to, body string) {
	c.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	var send io.Reader = http.NoBody
	if method == http.MethodPost {
		send = strings.NewReader(values.Encode())
	}
	return c.send(method, path, send, "application/x-www-form-urlencoded")
}

// upload sends a form with files: names that begin with @ are files.
func (c client) upload(form ...string) (status int, to, body string) {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(form); i += 2 {
		name, file := strings.CutPrefix(form[i], "@")
		to, err := w.CreateFormField(name)
		if file {
			to, err = w.CreateFormFile(name, "batch.csv")
		}
		if err != nil {
			c.t.Fatal(err)
		}
		_, _ = io.WriteString(to, form[i+1])
	}
	_ = w.Close()
	return c.send(http.MethodPost, "/complaints/import?campaign=XN2023", &b, w.FormDataContentType())
}

func (c client) send(method, path string, body io.Reader, kind string) (status int, to, text string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", kind)
	r.AddCookie(&http.Cookie{Name: "session", Value: c.token})
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer a.Body.Close()
	all, err := io.ReadAll(a.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return a.StatusCode, a.Header.Get("Location"), string(all)
}

// want fails unless a page has an answer and texts; a text that begins with ! must not be there.
func (c client) want(status int, body string, code int, texts ...string) {
	c.t.Helper()
	if status != code {
		c.t.Errorf("%d, not %d", status, code)
	}
	for _, text := range texts {
		without, no := strings.CutPrefix(text, "!")
		if strings.Contains(body, without) == no {
			c.t.Errorf("the page has %q: %t", without, no)
		}
	}
	if c.t.Failed() {
		c.t.Fatal(main(body))
	}
}

var tags = regexp.MustCompile(`(?s)<(head|header|footer).*?</(head|header|footer)>|<[^>]*>|\s+`)

// main is the words of a page, to be read in a failure.
func main(body string) string { return tags.ReplaceAllString(body, " ") }

const table = "受理编号,交办问题基本情况,行政区域,污染类型,来源,备注\n" +
	"D3QH202311230001*,市医院后院的医疗废物暂存间夜里异味扰民，污水外溢，多次反映未改,城西区,固废,来电,住户张三 13800001111\n" +
	"D3QH202311230002,甘河铝厂夜间噪声大，烟气直排，周边居民无法开窗，另外厂区北侧堆场扬尘也很大,湟中区,大气、噪声,来电,\n" +
	"X3QH202311230003,市医院后院的医疗废物暂存间夜里有异味扰民，污水外溢，多次反映都未改,城西区,固废,来信,\n"

const notice = "第1批\n合计 4 件\n来电 2 件\n来信 1 件\n固废 2 件"

// A coordination group's evening: it begins an inspection, takes a batch in, answers what is asked, divides a letter,
// assigns, and finds on its desk who has not signed.
func TestAnEvening(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		city, site := serve(t, d)
		c := client{t, site, clerk(city)}
		status, _, body := c.do("GET", "/complaints/desk")
		c.want(status, body, 200, "还没有督察", "/complaints/campaigns/new")
		begin(c, city)
		takeIn(c)
		answer(c)
		divide(c, city)
		assign(c, city)
		status, _, body = c.do("GET", "/complaints/desk")
		c.want(status, body, 200, "第 1 批", "合计：通知 4，读到 3", "还没有签收的", "市医院", "还有 ", "3 件")
	})
}

func begin(c client, city *complainttest.City) {
	status, _, body := c.do("GET", "/complaints/campaigns/new")
	c.want(status, body, 200, "示例", "山东 2018", "兰州 2019", "签收交办的问题", "2小时")
	status, _, body = c.do("POST", "/complaints/campaigns", "code", "xn", "name", "督察", "round", "七", "division", "火星", "office", "没有的局")
	c.want(status, body, 422, `id="e-round"`, `id="e-division"`, `id="e-from"`, `id="e-office"`, `value="火星"`)
	good := []string{"code", "xn2023", "name", "第三轮督察", "team", "第五督察组", "round", "3", "division", "西宁市", "from", city.Day(0).String(), "until", city.Day(30).String(), "preset", "city"}
	status, to, body := c.do("POST", "/complaints/campaigns", good...)
	if status != 303 || to != "/complaints/campaigns/XN2023?begun=1" {
		c.t.Fatal(status, to, main(body))
	}
	status, _, body = c.do("GET", to)
	c.want(status, body, 200, "督察整改办", "无关单位到现场核查", "示例", "序号 · 受理编号", "观察期")
	status, _, body = c.do("POST", "/complaints/campaigns", good...)
	c.want(status, body, 409, `id="e-code"`)
	status, _, body = c.do("GET", "/complaints/desk")
	c.want(status, body, 200, "还没有批次", "接收批次")
}

var carried = regexp.MustCompile(`name="carried(-notice)?" value="([^"]*)"`)

// takeIn takes a batch in: with a wrong row nothing, then all of it from what the preview carried.
func takeIn(c client) {
	wrong := strings.Replace(table, "甘河铝厂夜间噪声大，烟气直排，周边居民无法开窗，另外厂区北侧堆场扬尘也很大", "", 1)
	status, _, body := c.upload("@file", wrong, "notice-text", notice)
	c.want(status, body, 422, "一件也没有收", "没有写问题的基本情况", `value="marked"`, `!value="confirm"`)
	again := carried.FindAllStringSubmatch(body, -1)
	status, _, file := c.upload("@carried", again[0][2], "do", "marked")
	if status != 200 || !strings.HasPrefix(file, "PK") {
		c.t.Errorf("%d: it is no spreadsheet", status)
	}
	if b := read(c.t, file); b.Errors != 1 || len(b.Letters) != 3 || len(b.Letters[0].More) != 0 {
		c.t.Errorf("the file that goes back is read as %+v", b)
	}
	status, _, body = c.upload("@carried", again[0][2], "do", "confirm")
	c.want(status, body, 422, "一件也没有收")

	status, _, body = c.upload("h-text", "烧烤店油烟直排，夜里呛人", "h-kind", "大气", "h-place", "五四西路", "notice-text", notice)
	c.want(status, body, 422, `id="e-h-code"`, "没有受理编号", "烧烤店油烟直排，夜里呛人</textarea>", `value="五四西路"`, "合计 4 件")
	status, _, body = c.upload("@file", table, "@notice", notice, "number", "零")
	c.want(status, body, 422, `id="e-number"`, "上次传的表还在这里", "上次传的通知还在这里")
	kept := regexp.MustCompile(`name="(kept|kept-notice)" value="([^"]*)"`).FindAllStringSubmatch(body, -1)
	status, _, body = c.upload("kept", kept[0][2], "kept-notice", kept[1][2], "number", "1")
	c.want(status, body, 200, "确认接收 3 件", "差 -1", `value="back"`)
	again = carried.FindAllStringSubmatch(body, -1)
	status, _, body = c.upload("carried", again[0][2], "carried-notice", again[1][2], "number", "1", "do", "back")
	c.want(status, body, 200, "上次传的表还在这里", "预览，先不收")
	_, _, body = c.upload("pasted", table)
	again = carried.FindAllStringSubmatch(body, -1)
	status, _, body = c.upload("carried", again[0][2], "was-pasted", "1", "do", "back")
	c.want(status, body, 200, "D3QH202311230002,甘河铝厂夜间噪声大", "!上次传的表还在这里")

	status, _, body = c.upload("@file", table, "notice-text", notice)
	c.want(status, body, 200, "还没有收下", "新收 3 件", "确认接收 3 件", "差 -1", "类型：固废")
	status, _, list := c.do("GET", "/complaints/letters?campaign=XN2023")
	c.want(status, list, 200, "还没有接收过批次")
	again = carried.FindAllStringSubmatch(body, -1)
	status, _, body = c.upload("@carried", again[0][2], "@carried-notice", again[1][2], "do", "confirm")
	c.want(status, body, 200, "收下了 3 件", "/complaints/questions")
	status, _, body = c.upload("@file", table)
	c.want(status, body, 200, "新收 0 件", "一字不差 3 件")
	status, _, body = c.upload("@file", strings.Replace(table, "湟中区", "城北区", 1))
	c.want(status, body, 200, "已有但不一样 1 件", "行政区域")
	status, _, body = c.upload("@carried", "H4sIAAAA", "do", "confirm")
	c.want(status, body, 422, "重新选文件")
	status, _, body = c.upload("h-code", "X3QH202311230009", "h-text", "小区旁的饭店油烟大", "h-kind", "油烟", "number", "2")
	c.want(status, body, 200, "新收 1 件", "第 2 批")
}

// read reads a file as a batch.
func read(t *testing.T, file string) intake.Batch {
	t.Helper()
	home, err := gb.Parse("630100")
	if err != nil {
		t.Fatal(err)
	}
	b, err := intake.Read(t.Context(), strings.NewReader(file), intake.How{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var aQuestion = regexp.MustCompile(`/complaints/questions/([0-9a-f-]{36})`)

// answer answers that two letters are about one thing, and merges.
func answer(c client) {
	status, _, body := c.do("GET", "/complaints/questions")
	c.want(status, body, 200, "说的是同一件事吗", "同一区划", "类型相同", "文字相同 75.4%", "!夜里异味扰民")
	at := aQuestion.FindString(body)
	status, _, body = c.do("POST", at+"/originals", "why", " ")
	c.want(status, body, 422, "请写明为什么")
	status, _, body = c.do("POST", at+"/originals", "why", "判断是否同一件事")
	c.want(status, body, 200, "夜里异味扰民", "多次反映都未改", "理由：判断是否同一件事")
	if status, to, body := c.do("POST", at, "answer", "yes"); status != 303 || to != at {
		c.t.Fatal(status, to, main(body))
	}
	status, _, body = c.do("POST", at, "answer", "no")
	c.want(status, body, 409, "已经有人回答")
	status, _, body = c.do("GET", at)
	c.want(status, body, 200, "并入以后", "XN2023-0001", "XN2023-0003@1")
	status, _, body = c.do("POST", at+"/merge", "from", "XN2023-0003@1", "into", "XN2023-0001", "why", "")
	c.want(status, body, 422, "理由")
	if status, to, body := c.do("POST", at+"/merge", "from", "XN2023-0003@1", "into", "XN2023-0001", "why", "同一处暂存间"); status != 303 || !strings.Contains(to, "done=merge") {
		c.t.Fatal(status, to, main(body))
	}
	status, _, body = c.do("GET", "/complaints/questions")
	c.want(status, body, 200, "都回答了")
}

var aLetter = regexp.MustCompile(`/complaints/letters/([0-9a-f-]{36})`)

// divide writes a digest, and takes a letter apart that is about two things.
func divide(c client, city *complainttest.City) {
	status, _, body := c.do("GET", "/complaints/letters?q=d3qh20231123%200002")
	c.want(status, body, 200, "D3QH202311230002", "1 件", "!D3QH202311230001", "还没写摘要")
	at := aLetter.FindString(body)
	status, _, body = c.do("GET", at)
	c.want(status, body, 200, "一天一天地数", "XN2023-0002", "!烟气直排")
	seen := regexp.MustCompile(`name="seen" value="([^"]*)"`).FindStringSubmatch(body)[1]
	if status, to, body := c.do("POST", at+"/correct", "seen", seen, "digest", "甘河铝厂噪声、烟气和扬尘", "kind", "air", "kind", "dust", "division", "湟中区", "key", "1"); status != 303 || !strings.HasSuffix(to, "done=correct") {
		c.t.Fatal(status, to, main(body))
	}
	status, _, body = c.do("POST", at+"/correct", "seen", seen, "digest", "另一个人的摘要", "division", "湟中区")
	c.want(status, body, 409, "刚被别人改过", "另一个人的摘要")
	status, _, body = c.do("POST", at+"/original", "why", "拆分")
	c.want(status, body, 200, "烟气直排", "拆成几点", `name="text-7"`)
	version := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(body)[1] // another period was another version
	parts := []string{"seen", version, "why", "拆分", "text-0", "夜间噪声大，烟气直排", "title-0", "铝厂噪声和烟气", "division-0", "湟中区", "kind-0", "air"}
	status, _, body = c.do("POST", at+"/divide", parts...)
	c.want(status, body, 422, "至少拆成两点", "烟气直排", `value="铝厂噪声和烟气"`)
	parts = append(parts, "text-1", "堆场扬尘很大", "title-1", "堆场扬尘", "division-1", "湟中区", "kind-1", "dust")
	if status, to, body := c.do("POST", at+"/divide", parts...); status != 303 {
		c.t.Fatal(status, to, main(body))
	}
	status, _, body = c.do("GET", at)
	c.want(status, body, 200, "铝厂噪声和烟气", "堆场扬尘", "XN2023-0004")
	status, _, body = c.do("GET", "/complaints/letters.csv")
	c.want(status, body, 200, "X3QH202311230003", "湟中区", "!张三", "!烟气", "!铝厂噪声")
	if n := strings.Count(body, "\n"); n != 4 {
		c.t.Errorf("%d lines", n)
	}
	checker := client{c.t, c.site, c.site}
	checker.token = city.People.SignInFor(identity.Giving{Role: "complaint.checker", Organisation: city.Orgs["水务局"], Scope: right.Scope{Division: city.Home}})
	status, _, body = checker.do("POST", at+"/original", "why", "好奇")
	checker.want(status, body, 403, "!烟气直排")
	status, _, body = checker.do("GET", at)
	checker.want(status, body, 200, "堆场扬尘", "!打开原文")
}

// assign assigns several at once; one that somebody else was faster with is told, and stops none.
func assign(c client, city *complainttest.City) {
	const at = "/complaints/assign?campaign=XN2023"
	status, _, body := c.do("GET", at)
	c.want(status, body, 200, "3 个问题待交办", "XN2023-0001@", "市医院", "!XN2023-0003")
	one := regexp.MustCompile(`XN2023-0001@\d+`).FindString(body)
	status, _, body = c.do("POST", at)
	c.want(status, body, 422, "请选主办单位", "还没有选问题")
	status, _, body = c.do("POST", at, "lead", "督察整改办", "p", one)
	c.want(status, body, 422, "不能交办给自己", `checked`)
	form := []string{"lead", "市医院", "joint", "城西分局\n住建局", "p", one, "p", "XN2023-0002@9"}
	status, _, body = c.do("POST", at, form...)
	c.want(status, body, 200, "2 个问题（涉及 3 封信访件）", "交办给市医院", "城西分局、住建局", "确认交办 2 个")
	if p := city.Look("XN2023-0001"); p.Stage != complaint.Received {
		c.t.Fatalf("a preview assigned it: %s", p.Stage)
	}
	digests(c, city, at, form, body)
	form = append(form, "do", "confirm")
	for _, l := range append(city.LettersOf(city.Look("XN2023-0001")), city.LettersOf(city.Look("XN2023-0002"))...) {
		form = append(form, problem.DigestField(l.ID), "反映异味和噪声")
	}
	status, _, body = c.do("POST", at, form...)
	c.want(status, body, 200, "1 个已交办给市医院，1 个没有")
	if p := city.Look("XN2023-0001"); p.Stage != complaint.Assigned || p.Lead != city.Orgs["市医院"] {
		c.t.Errorf("%+v", p)
	}
	status, _, body = c.do("POST", at, form...)
	c.want(status, body, 200, "0 个已交办给市医院，2 个没有")
}

// A report is reviewed: sent back with a reason alone, and answered with a verdict other than the points' only with one.
func TestAReportIsReviewed(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		city, site := serve(t, d)
		c := client{t, site, clerk(city)}
		city.Begin("XN2023", "city")
		city.Take("XN2023", table)
		l := city.LettersOf(city.Handed("XN2023-0001", 900))[0]
		city.Report(l, letter.Answer{Found: "暂存间密闭不严", Done: "已更换密闭门，加装除臭"}, letter.Doing)
		at := "/complaints/letters/" + l.ID
		status, _, body := c.do("GET", at)
		c.want(status, body, 200, "审核报结", "暂存间密闭不严", "调查核实情况", "市医院")
		seen := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(body)[1]
		status, _, body = c.do("POST", at+"/review", "seen", seen, "move", "rework")
		c.want(status, body, 422, "理由")
		status, _, body = c.do("POST", at+"/review", "seen", seen, "move", "answer", "verdict", "partly")
		c.want(status, body, 422, `id="e-why"`)
		if status, to, body := c.do("POST", at+"/review", "seen", seen, "move", "answer", "verdict", "partly", "why", "现场照片证明部分属实"); status != 303 {
			t.Fatal(status, to, main(body))
		}
		status, _, body = c.do("GET", at)
		c.want(status, body, 200, "已答复", "现场照片证明部分属实")
		status, _, body = c.do("POST", at+"/review", "seen", seen, "move", "answer")
		c.want(status, body, 409)
		var after letter.Letter
		if err := d.View(t.Context(), func(tx *db.Tx) (err error) { after, err = letter.Read(tx, l.ID); return err }); err != nil || after.Verdict != "partly" {
			t.Error(after.Verdict, err)
		}
	})
}
