package logpages

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/web"
)

// figureView is a figure, of what it was made, and how to check it.
type figureView struct {
	web.Page
	query         figure.Query
	receipt       figure.Receipt
	at            logtree.Checkpoint
	size          int64 // of the log that the figure is of
	otherFiles    bool  // than those of the address
	lines         []figure.Line
	address, home string // of this page and of the log
	waiting       bool   // for the log and the site to agree
}

// figure answers GET /receipts/figures/{query}/{version}, and the file where .json is
// behind it. An address that leaves something out leads to one that says all of it.
func (p pages) figure(w http.ResponseWriter, r *http.Request) error {
	version, file := strings.CutSuffix(r.PathValue("version"), ".json")
	given := figure.Params{}
	for name, values := range r.URL.Query() {
		given[name] = values[0]
	}
	query, params, err := p.figures.Settle(r.PathValue("query")+"/"+version, given, time.Now())
	if err != nil {
		return err
	}
	v := figureView{Page: p.site.Page(r, query.Title), query: query}
	v.Unlisted = true
	v.home = web.Address(r, "/log")
	if v.size, err = p.sizeOf(r.Context(), given); err != nil {
		return err
	}
	asked := maps.Clone(params)
	asked["size"] = strconv.FormatInt(v.size, 10)
	for name := range asked {
		if asked[name] != given[name] {
			http.Redirect(w, r, settledAddress(query, asked, given, file), http.StatusFound)
			return nil
		}
	}
	v.receipt, err = p.figures.At(r.Context(), query, params, v.size)
	if v.waiting = fault.KindOf(err) == fault.Unavailable && !file; v.waiting {
		w.Header().Set("Retry-After", "5")
		return v.WriteStatus(w, r, http.StatusServiceUnavailable, figurePage(v))
	}
	if err != nil {
		return err
	}
	if file {
		return writeFigure(w, v.receipt)
	}
	if v.at, err = logtree.ParseCheckpoint([]byte(v.receipt.Checkpoint)); err != nil {
		return err
	}
	sum := sumOf(v.receipt.Files)
	v.otherFiles = given["files"] != "" && given["files"] != sum
	if sum != "" {
		asked["files"] = sum
	}
	v.address = web.Address(r, figure.Path(query.Name, asked))
	v.lines = query.Tell(params, v.receipt.Result)
	return v.Write(w, r, figurePage(v))
}

// sizeOf is how many entries of the log are asked about: by default, all there are.
func (p pages) sizeOf(ctx context.Context, given figure.Params) (int64, error) {
	text, ok := given["size"]
	if !ok {
		return p.figures.Size(ctx)
	}
	size, err := strconv.ParseInt(text, 10, 64)
	if err != nil || size < 1 {
		return 0, fault.At("size", fault.New(fault.Invalid, "“%s”不是日志的条数", "“%s” is no number of entries of the log", lang.Short(text)))
	}
	return size, nil
}

// sumOf tells the files that a figure was made of from others, in an address. The log
// does not have them: what stands on paper is found to be of other streets by this.
func sumOf(files []figure.File) string {
	if len(files) == 0 {
		return ""
	}
	h := sha256.New()
	for _, f := range files {
		h.Write([]byte(f.Name + " " + f.SHA256 + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// filePath is where the file of this page's receipt is.
func (v figureView) filePath() string {
	p := maps.Clone(v.receipt.Params)
	p["size"] = strconv.FormatInt(v.size, 10)
	return figure.FilePath(v.query.Name, p)
}

// settledAddress says all of a question, in the reader's language and size of type.
func settledAddress(q figure.Query, settled, given figure.Params, file bool) string {
	all := maps.Clone(settled)
	for _, name := range []string{"lang", "large", "files"} {
		if given[name] != "" {
			all[name] = given[name]
		}
	}
	if file {
		return figure.FilePath(q.Name, all)
	}
	return figure.Path(q.Name, all)
}

// writeFigure hands out the file. It is of the log as it is now, so nobody keeps it for
// somebody else; who has it keeps it for good.
func writeFigure(w http.ResponseWriter, receipt figure.Receipt) error {
	body, err := receipt.Bytes()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", "attachment; filename="+strconv.Quote(fileOf(receipt)))
	anybodyReads(h)
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(body) // a reader who left does not mind
	return nil
}

// fileOf is what the file of a receipt is called: station.open-1.json.
func fileOf(r figure.Receipt) string { return strings.ReplaceAll(r.Query, "/", "-") + ".json" }

// command is what checks the figure, with the files in the reader's folder.
func (v figureView) command() string {
	words := []string{"xiadu verify", v.home, "--receipt", fileOf(v.receipt)}
	for _, f := range v.receipt.Files {
		words = append(words, "--with "+f.Name+"="+f.As)
	}
	return strings.Join(words, " ")
}

// result is the result, a member a line.
func (v figureView) result() string {
	var b bytes.Buffer
	if json.Indent(&b, v.receipt.Result, "", "  ") != nil {
		return string(v.receipt.Result)
	}
	return b.String()
}
