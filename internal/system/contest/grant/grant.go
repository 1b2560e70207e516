// Package grant is where the money of a selection went: movements that are never changed, and what became of each station.
//
//	m, again, err := grants.Post(ctx, treasurer, grant.Movement{Contest: "zuimei-2026", ID: "B-01", Kind: grant.Budget, Station: "XN-0001", Fen: 500000, …})
//	o, err := grants.Import(ctx, treasurer, grant.Upload{…})       // a sheet, in whole or not at all
//	e, err := grants.Tell(ctx, recommender, grant.Telling{…})      // a year later
//	b, err := grants.Book(ctx, "zuimei-2026")                      // sums, and what is due
//
// Of each station and after each movement budget ≥ payment ≥ receipt ≥ spent ≥ 0. A movement is taken back, once and in whole, by a
// counter-movement with a reason; both stay. The same id with the same content is there once. Payers and payees are units; neither a
// person's name nor an account number gets in, since all of a movement is in the public log. The ledger takes the rows over later.
//
// Tables owned: contest_movement, contest_effect.
package grant

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
)

// Kind is what a movement is.
type Kind string

// The kinds, in the order in which money passes through them.
const (
	Budget  Kind = "budget"
	Payment Kind = "payment"
	Receipt Kind = "receipt"
	Spent   Kind = "spent"
)

// Kinds are what they are called.
var Kinds = []lang.Choice{
	{Key: string(Budget), Name: lang.Text{ZH: "预算", EN: "budget"}},
	{Key: string(Payment), Name: lang.Text{ZH: "拨付", EN: "payment"}},
	{Key: string(Receipt), Name: lang.Text{ZH: "收讫", EN: "receipt"}},
	{Key: string(Spent), Name: lang.Text{ZH: "支出", EN: "spent"}},
}

// place is where a kind stands among them, or -1.
func (k Kind) place() int {
	i, ok := lang.FindChoice(Kinds, string(k))
	if !ok {
		return -1
	}
	return i
}

// Name is what a kind is called.
func (k Kind) Name() lang.Text {
	if i := k.place(); i >= 0 {
		return Kinds[i].Name
	}
	return lang.Text{ZH: string(k), EN: string(k)}
}

// Movement is one transfer of money.
type Movement struct {
	Contest  string    `db:"contest"`
	ID       string    `db:"id"` // given by who posts it
	N        int       `db:"n"`  // from 1, in the order in which they were posted
	Station  string    `db:"station"`
	Kind     Kind      `db:"kind"`
	Payer    string    `db:"payer"`
	Payee    string    `db:"payee"`
	Fen      int64     `db:"fen"` // below zero in a counter-movement
	Purpose  string    `db:"purpose"`
	Paper    string    `db:"paper"` // its number
	Hash     string    `db:"hash"`  // SHA-256 of its scan; may be empty
	Day      string    `db:"day"`   // 2026-12-01
	Takes    string    `db:"takes"` // the id of the movement that it takes back; empty: none
	Why      string    `db:"why"`
	LogEntry string    `db:"log_entry"`
	At       time.Time `db:"at"`
}

// told is what two movements of one id have to share.
func (m Movement) told() Movement {
	m.N, m.LogEntry, m.At = 0, "", time.Time{}
	return m
}

const columns = "contest, id, n, station, kind, payer, payee, fen, purpose, paper, hash, day, takes, why, log_entry, at"

type ofID struct {
	Contest string `db:"contest"`
	ID      string `db:"id"`
}

type ofStation struct {
	Contest string `db:"contest"`
	Station string `db:"station"`
}

// summed is a sum of one kind.
type summed struct {
	Station string `db:"station"`
	Kind    Kind   `db:"kind"`
	Fen     int64  `db:"fen"`
}

var (
	insert = db.Declare[Movement, db.None](`
		INSERT INTO contest_movement (` + columns + `)
		VALUES (:contest, :id, :n, :station, :kind, :payer, :payee, :fen, :purpose, :paper, :hash, :day, :takes, :why, :log_entry, :at)`)
	byID      = db.Declare[ofID, Movement](`SELECT ` + columns + ` FROM contest_movement WHERE contest = :contest AND id = :id`)
	takenBy   = db.Declare[ofID, Movement](`SELECT ` + columns + ` FROM contest_movement WHERE contest = :contest AND takes = :id`)
	lastN     = db.Declare[string, int](`SELECT COALESCE(MAX(n), 0) AS n FROM contest_movement WHERE contest = :contest`)
	sumsOne   = db.Declare[ofStation, summed](`SELECT station, kind, SUM(fen) AS fen FROM contest_movement WHERE contest = :contest AND station = :station GROUP BY station, kind ORDER BY kind`)
	sumsAll   = db.Declare[string, summed](`SELECT station, kind, SUM(fen) AS fen FROM contest_movement WHERE contest = :contest GROUP BY station, kind ORDER BY station, kind`)
	ofOne     = db.Declare[ofStation, Movement](`SELECT ` + columns + ` FROM contest_movement WHERE contest = :contest AND station = :station ORDER BY n`)
	allOf     = db.Declare[paged, Movement](`SELECT ` + columns + ` FROM contest_movement WHERE contest = :contest AND n > :after ORDER BY n LIMIT :lim`)
	newest    = db.Declare[paged, Movement](`SELECT ` + columns + ` FROM contest_movement WHERE contest = :contest AND n > :after ORDER BY n DESC LIMIT :lim`)
	sumEvery  = db.Declare[db.None, summed](`SELECT '' AS station, kind, SUM(fen) AS fen FROM contest_movement GROUP BY kind ORDER BY kind`)
	paidCount = db.Declare[db.None, int](`SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM contest_movement WHERE kind = 'payment' GROUP BY contest, station HAVING SUM(fen) > 0) AS paid`)
	firstPaid = db.Declare[string, first](`
		SELECT m.station, MIN(m.day) AS day FROM contest_movement m
		WHERE m.contest = :contest AND m.kind = 'receipt' AND m.takes = ''
			AND NOT EXISTS (SELECT 1 FROM contest_movement t WHERE t.contest = m.contest AND t.takes = m.id)
		GROUP BY m.station ORDER BY m.station`)
)

type paged struct {
	Contest string `db:"contest"`
	After   int    `db:"after"`
	Limit   int    `db:"lim"`
}

type first struct {
	Station string `db:"station"`
	Day     string `db:"day"`
}

// Grants are those of a site.
type Grants struct {
	db    *db.DB
	look  nomination.Look
	facts hall.Facts
}

// In returns those of a database.
func In(d *db.DB, look nomination.Look, facts hall.Facts) *Grants { return &Grants{d, look, facts} }

// Post writes a movement down. The same one again is answered with what is there.
func (s *Grants) Post(ctx context.Context, who identity.Colleague, m Movement) (done Movement, again bool, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, by, err := admit(tx, who, m.Contest)
		if err != nil {
			return err
		}
		list, err := s.final(tx, &e)
		if err != nil {
			return err
		}
		done, again, err = post(tx, by, list, m)
		return err
	})
	return done, again, err
}

func admit(tx *db.Tx, who identity.Colleague, code string) (e event.Event, by identity.Admitted, err error) {
	if e, err = event.Read(tx, code); err != nil {
		return e, by, err
	}
	by, err = who.Admit(tx, contest.Fund, e.Place())
	return e, by, err
}

// final are the stations of the final list of a selection, by code.
func (s *Grants) final(tx *db.Tx, e *event.Event) (map[string]nomination.Nomination, error) {
	if e.State != contest.Final {
		return nil, fault.New(fault.Conflict, "评选现在是“%[1]s”：名单定榜以后才有奖补资金。", "The selection is %[2]q: there is money once its list is final.", e.State.Name().ZH, e.State.Name().EN)
	}
	b, err := hall.Revealed(tx, e.Code, s.facts)
	if err != nil {
		return nil, err
	}
	return awarded(tx, &b)
}

// mostID, mostUnit and mostText bound texts, in characters.
const (
	mostID   = 40
	mostUnit = 60
	mostText = 200
	mostFen  = 100_000_000_00 // of one movement
)

var (
	idForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	hashForm  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	accountIn = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){10,}`)
	unitForm  = regexp.MustCompile(`(公司|集团|中心|站|驿站|店|厂|社|会|局|院|校|学|行|部|处|所|办|队|场|馆|库|委员会|政府|商行|超市|银行|支行|办公室|工会|专户|Ltd|Inc|Office|Union|Bank|Company|Centre|Center|Shop|Station|Bureau)(（[^）]*）|\([^)]*\))?$`)
)

// check returns a movement in the form that it is kept in; each mistake is told at its field.
func (m Movement) check() (Movement, error) {
	for _, p := range []*string{&m.ID, &m.Station, &m.Payer, &m.Payee, &m.Purpose, &m.Paper, &m.Hash, &m.Day, &m.Takes, &m.Why} {
		*p = strings.TrimSpace(*p)
	}
	var all wrongs
	if !idForm.MatchString(m.ID) || len(m.ID) > mostID {
		all.at("id", "流水号用 1–40 个字母、数字、点、横线或下划线，如 2026-B-01", "an id has 1 to 40 letters, digits, dots, dashes or underscores, as 2026-B-01")
	}
	if i := m.Kind.place(); i >= 0 {
		m.Kind = Kind(Kinds[i].Key)
	} else {
		all.at("kind", "类别写预算、拨付、收讫或支出", "a kind is budget, payment, receipt or spent")
	}
	for _, unit := range []struct{ field, text string }{{"payer", m.Payer}, {"payee", m.Payee}} {
		if !unitForm.MatchString(unit.text) || len([]rune(unit.text)) > mostUnit {
			all.at(unit.field, "写单位的全称（如 某某有限公司），不写个人姓名，最多 60 个字", "write the whole name of a unit, as Example Ltd, never a person's; 60 characters at most")
		}
	}
	for _, text := range []struct {
		field, text string
		wanted      bool
	}{{"purpose", m.Purpose, true}, {"paper", m.Paper, true}, {"why", m.Why, m.Takes != ""}} {
		if t, ok := lang.CheckText(text.text, mostText); !ok {
			all.at(text.field, t.ZH, t.EN)
		}
		if text.wanted && text.text == "" {
			all.at(text.field, "这一栏不能空", "this is wanted")
		}
	}
	for _, text := range []struct{ field, text string }{{"payer", m.Payer}, {"payee", m.Payee}, {"purpose", m.Purpose}, {"why", m.Why}} {
		if accountIn.MatchString(text.text) {
			all.at(text.field, "这里像有账号或电话号码：流水是公开的，号码留在凭证上", "there seems to be an account or telephone number in it: movements are public, numbers stay on the paper")
		}
	}
	if m.Fen == 0 || m.Fen > mostFen || m.Fen < -mostFen {
		all.at("fen", "金额要大于 0，最多一亿元", "an amount is above 0, and a hundred million yuan at most")
	}
	if (m.Fen < 0) != (m.Takes != "") {
		all.at("fen", "只有冲回才是负数，而且要写冲回哪一笔", "only a counter-movement is below zero, and it says which it takes back")
	}
	if m.Hash != "" && !hashForm.MatchString(m.Hash) {
		all.at("hash", "校验值是 64 位小写十六进制（SHA-256），没有就空着", "a hash is 64 small hexadecimal digits (SHA-256), or nothing")
	}
	if _, err := calendar.ParseDate(m.Day); err != nil {
		all.at("day", "日期写成 2026-12-01", "write the day as 2026-12-01")
	}
	return m, all.err()
}

// inTime refuses a day that has not come, or that is before the year in which the budget of the contest can have been made.
func inTime(tx *db.Tx, m Movement) error {
	e, err := event.Read(tx, m.Contest)
	if err != nil {
		return err
	}
	day, err := calendar.ParseDate(m.Day)
	if err != nil {
		return err
	}
	today := calendar.DateOf(tx.Now().In(calendar.China))
	first := calendar.DateOf(time.Date(e.MadeAt.In(calendar.China).Year()-1, time.January, 1, 0, 0, 0, 0, calendar.China))
	if today.Before(day) || day.Before(first) {
		return fault.At("day", fault.New(fault.Invalid, "日期要在 %[1]s 和今天（%[2]s）之间", "the day is from %[1]s to today (%[2]s)", first, today))
	}
	return nil
}

// post writes a movement that fits what there is.
func post(tx *db.Tx, by identity.Admitted, list map[string]nomination.Nomination, m Movement) (Movement, bool, error) {
	m, err := m.check()
	if err != nil {
		return m, false, err
	}
	if err := inTime(tx, m); err != nil {
		return m, false, err
	}
	had, err := byID.Slice(tx, ofID{m.Contest, m.ID})
	if err != nil {
		return m, false, err
	}
	if len(had) > 0 {
		if had[0].told() == m.told() {
			return had[0], true, nil
		}
		return m, false, fault.At("id", fault.New(fault.Conflict, "流水号 %[1]s 已经用过，内容不同：登记过的不能改，请换一个号，或冲回原来那一笔", "the id %[1]s is taken by another movement: what is posted is never changed; use another id, or take that one back", m.ID))
	}
	if _, in := list[m.Station]; !in {
		return m, false, fault.At("station", fault.New(fault.Invalid, "%[1]s 不在定榜的名单里，没有奖补资金", "%[1]s is not in the final list: there is no money for it", lang.Short(m.Station)))
	}
	if err := m.takesBack(tx); err != nil {
		return m, false, err
	}
	if err := m.fits(tx); err != nil {
		return m, false, err
	}
	n, err := lastN.One(tx, m.Contest)
	if err != nil {
		return m, false, err
	}
	m.N, m.At = n+1, tx.Now()
	if m.LogEntry, err = record.AppendID(tx, by.Sign, m.entry(by)); err != nil {
		return m, false, err
	}
	_, err = insert.Exec(tx, m)
	return m, false, err
}

// takesBack holds a counter-movement against the one that it takes back.
func (m *Movement) takesBack(tx *db.Tx) error {
	if m.Takes == "" {
		return nil
	}
	at := ofID{m.Contest, m.Takes}
	was, err := byID.Slice(tx, at)
	if err != nil {
		return err
	}
	switch {
	case len(was) == 0:
		return fault.At("takes", fault.New(fault.Invalid, "没有流水号为 %[1]s 的一笔", "there is no movement %[1]s", lang.Short(m.Takes)))
	case was[0].Takes != "":
		return fault.At("takes", fault.New(fault.Invalid, "%[1]s 本身是冲回：要恢复就重新登记一笔", "%[1]s is a counter-movement itself: post a new one instead", m.Takes))
	case was[0].Kind != m.Kind || was[0].Station != m.Station || was[0].Fen != -m.Fen:
		return fault.At("takes", fault.New(fault.Invalid, "冲回要和原来那一笔同类别、同驿站、同金额：%[1]s、%[2]s、%[3]s", "a counter-movement has the kind, station and amount of what it takes back: %[4]s, %[2]s, %[3]s", was[0].Kind.Name().ZH, was[0].Station, Yuan(was[0].Fen), was[0].Kind.Name().EN))
	}
	others, err := takenBy.Slice(tx, at)
	if err == nil && len(others) > 0 {
		err = fault.At("takes", fault.New(fault.Conflict, "%[1]s 已经由 %[2]s 冲回", "%[1]s was taken back by %[2]s", m.Takes, others[0].ID))
	}
	return err
}

// fits says why a movement would have more paid than budgeted, more received than paid, or more spent than received.
func (m *Movement) fits(tx *db.Tx) error {
	rows, err := sumsOne.Slice(tx, ofStation{m.Contest, m.Station})
	if err != nil {
		return err
	}
	var s Sums
	for _, r := range rows {
		s[r.Kind.place()] += r.Fen
	}
	at := m.Kind.place()
	s[at] += m.Fen
	for i := range s {
		if i > 0 && s[i] > s[i-1] {
			over, under := Kind(Kinds[i].Key).Name(), Kind(Kinds[i-1].Key).Name()
			return fault.At("fen", fault.New(fault.Conflict, "%[1]s 的%[2]s会是 %[3]s，多于%[4]s %[5]s：先登记%[4]s，或改小这一笔", "%[1]s would have %[6]s %[3]s, more than %[7]s %[5]s: post the %[7]s first, or make this smaller",
				m.Station, over.ZH, Yuan(s[i]), under.ZH, Yuan(s[i-1]), over.EN, under.EN))
		}
	}
	return nil
}

// Sums are those of a station or a selection, by the places of the kinds.
type Sums [4]int64

// Of is the sum of a kind.
func (s Sums) Of(k Kind) int64 { return s[k.place()] }

// Yuan writes fen as money: ¥1,234.50.
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "−", -fen
	}
	whole := strconv.FormatInt(fen/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("%s¥%s.%02d", sign, whole, fen%100)
}

// ParseYuan reads an amount as somebody writes it: 5000, 5,000.00, ¥5,000; a minus before it is a counter-movement's.
func ParseYuan(text string) (fen int64, ok bool) {
	text = strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", "元", "", " ", "", "−", "-").Replace(text)
	text, minus := strings.CutPrefix(text, "-")
	whole, part, dot := strings.Cut(text, ".")
	if !digits.MatchString(whole) || dot && !digits.MatchString(part) || len(whole) > 10 || len(part) > 2 {
		return 0, false
	}
	for _, c := range whole + (part + "00")[:2] {
		fen = fen*10 + int64(c-'0')
	}
	if minus {
		fen = -fen
	}
	return fen, true
}

var digits = regexp.MustCompile(`^[0-9]+$`)
