package seed

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

var china = calendar.China

// Source is a kind of public event.
type Source struct {
	Key    string
	Name   lang.Text
	Where  lang.Text // it is announced
	Form   lang.Text // how its value is written
	Proves lang.Text // and what it does not
	Bits   int       // of chance, rounded down
	Lead   time.Duration

	at    func(string) (time.Time, bool)
	value func(string) (string, bool)
}

// lead leaves time for a checkpoint with the terms to be seen elsewhere.
const lead = 10 * time.Minute

var lottery = lang.Text{
	ZH: "由国家彩票机构公开摇出，电视直播，全国媒体登载，多年以后也查得到；主办方影响不了。某天不开奖（如春节）就没有值。",
	EN: "Drawn in public by the state lottery, on television and in all papers, to be looked up for years; the organiser cannot touch it. On some days, as at Spring Festival, there is none.",
}

// Sources are all that a draw may name.
var Sources = []Source{
	{
		Key: "ssq", Name: lang.Text{ZH: "双色球开奖号码", EN: "double-colour ball lottery"}, Bits: 24, Lead: lead,
		Where: lang.Text{ZH: "中国福利彩票发行管理中心，周二、周四、周日 21:15 开奖", EN: "China Welfare Lottery, Tuesdays, Thursdays and Sundays at 21:15"},
		Form:  lang.Text{ZH: "六个红球（01–33）和一个蓝球（01–16），如 03 05 11 18 24 30 + 07", EN: "six red balls (01–33) and a blue one (01–16), as 03 05 11 18 24 30 + 07"}, Proves: lottery,
		at: func(s string) (time.Time, bool) {
			t, ok := dayAt(s, 21, 0)
			d := t.In(china).Weekday()
			return t, ok && (d == time.Tuesday || d == time.Thursday || d == time.Sunday)
		},
		value: balls,
	},
	{
		Key: "fc3d", Name: lang.Text{ZH: "福彩3D开奖号码", EN: "3D lottery"}, Bits: 9, Lead: lead,
		Where: lang.Text{ZH: "中国福利彩票发行管理中心，每天 21:15 开奖", EN: "China Welfare Lottery, each day at 21:15"},
		Form:  lang.Text{ZH: "三位数字，如 409", EN: "three digits, as 409"}, Proves: lottery,
		at: func(s string) (time.Time, bool) { return dayAt(s, 21, 0) }, value: digits(`^\d{3}$`),
	},
	{
		Key: "pl5", Name: lang.Text{ZH: "体彩排列5开奖号码", EN: "Array 5 lottery"}, Bits: 16, Lead: lead,
		Where: lang.Text{ZH: "国家体育总局体育彩票管理中心，每天 21:25 开奖", EN: "China Sports Lottery, each day at 21:25"},
		Form:  lang.Text{ZH: "五位数字，如 30916", EN: "five digits, as 30916"}, Proves: lottery,
		at: func(s string) (time.Time, bool) { return dayAt(s, 21, 0) }, value: digits(`^\d{5}$`),
	},
	{
		Key: "sse", Name: lang.Text{ZH: "上证综合指数收盘", EN: "closing of the SSE Composite"}, Bits: 6, Lead: lead,
		Where: lang.Text{ZH: "上海证券交易所，交易日 15:00 收盘", EN: "Shanghai Stock Exchange, trading days at 15:00"},
		Form:  lang.Text{ZH: "两位小数，如 3888.60", EN: "with two decimals, as 3888.60"},
		Proves: lang.Text{
			ZH: "公开可查，但当天大致在哪一带事先看得出，大笔买卖能动末位：只能和别的来源一起用。休市日没有值。",
			EN: "Open to all, but where it will be is known roughly, and large trades move its last digits: it goes with other sources only. On holidays there is none.",
		},
		at: func(s string) (time.Time, bool) {
			t, ok := dayAt(s, 14, 57)
			d := t.In(china).Weekday()
			return t, ok && d != time.Saturday && d != time.Sunday
		},
		value: digits(`^[1-9]\d{3,4}\.\d\d$`),
	},
	{
		Key: "drand", Name: lang.Text{ZH: "drand 公共随机数", EN: "drand public randomness"}, Bits: 256, Lead: lead,
		Where: lang.Text{ZH: "drand quicknet，每 3 秒一轮，https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/轮次", EN: "drand quicknet, a round every 3 seconds, https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/ROUND"},
		Form:  lang.Text{ZH: "该轮的 randomness，64 位十六进制", EN: "the round's randomness, 64 hexadecimal digits"},
		Proves: lang.Text{
			ZH: "由各国二十多家机构共同产生并签名，任何人都能验签；只要其中多数不串通，谁也不能提前知道。",
			EN: "Made and signed by some twenty organisations of many countries, for anybody to check; nobody knows it before unless most of them conspire.",
		},
		at: roundAt, value: func(s string) (string, bool) { return digits(`^[0-9a-f]{64}$`)(strings.ToLower(s)) },
	},
	{
		Key: "dice", Name: lang.Text{ZH: "当众掷骰子", EN: "dice before witnesses"}, Bits: 25, Lead: time.Minute,
		Where: lang.Text{ZH: "会场里，一颗骰子掷十次，每次大声报出", EN: "in the hall: one die thrown ten times, each called out"},
		Form:  lang.Text{ZH: "依次十个 1–6 的数字，如 4163526514", EN: "ten digits of 1–6 in turn, as 4163526514"},
		Proves: lang.Text{
			ZH: "只对在场的人有说服力：没在场的人只能相信见证人和录像。时间由主办方定。",
			EN: "It convinces who was there; others have to believe witnesses and the film. The organiser sets the time.",
		},
		at: minuteAt, value: digits(`^[1-6]{10}$`),
	},
}

// Find returns a source.
func Find(key string) (Source, bool) {
	i := slices.IndexFunc(Sources, func(s Source) bool { return s.Key == key })
	if i < 0 {
		return Source{}, false
	}
	return Sources[i], true
}

func faultSource(key string) error {
	var keys []string
	for _, s := range Sources {
		keys = append(keys, s.Key)
	}
	return fault.New(fault.Invalid, "没有“%[1]s”这种种子来源：可以是 %[2]s", "%[1]q is no source of a seed: it may be %[2]s", lang.Short(key), strings.Join(keys, ", "))
}

// event is the source of a reference, and when it may first be known.
func (r Ref) event() (Source, time.Time, error) {
	s, ok := Find(r.Source)
	if !ok {
		return s, time.Time{}, faultSource(r.Source)
	}
	at, ok := s.at(r.At)
	if !ok {
		return s, at, fault.New(fault.Invalid, "%[1]s 没有“%[3]s”这一次：%[4]s。日期写作 2026-12-01，骰子写到分钟 2026-12-01T09:00，drand 写轮次", "%[2]s has none at %[3]q: %[5]s. Write a day as 2026-12-01, dice with the minute as 2026-12-01T09:00, and of drand the round", s.Name.ZH, s.Name.EN, lang.Short(r.At), s.Where.ZH, s.Where.EN)
	}
	return s, at.UTC(), nil
}

func dayAt(day string, hour, minute int) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, day, china)
	return t.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute), err == nil
}

const minuteForm = "2006-01-02T15:04"

func minuteAt(s string) (time.Time, bool) {
	t, err := time.ParseInLocation(minuteForm, s, china)
	return t, err == nil && t.Format(minuteForm) == s
}

// The chain quicknet of drand.
const (
	drandGenesis = 1692803367
	drandPeriod  = 3
)

func roundAt(s string) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 40)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return time.Time{}, false
	}
	return time.Unix(drandGenesis+(n-1)*drandPeriod, 0), true
}

// Round is the first round of drand from a time on.
func Round(t time.Time) string {
	return strconv.FormatInt(max(0, t.Unix()-drandGenesis+drandPeriod-1)/drandPeriod+1, 10)
}

// digits takes a value without its spaces and separators.
func digits(form string) func(string) (string, bool) {
	re := regexp.MustCompile(form)
	return func(s string) (string, bool) {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }), "")
		return s, re.MatchString(s)
	}
}

var number = regexp.MustCompile(`\d+`)

// balls puts six different red balls into order; the blue one is the last.
func balls(s string) (string, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789 ,+-", r) }) {
		return "", false
	}
	words := number.FindAllString(s, -1)
	if len(words) != 7 {
		return "", false
	}
	n := make([]int, 7)
	for i, w := range words {
		n[i], _ = strconv.Atoi(w) // too long a one is out of bounds, too
		if len(w) > 2 {
			return "", false
		}
	}
	red, blue := n[:6], n[6]
	slices.Sort(red)
	if red[0] < 1 || red[5] > 33 || blue < 1 || blue > 16 || len(slices.Compact(slices.Clone(red))) != 6 {
		return "", false
	}
	return fmt.Sprintf("%02d-%02d-%02d-%02d-%02d-%02d+%02d", red[0], red[1], red[2], red[3], red[4], red[5], blue), true
}
