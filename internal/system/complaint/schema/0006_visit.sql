-- +goose Up
CREATE TABLE complaint_round (          -- 现场督办: the sites of a day
	id       TEXT PRIMARY KEY,
	campaign TEXT NOT NULL,
	division TEXT NOT NULL,           -- that holds all its sites
	day      TEXT NOT NULL,
	mode     TEXT NOT NULL CHECK (mode IN ('walk', 'drive')),
	person   TEXT NOT NULL,           -- who goes; empty: whichever supervisor does
	stops    INTEGER NOT NULL,
	metres   INTEGER NOT NULL,        -- along the streets, as far as there are any between its sites
	seconds  INTEGER NOT NULL,
	sketch   TEXT NOT NULL,           -- the map as it was drawn, JSON; empty: there were no streets
	entry    TEXT NOT NULL,           -- of the record, sealed until the first site is visited
	opened   BOOLEAN NOT NULL,
	made_at  TIMESTAMP NOT NULL,
	made_by  TEXT NOT NULL            -- role@organisation
);
CREATE INDEX complaint_round_day ON complaint_round (campaign, day, id);
CREATE INDEX complaint_round_person ON complaint_round (campaign, person, day, id);

CREATE TABLE complaint_stop (
	round   TEXT NOT NULL,
	problem TEXT NOT NULL,
	place   INTEGER NOT NULL,         -- 1, 2, … in the order of the way
	lat     DOUBLE PRECISION,         -- where it was when the round was planned
	lon     DOUBLE PRECISION,
	metres  INTEGER NOT NULL,         -- from the stop before; -1: there is no way, or no stop before
	seconds INTEGER NOT NULL,
	PRIMARY KEY (round, problem)
);
CREATE INDEX complaint_stop_place ON complaint_stop (round, place);

-- What was done on site adds and changes nothing: a row an act, whatever the order in which devices come back.
CREATE TABLE complaint_seen (           -- what was found
	act      TEXT PRIMARY KEY,
	round    TEXT NOT NULL,
	problem  TEXT NOT NULL,
	measure  INTEGER NOT NULL,        -- by its number; 0: the site as a whole
	found    TEXT NOT NULL CHECK (found IN ('kept', 'part', 'not', 'met', 'absent', 'closed')),
	note     TEXT NOT NULL,
	items    TEXT NOT NULL,           -- of evidence, with a space between them
	person   TEXT NOT NULL,
	made_by  TEXT NOT NULL,
	happened TIMESTAMP NOT NULL,      -- by the clock of the device, set right
	came_at  TIMESTAMP NOT NULL
);
CREATE INDEX complaint_seen_round ON complaint_seen (round, problem, happened, act);
CREATE INDEX complaint_seen_problem ON complaint_seen (problem, happened, act);

CREATE TABLE complaint_told (           -- what was instructed
	act      TEXT PRIMARY KEY,
	round    TEXT NOT NULL,
	problem  TEXT NOT NULL,
	what     TEXT NOT NULL,
	owner    TEXT NOT NULL,
	due_day  TEXT NOT NULL,
	measure  INTEGER NOT NULL,        -- that it became; 0: none, since the problem was in stage
	stage    TEXT NOT NULL,
	items    TEXT NOT NULL,
	person   TEXT NOT NULL,
	made_by  TEXT NOT NULL,
	happened TIMESTAMP NOT NULL,
	came_at  TIMESTAMP NOT NULL
);
CREATE INDEX complaint_told_round ON complaint_told (round, problem, happened, act);
CREATE INDEX complaint_told_problem ON complaint_told (problem, happened, act);

CREATE TABLE complaint_signed (
	act        TEXT PRIMARY KEY,
	round      TEXT NOT NULL,
	problem    TEXT NOT NULL,
	signs_as   TEXT NOT NULL CHECK (signs_as IN ('supervisor', 'unit')),
	name       TEXT NOT NULL,         -- sealed; empty: refused
	key_number INTEGER NOT NULL,
	refused    TEXT NOT NULL,         -- why nobody signed
	words      TEXT NOT NULL,         -- what was read and signed
	covers     TEXT NOT NULL,         -- the acts that it was about, with a space between them
	sum        TEXT NOT NULL,         -- SHA-256 of what was signed
	items      TEXT NOT NULL,         -- the drawn signature; empty: the name was typed
	person     TEXT NOT NULL,         -- whose phone it was done on
	made_by    TEXT NOT NULL,
	happened   TIMESTAMP NOT NULL,
	came_at    TIMESTAMP NOT NULL
);
CREATE INDEX complaint_signed_round ON complaint_signed (round, problem, happened, act);
CREATE INDEX complaint_signed_problem ON complaint_signed (problem, happened, act);
