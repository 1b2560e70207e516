package front

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
)

// door is the page of a system that is not built yet.
func (p *pages) door(s web.System) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := p.Site.Page(r, s.Name)
		v.Unlisted = true
		return v.Write(w, r, plannedDoor(v, s))
	}
}

// off answers for a system that this site does not serve: links to it are on paper.
func (p *pages) off(s web.System) web.Handler {
	return func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.NotFound, "本站不提供“%[1]s”。请问发给您这个地址的单位，它在哪个网站上。", "This site does not serve “%[2]s”. Ask whoever gave you the address which site has it.", s.Name.ZH, s.Name.EN)
	}
}
