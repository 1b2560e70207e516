package problem

import (
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// pointed is what the points of a letter are, once something about them has changed: so that whoever has the log
// finds what a table says of a letter and of the problems behind it.
type pointed struct {
	letter, person string

	Points []pointOf `json:"points"`
}

// pointOf is a point, without its text.
type pointOf struct {
	Number   int      `json:"number"`
	Problem  string   `json:"problem"`
	Division string   `json:"division,omitempty"`
	Kinds    []string `json:"kinds"`
	Verdict  string   `json:"verdict,omitempty"`
}

func (pointed) Kind() string      { return "complaint.letter-points" }
func (e pointed) Subject() string { return letter.Subject(e.letter) }
func (e pointed) Private() any    { return complaint.ByWhom{By: e.person} }

// Pointed says what the points of letters are now.
func Pointed(tx *db.Tx, by identity.Admitted, points []letter.Point) error {
	done := map[string]bool{}
	for _, p := range points {
		if done[p.Letter] {
			continue
		}
		done[p.Letter] = true
		e := pointed{letter: p.Letter, person: by.Person}
		all, err := letter.Points(tx, p.Letter)
		if err != nil {
			return err
		}
		for _, one := range all {
			of, err := Read(tx, one.Problem)
			if err != nil {
				return err
			}
			e.Points = append(e.Points, pointOf{one.Number, of.Code, one.Division, append([]string{}, strings.Fields(one.Kinds)...), one.Verdict})
		}
		if err := record.Append(tx, by.Sign, e); err != nil {
			return err
		}
	}
	return nil
}
