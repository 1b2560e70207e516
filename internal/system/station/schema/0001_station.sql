-- +goose Up
CREATE TABLE station_station (
	division   TEXT NOT NULL,      -- GB/T 2260, or a zone's code
	code       TEXT NOT NULL,      -- unique in the network; the use cases see to it
	region     TEXT NOT NULL,      -- the division's codes from the province down: 630000/630100/630103/
	name       TEXT NOT NULL,
	name_order TEXT NOT NULL,      -- sorts as the name should, on every engine
	brand      TEXT NOT NULL,
	host       TEXT NOT NULL,
	size       TEXT NOT NULL,
	address    TEXT NOT NULL,
	lon        DOUBLE PRECISION NOT NULL, -- WGS-84
	lat        DOUBLE PRECISION NOT NULL,
	datum      TEXT NOT NULL,      -- in which the position was given
	access     TEXT NOT NULL,
	services   BIGINT NOT NULL,    -- a bit for each service of the catalogue
	wheelchair TEXT NOT NULL,
	status     TEXT NOT NULL,
	hours      TEXT NOT NULL,      -- canonical; empty: unknown
	source     TEXT NOT NULL,
	checked    TEXT NOT NULL,      -- 2026-11-23; empty: never
	search     TEXT NOT NULL,      -- what is searched, in lower case
	version    BIGINT NOT NULL,
	updated_at TIMESTAMP NOT NULL,
	PRIMARY KEY (division, code)
);
CREATE INDEX station_station_code ON station_station (code);
-- Each order of the register begins a page in the middle: see list_order.go.
-- The one by division is the primary key's.
CREATE INDEX station_station_name ON station_station (name_order, code);
CREATE INDEX station_station_brand ON station_station (brand, code);
CREATE INDEX station_station_checked ON station_station (checked, code);

CREATE TABLE station_demand (
	id     TEXT PRIMARY KEY,
	lon    DOUBLE PRECISION NOT NULL,
	lat    DOUBLE PRECISION NOT NULL,
	day    DOUBLE PRECISION NOT NULL, -- people by day
	night  DOUBLE PRECISION NOT NULL, -- people by night
	source TEXT NOT NULL
);

-- One row, from the first change on, that every change of the tables above
-- makes grow, so that whoever works on a snapshot sees that it is old.
CREATE TABLE station_revision (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	revision BIGINT NOT NULL
);
