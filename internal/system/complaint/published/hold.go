package published

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// holding is a table while it is held against the entries before its bulletin.
type holding struct {
	*account
	e   edition
	all []figure.Difference
}

func (h *holding) hold(name, says, is string) {
	if says != is {
		h.all = append(h.all, figure.Difference{Name: name, Says: says, Is: is})
	}
}

// Holds counts a table anew and holds it against the entry of its bulletin, and each of its letters against what the
// entries before it say of that letter.
func (a *account) Holds(f figure.Shelf, text []byte) []figure.Difference {
	i := slices.IndexFunc(a.bulletins, func(e edition) bool { return e.name() == f.Name && e.file() == f.SHA256 })
	if i < 0 {
		return nil
	}
	h := &holding{account: a, e: a.bulletins[i]}
	t, err := table.Read(text)
	if err != nil {
		return []figure.Difference{{Name: "table", Says: h.e.File, Is: err.Error()}}
	}
	h.hold("bulletin", fmt.Sprint(h.e.Campaign, " ", h.e.Bulletin, " ", h.e.Version), fmt.Sprint(t.Campaign, " ", t.Bulletin, " ", t.Version))
	h.hold("day", h.e.Day, t.Day.String())
	h.counts("", h.e.Counts, t.Counts())
	h.letters(t)
	return h.all
}

// counts holds totals against totals.
func (h *holding) counts(of string, says, is table.Counts) {
	for _, n := range []struct {
		name     string
		says, is int
	}{
		{"letters", says.Letters, is.Letters},
		{"republished", says.Republished, is.Republished},
		{"key", says.Key, is.Key},
		{"problems", says.Problems, is.Problems},
		{"types", says.Types, is.Types},
		{"untyped", says.Untyped, is.Untyped},
	} {
		h.hold(n.name+of, strconv.Itoa(n.says), strconv.Itoa(n.is))
	}
	for _, n := range []struct {
		name     string
		says, is []table.Count
	}{
		{"by_kind", says.ByKind, is.ByKind},
		{"by_region", says.ByRegion, is.ByRegion},
		{"by_verdict", says.ByVerdict, is.ByVerdict},
		{"by_point", says.ByPoint, is.ByPoint},
		{"by_status", says.ByStatus, is.ByStatus},
	} {
		h.hold(n.name+of, fmt.Sprint(n.says), fmt.Sprint(n.is))
	}
}

// letters holds the rows against the entries, and what the entries give against the totals.
func (h *holding) letters(t table.Table) {
	known := map[string]*history{} // of two with one code, as after a backup was restored, the one that was public by then
	for _, l := range h.account.letters {
		at := key(l.came.Code, l.came.Batch)
		if l.opened == 0 || l.came.Campaign != h.e.Campaign || h.first(l).at > h.e.at {
			continue
		}
		if was := known[at]; was == nil || was.opened < l.opened {
			known[at] = l
		}
	}
	given := t
	given.Rows = slices.Clone(t.Rows)
	for i, r := range t.Rows {
		l := known[key(r.Code, r.Batch)]
		if l == nil {
			h.hold(r.Code+" letter", "", "published")
			continue
		}
		delete(known, key(r.Code, r.Batch))
		given.Rows[i] = h.row(l, r)
	}
	for _, l := range known {
		if h.first(l).name() == h.e.name() {
			h.hold(l.came.Code+" letter", "opened", "")
		}
	}
	h.counts(" of the entries", given.Counts(), t.Counts())
}

// first is the bulletin with which a letter was opened.
func (h *holding) first(l *history) (was edition) {
	for _, e := range h.bulletins {
		if e.Campaign == h.e.Campaign && e.at < l.opened {
			was = e
		}
	}
	return was
}

// row holds a row against the entries, and returns it as they give it.
func (h *holding) row(l *history, r table.Row) table.Row {
	is := r
	m, put := l.mark.asOf(h.e.at)
	if !put {
		m = mark{l.came.Kinds, l.came.Division, l.came.Key}
	}
	s, _ := l.step.asOf(h.e.at)
	is.Channel, is.Key, is.Kinds = complaint.Channel(l.came.Channel), m.Key, complaint.KindsOf(strings.Join(m.Kinds, " "))
	is.Division, _ = gb.Parse(m.Division)
	is.Verdict, _ = complaint.ParseVerdict(s.Verdict)
	is.Status = map[string]table.Status{"done": table.Done, "staged": table.Staged}[s.Status]
	if is.Status == table.Unsaid {
		is.Status = table.Working
	}
	is.Republished = h.first(l).Bulletin < h.e.Bulletin
	points, said := l.points.asOf(h.e.at)
	if said {
		is.Points = pointsOf(points, r.Points)
		h.behind(points, s, &is)
	}
	for _, f := range []struct{ name, says, is string }{
		{"batch", strconv.Itoa(l.came.Batch), strconv.Itoa(r.Batch)},
		{"channel", string(is.Channel), string(r.Channel)},
		{"key", strconv.FormatBool(is.Key), strconv.FormatBool(r.Key)},
		{"kinds", kindKeys(is.Kinds), kindKeys(r.Kinds)},
		{"division", is.Division.Code(), r.Division.Code()},
		{"verdict", is.Verdict.Key(), r.Verdict.Key()},
		{"status", is.Status.Key(), r.Status.Key()},
		{"re_published", strconv.FormatBool(is.Republished), strconv.FormatBool(r.Republished)},
		{"next", table.DayText(is.Next), table.DayText(r.Next)},
		{"penalised", strconv.Itoa(is.Sanctions.Penalised), strconv.Itoa(r.Sanctions.Penalised)},
		{"fined_fen", strconv.FormatInt(is.Sanctions.Fined, 10), strconv.FormatInt(r.Sanctions.Fined, 10)},
		{"interviewed", strconv.Itoa(is.Sanctions.Interviewed), strconv.Itoa(r.Sanctions.Interviewed)},
		{"held_to_account", strconv.Itoa(is.Sanctions.Accountable), strconv.Itoa(r.Sanctions.Accountable)},
		{"points", pointKeys(is.Points), pointKeys(r.Points)},
	} {
		h.hold(r.Code+" "+f.name, f.says, f.is)
	}
	return is
}

// behind has what became of the problems behind a letter. Of those that old entries do not name nothing is held.
func (h *holding) behind(points []part, s stepped, is *table.Row) {
	is.Sanctions.Penalised, is.Sanctions.Fined, is.Sanctions.Interviewed, is.Sanctions.Accountable, is.Next = 0, 0, 0, 0, calendar.Date{}
	seen := map[string]bool{}
	for _, one := range points {
		if seen[one.Problem] {
			continue
		}
		seen[one.Problem] = true
		p := h.problem(one.Problem)
		done, _ := p.done.asOf(h.e.at)
		is.Sanctions.Penalised += max(done.cases, done.penalties)
		is.Sanctions.Fined += done.fined
		is.Sanctions.Interviewed += done.interviewed
		is.Sanctions.Accountable += done.accountable
		next, _ := p.next.asOf(h.e.at)
		if day := dayOf(next); s.Status == "staged" && day != (calendar.Date{}) && (is.Next == (calendar.Date{}) || day.Before(is.Next)) {
			is.Next = day
		}
	}
}

// dayOf is a day that was promised, or the last of a period.
func dayOf(next string) calendar.Date {
	if t, err := time.Parse(time.RFC3339, next); err == nil {
		return calendar.DateOf(t.Add(-time.Second).In(calendar.China)) // due is the end of a day
	}
	d, _ := calendar.ParseDate(next)
	return d
}

// pointsOf are the points as entries tell them. A letter that is not divided has none in a table.
func pointsOf(points []part, rows []table.Point) (all []table.Point) {
	if len(points) < 2 {
		return nil
	}
	for i, p := range points {
		one := table.Point{Number: strconv.Itoa(p.Number), Kinds: complaint.KindsOf(strings.Join(p.Kinds, " "))}
		one.Verdict, _ = complaint.ParseVerdict(p.Verdict)
		if !p.told && i < len(rows) {
			one.Kinds, one.Verdict = rows[i].Kinds, rows[i].Verdict
		}
		all = append(all, one)
	}
	return all
}

func pointKeys(points []table.Point) string {
	all := make([]string, len(points))
	for i, p := range points {
		all[i] = fmt.Sprintf("%s %s %s", p.Number, kindKeys(p.Kinds), p.Verdict.Key())
	}
	return strings.Join(all, "; ")
}

func kindKeys(kinds []complaint.Kind) string {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = k.Key()
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}
