package signin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// From the one-time address to an administrator who is in: three people, links, the
// second factor, recovery codes, out, and in again with a code.
func TestFirstStart(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		token, err := o.people.FirstStart.Address(t.Context())
		o.must(err)
		at := signin.FirstPath(token)
		b := o.browser()
		b.get(at).wants(t, http.StatusOK, at, "账号管理员", "授权管理员", "审计员")
		fields := []string{
			"a-name", "张一", "a-login", "zhang", "b-name", "李二", "b-login", "li", "c-name", "王三", "c-login", "wang", "c-phone", "13900001111",
			"password", good, "repeat", good,
		}
		wrong := b.post(at, "a-name", "张一", "a-login", "1", "b-login", "li", "c-login", "li", "c-phone", "12", "password", "short", "repeat", "other")
		wrong.wants(t, http.StatusUnprocessableEntity, at, `value="张一"`, "密码请再填一次")
		wrong.atField(t, "a-login", "不能作账号")
		wrong.atField(t, "b-name", "请填写姓名")
		wrong.atField(t, "c-login", "上面已经用了")
		wrong.atField(t, "c-phone", "不是电话号码")
		wrong.atField(t, "repeat", "不一样")
		if strings.Contains(wrong.body, "short") {
			t.Error("the form gives a password back")
		}
		b.post(at, append(fields, "password", "zhang12345", "repeat", "zhang12345")...).atField(t, "password", "太常见")
		b.get("/first/nothing").wants(t, http.StatusNotFound, "/first/nothing", "无效或已用过")
		b.post("/first/nothing", fields...).wants(t, http.StatusForbidden, "/first/nothing", "无效或已用过")

		made := b.post(at, fields...)
		made.wants(t, http.StatusOK, at, "建好了", "李二", "王三")
		b.post(at, fields...).wants(t, http.StatusForbidden, at, "无效或已用过")
		if strings.Contains(made.body, `class="switches"`) {
			t.Error("a switch of the language would lose the links")
		}
		link := found(t, made.body, `(/invitation/[A-Z0-9]+)<`)
		six := found(t, made.body, `<code>(\d{6})</code>`)

		b.post("/sign-in", "login", "zhang", "password", good).wants(t, http.StatusOK, "/sign-in/factor", "data:image/png")
		in := b.get("/me/account") // nothing else before the factor is there
		in.wants(t, http.StatusOK, "/sign-in/factor")
		secret := found(t, in.body, `name="secret" value="([A-Z2-7]+)"`)
		b.post("/sign-in/factor", "secret", secret, "code", "000000").atField(t, "code", "动态码不对")
		before := b.session()
		set := b.post("/sign-in/factor", "secret", secret, "code", code(t, secret, 0))
		set.wants(t, http.StatusOK, "/sign-in/factor", "只显示这一次")
		if b.session() == before || before == "" {
			t.Error("the session goes on under the token that it had before")
		}
		recovery := found(t, set.body, `<code>(\S+)`)
		b.get("/me/account").wants(t, http.StatusOK, "/me/account", "账号管理员", "10 个恢复码", "Chrome · Windows")
		b.post("/sign-out").wants(t, http.StatusOK, "/sign-in", "已退出登录")
		b.get("/me/account").wants(t, http.StatusOK, "/sign-in")

		b.post("/sign-in", "login", "zhang", "password", good, "back", "/me/account?a=1").wants(t, http.StatusOK, "/sign-in/code")
		b.get("/me/account").wants(t, http.StatusOK, "/sign-in/code")
		b.post("/sign-in/code", "code", code(t, secret, 0)).atField(t, "code", "已经用过") // a replay
		b.post("/sign-in/code", "code", recovery, "back", "/me/account?a=1").wants(t, http.StatusOK, "/me/account?a=1", "9 个恢复码")

		// The second of the three: a link that was looked at by a preview, and its code.
		preview := o.browser()
		preview.get(link).wants(t, http.StatusOK, link, "设置您的密码")
		second := o.browser()
		second.get(link)
		second.post(link, "password", good, "repeat", good).atField(t, "code", "请填写")
		second.post(link, "code", "0"+six[1:5]+"x", "password", good, "repeat", good).atField(t, "code", "验证码不对")
		second.post(link, "code", six, "password", "abc", "repeat", "abc").atField(t, "password", "太短")
		second.post(link, "code", six, "password", good, "repeat", good).wants(t, http.StatusOK, "/sign-in", "密码已设好")
		second.get(link).wants(t, http.StatusNotFound, link, "已用过")
		second.post("/sign-in", "login", "LI", "password", good).wants(t, http.StatusOK, "/sign-in/factor")
	})
}

// A wrong login and a wrong password are one; what was typed stays, but no password.
func TestWrongAtTheDoor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.clerk()
		b := o.browser()
		b.post("/sign-in").atField(t, "login", "请填写账号")
		b.post("/sign-in", "login", "chen").atField(t, "password", "请填写密码")
		known, unknown := b.post("/sign-in", "login", "chen", "password", "not-it-at-all"), b.post("/sign-in", "login", "nobody", "password", "not-it-at-all")
		known.wants(t, http.StatusForbidden, "/sign-in", `value="chen"`)
		known.atField(t, "password", "账号或密码不对")
		if strings.ReplaceAll(known.body, "chen", "nobody") != unknown.body || strings.Contains(known.body, "not-it-at-all") {
			t.Errorf("the answers differ, or give the password back: %s\n%s", known.body, unknown.body)
		}
		for _, back := range []string{"//evil.example/", "https://evil.example/", `/\evil.example`} {
			if a := b.post("/sign-in", "login", "chen", "password", good, "back", back); a.path != "/me/account" {
				t.Errorf("back to %s leads to %s", back, a.path)
			}
			b.post("/sign-out")
		}
		b.header.Set("Origin", "https://evil.example")
		b.header.Set("Sec-Fetch-Site", "cross-site")
		if a := b.post("/sign-in", "login", "chen", "password", good); a.status != http.StatusForbidden || b.session() != "" {
			t.Errorf("a post from another site: %d", a.status)
		}
	})
}

// Who has been wrong too often is told for how long to wait, in words and for programs.
func TestTooOftenWrong(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.clerk()
		b := o.browser()
		var last answer
		for range o.people.Policy().Free + 2 {
			last = b.post("/sign-in", "login", "chen", "password", "not-it-at-all")
		}
		last.wants(t, http.StatusTooManyRequests, "/sign-in", "分钟后再试")
		if after, err := strconv.Atoi(last.header.Get("Retry-After")); err != nil || after < 1 || after > 3600 {
			t.Errorf("Retry-After: %q", last.header.Get("Retry-After"))
		}
	})
}

// Cookies are hidden from scripts and other sites, over HTTPS from neighbours, too; a
// session that was planted or had before opens nothing.
func TestCookies(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.clerk()
		for _, https := range []bool{false, true} {
			b := o.browser()
			if https {
				b.header.Set("X-Forwarded-Proto", "https")
			}
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.site+"/sign-in", strings.NewReader(url.Values{"login": {"chen"}, "password": {good}}.Encode()))
			o.must(err)
			req.Header = b.header.Clone()
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.AddCookie(&http.Cookie{Name: "session", Value: "PLANTED"})
			res, err := b.client.Do(req)
			o.must(err)
			o.must(res.Body.Close())
			names := map[string]*http.Cookie{}
			for _, c := range res.Cookies() {
				names[c.Name] = c
				if !c.HttpOnly || c.Secure != https || c.SameSite != http.SameSiteLaxMode || c.MaxAge <= 0 || c.Value == "PLANTED" || c.Domain != "" {
					t.Errorf("over HTTPS %v: %v", https, c)
				}
			}
			session, device := names["session"], names["device"]
			if https {
				session = names["__Host-session"]
			}
			if session == nil || session.Path != "/" || device == nil || device.Path != "/sign-in" {
				t.Errorf("over HTTPS %v: %v", https, names)
			}
		}
		b := o.browser()
		b.post("/sign-in", "login", "chen", "password", good)
		before := b.session()
		b.post("/sign-in", "login", "chen", "password", good)
		if _, err := o.people.Sessions.Who(t.Context(), before); !identity.NeedsSignIn(err) {
			t.Errorf("the session of before goes on: %v", err)
		}
		stolen := b.session()
		b.post("/sign-out")
		if _, err := o.people.Sessions.Who(t.Context(), stolen); !identity.NeedsSignIn(err) {
			t.Errorf("a copy of the cookie works after the sign-out: %v", err)
		}
	})
}

// Two processes on one database are one site: in at one, seen at the other, and out
// everywhere from there.
func TestTwoProcesses(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.clerk()
		_, other := o.serve()
		b, phone := o.browser(), o.browser()
		phone.agent = "Mozilla/5.0 (iPhone) Safari/600"
		b.post("/sign-in", "login", "chen", "password", good)
		phone.site = other
		phone.post("/sign-in", "login", "chen", "password", good)
		list := phone.get("/me/account")
		list.wants(t, http.StatusOK, "/me/account", "Safari · iPhone", "Chrome · Windows", "结束别处的全部登录")
		b.site = other // whose cookie is the same host's
		b.get("/me/account").wants(t, http.StatusOK, "/me/account")
		phone.post("/me/end-others").wants(t, http.StatusOK, "/me/account")
		b.get("/me/account").wants(t, http.StatusOK, "/sign-in", "登录已结束")
		phone.get("/me/account").wants(t, http.StatusOK, "/me/account")

		b.post("/sign-in", "login", "chen", "password", good)
		one := found(t, phone.get("/me/account").body, `name="session" value="([^"]+)"/?><p><strong>Chrome`)
		phone.post("/me/end", "session", one).wants(t, http.StatusOK, "/me/account")
		b.get("/me/account").wants(t, http.StatusOK, "/sign-in")
		if a := b.post("/me/end", "session", one); a.status != http.StatusOK || !strings.HasPrefix(a.path, "/sign-in") {
			t.Errorf("nobody ends a session: %d at %s", a.status, a.path)
		}
	})
}

// A device that a link has bound is in for good, and others that have the link are not.
func TestADeviceIsBound(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		_, inv, err := o.people.Invitations.Invite(t.Context(), identity.CommandLine, identity.Somebody{Name: "站长"}, identity.Giving{Role: "rest.keeper"})
		o.must(err)
		link := "/invitation/" + inv.Token
		b, thief := o.browser(), o.browser()
		b.get(link).wants(t, http.StatusOK, link, "这台设备")
		thief.get(link)
		b.post(link, "code", inv.Code).wants(t, http.StatusOK, "/me/account", "站长")
		if strings.Contains(b.get("/me/account").body, "/sign-in/password") {
			t.Error("a device is offered a password that it does not have")
		}
		thief.post(link, "code", inv.Code).wants(t, http.StatusNotFound, link)
		thief.get("/me/account").wants(t, http.StatusOK, "/sign-in")
	})
}

// Where people are away, their pages say why, and nothing else is in the way.
func TestPeopleAreAway(t *testing.T) {
	site := serve(t, func() (*identity.Service, error) {
		return nil, fault.New(fault.Unavailable, "密钥文件不在", "the key file is gone")
	})
	o := &office{t: t, url: site}
	for _, path := range []string{"/sign-in", "/me/account", "/first/x", "/invitation/x", "/sign-in/code"} {
		o.browser().get(path).wants(t, http.StatusServiceUnavailable, path, "密钥文件不在")
	}
}

// Whoever is in by password is asked again before the second factor is exchanged.
func TestAnotherFactorAsksAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.clerk()
		b := o.browser()
		b.post("/sign-in", "login", "chen", "password", good)
		secret := found(t, b.get("/sign-in/factor").body, `name="secret" value="([A-Z2-7]+)"`)
		set := b.post("/sign-in/factor", "secret", secret, "code", code(t, secret, -1))
		set.wants(t, http.StatusOK, "/sign-in/factor", "恢复码")
		o.must(o.db.Update(t.Context(), func(tx *db.Tx) error { return forget(tx) }))
		b.get("/sign-in/factor").wants(t, http.StatusOK, "/sign-in/again")
		b.post("/sign-in/again", "given", "000000", "back", "/sign-in/factor").atField(t, "given", "不对")
		b.post("/sign-in/again", "given", code(t, secret, 0), "back", "/sign-in/factor").wants(t, http.StatusOK, "/sign-in/factor", "data:image/png")
	})
}

// forget makes it long ago that anybody was asked who they are.
func forget(tx *db.Tx) error {
	_, err := longAgo.Exec(tx, db.None{})
	return err
}

var longAgo = db.Declare[db.None, db.None](`UPDATE identity_session SET confirmed_at = NULL`)
