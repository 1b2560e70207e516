package area

import (
	"io"

	"github.com/xiadu/xiadu/internal/sheet"
)

// Write writes areas as GeoJSON.
func Write(w io.Writer, areas []Area) error {
	return sheet.WriteMap(w, nil, func(yield func(sheet.Mark) bool) {
		for _, a := range areas {
			if !yield(areaMark(a)) {
				return
			}
		}
	})
}

func areaMark(a Area) sheet.Mark {
	properties := map[string]any{"code": a.Code, "name": a.Name, "kind": a.Kind.Key(), "division": a.Division.Code(), "source": a.Source}
	for name, value := range map[string]string{"hours": a.Target.Hours.String(), "demand": a.Target.Demand, "once": share(a.Target.Once), "twice": share(a.Target.Twice)} {
		if value != "" {
			properties[name] = value
		}
	}
	if a.Target.Minutes > 0 {
		properties["minutes"] = a.Target.Minutes
	}
	return sheet.NewMark("", properties, "MultiPolygon", sheet.ExactOutline(a.Shape))
}

func share(p Permille) string {
	if p == 0 {
		return ""
	}
	return p.String()
}
