package app

import (
	"context"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/logpages"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// nationItem leads to the figures of runs over many cities.
var nationItem = web.NavItem{Href: "/nation", Text: lang.Text{ZH: "全国", EN: "The country"}, Icon: web.IconMap}

// navigationWith is the header of a city's pages: the country is in it once a
// run is done.
func navigationWith(ctx context.Context, ledger *run.Ledger) ([]web.NavItem, error) {
	found, err := ledger.Any(ctx)
	if err != nil || !found {
		return navigation, err
	}
	return append(slices.Clone(navigation), nationItem), nil
}

// nationHandler serves the figures of runs where there is no city: the folder is
// that of a province's or the country's runs.
func nationHandler(ledger *run.Ledger, all everySite) (*web.Mux, error) {
	site, err := web.New(web.Options{Log: all.log, City: nationItem.Text, Nav: []web.NavItem{nationItem}, Foot: []web.NavItem{logpages.Item, signin.Item}, Reader: signin.Reader(all.people)})
	if err != nil {
		return nil, err
	}
	mux := site.NewMux()
	mux.Open("GET /{$}", func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, nationItem.Href, http.StatusSeeOther)
		return nil
	})
	stationhttp.NationRoutes(mux, site, ledger)
	all.routes(mux, site)
	return mux, nil
}
