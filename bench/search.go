package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
)

// searchEntry measures a page of the register of 160,000 stations, found by words
// or by what they offer. The peer is the same database asked to look at every row,
// which is what stands in for a few seconds after a change.
func searchEntry() Entry {
	return Entry{
		Name: "register-search", Unit: "ms a page", Peer: "every row read", Less: true, Must: 10, Stretch: 50,
		Run: func(ctx context.Context) (Figures, error) {
			dir, err := os.MkdirTemp("", "register")
			if err != nil {
				return Figures{}, err
			}
			defer func() { _ = os.RemoveAll(dir) }()
			d, err := db.Open(ctx, filepath.Join(dir, "register.db"))
			if err != nil {
				return Figures{}, err
			}
			defer func() { _ = d.Close() }()
			if err := d.Migrate(ctx, record.Schema, station.Schema); err != nil {
				return Figures{}, err
			}
			return searched(ctx, d)
		},
	}
}

// lookedFor is what a register is asked: a name that one has, a word that all
// have, a character, digits that many have, two words, and no word at all.
var lookedFor = []string{"第77777站", "工会驿站", "街", "123", "某街 99号", "没有这个", ""}

func searched(ctx context.Context, d *db.DB) (Figures, error) {
	held, plain := station.New(d), station.New(d)
	batch, err := station.Read(ctx, strings.NewReader(register()), station.Reading{})
	if err != nil {
		return Figures{}, err
	}
	if _, err := held.Import(ctx, "bench", batch, station.Importing{}); err != nil {
		return Figures{}, err
	}
	snap, err := city.Load(ctx, d)
	if err != nil {
		return Figures{}, err
	}
	began := time.Now()
	if err := held.Hold(ctx, snap.Stations, snap.Revision); err != nil {
		return Figures{}, err
	}
	took := time.Since(began)
	pages := func(s *station.Service) (all []station.Page, err error) {
		for _, text := range lookedFor {
			page, err := s.List(ctx, station.Filter{Text: text, Needs: station.ServicesOf(station.Rest), Order: station.ByName, Limit: 50})
			if err != nil {
				return nil, err
			}
			all = append(all, page)
		}
		return all, nil
	}
	ours, err := pages(held)
	if err != nil {
		return Figures{}, err
	}
	theirs, err := pages(plain)
	if err != nil {
		return Figures{}, err
	}
	for i := range ours {
		if diff := cmp.Diff(codes(ours[i]), codes(theirs[i])); diff != "" || ours[i].Total != theirs[i].Total || ours[i].Next != theirs[i].Next {
			return Figures{}, fmt.Errorf("%q: %d and %d found, %s", lookedFor[i], ours[i].Total, theirs[i].Total, diff)
		}
	}
	each := func(s *station.Service) func() (float64, error) {
		return func() (float64, error) {
			v, err := seconds(processor, func() error { _, err := pages(s); return err })
			return v * 1000 / float64(len(lookedFor)), err
		}
	}
	f, err := interleave(ctx, 5, each(held), each(plain))
	f.Note = fmt.Sprintf("%d stations, %d searches, pages equal; laid out in %v", len(snap.Stations), len(lookedFor), took.Round(time.Millisecond))
	return f, err
}

func codes(p station.Page) (all []string) {
	for _, s := range p.Stations {
		all = append(all, s.Code)
	}
	return all
}

// register is a country's stations as a sheet.
func register() string {
	var b strings.Builder
	b.WriteString("编号,名称,品牌,依托单位,区划,地址,经度,纬度,服务\n")
	for i := range metropolisStations {
		fmt.Fprintf(&b, "N-%06d,第%d站,工会驿站,某单位,630103,某街%d号,%.6f,%.6f,热水、休息\n", i, i, i, 101.5+float64(i%400)/1000, 36.5+float64(i/400)/1000)
	}
	return b.String()
}
