-- +goose Up
CREATE TABLE contest_paper (         -- typed from a sheet of paper, by one of two
	id         TEXT PRIMARY KEY,    -- contest/part/entry/seat/person
	contest    TEXT NOT NULL,
	part       TEXT NOT NULL,
	entry      TEXT NOT NULL,
	seat       TEXT NOT NULL,
	person     TEXT NOT NULL,
	marks      TEXT NOT NULL,       -- JSON, sealed
	key_number INTEGER NOT NULL,
	at         TIMESTAMP NOT NULL
);
CREATE INDEX contest_paper_of ON contest_paper (contest, part, entry, seat, at, id);

CREATE TABLE contest_anew (          -- judging that is to begin anew
	contest  TEXT PRIMARY KEY,
	rule     TEXT NOT NULL,         -- the rule's file, JSON
	reason   TEXT NOT NULL,
	asked_by TEXT NOT NULL,
	at       TIMESTAMP NOT NULL
);
