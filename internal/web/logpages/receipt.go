package logpages

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/web"
)

// ReceiptPath is where the receipt of an entry is explained to a person.
func ReceiptPath(entry string) string { return "/receipts/" + url.PathEscape(entry) }

// receiptView is one entry with the proof that it is in the log.
type receiptView struct {
	web.Page
	entry         string
	address, home string // of this page and of the log
	receipt       logtree.Receipt
	said          logtree.Statement
	waiting       bool // for the next checkpoint
}

var receiptTitle = lang.Text{ZH: "凭据", EN: "Receipt"}

// explain answers GET /receipts/{entry}.
func (p pages) explain(w http.ResponseWriter, r *http.Request) error {
	v := receiptView{Page: p.site.Page(r, receiptTitle), entry: r.PathValue("entry")}
	v.Unlisted = true
	if index, err := strconv.ParseInt(v.entry, 10, 64); err == nil {
		return p.byIndex(w, r, index)
	}
	v.address, v.home = web.Address(r, ReceiptPath(v.entry)), web.Address(r, "/log")
	var err error
	if v.receipt, err = p.log.Receipt(r.Context(), v.entry); err == nil {
		v.said, err = logtree.ParseStatement(v.receipt.Statement)
	}
	if v.waiting = fault.KindOf(err) == fault.Unavailable; err != nil && !v.waiting {
		return err
	}
	if v.waiting {
		w.Header().Set("Retry-After", "5")
		return v.WriteStatus(w, r, http.StatusServiceUnavailable, receiptPage(v))
	}
	return v.Write(w, r, receiptPage(v))
}

// byIndex leads from the number of an entry, as it stands in the log, to its receipt.
func (p pages) byIndex(w http.ResponseWriter, r *http.Request, index int64) error {
	c, all, err := p.log.From(r.Context(), index, 1)
	switch {
	case err != nil:
		return err
	case len(all) == 0:
		return fault.New(fault.NotFound, "公开日志到现在有 %[2]d 条（从 0 编号），没有第 %[1]d 条。", "The public log has %[2]d entries by now, numbered from 0, and none with the number %[1]d.", index, c.Size)
	}
	http.Redirect(w, r, ReceiptPath(all[0].Said.ID), http.StatusFound)
	return nil
}

// proof answers GET /receipts/{entry}/proof with the file that any program of C2SP's
// tlog-proof checks.
func (p pages) proof(w http.ResponseWriter, r *http.Request) error {
	receipt, err := p.log.Receipt(r.Context(), r.PathValue("entry"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", "attachment; filename="+strconv.Quote(strconv.FormatInt(receipt.Index, 10)+".tlog-proof"))
	anybodyReads(h)
	h.Set("Cache-Control", "no-cache") // a later checkpoint proves more
	_, _ = w.Write(receipt.Bytes())    // a reader who left does not mind
	return nil
}

// when is the time of the entry as people here read it.
func (v receiptView) when() string { return readable(v.said.At) }

func readable(at time.Time) string { return at.In(calendar.China).Format(time.DateTime) }

// public is the published part, a member a line.
func (v receiptView) public() string {
	if len(v.said.Public) == 0 {
		return v.said.PublicSHA256
	}
	var b bytes.Buffer
	if err := json.Indent(&b, v.said.Public, "", "  "); err != nil {
		return string(v.said.Public)
	}
	return b.String()
}

// sealed tells whether the entry says nothing yet.
func (v receiptView) sealed() bool { return v.said.Kind == logtree.KindSealed }
