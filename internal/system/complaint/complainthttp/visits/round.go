package visits

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/offline"
)

type roundView struct {
	web.Page
	visit.Whole
	names map[string]string
}

var roundTitle = lang.Text{ZH: "现场督办", EN: "On-site visits"}

// Round is a round with its map and its stops.
func (p *Pages) Round(w http.ResponseWriter, r *http.Request) error {
	who, q, ok, err := p.enter(w, r, roundTitle)
	if !ok {
		return err
	}
	v := roundView{Page: q}
	v.Back = web.NavItem{Href: Path, Text: lang.Text{ZH: "全部督办", EN: "All rounds"}}
	if v.Whole, err = p.Visits.Get(r.Context(), who, r.PathValue("id")); err != nil {
		return err
	}
	var leads []string
	for _, h := range slices.Concat(v.Stops, v.Gone) {
		leads = append(leads, h.Problem.Lead)
	}
	if v.names, err = p.Names(r.Context(), leads...); err != nil {
		return err
	}
	v.Title = page.DayText(v.Lang, v.Day) + v.T("现场督办", ", on-site visits")
	return v.Write(w, r, round(v))
}

// Bundle is what a phone keeps of a round: its page, those of its stops, and the photos on them.
func (p *Pages) Bundle(w http.ResponseWriter, r *http.Request) error {
	who, _, ok, err := p.enter(w, r, roundTitle)
	if !ok {
		return err
	}
	whole, err := p.Visits.Get(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return err
	}
	b := offline.Bundle{Name: "visit/" + whole.ID, Parts: []string{of(whole.ID)}}
	var pictures []string
	for _, h := range whole.Stops {
		b.Parts = append(b.Parts, stopAt(whole.ID, h.Problem.Code))
		more, err := p.pictures(r, who, whole.ID, h.Problem.Code)
		if err != nil {
			return err
		}
		pictures = append(pictures, more...)
	}
	if len(pictures) > mostPictures {
		pictures, b.Without = pictures[:mostPictures], lang.Text{ZH: "一部分照片", EN: "some of the photos"}.In(web.LangOf(r))
	}
	b.Parts = append(b.Parts, pictures...)
	return b.Serve(w, r, p.site)
}

// mostPictures bounds the photos of a bundle.
const mostPictures = 200

// pictures are the addresses of the photos on the page of a stop, as small as it shows them.
func (p *Pages) pictures(r *http.Request, who identity.Colleague, round, code string) (all []string, err error) {
	s, err := p.Visits.At(r.Context(), who, round, code)
	if err != nil {
		return nil, err
	}
	add := func(items []evidence.Item) {
		for _, i := range items {
			if i.State == evidence.Ready {
				all = append(all, "/photos/"+i.ID+"/"+string(evidence.Thumb))
			}
		}
	}
	add(s.Items)
	for _, m := range s.Measures {
		add(proofs(s.Shown[m.ID]))
	}
	return all, nil
}

// mostProofs are the photos of a measure that a stop shows: the last ones.
const mostProofs = 3

func proofs(items []evidence.Item) (all []evidence.Item) {
	for _, i := range items {
		if i.Kind == complaint.System+"."+complaint.ProofPhoto {
			all = append(all, i)
		}
	}
	return all[max(0, len(all)-mostProofs):]
}

// outcome is how a stop stands.
func outcome(p web.Page, h visit.Halt) (web.Tone, web.Icon, string) {
	last := h.Outcome()
	switch {
	case last.Found == visit.Absent || last.Found == visit.Closed:
		return web.ToneLook, web.IconWarning, last.Found.Name().In(p.Lang)
	case h.Done():
		return web.ToneGood, web.IconCheck, p.T("看过了", "seen")
	}
	return web.ToneQuiet, web.IconWait, p.T("还没有看", "to be seen")
}

// broken is how many promises were found not to be kept.
func broken(h visit.Halt) (n int) {
	last := map[int]visit.Found{}
	for _, s := range h.Seen {
		last[s.Measure] = s.Found
	}
	for _, f := range last {
		if f == visit.NotYet || f == visit.Partly {
			n++
		}
	}
	return n
}

// held are the stops with something that is held, and that alone.
func (v roundView) held() (all []visit.Halt) {
	for _, h := range slices.Concat(v.Gone, v.Stops) {
		if h.Held() {
			all = append(all, h.Apart())
		}
	}
	return all
}

// late reports whether something of them waits for the office to look at it.
func (v roundView) late() bool {
	return slices.ContainsFunc(v.held(), func(h visit.Halt) bool { return h.Late().Touched() })
}

// sum is the whole way in a sentence.
func (v roundView) sum() string {
	text := v.F("%[1]d 站，%[2]s", "%[1]d stops, %[2]s", len(v.Stops), modeName(v.Page, v.Mode))
	if v.Metres > 0 {
		text += v.F("，路上共 %[1]s，约 %[2]s", "; %[1]s on the way, about %[2]s", far(v.Page, v.Metres), long(v.Page, v.Seconds))
	}
	return text
}

func (v roundView) viewBox() string {
	return "0 0 " + strconv.Itoa(v.Sketch.Wide) + " " + strconv.Itoa(v.Sketch.High)
}

func coordinate(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
