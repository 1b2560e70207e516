package contesthttp_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// odd is a rule whose marks have three decimals, so that none of them, no sum and no total is in a page by chance.
func odd(t *testing.T) rule.File {
	t.Helper()
	f, err := rule.Read([]byte(`{"about":{"title":{"zh":"现场评审","en":"In the hall"}},"rule":{"format":"xiadu rule 1",
"stages":[{"key":"final","of":"10","parts":[{"key":"show","weight":"1","of":"10","round":{"places":5,"mode":"half-up"},
"judged":{"across":"sheets","combine":"mean","criteria":[{"key":"what","weight":"0.37","from":"0","to":"10","step":"0.001"},{"key":"how","weight":"0.63","from":"0","to":"10","step":"0.001"}],
"trim":[{"from":1,"low":0,"high":0},{"from":5,"low":1,"high":1}]}}]}],
"order":{"ranking":"competition","where":"all","chain":[{"by":"decimals","places":7},{"by":"lots"}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// secret is something that nobody is to read before a reveal but whose own it is.
type secret struct {
	entry, text string
	judge       int // whose it is; -1: nobody's
}

// silence is a contest that is polled between any two steps.
type silence struct {
	*judging
	secrets []secret
	open    map[string]bool // entries that are revealed
	viewers map[string]viewer
	asked   int
	found   map[string]int // secrets that their own judge read
}

type viewer struct {
	device
	judge  int // -1: none
	stream *heard
}

// heard is what somebody was told by the stream of events.
type heard struct {
	mu  sync.Mutex
	all strings.Builder
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.Write(b)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.String()
}

// given is what a judge gives an entry: another number each time.
func given(number string, judge, version int) map[string]string {
	n := int(number[1]-'0')*1000 + judge*37 + version*611
	return map[string]string{"what": fmt.Sprintf("%d.%03d", 5+judge%4, 101+n%887), "how": fmt.Sprintf("%d.%03d", 4+judge%5, 111+(n*7)%881)}
}

func sumOf(marks map[string]string) string {
	return exact.Must(marks["what"]).Times(exact.Must("0.37")).Add(exact.Must(marks["how"]).Times(exact.Must("0.63"))).String()
}

// TestNobodySeesAScoreBeforeItsReveal polls every page, file and stream of the system as nobody, as each judge, as the host and as a
// unit between any two steps of a contest, and looks in the bytes for each mark, sum and total that is not theirs and not revealed.
func TestNobodySeesAScoreBeforeItsReveal(t *testing.T) {
	if testing.Short() {
		t.Skip("asks for every page at every step; run without -short")
	}
	totals := map[string][]string{}
	for _, polled := range []bool{false, true} { // the first time tells the totals
		s := &silence{judging: judgingBy(t, odd(t), 4), open: map[string]bool{}, viewers: map[string]viewer{}, found: map[string]int{}}
		if polled {
			s.watch(totals)
		}
		s.play(func(when string) {
			if polled {
				s.poll(when)
				return
			}
			b, err := s.Board(s.ctx(), contesttest.Code)
			s.Must(err)
			for _, e := range b.Result.Entries {
				if text := e.Total.String(); e.Has && !slices.Contains(totals[e.Key], text) {
					totals[e.Key] = append(totals[e.Key], text)
				}
			}
		})
		if !polled && (len(totals) != 3 || len(totals["01"]) != 2) {
			t.Fatalf("the totals are %v", totals)
		}
		if polled {
			t.Logf("%d answers for %d secrets", s.asked, len(s.secrets))
			if len(s.found) < 9*3*2 {
				t.Errorf("judges read %d of their own marks: the test looks for nothing", len(s.found))
			}
		}
	}
}

// watch lets everybody in, and names what they are not to read.
func (s *silence) watch(totals map[string][]string) {
	s.viewers["nobody"] = viewer{s.device(identity.Colleague{}), -1, &heard{}}
	s.viewers["the host"] = viewer{s.device(s.Host), -1, &heard{}}
	s.viewers["somebody"] = viewer{s.device(s.Stranger), -1, &heard{}}
	s.viewers["a unit"] = viewer{s.unit(), -1, &heard{}}
	for j, who := range s.Judges {
		s.viewers[fmt.Sprintf("judge %d", j+1)] = viewer{s.device(who), j, &heard{}}
		for _, number := range s.Numbers[:3] {
			for version := 1; version < 3; version++ {
				if version == 2 && (number != "01" || j != 4) {
					continue // one is corrected
				}
				marks := given(number, j, version)
				for _, text := range []string{marks["what"], marks["how"], sumOf(marks)} {
					s.secrets = append(s.secrets, secret{s.entryOf(number, version), text, j})
				}
			}
		}
	}
	for number, texts := range totals {
		for i, text := range texts {
			s.secrets = append(s.secrets, secret{s.entryOf(number, i+1), text, -1})
		}
	}
	for name, v := range s.viewers {
		for _, other := range s.secrets {
			if strings.Count(other.text, ".") != 1 || len(other.text) < 5 {
				s.t.Fatalf("%q is in pages by chance", other.text)
			}
		}
		go s.listen(name, v)
	}
}

// unit is a browser of somebody who enters for an organisation.
func (s *silence) unit() device {
	s.t.Helper()
	xining, err := gb.Parse("630100")
	s.Must(err)
	org, err := s.People.Organisations.Add(s.ctx(), identity.CommandLine, identity.Organising{Name: "市医院", Division: xining})
	s.Must(err)
	token := s.People.SignInFor(identity.Giving{Role: "contest.unit", Organisation: org, Scope: right.Scope{Division: xining, Subject: right.Organisations(org)[0]}})
	d := s.device(identity.Colleague{})
	d.client.Jar.SetCookies(&url.URL{Scheme: "http", Host: s.address, Path: "/"}, []*http.Cookie{{Name: "session", Value: token}})
	return d
}

// entryOf tells a correction of an entry from the entry: it is revealed later.
func (*silence) entryOf(number string, version int) string {
	return number + strings.Repeat("'", version-1)
}

// listen reads the stream of events for as long as there is one.
func (s *silence) listen(_ string, v viewer) {
	for s.t.Context().Err() == nil {
		r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.address+hallAt+"/live", http.NoBody)
		if err != nil {
			return
		}
		a, err := v.client.Do(r)
		if err != nil {
			return
		}
		buffer := make([]byte, 4096)
		for {
			n, err := a.Body.Read(buffer)
			_, _ = v.stream.Write(buffer[:n])
			if err != nil {
				break
			}
		}
		_ = a.Body.Close()
	}
}

var wildcard = regexp.MustCompile(`\{(\w+)(\.\.\.)?\}`)

// paths are all addresses of the system.
func (s *silence) paths() (all []string) {
	values := map[string][]string{"code": {contesttest.Code}, "number": s.Numbers, "n": {"1", "1.json", "2"}, "id": {"1"}}
	for _, door := range s.mux.Doors() {
		path, get := strings.CutPrefix(door.Route, "GET ")
		if !get || door.System != contest.System || strings.HasSuffix(path, "/live") {
			continue
		}
		these := []string{path}
		for _, m := range wildcard.FindAllStringSubmatch(path, -1) {
			of, known := values[m[1]]
			if !known {
				of = []string{"1"}
			}
			var more []string
			for _, one := range these {
				for _, value := range of {
					more = append(more, strings.Replace(one, m[0], value, 1))
				}
			}
			these = more
		}
		all = append(all, these...)
	}
	for _, number := range s.Numbers {
		all = append(all, judgePage+"?run="+url.QueryEscape("show/"+number+"/1"))
	}
	return all
}

func (s *silence) poll(when string) {
	s.t.Helper()
	for name, v := range s.viewers {
		for _, path := range s.paths() {
			s.look(when, name, path, v.judge, v.get(path).body)
		}
		if v.judge >= 0 {
			s.look(when, name, "a beat", v.judge, v.post("beat", map[string]any{"unsent": 0}).body)
		}
		s.look(when, name, "/live", v.judge, v.stream.text())
	}
	if s.open["01"] && !strings.Contains(s.viewers["nobody"].get(hallAt+"/results").body, s.totalOf("01")) {
		s.t.Errorf("%s: the total of 01 is revealed, and no page has it", when)
	}
}

// totalOf is the last total of an entry that is revealed.
func (s *silence) totalOf(number string) (text string) {
	for _, one := range s.secrets {
		if one.judge < 0 && strings.TrimRight(one.entry, "'") == number && s.open[one.entry] {
			text = one.text
		}
	}
	return text
}

func (s *silence) look(when, name, path string, judge int, body string) {
	s.t.Helper()
	s.asked++
	for _, one := range s.secrets {
		if s.open[one.entry] || !strings.Contains(body, one.text) {
			continue
		}
		if one.judge == judge && judge >= 0 {
			s.found[one.text]++
			continue
		}
		s.t.Errorf("%s: %s reads %s of %s at %s", when, name, one.text, one.entry, path)
	}
}

// play is a contest with a recusal, an absence, a forfeit and a correction. tell is called between any two steps.
func (s *silence) play(tell func(when string)) {
	ctx, at := s.ctx(), contesttest.At
	step := func(when string, err error) {
		s.t.Helper()
		s.Must(err)
		tell(when)
	}
	reveal := func(number string) {
		s.t.Helper()
		s.Must(s.Reveal(ctx, s.Host, at(number), s.Openings(number)))
		s.open[number] = true
		tell("revealed")
	}
	step("a recusal", s.Recuse(ctx, s.Organiser, seat.Away{Contest: contesttest.Code, Entry: "02", Seat: "j1", Reason: "本单位"}))
	for _, number := range s.Numbers[:3] {
		step("called", s.Call(ctx, s.Keeper, at(number)))
		step("begun", s.Start(ctx, s.Keeper, at(number)))
		for j, judge := range s.Judges {
			if number == "02" && j == 0 {
				continue
			}
			for key, text := range given(number, j, 1) {
				s.Must(s.Draft(ctx, judge, hall.Draft{At: at(number), Criterion: key, Mark: text}))
			}
			if j == 1 || j == 8 {
				tell("a draft")
			}
		}
		step("heard", s.Stop(ctx, s.Keeper, at(number)))
		for j := range s.Judges {
			if number == "02" && j == 0 || number == "03" && j == 8 {
				continue
			}
			s.lock(number, j, 1, "")
			if j%4 == 1 {
				tell("a lock")
			}
		}
		if number == "03" {
			step("missing", s.Missing(ctx, s.Keeper, at(number), "j9", "平板没电"))
			step("absent", s.Away(ctx, s.Supervisor, at(number), "j9"))
		}
		step("closed", s.Close(ctx, s.Keeper, at(number)))
		if number == "02" {
			reveal("01") // while another is closed
		}
		step("checked", s.Check(ctx, s.Supervisor, at(number)))
		if number == "03" {
			reveal("02") // while another is checked
			reveal("03")
		}
	}
	s.Must(s.Ask(ctx, s.Keeper, at("04"), "没有到场"))
	step("forfeit", s.Forfeit(ctx, s.Supervisor, at("04")))
	a, err := s.Correct(ctx, s.Keeper, at("01"), "j5", "看错了一行")
	step("a correction is asked for", err)
	s.lock("01", 4, 2, a.ID)
	tell("resealed")
	s.Must(s.Correction(ctx, s.Supervisor, a.ID))
	s.open["01'"] = true
	tell("corrected")
}

// lock seals what a judge gives: a correction, where there is one.
func (s *silence) lock(number string, judge, version int, ask string) {
	s.t.Helper()
	e, err := s.Events.Get(s.ctx(), contesttest.Code)
	s.Must(err)
	o := seal.Opening{Contest: contesttest.Code, Rule: e.RuleHash, Entry: number, Part: "show", Seat: fmt.Sprintf("j%d", judge+1), Version: version, Marks: given(number, judge, version), Salt: seal.Salt(), By: seal.Device}
	l := hall.Lock{At: contesttest.At(number), Marks: o.Marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: o.Salt}
	if ask != "" {
		_, err = s.Reseal(s.ctx(), s.Judges[judge], ask, l)
	} else {
		_, err = s.Lock(s.ctx(), s.Judges[judge], l)
	}
	s.Must(err)
}
