-- +goose Up
CREATE TABLE complaint_bound (         -- how often a network did something lately
	id       TEXT PRIMARY KEY,       -- what, and the network under a key that never leaves
	n        INTEGER NOT NULL,
	since_at TIMESTAMP NOT NULL
);
CREATE INDEX complaint_bound_since ON complaint_bound (since_at);
