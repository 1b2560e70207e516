package rule_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
)

// put is a rule's file with another value at a place; null takes it out of what it is in.
func put(t *testing.T, text, at, value string) []byte {
	t.Helper()
	var doc, to any
	for text, to := range map[string]*any{text: &doc, value: &to} {
		in := json.NewDecoder(strings.NewReader(text))
		in.UseNumber()
		if err := in.Decode(to); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	var set func(in any, path []string) any
	set = func(in any, path []string) any {
		if len(path) == 0 {
			return to
		}
		switch in := in.(type) {
		case []any:
			i, err := strconv.Atoi(path[0])
			if err != nil || i > len(in) {
				t.Fatalf("there is no %s", at)
			}
			if i == len(in) {
				return append(in, to)
			}
			in[i] = set(in[i], path[1:])
			return in
		case nil:
			return map[string]any{path[0]: set(nil, path[1:])}
		case map[string]any:
			in[path[0]] = set(in[path[0]], path[1:])
			return in
		}
		t.Fatalf("there is no %s", at)
		return nil
	}
	out, err := json.Marshal(set(doc, strings.Split(at, "/")))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// many is a list of n values, in each of which # is its place.
func many(n int, value string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.ReplaceAll(value, "#", fmt.Sprintf("%06d", i))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// refusals are, by part of the rule that has everything, a change and the place at which it is refused.
var refusals = []struct{ at, value, place string }{
	{"rule/format", `"xiadu rule 2"`, "format"},
	{"rule/calibrate", `-1`, "calibrate"},
	{"rule/stages", `[]`, "stages"},
	{"rule/stages", many(201, `{"key":"s#"}`), "stages"},
	{"rule/stages/0/key", `"First"`, "stages[0].key"},
	{"rule/stages/0/key", `"` + strings.Repeat("a", 65) + `"`, "stages[0].key"},
	{"rule/stages/1/key", `"first"`, "stages[1].key"},
	{"rule/stages/0/of", `"189"`, "stages[0].of"},
	{"rule/stages/0/parts", `[]`, "stages[0].parts"},
	{"rule/stages/0/parts", many(201, `{"key":"p#"}`), "stages[0].parts"},
	{"rule/stages/0/round", `null`, "stages[0].round"},
	{"rule/stages/0/round/places", `10`, "stages[0].round.places"},
	{"rule/stages/0/round/places", `-1`, "stages[0].round.places"},
	{"rule/stages/0/round/mode", `"nearest"`, "stages[0].round.mode"},
	{"rule/stages/1/deductions", `[{"measure":"late","kind":"count","unmeasured":"none","times":"-1"}]`, "stages[1].deductions"},
	{"rule/stages/1/parts/1", `{"key":"also","weight":"1","of":"190","carried":"first"}`, "stages[1].parts[0].judged.combine"},
	{"rule/stages/1/parts/0/weight", `"2"`, "stages[1].parts[0].judged.combine"},

	{"rule/stages/0/parts/1/key", `"papers"`, "stages[0].parts[1].key"},
	{"rule/stages/0/parts/1/key", `""`, "stages[0].parts[1].key"},
	{"rule/stages/0/parts/0/weight", `"0"`, "stages[0].parts[0].weight"},
	{"rule/stages/0/parts/0/of", `"21"`, "stages[0].parts[0].of"},
	{"rule/stages/0/parts/0/round/mode", `""`, "stages[0].parts[0].round.mode"},
	{"rule/stages/0/parts/0/weighted/places", `99`, "stages[0].parts[0].weighted.places"},
	{"rule/stages/0/parts/0/carried", `"first"`, "stages[0].parts[0]"},
	{"rule/stages/0/parts/0/judged", `null`, "stages[0].parts[0]"},
	{"rule/stages/2/parts/0/carried", `"last"`, "stages[2].parts[0].carried"},
	{"rule/stages/2/parts/0/carried", `"nowhere"`, "stages[2].parts[0].carried"},
	{"rule/stages/2/parts/0/carried", `"middle"`, "stages[2].parts[0].carried"},

	{"rule/stages/0/parts/0/judged/criteria", `[]`, "stages[0].parts[0].judged.criteria"},
	{"rule/stages/0/parts/0/judged/criteria", many(201, `{"key":"c#","weight":"1","from":"0","to":"1","step":"1"}`), "stages[0].parts[0].judged.criteria"},
	{"rule/stages/0/parts/0/judged/criteria/1/key", `"a.b"`, "stages[0].parts[0].judged.criteria[1].key"},
	{"rule/stages/0/parts/0/judged/criteria/1/key", `"text"`, "stages[0].parts[0].judged.criteria[1].key"},
	{"rule/stages/0/parts/0/judged/criteria/1/weight", `"-2"`, "stages[0].parts[0].judged.criteria[1].weight"},
	{"rule/stages/0/parts/0/judged/criteria/1/from", `"5"`, "stages[0].parts[0].judged.criteria[1].to"},
	{"rule/stages/0/parts/0/judged/criteria/1/step", `"3"`, "stages[0].parts[0].judged.criteria[1].step"},
	{"rule/stages/0/parts/0/judged/criteria/1/step", `"0"`, "stages[0].parts[0].judged.criteria[1].step"},
	{"rule/stages/0/parts/0/judged/across", `"judges"`, "stages[0].parts[0].judged.across"},
	{"rule/stages/0/parts/0/judged/across", `"criteria"`, "stages[0].parts[0].judged.sheet"},
	{"rule/stages/0/parts/0/judged/combine", `"mode"`, "stages[0].parts[0].judged.combine"},
	{"rule/stages/0/parts/0/judged/combine", `"places"`, "stages[0].parts[0].judged.clamp"},
	{"rule/stages/0/parts/0/judged/combine", `"places"`, "stages[0].parts[0].judged.equal"},
	{"rule/stages/0/parts/0/judged/combine", `"places"`, "stages[0].parts[0].judged.unlike"},
	{"rule/stages/0/parts/0/judged/combine", `"sum"`, "stages[0].parts[0].judged.clamp.drop"},
	{"rule/stages/0/parts/1/judged/combine", `"sum"`, "stages[0].parts[1].judged.seats"},
	{"rule/stages/0/parts/1/judged/combine", `"places"`, "stages[0].parts[1].judged.across"},
	{"rule/stages/0/parts/0/judged/seats", `-1`, "stages[0].parts[0].judged.seats"},
	{"rule/stages/0/parts/0/judged/seats", `1001`, "stages[0].parts[0].judged.seats"},
	{"rule/stages/0/parts/0/judged/seats", `2`, "stages[0].parts[0].judged.trim"},
	{"rule/stages/0/parts/0/judged/trim", `[]`, "stages[0].parts[0].judged.trim"},
	{"rule/stages/0/parts/0/judged/trim", many(201, `{"from":1,"low":0,"high":0}`), "stages[0].parts[0].judged.trim"},
	{"rule/stages/0/parts/0/judged/trim/0/from", `0`, "stages[0].parts[0].judged.trim[0].from"},
	{"rule/stages/0/parts/0/judged/trim/2/from", `5`, "stages[0].parts[0].judged.trim[2].from"},
	{"rule/stages/0/parts/0/judged/trim/2/from", `1001`, "stages[0].parts[0].judged.trim[2].from"},
	{"rule/stages/0/parts/0/judged/trim/1/low", `4`, "stages[0].parts[0].judged.trim[1]"},
	{"rule/stages/0/parts/0/judged/trim/1/high", `-1`, "stages[0].parts[0].judged.trim[1]"},
	{"rule/stages/0/parts/0/judged/trim/1/low", `-9223372036854775808`, "stages[0].parts[0].judged.trim[1]"},
	{"rule/stages/0/parts/0/judged/clamp/around", `"mode"`, "stages[0].parts[0].judged.clamp.around"},
	{"rule/stages/0/parts/0/judged/clamp/by", `"-1"`, "stages[0].parts[0].judged.clamp.by"},
	{"rule/stages/0/parts/0/judged/mark/places", `10`, "stages[0].parts[0].judged.mark.places"},
	{"rule/stages/0/parts/0/judged/column/mode", `"x"`, "stages[0].parts[0].judged.column.mode"},
	{"rule/stages/0/parts/0/judged/sheet/places", `-3`, "stages[0].parts[0].judged.sheet.places"},
	{"rule/stages/0/parts/0/judged/equal", `"best"`, "stages[0].parts[0].judged.equal"},
	{"rule/stages/0/parts/0/judged/unlike", `"wait"`, "stages[0].parts[0].judged.unlike"},
	{"rule/stages/1/parts/0/judged/equal", `"worst"`, "stages[1].parts[0].judged.equal"},
	{"rule/stages/1/parts/0/judged/unlike", `""`, "stages[1].parts[0].judged.unlike"},

	{"rule/stages/0/parts/2/votes/measure", `"Ballots"`, "stages[0].parts[2].votes.measure"},
	{"rule/stages/0/parts/2/votes/measure", `"open"`, "stages[0].parts[4].measured[0].measure"}, // a share there
	{"rule/stages/0/parts/2/votes/share", `"most"`, "stages[0].parts[2].votes.share"},
	{"rule/stages/0/parts/2/votes/step", `"1"`, "stages[0].parts[2].votes.step"},
	{"rule/stages/0/parts/2/votes/least", `"1"`, "stages[0].parts[2].votes.least"},
	{"rule/stages/0/parts/2/of", `"0"`, "stages[0].parts[2].of"},
	{"rule/stages/0/parts/3/votes/step", `"0"`, "stages[0].parts[3].votes.step"},
	{"rule/stages/0/parts/3/votes/least", `"41"`, "stages[0].parts[3].votes.least"},
	{"rule/stages/0/parts/3/votes/least", `"-1"`, "stages[0].parts[3].votes.least"},

	{"rule/stages/0/parts/4/measured", many(201, `{"measure":"m#","kind":"share","unmeasured":"wait","times":"1"}`), "stages[0].parts[4].measured"},
	{"rule/stages/0/parts/4/measured/0/kind", `"part"`, "stages[0].parts[4].measured[0].kind"},
	{"rule/stages/0/parts/4/measured/0/kind", `"count"`, "stages[0].parts[4].measured[0].times"},
	{"rule/stages/0/parts/4/measured/0/kind", `"yes-no"`, "stages[0].parts[4].measured[0].round"},
	{"rule/stages/0/parts/4/measured/0/unmeasured", `"zero"`, "stages[0].parts[4].measured[0].unmeasured"},
	{"rule/stages/0/parts/4/measured/0/times", `"-10"`, "stages[0].parts[4].measured[0].times"},
	{"rule/stages/0/parts/4/measured/0/times", `null`, "stages[0].parts[4].measured[0]"},
	{"rule/stages/0/parts/4/measured/1/times", `"1"`, "stages[0].parts[4].measured[1]"},
	{"rule/stages/0/parts/4/measured/1/bands", many(201, `{"from":"#","points":"1"}`), "stages[0].parts[4].measured[1].bands"},
	{"rule/stages/0/parts/4/measured/1/bands/1/from", `"5"`, "stages[0].parts[4].measured[1].bands[1].from"},
	{"rule/stages/0/parts/4/measured/1/bands/0/from", `"-5"`, "stages[0].parts[4].measured[1].bands[0].from"},
	{"rule/stages/0/parts/4/measured/1/bands/0/points", `"-3"`, "stages[0].parts[4].measured[1].bands[0].points"},
	{"rule/stages/0/parts/4/measured/2/kind", `"yes-no"`, "stages[0].parts[4].measured[2].each"},
	{"rule/stages/0/parts/4/measured/2/each/over", `"-1"`, "stages[0].parts[4].measured[2].each.over"},
	{"rule/stages/0/parts/4/measured/2/each/step", `"0"`, "stages[0].parts[4].measured[2].each.step"},
	{"rule/stages/0/parts/4/measured/2/each/points", `"-4"`, "stages[0].parts[4].measured[2].each.points"},
	{"rule/stages/0/parts/4/measured/2/each/most", `null`, "stages[0].parts[4].measured[2].each.most"},
	{"rule/stages/0/parts/4/measured/2/each/most", `"-20"`, "stages[0].parts[4].measured[2].each.most"},
	{"rule/stages/0/deductions", many(201, `{"measure":"m#","kind":"count","unmeasured":"wait","times":"-1"}`), "stages[0].deductions"},
	{"rule/stages/0/deductions/0/each/points", `"1"`, "stages[0].deductions[0].each.points"},
	{"rule/stages/0/deductions/0/each/most", `"5"`, "stages[0].deductions[0].each.most"},
	{"rule/stages/0/parts/0/deductions/0/bands/0/points", `"0.2"`, "stages[0].parts[0].deductions[0].bands[0].points"},
	{"rule/stages/0/parts/0/deductions/0/round/places", `11`, "stages[0].parts[0].deductions[0].round.places"},

	{"rule/order/ranking", `"olympic"`, "order.ranking"},
	{"rule/order/where", `""`, "order.where"},
	{"rule/order/tolerance", `"0"`, "order.tolerance"},
	{"rule/order/tolerance", `"0.1"`, "order.chain[0].by"},
	{"rule/order/chain", many(201, `{"by":"vote"}`), "order.chain"},
	{"rule/order/chain/0/by", `"age"`, "order.chain[0].by"},
	{"rule/order/chain/0/places", `4`, "order.chain[0].places"},
	{"rule/order/chain/0/places", `10`, "order.chain[0].places"},
	{"rule/order/chain/0/of", `"first"`, "order.chain[0].of"},
	{"rule/order/chain/1/of", `"papers"`, "order.chain[1].of"},
	{"rule/order/chain/1/of", `"papers.talk"`, "order.chain[1].of"},
	{"rule/order/chain/1/places", `2`, "order.chain[1].places"},
	{"rule/order/chain/2/of", `"first"`, "order.chain[2].of"},
	{"rule/order/chain/3/of", `"last"`, "order.chain[3].of"},
	{"rule/order/chain/4/of", `"rank"`, "order.chain[4].of"},
	{"rule/order/chain/5/of", `"rank"`, "order.chain[5].of"},
	{"rule/order/chain/5/by", `"lots"`, "order.chain[5].by"},

	{"rule/cuts", many(201, `{"key":"c#","stage":"first","heads":1,"tie":"admit"}`), "cuts"},
	{"rule/cuts/0/key", `"In"`, "cuts[0].key"},
	{"rule/cuts/1/key", `"in"`, "cuts[1].key"},
	{"rule/cuts/0/stage", `"papers"`, "cuts[0].stage"},
	{"rule/cuts/0/share", `"0.5"`, "cuts[0]"},
	{"rule/cuts/0/heads", `null`, "cuts[0]"},
	{"rule/cuts/0/heads", `0`, "cuts[0].heads"},
	{"rule/cuts/1/share", `"1.1"`, "cuts[1].share"},
	{"rule/cuts/1/share", `"0"`, "cuts[1].share"},
	{"rule/cuts/0/tie", `""`, "cuts[0].tie"},
	{"rule/cuts/0/least", `"190.01"`, "cuts[0].least"},
	{"rule/cuts/0/stage", `"middle"`, "cuts[0].least"},

	{"rule/quotas", many(201, `{"cut":"won","of":"g#","most":1}`), "quotas"},
	{"rule/quotas/0/cut", `"lost"`, "quotas[0].cut"},
	{"rule/quotas/0/of", `"City"`, "quotas[0].of"},
	{"rule/quotas/1", `{"cut":"won","of":"city","most":1}`, "quotas[1].of"},
	{"rule/quotas/0/most", `-1`, "quotas[0].most"},
	{"rule/quotas/0/each", many(10_001, `{"group":"g#","most":1}`), "quotas[0].each"},
	{"rule/quotas/0/each/1/group", `"甲市"`, "quotas[0].each[1].group"},
	{"rule/quotas/0/each/0/group", `""`, "quotas[0].each[0].group"},
	{"rule/quotas/0/each/0/group", `" 甲市"`, "quotas[0].each[0].group"},
	{"rule/quotas/0/each/0/group", `"甲\n市"`, "quotas[0].each[0].group"},
	{"rule/quotas/0/each/1/most", `-1`, "quotas[0].each[1].most"},

	{"rule/grades", many(201, `{"key":"g#"}`), "grades"},
	{"rule/grades/0/key", `"5★"`, "grades[0].key"},
	{"rule/grades/1/key", `"five"`, "grades[1].key"},
	{"rule/grades/0/from", `"96"`, "grades[0].from"},
	{"rule/grades/1/from", `"90"`, "grades[1].from"},
	{"rule/grades/0/floors", many(201, `{"measure":"m#","kind":"count","from":"1"}`), "grades[0].floors"},
	{"rule/grades/0/floors/1/kind", `"bool"`, "grades[0].floors[1].kind"},
	{"rule/grades/0/floors/1/measure", `"open"`, "grades[0].floors[1].measure"},
	{"rule/grades/0/floors/1/from", `null`, "grades[0].floors[1]"},
	{"rule/grades/0/floors/1/from", `"0.5"`, "grades[0].floors[1].from"},
	{"rule/grades/0/floors/0/from", `"90"`, "grades[0].floors[0].from"},
	{"rule/grades/0/floors/0/to", `"90"`, "grades[0].floors[0].to"},
	{"rule/grades/0/floors/0/to", `"0.8"`, "grades[0].floors[0].to"},

	{"about/key", `"Rich"`, "about.key"},
	{"about/title/zh", `"` + strings.Repeat("长", 400) + `"`, "about.title"},
	{"about/sources", many(201, `{"title":"某办法"}`), "about.sources"},
	{"about/sources/0/title", `""`, "about.sources[0].title"},
	{"about/sources/0/date", `"2021 年"`, "about.sources[0].date"},
	{"about/names/nobody", `{"zh":"无","en":"nobody"}`, "about.names.nobody"},
	{"about/names/first", `{"zh":"` + strings.Repeat("长", 400) + `"}`, "about.names.first"},
}

// Each change of a rule that holds is refused, at its place.
func TestRefusals(t *testing.T) {
	if _, err := rule.Read([]byte(rich)); err != nil {
		t.Fatal(err)
	}
	for _, c := range refusals {
		_, err := rule.Read(put(t, rich, c.at, c.value))
		fields, all := fault.Fields(err)
		if !all || fields[c.place] == nil {
			t.Errorf("%s = %.60s: not refused at %s: %v", c.at, c.value, c.place, err)
		}
	}
	for _, c := range []struct {
		changes [][2]string
		place   string
	}{
		{[][2]string{{"rule/stages/0/parts/0/judged/clamp/share", `true`}, {"rule/stages/0/parts/0/judged/criteria/1/from", `"-1"`}}, "stages[0].parts[0].judged.criteria[1].from"},
		{[][2]string{{"rule/order/where", `"cuts"`}, {"rule/cuts", `[]`}}, "order.where"},
		{[][2]string{{"rule/stages/2", `null`}, {"rule/order/chain", `[]`}, {"rule/cuts", `[]`}, {"rule/quotas", `[]`}}, "stages[2].key"},
	} {
		text := rich
		for _, one := range c.changes {
			text = string(put(t, text, one[0], one[1]))
		}
		_, err := rule.Read([]byte(text))
		if fields, all := fault.Fields(err); !all || fields[c.place] == nil {
			t.Errorf("%v: not refused at %s: %v", c.changes, c.place, err)
		}
	}
}

// A last stage of places has no grades by a total, but it can have floors.
func TestGradesOfPlaces(t *testing.T) {
	f, ok := rule.Preset("places")
	if !ok {
		t.Fatal("there is no such preset")
	}
	whole, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	_, err = rule.Read(put(t, string(whole), "rule/grades", `[{"key":"best","from":"1"}]`))
	if fields, all := fault.Fields(err); !all || fields["grades[0].from"] == nil {
		t.Errorf("%v", err)
	}
	if _, err := rule.Read(put(t, string(whole), "rule/grades", `[{"key":"best","floors":[{"measure":"hours","kind":"count","from":"8"}]}]`)); err != nil {
		t.Error(err)
	}
}

// A total that may not end is refused wherever in the rule that comes from, and one that ends is not.
func TestTotalsEnd(t *testing.T) {
	const judged = "rule/stages/0/parts/0/judged/"
	unrounded := string(put(t, plain, "rule/stages/0/parts/0/round", `null`))
	for _, c := range []struct {
		changes [][2]string
		ends    bool
	}{
		{nil, false},
		{[][2]string{{"rule/stages/0/round", `{"places":2,"mode":"down"}`}}, true},
		{[][2]string{{"rule/stages/0/parts/0/weighted", `{"places":2,"mode":"down"}`}}, true},
		{[][2]string{{judged + "sheet", `{"places":2,"mode":"down"}`}}, false},
		{[][2]string{{judged + "column", `{"places":2,"mode":"down"}`}}, false},
		{[][2]string{{judged + "across", `"criteria"`}}, false},
		{[][2]string{{judged + "across", `"criteria"`}, {judged + "column", `{"places":2,"mode":"down"}`}}, true},
		{[][2]string{{judged + "combine", `"median"`}}, true},
		{[][2]string{{judged + "combine", `"median"`}, {judged + "clamp", `{"around":"mean","by":"1"}`}}, false},
		{[][2]string{{judged + "combine", `"median"`}, {judged + "clamp", `{"around":"trimmed","by":"1"}`}}, false},
		{[][2]string{{judged + "combine", `"median"`}, {judged + "clamp", `{"around":"mean","by":"1","drop":true}`}}, true},
		{[][2]string{{judged + "combine", `"median"`}, {judged + "clamp", `{"around":"median","by":"0.1","share":true}`}}, true},
		{[][2]string{{judged + "combine", `"median"`}, {judged + "across", `"criteria"`}, {judged + "clamp", `{"around":"mean","by":"1"}`}, {judged + "column", `{"places":1,"mode":"up"}`}}, true},
	} {
		text := unrounded
		for _, one := range c.changes {
			text = string(put(t, text, one[0], one[1]))
		}
		_, err := rule.Read([]byte(text))
		fields, _ := fault.Fields(err)
		if c.ends && err != nil || !c.ends && fields["stages[0].round"] == nil {
			t.Errorf("%v: %v", c.changes, err)
		}
	}
}

// The full score is what every judge's highest mark comes to, roundings and all.
func TestFullScores(t *testing.T) {
	const part = "rule/stages/0/parts/0/"
	for _, c := range []struct {
		changes [][2]string
		of      string
	}{
		{[][2]string{{part + "judged/criteria/0/to", `"9.99"`}, {part + "round/places", `1`}}, "10"},
		{[][2]string{{part + "judged/criteria/0/to", `"9.99"`}, {part + "judged/mark", `{"places":1,"mode":"down"}`}}, "9.9"},
		{[][2]string{{part + "judged/criteria/0/weight", `"0.333"`}, {part + "judged/column", `{"places":1,"mode":"half-up"}`}}, "3.3"},
		{[][2]string{{part + "judged/criteria/0/weight", `"0.333"`}, {part + "judged/sheet", `{"places":0,"mode":"up"}`}}, "4"},
		{[][2]string{{part + "judged/combine", `"sum"`}, {part + "judged/seats", `7`}}, "50"}, // two are dropped
		{[][2]string{{part + "judged/combine", `"sum"`}, {part + "judged/seats", `4`}, {part + "judged/across", `"criteria"`}}, "40"},
		{[][2]string{{part + "judged/clamp", `{"around":"median","by":"1"}`}}, "10"},
	} {
		for _, of := range []string{c.of, "9.8765"} {
			text := string(put(t, string(put(t, plain, part+"of", `"`+of+`"`)), "rule/stages/0/of", `"`+of+`"`))
			for _, one := range c.changes {
				text = string(put(t, text, one[0], one[1]))
			}
			_, err := rule.Read([]byte(text))
			if fields, _ := fault.Fields(err); (err == nil) != (of == c.of) || err != nil && fields["stages[0].parts[0].of"] == nil {
				t.Errorf("%v of %s: %v", c.changes, of, err)
			}
		}
	}
}
