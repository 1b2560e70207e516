-- +goose Up
CREATE TABLE record_entry (
	id         TEXT PRIMARY KEY,  -- UUIDv7: ids of one process are in the order of their making
	at         TIMESTAMP NOT NULL,
	kind       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	actor      TEXT NOT NULL,
	public     TEXT NOT NULL,     -- canonical JSON
	commitment TEXT NOT NULL      -- to the private part, hex; empty when there is none
);
CREATE INDEX record_entry_subject ON record_entry (subject, id);
CREATE INDEX record_entry_kind ON record_entry (kind, id);

-- What names a person is kept apart, so that it can go while the entry stays.
CREATE TABLE record_private (
	id      TEXT PRIMARY KEY REFERENCES record_entry (id),
	salt    TEXT NOT NULL,        -- 32 random bytes, hex
	payload TEXT NOT NULL         -- canonical JSON
);
