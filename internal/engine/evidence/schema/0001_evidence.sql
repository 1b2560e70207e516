-- +goose Up
-- Which folder is this database's: a start with another is refused.
CREATE TABLE evidence_store (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	id  TEXT NOT NULL
);

-- Bytes that are evidence. Two items may have the same.
CREATE TABLE evidence_blob (
	hash       TEXT PRIMARY KEY,   -- SHA-256 of the bytes, hex
	file       TEXT NOT NULL,      -- its name in the store
	sum        TEXT NOT NULL,      -- SHA-256 of the encrypted file, hex
	size       BIGINT NOT NULL,
	media      TEXT NOT NULL,
	width      INTEGER NOT NULL,   -- as stored; 0 for what is no picture
	height     INTEGER NOT NULL,
	secret     TEXT NOT NULL,      -- the file's key, sealed under the keys of people
	key_number INTEGER NOT NULL
);
CREATE UNIQUE INDEX evidence_blob_file ON evidence_blob (file);

-- Bytes that have come and that no act names yet.
CREATE TABLE evidence_intake (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL,
	by_whom    TEXT NOT NULL,      -- a person or device: nobody else may name them
	kind       TEXT NOT NULL,
	file       TEXT NOT NULL,
	sum        TEXT NOT NULL,
	size       BIGINT NOT NULL,
	media      TEXT NOT NULL,
	width      INTEGER NOT NULL,
	height     INTEGER NOT NULL,
	secret     TEXT NOT NULL,      -- sealed: the file's key, and what its metadata tell
	key_number INTEGER NOT NULL,
	until      TIMESTAMP NOT NULL
);
CREATE INDEX evidence_intake_hash ON evidence_intake (by_whom, hash);
CREATE INDEX evidence_intake_file ON evidence_intake (file);
CREATE INDEX evidence_intake_until ON evidence_intake (until);

CREATE TABLE evidence_item (
	id         TEXT PRIMARY KEY,   -- UUIDv7
	system     TEXT NOT NULL,
	subject    TEXT NOT NULL,      -- what it is evidence of, which the system knows
	kind       TEXT NOT NULL,
	blob       TEXT NOT NULL,      -- empty once it is erased
	media      TEXT NOT NULL,
	size       BIGINT NOT NULL,
	width      INTEGER NOT NULL,   -- upright, once it is developed
	height     INTEGER NOT NULL,
	private    TEXT NOT NULL,      -- sealed: when, where, with what it was taken
	key_number INTEGER NOT NULL,
	entry      TEXT NOT NULL,      -- of the record, whose private part has the hash
	made_at    TIMESTAMP NOT NULL,
	made_by    TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'opaque', 'unreadable', 'erased')),
	busy       TIMESTAMP NOT NULL, -- until when a process works on it
	until      TIMESTAMP           -- when it is to be erased by rule
);
CREATE INDEX evidence_item_subject ON evidence_item (system, subject, id);
CREATE INDEX evidence_item_blob ON evidence_item (blob);
CREATE INDEX evidence_item_state ON evidence_item (state, busy);
CREATE INDEX evidence_item_until ON evidence_item (until);

-- What was made of it for eyes. All can be made anew.
CREATE TABLE evidence_rendition (
	item       TEXT NOT NULL REFERENCES evidence_item (id),
	purpose    TEXT NOT NULL CHECK (purpose IN ('thumb', 'screen', 'full', 'published')),
	file       TEXT NOT NULL,
	secret     TEXT NOT NULL,
	key_number INTEGER NOT NULL,
	PRIMARY KEY (item, purpose)
);
CREATE INDEX evidence_rendition_file ON evidence_rendition (file);

-- What pictures look like, so that a process reads on from when it last read. One with
-- hardly anything to see has none.
CREATE TABLE evidence_print (
	item    TEXT PRIMARY KEY REFERENCES evidence_item (id),
	bits    BYTEA NOT NULL,
	made_at TIMESTAMP NOT NULL
);
CREATE INDEX evidence_print_made ON evidence_print (made_at);

CREATE TABLE evidence_likeness (
	a           TEXT NOT NULL REFERENCES evidence_item (id), -- the later
	b           TEXT NOT NULL REFERENCES evidence_item (id),
	distance    INTEGER NOT NULL,  -- bits of the print; -1 for the same bytes
	asked_at    TIMESTAMP NOT NULL,
	answer      TEXT NOT NULL CHECK (answer IN ('', 'same', 'another', 'meant')),
	answered_at TIMESTAMP,
	PRIMARY KEY (a, b)
);
CREATE INDEX evidence_likeness_b ON evidence_likeness (b);
CREATE INDEX evidence_likeness_open ON evidence_likeness (answer, asked_at);

CREATE TABLE evidence_cover (
	item      TEXT NOT NULL REFERENCES evidence_item (id),
	version   INTEGER NOT NULL,
	shapes    TEXT NOT NULL,
	made_at   TIMESTAMP NOT NULL,
	made_by   TEXT NOT NULL,
	published BOOLEAN NOT NULL,    -- somebody confirmed it; the last such is what the public has
	PRIMARY KEY (item, version)
);

-- Files that were erased. A backup carries them, so that a restore brings none back.
CREATE TABLE evidence_gone (
	file TEXT PRIMARY KEY,
	at   TIMESTAMP NOT NULL
);
