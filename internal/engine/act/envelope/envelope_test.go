package envelope_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/fault"
)

// vector is what Go and browsers agree on: keys that are nobody's, and what they make.
type vector struct {
	Site   []byte            `json:"site"`   // private halves
	Device []byte            `json:"device"` // its
	Once   []byte            `json:"once"`
	Head   envelope.Head     `json:"act_head"`
	Text   string            `json:"act_text"`
	Act    envelope.Envelope `json:"act"`
	File   envelope.Head     `json:"file_head"`
	Sealed envelope.Envelope `json:"file"`
	Parts  []string          `json:"file_box_sha256"` // of a file of 600,000 times "x"
	Public map[string][]byte `json:"public"`
}

const golden = "testdata/vector.json"

type keys struct {
	site, once *ecdh.PrivateKey
	device     *ecdsa.PrivateKey
}

func fixed(t *testing.T) keys {
	t.Helper()
	var k keys
	var err error
	seed := func(name string) []byte { sum := sha256.Sum256([]byte("xiadu vector " + name)); return sum[:] }
	if k.site, err = ecdh.P256().NewPrivateKey(seed("site")); err != nil {
		t.Fatal(err)
	}
	if k.once, err = ecdh.P256().NewPrivateKey(seed("once")); err != nil {
		t.Fatal(err)
	}
	if k.device, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), seed("device")); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k keys) public(t *testing.T) []byte {
	t.Helper()
	p, err := k.device.PublicKey.ECDH()
	if err != nil {
		t.Fatal(err)
	}
	return p.Bytes()
}

const text = `{"id":"d/7","kind":"note","seen":0,"after":"","happened":"2026-11-30T08:00:00.000Z","distance":null,"body":{"text":"围挡已拆"},"files":[]}`

// The vector's boxes are the ones that are made, its signatures hold, and it opens: so one
// who reads the page has the same form.
func TestVector(t *testing.T) {
	k := fixed(t)
	s := envelope.Sealer{Key: k.device, Site: k.site.PublicKey()}
	file := bytes.Repeat([]byte("x"), 600_000)
	sum := sha256.Sum256(file)
	v := vector{
		Site: k.site.Bytes(), Once: k.once.Bytes(), Text: text,
		Head: envelope.Head{For: envelope.ForAct, Device: "d", Number: 7, Key: 1},
		File: envelope.Head{For: envelope.ForFile, Device: "d", Key: 1, Hash: hex.EncodeToString(sum[:]), Size: 600_000, Kind: "note"},
	}
	var err error
	if v.Device, err = k.device.Bytes(); err != nil {
		t.Fatal(err)
	}
	v.Public = map[string][]byte{"site": k.site.PublicKey().Bytes(), "device": k.public(t), "once": k.once.PublicKey().Bytes()}
	if v.Act, err = s.Seal(k.once, v.Head, []byte(text)); err != nil {
		t.Fatal(err)
	}
	var boxes [][]byte
	if v.Sealed, boxes, err = s.SealFile(k.once, v.File, file); err != nil {
		t.Fatal(err)
	}
	for _, b := range boxes {
		sum := sha256.Sum256(b)
		v.Parts = append(v.Parts, hex.EncodeToString(sum[:]))
	}
	if os.Getenv("XIADU_GOLDEN") != "" {
		b, err := json.MarshalIndent(v, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var has vector
	if err := json.Unmarshal(b, &has); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(has.Act.Box, v.Act.Box) || has.Act.Head != v.Act.Head || has.Sealed.Head != v.Sealed.Head || len(has.Parts) != 2 || has.Parts[0] != v.Parts[0] || has.Parts[1] != v.Parts[1] {
		t.Errorf("the form has changed: devices in the field have sealed to the old one.\n%s\n%s", has.Act.Head, v.Act.Head)
	}
	for _, e := range []envelope.Envelope{has.Act, has.Sealed} {
		if err := envelope.Verify(k.public(t), e); err != nil {
			t.Error(err)
		}
	}
	if got, err := envelope.Open(k.site, has.Act); err != nil || string(got) != text {
		t.Errorf("%q %v", got, err)
	}
}

// One bit anywhere, and it is refused: by the signature, and, where that is left out, by the box.
func TestOneBit(t *testing.T) {
	k := fixed(t)
	e, err := envelope.Sealer{Key: k.device, Site: k.site.PublicKey()}.Seal(k.once, envelope.Head{For: envelope.ForAct, Device: "d", Number: 7, Key: 1}, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	flipped := func(b []byte, bit int) []byte {
		b = bytes.Clone(b)
		b[bit/8] ^= 1 << (bit % 8)
		return b
	}
	for bit := range 8 * len(e.Box) {
		x := e
		x.Box = flipped(e.Box, bit)
		if envelope.Verify(k.public(t), x) == nil {
			t.Fatalf("bit %d of the box is not in the signature", bit)
		}
		if _, err := envelope.Open(k.site, x); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("bit %d of the box: %v", bit, err)
		}
	}
	for bit := range 8 * len(e.Head) {
		x := e
		x.Head = string(flipped([]byte(e.Head), bit))
		if envelope.Verify(k.public(t), x) == nil {
			t.Fatalf("bit %d of the head is not in the signature", bit)
		}
		if _, err := envelope.Open(k.site, x); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("bit %d of the head: %v", bit, err)
		}
	}
	for bit := range 8 * len(e.Sig) {
		x := e
		x.Sig = flipped(e.Sig, bit)
		if envelope.Verify(k.public(t), x) == nil {
			t.Fatalf("bit %d of the signature does not matter", bit)
		}
	}
}

// Parts of a file cannot be exchanged, left out at the end, or opened by another site.
func TestParts(t *testing.T) {
	k := fixed(t)
	content := append(bytes.Repeat([]byte("a"), envelope.PartBytes), bytes.Repeat([]byte("b"), envelope.PartBytes)...)
	h := envelope.Head{For: envelope.ForFile, Device: "d", Key: 1, Size: int64(len(content)), Kind: "note"}
	e, boxes, err := envelope.Sealer{Key: k.device, Site: k.site.PublicKey()}.SealFile(k.once, h, content)
	if err != nil || len(boxes) != 2 {
		t.Fatal(len(boxes), err)
	}
	for i, box := range boxes {
		if text, err := envelope.OpenPart(k.site, e, i, box); err != nil || !bytes.Equal(text, content[i*envelope.PartBytes:(i+1)*envelope.PartBytes]) {
			t.Error(i, err)
		}
		if _, err := envelope.OpenPart(k.site, e, 1-i, box); err == nil {
			t.Error("a part is taken for another")
		}
		if _, err := envelope.OpenPart(k.once, e, i, box); err == nil {
			t.Error("another site opens it")
		}
	}
	if _, err := envelope.OpenPart(k.site, e, 0, boxes[1]); err == nil {
		t.Error("the last part is taken for the first")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"v":1,"for":"act","device":"d"}`, []byte("x"), []byte("y"))
	k := keys{}
	k.site, _ = ecdh.P256().NewPrivateKey(bytes.Repeat([]byte{1}, 32))
	f.Fuzz(func(t *testing.T, head string, box, sig []byte) {
		e := envelope.Envelope{Head: head, Box: box, Sig: sig}
		if _, err := envelope.Open(k.site, e); err == nil {
			t.Error("what nobody sealed opens")
		}
		if envelope.Verify(k.site.PublicKey().Bytes(), e) == nil {
			t.Error("what nobody signed is signed")
		}
	})
}
