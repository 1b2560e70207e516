package problem

import (
	"maps"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// A letter is with the unit of the first of its points that is with one; those of its other points, and whoever helps with any of them,
// help. With none it is with nobody.

// hand hands over the letters of a problem that was assigned.
func (k *making) hand() error {
	points, err := letter.PointsOf(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	return handOver(k, points)
}

// handOver has the letters of points with those who answer for them now.
func handOver(k *making, points []letter.Point) error {
	done := map[string]bool{}
	for _, p := range points {
		if done[p.Letter] {
			continue
		}
		done[p.Letter] = true
		lead, joint, err := answering(k, p.Letter)
		if err != nil {
			return err
		}
		if lead == "" {
			err = letter.Recall(k.tx, k.book, k.by, p.Letter, k.m.Why)
		} else {
			err = letter.Hand(k.tx, k.book, k.by, p.Letter, lead, joint)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// answering are those who answer for the problems of a letter.
func answering(k *making, id string) (lead string, joint []string, err error) {
	problems, err := letter.ProblemsOf(k.tx, id)
	if err != nil {
		return "", nil, err
	}
	help := map[string]bool{}
	for _, one := range problems {
		p := k.p
		if one != k.p.ID {
			if p, err = Read(k.tx, one); err != nil {
				return "", nil, err
			}
		}
		if p.Lead == "" {
			continue
		}
		if lead == "" {
			lead = p.Lead
		}
		_, with, err := k.book.Parties(k.tx, casework.Case{ID: p.ID, Life: p.Life, Lead: p.Lead})
		if err != nil {
			return "", nil, err
		}
		for _, o := range append(with, p.Lead) {
			help[o] = true
		}
	}
	delete(help, lead)
	return lead, append([]string{}, slices.Sorted(maps.Keys(help))...), nil
}
