package opening

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

func TestParseCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"Mo-Fr 08:00-18:00; Sa,Su 09:00-17:00; PH off": "Mo-Fr 08:00-18:00; Sa,Su 09:00-17:00; PH off",
		"周一至周五 8:00-18:00；周六、周日 9:00-17:00；节假日休息":      "Mo-Fr 08:00-18:00; Sa,Su 09:00-17:00; PH off",
		"周一到周五：8：00—18：00，周六日9:00～17:00，法定节假日不营业":      "Mo-Fr 08:00-18:00; Sa,Su 09:00-17:00; PH off",
		"24/7":         "24/7",
		"全天":           "24/7",
		"24小时营业":       "24/7",
		"全天24小时；节假日休息": "24/7; PH off",
		"每天8点-20点半":    "Mo-Su 08:00-20:30",
		"8:00-20:00":   "Mo-Su 08:00-20:00",
		"工作日 上午8:00-12:00 下午2:00-6:00":                        "Mo-Fr 08:00-12:00,14:00-18:00; PH off",
		"周一至五 9:00-17:00":                                     "Mo-Fr 09:00-17:00",
		"周一三五 9:00-17:00":                                     "Mo,We,Fr 09:00-17:00",
		"周五至周一 10:00-22:00":                                   "Mo,Fr-Su 10:00-22:00",
		"每天22:00-次日6:00":                                      "Mo-Su 22:00-30:00",
		"22:00-30:00":                                         "Mo-Su 22:00-30:00",
		"Mo-Su 08:00-20:00; Su off":                           "Mo-Sa 08:00-20:00",
		"Mo-Fr 08:00-12:00, Mo 14:00-18:00":                   "Mo 08:00-12:00,14:00-18:00; Tu-Fr 08:00-12:00",
		"Mo-Fr 08:00-12:00,12:00-18:00":                       "Mo-Fr 08:00-18:00",
		"Mo-Su 08:00-20:00; PH,MW 09:00-17:00":                "Mo-Su 08:00-20:00; PH 09:00-17:00; MW 09:00-17:00",
		`Mo-Fr 8:00-18:00; 2026 Nov 23-30 07:00-22:00 "寒潮延长"`: `Mo-Fr 08:00-18:00; 2026 Nov 23-2026 Nov 30 07:00-22:00 "寒潮延长"`,
		"周一至周五8:00-18:00；2026年11月23日至11月30日 7:00-22:00（寒潮延长）":                        `Mo-Fr 08:00-18:00; 2026 Nov 23-2026 Nov 30 07:00-22:00 "寒潮延长"`,
		"每天8:00-18:00；2026-12-25休息":                                                  "Mo-Su 08:00-18:00; 2026 Dec 25 off",
		"每天8:00-20:00；11月至次年3月 9:00-17:00":                                           "Mo-Su 08:00-20:00; Nov 01-Mar 31 09:00-17:00",
		"Mo-Su 08:00-20:00; Nov 15-Mar 15 Mo-Fr 09:00-17:00; Dec 25 closed":          "Mo-Su 08:00-20:00; Nov 15-Mar 15 Mo-Fr 09:00-17:00; Dec 25 off",
		"Mo-Fr 08:30-17:00; Sa 08:30-12:00; 12:00-12:40 closed; PH closed":           "Mo-Fr 08:30-12:00,12:40-17:00; Sa 08:30-12:00; PH off",
		"周一至周五 8:30-17:30；12:00-14:00 休息":                                            "Mo-Fr 08:30-12:00,14:00-17:30",
		"周一至周五 8:30-17:30，12:00-14:00不开放":                                            "Mo-Fr 08:30-12:00,14:00-17:30",
		"09:00-20:00; Jul-Aug 19:00-19:30 off":                                       "Mo-Su 09:00-20:00; Jul 01-Aug 31 09:00-19:00,19:30-20:00",
		"Mo-Fr 08:00-12:00; Sa 09:00-11:00 closed":                                   "Mo-Fr 08:00-12:00",
		"Mo 09:00-12:00; We,Sa 13:30-17:00, Apr 01-Oct 31 We,Sa 17:00-18:30; PH off": "Mo 09:00-12:00; We,Sa 13:30-17:00; PH off; Apr 01-Oct 31 We,Sa 13:30-18:30",
		"每天 8:00-晚上12:00":                                                            "Mo-Su 08:00-24:00",
		"早上8点-晚12点":                                                                  "Mo-Su 08:00-24:00",
		"8:00-凌晨12:00":                                                               "Mo-Su 08:00-24:00",
		"凌晨12点-早6点":                                                                  "Mo-Su 00:00-06:00",
		"早8点-晚10点":                                                                   "Mo-Su 08:00-22:00",
		"周六、日 9:00-17:00":                                                            "Sa,Su 09:00-17:00",
		"平日 9:00-17:00":                                                              "Mo-Fr 09:00-17:00; PH off",
		"８：００－２０：００":                                                                 "Mo-Su 08:00-20:00",
		"8:00-12:00\n14:00-18:00":                                                    "Mo-Su 08:00-12:00,14:00-18:00",
		"周一至周日（节假日除外）8:00-18:00":                                                     "Mo-Su 08:00-18:00; PH off",
		"夏季（5月1日至9月30日）8:00-20:00；冬季10月1日-4月30日 9:00-18:00":                          "Mo-Su off; May 01-Sep 30 08:00-20:00; Oct 01-Apr 30 09:00-18:00",
		"Mo-Fr 08:00-18:00; PH Su 09:00-12:00":                                       "Mo-Fr 08:00-18:00; PH Su 09:00-12:00",
		"07:00-14:00,15:30-19:00; PH Su closed":                                      "Mo-Su 07:00-14:00,15:30-19:00; PH Su off",
		"Mo-Su 08:00-20:00; PH off; PH Sa,Su 09:00-12:00":                            "Mo-Su 08:00-20:00; PH Mo-Fr off; PH Sa,Su 09:00-12:00",
		"Mo-Su 08:00-20:00; PH Su 09:00-12:00; PH off":                               "Mo-Su 08:00-20:00; PH off",
		"Mo-Su 08:00-20:00; PH Mo-Fr 09:00-12:00, PH Mo 13:00-15:00":                 "Mo-Su 08:00-20:00; PH Mo 09:00-12:00,13:00-15:00; PH Tu-Fr 09:00-12:00",
		"Mo-Su 08:00-20:00; PH 09:00-17:00; PH Su 12:00-13:00 off":                   "Mo-Su 08:00-20:00; PH Mo-Sa 09:00-17:00; PH Su 09:00-12:00,13:00-17:00",
		"每天 8:00-20:00；逢周六、周日的节假日休息":                                                 "Mo-Su 08:00-20:00; PH Sa,Su off",
		"每天 8:00-20:00；周日的法定节假日 9:00-12:00":                                          "Mo-Su 08:00-20:00; PH Su 09:00-12:00",
		"工作日 8:00-18:00；逢周一的节假日 9:00-12:00":                                          "Mo-Fr 08:00-18:00; PH Mo 09:00-12:00; PH Tu-Su off",
		"off": "Mo-Su off",
		"":    "",
		"未知":  "",
	} {
		h, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
		} else if got := h.String(); got != want {
			t.Errorf("%s\nis   %s\nwant %s", in, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"Mo-Fr 08:00-18:00; Su,PH Mo 09:00-12:00": "说不清",
		"Mo-Fr 08:00-18:00; PH,MW Su 09:00-12:00": "说不清",
		"周一至周五 8:00-18:00；节假日周日 9:00-12:00":       "说不清",
		"Mo-Fr 08:00-18:00; SH Su 09:00-12:00":    "读不懂",
		"Mo-Fr 08:00-18:00; SH off":               "读不懂",
		"Mo-Fr 08:00-18:00; PH -1 day off":        "读不懂",
		"8:00-18:00；周一的节假日12:00-14:00休息":          "先写节假日的时间",
		"夏季 8:00-20:00":                           "读不懂",
		"12:00-14:00 休息；8:00-18:00":               "先写开放时间",
		"8:00-晚上2点":                               "说不清",
		"22:00-08:00":                             "22:00–08:00 跨过午夜，请写成两段或写明“次日”",
		"周一至周五 18:00-8:00":                        "18:00–08:00 跨过午夜",
		"8:00-12:00,11:00-14:00":                  "08:00–12:00 和 11:00–14:00 重叠",
		"Mo-Fr 08:00-12:00, Mo 11:00-18:00":       "重叠",
		"周一8:00-12:00；周一14:00-18:00":              "“周一”写了两次",
		"08:00-08:00":                             "开始和结束相同",
		"08:00-49:00":                             "读不懂",
		"25:00-26:00":                             "超出一天",
		"晚上12:30-次日6:00":                          "从第二天才开始：请写 00:30–06:00",
		"晚12点-次日6:00":                             "请写 00:00–06:00",
		"sunrise-sunset":                          "“sunrise”读不懂",
		"Mo-Fr":                                   "没有写完",
		"Mo-Fr 08:00":                             "没有写完",
		"PH off":                                  "没有写平日的时间",
		"2026 Feb 30 off":                         "没有 30 日",
		"2026 Nov 23-2026 Nov 01 off":             "前后颠倒",
		"Mo-Fr 08:00-18:00 \"by appointment\"":    "只有带日期的规则",
		"<script>alert(1)</script>":               "读不懂",
		"'; DROP TABLE station_station; --":       "读不懂",
		"=1+1":                                    "读不懂",
		strings.Repeat("8:00-9:00;", 300):         "太长",
		"\xff\xfe":                                "不是文字",
	} {
		h, err := Parse(in)
		msg, ok := fault.In(lang.ZH, err)
		if !ok || !strings.Contains(msg, want) || h.Known() {
			t.Errorf("%q: %v %q, want %s", in, h, msg, want)
		}
	}
}

func TestParseOSMKeepsTheTagsOwnRules(t *testing.T) {
	for in, want := range map[string]string{
		"Mo-Su 22:00-06:00":                       "Mo-Su 22:00-30:00",
		"Mo 08:00-12:00; Mo 14:00-18:00":          "Mo 14:00-18:00",
		"Mo-Fr 10:00-16:00; Sa-Su,PH off":         "Mo-Fr 10:00-16:00; PH off",
		"mo-fr 9:00-17:00":                        "Mo-Fr 09:00-17:00",
		"Mo-Th,Su 11:00-23:00; Fr-Sa 11:00-02:00": "Mo-Th,Su 11:00-23:00; Fr,Sa 11:00-26:00",
	} {
		h, err := ParseOSM(in)
		if err != nil || h.String() != want {
			t.Errorf("%s is %v (%v), want %s", in, h, err, want)
		}
	}
	for _, in := range []string{"dawn-dusk", "Mo-Fr 08:00+", "easter off", "week 1-10 Mo 08:00-09:00", "Mo[1] 10:00-12:00", "08:00-18:00 || \"call\""} {
		if h, err := ParseOSM(in); err == nil {
			t.Errorf("%s was read as %v", in, h)
		}
	}
}

// drawHours builds hours without the parser, valid by construction.
func drawHours(t *rapid.T) Hours {
	open := func(name string) []Interval {
		var out []Interval
		at := 0
		for n := rapid.IntRange(0, 3).Draw(t, name); n > 0 && at < 23*60; n-- {
			from := rapid.IntRange(at, 23*60).Draw(t, "from")
			to := from + rapid.IntRange(1, MinutesPerDay).Draw(t, "length")
			out = append(out, Interval{from, to})
			at = to + 1
		}
		return out
	}
	h := Hours{&rules{}}
	for day := range h.week {
		h.week[day] = open("intervals")
	}
	if rapid.Bool().Draw(t, "same") {
		h.week[2], h.week[3], h.week[0] = h.week[1], h.week[1], h.week[6]
	}
	if rapid.Bool().Draw(t, "holiday") {
		i := open("holiday")
		h.holiday = holidays{&i, &i, &i, &i, &i, &i, &i}
		for range rapid.IntRange(0, 2).Draw(t, "holidays that differ") {
			j := open("holiday of its own")
			h.holiday[rapid.IntRange(0, 6).Draw(t, "on")] = rapid.SampledFrom([]*[]Interval{nil, &j}).Draw(t, "or nothing said")
		}
	}
	if rapid.Bool().Draw(t, "makeup") {
		i := open("makeup")
		h.makeup = &i
	}
	for range rapid.IntRange(0, 3).Draw(t, "dated") {
		first := calendar.On(2026, 1, 1).Add(rapid.IntRange(0, 364).Draw(t, "first"))
		last := first.Add(rapid.IntRange(0, 40).Draw(t, "days"))
		r := dateRange{first: first, last: last}
		if rapid.Bool().Draw(t, "season") {
			_, m1, d1 := first.Civil()
			_, m2, d2 := last.Civil()
			r = dateRange{season: true, from: yearDay{m1, d1}, to: yearDay{m2, d2}}
		}
		h.dated = append(h.dated, datedRule{
			dates: r, days: weekdays(rapid.IntRange(1, int(everyDay)).Draw(t, "weekdays")), open: open("exception"),
			note: rapid.SampledFrom([]string{"", "寒潮延长", "stock-taking"}).Draw(t, "note"),
		})
	}
	if len(h.String()) > maxBytes { // such a host would not be believed either
		return Hours{&rules{week: h.week}}
	}
	return h
}

func TestHoursRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		for _, text := range []string{h.String(), h.Text(lang.ZH)} {
			back, err := Parse(text)
			if err != nil || back.String() != h.String() {
				t.Fatalf("%s came back as %v, %v\nfrom %s", h, back, err, text)
			}
		}
		if back, err := ParseOSM(h.String()); err != nil || back.String() != h.String() {
			t.Fatalf("%s is read by the tag's rules as %v, %v", h, back, err)
		}
	})
}

// A table of every minute, painted from the intervals, is the definition that
// the methods must agree with.
func TestHoursAgreeWithEveryMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		const days = 12
		start := calendar.On(2026, 1, 2).Add(rapid.IntRange(0, 350).Draw(t, "start"))
		var open [days * MinutesPerDay]bool
		for n := -1; n < days; n++ {
			for _, i := range h.Day(start.Add(n)) {
				for m := max(0, i.From+n*MinutesPerDay); m < min(len(open), i.To+n*MinutesPerDay); m++ {
					open[m] = true
				}
			}
		}
		at := func(m int) time.Time {
			return start.Start(calendar.China).Add(time.Duration(m) * time.Minute)
		}
		from := rapid.IntRange(0, 2*MinutesPerDay).Draw(t, "minute")
		for m := from; m < from+200; m++ {
			if h.OpenAt(at(m)) != open[m] {
				t.Fatalf("%s: at %v open is %v, want %v", h, at(m), h.OpenAt(at(m)), open[m])
			}
		}
		change := from
		for change < from+untilDays*MinutesPerDay+1 && open[change] == open[from] {
			change++
		}
		until, ok := h.Until(at(from))
		if want := change <= from+untilDays*MinutesPerDay; ok != want || ok && !until.Equal(at(change)) {
			t.Fatalf("%s: from %v until %v %v, want %v %v", h, at(from), until, ok, at(change), want)
		}
		later := from + rapid.IntRange(0, 2*MinutesPerDay).Draw(t, "stay")
		through := open[from]
		for m := from; m < later; m++ {
			through = through && open[m]
		}
		if got := h.OpenThroughout(at(from), at(later)); got != through {
			t.Fatalf("%s: open from %v to %v is %v, want %v", h, at(from), at(later), got, through)
		}
	})
}

func TestWeekAgreesWithAnOrdinaryWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		h.dated = nil
		monday := calendar.On(2026, time.November, 16)
		spans := h.Week()
		for m := 0; m < 7*MinutesPerDay; m += 7 {
			in := false
			for _, s := range spans {
				in = in || s.From <= m && m < s.To
			}
			if at := monday.Start(calendar.China).Add(time.Duration(m) * time.Minute); h.OpenAt(at) != in {
				t.Fatalf("%s: %v", h, at)
			}
		}
	})
}

func TestUnknownHoursAreNotOpen(t *testing.T) {
	var h Hours
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, calendar.China)
	if _, ok := h.Until(now); ok || h.OpenAt(now) || h.At(now) != Unknown || h.OpenThroughout(now, now) || h.Always() || h.Day(calendar.DateOf(now)) != nil || h.Week() != nil {
		t.Error("unknown hours say something")
	}
}

func TestAlways(t *testing.T) {
	for text, want := range map[string]bool{"24/7": true, "24/7; PH off": false, "Mo-Su 00:00-23:59": false, "24/7; 2026 Nov 23 off": false} {
		if h, err := Parse(text); err != nil || h.Always() != want {
			t.Errorf("%s: %v %v", text, h.Always(), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"Mo-Fr 08:00-18:00; PH off", "周一至周五8点-18点半，周六日休息", "2026 Nov 23-Dec 01 off \"x\"", "11月至次年3月9:00-17:00", "24/7",
		"8:00-20:00；12:00-14:00休息", "09:00-20:00; Jul-Aug 19:00-19:30 off", "We 13:30-17:00, Apr-Oct We 17:00-18:30", "早8点-晚12点（节假日除外）", "PH Su off", "8:00-20:00; PH Su off; PH Mo-Fr 9:00-12:00", "8:00-20:00；逢周六、周日的节假日休息",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, parse := range []func(string) (Hours, error){Parse, ParseOSM} {
			h, err := parse(s)
			if err != nil {
				continue
			}
			back, err := Parse(h.String())
			if err != nil || back.String() != h.String() {
				t.Fatalf("%q is %q, which is read as %q, %v", s, h, back, err)
			}
			if zh, err := Parse(h.Text(lang.ZH)); err != nil || zh.String() != h.String() {
				t.Fatalf("%q is %q, in Chinese %q, which is read as %q, %v", s, h, h.Text(lang.ZH), zh, err)
			}
			for at := time.Date(2027, 1, 1, 0, 0, 0, 0, calendar.China); at.Year() < 2029; at = at.Add(1237 * time.Minute) {
				if h.At(at) != back.At(at) {
					t.Fatalf("%q at %v is %v, read back %v", s, at, h.At(at), back.At(at))
				}
			}
		}
	})
}

// However densely hours are written, what is accepted is read back from every
// form that is written of it.
func TestDenseHoursAreReadBack(t *testing.T) {
	dense := "8:00-20:00"
	for day := 1; day <= 30; day++ {
		dense += fmt.Sprintf(";Nov %d off", day)
		h, err := Parse(dense)
		if err != nil {
			if day < 30 {
				t.Errorf("%d rules: %v", day+1, err)
			}
			return
		}
		if back, err := Parse(h.Text(lang.ZH)); err != nil || back.String() != h.String() {
			t.Fatalf("%s: %v, %v", h, back, err)
		}
	}
}
