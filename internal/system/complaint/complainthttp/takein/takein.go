// Package takein takes a batch of letters in: from a file, a pasted table or typed by hand, with the notice that goes
// with it.
//
// Nothing is kept before somebody has seen what it would do. Between the two the browser carries what it sent, packed
// into a hidden field of the preview, and sends it again: it holds what people wrote about themselves, so a table of
// ours with what nobody confirmed would be one more place to guard, to seal anew and to empty. The preview is kept by no
// browser (web.Page.Private), the form goes through no file on disk (read in form.go), and what comes back is
// read again from the beginning, as if it came for the first time. So it is bounded: mostFile.
package takein

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of taking in.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const at = "/complaints/import"

var title = lang.Text{ZH: "接收批次", EN: "Take in a batch"}

// view is the form, the preview and the result.
type view struct {
	page.Visit
	typed   form
	read    *intake.Batch // nil: nothing was sent, or it could not be read
	said    *intake.Notice
	totals  []intake.Figure
	outcome *intake.Outcome // of a dry run; nil where rows are wrong
	done    bool
}

// Form answers the empty form.
func (p *Pages) Form(w http.ResponseWriter, r *http.Request) (err error) {
	v := view{}
	if v.Visit, err = p.Enter(r, title, complaint.Coordinate); err != nil {
		return err
	}
	return v.Write(w, r, formPage(v))
}

// Send takes what was sent: a preview first, then the confirmation, or the file with what is wrong in it.
func (p *Pages) Send(w http.ResponseWriter, r *http.Request) (err error) {
	v := view{}
	if v.Visit, err = p.Enter(r, title, complaint.Coordinate); err != nil {
		return err
	}
	if v.typed, err = receive(w, r); err != nil {
		return p.refuse(w, r, v, err)
	}
	u, err := p.upload(r.Context(), &v)
	if err != nil {
		return p.refuse(w, r, v, err)
	}
	switch v.typed.do {
	case "marked":
		return marked(w, r, v)
	case "back":
		if v.typed.pasted {
			v.typed.values.Set("pasted", string(v.typed.table))
		}
		return v.Write(w, r, formPage(v))
	}
	v.totals = u.Batch.Beside(v.said, v.Campaign.Home)
	u.DryRun = v.typed.do != "confirm"
	if v.read.Errors > 0 && v.typed.hand {
		return p.refuse(w, r, v, byFields(*v.read))
	}
	if v.read.Errors > 0 {
		return v.WriteStatus(w, r, http.StatusUnprocessableEntity, previewPage(v))
	}
	out, err := p.Intake.Import(r.Context(), v.Who, u)
	if err != nil {
		return p.refuse(w, r, v, err)
	}
	v.outcome, v.done = &out, !u.DryRun
	if v.done {
		return v.Write(w, r, donePage(v))
	}
	return v.Write(w, r, previewPage(v))
}

// refuse shows the form again, with all that was typed.
func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, v view, err error) error {
	if v.Form, err = v.Refused(v.typed.values, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.Form.Status(), formPage(v))
}

// upload reads what was sent: all that is wrong with it at once.
func (p *Pages) upload(ctx context.Context, v *view) (u intake.Upload, err error) {
	f := v.typed
	u = intake.Upload{Campaign: v.Campaign.Code, Source: intake.Table, File: f.table}
	var all []error
	if text := strings.TrimSpace(f.values.Get("number")); text != "" {
		if u.Number, err = strconv.Atoi(text); err != nil || u.Number < 1 {
			all = append(all, fault.At("number", fault.New(fault.Invalid, "批次是从 1 起的数字，也可以空着", "a batch is a number from 1, or left empty")))
		}
	}
	if text := strings.TrimSpace(f.values.Get("day")); text != "" {
		if u.Day, err = calendar.ParseDate(text); err != nil {
			all = append(all, fault.At("day", fault.New(fault.Invalid, "请写日期，例如 2026-11-23", "write a date, as 2026-11-23")))
		}
	}
	if len(f.notice) > 0 {
		n, err := intake.ReadNotice(ctx, bytes.NewReader(f.notice), v.Campaign.Home)
		if err != nil {
			all = append(all, fault.At("notice", err))
		} else {
			u.Notice, v.said = &n, &n
		}
	}
	if f.hand {
		u.Source, u.File = intake.Hand, nil
	}
	if len(f.table) == 0 {
		all = append(all, fault.At("file", fault.New(fault.Invalid, "请选一个文件，或粘贴一张表，或手工填一件", "choose a file, paste a table, or type one letter in")))
		return u, errors.Join(all...)
	}
	u.Batch, err = intake.Read(ctx, bytes.NewReader(f.table), intake.How{Home: v.Campaign.Home, Day: u.Day})
	if err != nil {
		all = append(all, fault.At(f.field(), err))
	} else {
		v.read = &u.Batch
	}
	return u, errors.Join(all...)
}

// marked answers with what was sent, and a column of what is wrong.
func marked(w http.ResponseWriter, r *http.Request, v view) error {
	var b bytes.Buffer
	if err := intake.WriteMarked(r.Context(), &b, v.typed.table, *v.read, v.Lang); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", `attachment; filename="batch-to-mend.xlsx"`)
	h.Set("Cache-Control", "no-store")
	_, err := w.Write(b.Bytes())
	return err
}

// byHand makes a table of one letter that was typed in: it goes the same way as a file.
func byHand(f form) ([]byte, error) {
	v := f.values
	row := []string{v.Get("h-code"), v.Get("h-text"), v.Get("h-division"), v.Get("h-place"), strings.Join(v["h-kind"], "、"), v.Get("h-channel"), v.Get("h-key")}
	empty := true
	for _, text := range row[:5] {
		empty = empty && strings.TrimSpace(text) == ""
	}
	if empty {
		return nil, nil
	}
	cells := make([]any, len(row))
	for i, text := range row {
		cells[i] = text
	}
	var b bytes.Buffer
	err := sheet.WriteCSV(&b, func(yield func([]any) bool) {
		_ = yield(sheet.Heads("受理编号", "交办问题基本情况", "行政区域", "地址", "污染类型", "来源", "重点关注")) && yield(cells)
	})
	return b.Bytes(), err
}

// handFields are the fields of a letter that is typed in, by the columns of its table.
var handFields = map[string]string{"受理编号": "h-code", "交办问题基本情况": "h-text", "行政区域": "h-division", "地址": "h-place", "污染类型": "h-kind"}

// byFields says what is wrong with a letter that was typed in, at its fields.
func byFields(b intake.Batch) error {
	var all []error
	for _, f := range b.Findings {
		if !f.Error {
			continue
		}
		field := handFields[f.Field]
		if field == "" {
			field = "h-code"
		}
		all = append(all, fault.At(field, fault.New(fault.Invalid, "%[1]s", "%[2]s", f.Text.ZH, f.Text.EN)))
	}
	return errors.Join(all...)
}

// table is the table that a form which comes back carries: none that cannot be read.
func (v view) table() []byte {
	if v.Form.Wrong("file") != "" {
		return nil
	}
	return v.typed.keepTable()
}

// bad are the findings of which nothing may be kept, ask the others.
func (v view) bad() (bad, ask []intake.Finding) {
	for _, f := range v.read.Findings {
		if f.Error {
			bad = append(bad, f)
		} else {
			ask = append(ask, f)
		}
	}
	return bad, ask
}

// channels are how one letter came.
func (v view) channels() []web.Choice {
	on := v.typed.values.Get("h-channel")
	return []web.Choice{
		{Name: "h-channel", Value: "来电", Label: v.T("来电", "call"), On: on == "来电"},
		{Name: "h-channel", Value: "来信", Label: v.T("来信", "letter"), On: on == "来信"},
	}
}

// kinds are those of one letter, by the names that a table has.
func (v view) kinds() []web.Choice {
	all := v.KindChips("h-kind", "")
	i := 0
	for k := range complaint.Kinds() {
		all[i].Value = k.Name().ZH
		for _, on := range v.typed.values["h-kind"] {
			all[i].On = all[i].On || on == all[i].Value
		}
		i++
	}
	return all
}
