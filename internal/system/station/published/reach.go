package published

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// Reach is the query of how many people reach an open station.
const Reach = "station.reach/1"

// The files that it needs. Without a file of people the estimate that the streets came
// with stands in.
const streetsFile, peopleFile = "streets", "people"

// logged is what of the result the log alone gives.
type logged struct {
	Operating    int    `json:"operating"`
	Open         int    `json:"open"`
	HoursUnknown int    `json:"hours_unknown"`
	Holidays     string `json:"holidays"`
	Contradicted int    `json:"contradicted"`
	PeopleSHA256 string `json:"people_sha256"` // of the file of people, where the log commits to it
}

// reached is the rest. The names are those of the API's coverage.
type reached struct {
	StationsOpen int     `json:"stations_open"` // of Open, those near a street: they count
	DemandTotal  float64 `json:"demand_total"`
	Covered1     float64 `json:"covered_1"`
	Share1       float64 `json:"share_1"`
}

type reachResult struct {
	logged
	reached
}

// reachMembers are all of both.
var reachMembers = []string{"operating", "open", "hours_unknown", "holidays", "contradicted", "people_sha256", "stations_open", "demand_total", "covered_1", "share_1"}

// ReachPath is where the figure of a minute is explained, of a kind of demand: a quarter
// of an hour on foot.
func ReachPath(at time.Time, kind string) string {
	path, _ := CoveragePath(coverage.Question{At: at, Demand: kind})
	return path
}

// CoveragePath is where the figure of a question is explained, and false for one that the log
// cannot be asked: whatever the hour, or of a year that nobody knows.
func CoveragePath(q coverage.Question) (string, bool) {
	if q.AnyHour || q.At.Year() < firstYear || q.At.Year() > lastYear {
		return "", false
	}
	within := cmp.Or(q.Within, station.DefaultCutoff)

	return figure.Path(Reach, figure.Params{
		"at": q.At.In(calendar.China).Format(minute), "minutes": strconv.Itoa(int(within / time.Minute)), "mode": q.Mode.String(), "demand": cmp.Or(q.Demand, demand.People),
	}), true
}

func reachQuery(live func() *city.City) figure.Query {
	q := figure.Query{
		Name:    Reach,
		Needs:   []string{streetsFile, peopleFile},
		Members: reachMembers,
		Title:   lang.Text{ZH: "多少人走得到开着的驿站", EN: "How many people reach an open station"},
		How: lang.Text{
			ZH: "名册和开门的驿站由公开日志得出；再沿真实街道，从每一格居民算到每一座开着的驿站，看在时限内到得了的人占多少。街道和居民不在日志里，是两个文件，凭据里有它们的散列。",
			EN: "The register, and which stations are open, come from the public log; then the ways along real streets from each cell of people to each open station say what share of the people are there in time. Streets and people are not in the log: they are files, and the receipt has their hashes.",
		},
		Over:   withPeople,
		Settle: settleReach,
		Answer: answerReach,
		Tell:   tellReach,
	}
	if live != nil {
		q.Live = func(ctx context.Context, s figure.State, p figure.Params) (any, []figure.File, error) {
			return reachNow(ctx, live(), s.(*register), p)
		}
		q.Past = func(ctx context.Context, s figure.State, p figure.Params) (any, []figure.File, error) {
			return reachThen(ctx, live(), s.(*register), p)
		}
	}
	return q
}

func settleReach(p figure.Params, now time.Time) (figure.Params, error) {
	at, wrong := settleAt(p["at"], now)
	out := figure.Params{"at": at, "demand": demand.People, "minutes": "15", "mode": network.Walk.String()}
	if kind := p["demand"]; kind != "" {
		if out["demand"] = kind; !demand.ValidKind(kind) {
			wrong = errors.Join(wrong, fault.At("demand", fault.New(fault.Invalid, "没有“%s”这种需求", "there is no demand of the kind “%s”", lang.Short(kind))))
		}
	}
	if text := p["minutes"]; text != "" {
		n, err := strconv.Atoi(text)
		if out["minutes"] = text; err != nil || strconv.Itoa(n) != text || time.Duration(n)*time.Minute < station.MinCutoff || time.Duration(n)*time.Minute > station.MaxCutoff {
			wrong = errors.Join(wrong, fault.At("minutes", fault.New(fault.Invalid, "“%s”分钟不行：请写 1 到 60", "“%s” minutes will not do: write 1 to 60", lang.Short(text))))
		}
	}
	if mode := p["mode"]; mode != "" {
		if _, ok := network.ParseMode(mode); !ok {
			wrong = errors.Join(wrong, fault.At("mode", fault.New(fault.Invalid, "“%s”不行：请写 walk 或 ebike", "“%s” will not do: write walk or ebike", lang.Short(mode))))
		}
		out["mode"] = mode
	}
	return out, wrong
}

func question(p figure.Params) coverage.Question {
	mode, _ := network.ParseMode(p["mode"]) // settleReach has read both
	minutes, _ := strconv.Atoi(p["minutes"])
	return coverage.Question{Mode: mode, Within: time.Duration(minutes) * time.Minute, At: momentOf(p), Demand: p["demand"]}
}

func fromLog(s *register, p figure.Params) (logged, error) {
	open, err := countOpen(s.Register, figure.Params{"at": p["at"]})
	return logged{open.Operating, open.Open, open.HoursUnknown, open.Holidays, open.Contradicted, s.people[p["demand"]]}, err
}

func of(c *coverage.Coverage) reached {
	return reached{c.Counted, c.Demand.Float(), c.Covered[1].Float(), lang.FewDigits(c.Covered[1].Share(c.Demand), 4)}
}

// reachNow answers on a site's city, if that is what the log says.
func reachNow(ctx context.Context, c *city.City, r *register, p figure.Params) (any, []figure.File, error) {
	if !r.Says(c.Network.Stations) {
		return nil, nil, faultApart()
	}
	cover, err := c.Survey.Cover(ctx, question(p))
	if err != nil {
		return nil, nil, err
	}
	return withFiles(c, r, p, cover)
}

// reachThen answers on the stations of an earlier log, and the streets and people of now.
func reachThen(ctx context.Context, c *city.City, r *register, p figure.Params) (any, []figure.File, error) {
	stations, err := r.Stations()
	if err != nil {
		return nil, nil, err
	}
	var demands []demand.Demand
	switch d, ok := c.Survey.Demand(p["demand"]); {
	case !ok || d.Estimated != !r.hasPeople(p["demand"]):
		return nil, nil, faultOtherPeople()
	case !d.Estimated:
		demands = append(demands, d)
	}
	cover, err := city.Surveyed(c.Atlas, stations, demands).Cover(ctx, question(p))
	if err != nil {
		return nil, nil, err
	}
	result, files, err := withFiles(c, r, p, cover)
	if fault.KindOf(err) == fault.Unavailable {
		err = faultOtherPeople()
	}
	return result, files, err
}

func faultOtherPeople() *fault.Error {
	return fault.New(fault.NotFound, "这个地址说的是较早的日志，那以后居民数据换过，网站上已没有当时那一份，所以算不出当时的数字。当时下载的凭据仍然有效，配上当时的文件就能核对。",
		"This address speaks of an earlier log. The data of people were replaced since and the site has no longer those of then, so the figure of then cannot be worked out. A receipt that was downloaded then still holds, and is checked with the files of then.")
}

// withFiles adds what the log says, and of which files a coverage was made.
func withFiles(c *city.City, r *register, p figure.Params, cover *coverage.Coverage) (any, []figure.File, error) {
	said, err := fromLog(r, p)
	if err != nil {
		return nil, nil, err
	}
	streets := fmt.Sprintf("streets-%.12s.atlas", c.Atlas.Info.Hash) // as /coverage hands it out
	files := []figure.File{{Name: streetsFile, SHA256: c.Atlas.Sum(), From: "/coverage/inputs/" + streets, As: streets}}
	if d, ok := c.Survey.Demand(p["demand"]); ok && !d.Estimated {
		sum, err := demand.Sum(d)
		if err != nil {
			return nil, nil, err
		}
		if said.PeopleSHA256 != "" && said.PeopleSHA256 != sum {
			return nil, nil, faultApart()
		}
		files = append(files, figure.File{Name: peopleFile, SHA256: sum, From: "/coverage/inputs/demand.csv?demand=" + d.Kind, As: "demand-" + d.Kind + ".csv"})
	}
	return reachResult{said, of(cover)}, files, nil
}

func faultApart() *fault.Error {
	return fault.New(fault.Unavailable, "名册或居民数据刚刚改过，网站和公开日志还差几秒，请再打开一次；过后仍是这样，就是网站的数据与公开日志不符。",
		"The register or the people were only just changed, and site and public log are seconds apart: open this again. If it stays so, what the site has is not what the public log says.")
}

// answerReach answers from files; without all of them, what the log gives.
func answerReach(ctx context.Context, s figure.State, p figure.Params, files map[string]string) (any, error) {
	r := s.(*register)
	said, err := fromLog(r, p)
	people, apart := files[peopleFile]
	if err == nil && people != "" && said.PeopleSHA256 != "" {
		said.PeopleSHA256, err = committed(said.PeopleSHA256, people)
	}
	if err != nil || files[streetsFile] == "" || apart && people == "" {
		return said, err
	}
	streets, err := atlas.Open(files[streetsFile])
	if err != nil {
		return nil, err
	}
	stations, err := r.Stations()
	if err != nil {
		return nil, err
	}
	var demands []demand.Demand
	if apart {
		if demands, err = readPeople(ctx, people, p["demand"]); err != nil {
			return nil, err
		}
	}
	cover, err := city.Surveyed(streets, stations, demands).Cover(ctx, question(p))
	if err != nil {
		return nil, err
	}
	return reachResult{said, of(cover)}, nil
}

// committed is the hash of the file of people that the log has, or, where the file is
// another, both: no receipt says that.
func committed(logged, path string) (string, error) {
	is, err := figure.SumOf(path)
	if err != nil {
		return "", err
	}
	if is != logged {
		return "log: " + logged + ", file: " + is, nil
	}
	return logged, nil
}

func readPeople(ctx context.Context, path, kind string) ([]demand.Demand, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return demand.Read(ctx, f, demand.Reading{Weights: []demand.Weighting{{Kind: kind, Day: "day", Night: "night"}}, Source: filepath.Base(path)})
}

func tellReach(p figure.Params, result json.RawMessage) []figure.Line {
	r := read[reachResult](result)
	how := lang.Text{ZH: "走路 " + p["minutes"] + " 分钟", EN: p["minutes"] + " min on foot"}
	if p["mode"] == network.Ebike.String() {
		how = lang.Text{ZH: "骑电动车 " + p["minutes"] + " 分钟", EN: p["minutes"] + " min by e-bike"}
	}
	share := strconv.FormatFloat(lang.FewDigits(100*r.Share1, 2), 'f', -1, 64) + " %"
	return []figure.Line{
		{
			Name:  lang.Text{ZH: when(p) + "，" + how.ZH + "以内走得到开着的驿站的人", EN: "At " + when(p) + ", people with an open station within " + how.EN},
			Value: lang.Text{ZH: share, EN: share},
		},
		line("其中开着、能走到的驿站", "Stations that count: open, and near a street", strconv.Itoa(r.StationsOpen)),
		line("营业的驿站", "Operating stations", strconv.Itoa(r.Operating)),
		line("到得了的人", "People who reach one", strconv.FormatFloat(r.Covered1, 'f', 0, 64)),
		line("一共", "Of", strconv.FormatFloat(r.DemandTotal, 'f', 0, 64)),
	}
}
