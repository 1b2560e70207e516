package publiclog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// visits counts entries of publiclog_test.
type visits struct{ count int }

func (v *visits) Add(s logtree.Statement) error {
	v.count++
	return json.Unmarshal(s.Public, &struct{}{})
}

var counting = figure.Query{
	Name:    "test.visits/1",
	Members: []string{"visits"},
	Over:    &figure.Fold{Kinds: []string{"test.visited"}, Begin: func() figure.State { return &visits{} }},
	Settle:  func(figure.Params, time.Time) (figure.Params, error) { return figure.Params{}, nil },
	Answer: func(_ context.Context, s figure.State, _ figure.Params, _ map[string]string) (any, error) {
		return map[string]int{"visits": s.(*visits).count}, nil
	},
}

// TestFiguresWhileTheLogGrows: many ask for a figure while entries come in; whatever
// size each was told of, its receipt holds in the end, and none is of fewer entries than
// were published when it was asked.
func TestFiguresWhileTheLogGrows(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		h.write(300)
		h.must(h.sequence())
		figures := publiclog.NewFigures(h.log(), []figure.Query{counting})
		var all sync.WaitGroup
		var mu sync.Mutex
		var receipts []verify.File
		for range 4 {
			all.Go(func() {
				for range 12 {
					r, err := figures.Receipt(t.Context(), counting, figure.Params{})
					if fault.KindOf(err) == fault.Unavailable {
						continue // somebody was faster
					}
					if err != nil {
						t.Error(err)
						return
					}
					text, err := r.Bytes()
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					receipts = append(receipts, verify.File{Name: fmt.Sprint("receipt ", len(receipts)), Text: text})
					mu.Unlock()
				}
			})
		}
		for range 5 {
			h.write(150)
			h.must(h.sequence())
		}
		all.Wait()
		last, err := figures.Receipt(t.Context(), counting, figure.Params{})
		h.must(err)
		if string(last.Result) != `{"visits":1050}` || last.Entries.Count != 1050 {
			t.Errorf("%s of %d", last.Result, last.Entries.Count)
		}
		dir := t.TempDir()
		_, err = h.log().Export(t.Context(), dir)
		h.must(err)
		report, err := verify.Log(t.Context(), verify.Folder(dir), verify.Options{Receipts: receipts, Queries: []figure.Query{counting}})
		if err != nil || len(report.Findings) > 0 || len(report.Figures) != len(receipts) || len(receipts) < 10 {
			t.Errorf("%d receipts, %d hold: %v, %v", len(receipts), len(report.Figures), report.Findings, err)
		}
		if _, _, err := figures.Settle("test.visits/2", nil, time.Now()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another version: %v", err)
		}
	})
}
