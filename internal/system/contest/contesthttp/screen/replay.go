package screen

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

// replayView is a picture of an event that is over, as it was at one of its moments.
type replayView struct {
	page.Contest
	show   *board.Show
	at     int // of the moments, from 1
	of     int
	when   time.Time
	frames string // for the script
}

// frame is a moment for the script: how far into the replay it is and when it was, in milliseconds.
type frame struct {
	Into int64 `json:"into"`
	Was  int64 `json:"was"`
}

// Between two moments of the hall: what is longer is a rest, and is passed over in the time that it has here.
const (
	longest = 10 * time.Minute
	rest    = 30 * time.Second
)

var replayTitle = lang.Text{ZH: "回放", EN: "Replay"}

// Replay plays a contest that is over again, on the screen that it had: what everybody saw at each moment.
func (p *Pages) Replay(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Public(r, replayTitle)
	if err != nil {
		return err
	}
	v := replayView{Contest: c, at: 1}
	v.Title = v.T("回放：", "Replay: ") + c.Event.Title
	story, err := hall.Replay{Halls: p.Halls}.Story(r.Context(), c.Event.Code)
	if err != nil {
		return err
	}
	frames, moments := framesOf(story)
	v.of = len(moments)
	if n, err := strconv.Atoi(r.URL.Query().Get("at")); err == nil {
		v.at = min(max(n, 1), max(v.of, 1))
	}
	if v.of > 0 {
		v.when = moments[v.at-1].At
	}
	text, err := json.Marshal(frames)
	if err != nil {
		return err
	}
	v.frames = string(text)
	if v.show, err = p.AsOf(r.Context(), c.Event.Code, v.when); err != nil {
		return err
	}
	return v.Write(w, r, replayPage(v))
}

// framesOf are the moments at which the picture changed, without those that fall together, and when each is shown.
func framesOf(story []hall.Moment) (frames []frame, moments []hall.Moment) {
	frames = []frame{}
	into := time.Duration(0)
	for i, m := range story {
		if i+1 < len(story) && story[i+1].At.Equal(m.At) {
			continue
		}
		if n := len(moments); n > 0 {
			gap := m.At.Sub(moments[n-1].At)
			if gap > longest {
				gap = rest
			}
			into += gap
		}
		moments = append(moments, m)
		frames = append(frames, frame{into.Milliseconds(), m.At.UnixMilli()})
	}
	return frames, moments
}

func (v replayView) href(at int) string {
	return page.At(v.Event.Code, "replay") + "?at=" + strconv.Itoa(at)
}
