package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// roads are where the streets of letters are, about: they are put on a drawn city.
var roads = map[string]geo.Point{
	"五四西路": {Lat: 36.6275, Lon: 101.742}, "昆仑大道": {Lat: 36.605, Lon: 101.752}, "海晏路": {Lat: 36.632, Lon: 101.748}, "祁连路": {Lat: 36.633, Lon: 101.795},
	"南川西路": {Lat: 36.598, Lon: 101.768}, "柴达木路": {Lat: 36.645, Lon: 101.728}, "建国路": {Lat: 36.612, Lon: 101.803}, "滨河南路": {Lat: 36.622, Lon: 101.774},
	"朝阳东路": {Lat: 36.644, Lon: 101.785}, "西关大街": {Lat: 36.621, Lon: 101.763}, "互助路": {Lat: 36.617, Lon: 101.822}, "德令哈路": {Lat: 36.608, Lon: 101.79},
}

// The rounds: so many sites each, one that was made and one for the morning after the month.
const (
	visitedSites = 4
	todaysSites  = 5
)

// tour is the supervisor's part of a month.
type tour struct{ *player }

// visits has the supervisor go round some sites, and plan the next morning's.
func (p tour) visits(ctx context.Context, all []begun) error {
	at := p.at(ctx, visited, 9, 30)
	clerk, err := p.as(at, Coordinator)
	if err != nil {
		return err
	}
	sites, err := p.placed(at, clerk, all)
	if err != nil {
		return err
	}
	who, err := p.as(at, Supervisor)
	if err != nil {
		return err
	}
	r, err := p.Visits.Plan(at, who, visit.New{Campaign: Campaign, Day: p.day(0), Mode: visit.Drive, Problems: sites[:visitedSites]})
	if err != nil {
		return err
	}
	for n := range visitedSites {
		if err := p.stop(ctx, r, n); err != nil {
			return fmt.Errorf("stop %d: %w", n+1, err)
		}
	}
	return nil
}

// tomorrow plans the round that a demo shows as today's.
func (p tour) tomorrow(ctx context.Context, all []begun) error {
	at := p.at(ctx, rebound, 22, 0)
	who, err := p.as(at, Supervisor)
	if err != nil {
		return err
	}
	var codes []string
	err = p.DB.View(at, func(tx *db.Tx) error {
		codes = nil
		for _, b := range all {
			one, err := problem.Read(tx, b.problem)
			if err != nil {
				return err
			}
			if one.Lat != nil && one.Stage == complaint.Rectifying {
				codes = append(codes, one.Code)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = p.Visits.Plan(at, who, visit.New{Campaign: Campaign, Day: p.day(1), Mode: visit.Drive, Problems: codes[len(codes)-todaysSites:]})
	return err
}

// placed gives some problems that are being put right a place on the map, as the office does before a round, and returns their
// codes: each on a road of its own.
func (p tour) placed(ctx context.Context, clerk identity.Colleague, all []begun) (codes []string, err error) {
	had := map[string]bool{}
	for _, b := range all {
		road := roadOf(b.Text)
		now, err := stands(ctx, p.DB, b)
		if err != nil {
			return nil, err
		}
		if road == "" || had[road] || b.site != "" || now.Stage != complaint.Rectifying {
			continue
		}
		had[road] = true
		if _, err := p.Problems.Describe(ctx, clerk, problem.Description{
			Problem: b.problem, SeenAt: now.ChangedAt, Title: road + b.Kinds[0].Name().ZH + "问题", Site: road + "（模拟）", Division: b.Division, Kinds: b.Kinds, Key: b.Key, At: roads[road],
		}); err != nil {
			return nil, err
		}
		codes = append(codes, now.Code)
	}
	if len(codes) < visitedSites+todaysSites {
		return nil, fmt.Errorf("only %d problems have a place", len(codes))
	}
	return codes, nil
}

func roadOf(text string) string {
	for _, road := range places {
		if strings.HasPrefix(text, road) {
			return road
		}
	}
	return ""
}

// stop is what happens at a site: what was found of its promise, an instruction, and who signed.
func (p tour) stop(ctx context.Context, r visit.Round, n int) error {
	at := p.at(ctx, visited, 10, 20*n)
	who, err := p.as(at, Supervisor)
	if err != nil {
		return err
	}
	w, err := p.Visits.Get(at, who, r.ID)
	if err != nil {
		return err
	}
	here := visit.At{Round: r.ID, Problem: w.Stops[n].Problem.Code}
	if n == 2 {
		return p.Visits.See(at, who, visit.See{At: here, Found: visit.Closed, Note: "大门上锁，电话里说下午有人，改天再来"})
	}
	shown, err := p.photo(at, who)
	if err != nil {
		return err
	}
	seen := visit.See{At: here, Measure: 1, Found: visit.Kept, Note: "措施已经落实，现场没有异味"}
	if n%2 == 1 {
		seen.Found, seen.Note = visit.Partly, "做了一半：设备装了，还没有接电"
	}
	seen.Files = []string{shown.Hash}
	if err := p.Visits.See(at, who, seen); err != nil {
		return err
	}
	if n%2 == 1 {
		if _, err := p.Visits.Tell(at, who, visit.Tell{At: here, What: "三天内接电运行，每天记录一次并拍照", Day: p.day(3)}); err != nil {
			return err
		}
	}
	return p.ink(at, who, here, n)
}

// ink signs for the unit, drawn, or says why nobody does; the supervisor signs by name.
func (p tour) ink(ctx context.Context, who identity.Colleague, here visit.At, n int) error {
	s, err := p.Visits.At(ctx, who, here.Round, here.Problem)
	if err != nil {
		return err
	}
	sign := visit.Sign{At: here, As: visit.AsUnit, Words: s.Problem.Code + "（模拟）", Covers: s.Acts()}
	if n == 3 {
		sign.Refused = "说要先请示，不肯签"
	} else {
		sign.Name = "现场负责人（模拟）"
		var b bytes.Buffer
		if err := png.Encode(&b, scribble()); err != nil {
			return err
		}
		taken, err := p.album.Take(ctx, &b, evidence.Sent{Kind: complaint.System + "." + complaint.ProofSignature, By: who.Person})
		if err != nil {
			return err
		}
		sign.Files = []string{taken.Hash}
	}
	if _, err := p.Visits.Sign(ctx, who, sign); err != nil {
		return err
	}
	_, err = p.Visits.Sign(ctx, who, visit.Sign{At: here, As: visit.AsSupervisor, Name: "督办领导（模拟）", Words: sign.Words, Covers: sign.Covers})
	return err
}

// scribble is a line as a finger draws it, and nobody's name.
func scribble() image.Image {
	const wide, high, thick = 450, 150, 3
	m := image.NewGray(image.Rect(0, 0, wide, high))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for x := wide / 8; x < wide*7/8; x++ {
		y := high/2 + int(40*math.Sin(float64(x)/17)*math.Cos(float64(x)/53))
		for d := range thick {
			m.SetGray(x, y+d, color.Gray{})
		}
	}
	return m
}
