package intake

import (
	"encoding/json"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Told are the differences of a batch, as they were kept.
func (r Received) Told() (all []Difference, err error) {
	if r.Differences == "" {
		return nil, nil
	}
	return all, json.Unmarshal([]byte(r.Differences), &all)
}

// batchReceived is that a batch was taken in: how many letters, and what its notice says.
type batchReceived struct {
	person string

	Campaign    string `json:"campaign"`
	Number      int    `json:"number"`
	Day         string `json:"day"`
	Source      Source `json:"source"`
	Letters     int    `json:"letters"` // of the batch, with those of before
	Added       int    `json:"added"`
	Calls       int    `json:"calls"`
	Papers      int    `json:"papers"`
	Key         int    `json:"key"`
	Said        *int   `json:"said,omitempty"` // how many the notice says
	Differences []told `json:"differences"`
	File        string `json:"file,omitempty"` // SHA-256
}

// told is where the notice and the table do not agree.
type told struct {
	What string `json:"what"`
	Said int    `json:"said"`
	Read int    `json:"read"`
}

func (batchReceived) Kind() string      { return "complaint.batch-received" }
func (e batchReceived) Subject() string { return "campaign/" + e.Campaign }
func (e batchReceived) Private() any    { return complaint.ByWhom{By: e.person} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: batchReceived{}, Says: lang.Text{ZH: "收下一批信访件：多少件，与通知差在哪里", EN: "A batch of letters came: how many, and where its notice does not agree"}},
		{Example: questionAnswered{}, Says: lang.Text{ZH: "有人回答了一个关于信访件的问题：是否同一件事、是否引用、是否更正", EN: "A person answered a question about letters: the same thing, a citation, a correction"}},
		{Example: divided{}, Says: lang.Text{ZH: "一封信访件拆成了几个问题点", EN: "A letter was divided into points"}},
	}
}
