package stars

import (
	"encoding/json"
	"fmt"
	"time"
)

// Moving are the kinds of entry that a star follows from, as [Star.Take] takes them.
var Moving = []string{given{}.Kind(), lowering{}.Kind(), appealed{}.Kind(), decided{}.Kind()}

// Take brings a star to what an entry of the log says of it.
func (s *Star) Take(kind string, public []byte) (err error) {
	read := func(to any) bool {
		err = json.Unmarshal(public, to)
		return err == nil
	}
	day := func(text string) (at time.Time) {
		if err == nil {
			at, err = time.Parse(time.RFC3339, text)
		}
		return at
	}
	switch kind {
	case given{}.Kind():
		var e given
		if read(&e) {
			appeal := s.Appeal
			*s = Star{Station: e.Station, Division: e.Division, N: e.N, Rule: e.Rule, Star: e.Star, AtMost: e.AtMost, LowerTo: -1, Appeal: appeal}
			s.Until = day(e.Until)
		}
	case lowering{}.Kind():
		var e lowering
		if read(&e) {
			at := day(e.At)
			s.Star, s.LowerTo, s.LowerAt = e.From, e.To, &at
		}
	case appealed{}.Kind():
		s.Appeal = kind // that there is one is all that matters
	case decided{}.Kind():
		var e decided
		if read(&e) {
			s.Appeal = ""
			switch {
			case e.At != "":
				at := day(e.At)
				s.LowerAt = &at
			case e.To == Upheld:
				s.LowerTo, s.LowerAt = -1, nil
			}
		}
	}
	if err != nil {
		err = fmt.Errorf("stars: %s: %w", kind, err)
	}
	return err
}
