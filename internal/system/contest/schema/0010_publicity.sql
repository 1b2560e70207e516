-- +goose Up
CREATE TABLE contest_publicity (    -- 公示 of a result
	contest  TEXT PRIMARY KEY,
	from_at  TIMESTAMP NOT NULL,
	until_at TIMESTAMP NOT NULL,    -- objections are taken until then
	rule     TEXT NOT NULL,         -- of its length, as JSON
	final_n  INTEGER NOT NULL,      -- the release that is final; 0: none yet
	final_at TIMESTAMP
);

CREATE TABLE contest_objection (
	id         TEXT PRIMARY KEY,    -- of its case
	contest    TEXT NOT NULL,
	n          INTEGER NOT NULL,    -- from 1
	said       TEXT NOT NULL,       -- what was said, and how to answer: sealed
	key_number INTEGER NOT NULL,
	out        TEXT NOT NULL,       -- the number of the entry that is out if it is upheld; empty: none
	found      TEXT NOT NULL,       -- what was found, for everybody
	answer     TEXT NOT NULL,       -- why it was decided so, for everybody
	stage      TEXT NOT NULL,
	version    INTEGER NOT NULL,
	made_at    TIMESTAMP NOT NULL,
	ended_at   TIMESTAMP,
	UNIQUE (contest, n)
);
CREATE INDEX contest_objection_stage ON contest_objection (contest, stage);

-- How far an entry came is told from its runs.
ALTER TABLE contest_entry DROP COLUMN stage;
