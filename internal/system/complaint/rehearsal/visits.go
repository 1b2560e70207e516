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

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// The rounds: so many sites each, one that was made and one for the morning after the month.
const (
	visitedSites = 4
	todaysSites  = 5
)

// tour is the supervisor's part of a month.
type tour struct{ *player }

// visits has the supervisor go round some sites.
func (p tour) visits(ctx context.Context) error {
	at := p.at(ctx, visited, 9, 30)
	sites, err := p.placed(at, visitedSites)
	if err != nil {
		return err
	}
	who, err := p.as(at, Supervisor)
	if err != nil {
		return err
	}
	r, err := p.Visits.Plan(at, who, visit.New{Campaign: Campaign, Day: p.day(0), Mode: visit.Drive, Problems: sites})
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
func (p tour) tomorrow(ctx context.Context) error {
	at := p.at(ctx, rebound, 22, 0)
	who, err := p.as(at, Supervisor)
	if err != nil {
		return err
	}
	codes, err := p.placed(at, visitedSites+todaysSites)
	if err != nil {
		return err
	}
	_, err = p.Visits.Plan(at, who, visit.New{Campaign: Campaign, Day: p.day(1), Mode: visit.Drive, Problems: codes[visitedSites:]})
	return err
}

// placed finds so many problems that are being put right, each on a road of its own.
func (p tour) placed(ctx context.Context, n int) (codes []string, err error) {
	had := map[string]bool{}
	for _, b := range p.all {
		if len(codes) == n {
			return codes, nil
		}
		road := roadOf(b.name)
		if road == "" || had[road] || b.story != rectified {
			continue
		}
		now, err := stands(ctx, p.DB, b)
		if err != nil {
			return nil, err
		}
		if now.Stage == complaint.Rectifying {
			had[road], codes = true, append(codes, now.Code)
		}
	}
	return nil, fmt.Errorf("only %d problems have a place", len(codes))
}

func roadOf(name string) string {
	for _, road := range roads {
		if strings.HasPrefix(name, road.name) {
			return road.name
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
