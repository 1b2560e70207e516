package rule_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// again reads the canonical form of a rule, and tells of any difference.
func again(f rule.File) error {
	whole, err := f.Rule.Canonical()
	if err != nil {
		return err
	}
	g, err := rule.Read(fmt.Appendf(nil, `{"about":{},"rule":%s}`, whole))
	if err != nil {
		return fmt.Errorf("its canonical form is refused: %w\n%s", err, whole)
	}
	second, err := g.Rule.Canonical()
	if err != nil || !bytes.Equal(whole, second) || f.Rule.Hash() != g.Rule.Hash() {
		return fmt.Errorf("its canonical form reads as another rule: %w\n%s\n%s", err, whole, second)
	}
	return nil
}

func TestPresets(t *testing.T) {
	all := rule.Presets()
	if len(all) < 11 {
		t.Errorf("only %d presets", len(all))
	}
	hashes := map[string]string{}
	for _, f := range all {
		key := f.About.Key
		if err := again(f); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if other, twice := hashes[f.Rule.Hash()]; twice {
			t.Errorf("%s and %s are one rule", key, other)
		}
		hashes[f.Rule.Hash()] = key
		if f.About.Title.ZH == "" || f.About.Title.EN == "" || len(f.About.Sources) == 0 {
			t.Errorf("%s has no title in one of the languages, or no source", key)
		}
		for name := range f.About.Names {
			if n := f.About.Names[name]; n.ZH == "" || n.EN == "" {
				t.Errorf("%s: %s has no name in one of the languages", key, name)
			}
		}
		if got, ok := rule.Preset(key); !ok || got.Rule.Hash() != f.Rule.Hash() {
			t.Errorf("%s is not found", key)
		}
	}
	if _, ok := rule.Preset("trim"); ok {
		t.Error("a preset that there is not is found")
	}
}

// What a published rule computes by does not change unseen: who changes a preset makes it another, under another key.
func TestPresetsStay(t *testing.T) {
	for key, hash := range map[string]string{
		"beautiful-stations-100":     "d6544822b95941bb373b00827ef3a559f9b9a704406a01372734580d5b995739",
		"hall-55":                    "633ea99d1e27613e97da5e9b3ab407b8031e5d05bd822206b158de6f63682b2e",
		"mean-2dp":                   "dbed4ac5f455ff32fa065398f581c3862abb4ab717b6a2ce3a0f85424812c89f",
		"median-2dp":                 "76dc5d6900ed565e4df43de0065c2cb418a0216b76ba81c04ee7ac67c55162ea",
		"places":                     "c74da806e0209e511bd2739bb1bf5ce3036963cc80da529c38b546a74401204c",
		"rubric-100":                 "e530c35178ea87fb381267310b6728bacaeb3502f9a5679c6c147070834e90ec",
		"stars-5":                    "45d32ee27a2e288c9c71dd67a8bfcffcf991675c2bede5b62db2eddd9cc818a6",
		"sum-100":                    "6aab4002d5675be8f450cb02fff3ccafb93a588521ecf19e5e63aba4b873ae9e",
		"trim-1-1-mean-2dp":          "64310a682f0d0d36787c6f868a98689e34da4a8aca2c6257211cfbe612889975",
		"trim-1-1-mean-3dp-decimals": "151dec0d697cf684d5acfab976dea094d9f8f9c95e033ab202f74c86d8c65cac",
		"trim-2-2-mean-2dp":          "bff2fa82cd91f11bc999572307ab2c985e4249474715c5b3ac726b5ff6413b94",
		"two-stages-carry":           "ca04befee31d8c5913b7134a12487fb5b04cdb67a2b82d4c63bb666f9d5dd105",
		"votes-40-experts-60":        "8af95e11944bd6ffed7361e43083d290f3d36ea737c465ee641153bf4ffa861d",
	} {
		if f, _ := rule.Preset(key); f.Rule.Hash() != hash {
			t.Errorf("%s is now %s", key, f.Rule.Hash())
		}
	}
}

// Who writes a verifier from the page alone finds every key, every preset, and a canonical form with its hash.
func TestThePageHasEverything(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/scoring.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	var keys func(of reflect.Type)
	keys = func(of reflect.Type) {
		switch of.Kind() { //nolint:exhaustive // nothing else has keys
		case reflect.Slice, reflect.Pointer:
			keys(of.Elem())
		case reflect.Struct:
			for field := range of.Fields() {
				key := field.Tag.Get("json")
				if key == "" {
					continue // of a number
				}
				if !strings.Contains(page, "`"+key+"`") {
					t.Errorf("%s.%s is not on the page", of.Name(), key)
				}
				keys(field.Type)
			}
		}
	}
	keys(reflect.TypeFor[rule.File]())
	for of, all := range words {
		for _, word := range all {
			if of != reflect.TypeFor[string]() && word != "" && !strings.Contains(page, "`"+word+"`") {
				t.Errorf("the word %q of %s is not on the page", word, of)
			}
		}
	}
	for _, f := range rule.Presets() {
		if !strings.Contains(page, "`"+f.About.Key+"`") {
			t.Errorf("the preset %s is not on the page", f.About.Key)
		}
	}
	f, _ := rule.Preset("trim-1-1-mean-2dp")
	if whole, err := f.Rule.Canonical(); err != nil || !strings.Contains(page, string(whole)) || !strings.Contains(page, f.Rule.Hash()) {
		t.Errorf("the page has another canonical form or hash of the first preset than %s %s (%v)", whole, f.Rule.Hash(), err)
	}
}

// anyRule makes rules that hold, with whole numbers for what a full score is made of.
func anyRule(t *rapid.T) rule.File {
	whole := func(from, to int64) exact.Number { return exact.Of(rapid.Int64Range(from, to).Draw(t, "n")) }
	yes := func() bool { return rapid.Bool().Draw(t, "yes") }
	rounding := func() *rule.Rounding {
		return &rule.Rounding{Places: rapid.IntRange(0, 8).Draw(t, "places"), Mode: rapid.SampledFrom([]exact.Mode{exact.HalfUp, exact.HalfEven, exact.Down, exact.Up}).Draw(t, "mode")}
	}
	maybe := func() *rule.Rounding {
		if yes() {
			return nil
		}
		return rounding()
	}
	points := func(i int) []rule.Points {
		if yes() {
			return nil
		}
		p := rule.Points{Measure: fmt.Sprintf("m%d", i), Kind: rule.Count, Unmeasured: rule.Wait, Round: maybe()}
		if yes() {
			p.Bands = []rule.Band{{From: whole(0, 5), Points: whole(-9, 0)}, {From: whole(6, 9), Points: whole(-9, 0)}}
		} else {
			p.Each = &rule.Each{Over: whole(0, 9), Step: exact.Ratio(rapid.Int64Range(1, 99).Draw(t, "step"), 10), Begun: yes(), Points: exact.Ratio(rapid.Int64Range(-99, 0).Draw(t, "points"), 100)}
		}
		return []rule.Points{p}
	}
	r := rule.Rule{Format: rule.Format, Calibrate: rapid.IntRange(0, 9).Draw(t, "calibrate"), Order: rule.Order{Ranking: rule.Dense, Where: rule.Everywhere}}
	for i := range rapid.IntRange(1, 3).Draw(t, "stages") {
		s := rule.Stage{Key: fmt.Sprintf("s%d", i), Round: rounding(), Deductions: points(i)}
		for k := range rapid.IntRange(1, 3).Draw(t, "parts") {
			p := rule.Part{Key: fmt.Sprintf("p%d_%d", i, k), Weight: whole(1, 9), Round: maybe(), Weighted: maybe(), Deductions: points(10 + k)}
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				p.Of, p.Votes = whole(1, 100), &rule.Votes{Measure: "votes", Share: rule.OfSum}
			case 1:
				times := whole(0, 100)
				p.Of, p.Measured = times, []rule.Points{{Measure: "share", Kind: rule.Portion, Unmeasured: rule.None, Times: &times}}
			case 2:
				if i > 0 {
					p.Of, p.Carried = r.Stages[i-1].Of, r.Stages[i-1].Key
					break
				}
				fallthrough
			default:
				low := rapid.IntRange(0, 3).Draw(t, "low")
				j := &rule.Judged{Across: rule.Sheets, Combine: rule.ByMean, Trim: []rule.Trim{{From: 1}, {From: 2 + 2*low, Low: low, High: low}}, Mark: maybe(), Column: maybe()}
				for c := range rapid.IntRange(1, 3).Draw(t, "criteria") {
					one := rule.Criterion{Key: fmt.Sprintf("c%d", c), Weight: whole(1, 9), From: whole(0, 4), To: whole(5, 9), Step: exact.Ratio(1, 100)}
					j.Criteria, p.Of = append(j.Criteria, one), p.Of.Add(one.Weight.Times(one.To))
				}
				if yes() {
					j.Across = rule.Columns
				} else if j.Sheet = maybe(); yes() {
					j.Clamp = &rule.Clamp{Around: rule.Trimmed, By: whole(0, 3), Share: yes(), Drop: yes()}
				}
				p.Judged = j
			}
			s.Parts, s.Of = append(s.Parts, p), s.Of.Add(p.Weight.Times(p.Of))
		}
		r.Stages = append(r.Stages, s)
	}
	if yes() {
		heads := rapid.IntRange(1, 20).Draw(t, "heads")
		r.Cuts = []rule.Cut{{Key: "cut", Stage: "s0", Heads: &heads, Tie: rule.Admit}}
		r.Quotas = []rule.Quota{{Cut: "cut", Of: "unit", Most: heads, Each: []rule.Limit{{Group: "\"<乙>\u2028\" &", Most: 0}}}}
	}
	return rule.File{Rule: r}
}

// Whatever rule holds is itself again when it is read from its canonical form, or from any other writing of it.
func TestRulesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyRule(t)
		if err := f.Rule.Check(); err != nil {
			t.Fatal(err)
		}
		if err := again(f); err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(f, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte(`"weight": "1"`), []byte(`"weight": "01.00"`))
		if g, err := rule.Read(text); err != nil || g.Rule.Hash() != f.Rule.Hash() {
			t.Fatalf("%v\n%s", err, text)
		}
	})
}

// A file that is made to hurt is refused, soon and in a few words.
func TestHostileFiles(t *testing.T) {
	deep := strings.Repeat(`[`, 500_000)
	for name, text := range map[string]string{
		"empty":          ``,
		"blank":          ` `,
		"nothing":        `null`,
		"two":            plain + plain,
		"behind":         plain + `]`,
		"large":          `{"about":{"key":"` + strings.Repeat("a", rule.MaxBytes) + `"}}`,
		"deep":           deep,
		"deep objects":   strings.Repeat(`{"a":`, 150_000),
		"closed":         deep + strings.Repeat(`]`, 500_000),
		"many grades":    string(put(t, plain, "rule/grades", many(20_000, `{"key":"g#","from":"1"}`))),
		"many stages":    string(put(t, plain, "rule/stages", many(40_000, `{"key":"s#"}`))),
		"many faults":    string(put(t, plain, "rule/stages/0/parts", many(200, `{"key":"P#","judged":{"criteria":`+many(50, `{"key":"C#"}`)+`}}`))),
		"places":         string(put(t, plain, "rule/stages/0/round", `{"places":9007199254740991,"mode":"up"}`)),
		"half a letter":  strings.Replace(plain, `"zh":"去一高一低"`, `"zh":"\ud800"`, 1),
		"not UTF-8":      strings.Replace(plain, `去一高一低`, "\xb9\xfa", 1),
		"not NFC":        strings.Replace(plain, `Trimmed`, "Trimme\u0301d", 1),
		"long number":    strings.Replace(plain, `"0.01"`, `"0.`+strings.Repeat("0", 100_000)+`1"`, 1),
		"exponent":       strings.Replace(plain, `"0.01"`, `"1e-2"`, 1),
		"fraction":       strings.Replace(plain, `"from":5`, `"from":5.5`, 1),
		"huge integer":   strings.Replace(plain, `"from":5`, `"from":99999999999999999999`, 1),
		"key with point": strings.Replace(plain, `"about":{`, `"about":{"names":{"a.b":{}},`, 1),
	} {
		start := time.Now()
		_, err := rule.Read([]byte(text))
		if err == nil {
			t.Errorf("%s is read", name)
		} else if n := len(err.Error()); n > 1<<20 {
			t.Errorf("%s is refused in %d bytes", name, n)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

// Whatever is written in place of a whole number is told so.
func TestWholeNumbers(t *testing.T) {
	for _, value := range []string{`"5"`, `5.5`, `1e3`, `true`} {
		_, err := rule.Read([]byte(strings.Replace(plain, `"from":5`, `"from":`+value, 1)))
		if err == nil || !strings.Contains(err.Error(), "whole number") {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte(rich))
	for _, p := range rule.Presets() {
		text, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		read, err := rule.Read(text)
		read.Explain()
		read.Rule.Warnings()
		if err != nil {
			return
		}
		if err := again(read); err != nil {
			t.Fatal(err)
		}
	})
}
