// Package open311 writes and reads what Open311 GeoReport v2 says (wiki.open311.org/GeoReport_v2):
// services, service requests, receipts and tokens, in JSON and XML, and errors in both.
//
//	q, err := open311.ParseQuery(values, now)
//	err = open311.Write(w, open311.XML, open311.Requests(list))
//
// The standard has two states. A request is *closed* from 销号 on and *open* before, also
// while it is stage-closed: clients show closed as fixed. What the state is called here stands in
// status_notes. Places are given as they are shown on the public map, blurred by
// who calls; a request without one has neither lat nor long.
//
// Members without a value are null in JSON and empty elements in XML, as the standard's
// examples have them. A service has no definition: metadata is false for each. The
// package knows no HTTP: who serves it sends [Format.Type] and [StatusOf].
package open311

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// Format is JSON or XML.
type Format uint8

// The formats.
const (
	JSON Format = iota
	XML
)

// ParseFormat reads the end of an address: requests.json, requests.xml.
func ParseFormat(extension string) (Format, error) {
	switch strings.ToLower(strings.TrimPrefix(extension, ".")) {
	case "json":
		return JSON, nil
	case "xml":
		return XML, nil
	}
	return JSON, fault.New(fault.NotFound, "没有格式“%[1]s”：只有 json 和 xml", "there is no format %[1]q: use json or xml", lang.Short(extension))
}

// Type is the media type of a format.
func (f Format) Type() string {
	if f == XML {
		return "text/xml; charset=utf-8"
	}
	return "application/json; charset=utf-8"
}

// Service is a kind of complaint that may be reported.
type Service struct {
	Code        string
	Name        string
	Description string
	Keywords    []string
	Group       string
}

// Status is one of the two that the standard has.
type Status string

// The states.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// StatusFor is closed if a complaint was signed off (销号), and open else.
func StatusFor(filed bool) Status {
	if filed {
		return Closed
	}
	return Open
}

// Request is a complaint, as the public may see it.
type Request struct {
	ID          string
	Status      Status
	StatusNotes string // the state as it is called here, and for a stage-closed one its next date
	ServiceName string
	ServiceCode string
	Description string
	Agency      string
	Notice      string
	Requested   time.Time
	Updated     time.Time // zero: as Requested
	Expected    time.Time // zero: nobody has said
	Address     string
	AddressID   string
	Zip         string
	Place       *geo.Point // blurred
	Media       string     // address of a picture
}

// Receipt answers a report: with an id, or with a token where the id is given later.
type Receipt struct {
	ID, Token, Notice, Account string
}

// Failure is an error in the standard's form.
type Failure struct {
	Code        int
	Description string
}

// Document is one of the standard's answers: [Services], [Requests], [Receipts],
// [Tokens] or [Failures].
type Document interface{ lines() list }

// Services answers GET services.
type Services []Service

// Requests answers GET requests, and GET requests/ID with one.
type Requests []Request

// Receipts answers POST requests.
type Receipts []Receipt

// Tokens answers GET tokens/TOKEN: the id that a token stands for.
type Tokens []Receipt

// Failures answers what cannot be answered.
type Failures []Failure

// Write writes a document.
func Write(w io.Writer, f Format, d Document) error {
	out := d.lines()
	var err error
	if f == XML {
		err = out.xml(w)
	} else {
		err = out.json(w)
	}
	if err != nil {
		return fmt.Errorf("write Open311: %w", err)
	}
	return nil
}

// list is a document: items of members in their order.
type list struct {
	root, item string
	items      [][]member
}

// degrees has no exponent, which a reader of XML may not know.
func degrees(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'f', -1, 64)) }

// member has a string, a number, a bool, or nil.
type member struct {
	name  string
	value any
}

// text is a member that is null where it is empty.
func text(name, s string) member {
	if s == "" {
		return member{name, nil}
	}
	return member{name, s}
}

func moment(name string, t time.Time) member {
	if t.IsZero() {
		return member{name, nil}
	}
	return member{name, t.Format(time.RFC3339)}
}

func (l list) json(w io.Writer) error {
	out := []byte("[")
	for i, item := range l.items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, "\n  {"...)
		for j, m := range item {
			if j > 0 {
				out = append(out, ',')
			}
			value, err := json.Marshal(m.value)
			if err != nil {
				return err
			}
			out = fmt.Appendf(out, "\n    %q: %s", m.name, value)
		}
		out = append(out, "\n  }"...)
	}
	_, err := w.Write(append(out, "\n]\n"...))
	return err
}

func (l list) xml(w io.Writer) error {
	var out strings.Builder
	out.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<" + l.root + ">\n")
	for _, item := range l.items {
		out.WriteString("  <" + l.item + ">\n")
		for _, m := range item {
			if m.value == nil {
				out.WriteString("    <" + m.name + "/>\n")
				continue
			}
			out.WriteString("    <" + m.name + ">")
			if err := xml.EscapeText(&out, fmt.Append(nil, m.value)); err != nil {
				return err
			}
			out.WriteString("</" + m.name + ">\n")
		}
		out.WriteString("  </" + l.item + ">\n")
	}
	out.WriteString("</" + l.root + ">\n")
	_, err := io.WriteString(w, out.String())
	return err
}

func (all Services) lines() list {
	l := list{root: "services", item: "service"}
	for _, s := range all {
		l.items = append(l.items, []member{
			{"service_code", s.Code},
			{"service_name", s.Name},
			text("description", s.Description),
			{"metadata", false},
			{"type", "realtime"},
			text("keywords", strings.Join(s.Keywords, ",")), text("group", s.Group),
		})
	}
	return l
}

func (all Requests) lines() list {
	l := list{root: "service_requests", item: "request"}
	for _, r := range all {
		updated := r.Updated
		if updated.IsZero() {
			updated = r.Requested
		}
		lat, long := member{"lat", nil}, member{"long", nil}
		if r.Place != nil {
			lat.value, long.value = degrees(r.Place.Lat), degrees(r.Place.Lon)
		}
		l.items = append(l.items, []member{
			{"service_request_id", r.ID},
			{"status", string(r.Status)},
			text("status_notes", r.StatusNotes),
			text("service_name", r.ServiceName), text("service_code", r.ServiceCode), text("description", r.Description),
			text("agency_responsible", r.Agency), text("service_notice", r.Notice),
			moment("requested_datetime", r.Requested), moment("updated_datetime", updated), moment("expected_datetime", r.Expected),
			text("address", r.Address), text("address_id", r.AddressID), text("zipcode", r.Zip), lat, long, text("media_url", r.Media),
		})
	}
	return l
}

func (all Receipts) lines() list {
	l := list{root: "service_requests", item: "request"}
	for _, r := range all {
		first := member{"service_request_id", r.ID}
		if r.ID == "" {
			first = member{"token", r.Token}
		}
		l.items = append(l.items, []member{first, text("service_notice", r.Notice), text("account_id", r.Account)})
	}
	return l
}

func (all Tokens) lines() list {
	l := list{root: "service_requests", item: "request"}
	for _, r := range all {
		l.items = append(l.items, []member{text("service_request_id", r.ID), {"token", r.Token}})
	}
	return l
}

func (all Failures) lines() list {
	l := list{root: "errors", item: "error"}
	for _, f := range all {
		l.items = append(l.items, []member{{"code", f.Code}, {"description", f.Description}})
	}
	return l
}

// StatusOf is the standard's code for a fault: 404 for an id that there is not, 403 for what
// one may not do, 400 for the rest that the client can mend, and 500 for what it cannot.
func StatusOf(err error) int {
	switch fault.KindOf(err) {
	case fault.NotFound:
		return 404
	case fault.Denied:
		return 403
	case fault.Invalid, fault.Conflict, fault.Late:
		return 400
	case fault.Unavailable:
		return 503
	}
	return 500
}

// FailuresOf tells an error in the standard's form. What is no fault says nothing of itself.
func FailuresOf(l lang.Lang, err error) Failures {
	said, ok := fault.Named(l, err)
	if !ok {
		said = l.T("程序出错了，已经记录：请稍后再试", "something broke here and was recorded: try again later")
	}
	return Failures{{StatusOf(err), said}}
}
