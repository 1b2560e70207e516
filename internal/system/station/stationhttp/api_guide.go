package stationhttp

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// apiPage lists the operations for people who write programs. It is made from
// the specification, so it cannot fall behind.
type apiPage struct {
	web.Page
	operations []apiOperation
}

type apiOperation struct {
	summary, path, example string
	parameters             []apiParameter
}

type apiParameter struct {
	name, kind, what string
	required         bool
}

func (p *pages) apiGuide(w http.ResponseWriter, r *http.Request) error {
	v := apiPage{Page: p.Site.Page(r, lang.Text{ZH: "开放接口", EN: "Open API"})}
	for path, item := range p.spec.Paths {
		if item.Get != nil && strings.HasPrefix(path, "/api/v") {
			v.operations = append(v.operations, v.describe(path, item.Get, exampleStation(p.City())))
		}
	}
	slices.SortFunc(v.operations, func(a, b apiOperation) int { return cmp.Compare(a.path, b.path) })
	return v.Write(w, r, apiView(v))
}

// exampleStation is a code that exists, so that every example works.
func exampleStation(c *City) string {
	if len(c.Network.Stations) == 0 {
		return ""
	}
	return c.Network.Stations[0].Code
}

// words is a text of the specification for a reader of this page.
func (v apiPage) words(english string) string {
	if chinese, ok := apiWords[english]; ok {
		return v.T(chinese, english)
	}
	return english
}

func (v apiPage) describe(path string, o *huma.Operation, code string) apiOperation {
	out := apiOperation{summary: v.words(o.Summary), path: path}
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
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(code))
		} else if p.Schema != nil && len(p.Schema.Examples) > 0 {
			query = append(query, p.Name+"="+url.QueryEscape(fmt.Sprint(p.Schema.Examples[0])))
		}
	}
	if out.example = path; len(query) > 0 {
		out.example += "?" + strings.Join(query, "&")
	}
	return out
}
