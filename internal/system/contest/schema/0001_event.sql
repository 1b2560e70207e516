-- +goose Up
CREATE TABLE contest_event (
	code       TEXT PRIMARY KEY,    -- hall-2026; in addresses and in every seal
	title      TEXT NOT NULL,
	approval   TEXT NOT NULL,       -- number of the approval; empty: none
	cycle      TEXT NOT NULL,       -- as it was approved
	office     TEXT NOT NULL,       -- the organisation that holds it
	division   TEXT NOT NULL,
	rule       TEXT NOT NULL,       -- the rule's file, JSON
	rule_hash  TEXT NOT NULL,
	rule_entry TEXT NOT NULL,       -- of the record, with the hash
	state      TEXT NOT NULL,
	rehearsal  BOOLEAN NOT NULL,
	until_at   TIMESTAMP,           -- entries are taken until
	board      BIGINT NOT NULL,     -- grows with what the public may see
	pulse      BIGINT NOT NULL,     -- grows with what the hall may see
	frozen     BOOLEAN NOT NULL,    -- the screen keeps what it shows
	facts      TEXT NOT NULL,       -- hash, once they are in the log
	facts_entry TEXT NOT NULL,
	version    BIGINT NOT NULL,
	made_at    TIMESTAMP NOT NULL
);
CREATE INDEX contest_event_listed ON contest_event (made_at, code);
