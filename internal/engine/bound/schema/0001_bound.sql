-- +goose Up
CREATE TABLE bound_count (         -- how often a network did something lately
	id       TEXT PRIMARY KEY,     -- what, and the network under a key that never leaves
	n        INTEGER NOT NULL,
	since_at TIMESTAMP NOT NULL
);
CREATE INDEX bound_count_since ON bound_count (since_at);

CREATE TABLE bound_key (           -- under which networks are hashed: one row
	id         TEXT PRIMARY KEY,
	secret     TEXT NOT NULL,      -- sealed
	key_number INTEGER NOT NULL
);
