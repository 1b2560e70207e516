package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Operator lets whoever knows the site's token do what the public may not: save
// a plan, start a long run. It stands in for accounts until there are some.
//
// A handler that changes something begins with
//
//	if err := p.Site.Operator.Admit(w, r); err != nil {
//		return err
//	}
//
// and its form holds @OperatorField(page, wrong), which asks for the token where
// the reader is not signed in yet; so what they typed and the token come in one
// request, and nothing is lost. A form that comes back asks Admit first and shows
// its own page with the message where the fault is Denied. Page.Operator tells a
// template whether the reader is signed in. Programs send
// "Authorization: Bearer TOKEN".
//
// The token is sent once. The session is a cookie that only this site sees, made
// of an hour of expiry and a keyed hash, so the server keeps no list of those that
// hold and another token ends all sessions. Those that were signed out are listed
// in memory until they would have ended; a restart forgets the list. Wrong tokens
// are counted by the sender's network, in memory and never in the log.
type Operator struct {
	key      []byte // of the sessions; nil lets nobody in
	token    [sha256.Size]byte
	attempts attempts
	now      func() time.Time

	mu    sync.Mutex
	ended map[[nonceBytes]byte]int64 // sessions signed out, and when each would have ended, in Unix seconds
}

// MinToken is how short a token may be: one that was made up must take longer to
// guess than the limit on attempts allows.
const MinToken = 16

const (
	operatorCookie  = "operator"
	operatorSession = 12 * time.Hour // a working day, and no need to sign out at its end
	nonceBytes      = 12
	// maxPassed bounds what is hashed for somebody who is not known yet.
	maxPassed = 512
)

func newOperator(token string, now func() time.Time) *Operator {
	o := &Operator{now: now, ended: map[[nonceBytes]byte]int64{}, attempts: attempts{now: now, of: map[string]*tries{}}}
	if token != "" {
		o.token = sha256.Sum256([]byte(token))
		key := sha256.Sum256([]byte("xiadu operator session\x00" + token))
		o.key = key[:]
	}
	return o
}

// Signed reports whether r comes from somebody who is signed in, or from a
// program with the token.
func (o *Operator) Signed(r *http.Request) bool {
	c, err := r.Cookie(operatorCookie)
	return err == nil && o.valid(c.Value)
}

// Admit lets r pass if it is signed in, or carries the token in the field
// "token" or as a bearer; with the field it also signs the reader in. Otherwise
// it returns a fault.Denied, which says what to do.
func (o *Operator) Admit(w http.ResponseWriter, r *http.Request) error {
	if o.Signed(r) {
		return nil
	}
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		given = r.PostFormValue("token")
	}
	if given = strings.TrimSpace(given); given == "" {
		return fault.At("token", fault.New(fault.Denied, "要保存或启动计算，请填管理员口令：xiadu serve 启动时显示的那一行。",
			"To save or to start a computation, give the operator's token: the line that xiadu serve prints when it starts."))
	}
	if err := o.check(r, given); err != nil {
		return fault.At("token", err)
	}
	if !bearer {
		o.remember(w, r)
	}
	return nil
}

// check holds a token against the site's, and counts the wrong ones.
func (o *Operator) check(r *http.Request, given string) error {
	from := network(r)
	if wait := o.attempts.begin(from); wait > 0 {
		return fault.New(fault.Denied, "口令错了太多次，请 %d 分钟后再试。", "Too many wrong tokens. Try again in %d minutes.", int(wait.Minutes())+1)
	}
	sum := sha256.Sum256([]byte(given[:min(len(given), maxPassed)]))
	if o.key == nil || !hmac.Equal(sum[:], o.token[:]) {
		return fault.New(fault.Denied, "口令不对。请从 xiadu serve 启动时显示的那一行，或数据目录里的 operator.token 文件复制。",
			"This is not the token. Copy it from the line that xiadu serve printed when it started, or from the file operator.token in the data folder.")
	}
	o.attempts.right(from)
	return nil
}

// remember signs the reader in.
func (o *Operator) remember(w http.ResponseWriter, r *http.Request) {
	body := make([]byte, 8+nonceBytes)
	binary.BigEndian.PutUint64(body, uint64(o.now().Add(operatorSession).Unix()))
	rand.Read(body[8:]) // documented never to fail
	c := &http.Cookie{
		Name: operatorCookie, Value: base64.RawURLEncoding.EncodeToString(append(body, o.seal(body)...)), Path: "/",
		MaxAge: int(operatorSession.Seconds()), HttpOnly: true, Secure: OverTLS(r), SameSite: http.SameSiteStrictMode,
	}
	http.SetCookie(w, c)
	r.AddCookie(c) // the page that answers this request knows already
}

func (o *Operator) seal(body []byte) []byte {
	mac := hmac.New(sha256.New, o.key)
	mac.Write(body)
	return mac.Sum(nil)
}

func (o *Operator) valid(cookie string) bool {
	nonce, _, ok := o.session(cookie)
	if !ok {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	_, ended := o.ended[nonce]
	return !ended
}

// session reads a cookie that this site sealed and that has not run out.
func (o *Operator) session(cookie string) (nonce [nonceBytes]byte, ends int64, ok bool) {
	if o.key == nil || len(cookie) > maxPassed {
		return nonce, 0, false
	}
	b, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil || len(b) != 8+nonceBytes+sha256.Size {
		return nonce, 0, false
	}
	body, seal := b[:8+nonceBytes], b[8+nonceBytes:]
	ends = int64(binary.BigEndian.Uint64(body))
	return [nonceBytes]byte(body[8:]), ends, hmac.Equal(seal, o.seal(body)) && o.now().Unix() < ends
}

// signOut ends the session, for this browser and for whoever copied its cookie.
// Only sessions of this site are listed, so a stranger cannot make the list long.
func (o *Operator) signOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(operatorCookie); err == nil {
		o.end(c.Value)
	}
	http.SetCookie(w, &http.Cookie{
		Name: operatorCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: OverTLS(r), SameSite: http.SameSiteStrictMode,
	})
}

func (o *Operator) end(cookie string) {
	nonce, ends, ok := o.session(cookie)
	if !ok {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now().Unix()
	maps.DeleteFunc(o.ended, func(_ [nonceBytes]byte, ends int64) bool { return ends <= now })
	o.ended[nonce] = ends
}

// operatorPage is where the token is given apart from any form, and where the
// session ends.
type operatorPage struct {
	Page
	wrong string
	back  string
}

func (s *Site) operatorPage(w http.ResponseWriter, r *http.Request) error {
	v := operatorPage{Page: s.Page(r, operatorTitle), back: LocalPath(r.URL.Query().Get("back"), "/operator")}
	return v.Write(w, r, operatorView(v))
}

var operatorTitle = lang.Text{ZH: "管理员", EN: "Operator"}

func (s *Site) operatorIn(w http.ResponseWriter, r *http.Request) error {
	back := LocalPath(r.PostFormValue("back"), "/operator")
	err := s.Operator.Admit(w, r)
	text, known := fault.In(LangOf(r), err)
	switch {
	case err == nil:
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	case !known:
		return err
	}
	v := operatorPage{Page: s.Page(r, operatorTitle), wrong: text, back: back}
	return v.WriteStatus(w, r, statuses[fault.KindOf(err)], operatorView(v))
}

func (s *Site) operatorOut(w http.ResponseWriter, r *http.Request) error {
	s.Operator.signOut(w, r)
	http.Redirect(w, r, "/operator", http.StatusSeeOther)
	return nil
}
