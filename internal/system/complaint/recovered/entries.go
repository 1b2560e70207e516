package recovered

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// putIn is that the office says that it has put in again what an older database had lost.
type putIn struct {
	person string

	Campaign string `json:"campaign"`
	Things   int    `json:"things"`  // problems, letters, batches …
	Entries  int64  `json:"entries"` // of the log that tell of them
}

func (putIn) Kind() string      { return "complaint.lost-settled" }
func (e putIn) Subject() string { return "campaign/" + e.Campaign }
func (e putIn) Private() any    { return complaint.ByWhom{By: e.person} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: putIn{}, Says: lang.Text{
			ZH: "数据库恢复成旧的以后，办公室说丢失的已经补录：多少项，日志里多少条",
			EN: "After an older database was restored, the office says that it has put in again what was lost: how many things, and entries of the log about them",
		}},
	}
}
