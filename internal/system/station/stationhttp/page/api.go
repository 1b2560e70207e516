package page

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

const (
	// APIVersion is the version in the specification.
	APIVersion = "1"
	// APISpec is where the specification is.
	APISpec = "/api/openapi"
	// APICity is the tag of operations on the city.
	APICity = "city"
	// APIStations is the tag of operations on stations.
	// APIStations is the tag of operations on stations.
	APIStations = "stations"

	// APINearestPath is where programs ask for the nearest.
	APINearestPath = "/api/v1/nearest"
)

// Escaped is JSON in which < and > are escaped, so that not even a browser that
// guesses takes a station's name for a page.
var Escaped = huma.Format{
	Marshal:   func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
	Unmarshal: json.Unmarshal,
}

// asked is the request that an operation answers.
type asked struct{}

// WithRequest lets operations see their request.
func WithRequest(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	next(huma.WithValue(ctx, asked{}, r))
}

// RequestOf returns the request that an operation answers.
func RequestOf(ctx context.Context) *http.Request {
	r, _ := ctx.Value(asked{}).(*http.Request)
	return r
}

// LangOf returns the language that an operation is asked in.
func LangOf(ctx context.Context) lang.Lang {
	if r := RequestOf(ctx); r != nil {
		return web.LangOf(r)
	}
	return lang.ZH
}

// Operation registers one GET. Its errors become problems in one place.
func Operation[I, O any](p *Pages, a huma.API, id, path, summary, tag string, answer func(context.Context, *I) (O, error)) {
	register(p, a, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tag}}, answer)
}

// Posting registers one POST that computes and changes nothing: what it is asked
// may be too long for an address.
func Posting[I, O any](p *Pages, a huma.API, id, path, summary, tag string, answer func(context.Context, *I) (O, error)) {
	register(p, a, huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, Tags: []string{tag}, DefaultStatus: http.StatusOK,
	}, answer)
}

func register[I, O any](p *Pages, a huma.API, o huma.Operation, answer func(context.Context, *I) (O, error)) {
	o.Errors = []int{http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusServiceUnavailable}
	huma.Register(a, o, func(ctx context.Context, in *I) (*struct{ Body O }, error) {
		body, err := answer(ctx, in)
		if err != nil {
			return nil, p.Site.Problem(ctx, LangOf(ctx), err)
		}
		return &struct{ Body O }{body}, nil
	})
}

// invalid is a problem with what was wrong with which parameter.
type invalid struct {
	*web.Problem
	Errors []*huma.ErrorDetail `json:"errors,omitempty"`
}

// Problems rewrites what huma itself finds wrong with a request, which is in
// English only, as the problems of this site are.
func (p *Pages) Problems(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	where := make([]string, len(m.Errors))
	for i, e := range m.Errors {
		where[i] = e.Location + " (" + e.Message + ")"
	}
	problem := p.Site.Problem(ctx.Context(), LangOf(ctx.Context()), fault.New(fault.Invalid,
		"请求里有参数不对：%s。各参数的写法见 /api。", "A parameter of the request is wrong: %s. How to write each is at /api.", strings.Join(where, ", ")))
	problem.Status = m.Status
	return invalid{problem, m.Errors}, nil
}
