package problems

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// undescribed are the letters of a problem that have no digest for the unit to see.
func undescribed(w problem.Whole) (all []letter.Letter) {
	for _, l := range w.Letters {
		if l.Digest == "" {
			all = append(all, l)
		}
	}
	return all
}

// digests asks for those of a problem that goes to a unit.
func (f *moveForm) digests() {
	v := f.v
	bare := undescribed(f.w)
	if !problem.NeedsDigests(f.move.Key) || len(bare) == 0 {
		return
	}
	for _, l := range bare {
		f.add(problem.DigestField(l.ID), v.text(web.Input{
			Name: problem.DigestField(l.ID), Label: v.F("%s 的摘要", "Digest of %s", l.Title()),
			Hint: v.T("责任单位看到的是它，不是原信：一句话，最多 200 字，不写任何人的信息。", "The unit sees it, and not the letter: one sentence, 200 characters at most, nobody's data."),
		}, 3))
	}
	if v.May(complaint.Original) {
		f.add("", proposal(v.Page))
	}
}

// propose shows the form of a move with digests filled in where nothing was typed.
func propose(p *Pages, w http.ResponseWriter, r *http.Request, who identity.Colleague, whole problem.Whole, form photos.Form) error {
	if err := draft(r.Context(), p, who, whole, form.Values); err != nil {
		return err
	}
	v, _, err := p.moveForm(r, whole)(form, web.Refusal{})
	if err != nil {
		return err
	}
	v.seen = form.Values.Get("seen")
	return v.Write(w, r, formPage(v))
}

func draft(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, values url.Values) error {
	var ids []string
	for _, l := range undescribed(w) {
		if strings.TrimSpace(values.Get(problem.DigestField(l.ID))) == "" {
			ids = append(ids, l.ID)
		}
	}
	drafts, err := p.Letters.Propose(ctx, who, ids)
	for id, text := range drafts {
		values.Set(problem.DigestField(id), text)
	}
	return err
}

// digestsOf are those that a form has.
func digestsOf(w problem.Whole, values url.Values) map[string]string {
	all := map[string]string{}
	for _, l := range undescribed(w) {
		all[l.ID] = values.Get(problem.DigestField(l.ID))
	}
	return all
}
