// Package figure lets a published figure be asked after: of what was it made, and does
// the public log give it?
//
// A system says which figures it publishes: each is a [Query], by name and version. A
// query is asked of a [State], which is what the entries of the log add up to (the
// register of stations, say), and perhaps of files that are not in the log (streets).
// What comes of it is written into a [Receipt]:
//
//	query, parameters · the signed checkpoint · which entries, by hash · which files, by hash · the result, and its hash
//
// Who has an exported log adds the entries up again as far as the receipt's checkpoint and
// asks the same query: record/verify does it without a database. So a receipt stays
// true whatever is logged later. Who makes receipts for a site is publiclog.Figures.
//
// A version of a query means the same for ever: another meaning is another version.
// Nothing here knows any system.
package figure

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// State is what entries add up to. Add takes an entry of one of the fold's kinds, in the
// order of the log. Many may ask while none adds.
type State interface {
	Add(logtree.Statement) error
}

// Fold says of which kinds of entry a state is made. Queries that share one share its state.
type Fold struct {
	Kinds []string
	Begin func() State
}

// Takes tells whether entries of a kind are part of the state.
func (f *Fold) Takes(kind string) bool { return slices.Contains(f.Kinds, kind) }

// Params are what a query leaves open, by name.
type Params map[string]string

// File is something that the answer needs and the log does not have.
type File struct {
	Name   string `json:"name"` // its part in the query: "streets"
	SHA256 string `json:"sha256"`
	From   string `json:"from,omitempty"` // the path on the site where it was to be had
	As     string `json:"as,omitempty"`   // what it is called when it is taken from there
}

// Query is a figure that is published, as a question.
type Query struct {
	Name  string // with its version: "station.open/1"
	Title lang.Text
	How   lang.Text // how it is found, in a few sentences
	Over  *Fold

	// Needs are the names of the files that an answer may be made of besides the log, and
	// Members those that its result may have: a receipt with others is none of this query.
	Needs, Members []string

	// Settle checks parameters and fills in what is left out, from now on. What is
	// settled settles to itself.
	Settle func(p Params, now time.Time) (Params, error)

	// Answer computes the result, an object, of settled parameters, on the paths of files
	// by name. A file that belongs to the figure and is not at hand has an empty path: then
	// the result has only those members that the log alone gives.
	Answer func(ctx context.Context, s State, p Params, files map[string]string) (any, error)

	// Live is Answer on a site, which has the files in memory. Without it there are none.
	Live func(ctx context.Context, s State, p Params) (result any, files []File, err error)

	// Past is Live on a state of fewer entries than the log has by now. Where files are no
	// longer those of then it is a fault that says so. Without it Answer has no files.
	Past func(ctx context.Context, s State, p Params) (result any, files []File, err error)

	// Beside is Answer for a figure that is made of files beside the log, which it asks for by their
	// SHA-256. It takes the place of Answer, Live and Past.
	Beside func(ctx context.Context, s State, p Params, file Fetch) (any, error)

	// Shelf is a fold whose state is Shelved: it holds the files beside the log against the entries, and is no part of
	// receipts, so that it may look at more kinds than the figure.
	Shelf *Fold

	// Tell says a result to people: the first line is the figure itself.
	Tell func(p Params, result json.RawMessage) []Line
}

// Line is one thing that a result says.
type Line struct{ Name, Value lang.Text }

// Counted is a line with a number.
func Counted(zh, en string, n int) Line {
	text := strconv.Itoa(n)
	return Line{Name: lang.Text{ZH: zh, EN: en}, Value: lang.Text{ZH: text, EN: text}}
}

// Find returns a query by its name.
func Find(queries []Query, name string) (Query, error) {
	for _, q := range queries {
		if q.Name == name {
			return q, nil
		}
	}
	return Query{}, fault.New(fault.NotFound, "没有“%s”这种数字：可能是更新的程序给出的", "there is no figure “%s”; a newer program may know it", lang.Short(name))
}

// Path is where the receipt of a figure is explained to a person; with .json after the
// version it is the file.
func Path(query string, p Params) string { return path(query, "", p) }

// FilePath is where the receipt itself is.
func FilePath(query string, p Params) string { return path(query, ".json", p) }

func path(query, ending string, p Params) string {
	q := url.Values{}
	for name, value := range p {
		q.Set(name, value)
	}
	name, version, _ := strings.Cut(query, "/")
	address := "/receipts/figures/" + url.PathEscape(name) + "/" + url.PathEscape(version) + ending
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}
