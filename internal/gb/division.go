// Package gb has the code systems of China's standards that the product uses.
//
// So far it is GB/T 2260: the divisions of the country, each with its code, its
// name and the division above it. The table is data: divisions.txt is made by
// divisions.mjs from what the statistics bureau publishes; further.txt adds
// codes that have ended, with the code that took over, functional zones such as
// 甘河工业园区, which people write in addresses but which have no code, and the
// Corps of Xinjiang, which reports beside the provinces (see Units).
//
// Parse reads a code; Resolve reads whatever an office has written, code or
// name. A Division can only be had from the table, so there is no invalid one
// beside the zero Division, which is no division at all.
package gb

import (
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

// Level is how far down the tree a division is.
type Level uint8

// The levels.
const (
	Province   Level = iota + 1 // 省级
	Prefecture                  // 地级
	County                      // 县级
	Zone                        // a functional zone, beside the counties
)

// Division is a province, prefecture, county or functional zone. Divisions can
// be compared with ==. The zero Division is none.
type Division struct{ *entry }

// entry is embedded so that a Division is one pointer; it has no exported name.
type entry struct {
	code      string
	name      lang.Text
	short     string // without the peoples of an autonomous one; may be empty
	parent    Division
	children  []Division
	level     Level
	from, to  calendar.Date // the zero Date is open
	successor string
	source    string
}

// Valid reports whether d is a division at all.
func (d Division) Valid() bool { return d.entry != nil }

// Code returns the code: six digits, or ours for a zone (6301Z01). The zero
// Division has none.
func (d Division) Code() string {
	if d.entry == nil {
		return ""
	}
	return d.code
}

// Name returns the name in both languages, as 城中区 and Chengzhong District.
func (d Division) Name() lang.Text {
	if d.entry == nil {
		return lang.Text{}
	}
	return d.name
}

// String returns the whole name from the province down, as 青海省西宁市城中区.
func (d Division) String() string { return d.FullName().ZH }

// FullName returns the name with those of all divisions above: 青海省西宁市城中区,
// Chengzhong District, Xining City, Qinghai.
func (d Division) FullName() lang.Text {
	if d.entry == nil {
		return lang.Text{}
	}
	full := d.name
	if d.code == corps { // its name says where it is
		return full
	}
	for a := d.parent; a.Valid(); a = a.parent {
		full.ZH = a.name.ZH + full.ZH
		full.EN += ", " + a.name.EN
	}
	return full
}

// Level returns how far down the tree d is.
func (d Division) Level() Level {
	if d.entry == nil {
		return 0
	}
	return d.level
}

// Parent returns the division above d; a province has none.
func (d Division) Parent() Division {
	if d.entry == nil {
		return d
	}
	return d.parent
}

// Children returns the divisions just below d, in the order of their codes,
// without those that have ended.
func (d Division) Children() []Division {
	if d.entry == nil {
		return Provinces()
	}
	return slices.DeleteFunc(slices.Clone(d.children), Division.Ended)
}

// Within reports whether d is a or lies below it. Everything lies within the
// zero Division.
func (d Division) Within(a Division) bool {
	for ; d != a; d = d.parent {
		if d.entry == nil {
			return false
		}
	}
	return true
}

// Ended reports whether the code is no longer in use.
func (d Division) Ended() bool { return d.Valid() && d.to != calendar.Date{} }

// ValidOn reports whether d existed on a day. Divisions whose dates are not in
// the table are taken to have existed always.
func (d Division) ValidOn(day calendar.Date) bool {
	return !day.Before(d.from) && (!d.Ended() || !d.to.Before(day))
}

// Current returns the division in use today where d was: d itself unless its
// code has ended.
func (d Division) Current() Division {
	if d.entry == nil || d.successor == "" {
		return d
	}
	return byCode[d.successor].Current()
}

// Example reports whether the entry is an example that no document confirms yet.
func (d Division) Example() bool { return d.entry != nil && strings.HasPrefix(d.source, "示例") }

// Provinces returns all provinces in the order of their codes.
func Provinces() []Division { return slices.Clone(provinces) }
