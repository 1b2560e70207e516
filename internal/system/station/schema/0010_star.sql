-- +goose Up
CREATE TABLE station_star (
	station    TEXT PRIMARY KEY,
	division   TEXT NOT NULL,
	region     TEXT NOT NULL,      -- as the station's
	n          INTEGER NOT NULL,   -- of its reviews, from 1
	star       INTEGER NOT NULL,   -- that the facts bear out; 0: none
	at_most    INTEGER NOT NULL,   -- that it could come to, were nothing missing
	rule       TEXT NOT NULL,      -- the hash of the rule
	facts      TEXT NOT NULL,      -- canonical JSON: what was measured
	from_at    TIMESTAMP NOT NULL,
	until_at   TIMESTAMP NOT NULL,
	appeal_by  TIMESTAMP NOT NULL, -- appeals are taken until then
	lower_to   INTEGER NOT NULL,   -- a lowering that was announced; -1: none
	lower_at   TIMESTAMP,
	lower_why  TEXT NOT NULL,
	cause      TEXT NOT NULL,      -- why it is to be looked at again; empty: nothing happened
	cause_of   TEXT NOT NULL,
	cause_at   TIMESTAMP,
	appeal     TEXT NOT NULL,      -- the one that is open; empty: none
	by_person  TEXT NOT NULL,      -- who gave or lowered it last
	by_office  TEXT NOT NULL,
	version    BIGINT NOT NULL
);
CREATE INDEX station_star_region ON station_star (region, station);
CREATE INDEX station_star_cause ON station_star (cause, station);
CREATE INDEX station_star_until ON station_star (until_at);

CREATE TABLE station_star_survey (
	station    TEXT PRIMARY KEY,
	day        TEXT NOT NULL,
	area       INTEGER,            -- m²
	seats      INTEGER,
	kit        BOOLEAN,
	supplies   BOOLEAN,
	innovation BOOLEAN,
	as_posted  BOOLEAN             -- it was open when the door says so
);

CREATE TABLE station_star_complaint (
	station TEXT NOT NULL,
	code    TEXT NOT NULL,         -- of another system
	late    BOOLEAN NOT NULL,      -- upheld, and not mended in time
	at      TIMESTAMP NOT NULL,
	PRIMARY KEY (station, code)
);

CREATE TABLE station_star_appeal (
	id         TEXT PRIMARY KEY,   -- of its case
	station    TEXT NOT NULL,
	n          INTEGER NOT NULL,   -- from 1
	said       TEXT NOT NULL,      -- sealed
	key_number INTEGER NOT NULL,
	answer     TEXT NOT NULL,      -- for everybody
	stage      TEXT NOT NULL,
	version    INTEGER NOT NULL,
	made_at    TIMESTAMP NOT NULL,
	ended_at   TIMESTAMP,
	UNIQUE (station, n)
);

CREATE TABLE station_star_batch (
	id       TEXT PRIMARY KEY,
	division TEXT NOT NULL,
	region   TEXT NOT NULL,
	total    BIGINT NOT NULL,
	done     BIGINT NOT NULL,
	given    BIGINT NOT NULL,
	held     BIGINT NOT NULL,      -- would be lower than the star that stands: for a person to decide
	after    TEXT NOT NULL,        -- the last station that is done
	state    TEXT NOT NULL,        -- going, stopped, done
	begun    TIMESTAMP NOT NULL,
	moved    TIMESTAMP NOT NULL
);
CREATE INDEX station_star_batch_begun ON station_star_batch (begun);
