package identity

import (
	"strings"
)

// The kinds of entry. The public part says what was done and by what kind of
// official; the person it concerns, and the one who did it, are in the private part
// (record.Personal), and the subject is the thing that was made, never a person: a
// number that comes again would be a name.

// about is the private part of every kind.
type about struct{ person, by, note string }

// Private names the persons.
func (a about) Private() any {
	return struct {
		Person string `json:"person,omitempty"`
		By     string `json:"by,omitempty"`
		Note   string `json:"note,omitempty"`
	}{a.person, a.by, a.note}
}

// act has what the kinds differ in little by; each has its own type below.
type act struct {
	about
	kind, subject string
}

func (a act) Kind() string    { return a.kind }
func (a act) Subject() string { return a.subject }

// plain is an act of which the public learns only that it was.
type plain struct{ act }

// own is an act by which somebody comes in, stays or goes. When whoever sits at a desk
// signs in, and at what somebody guesses, concerns the public in sum at most; that nobody
// can change it afterwards concerns an auditor. So it is sealed.
type own struct{ act }

// Sealed says that the public learns not even that.
func (own) Sealed() {}

// The kinds of plain and own.
const (
	personAdded     = "identity.person-added"
	personChanged   = "identity.person-changed"
	personLeft      = "identity.person-left"
	personErased    = "identity.person-erased"
	accountMade     = "identity.account-made"
	accountClosed   = "identity.account-closed"
	accountOpened   = "identity.account-opened"
	accountReset    = "identity.account-reset"
	passwordChanged = "identity.password-changed"
	factorSet       = "identity.factor-set"
	signedIn        = "identity.signed-in"
	sessionRaised   = "identity.session-raised" // its code was right, or it was asked again
	sessionEnded    = "identity.session-ended"
	invited         = "identity.invited"
	invitationAgain = "identity.invitation-opened-again"
	invitationUsed  = "identity.invitation-used"
	invitationEnded = "identity.invitation-ended"
	deviceRevoked   = "identity.device-revoked"
	guessedAt       = "identity.guessed-at" // somebody tries passwords
	setUp           = "identity.set-up"
	tokenMade       = "identity.token-made"
	tokenRevoked    = "identity.token-revoked"
)

// subjects of acts on a person, whom no subject names.
const somebody = "people"

func plainAct(kind, subject string, a about) plain { return plain{act{a, kind, subject}} }

func ownAct(kind, subject string, a about) own { return own{act{a, kind, subject}} }

// granted is a role given. What it is about is told by its kind alone: a household's
// number is a household.
type granted struct {
	about
	ID           string `json:"grant"`
	Role         string `json:"role"`
	Division     string `json:"division,omitempty"`
	Of           string `json:"of,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Until        string `json:"until,omitempty"`
}

func (granted) Kind() string      { return "identity.granted" }
func (g granted) Subject() string { return "grant/" + g.ID }

// revoked is a role taken.
type revoked struct {
	about
	ID   string `json:"grant"`
	Role string `json:"role"`
}

func (revoked) Kind() string      { return "identity.revoked" }
func (r revoked) Subject() string { return "grant/" + r.ID }

// organised is an organisation added.
type organised struct {
	about
	ID       string `json:"organisation"`
	Parent   string `json:"parent,omitempty"`
	Division string `json:"division,omitempty"`
	Name     string `json:"name"`
}

func (organised) Kind() string      { return "identity.organisation-added" }
func (o organised) Subject() string { return "organisation/" + o.ID }

// reorganised is an organisation that changed, as it is from here on.
type reorganised struct {
	about
	ID       string `json:"organisation"`
	Parent   string `json:"parent,omitempty"`
	Division string `json:"division,omitempty"`
	Name     string `json:"name"`
}

func (reorganised) Kind() string      { return "identity.organisation-changed" }
func (r reorganised) Subject() string { return "organisation/" + r.ID }

// organisationAct is an organisation closed or opened again. Why is free text, so that it
// is in the private part: it may name somebody.
type organisationAct struct {
	about
	kind string
	ID   string `json:"organisation"`
}

func (o organisationAct) Kind() string    { return o.kind }
func (o organisationAct) Subject() string { return "organisation/" + o.ID }

// The kinds of organisationAct.
const (
	organisationClosed = "identity.organisation-closed"
	organisationOpened = "identity.organisation-opened"
)

// counted is an act on many rows.
type counted struct {
	kind        string
	Key         int `json:"key,omitempty"`
	Rows        int `json:"rows,omitempty"`
	Sessions    int `json:"sessions,omitempty"`
	Invitations int `json:"invitations,omitempty"`
}

func (c counted) Kind() string  { return c.kind }
func (counted) Subject() string { return somebody }

// The kinds that count.
const (
	keyChanged = "identity.key-changed" // another key is in use from here on
	keyRotated = "identity.key-rotated" // every row is under it
	keyLost    = "identity.key-lost"
	swept      = "identity.swept"    // what had run out was ended
	restored   = "identity.restored" // an older database was found, and all sessions ended
)

// kindOf is what a subject is about, without which.
func kindOf(subject string) string {
	kind, _, _ := strings.Cut(subject, "/")
	return kind
}
