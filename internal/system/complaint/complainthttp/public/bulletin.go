package public

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/published"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
	"github.com/xiadu/xiadu/internal/web"
)

type bulletinView struct {
	web.Page
	bulletin.Public
	campaign campaign.Campaign
}

func (v bulletinView) receipt(query string) string {
	return figure.Path(query, published.Params(v.Campaign, v.Number))
}

// file is the address of its table in a form, of the version that is shown.
func (v bulletinView) file(form string) string {
	return at(v.Campaign, v.Number, "/table."+form) + "?version=" + strconv.Itoa(v.Version)
}

// at is the address of a bulletin, with what is behind it.
func at(campaign string, number int, more string) string {
	return "/complaints/bulletins/" + url.PathEscape(campaign) + "/" + strconv.Itoa(number) + more
}

// letterAt is the address of a letter that was published; a bare serial says its batch.
func letterAt(campaign string, r table.Row) string {
	to := "/complaints/letters/public/" + url.PathEscape(campaign) + "/" + url.PathEscape(r.Code)
	if c, err := complaint.ReadCode(r.Code); err == nil && c.Shape == complaint.Serial {
		to += "?batch=" + strconv.Itoa(r.Batch)
	}
	return to
}

// asked is the bulletin that an address names.
func (p *Pages) asked(r *http.Request) (out bulletin.Public, err error) {
	number, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return out, fault.New(fault.NotFound, "公开批次的序号要是一个数。", "The number of a bulletin is a number.")
	}
	version := 0
	if text := r.URL.Query().Get("version"); text != "" {
		if version, err = strconv.Atoi(text); err != nil {
			return out, fault.New(fault.NotFound, "版本号要是一个数。", "A version is a number.")
		}
	}
	return p.Bulletins.Public(r.Context(), bulletin.Ref{Campaign: r.PathValue("campaign"), Number: number, Version: version})
}

// Bulletin is a bulletin as everybody reads it.
func (p *Pages) Bulletin(w http.ResponseWriter, r *http.Request) (err error) {
	v := bulletinView{}
	if v.Public, err = p.asked(r); err != nil {
		return err
	}
	if v.campaign, err = p.Campaigns.Get(r.Context(), v.Campaign); err != nil {
		return err
	}
	v.Page = p.Site.Page(r, lang.Text{ZH: v.Table.Title, EN: v.Table.Title})
	return v.Write(w, r, bulletinPage(v))
}

// Table gives the table as a file.
func (p *Pages) Table(w http.ResponseWriter, r *http.Request) error {
	out, err := p.asked(r)
	if err != nil {
		return err
	}
	form := r.PathValue("file")
	name := out.Campaign + "-" + strconv.Itoa(out.Number)
	media := map[string]string{"table.csv": "text/csv; charset=utf-8", "table.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "table.json": "application/json", "table.pdf": "application/pdf"}
	if media[form] == "" {
		return fault.New(fault.NotFound, "表有 CSV、XLSX、PDF 和 JSON 四种格式。", "The table is there as CSV, XLSX, PDF and JSON.")
	}
	h := w.Header()
	h.Set("Content-Type", media[form])
	h.Set("Content-Disposition", `attachment; filename="`+name+form[len("table"):]+`"`)
	switch form {
	case "table.pdf":
		text, err := p.paper(r, out)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	case "table.csv":
		return out.Table.WriteCSV(w)
	case "table.xlsx":
		return out.Table.WriteXLSX(w)
	}
	text, err := out.Table.JSON()
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    link     `xml:"link"`
	Entries []item   `xml:"entry"`
}

type link struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr,omitempty"`
}

type item struct {
	Title   string `xml:"title"`
	ID      string `xml:"id"`
	Updated string `xml:"updated"`
	Link    link   `xml:"link"`
	Author  string `xml:"author>name"`
}

// Feed tells of the bulletins of an inspection as they come (Atom).
func (p *Pages) Feed(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Campaigns.Get(r.Context(), r.PathValue("campaign"))
	if err != nil {
		return err
	}
	all, err := p.Bulletins.All(r.Context(), c.Code)
	if err != nil {
		return err
	}
	self := web.Address(r, r.URL.Path)
	f := feed{Title: c.Name, ID: self, Link: link{self, "self"}}
	last := c.MadeAt
	for _, b := range all {
		to := web.Address(r, at(c.Code, b.Number, ""))
		if last.Before(b.Updated()) {
			last = b.Updated()
		}
		when := b.Updated().UTC().Format(time.RFC3339)
		f.Entries = append(f.Entries, item{b.Title, to + "?version=" + strconv.Itoa(b.Version), when, link{Href: to}, c.Team})
	}
	f.Updated = last.UTC().Format(time.RFC3339)
	text, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, err = w.Write(append([]byte(xml.Header), text...))
	return err
}

type findView struct {
	web.Page
	code  string
	wrong string
	found []bulletin.Found
}

// Find finds a published letter by its code, however it is typed.
func (p *Pages) Find(w http.ResponseWriter, r *http.Request) (err error) {
	v := findView{Page: p.Site.Page(r, lang.Text{ZH: "按编号查信访件", EN: "Find a letter by its code"}), code: r.URL.Query().Get("code")}
	if v.code == "" {
		return v.Write(w, r, findPage(v))
	}
	v.found, err = p.Bulletins.Find(r.Context(), v.code)
	if fault.KindOf(err) == fault.NotFound {
		v.wrong, _ = fault.In(v.Lang, err)
		return v.Write(w, r, findPage(v))
	}
	if err == nil && len(v.found) == 1 {
		one := v.found[0]
		http.Redirect(w, r, letterAt(one.Campaign, table.Row{Code: one.Code, Batch: one.Batch}), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	return v.Write(w, r, findPage(v))
}

// stage is what a stage is called.
func stage(p web.Page, key string) string {
	s, ok := complaint.Problem.Stage(key)
	if !ok {
		return key
	}
	return s.Name.In(p.Lang)
}

// words say what people said, as kinds of word and of no person.
var words = []struct {
	key  string
	text lang.Text
}{
	{"token solved", lang.Text{ZH: "反映人说解决了", EN: "who complained says that it is solved"}},
	{"token not", lang.Text{ZH: "反映人说没有解决", EN: "who complained says that it is not solved"}},
	{"token unsure", lang.Text{ZH: "反映人说不清", EN: "who complained cannot tell"}},
	{"neighbours solved", lang.Text{ZH: "周边群众说解决了", EN: "neighbours say that it is solved"}},
	{"neighbours not", lang.Text{ZH: "周边群众说没有解决", EN: "neighbours say that it is not solved"}},
	{"neighbours unsure", lang.Text{ZH: "周边群众说不清", EN: "neighbours cannot tell"}},
	{"public not", lang.Text{ZH: "公众附照片说没有解决", EN: "somebody shows a photo and says that it is not solved"}},
	{"none ", lang.Text{ZH: "没有问到群众，理由已记下", EN: "nobody could be asked, and why is kept"}},
}
