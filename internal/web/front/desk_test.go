package front

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xiadu/xiadu/internal/web"
)

// deskOf is a desk with one system, at a time that the bubble's clock says.
func deskOf(t *testing.T, article func(context.Context) (web.Article, error)) *desk {
	t.Helper()
	site, err := web.New(web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return newDesk(Deps{Site: site, Now: time.Now, Systems: []web.Mounted{{Article: article}}})
}

// A crowd that opens the page has an article made once, and once more a minute later.
func TestAnArticleIsMadeOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made atomic.Int64
		k := deskOf(t, func(context.Context) (web.Article, error) {
			time.Sleep(10 * time.Millisecond)
			return web.Article{Receipt: string(rune('a' + made.Add(1) - 1))}, nil
		})
		for range 50 {
			go k.latest(t.Context(), 0)
		}
		if a, s := k.latest(t.Context(), 0); s != fresh || a.Receipt != "a" || made.Load() != 1 {
			t.Errorf("%q in state %d, made %d times", a.Receipt, s, made.Load())
		}
		time.Sleep(time.Minute)
		if a, s := k.latest(t.Context(), 0); s != fresh || a.Receipt != "b" || made.Load() != 2 {
			t.Errorf("a minute later %q in state %d, made %d times", a.Receipt, s, made.Load())
		}
	})
}

// What is changed is told at once, and not a minute later.
func TestAnArticleFollowsWhatItIsMadeOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		register := "one station"
		k := deskOf(t, func(context.Context) (web.Article, error) { return web.Article{Receipt: register}, nil })
		k.columns[0].state = func() string { return register }
		if a, _ := k.latest(t.Context(), 0); a.Receipt != "one station" {
			t.Errorf("the article tells of %q", a.Receipt)
		}
		register = "none"
		if a, _ := k.latest(t.Context(), 0); a.Receipt != "none" {
			t.Errorf("after a change the article tells of %q", a.Receipt)
		}
	})
}

// A page does not wait for an article: it says that there is none yet, or shows the one
// before with its hour. That its reader left does not stop the making.
func TestAPageDoesNotWaitForAnArticle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, made := 10*time.Second, 0
		k := deskOf(t, func(ctx context.Context) (web.Article, error) {
			made++
			select {
			case <-time.After(slow):
			case <-ctx.Done():
				return web.Article{}, ctx.Err()
			}
			return web.Article{At: time.Now()}, nil
		})
		reader, leave := context.WithCancel(t.Context())
		begin := time.Now()
		if _, s := k.latest(reader, 0); s != making || time.Since(begin) != patience {
			t.Errorf("state %d after %v", s, time.Since(begin))
		}
		leave()
		time.Sleep(slow)
		first, s := k.latest(t.Context(), 0)
		if s != fresh || made != 1 {
			t.Errorf("state %d, made %d times", s, made)
		}
		time.Sleep(time.Minute)
		if again, s := k.latest(t.Context(), 0); s != fresh || !again.At.Equal(first.At) {
			t.Errorf("while the next is made the page shows %v in state %d, not %v", again.At, s, first.At)
		}
		time.Sleep(slow)
		if last, _ := k.latest(t.Context(), 0); !last.At.After(first.At) {
			t.Error("the next article never came")
		}
		synctest.Wait()
	})
}

// An article that fails says so, is tried again, and takes nothing away that was there.
func TestAnArticleThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wrong := true
		k := deskOf(t, func(context.Context) (web.Article, error) {
			if wrong {
				return web.Article{}, errors.New("no streets")
			}
			return web.Article{Receipt: "yes"}, nil
		})
		if _, s := k.latest(t.Context(), 0); s != failed {
			t.Errorf("state %d", s)
		}
		wrong = false
		time.Sleep(time.Minute)
		if a, s := k.latest(t.Context(), 0); s != fresh || a.Receipt != "yes" {
			t.Errorf("a minute later state %d", s)
		}
		wrong = true
		time.Sleep(time.Minute)
		if a, s := k.latest(t.Context(), 0); s != fresh || a.Receipt != "yes" {
			t.Errorf("what was there is gone: state %d", s)
		}
	})
}
