package lots

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// Shape is what is made of the order.
type Shape struct {
	First  int `json:"first"`  // how many are drawn with the seed; 0: all of them
	Groups int `json:"groups"` // 0 or 1: none
	Team   int `json:"team"`   // how many people go to each lot
}

// Check holds a shape against a list.
func (s Shape) Check(l *List) error {
	switch {
	case s.First < 0 || s.First > len(l.Lots):
		return fault.New(fault.Invalid, "先抽 %[1]d 个，而名单上有 %[2]d 个：写 0 到 %[2]d，0 是全部", "%[1]d are to be drawn first of %[2]d: write 0 to %[2]d, 0 for all", s.First, len(l.Lots))
	case s.Groups < 0 || s.Groups > len(l.Lots):
		return fault.New(fault.Invalid, "分成 %[1]d 组，而名单上只有 %[2]d 个", "%[1]d groups of %[2]d lots are not possible", s.Groups, len(l.Lots))
	case s.Team < 0 || s.Team > len(l.People), s.Team > 0 && s.Groups > 1:
		return fault.New(fault.Invalid, "每个签配 %[1]d 人，而人员名单有 %[2]d 人（分组时不能配人）", "%[1]d people for each lot, and the list has %[2]d (groups have none)", s.Team, len(l.People))
	case s.Team > 0 && len(l.Lots) > MostPairs/len(l.People):
		return fault.New(fault.Invalid, "%[1]d 个签配 %[2]d 人太多：两数相乘最多 %[3]d，请分成几次抽", "%[1]d lots and %[2]d people are too many: their product is %[3]d at most; draw in several", len(l.Lots), len(l.People), MostPairs)
	case s.Team == 0 && len(l.People) > 0:
		return fault.New(fault.Invalid, "名单里有 %[1]d 个人员，却没说每个签配几人", "the list has %[1]d people, and it is not said how many go to each lot", len(l.People))
	}
	return nil
}

// Row is one that was drawn. A place never changes; a skipped one keeps it.
type Row struct {
	Code    string   `json:"code"`
	Group   int      `json:"group"` // 0: no groups
	HMAC    string   `json:"hmac"`
	Place   int      `json:"place"`
	Skipped string   `json:"skipped"` // the reason; empty: it stands
	Team    []Member `json:"team"`
}

// Member is a person of a team.
type Member struct {
	Code    string `json:"code"`
	HMAC    string `json:"hmac"`
	Skipped string `json:"skipped"`
}

// Draw is a list in the order that a seed gave it, and how far it has been drawn. It is not safe
// for concurrent use.
type Draw struct {
	list  *List
	shape Shape
	terms string
	mac   hash.Hash

	order  []scored // that may be drawn
	next   int      // of order
	rows   []Row
	at     map[string]int             // rows by code
	barred map[string]bool            // people, for all lots
	apart  map[string]map[string]bool // lot → people who are excluded for it
	stands map[string]int             // in how many teams a person is
}

type scored struct {
	code  string
	score [sha256.Size]byte
}

// Begin draws the first of a list. Terms are the hash of the commitment, in hexadecimal.
func Begin(l *List, s Shape, terms, seed string) (*Draw, error) {
	if err := s.Check(l); err != nil {
		return nil, err
	}
	d := &Draw{
		list: l, shape: s, terms: terms, mac: hmac.New(sha256.New, []byte(seed)), at: map[string]int{},
		barred: map[string]bool{}, apart: map[string]map[string]bool{}, stands: map[string]int{},
	}
	out := map[string]bool{}
	for _, x := range l.Excluded {
		switch {
		case x.For != "":
			d.part(x.For, x.Code)
		case isPerson(l, x.Code):
			d.barred[x.Code] = true
		default:
			out[x.Code] = true
		}
	}
	for _, lot := range l.Lots {
		if !out[lot.Code] {
			d.order = append(d.order, scored{lot.Code, d.score(lot)})
		}
	}
	slices.SortFunc(d.order, func(a, b scored) int {
		return cmp.Or(bytes.Compare(a.score[:], b.score[:]), strings.Compare(a.code, b.code))
	})
	first := cmp.Or(s.First, len(d.order))
	if first == 0 || first > len(d.order) {
		return nil, faultShort(len(d.order), max(first, 1))
	}
	return d, d.on(first)
}

func isPerson(l *List, code string) bool {
	_, ok := find(l.People, code)
	return ok
}

func (d *Draw) part(lot, person string) {
	if d.apart[lot] == nil {
		d.apart[lot] = map[string]bool{}
	}
	d.apart[lot][person] = true
}

// score is the least HMAC of the tickets of a lot, or of a person for a lot.
func (d *Draw) score(lot Lot, of ...string) (least [sha256.Size]byte) {
	var sum [sha256.Size]byte
	for t := 1; t <= lot.Tickets; t++ {
		d.mac.Reset()
		text := append(append(append(append(make([]byte, 0, 200), d.terms...), '\n'), strconv.Itoa(t)...), '\n')
		for _, lot := range of {
			text = append(append(text, lot...), '\n')
		}
		d.mac.Write(append(text, lot.Code...))
		d.mac.Sum(sum[:0])
		if t == 1 || bytes.Compare(sum[:], least[:]) < 0 {
			least = sum
		}
	}
	return least
}

// on draws n more.
func (d *Draw) on(n int) error {
	for range n {
		lot := d.order[d.next]
		r := Row{Code: lot.code, HMAC: hex.EncodeToString(lot.score[:]), Place: len(d.rows) + 1, Team: []Member{}}
		if d.shape.Groups > 1 {
			r.Group = d.next%d.shape.Groups + 1
		}
		d.at[lot.code] = len(d.rows)
		d.rows = append(d.rows, r)
		d.next++
		if err := d.man(len(d.rows)-1, d.shape.Team); err != nil {
			return err
		}
	}
	return nil
}

// man gives n people to a row.
func (d *Draw) man(row, n int) error {
	r := &d.rows[row]
	if n == 0 {
		return nil
	}
	var free []scored
	for _, p := range d.list.People {
		if !d.barred[p.Code] && !d.apart[r.Code][p.Code] && !slices.ContainsFunc(r.Team, func(m Member) bool { return m.Code == p.Code }) {
			free = append(free, scored{p.Code, d.score(p, r.Code)})
		}
	}
	if len(free) < n {
		return fault.New(fault.Conflict, "“%[1]s”还要配 %[2]d 人，除去被排除的只剩 %[3]d 人：没有抽", "%[1]q needs %[2]d more people, and %[3]d are left who are not excluded: nothing was drawn", r.Code, n, len(free))
	}
	slices.SortFunc(free, func(a, b scored) int {
		return cmp.Or(d.stands[a.code]-d.stands[b.code], bytes.Compare(a.score[:], b.score[:]), strings.Compare(a.code, b.code))
	})
	for _, p := range free[:n] {
		r.Team = append(r.Team, Member{Code: p.code, HMAC: hex.EncodeToString(p.score[:])})
		d.stands[p.code]++
	}
	return nil
}

// Extend draws n more lots, or n more people for a lot that was drawn. Where there are fewer nothing
// is drawn, and it is a fault.Conflict.
func (d *Draw) Extend(lot string, n int) error {
	if n < 1 {
		return fault.New(fault.Invalid, "续抽 %[1]d 个：至少一个", "%[1]d more are to be drawn: one at least", n)
	}
	if lot == "" {
		if left := len(d.order) - d.next; left < n {
			return faultShort(left, n)
		}
		return d.on(n)
	}
	row, ok := d.at[lot]
	if !ok || d.shape.Team == 0 || d.rows[row].Skipped != "" {
		return fault.New(fault.Conflict, "“%[1]s”没有抽中、已跳过，或不配人", "%[1]q was not drawn, was skipped, or has no people", lot)
	}
	return d.man(row, n)
}

func faultShort(left, n int) error {
	return fault.New(fault.Conflict, "要抽 %[2]d 个，名单上还能抽的只有 %[1]d 个：没有抽", "%[2]d are to be drawn, and %[1]d of the list can be: nothing was drawn", left, n)
}

// Skip strikes out a lot that was drawn, or with lot a person of its team. A person without lot is
// given to no more lots. Nobody else moves.
func (d *Draw) Skip(code, lot, reason string) error {
	if _, known := Reason(reason); !known {
		return fault.New(fault.Invalid, "跳过的理由“%[1]s”不在表里：可以是 %[2]s", "%[1]q is no reason to skip: it may be %[3]s", reason, keysOf(Reasons), keysOf(Reasons))
	}
	if isPerson(d.list, code) {
		return d.skipPerson(code, lot, reason)
	}
	row, drawn := d.at[code]
	if !drawn || lot != "" {
		return fault.New(fault.Conflict, "“%[1]s”没有抽中，不用跳过", "%[1]q was not drawn, so that there is nothing to skip", code)
	}
	if d.rows[row].Skipped != "" {
		return faultSkipped(code)
	}
	d.rows[row].Skipped = reason
	for i := range d.rows[row].Team {
		if m := d.rows[row].Team[i]; m.Skipped == "" {
			d.stands[m.Code]--
		}
	}
	return nil
}

func (d *Draw) skipPerson(code, lot, reason string) error {
	if lot == "" {
		if d.barred[code] {
			return faultSkipped(code)
		}
		d.barred[code] = true
		return nil
	}
	row, drawn := d.at[lot]
	if !drawn {
		return fault.New(fault.Conflict, "“%[1]s”没有抽中", "%[1]q was not drawn", lot)
	}
	team := d.rows[row].Team
	i := slices.IndexFunc(team, func(m Member) bool { return m.Code == code })
	if i < 0 {
		return fault.New(fault.Conflict, "“%[1]s”不在“%[2]s”的人员里", "%[1]q is not of the people of %[2]q", code, lot)
	}
	if team[i].Skipped != "" {
		return faultSkipped(code)
	}
	team[i].Skipped = reason
	if d.rows[row].Skipped == "" {
		d.stands[code]--
	}
	d.part(lot, code)
	return nil
}

func faultSkipped(code string) error {
	return fault.New(fault.Conflict, "“%[1]s”已经跳过了", "%[1]q was skipped already", code)
}

// Rows are what was drawn so far, by place.
func (d *Draw) Rows() []Row {
	rows := slices.Clone(d.rows)
	for i := range rows {
		rows[i].Team = slices.Clone(rows[i].Team)
	}
	return rows
}

// Left is how many lots may yet be drawn.
func (d *Draw) Left() int { return len(d.order) - d.next }

// Hash is the SHA-256 of the canonical JSON of rows, as entries have it.
func Hash(rows []Row) (string, error) {
	text, err := canonical.JSON(rows)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}
