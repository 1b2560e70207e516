package panel

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/web"
)

// Relate notes a relation as who keeps the pool.
func (p *Pages) Relate(w http.ResponseWriter, r *http.Request) error { return p.relate(w, r, p.one) }

// Declare declares a relation as an expert.
func (p *Pages) Declare(w http.ResponseWriter, r *http.Request) error { return p.relate(w, r, p.mine) }

func (p *Pages) relate(w http.ResponseWriter, r *http.Request, read func(*http.Request) (oneView, identity.Colleague, error)) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := read(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	_, err = p.Experts.Relate(r.Context(), who, expert.Relating{Person: v.expert.Person, Unit: f.Get("of"), Kind: expert.Kind(f.Get("kind")), Note: f.Get("note")})
	return v.act(w, r, "related", fault.Renamed(err, "unit", "of"))
}

// Unrelate takes a relation back that was noted.
func (p *Pages) Unrelate(w http.ResponseWriter, r *http.Request) error {
	return p.unrelate(w, r, p.one)
}

// Undeclare takes a relation back that was declared.
func (p *Pages) Undeclare(w http.ResponseWriter, r *http.Request) error {
	return p.unrelate(w, r, p.mine)
}

func (p *Pages) unrelate(w http.ResponseWriter, r *http.Request, read func(*http.Request) (oneView, identity.Colleague, error)) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := read(r)
	if err != nil {
		return err
	}
	return v.act(w, r, "gone", p.Experts.Unrelate(r.Context(), who, r.PostForm.Get("relation")))
}

func (v oneView) value(name, known string) string {
	if v.values.Has(name) {
		return v.values.Get(name)
	}
	return known
}

func (v oneView) kinds() web.Menu {
	m := web.Menu{Name: "kind", Label: v.T("什么关系", "Which relation"), None: v.T("请选", "choose"), Error: v.Form.Wrong("kind")}
	for _, k := range expert.Kinds {
		m.Options = append(m.Options, web.Option{Value: k.Key, Text: k.Name.In(v.Lang), On: v.values.Get("kind") == k.Key})
	}
	return m
}

// mayUndo tells whether the reader may take a relation back: what an expert declared only they.
func (v oneView) mayUndo(r expert.Relation) bool { return v.self == (r.Said == expert.Declared) }

func kindName(v web.Page, k expert.Kind) string {
	if i, ok := lang.FindChoice(expert.Kinds, string(k)); ok {
		return expert.Kinds[i].Name.In(v.Lang)
	}
	return string(k)
}

func saidName(v web.Page, s expert.Said) string {
	switch s {
	case expert.Declared:
		return v.T("本人声明", "declared")
	case expert.Found:
		return v.T("查到的", "found")
	case expert.Alike:
	}
	return v.T("名称相像", "names alike")
}

func (v poolView) people() web.Menu {
	m := web.Menu{Name: "person", Label: v.T("谁", "Who"), None: v.T("请选", "choose"), Error: v.Form.Wrong("person")}
	for _, c := range v.candidates {
		m.Options = append(m.Options, web.Option{Value: c.Person, Text: c.Name, On: v.values.Get("person") == c.Person})
	}
	return m
}

// invites tells whether the reader may let new people in.
func (v poolView) invites() bool { return v.May(right.Grants) }

// active tells what the form says of whether they may be asked.
func (v oneView) active() bool {
	if v.values.Has("seen") {
		return v.values.Get("active") != ""
	}
	return v.expert.Active
}
