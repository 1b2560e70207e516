package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

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
