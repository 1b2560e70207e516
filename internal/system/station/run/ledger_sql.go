package run

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo/reach"
)

type runRow struct {
	ID       string    `db:"id"`
	Number   int64     `db:"number"`
	Name     string    `db:"name"`
	Series   string    `db:"series"`
	Question string    `db:"question"`
	Plan     string    `db:"plan"`
	State    string    `db:"state"`
	Cities   int64     `db:"cities"`
	Items    int64     `db:"items"`
	Begun    time.Time `db:"begun"`
	Ended    time.Time `db:"ended"`
	Digest   string    `db:"digest"`
}

type cityRow struct {
	Division      string `db:"division"`
	Run           string `db:"run"`
	Place         int64  `db:"place"`
	Name          string `db:"name"`
	Title         string `db:"title"`
	Streets       string `db:"streets"`
	Inputs        string `db:"inputs"`
	SideLon       int64  `db:"side_lon"`
	SideLat       int64  `db:"side_lat"`
	StreetsSource string `db:"streets_source"`
	StreetsDate   string `db:"streets_date"`
	DemandSource  string `db:"demand_source"`
	Schematic     bool   `db:"schematic"`
	Estimated     bool   `db:"estimated"`
	Stations      int64  `db:"stations"`
	Cells         int64  `db:"cells"`
}

type itemRow struct {
	itemKey
	Stations int64  `db:"stations"`
	Cells    int64  `db:"cells"`
	Day      int64  `db:"day"`
	Night    int64  `db:"night"`
	Answer   string `db:"answer"`
}

type itemKey struct {
	Run   string `db:"run"`
	Place int64  `db:"place"`
	Tile  string `db:"tile"`
}

type answerRow struct {
	itemKey
	Answer string `db:"answer"`
}

type figureRow struct {
	Division   string `db:"division"`
	Run        string `db:"run"`
	Number     int64  `db:"number"`
	Parent     string `db:"parent"`
	Cities     int64  `db:"cities"`
	Stations   int64  `db:"stations"`
	Operating  int64  `db:"operating"`
	Day        int64  `db:"day"`
	Night      int64  `db:"night"`
	OpenDay    int64  `db:"open_day"`
	OnceDay    int64  `db:"once_day"`
	TwiceDay   int64  `db:"twice_day"`
	OpenNight  int64  `db:"open_night"`
	OnceNight  int64  `db:"once_night"`
	TwiceNight int64  `db:"twice_night"`
	Figures    string `db:"figures"`
}

type endedRow struct {
	ID     string    `db:"id"`
	State  string    `db:"state"`
	Ended  time.Time `db:"ended"`
	Digest string    `db:"digest"`
}

var (
	lastNumber = db.Declare[db.None, int64](`SELECT COALESCE(MAX(number), 0) FROM station_run`)
	goingRun   = db.Declare[db.None, runRow](`SELECT /*cols*/ FROM station_run WHERE state = 'going' ORDER BY number`)
	runByID    = db.Declare[string, runRow](`SELECT /*cols*/ FROM station_run WHERE id = :id`)
	putRun     = db.Declare[runRow, db.None](`
		INSERT INTO station_run (id, number, name, series, question, plan, state, cities, items, begun, ended, digest)
		VALUES (:id, :number, :name, :series, :question, :plan, :state, :cities, :items, :begun, :ended, :digest)`)
	endRun = db.Declare[endedRow, db.None](`
		UPDATE station_run SET state = :state, ended = :ended, digest = :digest WHERE id = :id AND state = 'going'`)

	putCity = db.Declare[cityRow, db.None](`
		INSERT INTO station_run_city (division, run, place, name, title, streets, inputs, side_lon, side_lat,
			streets_source, streets_date, demand_source, schematic, estimated, stations, cells)
		VALUES (:division, :run, :place, :name, :title, :streets, :inputs, :side_lon, :side_lat,
			:streets_source, :streets_date, :demand_source, :schematic, :estimated, :stations, :cells)`)
	citiesOf = db.Declare[string, cityRow](`SELECT /*cols*/ FROM station_run_city WHERE run = :run ORDER BY place`)

	putItem = db.Declare[itemRow, db.None](`
		INSERT INTO station_run_item (run, place, tile, stations, cells, day, night, answer)
		VALUES (:run, :place, :tile, :stations, :cells, :day, :night, :answer)`)
	openItems = db.Declare[string, itemKey](`
		SELECT run, place, tile FROM station_run_item WHERE run = :run AND answer = '' ORDER BY place, tile`)
	countOpen = db.Declare[string, int64](`SELECT COUNT(*) FROM station_run_item WHERE run = :run AND answer = ''`)
	itemByKey = db.Declare[itemKey, itemRow](`
		SELECT /*cols*/ FROM station_run_item WHERE run = :run AND place = :place AND tile = :tile`)
	answerItem = db.Declare[answerRow, db.None](`
		UPDATE station_run_item SET answer = :answer WHERE run = :run AND place = :place AND tile = :tile AND answer = ''`)
	answersOf = db.Declare[string, answerRow](`
		SELECT /*cols*/ FROM station_run_item WHERE run = :run ORDER BY place, tile`)
	dropItems = db.Declare[string, db.None](`DELETE FROM station_run_item WHERE run = :run`)

	putFigure = db.Declare[figureRow, db.None](`
		INSERT INTO station_run_figure (division, run, number, parent, cities, stations, operating, day, night,
			open_day, once_day, twice_day, open_night, once_night, twice_night, figures)
		VALUES (:division, :run, :number, :parent, :cities, :stations, :operating, :day, :night,
			:open_day, :once_day, :twice_day, :open_night, :once_night, :twice_night, :figures)`)
)

func (r runRow) run() (Run, error) {
	out := Run{ID: r.ID, Number: r.Number, Name: r.Name, State: State(r.State), Cities: r.Cities, Items: r.Items, Begun: r.Begun, Digest: r.Digest}
	if out.State != Going {
		out.Ended = r.Ended
	}
	if err := json.Unmarshal([]byte(r.Question), &out.Question); err != nil {
		return out, fmt.Errorf("run %d: its question: %w", r.Number, err)
	}
	return out, nil
}

func (r itemRow) expected() (Tile, error) {
	s, err := parseSquare(r.Tile)
	return Tile{s, r.Stations, r.Cells, reach.Weight(r.Day), reach.Weight(r.Night)}, err
}
