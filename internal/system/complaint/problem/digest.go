package problem

import (
	"errors"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// NeedsDigests reports whether a move hands letters to a unit, each of which has to have a digest by then.
func NeedsDigests(move string) bool {
	m, _ := complaint.Problem.Move(move)
	return m.To == complaint.Assigned
}

// DigestField is the field of a form that has the digest of a letter, by its id.
func DigestField(id string) string { return "digest-" + id }

// describe wants a digest of each letter before a unit gets its problem, and writes those that the move brings.
func describe(k *making) error {
	if !NeedsDigests(k.m.Move) {
		return nil
	}
	letters, err := letter.Undescribed(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	var wrong []error
	for _, l := range letters {
		if strings.TrimSpace(k.m.Digests[l.ID]) == "" {
			wrong = append(wrong, fault.At(DigestField(l.ID), fault.New(fault.Invalid,
				"信访件 %[1]s 还没有摘要：责任单位看到的是摘要，不是原信。请在这里或在它的页上写一句，再交办",
				"the letter %[1]s has no digest yet, and the unit sees that and not the letter: write one sentence here, or on its page, then assign it", l.Title())))
			continue
		}
		text, err := letter.CheckDigest(DigestField(l.ID), k.m.Digests[l.ID])
		if err == nil {
			err = letter.Describe(k.tx, k.by, l, text)
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

// seeable wants digests of letters that go to a unit since their points do.
func seeable(k *making, points []letter.Point, other Problem) error {
	for _, p := range points {
		l, err := letter.Read(k.tx, p.Letter)
		if err != nil {
			return err
		}
		if l.Digest == "" {
			return fault.New(fault.Conflict, "“%[1]s”已经交办，而信访件 %[2]s 还没有摘要，单位看不到它说什么：先在信访件页上写摘要，再移过去。",
				"%[1]q is with a unit, and the letter %[2]s has no digest for it to see: write one on the letter's page first, then move it.", other.Code, l.Title())
		}
	}
	return nil
}
