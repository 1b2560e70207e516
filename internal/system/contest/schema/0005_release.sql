-- +goose Up
CREATE TABLE contest_release (
	contest   TEXT NOT NULL,
	n         INTEGER NOT NULL,
	file      TEXT NOT NULL,       -- hash of the public file
	log_entry TEXT NOT NULL,
	why       TEXT NOT NULL,       -- of every release but the first
	at        TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, n)
);
