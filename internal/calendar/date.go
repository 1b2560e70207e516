// Package calendar knows which days are worked in China.
//
// A Date is a day on the wall calendar, without a time or a zone. Its Kind comes
// from the holiday arrangement that the State Council publishes each autumn for
// the year after; holidays.txt holds the arrangements with their document
// numbers. For a year without one, Known says no and plain weeks are assumed.
// The package is pure: it asks no clock.
package calendar

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// China is the one time zone of China. It is fixed, so that a program without a
// time zone database agrees with one that has it.
var China = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a day. The zero Date is 1 January 1970.
type Date struct{ days int32 } // since 1 January 1970

const secondsPerDay = 24 * 60 * 60

// DateOf returns the day that t falls on in its own location.
func DateOf(t time.Time) Date {
	_, offset := t.Zone()
	return Date{int32(floorDiv(t.Unix()+int64(offset), secondsPerDay))}
}

// On returns the given day; days past the end of a month run into the next.
func On(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDate reads a day as 2026-11-23.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fault.New(fault.Invalid, "日期“%s”读不懂：请写成 2026-11-23", "cannot read the date %q: write it as 2026-11-23", s).Because(err)
	}
	return DateOf(t), nil
}

// String writes d as 2026-11-23.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Civil returns the year, month and day of d.
func (d Date) Civil() (year int, month time.Month, day int) { return d.utc().Date() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Add returns the day n days later, or earlier for a negative n.
func (d Date) Add(n int) Date { return Date{d.days + int32(n)} }

// Sub returns how many days d is after e.
func (d Date) Sub(e Date) int { return int(d.days - e.days) }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.days < e.days }

// Start returns midnight at the start of d in loc.
func (d Date) Start(loc *time.Location) time.Time {
	y, m, day := d.Civil()
	return time.Date(y, m, day, 0, 0, 0, 0, loc)
}

// Format writes d for a reader of Chinese as 2026年11月23日（周一）.
func (d Date) Format() string {
	y, m, day := d.Civil()
	return fmt.Sprintf("%d年%d月%d日（周%s）", y, m, day, []string{"日", "一", "二", "三", "四", "五", "六"}[d.Weekday()])
}

func (d Date) utc() time.Time { return time.Unix(int64(d.days)*secondsPerDay, 0).UTC() }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// MarshalText writes d as [Date.String].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [ParseDate] reads.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}
