package whatif

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

func TestChangesAreReadAndWritten(t *testing.T) {
	for line, want := range map[string]string{
		"close XN-0012":                                 "",
		"close brand:icbc":                              "",
		"close brand:工行驿站":                              "close brand:icbc",
		"pause brand:icbc Sa,Su":                        "",
		"pause XN-0012 周六、周日":                           "pause XN-0012 Sa,Su",
		"pause XN-0012 PH":                              "",
		"pause XN-0012 Mo-Fr，节假日":                       "pause XN-0012 Mo-Fr,PH",
		"hours XN-0012 Mo-Fr 08:00-22:00":               "",
		"hours brand:post 每天 8:00-20:00":                "hours brand:post Mo-Su 08:00-20:00",
		"  move   XN-0012  101.7000000,36.60 ":          "move XN-0012 101.7,36.6",
		"open 101.778,36.617 24/7":                      "open NEW-1 101.778,36.617 24/7",
		"open A-1 101.778,36.617 brand:post 8:00-20:00": "open A-1 101.778,36.617 brand:post Mo-Su 08:00-20:00",
		`open A-1 101.778,36.617 "火车站 \"东\"" Mo-Fr 08:00-20:00; PH off`: "",
	} {
		if want == "" {
			want = line
		}
		changes, err := Parse([]string{line})
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if got := Lines(changes); !slices.Equal(got, []string{want}) {
			t.Errorf("%s is written %q", line, got)
		}
	}
}

func TestWrongChangesSayWhere(t *testing.T) {
	for line, want := range map[string]string{
		"shut XN-1":                                "close（关闭）",
		"close":                                    "不是站点编号",
		"close 大十字":                                "不是站点编号",
		"close XN-1 now":                           "“now”多余",
		"close brand:nobody":                       "没有“nobody”这个品牌；有：",
		"move XN-1 36.617,101.778":                 "写反了",
		"move XN-1 here":                           "读不懂",
		"move XN-1 0,0":                            "0,0",
		"move XN-1 NaN,36":                         "不在地球上",
		"move brand:icbc 101,36":                   "不能一起移动",
		"hours XN-1":                               "没有写营业时间",
		"hours XN-1 22:00-8:00":                    "跨过午夜",
		"pause XN-1":                               "不是哪几天",
		"pause XN-1 Sa 08:00-12:00":                "不是哪几天",
		"open 101,36":                              "没有写营业时间",
		`open 101,36 "no end 08:00-20:00`:          "名称没有写完",
		"open 101,36 brand:gold 08:00-20:00":       "没有“gold”这个品牌",
		"open here 08:00-20:00":                    "读不懂",
		"close " + strings.Repeat("9", 50):         "不是站点编号",
		"open 101,36 " + strings.Repeat("x", 2000): "太长",
	} {
		_, err := Parse([]string{"", "close A", line})
		zh, known := fault.In(lang.ZH, err)
		if !known || !strings.Contains(zh, want) || !strings.HasPrefix(zh, "第 3 条改动“") {
			t.Errorf("%s: %v, %s", line, err, zh)
		}
		if en, _ := fault.In(lang.EN, err); !strings.HasPrefix(en, "Change 3 “") {
			t.Errorf("%s: %s", line, en)
		}
	}
	many := slices.Repeat([]string{"close A"}, MaxChanges+1)
	if _, err := Parse(many); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%d changes: %v", len(many), err)
	}
	if _, err := Parse(many[1:]); err != nil {
		t.Errorf("%d changes: %v", len(many)-1, err)
	}
}

func TestNewStationsGetCodes(t *testing.T) {
	changes, err := Parse([]string{"open 101,36 24/7", "open NEW-7 101,36 24/7", "open 101,36 24/7"})
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{changes[0].Code, changes[1].Code, changes[2].Code}; !slices.Equal(got, []string{"NEW-1", "NEW-7", "NEW-8"}) {
		t.Error(got)
	}
	if code := FreeCode(changes, func(code string) bool { return code == "NEW-9" }); code != "NEW-10" {
		t.Error(code)
	}
}

func FuzzParseChanges(f *testing.F) {
	for _, s := range []string{"close XN-1", "pause brand:icbc Sa,Su", `open A 101.7,36.6 brand:post "a \" b" 24/7`, "move XN-1 101.7,36.6", "hours A 8:00-20:00\nclose A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		changes, err := Parse(strings.Split(text, "\n"))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		lines := Lines(changes)
		back, err := Parse(lines)
		if err != nil || !slices.Equal(Lines(back), lines) {
			t.Fatalf("%q is %q, which is read as %q, %v", text, lines, Lines(back), err)
		}
	})
}
