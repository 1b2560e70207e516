package identity

import "github.com/xiadu/xiadu/internal/record"

// Kind is a kind of entry, as docs/record.md explains it.
type Kind struct {
	Example record.Entry
	Says    string // what an entry of the kind says
}

// Kinds lists all that this package appends. Many differ in nothing but their name, so
// that their type does not tell them apart.
func Kinds() (all []Kind) {
	for _, k := range [...]struct{ kind, subject, says string }{
		{setUp, somebody, "that the first administrators were made"},
		{personAdded, somebody, "that a person was added"},
		{personChanged, somebody, "that what is known of a person changed"},
		{personLeft, somebody, "that a person left, and lost all that lets them in"},
		{personErased, somebody, "that a person's name and number were erased"},
		{accountMade, somebody, "that an account was made"},
		{accountClosed, somebody, "that an account was closed"},
		{accountOpened, somebody, "that an account was opened again"},
		{accountReset, somebody, "that an account's password was voided by another"},
		{invited, "invitation/…", "that an invitation went out"},
		{invitationUsed, "invitation/…", "that an invitation was used"},
		{invitationEnded, "invitation/…", "that an invitation ended unused"},
		{deviceRevoked, "device/…", "that a device was revoked"},
		{tokenMade, "token/…", "that a program was given a token"},
		{tokenRevoked, "token/…", "that a program's token was taken"},
	} {
		all = append(all, Kind{plainAct(k.kind, k.subject, about{}), k.says})
	}
	for _, k := range [...]struct{ kind, subject, says string }{
		{passwordChanged, somebody, "that somebody chose their password"},
		{factorSet, somebody, "that somebody set up a second factor"},
		{guessedAt, somebody, "that wrong passwords for one account began to cost time"},
		{signedIn, "session/…", "that a session began"},
		{sessionRaised, "session/…", "that a session came a step further, or was asked again"},
		{sessionEnded, "session/…", "that a session ended, or all of a person's"},
		{invitationAgain, "invitation/…", "that a second browser opened a link"},
	} {
		all = append(all, Kind{ownAct(k.kind, k.subject, about{}), k.says})
	}
	for _, k := range [...]struct{ kind, says string }{
		{keyChanged, "that another key of personal data is in use from here on"},
		{keyRotated, "that every row is under the key in use"},
		{keyLost, "that a key was lost, with all that was under it"},
		{swept, "that what had run out was ended"},
		{restored, "that an older database was found, and all sessions ended"},
	} {
		all = append(all, Kind{counted{kind: k.kind}, k.says})
	}
	return append(all,
		Kind{granted{}, "that a role was given, where and until when"},
		Kind{revoked{}, "that a role was taken"},
		Kind{organised{}, "that an organisation was added"},
	)
}
