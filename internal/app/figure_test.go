package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/published"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// figureSite is a city that is served, of which figures are asked.
type figureSite struct {
	t   *testing.T
	c   Config
	url string
	dir string // where a reader keeps what they took from it
}

func newFigureSite(t *testing.T) figureSite {
	t.Helper()
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	s := figureSite{t, c, "", t.TempDir()}
	s.bring("A-1,全天站,101.781,36.62,24小时,热水\nA-2,白天站,101.785,36.62,8:00-18:00,热水\nA-3,不详站,101.786,36.62,,\n")
	people := filepath.Join(s.dir, "people.csv")
	if err := os.WriteFile(people, []byte("id,lon,lat,population\na,101.782,36.62,100\nb,101.786,36.6201,50.25\nfar,101.9,36.7,7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(people)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := ImportDemand(t.Context(), c, f, demand.Columns{Day: "population"}); err != nil {
		t.Fatal(err)
	}
	s.url = running(t, c)
	return s
}

func (s figureSite) bring(rows string) {
	s.t.Helper()
	if _, err := bring(s.t, s.c, strings.NewReader(head+rows)); err != nil {
		s.t.Fatal(err)
	}
}

// take asks for a file of the site until it has it, and keeps it.
func (s figureSite) take(path, as string) []byte {
	s.t.Helper()
	status, body := 0, ""
	for range 200 {
		answer, text := get(s.t, s.url+path)
		if status, body = answer, text; status == http.StatusOK {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d: %s", path, status, body)
	}
	if err := os.WriteFile(filepath.Join(s.dir, as), []byte(body), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return []byte(body)
}

// verify checks receipts against the log as it is exported now, without the database.
func (s figureSite) verify(files map[string]string, receipts ...[]byte) verify.Report {
	s.t.Helper()
	public := s.t.TempDir()
	if _, err := ExportLog(s.t.Context(), s.c, public); err != nil {
		s.t.Fatal(err)
	}
	o := verify.Options{Queries: Figures(), Files: files}
	for _, text := range receipts {
		o.Receipts = append(o.Receipts, verify.File{Name: "receipt", Text: text})
	}
	r, err := verify.Log(s.t.Context(), verify.Folder(public), o)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// result reads the result of a receipt.
func result(t *testing.T, receipt []byte, to any) {
	t.Helper()
	r, _, err := figure.ParseReceipt(receipt)
	if err == nil {
		err = json.Unmarshal(r.Result, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// valueOf is a member of an object, as it is written.
func valueOf(t *testing.T, object []byte, member string) string {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil {
		t.Fatal(err)
	}
	return string(members[member])
}

func checkpointOf(t *testing.T, r figure.Receipt) logtree.Checkpoint {
	t.Helper()
	c, err := logtree.ParseCheckpoint([]byte(r.Checkpoint))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFiguresHaveReceipts: the site says how many stations are open and how many people
// reach one, with a receipt that an outsider computes again from the exported log; a
// later correction of the register leaves it true, and a figure that was altered is found out.
func TestFiguresHaveReceipts(t *testing.T) {
	s := newFigureSite(t)
	night := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	open := s.take(strings.Replace(published.OpenPath(night), "/1?", "/1.json?", 1), "open.json")
	var said struct {
		Stations, Operating, Open int
		Unknown                   int `json:"hours_unknown"`
		Divisions                 []struct{ Division string }
	}
	result(t, open, &said)
	if said.Stations != 3 || said.Operating != 3 || said.Open != 1 || said.Unknown != 1 || len(said.Divisions) != 1 {
		t.Errorf("%+v", said)
	}
	reach := s.take(strings.Replace(published.ReachPath(night, "people"), "/1?", "/1.json?", 1), "reach.json")
	files := map[string]string{}
	var receipt figure.Receipt
	if err := json.Unmarshal(reach, &receipt); err != nil {
		t.Fatal(err)
	}
	for _, f := range receipt.Files {
		s.take(f.From, f.As)
		files[f.Name] = filepath.Join(s.dir, f.As)
	}
	if len(files) != 2 {
		t.Fatalf("%+v", receipt.Files)
	}
	_, page := get(t, s.url+published.ReachPath(night, "people"))
	for _, want := range []string{"xiadu verify " + s.url + "/log --receipt station.reach-1.json --with streets=streets-", " --with people=demand-people.csv", "走得到开着的驿站的人"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	_, api := get(t, s.url+"/coverage.json?at=2026-11-23T22:00")
	for _, member := range []string{"covered_1", "share_1", "stations_open", "demand_total"} {
		if valueOf(t, []byte(api), member) != valueOf(t, receipt.Result, member) {
			t.Errorf("%s: the coverage says %s, the receipt %s", member, valueOf(t, []byte(api), member), valueOf(t, receipt.Result, member))
		}
	}

	// The register is corrected: new figures, and the old receipts hold.
	s.bring("A-1,全天站,101.781,36.62,8:00-18:00,热水\n")
	r := s.verify(files, open, reach)
	if len(r.Findings) > 0 || len(r.Figures) != 2 || len(r.Figures[1].Unchecked) > 0 {
		t.Fatalf("%v, %+v", r.Findings, r.Figures)
	}
	r = s.verify(nil, reach)
	if len(r.Findings) > 0 || !slices.Contains(r.Figures[0].Recomputed, "open") || !slices.Contains(r.Figures[0].Unchecked, "share_1") {
		t.Errorf("without files: %v, %+v", r.Findings, r.Figures)
	}
	if later := s.take(figure.FilePath(published.Open, figure.Params{"at": "2026-11-23T22:00"}), "later.json"); bytes.Equal(later, open) {
		t.Error("the figure is of before the correction")
	}
	// Somebody claims another share, and hashes it anew.
	var claimed map[string]any
	if err := json.Unmarshal(receipt.Result, &claimed); err != nil {
		t.Fatal(err)
	}
	claimed["share_1"], claimed["covered_1"] = 0.99, 157.0
	lie, err := figure.New(Figures()[1], receipt.Params, checkpointOf(t, receipt), receipt.Entries, receipt.Files, claimed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := lie.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if r := s.verify(files, text); len(r.Findings) != 2 || r.Findings[0].What != verify.Miscounted {
		t.Errorf("a share that is too good: %v", r.Findings)
	}
	s.otherPeople(receipt, files)
}

// otherPeople: who computes on other people than were imported, and says so in a receipt
// of their own making, is found out by what the log commits to.
func (s figureSite) otherPeople(receipt figure.Receipt, files map[string]string) {
	t := s.t
	t.Helper()
	people, err := os.ReadFile(files["people"])
	if err != nil {
		t.Fatal(err)
	}
	logged := fmt.Sprintf("%x", sha256.Sum256(people))
	if valueOf(t, receipt.Result, "people_sha256") != strconv.Quote(logged) {
		t.Errorf("the log commits to %s, the file is %s", valueOf(t, receipt.Result, "people_sha256"), logged)
	}
	others := bytes.Replace(people, []byte("far,101.9"), []byte("far,101.79"), 1)
	path := filepath.Join(s.dir, "others.csv")
	if err := os.WriteFile(path, others, 0o600); err != nil {
		t.Fatal(err)
	}
	var claimed map[string]any
	if err := json.Unmarshal(receipt.Result, &claimed); err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(others))
	for _, says := range []string{logged, sum} {
		claimed["people_sha256"] = says
		theirs := slices.Clone(receipt.Files)
		for i := range theirs {
			if theirs[i].Name == "people" {
				theirs[i].SHA256 = sum
			}
		}
		lie, err := figure.New(Figures()[1], receipt.Params, checkpointOf(t, receipt), receipt.Entries, theirs, claimed)
		if err != nil {
			t.Fatal(err)
		}
		text, err := lie.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		r := s.verify(map[string]string{"streets": files["streets"], "people": path}, text)
		if !slices.ContainsFunc(r.Findings, func(f verify.Finding) bool { return strings.HasPrefix(f.Text.EN, "people_sha256") }) {
			t.Errorf("other people than were imported: %v", r.Findings)
		}
	}
}

// TestFiguresLookRight at both widths, with the way from the page to the file.
func TestFiguresLookRight(t *testing.T) {
	s := newFigureSite(t)
	night := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	s.take(published.ReachPath(night, "people"), "page.html")
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, s.url, view)
			for what, path := range map[string]string{"reach": published.ReachPath(night, "people"), "open": "/receipts/figures/station.open/1"} {
				b.Go(path)
				b.Shot("figure-" + what + "-" + name)
				b.Check()
			}
		})
	}
}
