package open311

import (
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

const (
	// Window is the longest span of a query, and what is answered where none is said.
	Window = 90 * 24 * time.Hour
	// Most is how many requests an answer has at most.
	Most = 1000
	// mostListed bounds ids and codes in one query, and maxID the length of one.
	mostListed = 100
	maxID      = 64
)

// Query is what requests are asked for. With IDs nothing else counts.
type Query struct {
	IDs        []string
	Codes      []string
	Status     []Status // empty: both
	Start, End time.Time
}

// ParseQuery reads the parameters of GET requests. A span of more than 90 days is refused, one
// with one end open is of 90 days, and none at all is the last 90 days. Several faults are told at once.
func ParseQuery(v url.Values, now time.Time) (Query, error) {
	var q Query
	var faults []error
	take := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	var err error
	q.IDs, err = listed(v, "service_request_id")
	take(err)
	if len(q.IDs) > 0 && err == nil {
		return Query{IDs: q.IDs}, nil
	}
	q.Codes, err = listed(v, "service_code")
	take(err)
	states, err := listed(v, "status")
	take(err)
	for _, s := range states {
		switch Status(strings.ToLower(s)) {
		case Open, Closed:
			q.Status = append(q.Status, Status(strings.ToLower(s)))
		default:
			take(fault.At("status", fault.New(fault.Invalid, "status 只能是 open 或 closed，不是“%[1]s”", "status is open or closed, not %[1]q", lang.Short(s))))
		}
	}
	take(q.span(v, now))
	if err := errors.Join(faults...); err != nil {
		return Query{}, err
	}
	return q, nil
}

// listed reads values that commas part, or that are given several times, each once.
func listed(v url.Values, name string) (all []string, err error) {
	for _, value := range v[name] {
		for s := range strings.SplitSeq(value, ",") {
			if s = strings.TrimSpace(s); s == "" || slices.Contains(all, s) {
				continue
			}
			if why, ok := lang.CheckText(s, maxID); !ok {
				return nil, fault.At(name, &fault.Error{Kind: fault.Invalid, Text: why})
			}
			if all = append(all, s); len(all) > mostListed {
				return nil, fault.At(name, fault.New(fault.Invalid, "%[1]s 一次最多 %[2]d 个", "%[1]s takes %[2]d at most", name, mostListed))
			}
		}
	}
	return all, nil
}

func (q *Query) span(v url.Values, now time.Time) error {
	start, err1 := dated(v, "start_date")
	end, err2 := dated(v, "end_date")
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	switch {
	case start.IsZero() && end.IsZero():
		end = now
		start = end.Add(-Window)
	case start.IsZero():
		start = end.Add(-Window)
	case end.IsZero():
		end = start.Add(Window)
	case end.Before(start):
		return fault.At("end_date", fault.New(fault.Invalid, "end_date 早于 start_date", "end_date is before start_date"))
	case end.Sub(start) > Window:
		return fault.At("end_date", fault.New(fault.Invalid, "一次最多查 90 天：请分几次查", "a query spans 90 days at most: ask in parts"))
	}
	q.Start, q.End = start, end
	return nil
}

// dated reads a time of the W3C's form: with its distance to UTC. A plus sign that a client did
// not escape has become a space.
func dated(v url.Values, name string) (time.Time, error) {
	s := strings.TrimSpace(v.Get(name))
	if s == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(form, strings.Replace(s, " ", "+", 1)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.At(name, fault.New(fault.Invalid, "%[1]s 不是 2023-12-05T20:00:00+08:00 这样的时间：“%[2]s”", "%[1]s is no time such as 2023-12-05T20:00:00+08:00: %[2]q", name, lang.Short(s)))
}

// Matches reports whether a request is asked for.
func (q Query) Matches(r Request) bool {
	if len(q.IDs) > 0 {
		return slices.Contains(q.IDs, r.ID)
	}
	return (len(q.Codes) == 0 || slices.Contains(q.Codes, r.ServiceCode)) && (len(q.Status) == 0 || slices.Contains(q.Status, r.Status)) &&
		!r.Requested.Before(q.Start) && !r.Requested.After(q.End)
}

// Report is what somebody sends with POST. Who they are is personal data: it is sealed by who keeps it.
type Report struct {
	Service     string
	Description string
	Place       *geo.Point // as it was given, not blurred
	Address     string
	AddressID   string
	Media       string
	Device      string
	Account     string
	Email       string
	First, Last string
	Phone       string
}

// What bounds the fields of a report; the standard names 4,000 for the description.
const (
	maxDescription = 4000
	maxField       = 200
	maxAddress     = 2000
)

// ParseReport reads the form of POST requests. A report has a service, a text and a place or an
// address.
func ParseReport(v url.Values) (Report, error) {
	var faults []error
	field := func(name string, most int) string {
		s := strings.TrimSpace(v.Get(name))
		if n := utf8.RuneCountInString(s); n > most {
			faults = append(faults, fault.At(name, fault.New(fault.Invalid, "%[1]s 最多 %[2]d 个字", "%[1]s has %[2]d characters at most", name, most)))
		}
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return lang.Unprintable(r) && r != '\n' && r != '\r' && r != '\t' }) {
			faults = append(faults, fault.At(name, fault.New(fault.Invalid, "%[1]s 含有看不见的控制字符", "%[1]s has characters that cannot be seen", name)))
		}
		return s
	}
	r := Report{
		Service: field("service_code", maxID), Description: field("description", maxDescription), Address: field("address_string", maxAddress),
		AddressID: field("address_id", maxField), Media: field("media_url", maxAddress), Device: field("device_id", maxField),
		Account: field("account_id", maxField), Email: field("email", maxField), First: field("first_name", maxField), Last: field("last_name", maxField), Phone: field("phone", maxField),
	}
	var err error
	if r.Place, err = located(v); err != nil {
		faults = append(faults, err)
	}
	if r.Service == "" {
		faults = append(faults, fault.At("service_code", fault.New(fault.Invalid, "没有写 service_code", "service_code is missing")))
	}
	if r.Description == "" {
		faults = append(faults, fault.At("description", fault.New(fault.Invalid, "没有写 description：请说明反映的问题", "description is missing: say what it is about")))
	}
	if r.Place == nil && err == nil && r.Address == "" && r.AddressID == "" {
		faults = append(faults, fault.At("lat", fault.New(fault.Invalid, "没有位置：请给出 lat 和 long，或 address_string", "there is no place: give lat and long, or address_string")))
	}
	if r.Media != "" {
		if u, err := url.Parse(r.Media); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			faults = append(faults, fault.At("media_url", fault.New(fault.Invalid, "media_url 不是网址", "media_url is no address")))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return Report{}, err
	}
	return r, nil
}

func located(v url.Values) (*geo.Point, error) {
	lat, long := strings.TrimSpace(v.Get("lat")), strings.TrimSpace(v.Get("long"))
	if lat == "" && long == "" {
		return nil, nil //nolint:nilnil // a report may have an address instead
	}
	y, err1 := strconv.ParseFloat(lat, 64)
	x, err2 := strconv.ParseFloat(long, 64)
	p := geo.Point{Lon: x, Lat: y}
	if err1 != nil || err2 != nil || math.IsInf(x+y, 0) || !p.Valid() {
		return nil, fault.At("lat", fault.New(fault.Invalid, "lat 和 long 要成对，是 WGS-84 的度数", "lat and long come together, in degrees of WGS-84"))
	}
	return &p, nil
}
