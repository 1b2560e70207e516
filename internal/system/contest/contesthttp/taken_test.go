package contesthttp_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
)

// A contest that was judged in a hall and taken in is listed with the hall's log, and everybody reads its results, each step of a total,
// the rule, the public file and its proof. Nothing more is done with it here.
func TestThePagesOfAContestThatWasTakenIn(t *testing.T) {
	h := contesttest.Open(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...), contesttest.Rule(0), 2)
	folder := filepath.Join(t.TempDir(), "log")
	signer, err := sequencer.Open(t.Context(), h.DB, folder, "hall.invalid/log")
	h.Must(err)
	for i, number := range h.Numbers {
		h.Run(number)
		m := []string{"9.1", "8.2"}[i]
		h.Mark(number, m, m, m, m, m, m, m, m, m)
		h.Show(number)
	}
	_, err = release.In(h.DB, h.Facts).Release(t.Context(), h.Organiser, contesttest.Code, "")
	h.Must(err)
	h.Must(signer.Drain(t.Context()))
	names := func(context.Context, ...string) (map[string]string, error) {
		return map[string]string{"office": "现场组委会"}, nil
	}
	text, at, err := taken.Hall{DB: h.DB, Log: publiclog.Open(h.DB, folder), Names: names, Figures: release.Queries(), Home: t.TempDir()}.Export(t.Context(), contesttest.Code)
	h.Must(err)

	s := serve(t)
	own := s.organiser()
	begin := []string{"code", "city-2026", "title", "本市的一场", "division", "630100", "preset", "trim-1-1-mean-2dp", "office", s.Orgs["营商局"]}
	own.post("/contests/new", begin...).went("/contests/city-2026/office?done=begun")
	_, _, findings, err := taken.Import(t.Context(), s.DB, text, verify.Options{Queries: release.Queries()})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	nobody := visitor{s, ""}
	list := nobody.get("/contests").want(http.StatusOK, "现场评审", "现场组委会", "从现场收进来的：hall.invalid/log", "本市的一场")
	if strings.Count(list.body, "收进来的") != 1 {
		t.Error("a contest of this site is said to be taken in")
	}
	nobody.get(hallAt).want(http.StatusOK, "现场评审", "现场组委会", at.Root.String(), "9.10", "8.20", hallAt+"/proofs/1", hallAt+"/releases/1.json", "!公示和异议", "!回放")
	nobody.get(hallAt+"/results").want(http.StatusOK, "9.10", "8.20", "!暂定")
	nobody.get(hallAt+"/entries/02").want(http.StatusOK, "8.20", "去掉：最低", "!（暂定）")
	nobody.get(hallAt + "/entries/03").want(http.StatusNotFound)
	nobody.get(hallAt+"/rule").want(http.StatusOK, "一个算例")
	nobody.get(hallAt+"/rule.json").want(http.StatusOK, `"xiadu rule 1"`)
	f, err := seal.Read([]byte(nobody.get(hallAt + "/releases/1.json").want(http.StatusOK).body))
	h.Must(err)
	if found := seal.Verify(f).Findings; len(found) > 0 {
		t.Error(found)
	}
	nobody.get(hallAt + "/releases/2.json").want(http.StatusNotFound)
	proof, err := logtree.ParseReceipt([]byte(nobody.get(hallAt + "/proofs/1").want(http.StatusOK).body))
	if err != nil || !strings.Contains(string(proof.Statement), "contest.released") {
		t.Errorf("%s %v", proof.Statement, err)
	}
	nobody.get(hallAt+"/proofs/2").want(http.StatusNotFound, "凭据")
	nobody.get("/contests/city-2026/proofs/1").want(http.StatusNotFound, "凭据")
	for _, path := range []string{"/objections", "/replay", "/screen", "/live"} {
		nobody.get(hallAt+path).want(http.StatusNotFound, "hall.invalid/log", "只能看")
	}
	own.get(hallAt+"/office").want(http.StatusNotFound, "hall.invalid/log")
	begin[1] = contesttest.Code
	own.post("/contests/new", begin...).want(http.StatusConflict, "hall.invalid/log", "本市的一场")
}
