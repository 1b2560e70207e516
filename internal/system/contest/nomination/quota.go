package nomination

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Quota is how many stations a division may recommend.
type Quota struct {
	Contest  string
	Division gb.Division // zero: the whole country
	N        int
	Paper    string // that set it
	At       time.Time
}

type quotaRow struct {
	Contest  string    `db:"contest"`
	Division string    `db:"division"`
	Parent   string    `db:"parent"`
	N        int       `db:"n"`
	Paper    string    `db:"paper"`
	At       time.Time `db:"at"`
}

type ofDivision struct {
	Contest  string `db:"contest"`
	Division string `db:"division"`
}

type below struct {
	Contest string `db:"contest"`
	Parent  string `db:"parent"`
	But     string `db:"but"`
}

// nobody is the parent of a selection's own quota.
const nobody = "-"

const quotaColumns = "contest, division, parent, n, paper, at"

var (
	insertQuota = db.Declare[quotaRow, db.None](`
		INSERT INTO contest_quota (` + quotaColumns + `) VALUES (:contest, :division, :parent, :n, :paper, :at)
		ON CONFLICT (contest, division) DO UPDATE SET n = excluded.n, paper = excluded.paper, at = excluded.at`)
	quotaAt  = db.Declare[ofDivision, quotaRow](`SELECT ` + quotaColumns + ` FROM contest_quota WHERE contest = :contest AND division = :division`)
	quotasOf = db.Declare[string, quotaRow](`SELECT ` + quotaColumns + ` FROM contest_quota WHERE contest = :contest ORDER BY division`)
	given    = db.Declare[below, int](`SELECT COALESCE(SUM(n), 0) AS n FROM contest_quota WHERE contest = :contest AND parent = :parent AND division <> :but`)
)

// Bounds of a quota.
const (
	mostQuota = 100_000
	mostPaper = 100 // characters
)

// Selects tells whether a contest is a selection of stations: it has quotas.
func Selects(tx *db.Tx, code string) (bool, error) {
	rows, err := quotasOf.Slice(tx, code)
	return len(rows) > 0, err
}

// Quotas are those of a selection, by code of division: its own, provinces before their cities.
func Quotas(tx *db.Tx, code string) (all []Quota, err error) {
	rows, err := quotasOf.Slice(tx, code)
	for _, r := range rows {
		q := Quota{Contest: r.Contest, N: r.N, Paper: r.Paper, At: r.At}
		if r.Division != "" {
			if q.Division, err = gb.Parse(r.Division); err != nil {
				return nil, err
			}
		}
		all = append(all, q)
	}
	return all, err
}

// above are the city and the province that a division is or lies in. A county right below a province is its own city.
func above(d gb.Division) (city, province gb.Division) {
	for at := d; at.Valid(); at = at.Parent() {
		city, province = province, at
	}
	return city, province
}

// widest is the level of the last recommendation in a selection: its province's, or where it is a city's or a county's own, that.
func widest(e *event.Event) State {
	if city, _ := above(e.Division); city.Valid() {
		return City
	}
	return Listed
}

// SetQuota sets a division's quota, as who holds the selection. The same one again changes nothing.
func (s *Nominations) SetQuota(ctx context.Context, who identity.Colleague, q Quota) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, q.Contest)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		if e.State.After(contest.Called) || e.State == contest.Cancelled {
			return fault.New(fault.Conflict, "评审现在是“%[1]s”，名额不能再改。", "The contest is %[2]q: quotas stand.", e.State.Name().ZH, e.State.Name().EN)
		}
		r, err := q.row(&e)
		if err != nil {
			return err
		}
		had, err := quotaAt.Slice(tx, ofDivision{q.Contest, r.Division})
		if err != nil {
			return err
		}
		was := 0
		if len(had) > 0 {
			if had[0].N == r.N && had[0].Paper == r.Paper {
				return nil
			}
			was = had[0].N
		}
		if err := r.fits(tx, q.Division); err != nil {
			return err
		}
		r.At = tx.Now()
		if _, err := insertQuota.Exec(tx, r); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, quotaSet{person: by.Person, Contest: q.Contest, Division: r.Division, N: r.N, Was: was, Paper: r.Paper})
	})
}

// row is a quota as it is kept, below that of which it is a share.
func (q *Quota) row(e *event.Event) (r quotaRow, err error) {
	r = quotaRow{Contest: q.Contest, Division: q.Division.Code(), N: q.N, Paper: strings.TrimSpace(q.Paper)}
	city, province := above(q.Division)
	switch {
	case !q.Division.Within(e.Division):
		return r, fault.At("division", fault.New(fault.Invalid, "%[1]s不在这次评选的范围（%[2]s）里", "%[3]s is not within %[4]s, whose selection it is", q.Division, e.Division, q.Division.FullName().EN, e.Division.FullName().EN))
	case q.Division == e.Division:
		r.Parent = nobody
	case city == q.Division && province.Within(e.Division):
		r.Parent = province.Code()
	case province == q.Division:
		r.Parent = ""
	default:
		return r, fault.At("division", fault.New(fault.Invalid, "名额给省和市（州），不给区县：区县只提名", "quotas are for provinces and cities; counties nominate"))
	}
	switch text, ok := lang.CheckText(r.Paper, mostPaper); {
	case q.N < 0 || q.N > mostQuota:
		return r, fault.At("n", fault.New(fault.Invalid, "名额是 0 到 %[1]d 的整数", "a quota is a whole number from 0 to %[1]d", mostQuota))
	case r.Paper == "":
		return r, fault.At("paper", fault.New(fault.Invalid, "请写下达名额的文号", "give the number of the paper that sets it"))
	case !ok:
		return r, fault.At("paper", &fault.Error{Kind: fault.Invalid, Text: text})
	}
	return r, nil
}

// fits holds a quota against the one that it is a share of, those that are shares of it, and what is recommended already.
func (r *quotaRow) fits(tx *db.Tx, d gb.Division) error {
	if r.Parent != nobody {
		over, err := quotaAt.Slice(tx, ofDivision{r.Contest, r.Parent})
		if err != nil {
			return err
		}
		if len(over) == 0 {
			return fault.At("division", fault.New(fault.Conflict, "先设上一级的总名额，再分到%[1]s", "set the quota of the level above first, then that of %[2]s", d.Name().ZH, d.Name().EN))
		}
		others, err := given.One(tx, below{r.Contest, r.Parent, r.Division})
		if err != nil {
			return err
		}
		if left := over[0].N - others; r.N > left {
			return fault.At("n", fault.New(fault.Invalid, "上一级共 %[1]d 个，已分出 %[2]d 个，最多还能给 %[3]d 个", "the level above has %[1]d, of which %[2]d are given: %[3]d at most", over[0].N, others, left))
		}
	}
	shares, err := given.One(tx, below{r.Contest, r.Division, nobody})
	if err != nil {
		return err
	}
	if r.N < shares {
		return fault.At("n", fault.New(fault.Invalid, "已经分给下一级 %[1]d 个，不能少于这个数：先减下一级的", "%[1]d are given to the levels below: not less than that, unless theirs become less first", shares))
	}
	used, err := inUse(tx, r.Contest, d)
	if err == nil && r.N < used {
		err = fault.At("n", fault.New(fault.Invalid, "已经推荐了 %[1]d 个，不能少于这个数", "%[1]d are recommended already: not less than that", used))
	}
	return err
}

// inUse is how much of its quota a division has used.
func inUse(tx *db.Tx, code string, d gb.Division) (int, error) {
	counts, err := Counts(tx, code)
	if err != nil {
		return 0, err
	}
	return Used(counts, d), nil
}

// Used is how many stations a division has recommended, by [Counts].
func Used(counts map[string]map[State]int, d gb.Division) int {
	of := counts[d.Code()]
	if city, _ := above(d); city.Valid() && city == d {
		return of[City] + of[Listed]
	}
	return of[Listed]
}
