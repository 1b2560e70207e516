package open311

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// Specification is the address by which the standard names itself.
const Specification = "http://wiki.open311.org/GeoReport_v2"

// Discovery says where a site answers, and how one gets a key.
type Discovery struct {
	XMLName    xml.Name   `json:"-" xml:"discovery"`
	Changeset  string     `json:"changeset" xml:"changeset"`
	Contact    string     `json:"contact" xml:"contact"`
	KeyService string     `json:"key_service" xml:"key_service"`
	Endpoints  []Endpoint `json:"endpoints" xml:"endpoints>endpoint"`
}

// Endpoint is where requests are answered.
type Endpoint struct {
	Specification string   `json:"specification" xml:"specification"`
	URL           string   `json:"url" xml:"url"`
	Changeset     string   `json:"changeset" xml:"changeset"`
	Type          string   `json:"type" xml:"type"`
	Formats       []string `json:"formats" xml:"formats>format"`
}

// changed is when what is served changed last.
var changed = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)

// NewDiscovery is the discovery document of a site whose addresses begin with url.
func NewDiscovery(url, contact, keys string, test bool) Discovery {
	kind := "production"
	if test {
		kind = "test"
	}
	return Discovery{Changeset: changed, Contact: contact, KeyService: keys, Endpoints: []Endpoint{{Specification, url, changed, kind, []string{"text/xml", "application/json"}}}}
}

// Definition is what a service asks for besides: nothing.
type Definition struct {
	XMLName    xml.Name   `json:"-" xml:"service_definition"`
	Service    string     `json:"service_code" xml:"service_code"`
	Attributes attributes `json:"attributes" xml:"attributes"`
}

// attributes are none, and say so.
type attributes struct{}

// MarshalJSON writes an empty list.
func (attributes) MarshalJSON() ([]byte, error) { return []byte("[]"), nil }

// WriteWhole writes a [Discovery] or a [Definition], which are no lists.
func WriteWhole(w io.Writer, f Format, d any) error {
	var out []byte
	var err error
	if f == XML {
		out, err = xml.MarshalIndent(d, "", "  ")
		out = append([]byte(xml.Header), out...)
	} else {
		out, err = json.MarshalIndent(d, "", "  ")
	}
	if err == nil {
		_, err = w.Write(append(out, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write Open311: %w", err)
	}
	return nil
}
