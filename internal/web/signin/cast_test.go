package signin_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity"
)

// TestADemosCastComesInByOneClick: the sign-in page of a demo lists its people, and one
// click is enough; elsewhere there is nobody to choose.
func TestADemosCastComesInByOneClick(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if a := o.browser().get("/sign-in"); strings.Contains(a.body, "/sign-in/cast") {
			t.Error("a site that is no demo has a cast")
		}
		if a := o.browser().post("/sign-in/cast", "person", "x"); a.status != http.StatusNotFound {
			t.Errorf("a site that is no demo lets in: %d", a.status)
		}
		o.must(o.people.Cast.Make(t.Context(), nil, identity.Member{Login: "clerk", Somebody: identity.Somebody{Name: "办事员小马"}, Roles: []identity.Giving{{Role: "rest.clerk"}}}))
		b := o.browser()
		a := b.get("/sign-in?back=/me")
		id := regexp.MustCompile(`name="person" value="([^"]+)"`).FindStringSubmatch(a.body)
		if id == nil || !strings.Contains(a.body, "办事员小马") || !strings.Contains(a.body, "办事。") {
			t.Fatalf("%s", a.body)
		}
		if a := b.post("/sign-in/cast", "person", id[1], "back", "/me/account"); a.path != "/me/account" || !strings.Contains(a.body, "办事员") {
			t.Errorf("%d %s %s", a.status, a.path, a.body)
		}
	})
}
