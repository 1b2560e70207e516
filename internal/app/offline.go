package app

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/offline"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// actKinds are the kinds of acts that phones send, by their keys: each system that works on
// site brings its own when it is mounted.
type actKinds map[string]inbox.Kind[identity.Colleague]

// offline mounts what phones send to.
func (p parts) offline(mux *web.Mux, site *web.Site, kinds actKinds, files inbox.Files) {
	box := inbox.Open(p.db, inbox.Options[identity.Colleague]{Kinds: kinds, As: p.author, Files: files})
	offline.Routes(mux, offline.Deps{Site: site, Inbox: box, Who: signin.Who(p.people)})
}

// author is who signed an act, as of now.
func (p parts) author(tx *db.Tx, person, login string) (identity.Colleague, bool, error) {
	people, err := p.people()
	if err != nil {
		return identity.Colleague{}, false, err
	}
	return people.Author(tx, person, login)
}
