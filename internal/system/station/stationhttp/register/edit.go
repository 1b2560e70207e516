package register

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// editPage is the form in which an office corrects a station.
type editPage struct {
	web.Page
	station station.Station // as it is now
	now     station.Cells   // the same, as the form carries it to know what was typed
	cells   station.Cells   // as the form has it
	why     string
	form    web.Refusal
	late    bool        // somebody else has changed it since the form was opened
	clashes []page.Fact // what both have changed, and not alike
	today   string
}

var editTitle = lang.Text{ZH: "修改驿站", EN: "Change a station"}

// Edit answers GET /stations/{code}/edit.
func (p *Pages) Edit(w http.ResponseWriter, r *http.Request) error {
	v, err := p.editing(r)
	if err != nil {
		return err
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	if err := p.Stations.MayCorrect(r.Context(), who, v.station); err != nil {
		return err
	}
	return v.Write(w, r, editView(v))
}

func (p *Pages) editing(r *http.Request) (editPage, error) {
	v := editPage{Page: p.Site.Page(r, editTitle), today: calendar.DateOf(p.Now()).String()}
	v.Unlisted, v.Private = true, true
	s, err := p.Stations.Get(r.Context(), r.PathValue("code"))
	if err != nil {
		return v, err
	}
	v.station, v.now = s, s.Sheet(v.Lang)
	v.cells = v.now
	return v, nil
}

// Correct answers POST /stations/{code}. A form that cannot be saved comes back with all
// that was typed; where somebody else was faster, with what they changed.
func (p *Pages) Correct(w http.ResponseWriter, r *http.Request) error {
	version, err := formVersion(r)
	if err != nil {
		return err
	}
	v, err := p.editing(r)
	if err != nil {
		return err
	}
	v.fill(r.PostForm, version)
	wanted, err := v.wanted()
	if err == nil {
		wanted.Version = version
		who, refused := p.Who(r)
		if err = fault.At("staff", refused); err == nil {
			_, err = p.Stations.Correct(r.Context(), who, wanted, v.why)
		}
	}
	if err == nil {
		http.Redirect(w, r, "/stations/"+url.PathEscape(v.station.Code)+"?done=edit", http.StatusSeeOther)
		return nil
	}
	return p.editAgain(w, r, v, err)
}

// editAgain shows the form again with why it was not saved.
func (p *Pages) editAgain(w http.ResponseWriter, r *http.Request, v editPage, err error) error {
	if fault.KindOf(err) == fault.Conflict {
		if !v.late { // it was changed after it was read here
			if v, err = p.editing(r); err != nil {
				return err
			}
			v.fill(r.PostForm, 0)
		}
		return v.WriteStatus(w, r, http.StatusConflict, editView(v))
	}
	form, err := v.Refused(r.PostForm, err)
	if err != nil {
		return err
	}
	v.form = form
	return v.WriteStatus(w, r, form.Status(), editView(v))
}

func formVersion(r *http.Request) (int64, error) {
	if err := r.ParseForm(); err != nil {
		return 0, unreadable(err)
	}
	n, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "不知道您改的是哪一版：请重新打开这一页再填。", "It is not clear which version you change. Open the page again and fill it in.")
	}
	return n, nil
}

// fill takes over what was typed over a version.
func (v *editPage) fill(typed url.Values, version int64) {
	v.why = typed.Get("why")
	for _, f := range station.Corrections {
		if typed.Has(f.Key()) || f == station.FieldServices {
			v.cells[f] = strings.Join(typed[f.Key()], ",")
		}
	}
	if version != v.station.Version {
		v.late = true
		v.merge(typed)
	}
}

// wanted is the station that the form describes. A position that was left as it was stays
// as it is to the last digit.
func (v *editPage) wanted() (station.Station, error) {
	s, err := station.FromCells(v.cells)
	if v.cells[station.FieldLon] == v.now[station.FieldLon] && v.cells[station.FieldLat] == v.now[station.FieldLat] {
		s.At = v.station.At
	}
	return s, err
}

// Undo answers POST /stations/{code}/undo.
func (p *Pages) Undo(w http.ResponseWriter, r *http.Request) error {
	version, err := formVersion(r)
	if err != nil {
		return err
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	if _, err := p.Stations.Undo(r.Context(), who, code, version, web.LangOf(r).T("撤销上一次修改", "the last change undone")); err != nil {
		return err
	}
	http.Redirect(w, r, "/stations/"+url.PathEscape(code)+"?done=undo", http.StatusSeeOther)
	return nil
}

// doneWords say what was done, by the address that doing it led to.
func doneWords(l lang.Lang, done string) string {
	switch done {
	case "edit":
		return l.T("已保存", "Saved")
	case "undo":
		return l.T("已撤销上一次修改", "The last change was undone")
	}
	return ""
}

// menu is a field with a catalogue.
func (v editPage) menu(f station.Field) web.Menu {
	m := web.Menu{Name: f.Key(), Label: f.Name().In(v.Lang), Error: v.form.Wrong(f.Key())}
	found := false
	for _, c := range station.OptionsOf(f) {
		text := c.Name.In(v.Lang)
		on := v.cells[f] == text || v.cells[f] == c.Key
		found = found || on
		m.Options = append(m.Options, web.Option{Value: c.Key, Text: text, On: on})
	}
	if f == station.FieldPremises || !found {
		m.None = v.T("没有填", "Not given")
	}
	return m
}

// input is a field of free text.
func (v editPage) input(f station.Field) web.Input {
	in := web.Input{Name: f.Key(), Label: f.Name().In(v.Lang), Value: v.cells[f], Error: v.form.Wrong(f.Key())}
	in.Hint = map[station.Field]string{
		station.FieldHours:    v.T("照门上写的填，如 周一至周五 9:00-17:00；不知道就空着", "As on the door: Mo-Fr 09:00-17:00; leave it empty if nobody knows"),
		station.FieldChecked:  v.F("最近有人到场看过的日期，如 %s", "When somebody last went and looked, as %s", v.today),
		station.FieldDivision: v.T("六位代码或全称；要有那里的权限", "Six digits or the whole name; you need the right there too"),
		station.FieldLon:      v.F("坐标系 %s", "Datum %s", v.station.Datum.String()),
	}[f]
	return in
}

func (v editPage) services() []web.Choice {
	given, _ := station.ParseServices(v.cells[station.FieldServices])
	var out []web.Choice
	for s := range station.Needs() {
		out = append(out, web.Choice{Name: station.FieldServices.Key(), Value: s.Key(), Label: s.Name().In(v.Lang), On: given.Has(station.ServicesOf(s))})
	}
	return out
}
