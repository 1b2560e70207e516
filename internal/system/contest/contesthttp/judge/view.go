package judge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web"
)

// stand is how a run stands for its judge.
type stand string

const (
	recused stand = "recused"
	absent  stand = "absent"
	sealed  stand = "sealed"
	forfeit stand = "forfeit"
	waiting stand = "waiting"
	onStage stand = "on"    // called or presenting
	owed    stand = "owed"  // heard, and not sealed
	missed  stand = "ended" // closed without the judge's sheet: a run is closed in no other way than over an absence
)

// run is one of the list.
type run struct {
	hall.MyRun
	station string // of a selection, once it may be scored
	stand   stand
	part    lang.Text
	judged  *rule.Judged
	ask     hall.Ask // a correction of its sheet that waits for the judge
}

// name is what a run is called in addresses and forms.
func (r *run) name() string { return r.Part + "/" + r.Entry + "/" + strconv.Itoa(r.Attempt) }

// open tells whether its marks may be given now.
func (r *run) open() bool { return r.stand == onStage || r.stand == owed || r.ask.ID != "" }

// lockable tells whether its sheet may be sealed now.
func (r *run) lockable() bool { return r.ask.ID != "" || r.Early == 0 && r.State != hall.Called }

// marks are those that its form shows.
func (r *run) marks() map[string]string {
	if r.Sealed != nil {
		return r.Sealed.Marks
	}
	return r.Drafts
}

type view struct {
	page.Contest
	seat    string
	changes int      // of its device
	chosen  bool     // this device is the seat's
	asking  []string // the codes of others that would be
	code    string   // of this one
	runs    []run
	focus   int  // in runs; -1: there is nothing yet
	other   int  // in runs: what is on the stage while another is shown; -1: nothing
	reading bool // the marks are read back, to be sealed
	stage   *hall.Stage
	leaving *leaving // a recusal is read back, to be noted
	tag     string
	at      time.Time
}

// view is the page as it is now, with the run of a name in its middle.
func (p *Pages) view(w http.ResponseWriter, r *http.Request, name string) (v view, err error) {
	inside, who, err := p.Inside(r, title, "judge")
	if err != nil {
		return v, err
	}
	v.Contest, v.at = inside, p.Now()
	v.Wide = false
	v.Title = v.Event.Title
	mine, err := p.Halls.Mine(r.Context(), who, v.Event.Code)
	if err != nil {
		return v, err
	}
	id := device(w, r)
	v.seat, v.changes = mine.Seat.Seat, mine.Seat.Changes
	v.chosen = mine.Seat.Device == "" || mine.Seat.Device == id
	v.code = seat.Code(id)
	if v.chosen {
		v.asking = mine.Seat.Asking()
	}
	v.stage = mine.Stage
	v.runs, v.tag = runs(&mine), tag(&mine, v.chosen)
	if v.Selects {
		if err := p.files(r, &v); err != nil {
			return v, err
		}
	}
	v.focus, v.other = focus(v.runs, name)
	v.Back = web.NavItem{Href: at(v.Event.Code), Text: lang.Text{ZH: "评委 " + v.seat, EN: "Judge " + v.seat}}
	return v, nil
}

// files says of which station the runs of a selection are that have begun, since its evidence file is what there is to score.
func (p *Pages) files(r *http.Request, v *view) error {
	return p.DB.View(r.Context(), func(tx *db.Tx) error {
		of, err := nomination.Numbered(tx, v.Event.Code)
		for i := range v.runs {
			if one := &v.runs[i]; one.stand != recused && one.stand != waiting {
				one.station = of[one.Entry]
			}
		}
		return err
	})
}

func runs(m *hall.Mine) (all []run) {
	f := &m.Event.Rule
	for _, r := range m.Runs {
		one := run{MyRun: r, stand: standOf(&r), part: f.About.Name(r.Part)}
		if p, _, ok := f.Rule.Part(r.Part); ok {
			one.judged = p.Judged
		}
		for _, a := range m.Asks {
			if a.Part == r.Part && a.Entry == r.Entry && one.stand == sealed {
				one.ask = a
			}
		}
		all = append(all, one)
	}
	return all
}

func standOf(r *hall.MyRun) stand {
	switch {
	case r.Recused:
		return recused
	case r.State == hall.Forfeit:
		return forfeit
	case r.Sealed != nil:
		return sealed
	case r.Absent:
		return absent
	case r.State == hall.Waiting:
		return waiting
	case r.State == hall.Called || r.State == hall.Presenting:
		return onStage
	case r.State == hall.Heard:
		return owed
	}
	return missed
}

// focus chooses the run in the middle of the page: the one that was asked for, or what is on, or the last that is owed, or the
// last of which there is something to show. The other one is on the stage meanwhile.
func focus(all []run, name string) (at, other int) {
	find := func(is func(*run) bool) int {
		for i := len(all) - 1; i >= 0; i-- {
			if is(&all[i]) {
				return i
			}
		}
		return -1
	}
	on := slices.IndexFunc(all, func(r run) bool { return r.stand == onStage })
	at = slices.IndexFunc(all, func(r run) bool { return r.name() == name })
	if at < 0 {
		at = on
	}
	if at < 0 {
		at = find(func(r *run) bool { return r.stand == owed })
	}
	if at < 0 {
		at = find(func(r *run) bool { return r.stand == sealed })
	}
	if on == at {
		on = -1
	}
	return at, on
}

// tag stands for all that a judge's page shows, drafts aside: it is another when there is something new, and tells nothing else.
func tag(m *hall.Mine, chosen bool) string {
	type line struct {
		Run      string
		Stand    stand
		State    hall.State
		Receipt  string
		Version  int
		Early    int
		Resealed bool
	}
	seen := struct {
		Rule   string
		Lines  []line
		Asks   []hall.Ask
		Chosen bool
		Asked  string
		Stage  *hall.Stage
	}{m.Event.RuleHash, nil, m.Asks, chosen, "", m.Stage}
	if chosen {
		seen.Asked = m.Seat.Asked
	}
	for _, r := range m.Runs {
		one := run{MyRun: r}
		l := line{Run: one.name(), Stand: standOf(&r)}
		if l.Stand != recused { // of that one nothing is told, not even that something happens
			l.State, l.Receipt, l.Version, l.Early, l.Resealed = shown(r.State), r.Receipt, r.Version, r.Early, r.Resealed
		}
		seen.Lines = append(seen.Lines, l)
	}
	text, err := json.Marshal(seen)
	if err != nil {
		panic("judge: " + err.Error()) // texts and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// shown is what a judge is told of how far a run is: not that the desk has closed it, which says that all have sealed.
func shown(s hall.State) hall.State {
	if s == hall.Closed {
		return hall.Heard
	}
	return s
}

// nameOf is what a criterion is called.
func (v *view) nameOf(c *rule.Criterion) string {
	if name := v.Event.Rule.About.Names[c.Key]; name.ZH != "" {
		return name.In(v.Lang)
	}
	if len(v.runs[v.focus].judged.Criteria) == 1 {
		return v.T("分数", "Mark")
	}
	return c.Key
}
