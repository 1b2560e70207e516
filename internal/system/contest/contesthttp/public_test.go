package contesthttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

// Everybody follows a contest from its first reveal to the file that proves it: each step of a total is there once it is revealed, and
// not a moment before.
func TestThePublicFollowsAContest(t *testing.T) {
	s := openStage(t, 2)
	s.Run("01")
	s.Mark("01", "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "8.0", "9.9")
	page := func(path string, status int, texts ...string) string {
		t.Helper()
		got, body := s.get(nil, hallAt+path)
		a := answer{t, got, "", body}
		a.want(status, texts...)
		return body
	}
	page("/entries/01", http.StatusNotFound, "还没有公布", "!9.1")
	page("", http.StatusOK, "现场评审", "!9.40")
	page("/results", http.StatusOK, "还没有公布任何成绩")
	s.Show("01")
	if board := page("", http.StatusOK, "9.40", "还有 1 个没有公布", "2 个出场，已公布 1 个", `href="`+hallAt+`/entries/01"`); strings.Count(board, "<table") != 2 {
		t.Error("beside the order, a page that is live has one ranking")
	}
	trace := page("/entries/01", http.StatusOK, "9.40", "去掉：最低", "去掉：最高", "<s>8</s>", "<s>9.9</s>", "（暂定）")
	if strings.Count(trace, `<th scope="row">j`) != 9 {
		t.Error("nine sheets are not shown")
	}
	page("/entries/02", http.StatusNotFound)
	page("/rule", http.StatusOK, "一个算例", "去掉最低分")
	page("/rule.json", http.StatusOK, `"xiadu rule 1"`)
	page("/releases/1.json", http.StatusNotFound)
	s.Run("02")
	s.Mark("02", "9", "9", "9", "9", "9", "9", "9", "9", "9")
	s.Show("02")
	if _, err := release.In(s.DB, s.Facts).Release(t.Context(), s.Organiser, contesttest.Code, ""); err != nil {
		t.Fatal(err)
	}
	page("/results", http.StatusOK, "xiadu verify contest "+contesttest.Code+"-1.json", "!暂定")
	f, err := seal.Read([]byte(page("/releases/1.json", http.StatusOK)))
	if err != nil {
		t.Fatal(err)
	}
	if found := seal.Verify(f).Findings; len(found) > 0 {
		t.Error(found)
	}
	page("/releases/x.json", http.StatusNotFound)
	page("/results?from=99999", http.StatusOK)
	page("/results?from=-4", http.StatusOK)
}
