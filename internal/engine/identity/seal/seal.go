// Package seal encrypts what names a person, under keys that lie in a file beside
// the data and not in it.
//
//	ring, err := seal.OpenRing("var/people.key")
//	kept, err := ring.Seal(3, "identity_person/0192…/name", "张伟")
//	name, err := ring.Open("identity_person/0192…/name", kept)
//	row := ring.Index(3, "phone", "13912345678")
//
// A file is lines "number suite hex"; a number is never given twice. The suite
// "aes" is AES-256-GCM with HMAC-SHA-256, "sm" SM4-GCM with HMAC-SM3 for a site
// under 密评. Keys to seal and to index are derived by HKDF, so one does not weaken
// the other. What is sealed says its key's number in front and is bound to the place
// it was made for: moved to another row or column it does not open.
//
// An index is a keyed hash: equal texts have equal ones, so a telephone number is
// found without being readable. Without the key a list of all numbers in the
// country tells nothing.
//
// The file is read again when it has changed, so a key that another process added
// is there when the first row under it is read. Which number is in use is not for
// this package: it is told.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"github.com/xiadu/xiadu/internal/fault"
)

// Suite is a choice of algorithms.
type Suite string

// The suites.
const (
	AES Suite = "aes" // AES-256-GCM and HMAC-SHA-256
	SM  Suite = "sm"  // SM4-GCM and HMAC-SM3
)

const secretBytes = 32

// key is one line of the file, and what is derived from it.
type key struct {
	number int
	suite  Suite
	secret []byte
	aead   cipher.AEAD
	index  []byte
}

func (s Suite) hash() hash.Hash {
	if s == SM {
		return sm3.New()
	}
	return sha256.New()
}

func (s Suite) block(k []byte) (cipher.Block, error) {
	if s == SM {
		return sm4.NewCipher(k[:16])
	}
	return aes.NewCipher(k)
}

// newKey derives what is used from a secret.
func newKey(number int, suite Suite, secret []byte) (*key, error) {
	derive := func(purpose string) ([]byte, error) {
		return hkdf.Key(suite.hash, secret, nil, "xiadu people "+purpose, secretBytes)
	}
	k := &key{number: number, suite: suite, secret: secret}
	sealing, err := derive("seal")
	if err != nil {
		return nil, fmt.Errorf("seal: key %d: %w", number, err)
	}
	if k.index, err = derive("index"); err != nil {
		return nil, fmt.Errorf("seal: key %d: %w", number, err)
	}
	block, err := suite.block(sealing)
	if err != nil {
		return nil, fmt.Errorf("seal: key %d: %w", number, err)
	}
	if k.aead, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("seal: key %d: %w", number, err)
	}
	return k, nil
}

// Seal encrypts text for a place under key number. An empty text stays empty.
func (r *Ring) Seal(number int, place, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	k, err := r.key(number)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce) // documented never to fail
	return strconv.Itoa(number) + ":" + base64.RawStdEncoding.EncodeToString(k.aead.Seal(nonce, nonce, []byte(text), []byte(place))), nil
}

// Open decrypts what Seal made for the same place. A key that the file lacks is a
// fault.Unavailable; anything that was altered or moved is an error.
func (r *Ring) Open(place, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	before, after, _ := strings.Cut(sealed, ":")
	number, err := strconv.Atoi(before)
	if err != nil {
		return "", fmt.Errorf("seal: what is kept at %s has no key's number", place)
	}
	k, err := r.key(number)
	if err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.DecodeString(after)
	if err != nil || len(b) < k.aead.NonceSize() {
		return "", fmt.Errorf("seal: what is kept at %s is cut short", place)
	}
	n := k.aead.NonceSize()
	text, err := k.aead.Open(nil, b[:n], b[n:], []byte(place))
	if err != nil {
		return "", fmt.Errorf("seal: what is kept at %s was altered, moved, or sealed with another key %d: %w", place, number, err)
	}
	return string(text), nil
}

// Index returns the keyed hash of a text for a purpose, under key number.
func (r *Ring) Index(number int, purpose, text string) (string, error) {
	k, err := r.key(number)
	if err != nil {
		return "", err
	}
	mac := hmac.New(k.suite.hash, k.index)
	mac.Write([]byte(purpose + "\x00" + text))
	return strconv.Itoa(number) + ":" + hex.EncodeToString(mac.Sum(nil)[:20]), nil
}

// Indexes returns the keyed hashes of a text under every key there is, the newest
// first: what to look for while a rotation is under way.
func (r *Ring) Indexes(purpose, text string) ([]string, error) {
	var all []string
	for _, n := range r.Numbers() {
		x, err := r.Index(n, purpose, text)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

func missing(path string, number int) *fault.Error {
	return fault.New(fault.Unavailable,
		"密钥文件 %[1]s 里没有第 %[2]d 号密钥，读不出用这把密钥加密的姓名和电话。请把含有它的 people.key 放回原处；确实丢失时运行 xiadu people key --lost。",
		"The key file %[1]s lacks key %[2]d, under which names and telephone numbers are encrypted. Put the people.key that has it back in place; if it is truly lost, run xiadu people key --lost.", path, number)
}
