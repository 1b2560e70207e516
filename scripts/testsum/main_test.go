package main

import (
	"strings"
	"testing"
)

const events = `
{"Action":"output","Package":"a","Test":"TestOne","Output":"=== RUN\n"}
{"Action":"pass","Package":"a","Test":"TestOne"}
{"Action":"pass","Package":"a","Test":"TestMany/sqlite"}
{"Action":"output","Package":"a","Test":"TestMany/postgres","Output":"    each_test.go:12: no PostgreSQL server here\n"}
{"Action":"skip","Package":"a","Test":"TestMany/postgres"}
{"Action":"pass","Package":"a","Test":"TestMany"}
{"Action":"pass","Package":"a","Elapsed":1.5}
{"Action":"output","Package":"b","Test":"TestBad/deep","Output":"    b_test.go:7: two is not three\n"}
{"Action":"fail","Package":"b","Test":"TestBad/deep"}
{"Action":"fail","Package":"b","Test":"TestBad"}
{"Action":"fail","Package":"b"}
{"ImportPath":"c","Action":"build-output","Output":"c.go:1: syntax error\n"}
{"Action":"fail","Package":"c","FailedBuild":"c"}
{"Action":"skip","Package":"d"}
`

func TestSummary(t *testing.T) {
	var out strings.Builder
	s := summary{out: &out, results: map[key]string{}, output: map[key]*strings.Builder{}}
	if err := s.read(strings.NewReader(strings.TrimSpace(events))); err != nil {
		t.Fatal(err)
	}
	if !s.report() {
		t.Error("a failure was not noticed")
	}
	want := []string{
		"pass    1.5s  a\n", "two is not three", "c.go:1: syntax error", "skipped: no PostgreSQL server here\n",
		"FAILED:  b TestBad/deep\n", "\n2 passed, 2 failed, 1 skipped\n",
	}
	for _, text := range want {
		if !strings.Contains(out.String(), text) {
			t.Errorf("no %q in:\n%s", text, out.String())
		}
	}
}
