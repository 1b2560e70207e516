-- +goose Up
-- The site's own key pairs, to which devices seal.
CREATE TABLE offline_key (
	number     INTEGER PRIMARY KEY,
	public     TEXT NOT NULL,      -- 65 bytes, base64
	secret     TEXT NOT NULL,      -- sealed under the keys of people
	key_number INTEGER NOT NULL,
	made_at    TIMESTAMP NOT NULL
);

-- A browser of one person, by the public half of the key that it signs with.
CREATE TABLE offline_device (
	id         TEXT PRIMARY KEY,   -- UUIDv7
	person     TEXT NOT NULL,
	login      TEXT NOT NULL,      -- the device of identity that it was made on, or empty
	name       TEXT NOT NULL,      -- of the browser, for who looks at the list
	public     TEXT NOT NULL,      -- 65 bytes, base64
	made_at    TIMESTAMP NOT NULL,
	heard_at   TIMESTAMP NOT NULL, -- when an act of it last came
	last       BIGINT NOT NULL,    -- the highest number of an act of it that was done
	revoked_at TIMESTAMP
);
CREATE INDEX offline_device_person ON offline_device (person, id);
CREATE UNIQUE INDEX offline_device_public ON offline_device (person, public);

-- Files that are arriving. They are gone once evidence has them.
CREATE TABLE offline_file (
	device  TEXT NOT NULL,
	hash    TEXT NOT NULL,
	head    TEXT NOT NULL,
	person  TEXT NOT NULL,
	size    BIGINT NOT NULL,
	made_at TIMESTAMP NOT NULL,
	PRIMARY KEY (device, hash)
);
CREATE INDEX offline_file_made ON offline_file (made_at);

CREATE TABLE offline_part (
	device TEXT NOT NULL,
	hash   TEXT NOT NULL,
	part   INTEGER NOT NULL,
	box    BYTEA NOT NULL,         -- sealed, as it came
	PRIMARY KEY (device, hash, part)
);

-- Acts that wait for a person: of a revoked device, or brought by somebody else and in conflict.
CREATE TABLE offline_held (
	id         TEXT PRIMARY KEY,   -- of the act
	device     TEXT NOT NULL,
	person     TEXT NOT NULL,      -- its author
	why        TEXT NOT NULL CHECK (why IN ('revoked', 'conflict', 'refused')),
	body       TEXT NOT NULL,      -- SHA-256 of the text, hex
	envelope   TEXT NOT NULL,      -- as it came, sealed; empty once it is decided
	came_at    TIMESTAMP NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'rejected')),
	decided_at TIMESTAMP
);
CREATE INDEX offline_held_person ON offline_held (person, state, id);
