package station

import (
	"fmt"
	"math"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// offStreetM is how far off any street a position may lie before it is doubted.
// A shift between datums in China is 300 to 1,200 m.
const offStreetM = 500

// maxDoubts bounds how many positions are examined for what went wrong, since
// each tries every datum: the first hundred tell what the sheet's mistake is.
const maxDoubts = 100

// position reads where a station is and says whether it could.
func (r *rowReader) position(n int, c Cells, s *Station) bool {
	s.Datum = r.Datum
	if c[FieldDatum] != "" {
		d, err := geo.ParseDatum(c[FieldDatum])
		if err != nil {
			r.fault(n, FieldDatum, err)
			return false
		}
		s.Datum = d
	}
	if c[FieldLon] == "" && c[FieldLat] == "" {
		return true // the check of the station says that it is missing
	}
	lon, ok1 := r.degree(n, FieldLon, c[FieldLon])
	lat, ok2 := r.degree(n, FieldLat, c[FieldLat])
	if !ok1 || !ok2 {
		return false
	}
	given := geo.Point{Lon: lon, Lat: lat}
	if !given.Valid() {
		if swapped := (geo.Point{Lon: lat, Lat: lon}); swapped.Valid() {
			r.issue(n, FieldLat, "纬度 %[1]v 不可能：经度和纬度写反了，应为经度 %[1]v、纬度 %[2]v",
				"the latitude %[1]v is impossible: longitude and latitude are swapped, it should be longitude %[1]v, latitude %[2]v", lat, lon)
		} else {
			r.issue(n, FieldLat, "纬度 %v 不可能：应在 -90 到 90 之间", "the latitude %v is impossible: it lies between -90 and 90", lat)
		}
		return false
	}
	s.At = s.Datum.ToWGS84(given).Fixed().Point()
	r.doubt(n, given, s)
	return true
}

// doubt warns of a position that is off any street and says which mistake
// would explain it best.
func (r *rowReader) doubt(n int, given geo.Point, s *Station) {
	far, near := r.street(s.At)
	if r.NearestStreet == nil || near && far <= offStreetM {
		return
	}
	where := lang.Text{ZH: "附近没有街道", EN: "has no street near it"}
	if near {
		where = lang.Text{ZH: fmt.Sprintf("离最近的街道 %.0f 米", far), EN: fmt.Sprintf("is %.0f m off any street", far)}
	}
	hint := lang.Text{ZH: "请核对经纬度", EN: "check longitude and latitude"}
	if r.strange++; r.strange <= maxDoubts {
		if likely, found := r.likely(given, s.Datum, far, near); found {
			hint = likely
		}
	}
	r.batch.Warnings.add(n, FieldLon, lang.Text{
		ZH: fmt.Sprintf("位置 %v,%v %s：%s", given.Lon, given.Lat, where.ZH, hint.ZH),
		EN: fmt.Sprintf("the position %v,%v %s: %s", given.Lon, given.Lat, where.EN, hint.EN),
	})
}

// likely tries the other datums and the axes the other way round, and returns
// the reading that comes closest to a street, if it is clearly closer.
func (r *rowReader) likely(given geo.Point, as geo.Datum, far float64, near bool) (lang.Text, bool) {
	best := math.Inf(1)
	if near {
		best = far / 2
	}
	var hint lang.Text
	try := func(p geo.Point, zh, en string) {
		if !p.Valid() {
			return
		}
		if d, ok := r.street(p); ok && d < best {
			best, hint = d, lang.Text{ZH: zh, EN: en}
		}
	}
	for _, d := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
		swapped := d.ToWGS84(geo.Point{Lon: given.Lat, Lat: given.Lon})
		if d != as {
			try(d.ToWGS84(given), "很可能是 "+d.String()+" 坐标，请在“坐标系”列写明", "it is likely in "+d.String()+"; say so in the column “datum”")
		}
		try(swapped, "很可能经度和纬度写反了", "longitude and latitude are likely swapped")
	}
	return hint, hint.ZH != ""
}

func (r *rowReader) street(p geo.Point) (float64, bool) {
	if r.NearestStreet == nil {
		return 0, false
	}
	return r.NearestStreet(p)
}

// twinM is how near two stations of one name make one wonder.
const twinM = 50

// twins warns of stations of the same name at the same place.
func (r *rowReader) twins() {
	byName := map[string][]int{}
	for i, s := range r.batch.Stations {
		for _, j := range byName[s.Name] {
			if geo.Distance(s.At, r.batch.Stations[j].At) <= twinM {
				r.batch.Warnings.add(r.batch.rows[i], FieldName, lang.Text{
					ZH: fmt.Sprintf("与第 %d 行同名且相距不到 %d 米：可能是同一个站点", r.batch.rows[j], twinM),
					EN: fmt.Sprintf("has the name of row %d and is within %d m of it: perhaps the same station", r.batch.rows[j], twinM),
				})
				break
			}
		}
		if len(byName[s.Name]) < 20 { // a chain may name all its branches alike
			byName[s.Name] = append(byName[s.Name], i)
		}
	}
}
