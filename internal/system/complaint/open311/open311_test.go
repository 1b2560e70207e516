package open311_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/open311"
)

var golden = flag.Bool("golden", os.Getenv("XIADU_GOLDEN") != "", "write what is expected anew")

var china = time.FixedZone("", 8*3600)

func on(day, hour int) time.Time { return time.Date(2023, 12, day, hour, 30, 0, 0, china) }

var documents = map[string]open311.Document{
	"services": open311.Services{
		{Code: "air", Name: "大气", Description: "废气、异味 & 恶臭", Keywords: []string{"废气", "异味"}, Group: "污染"},
		{Code: "noise", Name: "噪声"},
	},
	"requests": open311.Requests{
		{
			ID: "D3QH202312050001", Status: open311.StatusFor(false), StatusNotes: "阶段性办结，下一节点 2024-06-30", ServiceName: "大气", ServiceCode: "air",
			Description: "医疗废物暂存间有异味 <夜间>", Agency: "城中区生态环境局", Requested: on(5, 20), Updated: on(12, 9), Expected: on(31, 18),
			Address: "城中区", Place: &geo.Point{Lon: 101.7781, Lat: 36.6171}, Media: "https://example.org/a.jpg",
		},
		{ID: "X3QH202312050002", Status: open311.StatusFor(true), Requested: on(5, 20)},
	},
	"receipt":  open311.Receipts{{ID: "P20231205001", Notice: "已收到，办理结果按编号公开"}},
	"token":    open311.Receipts{{Token: "k7q2"}},
	"tokens":   open311.Tokens{{ID: "P20231205001", Token: "k7q2"}},
	"errors":   open311.Failures{{403, "不接受网上举报"}},
	"nothing":  open311.Requests{},
	"refusals": open311.FailuresOf(lang.EN, errors.New("disk on fire")),
}

// The forms are those of the standard's own examples: order and names of members, null and empty elements.
func TestDocuments(t *testing.T) {
	for name, d := range documents {
		for ext, f := range map[string]open311.Format{"json": open311.JSON, "xml": open311.XML} {
			var out strings.Builder
			if err := open311.Write(&out, f, d); err != nil {
				t.Fatal(err)
			}
			held(t, name+"."+ext, out.String())
		}
	}
}

// held holds a document against what is expected, and its form.
func held(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *golden {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s: %s", file, diff)
	}
	if strings.HasSuffix(name, ".json") && !json.Valid([]byte(text)) {
		t.Errorf("%s is no JSON", file)
	}
	if err := xml.Unmarshal([]byte(text), new(struct{})); strings.HasSuffix(name, ".xml") && err != nil {
		t.Errorf("%s: %v", file, err)
	}
}

// Any reader of the standard finds the same in both formats.
func TestBothFormatsSayTheSame(t *testing.T) {
	type request struct {
		ID        string  `json:"service_request_id" xml:"service_request_id"`
		Status    string  `json:"status" xml:"status"`
		Requested string  `json:"requested_datetime" xml:"requested_datetime"`
		Lat       float64 `json:"lat" xml:"-"`
		LatText   string  `json:"-" xml:"lat"`
		Text      string  `json:"description" xml:"description"`
	}
	var a, b strings.Builder
	if err := errors.Join(open311.Write(&a, open311.JSON, documents["requests"]), open311.Write(&b, open311.XML, documents["requests"])); err != nil {
		t.Fatal(err)
	}
	var asJSON []request
	var asXML struct {
		XMLName xml.Name  `xml:"service_requests"`
		All     []request `xml:"request"`
	}
	if err := errors.Join(json.Unmarshal([]byte(a.String()), &asJSON), xml.Unmarshal([]byte(b.String()), &asXML)); err != nil {
		t.Fatal(err)
	}
	if len(asJSON) != 2 || len(asXML.All) != 2 || asJSON[0].Lat != 36.6171 || asXML.All[0].LatText != "36.6171" || asXML.All[1].LatText != "" {
		t.Fatalf("%+v\n%+v", asJSON, asXML)
	}
	for i := range asJSON {
		asJSON[i].Lat, asXML.All[i].LatText = 0, ""
	}
	if diff := cmp.Diff(asJSON, asXML.All); diff != "" {
		t.Error(diff)
	}
	if asJSON[0].Status != "open" || asJSON[1].Status != "closed" || asJSON[0].Requested != "2023-12-05T20:30:00+08:00" {
		t.Errorf("%+v", asJSON)
	}
}

func query(s string) url.Values {
	v, err := url.ParseQuery(s)
	if err != nil {
		panic(err)
	}
	return v
}

func TestQueries(t *testing.T) {
	now := on(31, 12)
	for s, want := range map[string]open311.Query{
		"":                                     {Start: now.Add(-open311.Window), End: now},
		"status=open,closed&service_code=air":  {Status: []open311.Status{"open", "closed"}, Codes: []string{"air"}, Start: now.Add(-open311.Window), End: now},
		"service_request_id=a,b,a&status=shut": {IDs: []string{"a", "b"}},
		"start_date=2023-12-05T20:30:00%2B08:00&end_date=2023-12-12T09:30:00+08:00": {Start: on(5, 20), End: on(12, 9)},
		"start_date=2023-12-05T12:30:00Z":                                           {Start: on(5, 20), End: on(5, 20).Add(open311.Window)},
		"end_date=2023-12-05T12:30Z&jurisdiction_id=xining.example":                 {Start: on(5, 20).Add(-open311.Window), End: on(5, 20)},
		"service_code=air&service_code=noise&start_date=2023-10-02T12:30:00%2B08:00&end_date=2023-12-31T12:30:00%2B08:00": {
			Codes: []string{"air", "noise"}, Start: now.Add(-open311.Window), End: now,
		},
	} {
		got, err := open311.ParseQuery(query(s), now)
		if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); err != nil || diff != "" {
			t.Errorf("%s: %v %s", s, err, diff)
		}
	}
	for s, field := range map[string]string{
		"status=fixed":                   "status",
		"start_date=2023-12-05":          "start_date",
		"end_date=yesterday":             "end_date",
		"start_date=2023-12-05T20:30:00": "start_date", // no distance to UTC
		"start_date=2023-12-05T20:30:00Z&end_date=2023-12-04T20:30:00Z": "end_date",
		"start_date=2023-09-01T00:00:00Z&end_date=2023-12-01T00:00:00Z": "end_date",
		"service_code=" + strings.Repeat("x", 65):                       "service_code",
		"service_request_id=" + strings.Repeat("1,12,", 1) + ids(101):   "service_request_id",
	} {
		_, err := open311.ParseQuery(query(s), now)
		if fields, all := fault.Fields(err); !all || fields[field] == nil || open311.StatusOf(err) != 400 {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func ids(n int) string {
	var all []string
	for i := range n {
		all = append(all, "id"+strings.Repeat("i", i%40)+string(rune('a'+i%26))+string(rune('a'+i/26)))
	}
	return strings.Join(all, ",")
}

func TestMatches(t *testing.T) {
	r := documents["requests"].(open311.Requests)[0]
	for s, want := range map[string]bool{
		"":                                true,
		"status=closed":                   false,
		"status=open&service_code=air":    true,
		"service_code=noise":              false,
		"service_request_id=" + r.ID:      true,
		"service_request_id=other":        false,
		"start_date=2023-12-06T00:00:00Z": false,
		"end_date=2023-12-05T12:30:00Z":   true,
		"end_date=2023-12-05T12:29:59Z":   false,
	} {
		q, err := open311.ParseQuery(query(s), on(31, 12))
		if err != nil || q.Matches(r) != want {
			t.Errorf("%s: %v %v", s, !want, err)
		}
	}
}

func TestReports(t *testing.T) {
	r, err := open311.ParseReport(query("service_code=air&lat=36.6171&long=101.7781&description=%E5%BC%82%E5%91%B3%0A%E5%A4%9C%E9%97%B4&email=a@example.org&media_url=https://example.org/a.jpg"))
	if err != nil || r.Place == nil || r.Place.Lon != 101.7781 || r.Description != "异味\n夜间" || r.Email != "a@example.org" {
		t.Errorf("%+v %v", r, err)
	}
	for s, field := range map[string]string{
		"lat=1&long=2&description=x":                                                 "service_code",
		"service_code=air&lat=1&long=2":                                              "description",
		"service_code=air&description=x":                                             "lat",
		"service_code=air&description=x&lat=1":                                       "lat",
		"service_code=air&description=x&lat=NaN&long=1":                              "lat",
		"service_code=air&description=x&lat=91&long=1":                               "lat",
		"service_code=air&description=x%00&address_string=a":                         "description",
		"service_code=air&description=x&address_string=a&media_url=javascript:1":     "media_url",
		"service_code=air&address_string=a&description=" + strings.Repeat("x", 4001): "description",
	} {
		_, err := open311.ParseReport(query(s))
		if fields, all := fault.Fields(err); !all || fields[field] == nil {
			t.Errorf("%s: %v", lang.Short(s), err)
		}
	}
	if _, err := open311.ParseFormat("html"); open311.StatusOf(err) != 404 {
		t.Error("html is a format")
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("start_date=2023-12-05T20:30:00Z&status=open&service_code=a,b")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		q, err := open311.ParseQuery(v, on(31, 12))
		if err == nil && (q.End.Sub(q.Start) > open311.Window || q.End.Before(q.Start)) {
			t.Fatalf("%s spans %v", s, q.End.Sub(q.Start))
		}
		_, _ = open311.ParseReport(v)
	})
}

// A discovery document and a definition are those of the standard's examples, in members and in order.
func TestWholeDocuments(t *testing.T) {
	for name, d := range map[string]any{
		"discovery":  open311.NewDiscovery("https://city.example/open311/v2", "the office", "the administrator", false),
		"definition": open311.Definition{Service: "water"},
	} {
		for format, end := range map[open311.Format]string{open311.JSON: "json", open311.XML: "xml"} {
			var b strings.Builder
			if err := open311.WriteWhole(&b, format, d); err != nil {
				t.Fatal(err)
			}
			held(t, name+"."+end, b.String())
		}
	}
}

// Parts follow one another without a gap or a repetition, whatever came before them meanwhile.
func TestParts(t *testing.T) {
	var all []open311.Request
	for _, id := range []string{"e", "d", "c", "b", "a"} {
		all = append(all, open311.Request{ID: id})
	}
	var read []string
	p, err := open311.ParsePart(url.Values{"page_size": {"2"}})
	for err == nil {
		var part []open311.Request
		part, p.After, err = p.Of(append([]open311.Request{{ID: "new"}}, all...))
		for _, r := range part {
			read = append(read, r.ID)
		}
		if p.After == "" {
			break
		}
	}
	if err != nil || strings.Join(read, " ") != "new e d c b a" {
		t.Errorf("%q %v", read, err)
	}
	for _, q := range []string{"page_size=0", "page_size=1001", "page_size=x", "after=%00", "after=" + strings.Repeat("x", 65)} {
		v, _ := url.ParseQuery(q)
		if _, err := open311.ParsePart(v); open311.StatusOf(err) != 400 {
			t.Errorf("%s: %v", q, err)
		}
	}
	if _, _, err := (open311.Part{After: "gone", Size: 2}).Of(all); open311.StatusOf(err) != 400 {
		t.Errorf("%v", err)
	}
}

func FuzzPart(f *testing.F) {
	f.Add("after=XN2023.1&page_size=10")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		p, err := open311.ParsePart(v)
		if err != nil {
			return
		}
		part, next, err := p.Of([]open311.Request{{ID: "a"}, {ID: "b"}, {ID: "c"}})
		if err == nil && (len(part) > p.Size || next != "" && next != part[len(part)-1].ID) {
			t.Fatalf("%s gives %d and then %q", s, len(part), next)
		}
	})
}
