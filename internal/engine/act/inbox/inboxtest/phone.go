// Package inboxtest is a phone in Go: it seals and signs acts as the browser does, for tests
// of the inbox and of the kinds that systems register.
package inboxtest

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
)

// Phone is a device that was registered.
type Phone struct {
	ID     string
	Person string
	t      testing.TB
	sealer envelope.Sealer
	key    int
	number int64
}

// Public is the public half of a new phone's key, and the way to the phone once it has an id.
func Public(t testing.TB) (public []byte, phone func(id, person string, site inbox.SiteKey) *Phone) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.ECDH()
	if err != nil {
		t.Fatal(err)
	}
	return point.Bytes(), func(id, person string, site inbox.SiteKey) *Phone {
		t.Helper()
		to, err := envelope.Point(site.Public)
		if err != nil {
			t.Fatal(err)
		}
		return &Phone{ID: id, Person: person, t: t, sealer: envelope.Sealer{Key: key, Site: to}, key: site.Number}
	}
}

// New registers a phone of a person.
func New[W any](t testing.TB, b *inbox.Inbox[W], person, login string) *Phone {
	t.Helper()
	site, err := b.SiteKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	public, phone := Public(t)
	id, err := b.Register(t.Context(), inbox.Device{Person: person, Login: login, Name: "Chrome · Android"}, public)
	if err != nil {
		t.Fatal(err)
	}
	return phone(id, person, site)
}

// Act seals something that was done just now, as the next act of the phone.
func (p *Phone) Act(kind string, body any, with ...func(*inbox.Act)) envelope.Envelope {
	p.t.Helper()
	p.number++
	return p.Numbered(p.number, kind, body, with...)
}

// Numbered seals an act under a number, which may be one that was given already.
func (p *Phone) Numbered(number int64, kind string, body any, with ...func(*inbox.Act)) envelope.Envelope {
	p.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	a := inbox.Act{ID: fmt.Sprintf("%s/%d", p.ID, number), Kind: kind, Happened: now(), Body: text}
	for _, f := range with {
		f(&a)
	}
	if text, err = json.Marshal(a); err != nil {
		p.t.Fatal(err)
	}
	e, err := p.sealer.Seal(p.once(), envelope.Head{For: envelope.ForAct, Device: p.ID, Number: number, Key: p.key}, text)
	if err != nil {
		p.t.Fatal(err)
	}
	return e
}

// File seals a file for an act of a kind.
func (p *Phone) File(kind string, content []byte) (file inbox.File, head envelope.Envelope, boxes [][]byte) {
	p.t.Helper()
	sum := sha256.Sum256(content)
	file = inbox.File{Hash: hex.EncodeToString(sum[:]), Size: int64(len(content))}
	head, boxes, err := p.sealer.SealFile(p.once(), envelope.Head{For: envelope.ForFile, Device: p.ID, Key: p.key, Hash: file.Hash, Size: file.Size, Kind: kind}, content)
	if err != nil {
		p.t.Fatal(err)
	}
	return file, head, boxes
}

func (p *Phone) once() *ecdh.PrivateKey {
	p.t.Helper()
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	return once
}

// now is the phone's clock.
func now() time.Time { return time.Now().UTC() } //nolint:forbidigo // a phone has no other
