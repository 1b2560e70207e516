-- +goose Up
CREATE TABLE contest_taken (             -- judged elsewhere, and taken in
	contest   TEXT PRIMARY KEY,
	title     TEXT NOT NULL,
	approval  TEXT NOT NULL,
	cycle     TEXT NOT NULL,
	office    TEXT NOT NULL,             -- what it is called
	division  TEXT NOT NULL,
	entries   TEXT NOT NULL,             -- what numbers stand for, JSON
	origin    TEXT NOT NULL,             -- of the hall's log
	size      BIGINT NOT NULL,
	root      TEXT NOT NULL,
	note      TEXT NOT NULL,             -- the hall's checkpoint
	file      TEXT NOT NULL,             -- its hash
	log_entry TEXT NOT NULL,
	at        TIMESTAMP NOT NULL
);
CREATE INDEX contest_taken_listed ON contest_taken (at, contest);

CREATE TABLE contest_taken_release (
	contest TEXT NOT NULL,
	n       INTEGER NOT NULL,
	entry   TEXT NOT NULL,               -- of the hall's log
	text    TEXT NOT NULL,
	proof   TEXT NOT NULL,
	PRIMARY KEY (contest, n)
);
