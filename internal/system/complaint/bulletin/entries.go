package bulletin

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

func says(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// Out is that a bulletin was published. Its letters are in the file beside the log.
type Out struct {
	person string

	Campaign string       `json:"campaign"`
	Bulletin int          `json:"bulletin"`
	Version  int          `json:"version"`
	Day      string       `json:"day"`
	File     string       `json:"file"` // SHA-256 of the table, as it lies beside the log
	Counts   table.Counts `json:"counts"`
}

// Kind names the event.
func (Out) Kind() string { return "complaint.bulletin-published" }

// Subject is the bulletin.
func (e Out) Subject() string { return Ref{Campaign: e.Campaign, Number: e.Bulletin}.Subject() }

// Private says who it was.
func (e Out) Private() any { return complaint.ByWhom{By: e.person} }

// Back is that the text of a letter was taken out of a bulletin which was published.
type Back struct {
	person string

	Campaign string `json:"campaign"`
	Bulletin int    `json:"bulletin"`
	Version  int    `json:"version"`
	File     string `json:"file"`    // that is published no longer
	Instead  string `json:"instead"` // and the one in its place
	Why      string `json:"why"`
}

// Kind names the event.
func (Back) Kind() string { return "complaint.text-withdrawn" }

// Subject is the bulletin.
func (e Back) Subject() string { return Ref{Campaign: e.Campaign, Number: e.Bulletin}.Subject() }

// Private says who it was.
func (e Back) Private() any { return complaint.ByWhom{By: e.person} }

// seen is that somebody sees letters as they came, to prepare a bulletin.
type seen struct {
	person, why string

	Campaign string `json:"campaign"`
	Bulletin int    `json:"bulletin"`
	Version  int    `json:"version"`
	Letters  int    `json:"letters"`
}

func (seen) Kind() string      { return "complaint.bulletin-seen" }
func (e seen) Subject() string { return Ref{Campaign: e.Campaign, Number: e.Bulletin}.Subject() }
func (seen) Sealed()           {}
func (e seen) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: Out{}, Says: says("发布了一个公开批次，件数和文件的散列", "A bulletin was published: its counts, and the hash of its file")},
		{Example: Back{}, Says: says("撤回了已公开的文字，为什么", "A text that had been published was taken back, and why")},
		{Example: seen{}, Says: says("有人为编制公开批次看了信访件原文，为什么", "Somebody read letters as they came to prepare a bulletin, and why")},
	}
}
