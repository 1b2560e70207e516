package standing_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
)

// A closing rests on the words there were when it was filed; one that came back counts no more, and what an older log has
// on the check alone counts as well.
func TestWhoseWordClosingsRestOn(t *testing.T) {
	q, err := figure.Find(standing.Queries(), standing.Closings)
	if err != nil {
		t.Fatal(err)
	}
	s := q.Over.Begin()
	for _, text := range []string{
		`{"code":"XN01-0001","move":"check","to":"checked","life":1,"words":{"solved":2,"not":0,"unsure":0,"neighbours":1,"none":1}}`,
		`{"code":"XN01-0001","move":"file","to":"filed","life":1,"words":{"solved":1,"not":1,"unsure":0,"neighbours":1,"none":1}}`,
		`{"code":"XN01-0002","move":"check","to":"checked","life":1,"words":{"solved":1,"not":0,"unsure":0,"neighbours":1,"none":0}}`,
		`{"code":"XN01-0002","move":"file","to":"filed","life":1}`,
		`{"code":"XN01-0002","move":"settle","to":"settled","life":1}`,
		`{"code":"XN01-0003","move":"file","to":"filed","life":1,"words":{"solved":5,"not":0,"unsure":0,"neighbours":5,"none":0}}`,
		`{"code":"XN01-0003","move":"reopen","to":"assigned","life":2}`,
		`{"code":"XN01-0004","move":"check","to":"checked","life":1,"words":{"solved":5,"not":0,"unsure":0,"neighbours":5,"none":0}}`,
		`{"code":"XN02-0001","move":"file","to":"filed","life":1,"words":{"solved":0,"not":0,"unsure":3,"neighbours":0,"none":0}}`,
	} {
		if err := s.Add(logtree.Statement{Kind: "complaint.problem-moved", Public: json.RawMessage(text)}); err != nil {
			t.Fatal(err)
		}
	}
	for campaign, want := range map[string]standing.Words{
		"XN01": {Problems: 2, Letters: 4, Own: 1, Neighbours: 2, None: 1, Solved: 2, Not: 1},
		"XN02": {Problems: 1, Letters: 3, Own: 3, Unsure: 3},
		"":     {Problems: 3, Letters: 7, Own: 4, Neighbours: 2, None: 1, Solved: 2, Not: 1, Unsure: 3},
	} {
		p, err := q.Settle(figure.Params{"campaign": campaign}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		got, err := q.Answer(t.Context(), s, p, nil)
		if diff := cmp.Diff(any(want), got); diff != "" || err != nil {
			t.Errorf("%s: %v %v", campaign, diff, err)
		}
	}
}
