package register

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Keepers is the pages of those who keep one station, and of the office that lets them in.
type Keepers struct{ *Pages }

// keeperPage is what a keeper says of their stations: one question, two buttons.
type keeperPage struct {
	web.Page
	kept []station.Station
	said string // the station that something was said of
	done string
	form web.Refusal
	day  calendar.Date
}

var keeperTitle = lang.Text{ZH: "我的驿站", EN: "My station"}

// Mine answers GET /stations/many/kept.
func (p Keepers) Mine(w http.ResponseWriter, r *http.Request) error { return p.mine(w, r, nil) }

func (p Keepers) mine(w http.ResponseWriter, r *http.Request, refused error) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	v := keeperPage{Page: p.Site.Page(r, keeperTitle), day: p.today(), said: r.PathValue("code")}
	v.Private, v.Unlisted = true, true
	for _, code := range station.Kept(who) {
		s, err := p.Stations.Get(r.Context(), code)
		if fault.KindOf(err) == fault.NotFound {
			continue // it has left the register since
		}
		if err != nil {
			return err
		}
		v.kept = append(v.kept, s)
	}
	status := http.StatusOK
	if refused != nil {
		if v.form, err = v.Refused(r.PostForm, refused); err != nil {
			return err
		}
		status = v.form.Status()
	}
	switch r.URL.Query().Get("done") {
	case "open":
		v.done = v.T("记下了：今天照常开着", "Noted: open today as posted")
	case "shut":
		v.done = v.T("已暂停，找驿站的人看得到", "Paused, and those who look for one see it")
	}
	return v.WriteStatus(w, r, status, keeperView(v))
}

// Say answers POST /stations/many/kept/{code}.
func (p Keepers) Say(w http.ResponseWriter, r *http.Request) error {
	version, err := formVersion(r)
	if err != nil {
		return err
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	door := station.Door(r.PostForm.Get("door"))
	if err := p.Stations.SayDoor(r.Context(), who, r.PathValue("code"), version, door, p.today()); err != nil {
		return p.mine(w, r, err)
	}
	http.Redirect(w, r, "/stations/many/kept?done="+string(door), http.StatusSeeOther)
	return nil
}

// keepersPage is who keeps a station, for the office.
type keepersPage struct {
	web.Page
	station station.Station
	all     []identity.Holder
	form    web.Refusal
}

// List answers GET /stations/{code}/keepers.
func (p Keepers) List(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.keepers(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, keepersView(v))
}

func (p Keepers) keepers(r *http.Request) (v keepersPage, who identity.Colleague, err error) {
	v.Page = p.Site.Page(r, lang.Text{ZH: "站长", EN: "Keepers"})
	v.Private, v.Unlisted = true, true
	if v.station, err = p.Stations.Get(r.Context(), r.PathValue("code")); err != nil {
		return v, who, err
	}
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	v.all, err = who.Holders(r.Context(), station.Keeper, v.scope())
	return v, who, err
}

func (v keepersPage) scope() right.Scope {
	return right.Scope{Division: v.station.Division, Subject: station.Subject(v.station.Code)}
}

func (v keepersPage) path() string { return "/stations/" + url.PathEscape(v.station.Code) + "/keepers" }

// Invite answers POST /stations/{code}/keepers: it shows the link and the code, once.
func (p Keepers) Invite(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	v, who, err := p.keepers(r)
	if err != nil {
		return err
	}
	keeper := identity.Somebody{Name: strings.TrimSpace(r.PostForm.Get("name")), Phone: strings.TrimSpace(r.PostForm.Get("phone")), Division: v.station.Division}
	_, name := identity.Somebody{Name: keeper.Name}.Check()
	_, phone := identity.Somebody{Name: "?", Phone: keeper.Phone}.Check()
	if name != nil {
		err = fault.At("name", name)
	} else if err = fault.At("phone", phone); err == nil {
		var inv identity.Invitation
		inv, err = who.Invite(r.Context(), keeper, identity.Giving{Role: station.Keeper, Scope: v.scope()})
		if err == nil {
			v.Once = true
			return v.Write(w, r, invitedView(v.Page, kit.Invitation{
				Name: keeper.Name, Address: web.Address(r, "/invitation/"+inv.Token), Code: inv.Code, Ends: web.When(inv.Ends),
				Back: v.path(), BackTo: v.T("抄好了，回到站长", "They are written down; back to the keepers"),
			}))
		}
	}
	return p.again(w, r, v, err)
}

// Take answers POST /stations/{code}/keepers/take.
func (p Keepers) Take(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	v, who, err := p.keepers(r)
	if err != nil {
		return err
	}
	if err := who.Revoke(r.Context(), r.PostForm.Get("grant"), ""); err != nil {
		return p.again(w, r, v, err)
	}
	http.Redirect(w, r, v.path(), http.StatusSeeOther)
	return nil
}

func (p Keepers) again(w http.ResponseWriter, r *http.Request, v keepersPage, err error) error {
	if v.form, err = v.Refused(r.PostForm, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), keepersView(v))
}
