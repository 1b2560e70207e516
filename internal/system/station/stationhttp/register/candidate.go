package register

import (
	"net/http"
	"net/url"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// candidatePage is the facts of a place that could become a station. Nobody can
// sit down there yet, so it has no hours to go by, no way and no map, and search
// engines are asked to leave it out.
type candidatePage struct {
	web.Page
	candidate station.Station
}

func (p *Pages) candidate(w http.ResponseWriter, r *http.Request, s station.Station) error {
	v := candidatePage{Page: p.Site.Page(r, lang.Text{ZH: "候选点：" + s.Name, EN: "Candidate: " + s.Name}), candidate: s}
	v.Unlisted = true
	return v.Write(w, r, candidateView(v))
}

// around asks the finder about the stations there are near the candidate.
func (v candidatePage) around() string {
	return ask.Ask{Here: &v.candidate.At}.Address("/find")
}

// opened tries out what the candidate would change.
func (v candidatePage) opened() string {
	q := url.Values{"lon": {words.Coordinate(v.candidate.At.Lon)}, "lat": {words.Coordinate(v.candidate.At.Lat)}}
	return "/whatif/new?" + q.Encode()
}
