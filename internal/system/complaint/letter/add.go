package letter

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
)

// New is a letter to be.
type New struct {
	Batch, PlaceIn int
	Code           complaint.Code
	Channel        complaint.Channel
	Key            bool
	Region         string
	Division       gb.Division
	KindsText      string
	Kinds          []complaint.Kind
	Digest         string
	Original       Original
}

// Add takes a letter in. Whether its code is there already the caller has looked.
func Add(tx *db.Tx, book *casework.Book, by identity.Admitted, c campaign.Campaign, n New) (Letter, error) {
	rule, err := c.Rule(reportClock(n.Key))
	if err != nil {
		return Letter{}, err
	}
	l := Letter{
		Campaign: c.Code, Batch: n.Batch, PlaceIn: n.PlaceIn, Code: n.Code.Text, CodeKey: n.Code.Key, CodeBatch: codeBatch(n.Code, n.Batch),
		Channel: string(n.Channel), KeyItem: n.Key, Region: n.Region, Division: n.Division.Code(), KindsText: n.KindsText, Kinds: complaint.KindKeys(n.Kinds),
		ReceivedAt: tx.Now(), ChangedAt: tx.Now(),
	}
	if l.Digest, err = checkDigest(n.Digest); err != nil {
		return l, err
	}
	made, err := book.Open(tx, casework.Opening{
		Process: complaint.LetterWay.Key, Code: l.caseCode(), Division: l.Division, Asker: c.Office,
		By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}}, Rules: map[string]clock.Rule{complaint.ClockReport: rule},
	})
	if err != nil {
		return l, err
	}
	l.ID = made.ID
	if err := l.follow(tx, book, made); err != nil {
		return l, err
	}
	if l.Original, l.KeyNumber, err = seal(tx, l.place(), n.Original); err != nil {
		return l, err
	}
	l.Entry, err = record.AppendID(tx, by.Sign, received{
		id: l.ID, person: by.Person, text: n.Original.Text,
		Campaign: l.Campaign, Batch: l.Batch, Code: l.Code, Channel: l.Channel, Key: l.KeyItem, Kinds: keys(n.Kinds), Division: l.Division,
	})
	if err != nil {
		return l, err
	}
	return l, insertLetter.Later(tx, l)
}

// caseCode is the code of a letter's case, which no other letter of any campaign has.
func (l Letter) caseCode() string {
	code := l.Campaign + " " + l.CodeKey
	if l.CodeBatch > 0 {
		code = l.Campaign + "·" + l.Title()
	}
	return code
}

// reportClock is the period in which a letter is to be reported on.
func reportClock(key bool) string {
	if key {
		return campaign.ReportKey
	}
	return complaint.ClockReport
}

func keys(kinds []complaint.Kind) []string {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = k.Key()
	}
	return all
}

// follow takes over where its case stands now.
func (l *Letter) follow(tx *db.Tx, book *casework.Book, c casework.Case) (err error) {
	l.Stage, l.Lead, l.Version, l.ChangedAt = c.Stage, c.Lead, c.Version, c.ChangedAt
	l.DueAt, err = book.Due(tx, c)
	return err
}

// AddPoint makes a point of a letter that belongs to a problem.
func AddPoint(tx *db.Tx, p Point, what string) (err error) {
	if what != "" {
		if p.What, p.KeyNumber, err = record.SealOwn(tx, p.place(), what); err != nil {
			return err
		}
	}
	return insertPoint.Later(tx, p)
}

// WritePoint changes a point but for its text.
func WritePoint(tx *db.Tx, p Point) error {
	_, err := writePoint.Exec(tx, p)
	return err
}

// Reword gives a point a text of its own.
func Reword(tx *db.Tx, p Point, what string) (err error) {
	if p.What, p.KeyNumber, err = record.SealOwn(tx, p.place(), what); err != nil {
		return err
	}
	return WritePoint(tx, p)
}
