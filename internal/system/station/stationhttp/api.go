package stationhttp

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// newAPI returns the API, for the pages to register their operations with: they ask
// the same functions. What quick does not answer itself it hands on.
func newAPI(mux *web.Mux, p *page.Pages, quick func(http.Handler) http.Handler) huma.API {
	config := huma.DefaultConfig("夏都 Xiadu", page.APIVersion)
	config.Info.Description = "Rest stations for outdoor workers, and whom they reach. Positions are WGS-84 unless datum says otherwise; " +
		"answers are always WGS-84. Errors are problem+json (RFC 9457) in the language of Accept-Language. No key is needed, and no position is logged."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = page.APISpec, "", ""
	config.Formats = map[string]huma.Format{"application/json": page.Escaped, "json": page.Escaped}
	config.CreateHooks = nil // they add a $schema to each answer, for which there is no page
	config.Transformers = []huma.Transformer{p.Problems}
	a := humago.New(plainMux{mux, quick}, config)
	a.UseMiddleware(page.WithRequest)
	return a
}

// plainMux registers the operations among the pages.
type plainMux struct {
	*web.Mux
	quick func(http.Handler) http.Handler
}

// HandleFunc registers a plain handler.
func (m plainMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	var handler http.Handler = http.HandlerFunc(h)
	if pattern == "GET "+page.APINearestPath {
		handler = m.quick(handler)
	}
	m.Handle(pattern, handler)
}
