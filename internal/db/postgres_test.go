package db_test

import (
	"net/url"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
)

// TestSeveralHosts names a host where nobody listens before the real one.
func TestSeveralHosts(t *testing.T) {
	u, err := url.Parse(dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if host := q.Get("host"); host != "" {
		q.Set("host", "/nonexistent,"+host)
		u.RawQuery = q.Encode()
	} else {
		u.Host = "127.0.0.1:1," + u.Host
	}
	d := dbtest.Open(t, u.String(), shop)
	update(t, d, add("x"))
	if n := count(t, d); n != 1 {
		t.Errorf("%d articles, want 1", n)
	}
}
