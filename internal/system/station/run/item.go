package run

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/gb"
)

// Task is a work item as it is handed out: all that is needed to compute it, but
// for the two files that it names by their checksums.
type Task struct {
	Run      string   `json:"run"`
	City     int64    `json:"city"` // its place in the plan
	Tile     string   `json:"tile"`
	Grid     Grid     `json:"grid"`
	Streets  Sum      `json:"streets"`
	Inputs   Sum      `json:"inputs"`
	Question Question `json:"question"`
}

// ID names the item in its run.
func (t Task) ID() string { return fmt.Sprintf("%d/%s", t.City, t.Tile) }

// ReadTask reads a task that somebody sent, and refuses what is none.
func ReadTask(data []byte) (t Task, err error) {
	if err := strictly(data, &t); err != nil {
		return t, fmt.Errorf("read a work item: %w", err)
	}
	_, err = parseSquare(t.Tile)
	if err != nil || !t.Streets.Valid() || !t.Inputs.Valid() || !t.Grid.valid() || t.Question.Check() != nil || t.Run == "" || t.City < 0 {
		return t, fmt.Errorf("read a work item: %.200q is none", data)
	}
	return t, nil
}

// Answer is the figures of an item, by division in the order of the codes.
type Answer []Part

// Part is the figures of one division.
type Part struct {
	Division string  `json:"division"`
	Figures  Figures `json:"figures"`
}

// Result is an answer with the item it belongs to, as it is sent.
type Result struct {
	Run    string `json:"run"`
	City   int64  `json:"city"`
	Tile   string `json:"tile"`
	Answer Answer `json:"answer,omitempty"`
	Failed string `json:"failed,omitempty"` // why there is no answer
}

// ID names the item in its run.
func (r Result) ID() string { return Task{City: r.City, Tile: r.Tile}.ID() }

// ReadResult reads a result that somebody sent, and refuses what is none.
func ReadResult(data []byte) (r Result, err error) {
	if err := strictly(data, &r); err != nil {
		return r, fmt.Errorf("read a result: %w", err)
	}
	if _, err := parseSquare(r.Tile); err != nil || r.Run == "" || (len(r.Answer) == 0) == (r.Failed == "") {
		return r, fmt.Errorf("read a result: %.200q is none", data)
	}
	return r, r.Answer.check()
}

// strictly decodes one JSON value without unknown fields.
func strictly(data []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows the value: %.40q", data[d.InputOffset():])
	}
	return nil
}

func (a Answer) check() error {
	for i, p := range a {
		if _, err := gb.Parse(p.Division); err != nil {
			return err
		}
		if i > 0 && a[i-1].Division >= p.Division {
			return fmt.Errorf("the divisions of an answer are out of order at %s", p.Division)
		}
		if len(p.Figures.Hours) != len(a[0].Figures.Hours) {
			return errors.New("the parts of an answer have different hours")
		}
	}
	return nil
}

// total adds all divisions up.
func (a Answer) total() Figures {
	var sum Figures
	for _, p := range a {
		sum.Add(&p.Figures)
	}
	return sum
}

// accounts returns an error unless the answer is about the tile: its own demand
// and stations are all there, and nothing else is.
func (a Answer) accounts(t Tile, hours int) error {
	sum := a.total()
	if got := (Tile{t.square, sum.Stations, sum.Cells, sum.Day, sum.Night}); got != t || len(sum.Hours) != hours {
		return fmt.Errorf("the answer to tile %v is about something else: %d stations, %d cells, demand %v and %v in %d hours; it has %d, %d, %v and %v in %d",
			t.square, sum.Stations, sum.Cells, sum.Day, sum.Night, len(sum.Hours), t.Stations, t.Cells, t.Day, t.Night, hours)
	}
	return nil
}

// answerOf puts figures by division in order.
func answerOf(parts map[gb.Division]*Figures) Answer {
	out := make(Answer, 0, len(parts))
	for d, f := range parts {
		out = append(out, Part{d.Code(), *f})
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Compare(a.Division, b.Division) })
	return out
}
