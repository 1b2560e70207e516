package words

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, calendar.China)
	for _, c := range []struct {
		at     time.Duration
		zh, en string
	}{
		{13 * time.Hour, "22:00", "22:00"},
		{15 * time.Hour, "24:00", "midnight"},
		{23 * time.Hour, "明天 08:00", "08:00 tomorrow"},
		{71 * time.Hour, "周四 08:00", "08:00 on Thursday"},
		{8 * 24 * time.Hour, "12月1日 09:00", "09:00 on 1 December"},
	} {
		if got := Clock(lang.ZH, now, now.Add(c.at)); got != c.zh {
			t.Errorf("in %v: %s, want %s", c.at, got, c.zh)
		}
		if got := Clock(lang.EN, now, now.Add(c.at)); got != c.en {
			t.Errorf("in %v: %s, want %s", c.at, got, c.en)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 160_000: "160,000", 1_234_567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := Count(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
