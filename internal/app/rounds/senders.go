package rounds

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/smtp"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Senders are the ways out of a site, as an operator writes them in a file.
type Senders struct {
	Site string   `json:"site"` // its address, for links: https://…
	All  []Sender `json:"senders"`
}

// Sender is one way out: mails by SMTP, or JSON that is posted to a gateway (SMS, 政务微信). The first that takes
// a notice sends it.
type Sender struct {
	Name  string   `json:"name"`
	Units []string `json:"units,omitempty"` // by name; none: all
	Kinds []string `json:"kinds,omitempty"` // work, warning, late; none: all

	SMTP         string              `json:"smtp,omitempty"` // host:port
	From         string              `json:"from,omitempty"`
	To           map[string][]string `json:"to,omitempty"` // by name of the unit; "*": of all others
	Login        string              `json:"login,omitempty"`
	PasswordFile string              `json:"password_file,omitempty"`

	Post   string            `json:"post,omitempty"` // address of the gateway
	Header map[string]string `json:"header,omitempty"`
	Body   json.RawMessage   `json:"body,omitempty"` // with {id}, {unit}, {kind}, {code}, {stage}, {due}, {text} and {link} in its texts

	Seconds int `json:"seconds,omitempty"` // that one notice may take, at most 60; zero: 20

	password string
}

// message is a notice in words. It names nobody.
type message struct{ id, unit, kind, code, stage, due, text, link string }

// How long one notice may take, in seconds: a gateway that is slow holds the others up.
const (
	usualSeconds = 20
	mostSeconds  = 60
)

// maxConfig bounds the file.
const maxConfig = 1 << 20

// Read reads the senders of a file. What is wrong in it is a fault.Invalid that names the
// sender and the member. Without a file there are none.
func Read(file string) (s Senders, err error) {
	if file == "" {
		return s, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return s, fault.New(fault.Invalid, "读不了通知配置 %s：请检查路径和权限", "cannot read the senders in %s: check the path and its permissions", file).Because(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	d := json.NewDecoder(io.LimitReader(f, maxConfig))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fault.New(fault.Invalid, "通知配置 %s 不是约定的 JSON：%v", "%s is not the JSON of senders: %v", file, err).Because(err)
	}
	for i := range s.All {
		if err := s.All[i].check(); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *Sender) check() error {
	wrong := func(zh, en string) error {
		return fault.New(fault.Invalid, "通知通道“%[1]s”：%[2]s", "the sender %[1]q: %[3]s", cmp.Or(s.Name, "?"), zh, en)
	}
	for _, k := range s.Kinds {
		if !slices.Contains([]casework.NoticeKind{casework.Work, casework.Warning, casework.Late}, casework.NoticeKind(k)) {
			return wrong("kinds 里只能写 work、warning、late", "kinds are work, warning and late")
		}
	}
	switch {
	case s.Seconds < 0 || s.Seconds > mostSeconds:
		return wrong("seconds 最多 60", "seconds are 60 at most")
	case s.Name == "":
		return wrong("没有 name", "it has no name")
	case (s.SMTP == "") == (s.Post == ""):
		return wrong("smtp 和 post 写一个", "it needs smtp or post, one of them")
	case s.SMTP != "" && (s.From == "" || len(s.To) == 0):
		return wrong("smtp 还要写 from 和 to", "with smtp there are from and to")
	case s.SMTP != "" && slices.ContainsFunc(append([]string{s.From}, addresses(s.To)...), func(a string) bool { return !strings.Contains(a, "@") || strings.ContainsAny(a, " \r\n<>,") }):
		return wrong("from 和 to 要写邮箱地址", "from and to are addresses of mail")
	}
	if s.Post != "" {
		u, err := url.Parse(s.Post)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return wrong("post 要写 https:// 开头的地址", "post is an address that begins with https://")
		}
		if !json.Valid(s.Body) {
			return wrong("没有 body", "it has no body")
		}
	}
	if s.PasswordFile != "" {
		secret, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return wrong("读不了 password_file", "password_file cannot be read")
		}
		s.password = strings.TrimSpace(string(secret))
	}
	return nil
}

func addresses(to map[string][]string) (all []string) {
	for _, list := range to {
		all = append(all, list...)
	}
	return all
}

// For is the first sender that takes a notice.
func (s Senders) For(n casework.Notice, unit string) (Sender, bool) {
	i := slices.IndexFunc(s.All, func(one Sender) bool {
		return (len(one.Units) == 0 || slices.Contains(one.Units, unit)) && (len(one.Kinds) == 0 || slices.Contains(one.Kinds, string(n.Kind))) &&
			(one.SMTP == "" || len(one.to(unit)) > 0)
	})
	if i < 0 {
		return Sender{}, false
	}
	return s.All[i], true
}

func (s Sender) to(unit string) []string {
	if list, ok := s.To[unit]; ok {
		return list
	}
	return s.To["*"]
}

var kinds = map[casework.NoticeKind]lang.Text{
	casework.Work: {ZH: "新任务", EN: "new work"}, casework.Warning: {ZH: "快到期", EN: "soon due"}, casework.Late: {ZH: "已超期", EN: "late"},
}

// message is a notice in the words of the site.
func (s Senders) message(b *casework.Book, n casework.Notice, unit string) message {
	m := message{id: n.ID, unit: unit, kind: kinds[n.Kind].ZH, code: n.Code, stage: n.Stage}
	if way := b.Process(n.Process); way != nil {
		if at, ok := way.Stage(n.Stage); ok {
			m.stage = at.Name.ZH
		}
	}
	if n.HasDue() {
		m.due = n.DueAt.Add(-time.Second).In(calendar.China).Format("2006-01-02 15:04")
	}
	if s.Site != "" {
		m.link = strings.TrimSuffix(s.Site, "/") + "/me"
	}
	m.text = m.kind + "：" + m.code + " " + m.stage + "（" + unit + "）"
	if m.due != "" {
		m.text += "，" + m.due + " 前"
	}
	if m.link != "" {
		m.text += " " + m.link
	}
	return m
}

// Send sends one notice. An error says nothing of where it went.
func (s Sender) Send(ctx context.Context, m message) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(cmp.Or(s.Seconds, usualSeconds))*time.Second)
	defer cancel()
	if s.Post != "" {
		return s.post(ctx, m)
	}
	return s.mail(ctx, m)
}

// refusedError is what a gateway answered.
type refusedError int

func (e refusedError) Error() string { return "HTTP " + strconv.Itoa(int(e)) }

func (s Sender) post(ctx context.Context, m message) error {
	in := func(text string) string { // within a JSON text
		b, _ := json.Marshal(text) //nolint:errchkjson // a string
		return strings.TrimSuffix(strings.TrimPrefix(string(b), `"`), `"`)
	}
	body := strings.NewReplacer("{id}", in(m.id), "{unit}", in(m.unit), "{kind}", in(m.kind), "{code}", in(m.code),
		"{stage}", in(m.stage), "{due}", in(m.due), "{text}", in(m.text), "{link}", in(m.link)).Replace(string(s.Body))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Post, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", m.id)
	for k, v := range s.Header {
		r.Header.Set(k, v)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close() //nolint:errcheck // it was only read
	_, _ = io.CopyN(io.Discard, a.Body, 1<<16)
	if a.StatusCode/100 != 2 {
		return refusedError(a.StatusCode)
	}
	return nil
}

func (s Sender) mail(ctx context.Context, m message) error {
	host, _, err := net.SplitHostPort(s.SMTP)
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.SMTP)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	defer c.Close() //nolint:errcheck // Quit has told what matters
	if ok, _ := c.Extension("STARTTLS"); ok {
		if err := c.StartTLS(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}); err != nil {
			return err
		}
	}
	if s.Login != "" {
		if err := c.Auth(smtp.PlainAuth("", s.Login, s.password, host)); err != nil {
			return err
		}
	}
	if err := c.Mail(s.From); err != nil {
		return err
	}
	for _, to := range s.to(m.unit) {
		if err := c.Rcpt(to); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(s.letter(m, time.Now())); err != nil {
		return err
	}
	if err := w.Close(); err != nil { // it is taken, or not, here
		return err
	}
	_ = c.Quit() // the mail is on its way
	return nil
}

// letter is a notice as a mail.
func (s Sender) letter(m message, now time.Time) []byte {
	var b bytes.Buffer
	_, domain, _ := strings.Cut(s.From, "@")
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n", s.From, strings.Join(s.to(m.unit), ">, <"),
		mime.BEncoding.Encode("utf-8", m.kind+"："+m.code+" "+m.stage), now.In(calendar.China).Format(time.RFC1123Z), m.id, domain)
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(m.text + "\r\n"))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return b.Bytes()
}

// reason is why a notice was not sent, in a word that names no address.
func reason(err error) string {
	var refused refusedError
	var answered *textproto.Error
	var timeout net.Error
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &answered):
		return "SMTP " + strconv.Itoa(answered.Code)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	return "no connection"
}
