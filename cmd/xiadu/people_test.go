package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
)

// Two servers of one database are one site: who signs in at one is in at the other,
// and out everywhere when they say so there.
func TestTwoServersAreOneSite(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a dozen processes; run without -short")
	}
	for name, dsn := range map[string]func(*testing.T) string{"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.Postgres(t) }} {
		t.Run(name, func(t *testing.T) {
			at, work := dsn(t), t.TempDir()
			on := func(args ...string) *exec.Cmd {
				cmd := command(t, work, "home", args...)
				cmd.Env = append(cmd.Env, "XIADU_DB="+at)
				return cmd
			}
			run := func(args ...string) string {
				out, err := on(args...).CombinedOutput()
				if err != nil {
					t.Fatalf("xiadu %v: %v: %s", args, err, out)
				}
				return string(out)
			}
			if err := os.WriteFile(filepath.Join(work, "village.osm"), []byte(smallestVillage), 0o600); err != nil {
				t.Fatal(err)
			}
			run("import", "streets", "village.osm")
			first := regexp.MustCompile(`初始密码：(\S+)`).FindStringSubmatch(run("people", "add", "chen", "--name", "陈某"))
			if first == nil {
				t.Fatal("no password was given")
			}
			one, other := served(t, on("serve", "--listen", "127.0.0.1:0")).url, served(t, on("serve", "--listen", "127.0.0.1:0")).url
			desk, phone := visitor(t), visitor(t)
			const chosen = "lan-yue-bing-cha-42"
			desk.post(one+"/sign-in", "login", "chen", "password", first[1])
			desk.arrives(one+"/me", "/sign-in/password")
			desk.post(one+"/sign-in/password", "old", first[1], "password", chosen, "repeat", chosen)
			desk.arrives(other+"/me", "/me") // cookies know hosts, not ports
			phone.post(other+"/sign-in", "login", "chen", "password", chosen)
			phone.arrives(one+"/me", "/me")
			phone.post(one + "/me/end-others")
			desk.arrives(one+"/me", "/sign-in")
			desk.arrives(other+"/me", "/sign-in")
			phone.arrives(other+"/me", "/me")
			run("people", "sessions", "chen", "--end")
			phone.arrives(other+"/me", "/sign-in")
		})
	}
}

const smallestVillage = `<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
<node id="1" lat="36.6170000" lon="101.7700000"/>
<node id="2" lat="36.6170000" lon="101.7800000"/>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
</osm>
`

// visiting is somebody with a browser.
type visiting struct {
	t      *testing.T
	client http.Client
}

func visitor(t *testing.T) visiting {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visiting{t, http.Client{Jar: jar}}
}

func (v visiting) post(address string, fields ...string) {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	answer, err := v.client.PostForm(address, form)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: %s: %s", address, answer.Status, body)
	}
}

// arrives checks where an address leads.
func (v visiting) arrives(address, path string) {
	v.t.Helper()
	answer, err := v.client.Get(address)
	if err != nil {
		v.t.Fatal(err)
	}
	answer.Body.Close()
	if !strings.HasPrefix(answer.Request.URL.Path, path) || answer.StatusCode != http.StatusOK {
		v.t.Errorf("%s leads to %s with %s, want %s", address, answer.Request.URL, answer.Status, path)
	}
}
