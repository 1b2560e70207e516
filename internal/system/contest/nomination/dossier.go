package nomination

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Fact is one thing that is known of a station, or that is not.
type Fact struct {
	Key     string    `json:"key"`
	Name    lang.Text `json:"name"`
	Value   lang.Text `json:"value"` // empty where it is missing
	From    lang.Text `json:"from"`  // where it comes from, or why it is missing
	Link    string    `json:"link,omitempty"`
	Missing bool      `json:"missing,omitempty"`
}

// Subject is a station as it is known at a moment.
type Subject struct {
	Station  string
	Name     string
	Host     string
	Division gb.Division
	Facts    []Fact
}

// Look tells what is known of a station now, within a transaction, or a fault.NotFound: the register of stations answers it.
type Look func(tx *db.Tx, station string) (Subject, error)

// Format is what a file says it is.
const Format = "xiadu station file 1"

// File is the text of an evidence file.
type File struct {
	Format   string `json:"format"`
	Contest  string `json:"contest"`
	Station  string `json:"station"`
	Name     string `json:"name"`
	Host     string `json:"host"`
	Division string `json:"division"`
	Step     string `json:"step"` // at which it was made
	At       string `json:"at"`
	Facts    []Fact `json:"facts"`
}

// Effect is the step of a file that is made when its effect is told.
const Effect = "effect"

// Dossier is an evidence file as it is listed.
type Dossier struct {
	Contest  string    `db:"contest"`
	Station  string    `db:"station"`
	N        int       `db:"n"` // from 1
	Step     string    `db:"step"`
	Hash     string    `db:"file"`
	LogEntry string    `db:"log_entry"`
	At       time.Time `db:"at"`
}

const dossierColumns = "contest, station, n, step, file, log_entry, at"

var (
	insertDossier = db.Declare[Dossier, db.None](`INSERT INTO contest_dossier (` + dossierColumns + `) VALUES (:contest, :station, :n, :step, :file, :log_entry, :at)`)
	dossiers      = db.Declare[key, Dossier](`SELECT ` + dossierColumns + ` FROM contest_dossier WHERE contest = :contest AND station = :station ORDER BY n`)
)

// Dossiers are all files of a station in a selection, in their order.
func Dossiers(tx *db.Tx, contest, station string) ([]Dossier, error) {
	return dossiers.Slice(tx, key{contest, station})
}

// Assemble makes the file of a station as it is now and puts it beside the log. The caller names its hash in an entry, and keeps it.
func Assemble(tx *db.Tx, s Subject, contest, step string) (d Dossier, err error) {
	d = Dossier{Contest: contest, Station: s.Station, Step: step, At: tx.Now().UTC().Truncate(time.Second)}
	text, err := canonical.JSON(File{
		Format: Format, Contest: contest, Station: s.Station, Name: s.Name, Host: s.Host, Division: s.Division.Code(), Step: step, At: d.At.Format(time.RFC3339), Facts: s.Facts,
	})
	if err != nil {
		return d, fmt.Errorf("file of station %s: %w", s.Station, err)
	}
	d.Hash, err = record.PutFile(tx, text)
	return d, err
}

// Keep lists a file behind those that there are, by the entry that names it.
func (d Dossier) Keep(tx *db.Tx, entry string) error {
	all, err := Dossiers(tx, d.Contest, d.Station)
	if err != nil {
		return err
	}
	d.N, d.LogEntry = len(all)+1, entry
	_, err = insertDossier.Exec(tx, d)
	return err
}

// Read reads the file.
func (d Dossier) Read(tx *db.Tx) (f File, text []byte, err error) {
	if text, err = record.File(tx, d.Hash); err != nil {
		return f, nil, err
	}
	return f, text, json.Unmarshal(text, &f)
}

// Shown is a station's file in a selection with all that were frozen.
type Shown struct {
	Nomination
	All  []Dossier
	File File  // the newest
	Was  *File // the one by which it was listed, where the newest tells its effect
}

// Show reads the files of a station, for everybody: the reason of a step is not in it.
func (s *Nominations) Show(ctx context.Context, contest, station string) (v Shown, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v = Shown{}
		if v.Nomination, err = Read(tx, contest, station); err != nil {
			return err
		}
		v.Why, v.MadeBy = "", ""
		if v.All, err = Dossiers(tx, contest, station); err != nil {
			return err
		}
		last := v.All[len(v.All)-1]
		if v.File, _, err = last.Read(tx); err != nil || last.Step != Effect {
			return err
		}
		was, _, err := v.All[len(v.All)-2].Read(tx)
		v.Was = &was
		return err
	})
	return v, err
}

// Text is the text of one of a station's files.
func (s *Nominations) Text(ctx context.Context, contest, station string, n int) (text []byte, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, err := Dossiers(tx, contest, station)
		if err != nil {
			return err
		}
		if n < 1 || n > len(all) {
			return fault.New(fault.NotFound, "没有这一份材料", "there is no such file")
		}
		_, text, err = all[n-1].Read(tx)
		return err
	})
	return text, err
}
