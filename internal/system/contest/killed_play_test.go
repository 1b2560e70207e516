package contest_test

import (
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// play is an event: five entries, of which one does not come and one is interrupted, with a recusal, an absence, two corrections, a tie and
// two releases.
var play = func() (all []act) {
	const code = contesttest.Code
	add := func(name string, do func(h *contesttest.Hall) error) {
		all = append(all, act{name, func(h *contesttest.Hall) (answer, error) { return answer{}, do(h) }})
	}
	run := func(at hall.At) {
		add("call", func(h *contesttest.Hall) error { return h.Call(h.Ctx(), h.Keeper, at) })
		add("start", func(h *contesttest.Hall) error { return h.Start(h.Ctx(), h.Keeper, at) })
		add("stop", func(h *contesttest.Hall) error { return h.Stop(h.Ctx(), h.Keeper, at) })
	}
	draft := func(at hall.At, judge int, score string) {
		all = append(all, act{"draft", func(h *contesttest.Hall) (answer, error) {
			err := h.Draft(h.Ctx(), h.Judges[judge], hall.Draft{At: at, Criterion: "score", Mark: score, Device: contesttest.Device(judge)})
			return answer{Judge: judge, Entry: at.Entry, Mark: score}, err
		}})
	}
	lock := func(at hall.At, version int, scores ...string) {
		for judge, score := range scores {
			if score == "" {
				continue
			}
			v := version
			if at.Attempt == 2 && judge > 1 { // only two had sealed the first
				v = 1
			}
			all = append(all, act{"lock", func(h *contesttest.Hall) (answer, error) {
				l := sealing(h, at, judge, v, score)
				r, err := h.Lock(h.Ctx(), h.Judges[judge], l)
				return answer{Judge: judge, Entry: at.Entry, Commitment: l.Commitment, Log: r.Entry}, err
			}})
		}
	}
	shut := func(at hall.At) {
		add("close", func(h *contesttest.Hall) error { return h.Close(h.Ctx(), h.Keeper, at) })
		add("check", func(h *contesttest.Hall) error { return h.Check(h.Ctx(), h.Supervisor, at) })
	}
	show := func(at hall.At) {
		shut(at)
		add("reveal", func(h *contesttest.Hall) error { return h.Reveal(h.Ctx(), h.Host, at, h.Openings(at.Entry)) })
	}
	correct := func(at hall.At, judge, version int, score string, confirm bool, name string) {
		add("correct", func(h *contesttest.Hall) error {
			_, err := h.Correct(h.Ctx(), h.Keeper, at, fmt.Sprintf("j%d", judge+1), "看错了一行")
			return err
		})
		all = append(all, act{"reseal", func(h *contesttest.Hall) (answer, error) {
			l := sealing(h, at, judge, version, score)
			a := answer{Judge: judge, Entry: at.Entry, Commitment: l.Commitment}
			id, err := open(h)
			if err == nil {
				_, err = h.Reseal(h.Ctx(), h.Judges[judge], id, l)
			}
			return a, err
		}})
		add(name, func(h *contesttest.Hall) error {
			id, err := open(h)
			if err == nil {
				if confirm {
					err = h.Correction(h.Ctx(), h.Supervisor, id)
				} else {
					err = hall.Requests{Halls: h.Halls}.Correction(h.Ctx(), h.Supervisor, id, "没有看错")
				}
			}
			return err
		})
	}
	at := contesttest.At
	add("recuse", func(h *contesttest.Hall) error {
		return h.Recuse(h.Ctx(), h.Organiser, seat.Away{Contest: code, Entry: "01", Seat: "j1", Reason: "本单位"})
	})
	run(at("01"))
	for j := 1; j < 9; j++ {
		draft(at("01"), j, "8.8")
	}
	add("call", func(h *contesttest.Hall) error { return h.Call(h.Ctx(), h.Keeper, at("02")) })
	add("postpone", func(h *contesttest.Hall) error { return h.Postpone(h.Ctx(), h.Keeper, at("02"), "堵车") })
	add("call", func(h *contesttest.Hall) error { return h.Call(h.Ctx(), h.Keeper, at("02")) })
	add("start", func(h *contesttest.Hall) error { return h.Start(h.Ctx(), h.Keeper, at("02")) })
	add("pause", func(h *contesttest.Hall) error { return h.Pause(h.Ctx(), h.Keeper, at("02")) })
	add("start", func(h *contesttest.Hall) error { return h.Start(h.Ctx(), h.Keeper, at("02")) })
	add("stop", func(h *contesttest.Hall) error { return h.Stop(h.Ctx(), h.Keeper, at("02")) })
	draft(at("02"), 3, "7.9")
	lock(at("01"), 1, "", "9.1", "9.3", "9.5", "8.0", "9.2", "9.9", "9.4", "9.0")
	shut(at("01"))
	add("refuse", func(h *contesttest.Hall) error {
		return h.Refuse(h.Ctx(), h.Supervisor, at("01"), "再看一次")
	})
	show(at("01"))
	lock(at("02"), 1, "9", "9", "9", "9", "9", "9", "9", "9")
	add("missing", func(h *contesttest.Hall) error { return h.Missing(h.Ctx(), h.Keeper, at("02"), "j9", "平板没电") })
	add("away", func(h *contesttest.Hall) error { return h.Away(h.Ctx(), h.Supervisor, at("02"), "j9") })
	show(at("02"))
	add("ask", func(h *contesttest.Hall) error { return h.Ask(h.Ctx(), h.Keeper, at("03"), "没有到场") })
	add("forfeit", func(h *contesttest.Hall) error { return h.Forfeit(h.Ctx(), h.Supervisor, at("03")) })
	correct(at("01"), 4, 2, "9.3", true, "confirm a correction")
	run(at("04"))
	lock(at("04"), 1, "7", "7")
	add("ask", func(h *contesttest.Hall) error { return h.Ask(h.Ctx(), h.Keeper, at("04"), "停电") })
	add("interrupt", func(h *contesttest.Hall) error { return h.Interrupt(h.Ctx(), h.Supervisor, at("04")) })
	run(at("05"))
	lock(at("05"), 1, "9", "9", "9", "9", "9", "9", "9", "9", "9")
	show(at("05"))
	second := at("04")
	second.Attempt = 2
	run(second)
	lock(second, 2, "8.8", "8.8", "8.8", "8.8", "8.8", "8.8", "8.8", "8.8", "8.8")
	show(second)
	correct(at("05"), 2, 2, "1", false, "drop a correction")
	lots := mark.Decision{By: "lots", Stage: "final", Among: []string{"02", "05"}, Entries: []string{"05", "02"}}
	add("decide", func(h *contesttest.Hall) error { _, err := h.Decide(h.Ctx(), h.Keeper, code, lots); return err })
	add("confirm", func(h *contesttest.Hall) error { return h.Confirm(h.Ctx(), h.Supervisor, code, 1) })
	out := func(h *contesttest.Hall) error {
		_, err := release.In(h.DB, h.Facts).Release(h.Ctx(), h.Organiser, code, "更正一张评分表")
		return err
	}
	add("release", out)
	correct(at("02"), 5, 2, "9.1", true, "confirm a correction")
	add("release", out)
	return all
}()

func sealing(h *contesttest.Hall, at hall.At, judge, version int, score string) hall.Lock {
	e, err := h.Events.Get(h.Ctx(), contesttest.Code)
	h.Must(err)
	o := seal.Opening{
		Contest: contesttest.Code, Rule: e.RuleHash, Entry: at.Entry, Part: at.Part, Seat: fmt.Sprintf("j%d", judge+1), Version: version,
		Marks: map[string]string{"score": score}, Salt: saltOf(at, judge, version), By: seal.Device,
	}
	return hall.Lock{At: at, Marks: o.Marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: strings.Repeat("a", 8) + o.Salt[:8], Device: contesttest.Device(judge)}
}

// open is the correction that is under way; it is a conflict where it has ended.
func open(h *contesttest.Hall) (id string, err error) {
	var asks []hall.Ask
	h.Must(h.DB.View(h.Ctx(), func(tx *db.Tx) (err error) { asks, err = hall.Asks(tx, contesttest.Code); return err }))
	if len(asks) == 0 {
		return "", fault.New(fault.Conflict, "没有更正在办", "no correction is under way")
	}
	return asks[0].ID, nil
}
