package scoring_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Every rule of testdata, with names for what it has: dropped marks, roundings, waits are told in words.
func TestTraceLines(t *testing.T) {
	for _, c := range []struct {
		rule, marks, entry string
		want               []string
	}{
		{"hall", "entry,part,judge,criterion,mark\n07,show,a,score,9.1\n07,show,b,score,9.3\n07,show,c,score,9.5\n07,show,d,score,8\n07,show,e,score,9.25\n07,show,f,score,9.9\n07,show,g,,absent\n07,,,overtime,12", "07", nil},
		{"hall", "entry,part,judge,criterion,mark\n07,show,a,score,9.1\n07,show,b,score,9.3\n07,show,c,score,9.5\n07,show,d,score,8\n07,show,e,score,9.2\n07,show,f,score,9.9\n07,show,g,,absent\n07,show,h,,recused\n07,,,overtime,12", "07", []string{
			"作品 07|Entry 07",
			"评委 g：缺席，不计|Judge g: absent, left out",
			"评委 h：回避，不计|Judge h: recused, left out",
			"去掉最低分：评委 d 的 8|Dropped as the lowest: 8 of judge d",
			"去掉最高分：评委 f 的 9.9|Dropped as the highest: 9.9 of judge f",
			"6 个里留下 4 个：9.1、9.2、9.3、9.5；平均 9.275|Of 6, 4 are kept: 9.1, 9.2, 9.3, 9.5; their mean is 9.275",
			"环节得分 9.275，取 2 位小数（四舍五入） → 9.28|The part's score 9.275, to 2 places (half up) → 9.28",
			"“overtime”是 12：-0.2 分|“overtime” is 12: -0.2 points",
			"总分 9.08，取 2 位小数（四舍五入） → 9.08|Total 9.08, to 2 places (half up) → 9.08",
		}},
		{"hall", "entry,part,judge,criterion,mark\n01,show,a,score,9\n01,show,b,score,9\n01,show,c,score,\n02,show,a,score,9", "01", []string{
			"评委 c：还没有打完|Judge c: not complete yet", "没有得分|No score", "没有总分，还差：|No total yet, for want of:", "环节“show”评委 c 的“score”|part “show”, judge c, “score”",
		}},
		{"hall", "entry,part,judge,criterion,mark\n01,show,a,score,9\n01,show,b,score,9\n01,show,c,score,9.1", "01", []string{
			"环节得分 9.033333…（271/30），取 2 位小数（四舍五入） → 9.03|The part's score 9.033333… (271/30), to 2 places (half up) → 9.03",
		}},
		{"stages", "entry,part,judge,criterion,mark\na,paper,x,new,8\na,paper,x,use,9\na,paper,y,new,9\na,paper,y,use,9\na,,,votes,200\nb,paper,x,new,8\nb,paper,x,use,9\nb,paper,y,new,9\nb,paper,y,use,9\nb,,,votes,30\na,live,x,,8\na,live,y,,9", "a", []string{
			"得票 200，折合 100 分|200 votes make 100 points",
			"指标“new”|Criterion “new”",
			"指标得分 8.5，取 1 位小数（四舍五入） → 8.5|The criterion: 8.5, to 1 place (half up) → 8.5",
			"乘权重：8.5 × 4 = 34|By its weight: 8.5 × 4 = 34",
			"各指标相加：88|The criteria's sum: 88",
			"加权得分 52.8，取 1 位小数（去尾） → 52.8|Weighted 52.8, to 1 place (towards zero) → 52.8",
			"各环节相加：40 + 52.8 = 92.8|The parts' sum: 40 + 52.8 = 92.8",
			"带入阶段“first”的总分 92.8|The total of stage “first” is carried over: 92.8",
			"评委 x：score 8 × 10 = 80|Judge x: score 8 × 10 = 80",
			"2 个都计：80、90；中位数 85|All 2 count: 80, 90; their median is 85",
			"总分：87.34|Total: 87.34",
		}},
	} {
		r := (&script{t: t}).read(c.rule)
		set, _, err := mark.Read(t.Context(), strings.NewReader(c.marks))
		if err != nil {
			t.Fatal(err)
		}
		table, err := mark.Arrange(&r, set)
		if c.want == nil { // 9.25 is none of the rule's marks
			if err == nil {
				t.Errorf("%s was taken", c.marks)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		tr, ok := scoring.Score(table).Trace(c.entry)
		if !ok {
			t.Fatal(c.entry)
		}
		said := map[string]bool{}
		var all strings.Builder
		for _, line := range tr.Lines(nil) {
			one := strings.TrimSpace(line.ZH) + "|" + strings.TrimSpace(line.EN)
			said[one] = true
			all.WriteString(one + "\n")
		}
		for _, want := range c.want {
			if !said[want] && !strings.Contains(all.String(), want) {
				t.Errorf("%q is not in\n%s", want, all.String())
			}
		}
		if strings.Contains(all.String(), "%!") {
			t.Error(all.String())
		}
	}
}

// Clamps and places are told too.
func TestTraceOfBandsAndPlaces(t *testing.T) {
	file := func(judged string) rule.Rule {
		f, err := rule.Read([]byte(`{"about":{},"rule":{"format":"xiadu rule 1","stages":[{"key":"final","of":"10","round":{"places":2,"mode":"half-up"},"parts":[
{"key":"show","weight":"1","of":"10","judged":{"criteria":[{"key":"score","weight":"1","from":"0","to":"10","step":"0.1"}],"across":"sheets",` + judged + `}}]}],
"order":{"ranking":"competition","where":"all"}}}`))
		if err != nil {
			t.Fatal(err)
		}
		return f.Rule
	}
	for judged, want := range map[string][]string{
		`"combine":"mean","trim":[{"from":1,"low":0,"high":0}],"clamp":{"around":"median","by":"1"}`:                            {"评委 c 的 5 在范围以外，按 8 算", "许可范围 8 到 10", "3 个都计：8、9、9.5；平均 8.833333…（53/6）"},
		`"combine":"mean","trim":[{"from":1,"low":0,"high":0}],"clamp":{"around":"median","by":"0.1","share":true,"drop":true}`: {"评委 c 的 5 在范围以外，不计", "2 个都计：9、9.5；平均 9.25"},
	} {
		r := file(judged)
		set, _, err := mark.Read(t.Context(), strings.NewReader("entry,judge,mark\n1,a,9\n1,b,9.5\n1,c,5"))
		if err != nil {
			t.Fatal(err)
		}
		table, err := mark.Arrange(&r, set)
		if err != nil {
			t.Fatal(err)
		}
		tr, _ := scoring.Score(table).Trace("1")
		var all strings.Builder
		for _, line := range tr.Lines(nil) {
			all.WriteString(line.ZH + "\n")
		}
		for _, w := range want {
			if !strings.Contains(all.String(), w) {
				t.Errorf("%q is not in\n%s", w, all.String())
			}
		}
	}
}

// Traces of one result are asked for side by side, as pages do.
func TestTracesSideBySide(t *testing.T) {
	hall := (&script{t: t}).read("hall")
	set := drawn(rand.New(rand.NewPCG(3, 3)), 40, 9)
	result := scored(t, &hall, set)
	want := map[string]string{}
	for _, e := range result.Entries {
		tr, _ := result.Trace(e.Key)
		want[e.Key] = fmt.Sprint(tr.Lines(nil))
	}
	var group sync.WaitGroup
	for range 4 {
		for key, lines := range want {
			group.Go(func() {
				if tr, _ := result.Trace(key); fmt.Sprint(tr.Lines(nil)) != lines {
					t.Errorf("%s is told otherwise beside others", key)
				}
			})
		}
	}
	group.Wait()
}
