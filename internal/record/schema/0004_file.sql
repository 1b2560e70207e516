-- +goose Up
-- What is published beside the log: an entry names it by its hash, for it may be longer than a
-- statement. A text that must not stand any longer is put out of here, and another takes its place.
CREATE TABLE record_file (
	sha256 TEXT PRIMARY KEY,
	text   TEXT NOT NULL
);
