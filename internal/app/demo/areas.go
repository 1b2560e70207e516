package demo

import (
	"encoding/json"
	"fmt"
	"io"
)

// keyArea is a part of the city that has to be covered better than the rest.
type keyArea struct {
	code, name, division string
	once, twice          float64 // per cent
	hours, demand        string
	corners              ring // in metres
}

// keyAreas are where outdoor workers crowd. Their targets are what a city might
// promise; some are missed, so that the pages have something to say.
var keyAreas = []keyArea{
	{"KA-01", "大十字商圈", "630103", 95, 80, "每天 07:00-21:00", "", ring{{-900, 750}, {-150, 1000}, {950, 650}, {1000, -150}, {200, -650}, {-850, -450}}},
	{"KA-02", "火车站与康乐", "630102", 95, 60, "每天 06:00-24:00", "", ring{{2450, 350}, {3250, 1000}, {4100, 200}, {3500, -900}, {2500, -900}}},
	{"KA-03", "海湖新区夜间外卖", "630104", 90, 65, "每天 18:00-24:00", "couriers", ring{{-7000, 3900}, {-5000, 3350}, {-4700, 2300}, {-6700, 2100}, {-7400, 3000}}},
	{"KA-04", "南川工业路段", "630103", 80, 0, "每天 07:00-21:00", "", ring{{-2900, -3800}, {-1100, -3800}, {-1500, -6300}, {-3300, -6300}}},
	{"KA-05", "力盟古城台", "630104", 70, 40, "周一至周五 09:00-17:00", "", ring{{-3400, 1750}, {-2200, 1700}, {-2050, 600}, {-3300, 550}}},
}

// writeAreas writes the key areas, the districts and the industrial zone as
// GeoJSON, as `xiadu import areas` takes it.
func (c *city) writeAreas(w io.Writer) error {
	type geometry struct {
		Type        string             `json:"type"`
		Coordinates [][][2]json.Number `json:"coordinates"`
	}
	type feature struct {
		Type       string         `json:"type"`
		Properties map[string]any `json:"properties"`
		Geometry   geometry       `json:"geometry"`
	}
	var features []feature
	add := func(properties map[string]any, r ring) {
		line := make([][2]json.Number, 0, len(r)+1)
		for _, p := range r.closed() {
			line = append(line, [2]json.Number{json.Number(longitude(p)), json.Number(latitude(p))})
		}
		properties["source"] = "示意数据"
		features = append(features, feature{"Feature", properties, geometry{"Polygon", [][][2]json.Number{line}}})
	}
	for _, k := range keyAreas {
		r := make(ring, len(k.corners))
		for i, p := range k.corners {
			r[i] = point{p.X * metre, p.Y * metre}
		}
		properties := map[string]any{"code": k.code, "name": k.name, "division": k.division, "kind": "key", "once": k.once, "hours": k.hours}
		if k.twice > 0 {
			properties["twice"] = k.twice
		}
		if k.demand != "" {
			properties["demand"] = k.demand
		}
		add(properties, r)
	}
	for _, d := range c.districts {
		add(map[string]any{"code": d.class, "kind": "division"}, d.line)
	}
	for _, f := range c.floors {
		if f.class == "industry" {
			add(map[string]any{"code": "6301Z01", "name": f.name, "kind": "zone"}, f.line)
		}
	}
	text, err := json.MarshalIndent(map[string]any{"type": "FeatureCollection", "features": features}, "", " ")
	if err != nil {
		return fmt.Errorf("write the areas of the demo city: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
