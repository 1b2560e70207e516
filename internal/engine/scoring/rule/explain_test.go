package rule_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
)

// rich is a rule with everything in it.
const rich = `{"about":{"key":"rich","title":{"zh":"甲","en":"A"},"sources":[{"title":"某办法","date":"2021","verified":false}],"names":{}},
"rule":{"format":"xiadu rule 1","stages":[
{"key":"first","of":"190","round":{"places":2,"mode":"half-up"},"deductions":[{"measure":"late","kind":"count","unmeasured":"none","each":{"over":"1","step":"2","begun":true,"points":"-1","most":"-5"}}],"parts":[
 {"key":"papers","weight":"0.5","of":"20","round":{"places":3,"mode":"up"},"weighted":{"places":4,"mode":"down"},
  "deductions":[{"measure":"over","kind":"count","unmeasured":"wait","round":{"places":0,"mode":"up"},"bands":[{"from":"11","points":"-0.2"},{"from":"31","points":"-0.5"}]}],
  "judged":{"criteria":[{"key":"text","weight":"1","from":"0","to":"10","step":"0.5"},{"key":"table","weight":"2","from":"1","to":"5","step":"1"}],"across":"sheets","seats":14,
   "clamp":{"around":"mean","by":"2","share":false,"drop":true},"trim":[{"from":3,"low":0,"high":1},{"from":5,"low":1,"high":1},{"from":12,"low":2,"high":2}],"combine":"mean",
   "mark":{"places":1,"mode":"half-up"},"column":{"places":2,"mode":"half-even"},"sheet":{"places":3,"mode":"half-up"}}},
 {"key":"columns","weight":"1","of":"10","judged":{"criteria":[{"key":"talk","weight":"1","from":"0","to":"10","step":"1"}],"across":"criteria","trim":[{"from":1,"low":0,"high":0}],"combine":"median"}},
 {"key":"share","weight":"1","of":"50","votes":{"measure":"ballots","share":"sum"}},
 {"key":"rank","weight":"1","of":"40","votes":{"measure":"clicks","step":"2","least":"4"}},
 {"key":"facts","weight":"2","of":"40","measured":[{"measure":"open","kind":"share","unmeasured":"wait","round":{"places":2,"mode":"down"},"times":"10"},
  {"measure":"visits","kind":"count","unmeasured":"none","bands":[{"from":"5","points":"3"},{"from":"50","points":"10"}]},{"measure":"events","kind":"count","unmeasured":"none","each":{"over":"0","step":"1","begun":false,"points":"4","most":"20"}}]}]},
{"key":"middle","of":"0","round":{"places":4,"mode":"half-up"},"parts":[{"key":"ranks","weight":"1","of":"0","judged":{"criteria":[{"key":"all","weight":"1","from":"0","to":"10","step":"1"}],
   "across":"sheets","trim":[{"from":1,"low":0,"high":0}],"combine":"places","equal":"best","unlike":"wait"}}]},
{"key":"last","of":"95","parts":[{"key":"carry","weight":"0.5","of":"190","carried":"first"}]}],
"order":{"ranking":"competition","where":"all","chain":[{"by":"decimals","places":6},{"by":"criterion","of":"papers.text"},{"by":"part","of":"facts"},{"by":"stage","of":"first"},{"by":"most-firsts","of":"ranks"},{"by":"vote"},{"by":"lots"}]},
"cuts":[{"key":"in","stage":"first","heads":20,"least":"60","tie":"decide"},{"key":"won","stage":"last","share":"0.2","tie":"admit"}],
"quotas":[{"cut":"won","of":"city","most":2,"each":[{"group":"甲市","most":3},{"group":"西宁市","most":4}]}],
"grades":[{"key":"five","from":"90","floors":[{"measure":"open","kind":"share","from":"0.9"},{"measure":"toilet","kind":"yes-no","from":"1"}]},{"key":"four","floors":[{"measure":"faults","kind":"count","to":"3"}]}],
"calibrate":3}}`

// words are the values that a type of words has.
var words = map[reflect.Type][]string{
	reflect.TypeFor[exact.Mode]():      {"half-up", "half-even", "down", "up"},
	reflect.TypeFor[rule.Across]():     {"sheets", "criteria"},
	reflect.TypeFor[rule.Centre]():     {"mean", "median", "trimmed"},
	reflect.TypeFor[rule.Combine]():    {"mean", "median", "sum", "places"},
	reflect.TypeFor[rule.Equal]():      {"", "best", "mean"},
	reflect.TypeFor[rule.Unlike]():     {"", "wait", "share"},
	reflect.TypeFor[rule.Share]():      {"", "highest", "sum"},
	reflect.TypeFor[rule.Kind]():       {"count", "share", "yes-no"},
	reflect.TypeFor[rule.Unmeasured](): {"wait", "none"},
	reflect.TypeFor[rule.Ranking]():    {"competition", "dense"},
	reflect.TypeFor[rule.Where]():      {"all", "cuts"},
	reflect.TypeFor[rule.By]():         {"criterion", "decimals", "part", "stage", "most-firsts", "vote", "lots"},
	reflect.TypeFor[rule.AtLine]():     {"admit", "decide", "none"},
	reflect.TypeFor[string]():          {"another"},
}

// change goes through a value, and calls tell after each change of one field in it, which it takes back.
func change(v reflect.Value, at string, tell func(at string)) {
	set := func(at string, to reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		v.Set(to)
		tell(at)
		v.Set(was)
	}
	if v.Type() == reflect.TypeFor[exact.Number]() {
		set(at, reflect.ValueOf(v.Interface().(exact.Number).Add(exact.Must("1"))))
		return
	}
	switch v.Kind() { //nolint:exhaustive // a kind that no rule has panics
	case reflect.Struct:
		for i := range v.NumField() {
			change(v.Field(i), at+"."+v.Type().Field(i).Name, tell)
		}
	case reflect.Pointer:
		if v.IsNil() {
			set(at+" there", reflect.New(v.Type().Elem()))
			return
		}
		change(v.Elem(), at, tell)
		set(at+" gone", reflect.Zero(v.Type()))
	case reflect.Slice:
		for i := range v.Len() {
			change(v.Index(i), fmt.Sprintf("%s[%d]", at, i), tell)
		}
		if v.Len() > 0 {
			set(at+" shorter", v.Slice(0, v.Len()-1))
			set(at+" turned", turned(v))
		}
		one := reflect.New(v.Type().Elem()).Elem()
		if f := one; f.Kind() == reflect.Struct && f.Type() == reflect.TypeFor[rule.Trim]() {
			f.FieldByName("From").SetInt(20) // a row that is beyond the others
		}
		set(at+" longer", reflect.Append(v.Slice3(0, v.Len(), v.Len()), one))
	case reflect.Bool:
		set(at, reflect.ValueOf(!v.Bool()))
	case reflect.Int:
		set(at, reflect.ValueOf(int(v.Int())+1))
	case reflect.String:
		for _, word := range words[v.Type()] {
			if word != v.String() {
				set(at+" "+word, reflect.ValueOf(word).Convert(v.Type()))
			}
		}
		if len(words[v.Type()]) == 0 {
			panic("no words of " + v.Type().String())
		}
	case reflect.Map: // names
		to := reflect.ValueOf(map[string]lang.Text{"papers": {ZH: "材料", EN: "Papers"}})
		set(at, to)
	default:
		panic("no change of " + v.Type().String())
	}
}

func turned(v reflect.Value) reflect.Value {
	to := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(to, v)
	reflect.Swapper(to.Interface())(0, v.Len()-1)
	return to
}

func text(f *rule.File, l lang.Lang) string {
	var b strings.Builder
	for _, p := range f.Explain() {
		fmt.Fprintf(&b, "# %s\n", p.Title.In(l))
		for _, line := range p.Lines {
			fmt.Fprintf(&b, "%s\n", line.In(l))
		}
	}
	return b.String()
}

// Whatever is changed in a rule changes what is said of it, in both languages: nothing computes that is not said.
func TestEverythingIsSaid(t *testing.T) {
	f, err := rule.Read([]byte(rich))
	if err != nil {
		t.Fatal(err)
	}
	zh, en := text(&f, lang.ZH), text(&f, lang.EN)
	plain, _ := json.Marshal(f)
	changes := 0
	change(reflect.ValueOf(&f).Elem(), "", func(at string) {
		now, _ := json.Marshal(f)
		oneTrimOnly := strings.Contains(at, "Trim turned") // the same rows out of order are refused
		if string(now) == string(plain) || oneTrimOnly {
			return
		}
		changes++
		if text(&f, lang.ZH) == zh && !strings.HasSuffix(at, ".EN another") {
			t.Errorf("%s changes no Chinese sentence", at)
		}
		if text(&f, lang.EN) == en && !strings.HasSuffix(at, ".ZH another") {
			t.Errorf("%s changes no English sentence", at)
		}
	})
	if changes < 400 {
		t.Errorf("only %d changes", changes)
	}
	if text(&f, lang.ZH) != zh {
		t.Error("a change was not taken back")
	}
}

// No preset's sentences have a hole, a word of the code, or Chinese in the English but for names of sources.
func TestSentences(t *testing.T) {
	for _, f := range rule.Presets() {
		for _, p := range f.Explain() {
			for _, line := range slices.Concat([]lang.Text{p.Title}, p.Lines) {
				if line.ZH == "" || line.EN == "" || strings.Contains(line.ZH+line.EN, "%!") || strings.Contains(line.ZH, "half-up") {
					t.Errorf("%s: %+v", f.About.Key, line)
				}
				if strings.IndexFunc(line.EN, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 && !strings.HasPrefix(line.EN, "Source") {
					t.Errorf("%s: %s", f.About.Key, line.EN)
				}
			}
		}
	}
}
