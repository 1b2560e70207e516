package page

import (
	"cmp"
	"iter"
	"maps"
	"net/url"
	"slices"

	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

// ModeChoices are the ways to travel, as chips.
func ModeChoices(p web.Page, mode network.Mode) []web.Choice {
	return []web.Choice{
		{Name: "mode", Value: "walk", Label: p.T("走路", "On foot"), Icon: web.IconWalk, On: mode == network.Walk},
		{Name: "mode", Value: "ebike", Label: p.T("骑电动车", "By e-bike"), Icon: web.IconBike, On: mode == network.Ebike},
	}
}

// Option is a choice of a filter.
type Option = web.Option

// Catalogue makes the choices of a filter from a catalogue.
func Catalogue[T interface {
	Key() string
	Name() lang.Text
}](l lang.Lang, all iter.Seq[T], chosen string) []Option {
	var out []Option
	for c := range all {
		out = append(out, Option{Value: c.Key(), Text: c.Name().In(l), On: chosen == c.Key()})
	}
	return out
}

// SortedNames are names in the order in which lists show them.
func SortedNames(q url.Values) []string { return slices.Sorted(maps.Keys(q)) }

// DivisionOptions are divisions by code, each once, and with them the one that is chosen
// though nothing of the list lies in it itself, as a province.
func DivisionOptions(l lang.Lang, all []gb.Division, chosen gb.Division) []Option {
	all = append(slices.Clone(all), chosen)
	slices.SortFunc(all, func(a, b gb.Division) int { return cmp.Compare(a.Code(), b.Code()) })
	var out []Option
	for _, d := range slices.Compact(all) {
		if d.Valid() {
			out = append(out, Option{Value: d.Code(), Text: d.Name().In(l), On: d == chosen})
		}
	}
	return out
}
