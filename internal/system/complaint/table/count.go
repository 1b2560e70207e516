package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Counts are the figures of a bulletin. Letters, problems and types are three counts, and
// none is got from another.
type Counts struct {
	Letters     int `json:"letters"`
	Republished int `json:"republished"` // of the letters
	Key         int `json:"key"`         // of the letters: 重点关注
	// Problems are the points of the letters. A letter that is not divided is one.
	Problems int `json:"problems"`
	// Types counts a letter once for each of its kinds; Untyped letters have none that is known.
	Types   int `json:"types"`
	Untyped int `json:"untyped"`

	ByKind    []Count `json:"by_kind"`    // letters that have it: together Types
	ByRegion  []Count `json:"by_region"`  // letters: code of the division, or as written: together Letters
	ByVerdict []Count `json:"by_verdict"` // letters
	ByPoint   []Count `json:"by_point"`   // points, by their verdict: together Problems
	ByStatus  []Count `json:"by_status"`  // letters
}

// Count is how many there are of something. Those of which there are none are not listed.
type Count struct {
	Key string `json:"key"` // empty: not said
	N   int    `json:"n"`
}

// tally counts by keys in the order in which they are first seen.
type tally struct{ list []Count }

func (t *tally) add(key string) {
	i := slices.IndexFunc(t.list, func(c Count) bool { return c.Key == key })
	if i < 0 {
		t.list, i = append(t.list, Count{Key: key}), len(t.list)
	}
	t.list[i].N++
}

// sorted lists them by key, so that the order of rows does not matter.
func (t *tally) sorted() []Count {
	slices.SortFunc(t.list, func(a, b Count) int { return strings.Compare(a.Key, b.Key) })
	if t.list == nil {
		return []Count{}
	}
	return t.list
}

// Counts counts the rows.
func (t Table) Counts() Counts {
	c := Counts{Letters: len(t.Rows)}
	var kinds, regions, verdicts, points, states tally
	for _, r := range t.Rows {
		if r.Republished {
			c.Republished++
		}
		if r.Key {
			c.Key++
		}
		c.Types += len(r.Kinds)
		if len(r.Kinds) == 0 {
			c.Untyped++
		}
		for _, k := range r.Kinds {
			kinds.add(k.Key())
		}
		region := r.Division.Code()
		if region == "" {
			region = r.Region
		}
		regions.add(region)
		verdicts.add(r.Verdict.Key())
		states.add(r.Status.Key())
		c.Problems += max(len(r.Points), 1)
		if len(r.Points) == 0 {
			points.add(r.Verdict.Key())
		}
		for _, p := range r.Points {
			points.add(p.Verdict.Key())
		}
	}
	c.ByKind, c.ByRegion, c.ByVerdict, c.ByPoint, c.ByStatus = kinds.sorted(), regions.sorted(), verdicts.sorted(), points.sorted(), states.sorted()
	return c
}

// Notes are the footnote of a bulletin: the three counts, and why they differ.
func (c Counts) Notes() []lang.Text {
	return c.notes(lang.Text{ZH: fmt.Sprintf("注：本批公开信访件 %d 件", c.Letters), EN: fmt.Sprintf("Note: this bulletin has %d letters", c.Letters)})
}

// NotesOfAll are those of what stands after all bulletins: of it nobody asks what was published again.
func (c Counts) NotesOfAll() []lang.Text {
	c.Republished = 0
	return c.notes(lang.Text{ZH: fmt.Sprintf("注：各批累计公开信访件 %d 件，每件以最后一次公开的为准", c.Letters), EN: fmt.Sprintf("Note: all bulletins together have %d letters, each as it was published last", c.Letters)})
}

func (c Counts) notes(first lang.Text) []lang.Text {
	if c.Key > 0 {
		first.ZH += fmt.Sprintf("，其中重点关注 %d 件（序号前有 *）", c.Key)
		first.EN += fmt.Sprintf(", of which %d are marked (*)", c.Key)
	}
	if c.Republished > 0 {
		first.ZH += fmt.Sprintf("，以前批次办理情况有变化、再次公开 %d 件", c.Republished)
		first.EN += fmt.Sprintf(", of which %d were published before and have changed", c.Republished)
	}
	first.ZH += fmt.Sprintf("；反映问题 %d 个；按污染类型统计 %d 件次。", c.Problems, c.Types)
	first.EN += fmt.Sprintf("; %d problems; %d by type.", c.Problems, c.Types)
	var why lang.Text
	say := func(holds bool, zh, en string, args ...any) {
		if holds {
			why.ZH, why.EN = why.ZH+fmt.Sprintf(zh, args...), why.EN+fmt.Sprintf(en, args...)
		}
	}
	say(c.Problems > c.Letters, "一件信访件可能反映几个问题，所以问题数多于件数。", " A letter may have several problems, so that there are more of them than letters.")
	say(c.Types > c.Letters-c.Untyped, "一件信访件可能涉及几种类型，各类型之和多于标明类型的 %d 件。", " A letter may be of several types, so that these add up to more than the %d letters that have any.", c.Letters-c.Untyped)
	say(c.Untyped > 0, "%d 件没有标明类型，不计入类型。", " %d letters have no type and are not among these.", c.Untyped)
	if why.ZH == "" {
		return []lang.Text{first}
	}
	return []lang.Text{first, {ZH: "注：" + why.ZH, EN: "Note:" + why.EN}}
}

// Verdict reads a key of ByVerdict or ByPoint.
func (c Count) Verdict() complaint.Verdict {
	v, _ := complaint.ParseVerdict(c.Key)
	return v
}
