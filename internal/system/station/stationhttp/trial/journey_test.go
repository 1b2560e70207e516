package trial_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// waitTrial waits until the trial that was asked for stands, and its map.
func waitTrial(b *webtest.Tab, condition string) {
	b.Wait(`document.body.dataset.trial !== 'busy' && (` + condition + `)`)
	b.WaitMap()
}

const changeCount = `document.querySelectorAll('.changes li').length`

// TestPlannerClosesAStationOnTheMap: tap a station, close it, read what it does,
// undo and redo; the page stays, and so does the map.
func TestPlannerClosesAStationOnTheMap(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Go(pagetest.TrialAt("/whatif"))
			b.WaitMap()
			b.Shot("whatif-start-" + name)
			b.Check()
			webtest.Eval[int](b, `window.stays = 1`)
			before := b.Text("#verdict")
			tapAStation(t, b)
			b.Shot("whatif-station-" + name)
			b.Check()
			b.Click(`.sheet-acts form .button`)
			waitTrial(b, changeCount+` === 1`)
			if after := b.Text("#verdict"); after == before || !strings.Contains(b.Path(), "c=close+") {
				t.Errorf("after closing the page says “%s” at %s", after, b.Path())
			}
			b.Shot("whatif-closed-" + name)
			b.Check()
			b.Click(`[data-undo]`)
			waitTrial(b, changeCount+` === 0`)
			b.Click(`[data-redo]`)
			waitTrial(b, changeCount+` === 1`)
			if webtest.Eval[int](b, `window.stays || 0`) != 1 {
				t.Error("the page was loaded anew")
			}
		})
	}
}

// tapAStation taps over the middle of the map until a station's sheet comes up,
// and returns where it is.
func tapAStation(t *testing.T, b *webtest.Tab) [2]float64 {
	t.Helper()
	for _, at := range [][2]float64{{.5, .5}, {.55, .5}, {.6, .55}, {.65, .6}, {.7, .55}, {.75, .55}, {.62, .62}, {.58, .45}, {.8, .62}} {
		b.Tap(".map-canvas", at[0], at[1])
		b.Wait(`!document.querySelector('.sheet').hidden && document.body.dataset.trial === 'idle'`)
		if b.Count(".sheet-acts") > 0 {
			return at
		}
		b.Click("[data-dismiss]")
	}
	t.Fatal("no tap met a station")
	return [2]float64{}
}

// TestPlannerPausesAChainAtWeekends: a bank shuts at weekends. pagetest.Noon on Monday is
// as it was; Saturday is not, and the week says so.
func TestPlannerPausesAChainAtWeekends(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Go(pagetest.TrialAt("/whatif/station/" + pagetest.AloneStation(t).Code))
			b.Check()
			b.Click(".again:last-of-type summary")
			b.Follow(`.sheet-chain form:first-child .button`)
			waitTrial(b, changeCount+` === 1`)
			if !strings.Contains(b.Path(), "c=pause+brand%3Aicbc+Sa%2CSu") {
				t.Fatal("at ", b.Path())
			}
			if verdict := b.Text("#verdict"); !strings.Contains(verdict, "对谁都没有差别") {
				t.Errorf("on Monday the page says “%s”", verdict)
			}
			b.Click(`.hours .hour:last-child`)
			waitTrial(b, `location.search.includes('2026-11-28')`)
			if verdict := b.Text("#verdict"); !strings.Contains(verdict, "人") {
				t.Errorf("on Saturday the page says “%s”", verdict)
			}
			b.Shot("whatif-chain-" + name)
			b.Check()
		})
	}
}

// TestPlannerOpensMovesAndSelects: by tap, by mouse and by a box.
func TestPlannerOpensMovesAndSelects(t *testing.T) {
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), webtest.Desk)
	b.Go(pagetest.TrialAt("/whatif", `open NEW-1 101.7700,36.6500 "北山驿站" 24/7`, "close "+pagetest.AloneStation(t).Code, `move XN-630104-026 101.76,36.63`, "hours brand:union Mo-Su 09:00-18:00"))
	b.WaitMap()
	b.Shot("whatif-many-desk")
	b.Check()
	b.Click(".map-canvas") // anywhere: a sheet comes up
	b.Wait(`!document.querySelector('.sheet').hidden`)
	b.Click("[data-dismiss]")
	b.Click(`[data-boxing]:not(template)`)
	b.Wait(`!!document.querySelector('.map-box')`)
	b.Drag(".map-box", .45, .3, .8, .7)
	b.Wait(`document.querySelectorAll('.picks li').length > 3`)
	b.Shot("whatif-box-desk")
	b.Check()
	b.Click(`.picks ~ .row button[value="close"]`)
	waitTrial(b, changeCount+` > 6`)
	b.Shot("whatif-boxed-desk")
	b.Check()
}

// TestPlannerDragsAStation: with the mouse, from where it is to elsewhere.
func TestPlannerDragsAStation(t *testing.T) {
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), webtest.Desk)
	b.Go(pagetest.TrialAt("/whatif"))
	b.WaitMap()
	at := tapAStation(t, b)
	code := webtest.Eval[string](b, `document.querySelector('.sheet-acts [name="code"]').value`)
	b.Click("[data-dismiss]")
	b.Drag(".map-canvas", at[0], at[1], at[0]-.15, at[1]+.05)
	waitTrial(b, changeCount+` === 1`)
	if path := b.Path(); !strings.Contains(path, "c=move+"+code+"+") {
		t.Errorf("dragging %s led to %s", code, path)
	}
	if b.Count(".sheet:not([hidden])") > 0 {
		t.Error("the end of the drag was taken for a tap")
	}
	b.Shot("whatif-dragged-desk")
	b.Check()
}
