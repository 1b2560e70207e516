package station_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// TestAHistorySaysForWhichOrganisation: the log has the id of an organisation, its readers
// see the name.
func TestAHistorySaysForWhichOrganisation(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s, office, ctx, east := station.New(d), identitytest.Open(t, d, station.Rights), t.Context(), division(t, "630102")
		union, err := office.Organisations.Add(ctx, identity.CommandLine, identity.Organising{Name: "城东区总工会", Division: east})
		if err != nil {
			t.Fatal(err)
		}
		editor := office.Who(office.SignInFor(identity.Giving{Role: "station.office", Organisation: union, Scope: right.Scope{Division: east}}))
		given, err := station.Read(ctx, strings.NewReader("编号,名称,区划,经度,纬度\nT-1,甲,630102,101.775,36.617\n"), station.Reading{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Import(ctx, "test", given, station.Importing{}); err != nil {
			t.Fatal(err)
		}
		first, err := s.Get(ctx, "T-1")
		if err != nil {
			t.Fatal(err)
		}
		first.Name = "乙"
		if _, err := s.Correct(ctx, editor, first, "改名"); err != nil {
			t.Fatal(err)
		}
		told, err := s.HistoryFor(ctx, editor, first, 1)
		if err != nil || len(told) != 1 || told[0].Why != "改名" {
			t.Fatal(told, err)
		}
		if got := station.SignedBy(lang.ZH, told[0].By); got != "工会驿站办公室（城东区总工会）" {
			t.Error(got)
		}
		if err := d.View(ctx, func(tx *db.Tx) error {
			items, err := record.History(tx, station.Subject("T-1"), "", 1)
			if err == nil && items[0].By != "station.office@"+union {
				t.Error(items[0].By)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
