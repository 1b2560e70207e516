// Package totp is the second factor: codes of six digits that change with the
// time (RFC 6238, SHA-1, 30 s), as every authenticator on a phone makes them, and
// recovery codes for when the phone is gone.
//
//	secret := totp.NewSecret()
//	step, ok := totp.Match(secret, "123456", now)
//
// A code is good for its own step of 30 s and the one before and after, since
// phones go wrong. Match returns which step it was; the caller keeps it, so that
// no code is taken twice. The package keeps nothing.
package totp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 means it, and an HMAC of it is sound
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	stepSeconds = 30
	secretBytes = 20
	// skew is how many steps a phone may be early or late.
	skew = 1
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret returns a secret in base 32, as people type it.
func NewSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b) // documented never to fail
	return encoding.EncodeToString(b)
}

// Secret returns the secret that a text which nobody can guess stands for, always the same.
func Secret(of []byte) string {
	sum := sha256.Sum256(of)
	return encoding.EncodeToString(sum[:secretBytes])
}

// Address returns the otpauth address that a phone reads as a QR code.
func Address(issuer, account, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// Step is the number of the 30 s that t is in.
func Step(t time.Time) int64 { return t.Unix() / stepSeconds }

// Code returns the code of a step.
func Code(secret string, step int64) (string, error) {
	key, err := encoding.DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("totp: secret: %w", err)
	}
	mac := hmac.New(sha1.New, key)
	if err := binary.Write(mac, binary.BigEndian, step); err != nil {
		return "", fmt.Errorf("totp: %w", err)
	}
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:])&0x7fffffff%1_000_000), nil
}

// Match returns the step whose code was given, and whether there is one near t.
func Match(secret, given string, t time.Time) (step int64, ok bool) {
	given = Plain(given)
	for s := Step(t) - skew; s <= Step(t)+skew; s++ {
		code, err := Code(secret, s)
		if err == nil && subtle.ConstantTimeCompare([]byte(code), []byte(given)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// recoveryGroups of four characters are a recovery code of 80 bits, so that a
// plain hash of it may be kept.
const recoveryGroups = 4

// NewRecovery returns n recovery codes.
func NewRecovery(n int) []string {
	codes := make([]string, n)
	for i := range codes {
		t := rand.Text()[:recoveryGroups*4]
		codes[i] = t[:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:]
	}
	return codes
}

// IsRecovery tells a recovery code from one of six digits.
func IsRecovery(given string) bool { return len(Plain(given)) == recoveryGroups*4 }

// Plain is a code without what people put between its characters, in upper case.
func Plain(given string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, given[:min(len(given), 100)])
}
