-- +goose Up
-- Up to 32 entries that one call wrote, with their leaves: packed ids and hashes.
-- They are in the tree one after another; the index of the first is null until they
-- are.
CREATE TABLE record_batch (
	id     TEXT PRIMARY KEY,      -- of the first entry
	seq    BIGINT,
	leaves BYTEA NOT NULL         -- empty: the hash is to be made from the entry
);
CREATE UNIQUE INDEX record_batch_seq ON record_batch (seq);

ALTER TABLE record_entry ADD COLUMN batch TEXT NOT NULL DEFAULT '';
UPDATE record_entry SET batch = id;
INSERT INTO record_batch (id, leaves) SELECT id, '' FROM record_entry;

-- The hashes of the tiles above the leaves: the n-th of a level is the root of the
-- n-th full tile of the level below.
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
