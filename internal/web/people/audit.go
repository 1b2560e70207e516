package people

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// auditView is who did what, for the auditor.
type auditView struct {
	visit
	kind  string
	about identity.Person // whom alone it is about; of no id: anybody
	acts  []identity.Act
	pages kit.Pages
}

var auditTitle = lang.Text{ZH: "谁做了什么", EN: "Who did what"}

// auditKinds are what an auditor looks for, by what a kind of entry begins with.
var auditKinds = [...]struct {
	begins string
	name   lang.Text
}{
	{"identity.", lang.Text{ZH: "人员、账号、授权", EN: "people, accounts, roles"}},
	{"station.", lang.Text{ZH: "驿站", EN: "stations"}},
	{"sealed", lang.Text{ZH: "不公开的（如登录）", EN: "what is not published, as sign-ins"}},
}

// auditExport bounds a file of acts.
const auditExport = 1000

func (v auditView) kinds() web.Menu {
	m := web.Menu{Name: "kind", Label: v.T("哪一类", "Kind"), None: v.T("全部", "all")}
	for _, k := range auditKinds {
		m.Options = append(m.Options, web.Option{Value: k.begins, Text: k.name.In(v.Lang), On: k.begins == v.kind})
	}
	return m
}

// audited reads the acts that an address asks for; one more than limit tells that there
// are more.
func (p pages) audited(w http.ResponseWriter, r *http.Request, limit int) (v auditView, ok bool, err error) {
	if v.visit, ok, err = p.enter(w, r, auditTitle); !ok {
		return v, false, err
	}
	v.kind = r.URL.Query().Get("kind")
	if !slices.ContainsFunc(auditKinds[:], func(k struct {
		begins string
		name   lang.Text
	},
	) bool {
		return k.begins == v.kind
	}) {
		v.kind = ""
	}
	q := r.URL.Query()
	if id := q.Get("person"); id != "" {
		if v.about, err = v.people.Persons.Find(r.Context(), v.by.Actor, id); err != nil {
			return v, false, err
		}
	}
	if v.acts, err = v.people.Audit.Acts(r.Context(), v.by.Actor, identity.Looking{Kind: v.kind, Person: v.about.ID, Before: q.Get("after"), Limit: limit}); err != nil {
		return v, false, err
	}
	var ids []string
	for _, a := range v.acts {
		_, where, _ := strings.Cut(a.Sign, "@")
		ids = append(ids, where)
	}
	err = v.name(r, ids...)
	return v, err == nil, err
}

// at is the address of the same question, before an act.
func (v auditView) at(path, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"kind": v.kind, "person": v.about.ID, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return path + "?" + q.Encode()
}

func (p pages) audit(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.audited(w, r, pageLength+1)
	if !ok {
		return err
	}
	at := func(after string) string { return v.at("/people/acts", after) }
	if len(v.acts) > pageLength {
		v.acts = v.acts[:pageLength]
		v.pages.Next = at(v.acts[pageLength-1].ID)
	}
	if r.URL.Query().Get("after") != "" {
		v.pages.First = at("")
	}
	return v.Write(w, r, auditTable(v))
}

// auditCSV sends the newest acts of a kind as a table.
func (p pages) auditCSV(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.audited(w, r, auditExport)
	if !ok {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="acts.csv"`)
	h.Set("Cache-Control", "no-store")
	return sheet.WriteCSV(w, func(yield func([]any) bool) {
		if !yield([]any{v.T("时间", "time"), v.T("事项", "kind"), v.T("对象", "subject"), v.T("以什么身份", "as whom"), v.T("谁", "who"), v.T("关于谁", "about whom"), v.T("为什么", "why")}) {
			return
		}
		for _, a := range v.acts {
			if !yield([]any{web.When(a.At), a.Kind, a.Subject, a.Sign, a.By, a.About, a.Why}) {
				return
			}
		}
	})
}
