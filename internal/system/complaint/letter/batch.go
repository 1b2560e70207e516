package letter

import "github.com/xiadu/xiadu/internal/db"

type inBatch struct {
	Campaign string `db:"campaign"`
	Batch    int    `db:"batch"`
}

// BatchState is how far the letters of a batch are.
type BatchState struct {
	Batch       int `db:"batch"`
	Letters     int `db:"letters"`
	Unpublished int `db:"unpublished"`
	Unreported  int `db:"unreported"` // of the unpublished: nobody has answered yet
}

var (
	lettersIn = db.Declare[inBatch, Letter](`
		SELECT /*cols*/ FROM complaint_letter WHERE campaign = :campaign AND batch = :batch ORDER BY place_in, id`)
	batchStates = db.Declare[string, BatchState](`
		SELECT batch, COUNT(*) AS letters, SUM(CASE WHEN bulletin = 0 THEN 1 ELSE 0 END) AS unpublished,
			SUM(CASE WHEN bulletin = 0 AND status = '' THEN 1 ELSE 0 END) AS unreported
		FROM complaint_letter WHERE campaign = :campaign GROUP BY batch ORDER BY batch`)
)

// InBatch lists the letters of a batch in their order.
func InBatch(tx *db.Tx, campaign string, batch int) ([]Letter, error) {
	return lettersIn.Slice(tx, inBatch{campaign, batch})
}

// BatchStates says how far the letters of each batch are.
func BatchStates(tx *db.Tx, campaign string) ([]BatchState, error) {
	return batchStates.Slice(tx, campaign)
}
