package totp

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// The examples of RFC 6238, appendix B, in six digits.
func TestCodesOfTheStandard(t *testing.T) {
	secret := encoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		got, err := Code(secret, Step(time.Unix(at, 0)))
		if err != nil || got != want {
			t.Errorf("at %d: %s, %v, want %s", at, got, err, want)
		}
	}
}

func TestMatchIsNearInTime(t *testing.T) {
	secret, now := NewSecret(), time.Unix(1_795_000_000, 0)
	code, err := Code(secret, Step(now))
	if err != nil {
		t.Fatal(err)
	}
	for off, want := range map[time.Duration]bool{0: true, 30 * time.Second: true, -30 * time.Second: true, 90 * time.Second: false, -90 * time.Second: false} {
		step, ok := Match(secret, code[:3]+" "+code[3:], now.Add(off))
		if ok != want || ok && step != Step(now) {
			t.Errorf("%v later: step %d, %v", off, step, ok)
		}
	}
	if _, ok := Match(secret, "", now); ok {
		t.Error("nothing was a code")
	}
	if _, ok := Match("not base 32!", code, now); ok {
		t.Error("a code of no secret")
	}
}

func TestRecoveryCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range NewRecovery(10) {
		if !IsRecovery(strings.ToLower(c)) || IsRecovery("123456") || seen[c] || len(c) != 19 {
			t.Errorf("code %q", c)
		}
		seen[c] = true
	}
}

func TestAddressIsReadByPhones(t *testing.T) {
	u, err := url.Parse(Address("夏都 Xiadu", "zhang.wei", "ABCD"))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/夏都 Xiadu:zhang.wei" || u.Query().Get("issuer") != "夏都 Xiadu" || strings.Contains(u.RawQuery, "+") {
		t.Errorf("%v, %v", u, err)
	}
}
