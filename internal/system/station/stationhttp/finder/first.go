package finder

import (
	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/web"
)

// Ask is the worker's question as the front page begins with it: the same form as the
// finder's own, short.
func (p *Pages) Ask(page web.Page) templ.Component {
	v := finderPage{Page: page, ask: ask.Ask{At: p.Now()}, city: p.town()}
	v.form, _ = page.Filled(nil, nil) // nothing was typed, so nothing is wrong
	v.landmarks = v.city.landmarks(v.Lang)
	return firstQuestion(v)
}
