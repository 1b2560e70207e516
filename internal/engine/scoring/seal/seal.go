// Package seal binds a judge to a sheet before anybody sees it, and lets anybody hold a contest's public file against its seals.
//
//	o := seal.Opening{Contest: "hall-2026", Rule: hash, Entry: "07", Part: "show", Seat: "j3", Version: 1, Marks: …, Salt: seal.Salt(), By: seal.Device}
//	o.Commitment()            // goes into the log when the sheet is locked
//	seal.Verify(&file)        // opens every seal and computes every total again
//
// # What a seal binds
//
// The commitment is SHA-256 of the line "xiadu sheet 1" and the opening in canonical JSON: contest, rule, entry, part, seat, version,
// marks, who made the salt, and the salt, 32 bytes in hex. A sheet cannot be moved to another entry, counted under another rule or
// passed off as an earlier version. The salt keeps marks of one decimal from being guessed.
//
// The judge's device makes the salt and keeps the opening; a plain form or a sheet of paper cannot, and the result says how many
// seals the server made in their place.
//
// # What else the file holds
//
// Everything that a score takes: which entries there were and how far they came, panels, who was absent or recused, measured values,
// decisions ([Facts]), each version of each sheet, why one was corrected or voided, and by which
// two roles. People are roles and seats in it, never names.
package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Opening is what a commitment commits to.
type Opening struct {
	Contest string            `json:"contest"`
	Rule    string            `json:"rule"` // its hash
	Entry   string            `json:"entry"`
	Part    string            `json:"part"`
	Seat    string            `json:"seat"`
	Version int               `json:"version"` // from 1
	Marks   map[string]string `json:"marks"`   // by criterion
	Salt    string            `json:"salt"`    // 32 bytes in small hex
	By      By                `json:"sealed_by"`
}

// By is who made the salt.
type By string

// The makers: the judge's own device, or the server for a plain form and for a sheet of paper.
const (
	Device By = "device"
	Server By = "server"
	Paper  By = "paper"
)

const sheetLine = "xiadu sheet 1\n"

// Salt is a new one.
func Salt() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// Commitment is the hash that goes into the log, in hex.
func (o *Opening) Commitment() string {
	text, err := canonical.JSON(o)
	if err != nil {
		panic("seal: " + err.Error()) // texts and small integers have a canonical form
	}
	sum := sha256.Sum256(append([]byte(sheetLine), text...))
	return hex.EncodeToString(sum[:])
}

// Whole tells whether a salt is 32 bytes in small hex.
func Whole(salt string) bool {
	raw, err := hex.DecodeString(salt)
	return err == nil && len(raw) == 32 && hex.EncodeToString(raw) == salt
}
