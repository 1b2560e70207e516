// Package report writes a coverage as a document of its own, which stands alone in one
// file: for a page, and for the command line.
package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/survey"
	"github.com/xiadu/xiadu/internal/web"
)

// report is a coverage as a document of its own: one file of HTML with its
// style and its map inside, which asks nothing of the network, opens from a
// disk, prints on A4 and is as readable in ten years.
type report struct {
	survey.Reading
	drawing drawing
	off     []station.Station // too far from any street
	extras  reportExtras
}

// offShown bounds the list of stations that need a better position.
const offShown = 50

// WriteReport writes the report on a coverage of the city at an hour. The
// coverage may have been computed for another hour with the same stations open.
func WriteReport(ctx context.Context, w io.Writer, l lang.Lang, c *city.City, cov *coverage.Coverage, at time.Time) error {
	s := ask.Survey{Question: cov.Question, Chosen: true}
	s.At = at
	v := report{Reading: survey.Read(l, s, c, cov), drawing: draw(c, cov, at), off: c.Network.Unplaced(cov.Question.Mode)}
	v.off = v.off[:min(len(v.off), offShown)]
	var err error
	if v.extras, err = extrasOf(ctx, c, cov, s.Question); err != nil {
		return fmt.Errorf("compute the report on a coverage: %w", err)
	}
	if err := reportView(v).Render(ctx, w); err != nil {
		return fmt.Errorf("write the report on a coverage: %w", err)
	}
	return nil
}

// reportPolicy lets the report use its own style and nothing else.
var reportPolicy = func() string {
	sum := sha256.Sum256([]byte(reportStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// Coverage answers GET …/coverage.
func (p *Pages) Coverage(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, err := p.Covered(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := WriteReport(r.Context(), &b, web.LangOf(r), city, cov, s.At); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", reportPolicy)
	w.Header().Set("Cache-Control", "private, no-cache")
	_, _ = w.Write(b.Bytes()) // a reader who has gone needs no answer
	return nil
}

func (v report) title() string {
	return v.L.F("驿站覆盖报告：%s", "Report on the reach of rest stations: %s", v.cityName())
}

func (v report) cityName() string {
	if v.City.Atlas == nil || v.City.Atlas.Info.Title == "" {
		return v.L.T("本市", "the city")
	}
	return v.City.Atlas.Info.Title
}

func (v report) attribution() string {
	if v.City.Atlas == nil {
		return ""
	}
	return v.City.Atlas.Info.Attribution
}

// style is the element that holds the style, spelt as its hash was taken.
func (v report) style() string { return "<style>" + reportStyle + "</style>" }

const reportStyle = `
:root { color-scheme: light; --ink: #17242c; --soft: #4a5b66; --line: #b9c5cb; --lake: #0b5a6e; --brick: #9f2d1a; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 3rem; max-width: 60rem; color: var(--ink); background: #fff;
  font: 16px/1.6 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; line-height: 1.3; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
p { margin: .35rem 0; }
.soft { color: var(--soft); }
.mark { border-left: 4px solid #f2b632; background: #fdf2d5; padding: .5rem .9rem; margin: 1rem 0; font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1.5rem; margin: 1.5rem 0; border-block: 1px solid var(--line); padding: 1rem 0; }
.figures b { display: block; font-size: 2.4rem; line-height: 1.15; color: var(--lake); }
.figures small { font-size: 1.2rem; font-weight: 600; }
@media (max-width: 40rem) { .figures { grid-template-columns: 1fr; } }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); vertical-align: baseline; }
thead th { color: var(--soft); font-weight: 600; font-size: .875rem; }
.num { text-align: right; white-space: nowrap; }
tfoot th, tfoot td { font-weight: 650; border-top: 2px solid var(--ink); }
figure { margin: 1rem 0 0; }
.map { display: block; width: 100%; height: auto; border: 1px solid var(--line); background: #f7f8f6; }
.street { fill: none; stroke: #d5dad8; stroke-width: 1; }
.none { fill: url(#hatch); stroke: var(--brick); stroke-width: .35; }
.once { fill: #b9dbe3; }
.twice { fill: #5fa5b8; }
.open { fill: #17613c; stroke: #fff; stroke-width: .8; }
.shut { fill: #fff; stroke: #4a5b66; stroke-width: 1; }
.rank circle { fill: #fff; stroke: var(--brick); stroke-width: 1.5; }
.rank text { font: 700 12px system-ui, sans-serif; text-anchor: middle; fill: var(--brick); }
.clock { display: block; width: 100%; height: auto; margin: .5rem 0; font: 11px system-ui, sans-serif; }
.clock text { fill: var(--ink); text-anchor: middle; }
.clock .day { text-anchor: start; font-weight: 600; }
.clock .hour { fill: var(--soft); }
.clock .on { fill: #fff; }
.clock .off { paint-order: stroke; stroke: #fff; stroke-width: 2px; }
.lv-none { fill: url(#hatch); }
.lv0 { fill: #f3f7f8; }
.lv1 { fill: #e7eff1; }
.lv2 { fill: #d9e6ea; }
.lv3 { fill: #cadde2; }
.lv4 { fill: #bcd4da; }
.lv5 { fill: #abc9d1; }
.lv6 { fill: #96bcc6; }
.lv7 { fill: #3c7b8b; }
.lv8 { fill: #2b7080; }
.lv9 { fill: #1a6476; }
.lv10 { fill: #0b5a6e; }
.verdict-met { color: #17613c; font-weight: 600; white-space: nowrap; }
.verdict-missed { color: var(--brick); font-weight: 600; white-space: nowrap; }
caption { text-align: left; font-weight: 600; padding: .75rem 0 .25rem; }
.bar { stroke: var(--ink); stroke-width: 2; fill: none; }
.said { font: 12px system-ui, sans-serif; fill: var(--ink); }
.hatch-ground { fill: #fff; } .hatch-line { fill: #9f2d1a; }
.key { display: flex; flex-wrap: wrap; gap: .35rem 1.5rem; padding: .5rem 0 0; margin: 0; list-style: none; font-size: .875rem; }
.key li { display: flex; align-items: center; gap: .5rem; }
.key svg { width: 1.5rem; height: 1rem; flex: none; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em; background: #eef2f4; padding: .1em .4em; }
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: .875rem; color: var(--soft); }
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } h2 { break-after: avoid; } tr, figure, .figures { break-inside: avoid; } }
`
