package contesthttp_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

var onceIn = regexp.MustCompile(`name="once" value="([A-Z2-7]{26})"`)

// A result hangs out: anybody objects and is shown that it was taken, the office looks into it, the supervisor decides, and everybody
// reads what was found and not what was said.
func TestObjections(t *testing.T) {
	s := openStage(t, 2)
	for _, n := range s.Numbers {
		s.Run(n)
		s.Mark(n, "9", "9", "9", "9", "9", "9", "9", "9", "9")
		s.Show(n)
	}
	at := hallAt + "/objections"
	want := func(who *identity.Colleague, method, path string, form url.Values, status int, texts ...string) string {
		t.Helper()
		got, body := s.ask(who, method, path, form)
		a := answer{t, got, "", body}
		a.want(status, texts...)
		return body
	}
	seen := func() string {
		e, err := s.Events.Get(t.Context(), contesttest.Code)
		s.Must(err)
		return strconv.FormatInt(e.Version, 10)
	}
	want(nil, http.MethodGet, at, nil, http.StatusOK, "还没有公示", "!提出异议</h2>")
	want(nil, http.MethodGet, hallAt+"/list.pdf", nil, http.StatusNotFound)
	want(nil, http.MethodPost, at, url.Values{"what": {"太早了"}}, http.StatusGone, "现在不收", "太早了")
	want(&s.Organiser, http.MethodPost, at+"/post", url.Values{"seen": {seen()}}, http.StatusConflict, "先放出公开文件")
	if _, err := release.In(s.DB, s.Facts).Release(t.Context(), s.Organiser, contesttest.Code, ""); err != nil {
		t.Fatal(err)
	}
	want(&s.Host, http.MethodPost, at+"/post", url.Values{"seen": {seen()}}, http.StatusForbidden)
	want(&s.Organiser, http.MethodPost, at+"/post", url.Values{"seen": {"0"}}, http.StatusConflict, "刚刚被别人改过")
	want(&s.Organiser, http.MethodPost, at+"/post", url.Values{"seen": {seen()}}, http.StatusSeeOther)
	form := onceIn.FindStringSubmatch(want(nil, http.MethodGet, at, nil, http.StatusOK, "公示从", "提出异议"))
	want(nil, http.MethodPost, at, url.Values{"what": {" "}, "contact": {"某处"}}, http.StatusUnprocessableEntity, "请写明对什么有异议", "某处")
	for range 2 { // pressed twice
		want(nil, http.MethodPost, at, url.Values{"once": {form[1]}, "what": {"二号作品的总分抄错"}, "contact": {"13800000000"}}, http.StatusSeeOther)
	}
	want(nil, http.MethodPost, at, url.Values{"once": {form[1]}, "what": {"另一件事"}}, http.StatusConflict, "已经交过一次", "另一件事")
	list := want(nil, http.MethodGet, at+"?took=1", nil, http.StatusOK, "这是第 1 号异议", "待核查", "!总分抄错", "!13800000000")
	if strings.Count(list, `<th scope="row"`) != 1 {
		t.Error("a form that was sent twice is two objections")
	}
	want(&s.Judges[0], http.MethodGet, at+"/1", nil, http.StatusForbidden, "!总分抄错")
	want(nil, http.MethodGet, at+"/1", nil, http.StatusSeeOther)
	want(&s.Organiser, http.MethodGet, at+"/9", nil, http.StatusNotFound)
	body := want(&s.Organiser, http.MethodGet, at+"/1", nil, http.StatusOK, "二号作品的总分抄错", "13800000000", "交监督员决定")
	version := regexp.MustCompile(`name="seen" value="(\d+)"`)
	want(&s.Supervisor, http.MethodPost, at+"/1/decide", url.Values{"seen": {version.FindStringSubmatch(body)[1]}, "move": {"uphold"}, "why": {"对"}}, http.StatusConflict)
	want(&s.Organiser, http.MethodPost, at+"/1/examine", url.Values{"seen": {version.FindStringSubmatch(body)[1]}, "found": {"逐步重算，没有抄错"}, "out": {"88"}}, http.StatusUnprocessableEntity, "没有编号", "逐步重算")
	want(&s.Organiser, http.MethodPost, at+"/1/examine", url.Values{"seen": {version.FindStringSubmatch(body)[1]}, "found": {"逐步重算，没有抄错"}}, http.StatusSeeOther)
	body = want(&s.Supervisor, http.MethodGet, at+"/1", nil, http.StatusOK, "逐步重算", `value="dismiss"`)
	want(&s.Organiser, http.MethodGet, at+"/1", nil, http.StatusOK, "等监督员决定", `!value="dismiss"`)
	want(&s.Supervisor, http.MethodPost, at+"/1/decide", url.Values{"seen": {version.FindStringSubmatch(body)[1]}, "why": {"同意"}}, http.StatusUnprocessableEntity, "同意")
	want(&s.Supervisor, http.MethodPost, at+"/1/decide", url.Values{"seen": {version.FindStringSubmatch(body)[1]}, "move": {"dismiss"}, "why": {"总分无误"}}, http.StatusSeeOther)
	want(nil, http.MethodGet, at, nil, http.StatusOK, "不成立", "逐步重算，没有抄错", "总分无误", "!抄错</p>\n13800000000")
	want(&s.Organiser, http.MethodPost, at+"/finish", url.Values{"seen": {seen()}}, http.StatusConflict, "才结束")
	if pdf := want(nil, http.MethodGet, hallAt+"/list.pdf", nil, http.StatusOK); !strings.HasPrefix(pdf, "%PDF") {
		t.Error("the list is no paper")
	}
	want(nil, http.MethodGet, hallAt+"/entries/01/certificate.pdf", nil, http.StatusConflict, "还没有定榜")
}
