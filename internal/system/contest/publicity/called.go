package publicity

import (
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Called is what objections are called on the pages of who has to do them.
func Called(tx *db.Tx, all []casework.Ref) (map[string]casework.Called, error) {
	names := make(map[string]casework.Called, len(all))
	events := map[string]event.Event{}
	for _, r := range all {
		code, n, _ := strings.Cut(r.Code, "/")
		e, known := events[code]
		if !known {
			var err error
			if e, err = event.Read(tx, code); err != nil {
				return nil, err
			}
			events[code] = e
		}
		names[r.Case] = casework.Called{As: n, Title: lang.Text{ZH: e.Title + "：异议 " + n, EN: e.Title + ": objection " + n}, Href: "/contests/" + code + "/objections/" + n}
	}
	return names, nil
}
