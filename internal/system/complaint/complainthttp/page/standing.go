package page

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
)

// Standing is how a problem stands by its clock: in words, how loud, and whether somebody is late.
type Standing struct {
	Words string
	Tone  web.Tone
	Icon  web.Icon
	Late  bool
}

// StandingOf tells it. A period that has only to run out makes nobody late: it opens the next step.
func StandingOf(l lang.Lang, p problem.Problem, now time.Time) Standing {
	switch {
	case !p.HasDue():
		return Standing{}
	case p.Stage == complaint.Publicity || p.Stage == complaint.Filed:
		if p.Late(now) {
			return Standing{Words: l.T("期满，可以走下一步", "the period is over: the next step can be made"), Tone: web.ToneLook, Icon: web.IconClock}
		}
		return Standing{Words: l.T("到 ", "until ") + strings.TrimSuffix(By(l, p.DueAt), "前"), Tone: web.ToneQuiet, Icon: web.IconWait}
	case p.Late(now):
		return Standing{Words: Left(l, p.DueAt, now), Tone: web.ToneBad, Icon: web.IconWarning, Late: true}
	case p.DueAt.Sub(now) < 24*time.Hour:
		return Standing{Words: Left(l, p.DueAt, now), Tone: web.ToneLook, Icon: web.IconClock}
	}
	return Standing{Words: Left(l, p.DueAt, now), Tone: web.ToneQuiet, Icon: web.IconClock}
}

// StageName is what a stage of a problem is called.
func StageName(l lang.Lang, stage string) string {
	s, ok := complaint.Problem.Stage(stage)
	if !ok {
		return stage
	}
	return s.Name.In(l)
}

// StageTone is how a stage stands out: what is over is good, what waits for others is to be looked at.
func StageTone(stage string) (web.Tone, web.Icon) {
	switch stage {
	case complaint.Filed, complaint.Settled:
		return web.ToneGood, web.IconCheck
	case complaint.Empty:
		return web.ToneQuiet, web.IconArchive
	case complaint.Returned, complaint.Unfounded:
		return web.ToneLook, web.IconUnknown
	}
	return web.ToneQuiet, web.IconRoute
}

// Kinds are the kinds of a problem or letter in words.
func Kinds(l lang.Lang, kinds []complaint.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name().In(l)
	}
	return strings.Join(names, l.T("、", ", "))
}

// Unit is the organisation that somebody typed, by its id; of nothing, nothing. What names none is a fault of
// the field.
func (p *Pages) Unit(ctx context.Context, field, text string) (id string, err error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", nil
	}
	people, err := p.People()
	if err != nil {
		return "", err
	}
	o, err := people.Organisations.Named(ctx, text)
	return o.ID, fault.At(field, err)
}

// Units are those of several lines, in their order.
func (p *Pages) Units(ctx context.Context, field, text string) (ids []string, err error) {
	var wrong []error
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n\r、，,；;", r) }) {
		id, err := p.Unit(ctx, field, line)
		if err != nil {
			wrong = append(wrong, err)
		} else if id != "" {
			ids = append(ids, id)
		}
	}
	return ids, errors.Join(wrong...)
}

// Offers are organisations to choose from.
func (p *Pages) Offers(ctx context.Context) ([]string, error) {
	people, err := p.People()
	if err != nil {
		return nil, err
	}
	return people.Organisations.Choices(ctx, "")
}

// With is an address with some of its question changed; what is set to nothing is left out.
func With(path string, q url.Values, set ...string) string {
	to := url.Values{}
	maps.Copy(to, q)
	for i := 0; i+1 < len(set); i += 2 {
		to.Del(set[i])
		if set[i+1] != "" {
			to.Set(set[i], set[i+1])
		}
	}
	if len(to) == 0 {
		return path
	}
	return path + "?" + to.Encode()
}

// Mark reads where a page of problems begins.
func Mark(q url.Values) (m problem.Mark, err error) {
	text := q.Get("after")
	if text == "" {
		return m, nil
	}
	at, id, _ := strings.Cut(text, " ")
	if m.DueAt, err = time.Parse(time.RFC3339Nano, at); err != nil || id == "" {
		return m, fault.At("after", fault.New(fault.Invalid, "这一页的位置读不懂：请从第一页开始", "cannot read where this page begins: start from the first one"))
	}
	m.ID = id
	return m, nil
}

// MarkText writes what Mark reads.
func MarkText(m problem.Mark) string { return m.DueAt.UTC().Format(time.RFC3339Nano) + " " + m.ID }

// SendFile says that a file of this name follows.
func SendFile(w http.ResponseWriter, name, kind string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
}
