package draws

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// standing is how a draw stands, in a word with its tone.
type standing struct {
	tone web.Tone
	icon web.Icon
	text lang.Text
}

func stands(d draw.Draw) standing {
	switch course.State(d.State) {
	case course.Waiting:
		return standing{web.ToneLook, web.IconWait, lang.Text{ZH: "已约定，等种子", EN: "committed, waits for its seed"}}
	case course.Drawn:
		return standing{web.ToneGood, web.IconOpen, lang.Text{ZH: "已抽出", EN: "drawn"}}
	case course.Over:
		if !d.Seeded {
			return standing{web.ToneBad, web.IconClosed, lang.Text{ZH: "没有等到种子", EN: "its seed never came"}}
		}
		return standing{web.ToneGood, web.IconCheck, lang.Text{ZH: "已抽出，已结束", EN: "drawn, and over"}}
	case course.Cancelled:
		if d.Holds {
			return standing{web.ToneBad, web.IconWarning, lang.Text{ZH: "已取消，结果还欠着", EN: "cancelled, its result is owed"}}
		}
		if d.Seeded {
			return standing{web.ToneBad, web.IconClosed, lang.Text{ZH: "已取消，结果照样公布", EN: "cancelled, its result published"}}
		}
	}
	return standing{web.ToneBad, web.IconClosed, lang.Text{ZH: "已取消", EN: "cancelled"}}
}

// counts says how many were drawn.
func counts(p web.Page, d draw.Draw) string {
	switch {
	case !d.Seeded:
		return ""
	case d.Skipped > 0:
		return p.F("抽出 %[1]d 个，跳过 %[2]d 个", "%[1]d drawn, %[2]d skipped", d.Drawn, d.Skipped)
	}
	return p.F("抽出 %d 个", "%d drawn", d.Drawn)
}

func (v view) terms() course.Committed { return v.course.Terms }

func (v view) purpose() string {
	return v.F("用途 %[1]s，第 %[2]d 次", "purpose %[1]s, number %[2]d", v.draw.Purpose, v.draw.Number)
}

// way is how far it is.
func (v view) way() []kit.Step {
	c := v.course
	done := func(on bool) kit.StepState {
		if on {
			return kit.StepDone
		}
		return kit.StepAhead
	}
	seeded := kit.Step{Name: v.T("种子公布", "The seed comes"), State: done(c.Seed != ""), Says: v.T("最早 ", "not before ") + seed.Clock(c.Terms.From())}
	if c.Seed != "" {
		seeded.Says = web.When(c.SeededAt)
	} else if c.State == course.Waiting || c.Owed() {
		seeded.State = kit.StepNow
	}
	end := kit.Step{Name: v.T("结束", "Over"), State: done(c.State == course.Over)}
	if c.State == course.Cancelled {
		end = kit.Step{Name: v.T("取消", "Cancelled"), State: kit.StepDone, Late: true}
	}
	if c.State == course.Drawn {
		end.State = kit.StepNow
		end.Name = v.T("可以跳过、续抽", "May be skipped, drawn on")
	}
	return []kit.Step{{Name: v.T("约定进日志", "Committed in the log"), State: kit.StepDone, Says: web.When(c.Began)}, seeded, end}
}

// tells are the sentences of how it stands.
func (v view) tells() (all []string) {
	for _, line := range course.Tell(v.course) {
		all = append(all, line.In(v.Lang))
	}
	return all
}

// sources are those of a choice, by themselves.
func sources(c seed.Choice) (all []seed.Source) {
	for _, r := range c.Sources {
		s, _ := seed.Find(r.Source)
		all = append(all, s)
	}
	return all
}

func (v view) shape() string {
	s := v.terms().Shape
	text := v.F("名单 %d 个签", "%d lots", v.terms().Lots)
	if s.First > 0 {
		text += v.F("，先抽 %d 个", ", %d are drawn first", s.First)
	} else {
		text += v.T("，全部排出顺序", ", all are put into order")
	}
	if s.Groups > 1 {
		text += v.F("，分 %d 组", ", in %d groups", s.Groups)
	}
	if s.Team > 0 {
		text += v.F("，每个配 %[1]d 人（人员名单 %[2]d 人）", ", with %[1]d people each (of %[2]d)", s.Team, v.terms().People)
	}
	return text
}

// reasons are those that may be used after the draw.
func (v view) reasons() string {
	if len(v.terms().Skips) == 0 {
		return v.T("抽出后不能跳过任何一个", "none may be skipped once it is drawn")
	}
	var all []string
	for _, key := range v.terms().Skips {
		all = append(all, v.reason(key))
	}
	return strings.Join(all, v.T("、", ", "))
}

func (v view) reason(key string) string {
	name, _ := lots.Reason(key)
	return name.In(v.Lang)
}

func (v view) called(code string) string { return v.course.Called(code) }

// weighted reports whether any lot has more than one ticket.
func (v view) weighted() bool {
	return slices.ContainsFunc(v.course.List.Lots, func(l lots.Lot) bool { return l.Tickets > 1 })
}

func (v view) tickets(code string) string { return strconv.Itoa(v.course.List.Tickets(code)) }

// mostLots bounds what a page shows of a list; the file has all.
const mostLots = 200

func (v view) excluded() []lots.Exclusion {
	all := v.course.List.Excluded
	return all[:min(len(all), mostLots)]
}

// rowsNav leads on through a long result.
func (v view) rowsNav() kit.Pages {
	at := func(from int) string { return Path(v.draw.ID) + "?from=" + strconv.Itoa(from+1) }
	l := kit.Pages{Shown: v.F("第 %[1]d–%[2]d 个，共 %[3]d 个", "%[1]d–%[2]d of %[3]d", v.from+1, v.from+len(v.rows), v.all)}
	if v.from > 0 {
		l.Prev = at(max(0, v.from-rowsShown))
	}
	if v.from+len(v.rows) < v.all {
		l.Next = at(v.from + rowsShown)
	}
	return l
}

// hand is the command that checks the first row by hand.
func (v view) hand() string {
	code := "CODE"
	if len(v.rows) > 0 {
		code = v.rows[0].Code
	}
	return "printf '%s\\n%s\\n%s' " + v.course.Hash + " 1 " + code + " | openssl dgst -sha256 -hmac '" + cmp.Or(v.course.Seed, v.T("种子", "SEED")) + "'"
}

// first leads to the beginning of the list.
func first(v listView) string {
	if v.continuing {
		return "/draws"
	}
	return ""
}
