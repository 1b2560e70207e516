package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db/dbtest"
)

// TestTwoServersAreOneSite: two processes on one database are one site. Who signs in at
// one is in at the other; what is changed at one the finder and the log of the other
// have; who ends their sign-ins at one is out at both; wrong passwords are counted
// together. When either is killed, the other goes on signing the log.
func TestTwoServersAreOneSite(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a dozen processes; run without -short")
	}
	for name, dsn := range map[string]func(*testing.T) string{"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.Postgres(t) }} {
		t.Run(name, func(t *testing.T) {
			p := pair{t, t.TempDir(), dsn(t)}
			for file, text := range map[string]string{"village.osm": smallestVillage, "one.csv": "编号,名称,区划,经度,纬度,营业时间,服务\nA-1,旧站,630103,101.775,36.617,24小时,热水\n"} {
				if err := os.WriteFile(filepath.Join(p.work, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p.run("import", "streets", "village.osm")
			p.run("import", "stations", "one.csv")
			first := regexp.MustCompile(`初始密码：(\S+)`).FindStringSubmatch(p.run("people", "add", "chen", "--name", "陈某", "--role", "station.office"))
			if first == nil {
				t.Fatal("no password was given")
			}
			one, other := p.serve(), p.serve()
			p.journey(one.url, other.url, first[1])
			p.guesses(one.url, other.url)
			one.kill()
			p.signs(other.url, "B-1")
			third := p.serve()
			other.kill() // which led, since it was alone
			p.signs(third.url, "C-1")
		})
	}
}

// pair is two processes of one data folder and database.
type pair struct {
	*testing.T
	work, dsn string
}

const chosenPassword = "lan-yue-bing-cha-42"

func (p pair) on(args ...string) *exec.Cmd {
	cmd := command(p.T, p.work, "home", args...)
	cmd.Env = append(cmd.Env, "XIADU_DB="+p.dsn)
	return cmd
}

func (p pair) run(args ...string) string {
	p.Helper()
	out, err := p.on(args...).CombinedOutput()
	if err != nil {
		p.Fatalf("xiadu %v: %v: %s", args, err, out)
	}
	return string(out)
}

func (p pair) serve() *server {
	p.Helper()
	return served(p.T, p.on("serve", "--listen", "127.0.0.1:0"))
}

// journey is somebody's with a desk and a phone, from server to server. Cookies know
// hosts, not ports.
func (p pair) journey(one, other, first string) {
	desk, phone := visitor(p.T), visitor(p.T)
	desk.post(one+"/sign-in", "login", "chen", "password", first)
	desk.arrives(one+"/me", "/sign-in/password")
	desk.post(one+"/sign-in/password", "old", first, "password", chosenPassword, "repeat", chosenPassword)
	desk.arrives(other+"/me", "/me")
	phone.post(other+"/sign-in", "login", "chen", "password", chosenPassword)
	phone.arrives(one+"/me", "/me")

	before := p.logged(one)
	desk.post(other+"/stations/A-1", "version", "1", "name", "新站", "services", "hot_water")
	p.becomes(one+"/find?lon=101.774&lat=36.617", "新站")
	p.becomes(one+"/log", "station/A-1")
	if now := p.logged(one); now <= before {
		p.Errorf("the log has %d entries after a change, %d before", now, before)
	}

	phone.post(one + "/me/end-others")
	for _, at := range []string{one, other} {
		desk.arrives(at+"/me", "/sign-in")
		phone.arrives(at+"/me", "/me")
	}
	if answer, err := desk.client.PostForm(other+"/stations/A-1", url.Values{"version": {"2"}, "name": {"再改"}}); err != nil || answer.StatusCode != http.StatusForbidden {
		p.Errorf("acts after the end: %v, %v", answer, err)
	} else {
		answer.Body.Close()
	}
	p.run("people", "sessions", "chen", "--end")
	phone.arrives(other+"/me", "/sign-in")
}

// guesses are wrong passwords at one server and the other in turn.
func (p pair) guesses(one, other string) {
	var said string
	for i := range 12 {
		answer, err := http.PostForm([]string{one, other}[i%2]+"/sign-in", url.Values{"login": {"nobody"}, "password": {"falsch"}})
		if err != nil {
			p.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if answer.Body.Close(); err != nil {
			p.Fatal(err)
		}
		said = string(body)
	}
	if !regexp.MustCompile(`秒|分钟`).MatchString(said) {
		p.Errorf("twelve wrong passwords at two servers cost no time: %s", said)
	}
}

// signs adds a station from the command line and waits until a server has its entry
// under a signed checkpoint.
func (p pair) signs(at, code string) {
	p.Helper()
	before := p.logged(at)
	if err := os.WriteFile(filepath.Join(p.work, "more.csv"), []byte("编号,名称,区划,经度,纬度\n"+code+",新添的站,630103,101.776,36.617\n"), 0o600); err != nil {
		p.Fatal(err)
	}
	p.run("import", "stations", "more.csv")
	p.becomes(at+"/log", "station/"+code)
	if now := p.logged(at); now <= before {
		p.Errorf("the log has %d entries after an import, %d before", now, before)
	}
}

// logged is the size of the signed checkpoint at a server, once there is one.
func (p pair) logged(at string) int {
	p.Helper()
	size := 0
	p.until("a checkpoint at "+at, func() bool {
		body := p.get(at + "/log/checkpoint")
		lines := strings.Split(body, "\n")
		if len(lines) < 5 { // origin, size, root, an empty one, a signature
			return false
		}
		var err error
		size, err = strconv.Atoi(lines[1])
		return err == nil
	})
	return size
}

// becomes waits until a page has a text.
func (p pair) becomes(address, text string) {
	p.Helper()
	p.until(address+" with "+text, func() bool { return strings.Contains(p.get(address), text) })
}

// get is what the public reads.
func (p pair) get(address string) string {
	p.Helper()
	answer, err := http.Get(address)
	if err != nil {
		p.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.Fatal(err)
	}
	return string(body)
}

func (p pair) until(what string, holds func() bool) {
	p.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("there is not within a minute: %s", what)
		}
	}
}
