package contesthttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/web/webtest"
)

// A contest that is over is played again in a browser: step by step, and by itself until the end. While it goes on there is nothing to play.
func TestReplay(t *testing.T) {
	s := openStage(t, 2)
	s.Run("01")
	s.Mark("01", "9.1", "9.1", "9.1", "9.1", "9.1", "9.1", "9.1", "9.1", "9.1")
	s.Show("01")
	if status, _ := s.get(nil, hallAt+"/replay"); status != http.StatusConflict {
		t.Errorf("a contest that goes on is played again: %d", status)
	}
	s.Run("02")
	s.Mark("02", "8.7", "8.7", "8.7", "8.7", "8.7", "8.7", "8.7", "8.7", "8.7")
	s.Show("02")

	b := s.as(nil, webtest.Phone)
	b.Go(hallAt + "/replay")
	text := func() string {
		return webtest.Eval[string](b, `document.querySelector('[data-replay-picture]').textContent`)
	}
	if at := webtest.Eval[string](b, `document.querySelector('[data-replay-at]').textContent`); at != "1" {
		t.Errorf("it begins at %s", at)
	}
	b.Wait(`!document.querySelector('[data-replay-play]').hidden`)
	for range 2 { // started, heard, revealed
		b.Click(`[data-replay-step="1"]`)
	}
	b.Wait(`document.querySelector('[data-replay-picture]').textContent.includes('9.10')`)
	if text := text(); !strings.Contains(text, "9.10") || strings.Contains(text, "8.70") {
		t.Error(text)
	}
	b.Click(`[data-replay-play]`)
	b.Wait(`document.querySelector('[data-replay-picture]').textContent.includes('8.70')`)
	b.Wait(`!document.querySelector('[data-replay-play]').hasAttribute('data-going')`)
	// Without a script each moment is a page.
	if status, body := s.get(nil, hallAt+"/replay?at=3"); status != http.StatusOK || !strings.Contains(body, "9.10") || strings.Contains(body, "8.70") {
		t.Errorf("%d: %s", status, plain(body))
	}
	for _, at := range []string{"0", "-1", "999", "x"} {
		if status, _ := s.get(nil, hallAt+"/replay?at="+at); status != http.StatusOK {
			t.Errorf("?at=%s answers %d", at, status)
		}
	}
}
