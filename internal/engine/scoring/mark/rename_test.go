package mark_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// A table that has its own words for the one part and the one criterion of a preset is computed with, and that is said.
func TestRename(t *testing.T) {
	f, ok := rule.Preset("trim-1-1-mean-2dp")
	if !ok {
		t.Fatal("there is no such preset")
	}
	for _, c := range []struct {
		name, table string
		said        int
		total       string
	}{
		{"own words", "entry,part,judge,criterion,mark\n1,final,a,overall,9\n1,final,b,overall,8\n", 2, "8.50"},
		{"the rule's", "entry,part,judge,criterion,mark\n1,show,a,score,9\n1,show,b,score,8\n", 0, "8.50"},
		{"with an absence", "entry,part,judge,criterion,mark\n1,final,a,overall,9\n1,final,b,,absent\n", 2, "9.00"},
		{"two parts", "entry,part,judge,criterion,mark\n1,final,a,score,9\n1,other,b,score,8\n", 0, ""},
		{"two criteria", "entry,part,judge,criterion,mark\n1,show,a,new,9\n1,show,a,use,8\n", 0, ""},
	} {
		set, _, err := mark.Read(t.Context(), strings.NewReader(c.table))
		if err != nil {
			t.Fatal(c.name, err)
		}
		if said := set.Rename(&f.Rule); len(said) != c.said {
			t.Errorf("%s: it says %v", c.name, said)
		}
		table, err := mark.Arrange(&f.Rule, set)
		if (err == nil) != (c.total != "") {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if err == nil {
			if e, _ := scoring.Score(table).Of("1"); e.Text() != c.total {
				t.Errorf("%s: %s", c.name, e.Text())
			}
		}
	}
}
