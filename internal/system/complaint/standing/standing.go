// Package standing is where the problems of an inspection stand, as a figure with a receipt: what the front page tells, and
// anybody can add up again from the entries of the public log.
//
//	queries := standing.Queries()
//	path := standing.Path(at, "XN2023")
//
// A rebound takes a closing back in every figure from its day on: what counts is where a problem stands now, and the
// steps before stay in the log.
package standing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Problems is the query of how far the problems of an inspection are.
const Problems = "complaint.problems/1"

const minute = "2006-01-02T15:04"

// Path is where the figure of a minute is explained, of one inspection or, without a code, of all.
func Path(at time.Time, campaign string) string { return pathOf(Problems, at, campaign) }

func pathOf(query string, at time.Time, campaign string) string {
	p := figure.Params{"at": at.In(calendar.China).Format(minute)}
	if campaign != "" {
		p["campaign"] = campaign
	}
	return figure.Path(query, p)
}

// Queries are the figures that the system publishes.
func Queries() []figure.Query { return []figure.Query{problemsQuery(), closingsQuery()} }

// fromLog makes problems of what the public log says, without the database.
var fromLog = &figure.Fold{
	Kinds: []string{"complaint.batch-received", "complaint.problem-opened", "complaint.problem-moved", "complaint.period-changed"},
	Begin: func() figure.State { return &log{problems: map[string]*place{}, letters: map[string]map[int]int{}} },
}

// log is what the entries add up to.
type log struct {
	problems map[string]*place      // by code
	letters  map[string]map[int]int // by campaign and batch
}

// place is where a problem stands.
type place struct {
	Stage    string
	Life     int
	Due      time.Time
	rebounds int
}

// Add takes in an entry.
func (l *log) Add(s logtree.Statement) error {
	var e struct {
		Code     string `json:"code"`
		Life     int    `json:"life"`
		Move     string `json:"move"`
		From     string `json:"from"`
		To       string `json:"to"`
		Due      string `json:"due"`
		Campaign string `json:"campaign"`
		Number   int    `json:"number"`
		Letters  int    `json:"letters"`
	}
	if err := json.Unmarshal(s.Public, &e); err != nil {
		return fmt.Errorf("standing: %s: %w", s.Kind, err)
	}
	switch s.Kind {
	case "complaint.batch-received":
		if l.letters[e.Campaign] == nil {
			l.letters[e.Campaign] = map[int]int{}
		}
		l.letters[e.Campaign][e.Number] = e.Letters
		return nil
	case "complaint.problem-opened":
		l.problems[e.Code] = &place{Stage: complaint.Received, Life: 1}
		return nil
	}
	if e.Code == "" { // a letter's period
		return nil
	}
	p := l.problems[e.Code]
	if p == nil { // its opening was lost with an older database; what came later holds
		p = &place{}
		l.problems[e.Code] = p
	}
	p.Due = time.Time{}
	if s.Kind == "complaint.problem-moved" {
		p.Stage, p.Life = e.To, e.Life
	}
	if e.Move == "reopen" {
		p.rebounds++
	}
	if e.Due != "" {
		due, err := time.Parse(time.RFC3339, e.Due)
		if err != nil {
			return fmt.Errorf("standing: %s: %w", s.Kind, err)
		}
		p.Due = due
	}
	return nil
}

// Result is how far the problems of an inspection are.
type Result struct {
	Letters   int            `json:"letters"`
	Problems  int            `json:"problems"` // without those that were merged into others
	Unsigned  int            `json:"unsigned"` // assigned, and nobody has signed for them
	Late      int            `json:"late"`     // what is owed now is late
	Closed    int            `json:"closed"`   // 销号, and those that are settled
	Settled   int            `json:"settled"`
	Reopened  int            `json:"reopened"` // that have come back after they were called done
	Stages    map[string]int `json:"stages"`
	WasClosed int            `json:"was_closed"` // that were called done once, however they stand now
}

func (l *log) count(campaign string, at time.Time) Result {
	r := Result{Stages: map[string]int{}}
	for of, batches := range l.letters {
		for _, n := range batches {
			if campaign == "" || of == campaign {
				r.Letters += n
			}
		}
	}
	for code, p := range l.problems {
		if of, _, _ := strings.Cut(code, "-"); campaign != "" && of != campaign || p.Stage == complaint.Empty {
			continue
		}
		r.add(p.Stage, p.Due, p.rebounds > 0, at)
	}
	return r
}

// add counts one problem.
func (r *Result) add(stage string, due time.Time, back bool, at time.Time) {
	r.Problems++
	r.Stages[stage]++
	if stage == complaint.Assigned {
		r.Unsigned++
	}
	if !due.IsZero() && due.Before(at) && stage != complaint.Filed && stage != complaint.Settled {
		r.Late++
	}
	if back {
		r.Reopened++
	}
	switch stage {
	case complaint.Settled:
		r.Settled++
		r.Closed++
	case complaint.Filed:
		r.Closed++
	}
	if back || complaint.CalledDone(stage) {
		r.WasClosed++
	}
}

// code is a campaign's, as an address has it.
var code = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,11}$`)

func problemsQuery() figure.Query {
	return figure.Query{
		Name:    Problems,
		Members: []string{"letters", "problems", "unsigned", "late", "closed", "settled", "reopened", "stages", "was_closed"},
		Title:   text("一次督察的问题办到哪一步", "How far the problems of an inspection are"),
		How: text(
			"把公开日志里“收到批次”“立了问题”“问题走了一步”“期限变动”的条目从头合起来，就知道每个问题现在停在哪一步、到什么时候。信访件按批次数，问题按编号数，并入别的问题的不再数；重开的从重开那天起不再算已销号。",
			"The entries of the public log on batches, problems opened, their steps and their periods make where each problem stands, and until when. Letters are counted by batch, problems by code; one that was merged into another counts no more, and one that came back is closed no more from that day on.",
		),
		Over:   fromLog,
		Settle: settle,
		Answer: func(_ context.Context, s figure.State, p figure.Params, _ map[string]string) (any, error) {
			at, err := time.ParseInLocation(minute, p["at"], calendar.China)
			if err != nil {
				return nil, fmt.Errorf("standing: %w", err)
			}
			return s.(*log).count(p["campaign"], at), nil
		},
		Tell: tell,
	}
}

// settle reads of which inspection and minute a figure is.
func settle(p figure.Params, now time.Time) (figure.Params, error) {
	at, err := now, error(nil)
	if p["at"] != "" {
		if at, err = time.ParseInLocation(minute, p["at"], calendar.China); err != nil {
			err = fault.At("at", fault.New(fault.Invalid, "时间要写成 2026-11-23T22:00", "write the time as 2026-11-23T22:00"))
		}
	}
	out := figure.Params{"at": at.In(calendar.China).Format(minute)}
	if p["campaign"] != "" {
		out["campaign"] = p["campaign"]
	}
	if p["campaign"] != "" && !code.MatchString(p["campaign"]) {
		err = errors.Join(err, fault.At("campaign", fault.New(fault.Invalid, "督察的编号写成 XN2023 这样；不写就是全部督察", "write the code of an inspection as XN2023; without one it is all of them")))
	}
	return out, err
}

func text(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

func tell(p figure.Params, result json.RawMessage) []figure.Line {
	var r Result
	_ = json.Unmarshal(result, &r) // what is no result tells nothing
	line := func(zh, en string, n int) figure.Line {
		return figure.Line{Name: text(zh, en), Value: text(strconv.Itoa(n), strconv.Itoa(n))}
	}
	of := text("全部督察", "all inspections")
	if p["campaign"] != "" {
		of = text(p["campaign"], p["campaign"])
	}
	lines := []figure.Line{
		{
			Name:  text(of.ZH+"，"+p["at"], of.EN+", "+p["at"]),
			Value: text(fmt.Sprintf("%d 件信访件，%d 个问题，已销号 %d 个", r.Letters, r.Problems, r.Closed), fmt.Sprintf("%d letters, %d problems, %d closed", r.Letters, r.Problems, r.Closed)),
		},
		line("交办了还没签收的", "assigned and not signed for", r.Unsigned),
		line("现在欠着的一步已经超期的", "late with what is owed now", r.Late),
		line("说过办结的", "called done once", r.WasClosed),
		line("其中又反弹重开的", "of these, come back", r.Reopened),
	}
	for _, stage := range slices.Sorted(maps.Keys(r.Stages)) {
		s, _ := complaint.Problem.Stage(stage)
		lines = append(lines, line(s.Name.ZH, s.Name.EN, r.Stages[stage]))
	}
	return lines
}
