-- +goose Up
-- Entries that are not in the tree yet: packed ids and leaves of one call.
CREATE TABLE record_pending (
	id     TEXT PRIMARY KEY,      -- of the first entry
	leaves BYTEA NOT NULL         -- empty: the hash is to be made from the entry
);
INSERT INTO record_pending (id, leaves) SELECT id, '' FROM record_entry;

-- The leaves of the tree, by index and without gaps.
CREATE TABLE record_leaf (
	seq   BIGINT PRIMARY KEY,
	entry TEXT NOT NULL UNIQUE,
	hash  BYTEA NOT NULL
);

-- The hashes of the tiles above: the n-th of a level is the root of the n-th
-- full tile of the level below.
CREATE TABLE record_node (
	level INTEGER NOT NULL,
	n     BIGINT NOT NULL,
	hash  BYTEA NOT NULL,
	PRIMARY KEY (level, n)
);

-- One row, made with the first checkpoint: who may write the tree, and how far
-- it has come. Each fold moves it, from the epoch and size that it began with.
CREATE TABLE record_head (
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	epoch  BIGINT NOT NULL,       -- one for each leader
	leader TEXT NOT NULL,
	size   BIGINT NOT NULL,
	note   TEXT NOT NULL,         -- the signed checkpoint; empty before the first
	keys   TEXT NOT NULL          -- which sign it, a line each
);
