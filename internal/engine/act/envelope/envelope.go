// Package envelope seals what a device did to its site, and tells who signed it.
//
//	head, err := envelope.Read(e)               // whose it says that it is
//	err = envelope.Verify(device, e)            // and is
//	text, err := envelope.Open(site, e)
//
// It is pure: no storage, no clock. A browser makes envelopes with WebCrypto (island/acts);
// testdata/vector.json holds both to the same bytes. docs/adr/0015 has the form.
//
// Whoever carries an envelope can read and change nothing: the text is sealed with AES-GCM
// under a key that only the site's private half can derive, with the head as additional
// data, and the signature is over all of it. A key seals one act or one file, so that
// nonces are numbers.
package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/big"
	"slices"

	"github.com/xiadu/xiadu/internal/fault"
)

// What an envelope may hold.
const (
	ForAct  = "act"
	ForFile = "file"
)

// PartBytes is how much of a file is in each part but the last.
const PartBytes = 512 << 10

// Overhead is by how much a box is longer than its text.
const Overhead = 16

// Envelope is what travels.
type Envelope struct {
	Head string `json:"head"` // JSON of a Head, exactly as it was signed
	Box  []byte `json:"box,omitempty"`
	Sig  []byte `json:"sig"`
}

// Head is what everybody may read.
type Head struct {
	V      int    `json:"v"`
	For    string `json:"for"`
	Device string `json:"device"`
	Number int64  `json:"number,omitempty"` // of an act
	Key    int    `json:"key"`              // of the site
	Once   []byte `json:"once"`             // public half of the key pair of this envelope

	// Of a file.
	Hash string `json:"hash,omitempty"` // SHA-256, hex
	Size int64  `json:"size,omitempty"`
	Kind string `json:"kind,omitempty"` // of the act that names it
}

// Parts is how many parts a file has.
func (h Head) Parts() int { return max(1, int((h.Size+PartBytes-1)/PartBytes)) }

// maxHead bounds a head.
const maxHead = 1024

// Read reads a head. What is none is a fault.Invalid.
func Read(e Envelope) (h Head, err error) {
	if len(e.Head) > maxHead || json.Unmarshal([]byte(e.Head), &h) != nil || h.V != 1 || h.Device == "" || (h.For != ForAct && h.For != ForFile) {
		return Head{}, damaged()
	}
	return h, nil
}

func damaged() *fault.Error {
	return fault.New(fault.Invalid, "这一件坏了：不是本站的设备封好的样子。原件还在那台设备上，请从那里再发一次。",
		"This is damaged: it is not as a device of this site sealed it. The device still has the original: send it from there again.")
}

// Point reads a public key: 65 bytes, uncompressed.
func Point(b []byte) (*ecdh.PublicKey, error) {
	p, err := ecdh.P256().NewPublicKey(b)
	if err != nil {
		return nil, damaged().Because(err)
	}
	return p, nil
}

// Verify tells whether the device with a public key signed an envelope as it is.
func Verify(device []byte, e Envelope) error {
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), device)
	if err != nil {
		return damaged().Because(err)
	}
	sum := sha256.Sum256(signed(e))
	if len(e.Sig) != 64 || !ecdsa.Verify(pub, sum[:], new(big.Int).SetBytes(e.Sig[:32]), new(big.Int).SetBytes(e.Sig[32:])) {
		return fault.New(fault.Denied, "签名不对：这一件不是那台设备签的，或在路上被改过，没有做。",
			"The signature does not fit: that device did not sign this, or it was changed on the way. It was not done.")
	}
	return nil
}

func signed(e Envelope) []byte { return slices.Concat([]byte(e.Head), []byte{'\n'}, e.Box) }

// Open opens an act with the site's private half.
func Open(site *ecdh.PrivateKey, e Envelope) ([]byte, error) {
	h, err := Read(e)
	if err != nil {
		return nil, err
	}
	once, err := Point(h.Once)
	if err != nil {
		return nil, err
	}
	return open(site, once, h.For, e.Head, nonce(0, true), e.Box)
}

// OpenPart opens a part of a file, whose envelope has the head alone.
func OpenPart(site *ecdh.PrivateKey, e Envelope, part int, box []byte) ([]byte, error) {
	h, err := Read(e)
	if err != nil {
		return nil, err
	}
	once, err := Point(h.Once)
	if err != nil {
		return nil, err
	}
	return open(site, once, h.For, e.Head, nonce(part, part == h.Parts()-1), box)
}

func open(site *ecdh.PrivateKey, once *ecdh.PublicKey, what, head string, nonce, box []byte) ([]byte, error) {
	secret, err := site.ECDH(once)
	if err != nil {
		return nil, damaged().Because(err)
	}
	gcm, err := cipherOf(secret, once, site.PublicKey(), what)
	if err != nil {
		return nil, err
	}
	text, err := gcm.Open(nil, nonce, box, []byte(head))
	if err != nil {
		return nil, damaged().Because(err)
	}
	return text, nil
}

func cipherOf(secret []byte, once, site *ecdh.PublicKey, what string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, secret, slices.Concat(once.Bytes(), site.Bytes()), "xiadu "+what+" 1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nonce is the number of a part, and whether it is the last: no file can be cut short.
func nonce(part int, last bool) []byte {
	n := make([]byte, 12)
	if last {
		n[0] = 1
	}
	binary.BigEndian.PutUint32(n[8:], uint32(part)) //nolint:gosec // a file has few parts, see Head.Parts
	return n
}

// Sealer is a device: who makes envelopes in Go, as programs and tests do.
type Sealer struct {
	Key  *ecdsa.PrivateKey
	Site *ecdh.PublicKey
}

// Seal makes the envelope of an act.
func (s Sealer) Seal(once *ecdh.PrivateKey, h Head, text []byte) (Envelope, error) {
	e, boxes, err := s.seal(once, h, [][]byte{text})
	if err != nil {
		return Envelope{}, err
	}
	e.Box = boxes[0]
	return e, s.sign(&e)
}

// SealFile makes the envelope of a file, and the boxes of its parts.
func (s Sealer) SealFile(once *ecdh.PrivateKey, h Head, content []byte) (Envelope, [][]byte, error) {
	parts := slices.Collect(slices.Chunk(content, PartBytes))
	if len(parts) != h.Parts() {
		return Envelope{}, nil, errors.New("envelope: the head has another size")
	}
	e, boxes, err := s.seal(once, h, parts)
	if err != nil {
		return Envelope{}, nil, err
	}
	return e, boxes, s.sign(&e)
}

func (s Sealer) seal(once *ecdh.PrivateKey, h Head, parts [][]byte) (e Envelope, boxes [][]byte, err error) {
	h.V, h.Once = 1, once.PublicKey().Bytes()
	head, err := json.Marshal(h)
	if err != nil {
		return e, nil, err
	}
	e.Head = string(head)
	secret, err := once.ECDH(s.Site)
	if err != nil {
		return e, nil, err
	}
	gcm, err := cipherOf(secret, once.PublicKey(), s.Site, h.For)
	if err != nil {
		return e, nil, err
	}
	for i, part := range parts {
		boxes = append(boxes, gcm.Seal(nil, nonce(i, i == len(parts)-1), part, head))
	}
	return e, boxes, nil
}

// sign signs with fresh randomness, as WebCrypto does.
func (s Sealer) sign(e *Envelope) error {
	sum := sha256.Sum256(signed(*e))
	r, t, err := ecdsa.Sign(rand.Reader, s.Key, sum[:])
	if err != nil {
		return err
	}
	e.Sig = make([]byte, 64)
	r.FillBytes(e.Sig[:32])
	t.FillBytes(e.Sig[32:])
	return nil
}
