package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
)

// unit adds an organisation, whoever may.
func (w *town) unit(parent, name string, d gb.Division) string {
	w.t.Helper()
	id, err := w.Organisations.Add(w.t.Context(), identity.CommandLine, identity.Organising{Parent: parent, Name: name, Division: d})
	w.must(err, name)
	return id
}

// version is the one of a person that somebody sees now.
func (w *town) version(person string) string {
	w.t.Helper()
	p, err := w.Persons.Find(w.t.Context(), identity.CommandLine, person)
	w.must(err)
	return p.Version
}

func TestOrganisations(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east := t.Context(), division(t, "630102")
		add := func(by identity.Actor, to identity.Organising) error {
			_, err := w.Organisations.Add(ctx, by, to)
			return err
		}
		union, err := w.Organisations.Add(ctx, w.accounts, identity.Organising{Name: " 西宁市总工会 ", Division: division(t, "630100")})
		w.must(err)
		part := w.unit(union, "城东区总工会", east)
		office := w.unit(part, "办公室", east)
		w.is(add(w.accounts, identity.Organising{Parent: union, Name: " 城东区总工会 ", Division: east}), fault.Conflict, "already")
		w.is(add(w.accounts, identity.Organising{Name: "  "}), fault.Invalid, "name")
		w.is(add(w.accounts, identity.Organising{Name: "市局/科室"}), fault.Invalid, "slash")
		w.is(add(w.accounts, identity.Organising{Name: strings.Repeat("局", 200)}), fault.Invalid, "")
		w.is(add(w.accounts, identity.Organising{Name: "某局", Parent: "none"}), fault.NotFound, "no such")
		w.is(add(w.grants, identity.Organising{Name: "某局", Division: east}), fault.Denied, "lack")

		whole, err := w.Organisations.Get(ctx, office)
		w.must(err)
		if whole.Name != "办公室" || len(whole.Path) != 2 || whole.Path[0].ID != union || whole.Path[1].ID != part {
			t.Errorf("%+v", whole)
		}
		_, err = w.Organisations.Get(ctx, "none")
		w.is(err, fault.NotFound, "no such")
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			above, err := identity.Above(tx, office)
			if !slices.Equal(above, []string{office, part, union}) {
				t.Error(above)
			}
			return err
		}))
		names, err := w.Organisations.Names(ctx, union, "none", union)
		w.must(err)
		if len(names) != 1 || names[union] != "西宁市总工会" {
			t.Error(names)
		}
	})
}

// Two editors: the second is told, and nothing of the first is lost.
func TestTwoEditorsOfAnOrganisation(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east := t.Context(), division(t, "630102")
		id := w.unit("", "城东区工会", east)
		w.must(w.Organisations.Change(ctx, w.accounts, id, 1, identity.Organising{Name: "城东区总工会", Division: east}))
		late := identity.Organising{Name: "城东工会", Division: east}
		w.is(w.Organisations.Change(ctx, w.accounts, id, 1, late), fault.Conflict, "Somebody has just changed")
		w.is(w.Organisations.Close(ctx, w.accounts, id, 1, "merged"), fault.Conflict, "Somebody has just changed")
		whole, err := w.Organisations.Get(ctx, id)
		w.must(err)
		if whole.Name != "城东区总工会" || whole.Version != 2 {
			t.Errorf("%+v", whole)
		}
		w.must(w.Organisations.Change(ctx, w.accounts, id, 2, identity.Organising{Name: "城东区总工会", Division: east})) // nothing is written
		w.must(w.Organisations.Change(ctx, w.accounts, id, 2, late))

		// At once: one of them.
		done := make(chan error, 2)
		for i := range 2 {
			go func() {
				done <- w.Organisations.Change(ctx, identity.CommandLine, id, 3, identity.Organising{Name: fmt.Sprint("工会 ", i), Division: east})
			}()
		}
		one, two := <-done, <-done
		if (one == nil) == (two == nil) {
			t.Errorf("%v and %v", one, two)
		}
	})
}

// Nothing is below itself, nor below what is closed, nor deeper than one may walk up.
func TestTheTreeOfOrganisations(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east := t.Context(), division(t, "630102")
		a := w.unit("", "甲", east)
		b := w.unit(a, "乙", east)
		c := w.unit(b, "丙", east)
		move := func(id, parent, name string) error {
			whole, err := w.Organisations.Get(ctx, id)
			w.must(err)
			return w.Organisations.Change(ctx, w.accounts, id, whole.Version, identity.Organising{Parent: parent, Name: name, Division: east})
		}
		for _, under := range []string{a, b, c} {
			w.is(move(a, under, "甲"), fault.Invalid, "below itself")
		}
		w.must(move(c, a, "丙"))
		w.must(move(b, c, "乙"))
		w.is(move(c, b, "丙"), fault.Invalid, "below itself")
		w.is(move(c, a, "甲/"), fault.Invalid, "slash")
		d := w.unit(a, "丁", east)
		w.is(move(d, a, "丙"), fault.Conflict, "already")
		deep := d
		for i := range 10 {
			deep = w.unit(deep, fmt.Sprint("层 ", i), east)
		}
		_, err := w.Organisations.Add(ctx, w.accounts, identity.Organising{Parent: deep, Name: "太深", Division: east})
		w.is(err, fault.Invalid, "12 levels")
		top := w.unit("", "顶", east)
		w.is(move(a, top, "甲"), fault.Invalid, "12 levels")
	})
}

// Whoever keeps accounts of one district keeps its organisations, and neither takes
// others' nor gives theirs away.
func TestOrganisationsOfAnotherDistrict(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east, west := t.Context(), division(t, "630102"), division(t, "630104")
		mine, theirs := w.unit("", "城东", east), w.unit("", "城西", west)
		w.clerk("dawa", identity.Giving{Role: right.AccountsAdmin, Scope: right.Scope{Division: east}})
		dawa := w.enrol("dawa")
		w.must(w.Organisations.Change(ctx, dawa, mine, 1, identity.Organising{Name: "城东区", Division: east}))
		_, err := w.Organisations.Add(ctx, dawa, identity.Organising{Name: "新", Division: west})
		w.is(err, fault.Denied, "")
		w.is(w.Organisations.Change(ctx, dawa, mine, 2, identity.Organising{Name: "城东区", Division: west}), fault.Denied, "")
		w.is(w.Organisations.Change(ctx, dawa, theirs, 1, identity.Organising{Name: "城西", Division: east}), fault.Denied, "")
		w.is(w.Organisations.Close(ctx, dawa, theirs, 1, "x"), fault.Denied, "")
		w.is(w.Organisations.Reopen(ctx, dawa, theirs, 1), fault.Denied, "")
	})
}

// An organisation closes once nothing leans on it; then nobody new belongs to it.
func TestAnOrganisationCloses(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east := t.Context(), division(t, "630102")
		union := w.unit("", "总工会", east)
		part := w.unit(union, "办公室", east)
		person := w.clerk("dawa")
		known, err := w.Persons.Find(ctx, w.accounts, person)
		w.must(err)
		w.must(w.Persons.Change(ctx, w.accounts, person, known.Version, identity.Somebody{Name: "达瓦", Organisation: union, Division: east}))
		w.is(w.Persons.Change(ctx, w.accounts, person, known.Version, identity.Somebody{Name: "达娃"}), fault.Conflict, "Somebody has just changed")
		grant, err := w.Grants.Give(ctx, w.grants, identity.Giving{Holder: person, Role: "station.office", Scope: right.Scope{Division: east}})
		w.must(err)
		held, err := w.Grants.Of(ctx, w.audit, person)
		w.must(err)
		if got := identity.Sign(held[0].Grant); got != "station.office@"+union {
			t.Error("they act for their own:", got)
		}
		shut := func() error { return w.Organisations.Close(ctx, w.accounts, union, 1, "merged") }
		w.is(w.Organisations.Close(ctx, w.accounts, union, 1, " "), fault.Invalid, "Say why")
		w.is(shut(), fault.Conflict, "1 open organisations are below it (move or close them); 1 active people belong to it (move them, or let them leave); 1 roles in force name it (take them back)")
		w.must(w.Organisations.Close(ctx, w.accounts, part, 1, "merged"))
		in, err := w.Persons.In(ctx, w.audit, union, "", 10)
		w.must(err)
		naming, err := w.Organisations.Naming(ctx, w.audit, union)
		w.must(err)
		if len(in) != 1 || in[0].Name != "达瓦" || len(naming) != 1 || naming[0].Name != "达瓦" {
			t.Errorf("%+v %+v", in, naming)
		}
		known, err = w.Persons.Find(ctx, w.accounts, person)
		w.must(err)
		w.must(w.Persons.Change(ctx, w.accounts, person, known.Version, identity.Somebody{Name: "达瓦", Division: east}))
		w.is(shut(), fault.Conflict, "yet: 1 roles in force name it")
		w.must(w.Grants.Revoke(ctx, w.grants, grant, "moved"))
		w.must(shut())
		w.is(w.Organisations.Close(ctx, w.accounts, union, 2, "again"), fault.Conflict, "closed already")

		known, err = w.Persons.Find(ctx, w.accounts, person)
		w.must(err)
		w.is(w.Persons.Change(ctx, w.accounts, person, known.Version, identity.Somebody{Name: "达瓦", Organisation: union}), fault.Conflict, "is closed")
		_, _, err = w.Accounts.Add(ctx, w.accounts, "bema", identity.Somebody{Name: "白玛", Organisation: union})
		w.is(err, fault.Conflict, "is closed")
		_, err = w.Grants.Give(ctx, w.grants, identity.Giving{Holder: person, Role: "station.office", Organisation: union})
		w.is(err, fault.Conflict, "is closed")
		_, err = w.Organisations.Add(ctx, w.accounts, identity.Organising{Parent: union, Name: "新科", Division: east})
		w.is(err, fault.Conflict, "is closed")
		_, err = w.Organisations.Add(ctx, w.accounts, identity.Organising{Name: "总工会", Division: east})
		w.is(err, fault.Conflict, "open it again")
		w.is(w.Organisations.Change(ctx, w.accounts, union, 2, identity.Organising{Name: "工会", Division: east}), fault.Conflict, "Open it again")
		w.is(w.Organisations.Reopen(ctx, w.accounts, part, 2), fault.Conflict, "is closed")
		w.must(w.Organisations.Reopen(ctx, w.accounts, union, 2))
		w.is(w.Organisations.Reopen(ctx, w.accounts, union, 3), fault.Conflict, "not closed")
		w.must(w.Organisations.Reopen(ctx, w.accounts, part, 2))
	})
}

// What somebody typed is one organisation, or is refused with what there is.
func TestAnOrganisationByWhatIsTyped(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east := t.Context(), division(t, "630102")
		union, bank := w.unit("", "总工会", east), w.unit("", "建设银行", east)
		one, two := w.unit(union, "办公室", east), w.unit(bank, "办公室", east)
		w.unit(w.unit("", "旧局", east), "科室", east)
		gone := w.unit("", "没了的局", east)
		w.must(w.Organisations.Close(ctx, w.accounts, gone, 1, "merged"))
		for text, want := range map[string]string{
			"总工会": union, " 总工会／办公室 ": one, "建设银行 / 办公室": two, two: two, "科室": "",
		} {
			o, err := w.Organisations.Named(ctx, text)
			w.must(err, text)
			if want != "" && o.ID != want {
				t.Errorf("%s is %+v", text, o)
			}
		}
		for _, c := range []struct {
			text string
			kind fault.Kind
			says string
		}{
			{"办公室", fault.Conflict, "2 “办公室”: say which: 总工会 / 办公室; 建设银行 / 办公室"},
			{"办公", fault.NotFound, "Is it one of these: 总工会 / 办公室, 建设银行 / 办公室"},
			{"旧局 / 办公室", fault.NotFound, "no organisation"},
			{"火星%", fault.NotFound, "no organisation"},
			{"没了的局", fault.Conflict, "is closed"},
			{gone, fault.Conflict, "is closed"},
			{" / ", fault.Invalid, "Name an"},
		} {
			_, err := w.Organisations.Named(ctx, c.text)
			w.is(err, c.kind, c.says)
		}
		if o, err := w.Organisations.NamedClosed(ctx, "没了的局"); err != nil || o.ID != gone {
			t.Error(o, err)
		}
		_, err := w.Organisations.NamedClosed(ctx, "总工会")
		w.is(err, fault.Conflict, "not closed")
		called, err := w.Organisations.Called(ctx, one)
		w.must(err)
		choices, err := w.Organisations.Choices(ctx, "工会")
		w.must(err)
		if called != "总工会 / 办公室" || choices[0] != "总工会" || len(choices) != 6 || slices.Contains(choices, "没了的局") {
			t.Error(called, choices)
		}
	})
}

// A city has 5,000 units: they are read a page at a time, in the order of their names.
func TestPagesOfOrganisations(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east := t.Context(), division(t, "630102")
		top := w.unit("", "街道", east)
		want := []string{}
		for i := range 120 {
			name := fmt.Sprintf("第%d社区", i)
			want = append(want, name)
			w.unit(top, name, east)
		}
		w.unit("", "别处的社区", east)
		shut, err := w.Organisations.Named(ctx, want[7])
		w.must(err)
		w.must(w.Organisations.Close(ctx, w.accounts, shut.ID, 1, "merged"))
		pages := func(a identity.Asked) (names []string) {
			a.Limit = 50
			for {
				some, err := w.Organisations.Page(ctx, a)
				w.must(err)
				for _, o := range some {
					names = append(names, o.Name)
				}
				if len(some) < a.Limit {
					return names
				}
				a.After = some[len(some)-1].ID
			}
		}
		if got := pages(identity.Asked{Parent: top, Closed: true}); !slices.Equal(got, want) {
			t.Error(got)
		}
		if got := pages(identity.Asked{Parent: top}); len(got) != 119 || slices.Contains(got, want[7]) {
			t.Error(got)
		}
		if got := pages(identity.Asked{Text: "社区"}); len(got) != 120 || got[0] != "别处的社区" || got[119] != want[119] {
			t.Error(got)
		}
		if got := pages(identity.Asked{Text: "%"}); len(got) != 0 {
			t.Error(got)
		}
		first, err := w.Organisations.Page(ctx, identity.Asked{Limit: 50})
		w.must(err)
		if len(first) != 2 || first[1].Below != 119 || first[1].Name != "街道" {
			t.Errorf("%+v", first)
		}
	})
}

// complaint declares a role over one organisation, as a system that gives work to units.
var complaint = right.Declaration{
	System: "complaint",
	Rights: []right.Right{{Key: "complaint.handle", Name: words("handle")}, {Key: "complaint.lead", Name: words("lead")}},
	Roles: []right.Role{
		{Key: "complaint.handler", Name: words("handler"), Does: words("handles"), Rights: []string{"complaint.handle"}, Of: "organisation", Given: "complaint.lead"},
		{Key: "complaint.leading", Name: words("leading"), Does: words("leads"), Rights: []string{"complaint.lead"}, Of: "organisation"},
	},
}

// Who holds a role over one organisation holds it over all below it, and may give it
// there; who holds it beside or below does not.
func TestARoleOverOneOrganisation(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		o := identitytest.Open(t, d, complaint)
		ctx, east := t.Context(), division(t, "630102")
		unit := func(parent, name string) string {
			id, err := o.Organisations.Add(ctx, identity.CommandLine, identity.Organising{Parent: parent, Name: name, Division: east})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		bureau, beside := unit("", "住建局"), unit("", "水务局")
		station := unit(bureau, "供热站")
		team := unit(station, "抢修队")
		over := func(id string) right.Scope { return right.Scope{Division: east, Subject: right.Organisations(id)[0]} }
		handler := func(id string) identity.Colleague {
			return o.Who(o.SignInFor(identity.Giving{Role: "complaint.handler", Organisation: id, Scope: over(id)}))
		}
		admit := func(c identity.Colleague, unit string) (by identity.Admitted, err error) {
			err = d.Update(ctx, func(tx *db.Tx) error {
				up, err := identity.Above(tx, unit)
				if err == nil {
					by, err = c.Admit(tx, "complaint.handle", right.In(east, append(right.Organisations(up...), "complaint/1")...))
				}
				return err
			})
			return by, err
		}
		for _, c := range []struct {
			holds string
			at    map[string]bool
		}{
			{bureau, map[string]bool{bureau: true, station: true, team: true, beside: false}},
			{station, map[string]bool{bureau: false, station: true, team: true, beside: false}},
			{team, map[string]bool{bureau: false, station: false, team: true, beside: false}},
		} {
			who := handler(c.holds)
			for at, want := range c.at {
				by, err := admit(who, at)
				if (err == nil) != want || want && (by.Sign != "complaint.handler@"+c.holds || by.Organisation != c.holds) {
					t.Errorf("%s at %s: %+v %v, want %v", c.holds, at, by, err, want)
				}
			}
		}

		leading := o.Who(o.SignInFor(identity.Giving{Role: "complaint.leading", Scope: over(station)}))
		person := identity.Somebody{Name: "某某", Division: east}
		account, err := o.Accounts.Issue(ctx, identity.CommandLine, "tashi", person)
		if err != nil {
			t.Fatal(err)
		}
		for unit, want := range map[string]fault.Kind{bureau: fault.Denied, beside: fault.Denied, station: 0, team: 0} {
			_, err := o.Grants.Give(ctx, leading.Actor, identity.Giving{Holder: account.Person, Role: "complaint.handler", Scope: over(unit)})
			if (err == nil) != (want == 0) || err != nil && fault.KindOf(err) != want {
				t.Errorf("%s: %v", unit, err)
			}
		}
		_, err = o.Grants.Give(ctx, identity.CommandLine, identity.Giving{Holder: account.Person, Role: "complaint.leading", Scope: over("none")})
		if fault.KindOf(err) != fault.NotFound {
			t.Error("over one that there is not:", err)
		}
	})
}

// The log says what an organisation is, was closed and opened; the reason, which may name
// somebody, it does not.
func TestTheLogOfAnOrganisation(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		ctx, east := t.Context(), division(t, "630102")
		id, err := w.Organisations.Add(ctx, w.accounts, identity.Organising{Name: "工会", Division: east})
		w.must(err)
		w.must(w.Organisations.Change(ctx, w.accounts, id, 1, identity.Organising{Name: "总工会", Division: east}))
		w.must(w.Organisations.Close(ctx, w.accounts, id, 2, "与城中区合并"))
		w.must(w.Organisations.Reopen(ctx, w.accounts, id, 3))
		w.must(w.db.View(ctx, func(tx *db.Tx) error {
			all, err := record.History(tx, "organisation/"+id, "", 10)
			var kinds []string
			for _, item := range all {
				kinds = append(kinds, item.Kind)
				if strings.Contains(fmt.Sprintf("%+v", item), "合并") || item.By != "people.accounts" {
					t.Errorf("%+v", item)
				}
			}
			if !slices.Equal(kinds, []string{"identity.organisation-opened", "identity.organisation-closed", "identity.organisation-changed", "identity.organisation-added"}) {
				t.Error(kinds)
			}
			return err
		}))
		acts, err := w.Audit.Acts(ctx, w.audit, identity.Looking{Kind: "identity.organisation-closed", Limit: 1})
		w.must(err)
		if len(acts) != 1 || acts[0].Why != "与城中区合并" || acts[0].By != "阿米娜" {
			t.Errorf("%+v", acts)
		}
	})
}
