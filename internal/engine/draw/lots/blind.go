package lots

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Opening says whom a blind code stands for, with the salt that proves it. Until it is published the
// system keeps it, under its keys.
type Opening struct {
	Code    string `json:"code"`
	Salt    string `json:"salt"` // 32 bytes in lower-case hexadecimal
	Subject string `json:"subject"`
}

const blindHead = "xiadu blind code 1\n"

// Commitment is what the list has of the opening:
//
//	SHA-256("xiadu blind code 1\n" ‖ canonical JSON of {code, salt, subject})
func (o Opening) Commitment() (string, error) {
	text, err := canonical.JSON(o)
	sum := sha256.Sum256(append([]byte(blindHead), text...))
	return hex.EncodeToString(sum[:]), err
}

// Blind gives subjects codes, prefix-01 and on, in an order that chance makes, so that a code tells
// nothing of whom it stands for. Subjects must differ.
func Blind(prefix string, subjects []string) (all []Lot, openings []Opening, err error) {
	had := map[string]bool{}
	for _, s := range subjects {
		if s == "" || had[s] {
			return nil, nil, fault.New(fault.Invalid, "“%[1]s”在名单上有两次，或是空的", "%[1]q is on the list twice, or is empty", s)
		}
		had[s] = true
	}
	width := max(2, len(strconv.Itoa(len(subjects))))
	for i, at := range shuffled(len(subjects)) {
		salt := make([]byte, sha256.Size)
		rand.Read(salt) // documented never to fail
		o := Opening{Code: fmt.Sprintf("%s-%0*d", prefix, width, i+1), Salt: hex.EncodeToString(salt), Subject: subjects[at]}
		lot := Lot{Code: o.Code, Tickets: 1}
		if lot.Blind, err = o.Commitment(); err != nil {
			return nil, nil, err
		}
		all, openings = append(all, lot), append(openings, o)
	}
	return all, openings, nil
}

func shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j, _ := rand.Int(rand.Reader, big.NewInt(int64(i+1))) // as Read
		order[i], order[j.Int64()] = order[j.Int64()], order[i]
	}
	return order
}

// Opens holds an opening against the commitment in the list.
func (l *List) Opens(o Opening) error {
	for _, table := range [][]Lot{l.Lots, l.People} {
		lot, ok := find(table, o.Code)
		if !ok {
			continue
		}
		c, err := o.Commitment()
		switch {
		case err != nil:
			return err
		case lot.Blind == "":
			return fault.New(fault.Invalid, "“%[1]s”不是盲码，没有可以公开的", "%[1]q is no blind code: there is nothing to open", o.Code)
		case !isHash(o.Salt) || strings.TrimSpace(o.Subject) == "" || c != lot.Blind:
			return fault.New(fault.Invalid, "“%[1]s”公开的对象和盐，与名单里的承诺不符：当时封进去的不是它", "what is opened of %[1]q is not what the list commits to: it stood for something else", o.Code)
		}
		return nil
	}
	return fault.New(fault.Invalid, "名单上没有代码“%[1]s”", "the list has no code %[1]q", o.Code)
}
