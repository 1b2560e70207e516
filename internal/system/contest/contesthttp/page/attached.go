package page

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// Attached are the files of a subject of evidence as a page shows them: for who may see the originals.
func (p *Pages) Attached(r *http.Request, v web.Page, subject string) ([]kit.Photo, error) {
	var items []evidence.Item
	err := p.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		items, err = evidence.Items(tx, contest.System, subject)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := make([]photos.Shown, len(items))
	for i, item := range items {
		all[i] = photos.Shown{Item: item, Original: true}
	}
	return p.Photos.Strip(v, all), nil
}
