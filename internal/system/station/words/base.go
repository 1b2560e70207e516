package words

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Base says of whom the shares at different hours are: whoever puts one by day beside
// one by night compares two different counts.
func Base(l lang.Lang) string {
	return l.F("%[1]d 点到次日 %[2]d 点的百分比按夜里的数算，其余时间按白天的：两个底数不一样。",
		"From %[1]d:00 to %[2]d:00 a share is of the count by night, else of the count by day: two different bases.",
		timetable.NightFrom/60, timetable.NightTo/60)
}

// BaseAt is what shares at an hour are of: 白天的, 夜里的.
func BaseAt(l lang.Lang, night bool) string {
	if night {
		return l.T("夜里的", "by night")
	}
	return l.T("白天的", "by day")
}
