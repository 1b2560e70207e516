package people_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// unit adds an organisation, whoever may.
func unit(t testing.TB, o *identitytest.Office, parent, name, code string) string {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	id, err := o.Organisations.Add(context.Background(), identity.CommandLine, identity.Organising{Parent: parent, Name: name, Division: d})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

var anOrganisation = regexp.MustCompile(`/people/organisations/[0-9a-f-]{36}`)

// TestAnOrganisationIsKeptInPages: added, changed, closed and opened by who keeps accounts,
// and by nobody else; each mistake stands at its field with all that was typed.
func TestAnOrganisationIsKeptInPages(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema}, func(t *testing.T, d *db.DB) {
		office, site := serve(t, d)
		accounts, auditor := enter(t, site, office.SignIn(right.AccountsAdmin)), enter(t, site, office.SignIn(right.Auditor))
		clerk := enter(t, site, office.SignIn("rest.clerk"))
		if _, _, body := accounts.do(http.MethodGet, "/people/organisations"); !strings.Contains(body, "先建最上面的一个") {
			t.Errorf("nothing yet: %s", body)
		}
		good := []string{"name", "西宁市总工会", "division", "630100"}
		for who, c := range map[string]client{"the auditor": auditor, "a clerk": clerk} {
			for _, form := range []string{"/new", "/1/change", "/1/close"} {
				if status, _, _ := c.do(http.MethodGet, "/people/organisations"+form); status != http.StatusForbidden {
					t.Errorf("%s sees %s: %d", who, form, status)
				}
			}
			if status, _, _ := c.do(http.MethodPost, "/people/organisations", good...); status != http.StatusForbidden {
				t.Errorf("%s adds: %d", who, status)
			}
		}
		if status, _, body := accounts.do(http.MethodPost, "/people/organisations", "name", "", "under", "没有的局", "division", "火星"); status != http.StatusUnprocessableEntity ||
			!strings.Contains(body, `id="e-under"`) || !strings.Contains(body, `id="e-division"`) || !strings.Contains(body, `value="没有的局"`) {
			t.Errorf("all mistakes at once: %d %s", status, body)
		}
		status, at, body := accounts.do(http.MethodPost, "/people/organisations", good...)
		union := anOrganisation.FindString(at)
		if status != http.StatusOK || union == "" || !strings.Contains(body, "单位已建立") || !strings.Contains(body, "青海省西宁市") {
			t.Fatalf("added: %d %s %s", status, at, body)
		}
		if status, _, body := accounts.do(http.MethodPost, "/people/organisations", good...); status != http.StatusConflict || !strings.Contains(body, `id="e-name"`) {
			t.Errorf("twice: %d %s", status, body)
		}
		if _, _, body := accounts.do(http.MethodGet, "/people/organisations/new?under="+union[len("/people/organisations/"):]); !strings.Contains(body, `value="西宁市总工会"`) {
			t.Errorf("a new one below it: %s", body)
		}
		_, at, _ = accounts.do(http.MethodPost, "/people/organisations", "name", "办公室", "under", "西宁市总工会", "division", "630100")
		below := anOrganisation.FindString(at)
		if _, _, body := auditor.do(http.MethodGet, union); !strings.Contains(body, "办公室") || strings.Contains(body, "新增下级") {
			t.Errorf("the auditor reads it: %s", body)
		}
		if status, _, _ := clerk.do(http.MethodGet, union); status != http.StatusForbidden {
			t.Errorf("a clerk reads it: %d", status)
		}
		if status, _, body := accounts.do(http.MethodPost, union+"/change", "name", "西宁市总工会", "under", "办公室", "division", "630100", "version", "1"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "不能放到自己") {
			t.Errorf("below itself: %d %s", status, body)
		}

		// Two have the form open: the second sees what the first wrote, and saves it or theirs.
		first := []string{"version", "1", "was-name", "办公室", "was-under", "西宁市总工会", "was-division", "青海省西宁市", "under", "西宁市总工会", "division", "青海省西宁市", "name", "综合办公室"}
		if status, at, _ := accounts.do(http.MethodPost, below+"/change", first...); status != http.StatusOK || !strings.Contains(at, "done=change") {
			t.Errorf("changed: %d %s", status, at)
		}
		second := append(first[:len(first)-1:len(first)-1], "秘书处")
		if status, _, body := accounts.do(http.MethodPost, below+"/change", second...); status != http.StatusConflict || !strings.Contains(body, "刚被别人改过") || !strings.Contains(body, "综合办公室") ||
			!strings.Contains(body, `value="秘书处"`) || !strings.Contains(body, `name="version" value="2"`) {
			t.Errorf("the second editor: %d %s", status, body)
		}
		untouched := []string{"version", "1", "was-name", "办公室", "was-under", "西宁市总工会", "was-division", "青海省西宁市", "under", "西宁市总工会", "division", "630103", "name", "办公室"}
		if _, _, body := accounts.do(http.MethodPost, below+"/change", untouched...); !strings.Contains(body, "没有冲突") || !strings.Contains(body, `value="综合办公室"`) || !strings.Contains(body, `value="630103"`) {
			t.Errorf("who changed another field: %s", body)
		}

		if _, _, body := accounts.do(http.MethodGet, union+"/close"); !strings.Contains(body, "1 个在用的下级单位") || strings.Contains(body, `name="why"`) {
			t.Errorf("not yet: %s", body)
		}
		if status, _, body := accounts.do(http.MethodPost, union+"/close", "version", "1", "why", "合并"); status != http.StatusConflict || !strings.Contains(body, "还不能停用") {
			t.Errorf("closed above an open one: %d %s", status, body)
		}
		if status, _, body := accounts.do(http.MethodPost, below+"/close", "version", "2", "why", ""); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-why"`) {
			t.Errorf("without a reason: %d %s", status, body)
		}
		if _, at, body := accounts.do(http.MethodPost, below+"/close", "version", "2", "why", "合并"); !strings.Contains(at, "done=close") || !strings.Contains(body, "重新启用") {
			t.Errorf("closed: %s %s", at, body)
		}
		if _, _, body := accounts.do(http.MethodGet, union); strings.Contains(body, "综合办公室") {
			t.Errorf("a closed one is listed: %s", body)
		}
		if _, _, body := accounts.do(http.MethodGet, union+"?closed=1"); !strings.Contains(body, "综合办公室") {
			t.Errorf("closed ones, too: %s", body)
		}
		if _, at, _ := accounts.do(http.MethodPost, below+"/open", "version", "3"); !strings.Contains(at, "done=open") {
			t.Errorf("opened: %s", at)
		}
	})
}

// TestAPersonBelongsToAnOrganisation, which is chosen by its name, told where it is not one,
// and is whom their roles are for.
func TestAPersonBelongsToAnOrganisation(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema}, func(t *testing.T, d *db.DB) {
		office, site := serve(t, d)
		accounts, grants := enter(t, site, office.SignIn(right.AccountsAdmin)), enter(t, site, office.SignIn(right.GrantsAdmin))
		union, bank := unit(t, office, "", "总工会", "630100"), unit(t, office, "", "建设银行", "630100")
		unit(t, office, union, "办公室", "630103")
		unit(t, office, bank, "办公室", "630103")
		add := func(organisation string) (status int, body string) {
			status, _, body = accounts.do(http.MethodPost, "/people", "name", "阿米娜", "login", "amina", "organisation", organisation)
			return status, body
		}
		if status, body := add("办公室"); status != http.StatusConflict || !strings.Contains(body, `id="e-organisation"`) || !strings.Contains(body, "总工会 / 办公室；建设银行 / 办公室") {
			t.Errorf("two of a name: %d %s", status, body)
		}
		if status, body := add("总会"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="总会"`) || !strings.Contains(body, "没有叫“总会”的单位") {
			t.Errorf("none of a name: %d %s", status, body)
		}
		if status, body := add("总工会 / 办公室"); status != http.StatusOK {
			t.Fatalf("added: %d %s", status, body)
		}
		_, _, list := accounts.do(http.MethodGet, "/people?"+url.Values{"in": {"总工会 / 办公室"}}.Encode())
		hers := person.FindString(list[max(0, strings.Index(list, "阿米娜")-80):])
		if hers == "" || strings.Contains(list, "某某") {
			t.Fatalf("who belongs to it: %s", list)
		}
		if status, _, body := accounts.do(http.MethodGet, "/people?in=%E6%B2%A1%E6%9C%89"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-in"`) {
			t.Errorf("of one that there is not: %d %s", status, body)
		}
		if _, _, body := grants.do(http.MethodPost, hers+"/give", "role", "rest.clerk", "organisation", ""); !strings.Contains(body, "办公室 · 办事员（全部）") {
			t.Errorf("for her own: %s", body)
		}
		if _, _, body := grants.do(http.MethodPost, hers+"/give", "role", "rest.clerk", "organisation", "建设银行"); !strings.Contains(body, "建设银行 · 办事员（全部）") {
			t.Errorf("for another: %s", body)
		}
		if status, _, body := grants.do(http.MethodPost, hers+"/give", "role", "rest.clerk", "organisation", "银行"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "是不是：建设银行") {
			t.Errorf("for none: %d %s", status, body)
		}
		_, _, page := accounts.do(http.MethodGet, hers)
		version := regexp.MustCompile(`name="version" value="([0-9a-f]+)"`).FindStringSubmatch(page)
		if version == nil {
			t.Fatal(page)
		}
		change := []string{"version", version[1], "was-name", "阿米娜", "was-unit", "总工会 / 办公室", "name", "阿米娜", "unit", "建设银行"}
		if _, at, body := accounts.do(http.MethodPost, hers+"/change", change...); !strings.Contains(at, "done=change") || !strings.Contains(body, ">建设银行</a>") {
			t.Errorf("moved: %s %s", at, body)
		}
		if status, _, body := accounts.do(http.MethodPost, hers+"/change", append(change[:len(change)-1:len(change)-1], "总工会")...); status != http.StatusConflict || !strings.Contains(body, "刚被别人改过") || !strings.Contains(body, "现在是 <strong>建设银行") {
			t.Errorf("two editors: %d %s", status, body)
		}
		if status, _, _ := grants.do(http.MethodPost, hers+"/change", change...); status != http.StatusForbidden && status != http.StatusConflict {
			t.Errorf("who gives roles changes her: %d", status)
		}
	})
}

// TestOrganisationsLookRight at both widths, and a field offers what fits as one types.
func TestOrganisationsLookRight(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema, identity.Schema)
	office, site := serve(t, d)
	union := unit(t, office, "", "西宁市总工会", "630100")
	east := unit(t, office, union, "城东区总工会", "630102")
	for i := range 60 {
		unit(t, office, east, fmt.Sprintf("第%d社区工会联合会", i+1), "630102")
	}
	for i := range 200 {
		unit(t, office, union, fmt.Sprintf("直属工会 %d", i+1), "630100")
	}
	unit(t, office, union, "最后的直属工会", "630100")
	office.SignInFor(identity.Giving{Role: "rest.clerk", Organisation: east})
	session := office.SignIn(right.AccountsAdmin)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.SetCookie("session", session)
			for page, at := range map[string]string{
				"organisations": "/people/organisations", "search": "/people/organisations?q=%E7%A4%BE%E5%8C%BA", "organisation": "/people/organisations/" + east,
				"form": "/people/organisations/" + east + "/change", "close": "/people/organisations/" + union + "/close",
			} {
				b.Go(at)
				b.Shot(page + "-" + name)
				b.Check()
			}
			// More than 200 are found as one types.
			b.Go("/people/organisations/new")
			const last = `document.querySelector('#o-under option[value="最后的直属工会"]')`
			b.Wait("!" + last)
			b.Type("#f-under", "最后")
			b.Wait("!!" + last)
		})
	}
}
