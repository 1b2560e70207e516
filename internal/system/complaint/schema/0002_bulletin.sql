-- +goose Up
CREATE TABLE complaint_bulletin (
	campaign     TEXT NOT NULL,
	number       INTEGER NOT NULL,
	version      INTEGER NOT NULL,     -- from 1; of what is published nothing is changed, another version takes its place
	title        TEXT NOT NULL,
	day          TEXT NOT NULL,        -- of publication; empty: not yet
	batches      TEXT NOT NULL,        -- whose letters it has: 12,13
	state        TEXT NOT NULL CHECK (state IN ('draft', 'published')),
	letters      INTEGER NOT NULL,
	sum          TEXT NOT NULL,        -- of its file beside the log; empty: not yet
	made_at      TIMESTAMP NOT NULL,
	made_by      TEXT NOT NULL,        -- role@organisation
	published_at TIMESTAMP,
	published_by TEXT NOT NULL,
	PRIMARY KEY (campaign, number, version)
);
CREATE INDEX complaint_bulletin_sum ON complaint_bulletin (sum);

CREATE TABLE complaint_row (           -- a letter in a bulletin
	campaign     TEXT NOT NULL,
	number       INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	place        INTEGER NOT NULL,     -- which of the bulletin, from 1
	letter       TEXT NOT NULL,
	code         TEXT NOT NULL,
	code_key     TEXT NOT NULL,
	seen         INTEGER NOT NULL,     -- grows with every decision
	what         TEXT NOT NULL,        -- what it is made of, and the decisions about it: JSON, sealed
	key_number   INTEGER NOT NULL,
	looked       TEXT NOT NULL,        -- who looked at it: role@organisation; empty: nobody yet
	standing     BOOLEAN NOT NULL,     -- it is what stands public of the letter
	published_at TIMESTAMP,
	lat          DOUBLE PRECISION,     -- where the public sees it, fixed when it was first published
	lon          DOUBLE PRECISION,
	PRIMARY KEY (campaign, number, version, place)
);
CREATE INDEX complaint_row_letter ON complaint_row (letter, standing);
CREATE INDEX complaint_row_code ON complaint_row (code_key, standing, campaign);
CREATE INDEX complaint_row_standing ON complaint_row (campaign, standing, letter);
CREATE INDEX complaint_row_key ON complaint_row (key_number, campaign, number, version, place);

CREATE TABLE complaint_reader (        -- who may see what came, of a bulletin, and said why
	campaign TEXT NOT NULL,
	number   INTEGER NOT NULL,
	version  INTEGER NOT NULL,
	person   TEXT NOT NULL,
	PRIMARY KEY (campaign, number, version, person)
);

CREATE TABLE complaint_secret (        -- keys that never leave, as that of the public map
	name       TEXT PRIMARY KEY,
	what       TEXT NOT NULL,          -- sealed
	key_number INTEGER NOT NULL
);
