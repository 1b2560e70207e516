package evidence

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
)

// secrets are the tables with something sealed.
var secrets = []record.Drawer{
	{
		Read: db.Declare[record.UnderOther, record.Own](`
		SELECT hash AS id, 'evidence_blob/' || hash AS place, secret, key_number FROM evidence_blob
		WHERE key_number <> :key_number AND hash > :after ORDER BY hash LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE evidence_blob SET secret = :secret, key_number = :key_number WHERE hash = :id`),
	},
	{
		Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'evidence_intake/' || id AS place, secret, key_number FROM evidence_intake
		WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE evidence_intake SET secret = :secret, key_number = :key_number WHERE id = :id`),
	},
	{
		Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'evidence_item/' || id AS place, private AS secret, key_number FROM evidence_item
		WHERE key_number <> :key_number AND state <> 'erased' AND id > :after ORDER BY id LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE evidence_item SET private = :secret, key_number = :key_number WHERE id = :id`),
	},
	{
		Read: db.Declare[record.UnderOther, record.Own](`
		SELECT file AS id, 'evidence_rendition/' || item || '/' || purpose AS place, secret, key_number FROM evidence_rendition
		WHERE key_number <> :key_number AND file > :after ORDER BY file LIMIT :lim`),
		Set: db.Declare[record.Own, db.None](`UPDATE evidence_rendition SET secret = :secret, key_number = :key_number WHERE file = :id`),
	},
}

// Anew seals what rows have under the key in use, after another was put in use, as record.OwnAnew
// says. The files stay as they are: only their keys are sealed.
func Anew(ctx context.Context, d *db.DB) (rows int, err error) {
	return record.OwnAnew(ctx, d, secrets...)
}
