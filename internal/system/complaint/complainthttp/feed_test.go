package complainthttp_test

import (
	"encoding/xml"
	"net/http"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
)

// A text that is taken back moves the feed and the entry of its bulletin, the older of two, and leaves the other.
func TestAWithdrawalMovesTheFeed(t *testing.T) {
	s := serve(t)
	s.Publish("XN2023", 1)
	l := s.LettersOf(s.Look(code))[0]
	s.Later(time.Hour)
	if o := s.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311270001,市医院后院异味扰民。,城西区,大气\n"); o.Added != 1 {
		t.Fatalf("%+v", o)
	}
	s.Publish("XN2023", 2)
	type times struct {
		Updated time.Time `xml:"updated"`
		Entries []struct {
			ID      string    `xml:"id"`
			Updated time.Time `xml:"updated"`
		} `xml:"entry"`
	}
	read := func() (all times) {
		status, body := s.ask("", http.MethodGet, "/complaints/bulletins/XN2023/feed.atom", "")
		if err := xml.Unmarshal([]byte(body), &all); status != http.StatusOK || err != nil || len(all.Entries) != 2 {
			t.Fatal(status, err, body)
		}
		return all
	}
	before := read()
	if !before.Updated.Equal(before.Entries[0].Updated) || !before.Entries[1].Updated.Before(before.Entries[0].Updated) {
		t.Errorf("%+v", before)
	}
	s.Later(time.Hour)
	n, err := s.Bulletins.Withdraw(s.Ctx(), s.Clerk, bulletin.Withdrawal{Campaign: "XN2023", Code: l.Code, Why: "误公开"})
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	after := read()
	if !after.Updated.After(before.Updated) || !after.Updated.Equal(after.Entries[1].Updated) || !after.Entries[0].Updated.Equal(before.Entries[0].Updated) || after.Entries[1].ID != before.Entries[1].ID {
		t.Errorf("%+v, before %+v", after, before)
	}
}
