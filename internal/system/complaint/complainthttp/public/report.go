package public

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

const (
	reportAt = "/complaints/report"
	followAt = "/complaints/follow"
)

// reportView is the form in which anybody reports, or the word that nothing is taken now.
type reportView struct {
	web.Page
	campaign campaign.Campaign
	shut     string // why nothing is taken; empty: it is
	once     string // by which a form that is sent twice is known
	form     web.Refusal
	files    photos.Form
	photo    kit.PhotoInput
	ground   *web.MapView
}

// sentView is what somebody who reported is shown once.
type sentView struct {
	web.Page
	code, secret, address string
}

// parted is a secret as people copy it, in fours.
func (v sentView) parted() string {
	var parts []string
	for part := range slices.Chunk([]byte(v.secret), 4) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, " ")
}

// reporting begins the page, and finds who takes what is reported.
func (p *Pages) reporting(r *http.Request) (v reportView, err error) {
	v.Page = p.Site.Page(r, lang.Text{ZH: "反映一个环境问题", EN: "Report an environmental problem"})
	v.Describe = v.T("不问您是谁：写清是什么、在哪里，凭编号和凭证跟着看办到哪一步。", "Nobody asks who you are: say what it is and where, and follow it by a code and a secret.")
	v.Private, v.once = true, rand.Text()
	v.campaign, err = p.Campaigns.Taking(r.Context(), campaign.ByPage)
	if fault.KindOf(err) == fault.Late {
		v.shut, _ = fault.In(v.Lang, err)
		return v, nil
	}
	if ground, is := p.Ground(); is {
		ground.Label, ground.Pick = v.T("在地图上点出问题在哪里", "Tap where it is"), "report"
		v.ground = &ground
	}
	return v, err
}

// Report answers the empty form.
func (p *Pages) Report(w http.ResponseWriter, r *http.Request) error {
	v, err := p.reporting(r)
	if err != nil {
		return err
	}
	sentPhotos(p, &v)
	return v.Write(w, r, reportPage(v))
}

// sentPhotos is where photos are chosen: they go with the form, since who is not signed in brings none by itself.
func sentPhotos(p *Pages, v *reportView) {
	v.photo = p.Photos.Field(v.Page, photoKind, kit.PhotoInput{
		Name: "photo", Label: v.F("照片，最多 %d 张，可以没有", "Photos, %d at most; you need none", problem.MostSent), Camera: true, Error: v.form.Wrong("photo"),
	}, v.files)
	v.photo.Bring = ""
}

// Send takes a report in and shows its code and its secret, this once.
func (p *Pages) Send(w http.ResponseWriter, r *http.Request) error {
	v, err := p.reporting(r)
	if err != nil {
		return err
	}
	if v.shut != "" { // what was typed comes back, no photo is taken
		if v.files, err = p.Photos.Read(w, r, photos.Reading{By: problem.TakenBy}); err != nil {
			return err
		}
		return v.WriteStatus(w, r, http.StatusConflict, reportPage(v))
	}
	out, wrong, err := p.send(w, r, &v)
	if err != nil {
		return err
	}
	if wrong == nil {
		s := sentView{Page: v.Page, code: out.Letter.Code, secret: out.Secret, address: web.Address(r, followAt) + "#secret=" + out.Secret}
		s.Title, s.Once = v.T("收到了", "It was taken"), true
		return s.Write(w, r, sentPage(s))
	}
	if v.form, err = v.Refused(v.files.Values, wrong); err != nil {
		return err
	}
	if once := v.files.Values.Get("once"); once != "" && !errors.Is(wrong, intake.ErrAnother) {
		v.once = once
	}
	if lat, err := strconv.ParseFloat(v.files.Values.Get("lat"), 64); err == nil && v.ground != nil && v.form.Wrong("lat") == "" {
		lon, _ := strconv.ParseFloat(v.files.Values.Get("lon"), 64) // the two were read together
		v.ground.Here = &[2]float64{lon, lat}
	}
	sentPhotos(p, &v)
	return v.WriteStatus(w, r, v.form.Status(), reportPage(v))
}

// send reads what was sent, within the bound of its network: it is counted before a photo, which is as large as it likes,
// is read. What was only to be mended is not counted, unless it brought a photo.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, v *reportView) (out intake.Reported, wrong, err error) {
	kinds := map[string]string{"photo": photoKind}
	back, limited := bound.Report.Take(r.Context(), p.DB, web.Network(r))
	if limited != nil {
		kinds = nil // what was typed is read, and comes back
	}
	if v.files, err = p.Photos.Read(w, r, photos.Reading{By: problem.TakenBy, Kinds: kinds, Most: problem.MostSent}); err != nil {
		return out, nil, err
	}
	if limited != nil {
		return out, limited, nil
	}
	report, wrong := reportOf(v.files.Values, v.campaign)
	report.Photos = v.files.Hashes("photo")
	if wrong = errors.Join(wrong, v.files.Wrong()); wrong == nil {
		out, wrong = p.Intake.Report(r.Context(), report)
	}
	if wrong != nil && len(report.Photos) == 0 {
		err = back(r.Context())
	}
	return out, wrong, err
}

// reportOf reads the form: all that cannot be read of it at once.
func reportOf(f url.Values, c campaign.Campaign) (r intake.Report, err error) {
	r = intake.Report{Campaign: c.Code, Way: campaign.ByPage, Text: f.Get("text"), Place: f.Get("place"), Form: f.Get("once")}
	var all []error
	lat, lon := strings.TrimSpace(f.Get("lat")), strings.TrimSpace(f.Get("lon"))
	if lat != "" || lon != "" {
		y, err1 := strconv.ParseFloat(lat, 64)
		x, err2 := strconv.ParseFloat(lon, 64)
		if at := (geo.Point{Lat: y, Lon: x}); err1 == nil && err2 == nil && at.Valid() {
			r.At = &at
		} else {
			all = append(all, fault.At("lat", fault.New(fault.Invalid, "位置读不懂：请在地图上重新点一下，或把两格清空、用文字写在哪里", "this position cannot be read: tap the map again, or empty both and say it in words")))
		}
	}
	if code := f.Get("division"); code != "" {
		if r.Division, err = gb.Parse(code); err != nil || !r.Division.Within(c.Home) {
			all = append(all, fault.At("division", fault.New(fault.Invalid, "请从列表里选", "choose from the list")))
			r.Division = gb.Division{}
		}
	}
	for _, value := range f["kind"] {
		i := slices.IndexFunc(slices.Collect(complaint.Kinds()), func(k complaint.Kind) bool { return k.Key() == value })
		if i < 0 {
			all = append(all, fault.At("kind", fault.New(fault.Invalid, "没有“%[1]s”这种类型，请从列表里选", "there is no kind %[1]q: choose from the list", lang.Short(value))))
			continue
		}
		r.Kinds = append(r.Kinds, complaint.Kind(i))
	}
	return r, errors.Join(all...)
}

// kinds are the kinds to choose from.
func (v reportView) kinds() (all []web.Choice) {
	for k := range complaint.Kinds() {
		name := k.Name()
		all = append(all, web.Choice{Name: "kind", Value: k.Key(), Label: name.In(v.Lang), On: slices.Contains(v.files.Values["kind"], k.Key())})
	}
	return all
}

// divisions are the districts of where it is taken.
func (v reportView) divisions() (all []web.Option) {
	for _, d := range v.campaign.Home.Children() {
		name := d.Name()
		all = append(all, web.Option{Value: d.Code(), Text: name.In(v.Lang), On: v.files.Values.Get("division") == d.Code()})
	}
	return all
}
