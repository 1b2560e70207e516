package identity_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
)

// Who is outside of a unit: neither itself nor what is below it and, where it matters, not
// what is above it; a sister is.
func TestOutside(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		east := division(t, "630102")
		city := w.unit("", "市政府", east)
		water, fire := w.unit(city, "水务局", east), w.unit(city, "消防救援支队", east)
		pump := w.unit(water, "泵站", east)
		w.must(w.db.View(t.Context(), func(tx *db.Tx) error {
			for _, c := range []struct {
				who             string
				of              []string
				outside, strict bool // without and with superior
			}{
				{fire, []string{water}, true, true},
				{fire, []string{water, pump}, true, true},
				{fire, []string{water, fire}, false, false},
				{water, []string{water}, false, false},
				{pump, []string{water}, false, false},
				{city, []string{water}, true, false},
				{city, []string{pump}, true, false},
				{water, []string{pump}, true, false},
				{fire, nil, true, true},
				{fire, []string{"gone"}, true, true},
				{"none", []string{water}, false, false},
				{"", nil, false, false},
			} {
				for superior, want := range map[bool]bool{false: c.outside, true: c.strict} {
					got, err := identity.Outside(tx, c.who, c.of, superior)
					if err != nil || got != want {
						t.Errorf("%s of %v, superior %t: %t %v", c.who, c.of, superior, got, err)
					}
				}
			}
			return nil
		}))
	})
}
