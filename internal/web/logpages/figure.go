package logpages

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
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
	v.address, v.home = web.Address(r, figure.Path(query.Name, params)), web.Address(r, "/log")
	for name := range params {
		if params[name] != given[name] {
			http.Redirect(w, r, settledAddress(query, params, given, file), http.StatusSeeOther)
			return nil
		}
	}
	v.receipt, err = p.figures.Receipt(r.Context(), query, params)
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
	v.lines = query.Tell(params, v.receipt.Result)
	return v.Write(w, r, figurePage(v))
}

// settledAddress says all of a question, in the reader's language and size of type.
func settledAddress(q figure.Query, settled, given figure.Params, file bool) string {
	all := maps.Clone(settled)
	for _, name := range []string{"lang", "large"} {
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
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
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
