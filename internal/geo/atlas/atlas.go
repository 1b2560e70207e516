// Package atlas keeps everything that the product knows of one city's ground in
// one file: the walking and the e-bike graph, the base map, the places that
// people name, the outlines of administrative divisions, and an estimate of how
// many people are where.
//
// Import makes the file from an OpenStreetMap extract, all or nothing: it is
// written beside its final name and renamed when it is whole. Open reads it
// whole, a gigabyte in half a second; a file that is damaged, cut short or of
// another version is refused, and what happens to it later does not matter. An
// Atlas is immutable and shared freely between goroutines.
package atlas

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/geo/tile"
)

// Version changes with the content of any section, so that an older file is
// refused instead of misread.
const Version = "atlas/3"

// Atlas is one city.
type Atlas struct {
	Info                      Info
	Walk, Ebike               *road.Graph
	WalkProfile, EbikeProfile road.Profile
	Map                       *tile.Base
	Places                    *Places
	Boundaries                []Boundary // from the highest level down
	Estimate                  *Estimate

	file []byte        // that all of this was read from
	sum  func() string // of it
}

// Info says where an atlas comes from.
type Info struct {
	Source      string    `json:"source"`      // name of the extract
	Title       string    `json:"title"`       // the city, if the importer named it
	Attribution string    `json:"attribution"` // to be shown on every map
	Schematic   bool      `json:"schematic"`   // invented for a demonstration, not surveyed
	Date        time.Time `json:"date"`        // the state of the data; zero when unknown
	Box         geo.Box   `json:"box"`
	WalkKmh     float64   `json:"walk_kmh"`
	EbikeKmh    float64   `json:"ebike_kmh"`
	Hash        string    `json:"-"` // of the content: the same extract gives the same
}

// osmAttribution is what the licence of OpenStreetMap data asks to be shown.
const osmAttribution = "© OpenStreetMap contributors"

// Open reads the atlas at path. A file that is absent is fault.NotFound; one
// that is damaged, cut short or of another version is fault.Invalid.
func Open(path string) (*Atlas, error) {
	f, err := flat.Open(path, Version)
	if err != nil {
		return nil, err
	}
	return load(f, path)
}

// File is the file that the atlas was read from, for whoever wants to compute on it:
// what is at its path may be another by now. It must not be written to, and is nil of
// an atlas that was put together by hand.
func (a *Atlas) File() []byte { return a.file }

// Sum is the SHA-256 of File, which anybody can take of the same file; "" without one.
func (a *Atlas) Sum() string {
	if a.sum == nil {
		return ""
	}
	return a.sum()
}

func load(f *flat.File, path string) (*Atlas, error) {
	a := &Atlas{file: f.Bytes()}
	a.sum = sync.OnceValue(func() string { return fmt.Sprintf("%x", sha256.Sum256(a.file)) })
	about, err := flat.Get[byte](f, "info")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(about, &a.Info); err != nil {
		return nil, fault.New(fault.Invalid, "街道文件 %s 的说明部分读不出来：请用 xiadu import streets 重新导入",
			"the description in the street file %s cannot be read: import again with xiadu import streets", path).Because(err)
	}
	a.Info.Hash = f.Digest()
	a.WalkProfile, a.EbikeProfile = road.Walking(a.Info.WalkKmh), road.Ebike(a.Info.EbikeKmh)
	if a.Walk, err = road.Load(f, "walk."); err != nil {
		return nil, err
	}
	if a.Ebike, err = road.Load(f, "ebike."); err != nil {
		return nil, err
	}
	if a.Map, err = tile.Load(f); err != nil {
		return nil, err
	}
	if a.Places, err = loadPlaces(f); err != nil {
		return nil, err
	}
	if a.Boundaries, err = loadBoundaries(f); err != nil {
		return nil, err
	}
	if a.Estimate, err = loadEstimate(f); err != nil {
		return nil, err
	}
	return a, nil
}
