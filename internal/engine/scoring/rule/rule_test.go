package rule_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
)

const plain = `{"about":{"title":{"zh":"去一高一低","en":"Trimmed mean"}},"rule":{"format":"xiadu rule 1","stages":[{"key":"final","of":"10","parts":[
{"key":"show","weight":"1","of":"10","judged":{"criteria":[{"key":"score","weight":"1","from":"0","to":"10","step":"0.01"}],
"across":"sheets","combine":"mean","trim":[{"from":1,"low":0,"high":0},{"from":5,"low":1,"high":1}]},"round":{"places":2,"mode":"half-up"}}]}],
"order":{"ranking":"competition","where":"all"}}}`

func TestRead(t *testing.T) {
	f, err := rule.Read([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := f.Rule.Canonical()
	if err != nil || !strings.Contains(string(whole), `"cuts":[]`) {
		t.Fatalf("%s %v", whole, err)
	}
	again, err := rule.Read([]byte(`{"about":{},"rule":` + string(whole) + `}`))
	if err != nil || again.Rule.Hash() != f.Rule.Hash() {
		t.Errorf("the canonical form reads as another rule: %v", err)
	}
}

// Each change of a good rule is refused, at its place.
func TestFaults(t *testing.T) {
	for _, c := range []struct{ was, is, at string }{
		{`"of":"10","parts"`, `"of":"9","parts"`, "stages[0].of"},
		{`"weight":"1","of":"10","judged"`, `"weight":"0","of":"10","judged"`, "stages[0].parts[0].weight"},
		{`"step":"0.01"`, `"step":"0.03"`, "stages[0].parts[0].judged.criteria[0].step"},
		{`{"from":5,"low":1,"high":1}`, `{"from":5,"low":3,"high":2}`, "stages[0].parts[0].judged.trim[1]"},
		{`,"round":{"places":2,"mode":"half-up"}`, ``, "stages[0].round"},
		{`"mode":"half-up"`, `"mode":"nearest"`, "stages[0].parts[0].round.mode"},
		{`"combine":"mean"`, `"combine":"mode"`, "stages[0].parts[0].judged.combine"},
		{`"ranking":"competition"`, `"ranking":"olympic"`, "order.ranking"},
	} {
		_, err := rule.Read([]byte(strings.Replace(plain, c.was, c.is, 1)))
		fields, all := fault.Fields(err)
		if !all || fields[c.at] == nil {
			t.Errorf("%s: %v at %v", c.is, err, fields)
		}
	}
	for _, c := range []struct{ was, is, says string }{
		{`"combine":"mean"`, `"combine":"mean","combine":"median"`, "twice"},
		{`"combine"`, `"Combine"`, "no key"},
		{`"combine"`, `"combined"`, "combined"},
		{`"weight":"1"`, `"weight":1`, "in quotes"},
	} {
		if _, err := rule.Read([]byte(strings.Replace(plain, c.was, c.is, 1))); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.is, err)
		}
	}
}
