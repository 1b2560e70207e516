-- +goose Up
-- Coverage of many cities at once: see the package run.
CREATE TABLE station_run (
	id       TEXT PRIMARY KEY,      -- UUIDv7
	number   BIGINT NOT NULL UNIQUE,
	name     TEXT NOT NULL,
	series   TEXT NOT NULL,         -- walk/15/people: runs that may be compared
	question TEXT NOT NULL,         -- canonical JSON
	plan     TEXT NOT NULL,         -- SHA-256 of question and cities
	state    TEXT NOT NULL CHECK (state IN ('going', 'done', 'dropped')),
	cities   BIGINT NOT NULL,
	items    BIGINT NOT NULL,
	begun    TIMESTAMP NOT NULL,
	ended    TIMESTAMP NOT NULL,    -- while it is going, when it began
	digest   TEXT NOT NULL          -- SHA-256 of the figures; empty until done
);
CREATE INDEX station_run_series ON station_run (series, state, number);

-- The cities of a run, frozen when it began.
CREATE TABLE station_run_city (
	division       TEXT NOT NULL,   -- GB/T 2260: of the city as a whole
	run            TEXT NOT NULL,
	place          BIGINT NOT NULL, -- in the plan, from 0
	name           TEXT NOT NULL,
	title          TEXT NOT NULL,
	streets        TEXT NOT NULL,   -- SHA-256 of the file
	inputs         TEXT NOT NULL,   -- SHA-256 of the file
	side_lon       BIGINT NOT NULL, -- of a tile, in 1e-7 degrees
	side_lat       BIGINT NOT NULL,
	streets_source TEXT NOT NULL,
	streets_date   TEXT NOT NULL,   -- 2026-11-23; empty: unknown
	demand_source  TEXT NOT NULL,
	schematic      BOOLEAN NOT NULL,
	estimated      BOOLEAN NOT NULL,
	stations       BIGINT NOT NULL,
	cells          BIGINT NOT NULL,
	PRIMARY KEY (division, run, place)
);
CREATE INDEX station_run_city_place ON station_run_city (run, place);

-- The items of an unfinished run. They belong to the run and end with it.
CREATE TABLE station_run_item (
	run      TEXT NOT NULL,
	place    BIGINT NOT NULL,       -- of the city
	tile     TEXT NOT NULL,         -- 12/-3 on the city's grid
	stations BIGINT NOT NULL,       -- what an answer must account for
	cells    BIGINT NOT NULL,
	day      BIGINT NOT NULL,       -- thousandths
	night    BIGINT NOT NULL,
	answer   TEXT NOT NULL,         -- canonical JSON; empty until there is one
	PRIMARY KEY (run, place, tile)
);
CREATE INDEX station_run_item_open ON station_run_item (run) WHERE answer = '';

-- What came of a run, of each division and of all above it; kept.
CREATE TABLE station_run_figure (
	division   TEXT NOT NULL,       -- 000000: the country
	run        TEXT NOT NULL,
	number     BIGINT NOT NULL,     -- of the run
	parent     TEXT NOT NULL,       -- the division above; empty for the country
	cities     BIGINT NOT NULL,     -- with a part in these figures
	stations   BIGINT NOT NULL,
	operating  BIGINT NOT NULL,
	day        BIGINT NOT NULL,     -- demand in thousandths
	night      BIGINT NOT NULL,
	open_day   BIGINT NOT NULL,     -- on Wednesday at 10:00
	once_day   BIGINT NOT NULL,
	twice_day  BIGINT NOT NULL,
	open_night BIGINT NOT NULL,     -- on Wednesday at 22:00
	once_night BIGINT NOT NULL,
	twice_night BIGINT NOT NULL,
	figures    TEXT NOT NULL,       -- all of it, canonical JSON
	PRIMARY KEY (division, run)
);
CREATE INDEX station_run_figure_parent ON station_run_figure (parent, number, division);
CREATE INDEX station_run_figure_number ON station_run_figure (number, division);
