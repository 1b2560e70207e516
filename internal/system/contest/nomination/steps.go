package nomination

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Naming names a station; Seen is its version where it was sent back or withdrawn before.
type Naming struct {
	Contest, Station string
	Seen             int64
}

// Nominate puts a station into a selection, or once more after it was sent back, as who recommends where it lies.
func (s *Nominations) Nominate(ctx context.Context, who identity.Colleague, n Naming) (one Nomination, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := taken(tx, n.Contest)
		if err != nil {
			return err
		}
		station, err := s.look(tx, strings.TrimSpace(n.Station))
		if err != nil {
			if fault.KindOf(err) == fault.NotFound {
				err = fault.At("station", fault.New(fault.Invalid, "名册里没有编号为“%[1]s”的驿站", "the register has no station %[1]q", lang.Short(n.Station)))
			}
			return err
		}
		by, err := who.Admit(tx, contest.Recommend, right.In(station.Division))
		if err != nil {
			return err
		}
		if !station.Division.Within(e.Division) {
			return fault.At("station", fault.New(fault.Invalid, "这个驿站在%[1]s，不在这次评选的范围里", "this station lies in %[2]s, outside of the selection", station.Division, station.Division.FullName().EN))
		}
		rows, err := byStation.Slice(tx, key{n.Contest, station.Station})
		if err != nil {
			return err
		}
		again := len(rows) > 0
		if again {
			one = rows[0]
			if one.State == Nominated && one.MadeBy == by.Person && n.Seen == 0 {
				return nil // the same form came twice
			}
			if one.State != Returned && one.State != Withdrawn {
				return fault.At("station", fault.New(fault.Conflict, "“%[1]s”已经提名过，现在是“%[2]s”", "%[1]q is nominated already: %[3]q", one.Name, one.State.Name().ZH, one.State.Name().EN))
			}
			if n.Seen != 0 {
				one.Version = n.Seen
			}
		} else {
			one = Nomination{Contest: n.Contest, Station: station.Station, Version: 1, MadeAt: tx.Now(), Changed: tx.Now()}
		}
		one.describe(&e, station)
		one.State, one.Why, one.ByLevel, one.MadeBy = Nominated, "", "", by.Person
		if again {
			err = one.write(tx)
		} else {
			_, err = insert.Exec(tx, one)
		}
		if err != nil {
			return err
		}
		d, err := Assemble(tx, station, n.Contest, string(Nominated))
		if err != nil {
			return err
		}
		id, err := record.AppendID(tx, by.Sign, nominated{person: by.Person, Contest: n.Contest, Station: one.Station, File: d.Hash, Again: again})
		if err != nil {
			return err
		}
		return d.Keep(tx, id)
	})
	return one, err
}

func (n *Nomination) describe(e *event.Event, s Subject) {
	city, province := above(s.Division)
	if of, _ := above(e.Division); of.Valid() && of != e.Division { // a selection of a county's own
		city = e.Division
	}
	n.Name, n.Host, n.Division, n.City, n.Province = s.Name, s.Host, s.Division.Code(), city.Code(), province.Code()
}

// taken is a selection that takes nominations and recommendations now.
func taken(tx *db.Tx, code string) (e event.Event, err error) {
	if e, err = event.Read(tx, code); err != nil {
		return e, err
	}
	selects, err := Selects(tx, code)
	if err != nil {
		return e, err
	}
	switch {
	case !selects:
		return e, fault.New(fault.Conflict, "“%[1]s”没有设名额，不是驿站评选：请组织方先设名额。", "%[1]q has no quotas and is no selection of stations: who holds it sets them first.", e.Title)
	case e.State != contest.Called:
		return e, fault.New(fault.Conflict, "“%[1]s”现在是“%[2]s”，不收提名和推荐。", "%[1]q takes no nominations and recommendations now: it is %[3]q.", e.Title, e.State.Name().ZH, e.State.Name().EN)
	}
	return e, nil
}

// Step is what a level does with a nomination that it saw a version of.
type Step struct {
	Contest, Station string
	Seen             int64
	Rank             int // among those that the level recommends; 0: behind all
}

// Recommend sends a station up: its city does, then its province, with whose word it is in the list for experts.
func (s *Nominations) Recommend(ctx context.Context, who identity.Colleague, st Step) (one Nomination, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, by, level, err := one.open(tx, who, st)
		if err != nil {
			return err
		}
		quota, err := one.room(tx, level)
		if err != nil {
			return err
		}
		station, err := s.look(tx, one.Station)
		if err != nil {
			return err
		}
		one.Name, one.Host = station.Name, station.Host
		to := City
		if one.State == City || widest(&e) == City {
			to = Listed
		}
		rank, err := one.place(tx, level, to, st.Rank)
		if err != nil {
			return err
		}
		if to == Listed {
			if one.Entry, err = one.enter(tx, by, level); err != nil {
				return err
			}
		}
		one.State, one.Why, one.ByLevel = to, "", level.Code()
		if err := one.write(tx); err != nil {
			return err
		}
		d, err := Assemble(tx, station, one.Contest, string(to))
		if err != nil {
			return err
		}
		id, err := record.AppendID(tx, by.Sign, recommended{
			person: by.Person, Contest: one.Contest, Station: one.Station, Division: level.Code(), Rank: rank, Quota: quota, Listed: to == Listed, File: d.Hash,
		})
		if err != nil {
			return err
		}
		return d.Keep(tx, id)
	})
	return one, err
}

// open reads a nomination for the level whose step is next.
func (n *Nomination) open(tx *db.Tx, who identity.Colleague, st Step) (e event.Event, by identity.Admitted, level gb.Division, err error) {
	if e, err = taken(tx, st.Contest); err != nil {
		return e, by, level, err
	}
	if *n, err = Read(tx, st.Contest, st.Station); err != nil {
		return e, by, level, err
	}
	if n.Version != st.Seen { // before it is asked whose step is next: that may have changed with it
		return e, by, level, n.stale()
	}
	if level = n.Level(); !level.Valid() {
		return e, by, level, fault.New(fault.Conflict, "“%[1]s”现在是“%[2]s”，没有哪一级要办。", "%[1]q is %[3]q: no level has a step to take.", n.Name, n.State.Name().ZH, n.State.Name().EN)
	}
	by, err = who.Admit(tx, contest.Recommend, right.In(level))
	return e, by, level, err
}

// room is the quota of a level that has not used all of it.
func (n *Nomination) room(tx *db.Tx, level gb.Division) (quota int, err error) {
	rows, err := quotaAt.Slice(tx, ofDivision{n.Contest, level.Code()})
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, fault.New(fault.Conflict, "%[1]s还没有名额：请组织方先下达", "%[2]s has no quota yet: who holds the selection sets it first", level.Name().ZH, level.Name().EN)
	}
	used, err := inUse(tx, n.Contest, level)
	if err == nil && used >= rows[0].N {
		err = fault.New(fault.Conflict, "%[1]s的名额是 %[2]d 个，已经推荐了 %[3]d 个：先退回或撤回一个，再推荐“%[4]s”", "%[5]s has a quota of %[2]d and has recommended %[3]d: send one back, or have one withdrawn, before %[4]q",
			level.Name().ZH, rows[0].N, used, n.Name, level.Name().EN)
	}
	return rows[0].N, err
}

type ranking struct {
	Contest  string  `db:"contest"`
	City     *string `db:"city"`
	Province *string `db:"province"`
}

type ranked struct {
	Contest string `db:"contest"`
	Station string `db:"station"`
	Rank    int    `db:"rank"`
}

var (
	cityRanks   = db.Declare[ranking, ranked](`SELECT contest, station, city_rank AS rank FROM contest_nomination WHERE contest = :contest [AND city = :city] [AND province = :province] AND city_rank > 0 AND state IN ('city', 'listed') ORDER BY city_rank`)
	listRanks   = db.Declare[ranking, ranked](`SELECT contest, station, list_rank AS rank FROM contest_nomination WHERE contest = :contest [AND city = :city] [AND province = :province] AND list_rank > 0 AND state = 'listed' ORDER BY list_rank`)
	setCityRank = db.Declare[ranked, db.None](`UPDATE contest_nomination SET city_rank = :rank WHERE contest = :contest AND station = :station`)
	setListRank = db.Declare[ranked, db.None](`UPDATE contest_nomination SET list_rank = :rank WHERE contest = :contest AND station = :station`)
)

// place puts a nomination among those that a level recommends, at a rank, and moves those behind it on.
func (n *Nomination) place(tx *db.Tx, level gb.Division, to State, rank int) (int, error) {
	if rank < 0 || rank > mostQuota {
		return 0, fault.At("rank", fault.New(fault.Invalid, "排名从 1 数起；不写就排在最后", "ranks begin at 1; leave it empty to put it last"))
	}
	if to == Listed {
		return n.rank(tx, level, listRanks, setListRank, &n.ListRank, rank)
	}
	return n.rank(tx, level, cityRanks, setCityRank, &n.CityRank, rank)
}

func (n *Nomination) rank(tx *db.Tx, level gb.Division, read db.Query[ranking, ranked], set db.Query[ranked, db.None], mine *int, rank int) (int, error) {
	all, err := n.among(tx, level, read)
	if err != nil {
		return 0, err
	}
	if rank == 0 || rank > len(all)+1 {
		rank = len(all) + 1
	}
	*mine = rank
	return rank, renumber(tx, slices.Insert(all, rank-1, ranked{n.Contest, n.Station, rank}), set)
}

// among are those of a level but the nomination itself, by rank.
func (n *Nomination) among(tx *db.Tx, level gb.Division, read db.Query[ranking, ranked]) ([]ranked, error) {
	q := ranking{Contest: n.Contest}
	if code := level.Code(); code == n.City {
		q.City = &code
	} else {
		q.Province = &code
	}
	all, err := read.Slice(tx, q)
	return slices.DeleteFunc(all, func(r ranked) bool { return r.Station == n.Station }), err
}

// renumber has ranks be 1 … n without gaps.
func renumber(tx *db.Tx, all []ranked, set db.Query[ranked, db.None]) error {
	for i, r := range all {
		if r.Rank == i+1 {
			continue
		}
		r.Rank = i + 1
		if _, err := set.Exec(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// leave takes a nomination out of the ranks that it has.
func (n *Nomination) leave(tx *db.Tx) error {
	for code, ranks := range map[string]struct {
		read db.Query[ranking, ranked]
		set  db.Query[ranked, db.None]
		mine *int
	}{n.City: {cityRanks, setCityRank, &n.CityRank}, n.Province: {listRanks, setListRank, &n.ListRank}} {
		if *ranks.mine == 0 {
			continue
		}
		level, err := gb.Parse(code)
		if err != nil {
			return err
		}
		all, err := n.among(tx, level, ranks.read)
		if err != nil {
			return err
		}
		if err := renumber(tx, all, ranks.set); err != nil {
			return err
		}
		*ranks.mine = 0
	}
	return nil
}

// enter makes the entry of the contest that experts score.
func (n *Nomination) enter(tx *db.Tx, by identity.Admitted, level gb.Division) (id string, err error) {
	city, err := gb.Parse(n.City)
	if err != nil {
		return "", err
	}
	groups := map[string][]string{entry.Unit: {cmp.Or(n.Host, n.Name)}, entry.City: {city.Name().ZH}}
	if _, province := above(level); province.Valid() {
		groups[entry.Province] = []string{province.Name().ZH}
	}
	e, err := entry.Recommended(tx, by, n.Contest, entry.Draft{Title: n.Name + "（" + n.Station + "）", Groups: groups})
	return e.ID, err
}

// Return sends a nomination back to who nominated it, to be mended, as the level whose step is next.
func (s *Nominations) Return(ctx context.Context, who identity.Colleague, st Step, why string) (Nomination, error) {
	return s.refuse(ctx, who, st, Returned, why)
}

// Decline does not recommend a station, as the level whose step is next; nothing follows it.
func (s *Nominations) Decline(ctx context.Context, who identity.Colleague, st Step, why string) (Nomination, error) {
	return s.refuse(ctx, who, st, Declined, why)
}

func (s *Nominations) refuse(ctx context.Context, who identity.Colleague, st Step, to State, why string) (one Nomination, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		_, by, level, err := one.open(tx, who, st)
		if err != nil {
			return err
		}
		return one.end(tx, by, level, to, why)
	})
	return one, err
}

// Withdraw takes a nomination back, as who recommends where the station lies, until the list is closed.
func (s *Nominations) Withdraw(ctx context.Context, who identity.Colleague, st Step, why string) (one Nomination, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := taken(tx, st.Contest); err != nil {
			return err
		}
		if one, err = Read(tx, st.Contest, st.Station); err != nil {
			return err
		}
		at, err := gb.Parse(one.Division)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Recommend, right.In(at))
		if err != nil {
			return err
		}
		if one.State == Declined || one.State == Withdrawn {
			return fault.New(fault.Conflict, "“%[1]s”现在是“%[2]s”，没有可撤回的。", "%[1]q is %[3]q: there is nothing to withdraw.", one.Name, one.State.Name().ZH, one.State.Name().EN)
		}
		one.Version = st.Seen
		if one.Entry != "" {
			if err := entry.Recalled(tx, by, one.Entry, why); err != nil {
				return err
			}
			one.Entry = ""
		}
		return one.end(tx, by, gb.Division{}, Withdrawn, why)
	})
	return one, err
}

// mostWhy bounds a reason, in characters.
const mostWhy = 500

func (n *Nomination) end(tx *db.Tx, by identity.Admitted, level gb.Division, to State, why string) error {
	why = strings.TrimSpace(why)
	if why == "" {
		return fault.At("why", fault.New(fault.Invalid, "请写明原因：提名的单位看得到", "give the reason: who nominated it reads it"))
	}
	if text, ok := lang.CheckLines(why, mostWhy); !ok {
		return fault.At("why", &fault.Error{Kind: fault.Invalid, Text: text})
	}
	if err := n.leave(tx); err != nil {
		return err
	}
	n.State, n.Why, n.ByLevel = to, why, level.Code()
	if err := n.write(tx); err != nil {
		return err
	}
	return record.Append(tx, by.Sign, moved{person: by.Person, why: why, Contest: n.Contest, Station: n.Station, Division: cmp.Or(level.Code(), n.Division), To: string(to)})
}

// List is a page of nominations of a division with the reasons, for who recommends there.
func (s *Nominations) List(ctx context.Context, who identity.Colleague, f Filter) (all []Nomination, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := who.Admit(tx, contest.Recommend, right.In(f.Division)); err != nil {
			return err
		}
		all, err = f.read(tx)
		return err
	})
	return all, err
}

// Get is a nomination with the reason, for who recommends where it lies or above.
func (s *Nominations) Get(ctx context.Context, who identity.Colleague, code, station string) (one Nomination, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if one, err = Read(tx, code, station); err != nil {
			return err
		}
		at, err := gb.Parse(one.Division)
		if err != nil {
			return err
		}
		_, err = who.Admit(tx, contest.Recommend, right.In(at))
		return err
	})
	return one, err
}
