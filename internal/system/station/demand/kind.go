package demand

import (
	"regexp"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

var kindForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,30}$`)

// ValidKind reports whether a kind of demand may be called so: it stands in
// addresses, in file names and on command lines.
func ValidKind(kind string) bool { return kindForm.MatchString(kind) }

// demandKinds are the kinds that have a name of their own; extra is what is
// counted.
var demandKinds = []lang.Choice{
	{Key: People, Name: lang.Text{ZH: "人口", EN: "people"}, More: lang.Text{ZH: "人", EN: "people"}},
	{Key: "couriers", Name: lang.Text{ZH: "骑手订单", EN: "couriers’ orders"}, More: lang.Text{ZH: "单", EN: "orders"}},
	{Key: "cleaners", Name: lang.Text{ZH: "环卫作业", EN: "street cleaning"}, More: lang.Text{ZH: "人次", EN: "shifts"}},
	{Key: "drivers", Name: lang.Text{ZH: "司机", EN: "drivers"}, More: lang.Text{ZH: "人", EN: "drivers"}},
	{Key: "jobs", Name: lang.Text{ZH: "岗位", EN: "jobs"}, More: lang.Text{ZH: "个岗位", EN: "jobs"}},
}

// Name returns what the demand is called: its label, or the catalogue's name, or
// its kind.
func (d Demand) Name() lang.Text {
	if d.Label != "" {
		return lang.Text{ZH: d.Label, EN: d.Label}
	}
	for _, o := range demandKinds {
		if o.Key == d.Kind {
			return o.Name
		}
	}
	return lang.Text{ZH: d.Kind, EN: d.Kind}
}

// Unit returns what is counted, as 人; nothing for a kind that the catalogue does
// not have.
func (d Demand) Unit() lang.Text {
	for _, o := range demandKinds {
		if o.Key == d.Kind {
			return o.More
		}
	}
	return lang.Text{}
}

// ParseWeighting reads kind=day or kind=day/night, as on a command line:
// couriers=orders/orders_night.
func ParseWeighting(text string) (Weighting, error) {
	kind, columns, ok := strings.Cut(text, "=")
	day, night, _ := strings.Cut(columns, "/")
	w := Weighting{Kind: strings.TrimSpace(kind), Day: strings.TrimSpace(day), Night: strings.TrimSpace(night)}
	if !ok || w.Day == "" {
		return w, fault.New(fault.Invalid, "“%s”不行：请写 种类=白天的列/夜间的列，如 couriers=orders/orders_night", "“%s” will not do: write kind=column by day/column by night, as couriers=orders/orders_night", lang.Short(text))
	}
	return w, w.check()
}

func (w Weighting) check() error {
	if !ValidKind(w.Kind) {
		return fault.New(fault.Invalid, "需求种类“%s”不行：请用小写字母开头的字母、数字、横线，如 couriers；中文名称用 --label 写", "the kind of demand “%s” will not do: begin with a small letter and use letters, digits and dashes, as couriers; a name in words is its --label", lang.Short(w.Kind))
	}
	if text, ok := lang.CheckText(w.Label, station.MaxName); !ok {
		return &fault.Error{Kind: fault.Invalid, Text: text}
	}
	return nil
}
