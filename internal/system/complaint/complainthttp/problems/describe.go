package problems

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// formID is the form's, for the map that fills its place.
const formID = "problem-form"

// describe asks what a problem is and where: visits, near problems and the public map go by its place.
func (f *moveForm) describe(*http.Request) error {
	v, w := f.v, f.w.Problem
	v.seen = w.ChangedAt.UTC().Format(time.RFC3339Nano) // a description moves no case, so its version stays
	v.draft, v.submit = v.seen, v.T("保存", "Save")
	v.lead = v.T("在哪里写准了，现场督办才排得进路线，相近的问题才找得到。公开的地图上只有挪动过的点。", "With its place a visit can be routed to it and near problems are found. The public map has points that were moved only.")
	if v.values != nil {
		v.notes = append(v.notes, v.F("现在存着的：%s", "As it is kept now: %s", f.described()))
	}
	f.add("title", v.text(web.Input{Name: "title", Label: v.T("一句话的摘要", "A digest of one sentence"), Hint: v.T("责任单位看得到，会公开：不写姓名、电话、门牌。", "The unit sees it, and it is public: no names, telephones or door numbers."), Value: w.Title}, 2))
	f.add("site", v.field(web.Input{Name: "site", Label: v.T("地点（路名、单位或小区）", "Site (a street, a firm or an estate)"), Value: w.Site}))
	f.add("division", v.field(web.Input{Name: "division", Label: v.T("区划", "Division"), Hint: v.T("名称或六位代码。", "Its name or its six digits."), Value: page.Written(w.Division, f.w.Campaign.Home)}))
	f.place()
	f.add("usc", v.field(web.Input{Name: "usc", Label: v.T("涉事单位的统一社会信用代码（没有就不填）", "Unified social credit code of the firm (if any)"), Value: w.USC}))
	var kinds []web.Choice
	for k := range complaint.Kinds() {
		on := strings.Contains(w.Kinds, " "+k.Key()+" ")
		if v.values != nil {
			on = v.chosen("kind", k.Key())
		}
		kinds = append(kinds, web.Choice{Name: "kind", Value: k.Key(), Label: k.Name().In(v.Lang), On: on})
	}
	f.add("kind", web.ChipsWrong(v.T("类型", "Kinds"), kinds, v.wrong("kind")))
	key := w.KeyItem
	if v.values != nil {
		key = v.chosen("key", "1")
	}
	f.add("key", web.Chips(v.T("重点关注", "Key item"), []web.Choice{{Name: "key", Value: "1", Label: v.T("是重点件", "a key item"), On: key}}))
	return nil
}

// place asks for a point: on the map, or in figures.
func (f *moveForm) place() {
	v, w := f.v, f.w.Problem
	lat, lon := "", ""
	if w.Lat != nil && w.Lon != nil {
		lat, lon = degrees(*w.Lat), degrees(*w.Lon)
	}
	f.shown = append(f.shown, "lat", "lon")
	var ground *web.MapView
	if m, is := f.Ground(); is {
		m.Label, m.Pick = v.T("在地图上点出问题在哪里", "Tap where it is"), formID
		if at, err := pointOf(v.value("lat", lat), v.value("lon", lon)); err == nil && at != (geo.Point{}) {
			m.Here = &[2]float64{at.Lon, at.Lat}
		}
		ground, v.onMap = &m, true
	}
	f.add("", placeField(*v,
		web.Input{Name: "lat", Label: v.T("纬度", "Latitude"), Value: v.value("lat", lat), Error: v.wrong("lat")},
		web.Input{Name: "lon", Label: v.T("经度", "Longitude"), Value: v.value("lon", lon), Error: v.wrong("lon")}, ground))
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// described is what is kept, in a line.
func (f *moveForm) described() string {
	w := f.w.Problem
	parts := []string{w.Title, w.Site, page.Where(f.v.Lang, w.Division), w.USC, page.Kinds(f.v.Lang, w.KindList())}
	if w.Lat != nil && w.Lon != nil {
		parts = append(parts, degrees(*w.Lat)+", "+degrees(*w.Lon))
	}
	var said []string
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, " · ")
}

// pointOf reads a point in degrees; two empty fields are none.
func pointOf(lat, lon string) (at geo.Point, err error) {
	lat, lon = strings.TrimSpace(lat), strings.TrimSpace(lon)
	if lat == "" && lon == "" {
		return at, nil
	}
	y, wrongLat := strconv.ParseFloat(lat, 64)
	x, wrongLon := strconv.ParseFloat(lon, 64)
	field := "lat"
	if wrongLat == nil && wrongLon != nil {
		field = "lon"
	}
	at = geo.Point{Lat: y, Lon: x}
	if wrongLat != nil || wrongLon != nil || !at.Valid() {
		return geo.Point{}, fault.At(field, fault.New(fault.Invalid, "位置读不懂：两格都写十进制的度，如 36.617 和 101.778，或在地图上重新点一下，或都清空", "this position cannot be read: write both in decimal degrees, as 36.617 and 101.778, tap the map again, or empty both"))
	}
	return at, nil
}

func addDescription(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	d, err := descriptionOf(form.Values, w)
	if err == nil {
		_, err = p.Problems.Describe(ctx, who, d)
	}
	return err
}

func descriptionOf(f url.Values, w problem.Whole) (d problem.Description, err error) {
	at, wrongPoint := pointOf(f.Get("lat"), f.Get("lon"))
	division, wrongDivision := page.Division(f.Get("division"), w.Campaign.Home)
	seen, err := time.Parse(time.RFC3339Nano, f.Get("seen"))
	if err != nil {
		seen = time.Time{} // it is none that anybody has seen
	}
	return problem.Description{
		Problem: w.ID, SeenAt: seen, Title: f.Get("title"), Site: f.Get("site"), USC: f.Get("usc"), Division: division, At: at,
		Kinds: page.KindsOf(f["kind"]), Key: f.Get("key") != "",
	}, errors.Join(wrongPoint, fault.At("division", wrongDivision))
}
