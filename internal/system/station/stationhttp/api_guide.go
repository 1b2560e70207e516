package stationhttp

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// apiPage lists the operations for people who write programs. It is made from
// the specification, so it cannot fall behind.
type apiPage struct {
	web.Page
	operations []apiOperation
}

type apiOperation struct {
	summary, method, path, example string
	parameters                     []apiParameter
}

type apiParameter struct {
	name, kind, what string
	required         bool
}

// apiGuide is the page at /api.
type apiGuide struct {
	*page.Pages
	spec *huma.OpenAPI
}

func (p apiGuide) page(w http.ResponseWriter, r *http.Request) error {
	v := apiPage{Page: p.Site.Page(r, lang.Text{ZH: "开放接口", EN: "Open API"})}
	for path, item := range p.spec.Paths {
		if item.Get != nil && strings.HasPrefix(path, "/api/v") {
			v.operations = append(v.operations, v.describe(path, item.Get, exampleStation(p.City())))
		}
		if item.Post != nil && strings.HasPrefix(path, "/api/v") {
			v.operations = append(v.operations, v.describeBody(path, item.Post, p.spec))
		}
	}
	slices.SortFunc(v.operations, func(a, b apiOperation) int { return cmp.Compare(a.path, b.path) })
	return v.Write(w, r, apiView(v))
}

// exampleStation is a code that exists, so that every example works.
func exampleStation(c *city.City) string {
	if len(c.Network.Stations) == 0 {
		return ""
	}
	return c.Network.Stations[0].Code
}

// words is a text of the specification for a reader of this page.
func (v apiPage) words(english string) string {
	if chinese, ok := page.APIWords[english]; ok {
		return v.T(chinese, english)
	}
	return english
}

func (v apiPage) describe(path string, o *huma.Operation, code string) apiOperation {
	out := apiOperation{summary: v.words(o.Summary), method: http.MethodGet, path: path}
	var query []string
	for _, p := range o.Parameters {
		one := apiParameter{name: p.Name, what: v.words(p.Description), required: p.Required}
		if s := p.Schema; s != nil {
			one.kind = s.Type
			for i, choice := range s.Enum {
				if i == 0 {
					one.kind = ""
				} else {
					one.kind += " | "
				}
				one.kind += fmt.Sprint(choice)
			}
		}
		out.parameters = append(out.parameters, one)
		if p.In == "path" && !strings.HasPrefix(path, "/api/v1/stations/") {
			code = "" // the answer of another operation names it
		}
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(code))
		} else if p.Schema != nil && len(p.Schema.Examples) > 0 {
			query = append(query, p.Name+"="+url.QueryEscape(fmt.Sprint(p.Schema.Examples[0])))
		}
	}
	if strings.HasSuffix(path, "/") { // there is nothing to name in an example
		return out
	}
	if out.example = path; len(query) > 0 {
		out.example += "?" + strings.Join(query, "&")
	}
	return out
}

// describeBody lists the fields of a request that is sent as JSON.
func (v apiPage) describeBody(path string, o *huma.Operation, spec *huma.OpenAPI) apiOperation {
	out := apiOperation{summary: v.words(o.Summary), method: http.MethodPost, path: path}
	if o.RequestBody == nil {
		return out
	}
	schema := spec.Components.Schemas.SchemaFromRef(o.RequestBody.Content["application/json"].Schema.Ref)
	if schema == nil {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		field := schema.Properties[name]
		one := apiParameter{name: name, what: v.words(field.Description), kind: field.Type, required: slices.Contains(schema.Required, name)}
		if len(field.Enum) > 0 {
			choices := make([]string, len(field.Enum))
			for i, choice := range field.Enum {
				choices[i] = fmt.Sprint(choice)
			}
			one.kind = strings.Join(choices, " | ")
		}
		out.parameters = append(out.parameters, one)
	}
	return out
}
