package contesthttp

import (
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/desk"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/host"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/screen"
	"github.com/xiadu/xiadu/internal/web"
)

// inHall is what goes on while a contest is judged, for those who run it and for those who watch.
func inHall(mux *web.Mux, boards *board.Boards) {
	mux.Open("GET /contests/{code}/live", boards.Stream)
	wall := screen.New(boards)
	onWall := mux.In(web.AroundHall)
	onWall.Open("GET /contests/{code}/screen", wall.Screen)
	onWall.OpenHeavy("GET /contests/{code}/replay", wall.Replay)
	h := host.New(boards)
	mux.For(contest.Host, "GET /contests/{code}/host", h.Host)
	mux.For(contest.Host, "GET /contests/{code}/host/now", h.Part)
	mux.For(contest.Host, "POST /contests/{code}/host/reveal", h.Reveal)
	d := desk.New(boards) // for scorekeeper and supervisor: each use case asks for its own right
	mux.For("", "GET /contests/{code}/desk", d.Desk)
	mux.For("", "GET /contests/{code}/desk/now", d.Parts)
	mux.For("", "POST /contests/{code}/desk/do/{step}", d.Do)
	mux.For("", "GET /contests/{code}/desk/paper", d.Paper)
	mux.For("", "POST /contests/{code}/desk/paper", d.Type)
	mux.For("", "POST /contests/{code}/desk/paper/settle", d.Settle)
	mux.For("", "GET /contests/{code}/desk/print", d.Print)
	mux.For("", "GET /contests/{code}/desk/advice", d.Advice)
}
