package public

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/complaint/key"
)

// A page that says "it was taken" is reached by a redirect. What the redirect adds to the address is a mark that only we
// can make, for a few minutes: a link that somebody made up confirms nothing.

// markLife is for how long a mark is good.
const markLife = 10 * time.Minute

// mark is that something was taken of what an address is about, just now.
func (p *Pages) mark(r *http.Request, about string) (mark string, err error) {
	ends := strconv.FormatInt(p.Now().Add(markLife).Unix(), 36)
	sum, err := p.sumOf(r, about, ends)
	return ends + "." + sum, err
}

// marked reports whether an address has such a mark. One that has none, or one of another form, costs nothing.
func (p *Pages) marked(r *http.Request, name, about string) (bool, error) {
	ends, sum, is := strings.Cut(r.URL.Query().Get(name), ".")
	until, err := strconv.ParseInt(ends, 36, 64)
	if !is || err != nil || len(sum) != sumLength || p.Now().Unix() > until {
		return false, nil
	}
	want, err := p.sumOf(r, about, ends)
	return hmac.Equal([]byte(want), []byte(sum)), err
}

const sumLength = 32

func (p *Pages) sumOf(r *http.Request, about, ends string) (sum string, err error) {
	err = p.DB.Update(r.Context(), func(tx *db.Tx) error { // the key is made when it is first asked for
		hidden, err := key.Of(tx, "told")
		if err != nil {
			return err
		}
		mac := hmac.New(sha256.New, hidden)
		mac.Write([]byte(about + "\x00" + ends))
		sum = hex.EncodeToString(mac.Sum(nil))[:sumLength]
		return nil
	})
	return sum, err
}
