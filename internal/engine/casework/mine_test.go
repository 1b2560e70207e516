package casework_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/record"
)

// Who answers for several organisations has one list: each case once, in the order in
// which they are due, whatever the page ends with.
func TestOwedByPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		p := posted(t, d)
		for i := range 23 {
			p.now = when("2026-11-03T10:00").AddDate(0, 0, i/3) // several are due at once
			lead := []string{"water", "fire", "pump"}[i%3]
			p.do(func(tx *db.Tx) error {
				_, err := p.book.Open(tx, casework.Opening{Process: "test.problem", Code: fmt.Sprint("P-", i), Division: "630102", Lead: lead, Asker: "office", By: anybody[:1], Rules: periods})
				return err
			})
		}
		holders := []string{casework.Organisation("water"), casework.Organisation("fire"), casework.Somebody("wang")}
		seen, last := map[string]bool{}, casework.Owing{}
		for {
			var page []casework.Owing
			p.do(func(tx *db.Tx) (err error) {
				page, err = p.book.Lists.Owed(tx, holders, casework.Page{After: last.Duty, Limit: 2})
				return err
			})
			if len(page) == 0 {
				break
			}
			for _, o := range page {
				if seen[o.Case] || o.DueAt.Before(last.DueAt) {
					t.Error("twice, or out of order:", o)
				}
				seen[o.Case], last = true, o
			}
		}
		p.do(func(tx *db.Tx) error {
			n, err := p.book.Lists.CountOwed(tx, holders, time.Time{}, time.Time{})
			if n != len(seen) || n != 16 {
				t.Error(n, len(seen))
			}
			late, e := p.book.Lists.CountOwed(tx, holders[:1], time.Time{}, when("2026-11-05T00:01"))
			waits, e2 := p.book.Lists.CountAwaited(tx, []string{casework.Organisation("office")}, time.Time{}, time.Time{})
			listed, e3 := p.book.Lists.Awaited(tx, []string{casework.Organisation("office"), casework.Organisation("none")}, casework.Page{})
			both := append([]string{casework.Organisation("office")}, holders...) // who owes it does not wait for it
			othersOwe, e5 := p.book.Lists.Awaited(tx, both, casework.Page{Limit: 5})
			n5, e6 := p.book.Lists.CountAwaited(tx, both, time.Time{}, time.Time{})
			if len(othersOwe) != 5 || n5 != 7 {
				t.Error(len(othersOwe), n5)
			}
			soon, e4 := p.book.Lists.Owed(tx, holders, casework.Page{Until: when("2026-11-05T00:01")})
			if late != 1 || waits != 23 || len(listed) != 23 || len(soon) != 2 {
				t.Error(late, waits, len(listed), len(soon))
			}
			for _, e := range []error{e, e2, e3, e4, e5, e6} {
				if e != nil {
					t.Error(e)
				}
			}
			return err
		})
	})
}

// The secret of a calendar opens it until it is revoked, or another one is made, or an
// older database comes back; it is nowhere in the database, and the record names nobody.
func TestFeedSecrets(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		p := posted(t, d)
		made := func() (secret string) {
			p.do(func(tx *db.Tx) (err error) { secret, err = p.book.Feeds.Make(tx, "self", "wang"); return err })
			return secret
		}
		opens := func(secret string) (person string) {
			p.do(func(tx *db.Tx) error {
				f, ok, err := p.book.Feeds.By(tx, secret)
				if ok {
					person = f.Person
				}
				return err
			})
			return person
		}
		first := made()
		if opens(first) != "wang" || opens(first+"x") != "" || opens("") != "" || opens(strings.Repeat("x", 10000)) != "" {
			t.Error("the secret opens the wrong calendar")
		}
		second := made()
		if opens(first) != "" || opens(second) != "wang" {
			t.Error("the former secret still opens it")
		}
		p.do(func(tx *db.Tx) error { return p.book.Feeds.End(tx, "self", "wang") })
		p.do(func(tx *db.Tx) error { return p.book.Feeds.End(tx, "self", "wang") })
		if opens(second) != "" {
			t.Error("it opens after it was revoked")
		}
		third := made()
		if err := casework.Restored(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if opens(third) != "" {
			t.Error("it opens after a restore")
		}
		var dump strings.Builder
		if err := d.Dump(t.Context(), &dump); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{first, second, third} {
			if strings.Contains(dump.String(), secret) {
				t.Error("a secret is in the database")
			}
		}
		p.do(func(tx *db.Tx) error {
			all, err := record.Latest(tx, "", "", 10)
			for _, item := range all {
				if item.Kind != record.KindSealed || strings.Contains(string(item.Statement()), "wang") {
					t.Errorf("%+v", item)
				}
			}
			if len(all) != 4 {
				t.Error(len(all))
			}
			return err
		})
	})
}
