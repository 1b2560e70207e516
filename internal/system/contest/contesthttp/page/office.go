package page

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/web"
)

// Seen is the version of a thing that a form was opened with; one that is none is no version of anything.
func Seen(f url.Values) int64 {
	n, err := strconv.ParseInt(f.Get("seen"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Admitted asks for one of some rights at a place.
func (p *Pages) Admitted(ctx context.Context, who identity.Colleague, at right.Place, rights ...string) error {
	return p.DB.View(ctx, func(tx *db.Tx) (err error) {
		for _, key := range rights {
			if _, err = who.Admit(tx, key, at); fault.KindOf(err) != fault.Denied {
				return err
			}
		}
		return err
	})
}

// Held is a page of the office that holds the contest that the address names.
func (p *Pages) Held(r *http.Request, title lang.Text) (v Contest, who identity.Colleague, err error) {
	if v, who, err = p.Inside(r, title, "office"); err != nil {
		return v, who, err
	}
	return v, who, p.Admitted(r.Context(), who, v.Event.Place(), contest.Organise)
}

// organiser is the role of who holds contests.
const organiser = "contest.organiser"

// Holds are the organisations for which somebody holds contests, and where: the first division that they have it over.
func Holds(who identity.Colleague) (organisations []string, home gb.Division) {
	for _, g := range who.Grants {
		if g.Role != organiser {
			continue
		}
		if !home.Valid() {
			home = g.Scope.Division
		}
		id, _ := g.Scope.OfOrganisation()
		for _, one := range []string{g.Organisation, id} {
			if one != "" && !slices.Contains(organisations, one) {
				organisations = append(organisations, one)
			}
		}
	}
	return organisations, home
}

// Division reads a division that somebody typed; nothing is the zero one.
func Division(text string, home gb.Division) (gb.Division, error) {
	if strings.TrimSpace(text) == "" {
		return gb.Division{}, nil
	}
	d, err := gb.Resolve(text, home)
	if err != nil {
		return d, fault.New(fault.Invalid, "查不到区划“%[1]s”：请写名称或六位代码", "there is no division %[1]q: write its name or its six digits", lang.Short(text))
	}
	return d, nil
}

// Unit is the id of the organisation that somebody typed; nothing is none.
func (p *Pages) Unit(ctx context.Context, field, text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	people, err := p.People()
	if err != nil {
		return "", err
	}
	o, err := people.Organisations.Named(ctx, text)
	if err != nil {
		return "", fault.At(field, err)
	}
	return o.ID, nil
}

// Offers are organisations to choose from.
func (p *Pages) Offers(ctx context.Context) ([]string, error) {
	people, err := p.People()
	if err != nil {
		return nil, err
	}
	return people.Organisations.Choices(ctx, "")
}

// moment is how a field of a browser writes a time.
const moment = "2006-01-02T15:04"

// Time reads a time of here that somebody chose or typed.
func Time(text string) (time.Time, error) {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	t, err := time.ParseInLocation(moment, text, calendar.China)
	if err != nil {
		return t, fault.New(fault.Invalid, "请写日期和时间，例如 2026-12-01 18:00", "write a day and a time, as 2026-12-01 18:00")
	}
	return t, nil
}

// TimeText is a time as [Time] reads it, in a field; of none, nothing.
func TimeText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(calendar.China).Format(moment)
}

// When is a time in words: 12月1日（周二）18:00.
func When(l lang.Lang, t time.Time) string {
	t = t.In(calendar.China)
	week := [...]string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()]
	return l.F("%[1]d月%[2]d日（周%[3]s）%[4]s", "%[5]s", int(t.Month()), t.Day(), week, t.Format("15:04"), t.Format("Mon 2 Jan 15:04"))
}

// Refuse shows a form of the contest again, with all that was typed and the contest as it is now.
func (v *Contest) Refuse(typed url.Values, err error) error {
	v.Form, err = v.Refused(typed, err)
	return err
}

// Again answers with the page once more, whose form was refused for a reason.
func (v *Contest) Again(w http.ResponseWriter, r *http.Request, why error, shown func() templ.Component) error {
	if err := v.Refuse(r.PostForm, why); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.Form.Status(), shown())
}

// Typed is what a field shows: what was typed while something is wrong, and before that what is known.
func (v *Contest) Typed(name, known string) string { return v.Form.Value(name, known) }

// Persons are the names of people by their ids, for a page whose reader was admitted to it.
func (p *Pages) Persons(ctx context.Context, who identity.Colleague, ids ...string) (names map[string]string, err error) {
	names = map[string]string{}
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			if _, had := names[id]; had || id == "" {
				continue
			}
			name, err := who.NameOf(tx, id)
			if err != nil {
				return err
			}
			names[id] = name
		}
		return nil
	})
	return names, err
}

// officeTabs are the pages of who holds a contest.
var officeTabs = []struct {
	at   string
	name lang.Text
	icon web.Icon
}{
	{"", lang.Text{ZH: "进度", EN: "Progress"}, web.IconList},
	{"entries", lang.Text{ZH: "作品", EN: "Entries"}, web.IconPaper},
	{"seats", lang.Text{ZH: "评委席", EN: "Seats"}, web.IconPeople},
	{"order", lang.Text{ZH: "抽签", EN: "Order"}, web.IconSort},
	{"quotas", lang.Text{ZH: "驿站名额", EN: "Stations"}, web.IconPublic},
	{"join", lang.Text{ZH: "入场", EN: "Joining"}, web.IconScan},
}
