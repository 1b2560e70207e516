package register

import (
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

// openedName is the name under which a form carries what a field was when it was opened.
func openedName(f station.Field) string { return "was-" + f.Key() }

// merge lays what was typed over what somebody else has saved since the form was opened:
// a field that was left as it was takes their value, or saving again would silently take
// their change back. What both have changed, and not alike, is a clash and stays as typed.
func (v *editPage) merge(typed url.Values) {
	touched := map[station.Field]bool{}
	theirs := map[station.Field]bool{}
	for _, f := range station.Corrections {
		opened, known := plain(f, typed.Get(openedName(f))), typed.Has(openedName(f))
		touched[f] = !known || plain(f, v.cells[f]) != opened
		theirs[f] = !known || plain(f, v.now[f]) != opened
	}
	position := touched[station.FieldLon] || touched[station.FieldLat] // half of one and half of another is nowhere
	touched[station.FieldLon], touched[station.FieldLat] = position, position
	for _, f := range station.Corrections {
		if !touched[f] {
			v.cells[f] = v.now[f]
		} else if theirs[f] && plain(f, v.cells[f]) != plain(f, v.now[f]) {
			v.clashes = append(v.clashes, page.Fact{Name: f.Name().In(v.Lang), Before: inWords(v.Lang, f, v.now[f]), After: inWords(v.Lang, f, v.cells[f])})
		}
	}
}

// plain is the text of a field in the one way in which two of them can be compared: a
// choice may be a key, as a form sends it, or its name, as a sheet has it.
func plain(f station.Field, text string) string {
	text = strings.TrimSpace(text)
	if f == station.FieldServices {
		if s, err := station.ParseServices(text); err == nil {
			return strings.Join(s.Keys(), ",")
		}
	}
	for _, c := range station.OptionsOf(f) {
		if text == c.Key || text == c.Name.ZH || text == c.Name.EN {
			return c.Key
		}
	}
	return text
}

// inWords is the text of a field as a reader has it.
func inWords(l lang.Lang, f station.Field, text string) string {
	text = plain(f, text)
	for _, c := range station.OptionsOf(f) {
		if text == c.Key {
			return c.Name.In(l)
		}
	}
	if f == station.FieldServices {
		given, _ := station.ParseServices(text)
		var names []string
		for s := range station.Needs() {
			if given.Has(station.ServicesOf(s)) {
				names = append(names, s.Name().In(l))
			}
		}
		text = strings.Join(names, l.T("、", ", "))
	}
	return page.OrNothing(l, text)
}
