package timetable

import "time"

// NightAt tells whether people count where they sleep: from 22:00 to 06:00.
func NightAt(t time.Time) bool { return NightMinute(t.Hour() * 60) }

// Night tells whether people count where they sleep in an hour of the day.
func Night(hour int) bool { return NightMinute(hour * 60) }

// The night, in minutes after midnight.
const (
	NightFrom = 22 * 60
	NightTo   = 6 * 60
)

// NightMinute is night for a minute after midnight.
func NightMinute(minute int) bool { return minute >= NightFrom || minute < NightTo }
