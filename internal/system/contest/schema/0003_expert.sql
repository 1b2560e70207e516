-- +goose Up
CREATE TABLE contest_expert (          -- the pool
	person       TEXT PRIMARY KEY,
	division     TEXT NOT NULL,        -- whose organisers keep them
	field        TEXT NOT NULL,
	unit         TEXT NOT NULL,        -- their own, as written
	organisation TEXT NOT NULL,        -- the same, where it is known here; empty: it is not
	active       BOOLEAN NOT NULL,
	version      BIGINT NOT NULL,
	added_at     TIMESTAMP NOT NULL
);
CREATE INDEX contest_expert_listed ON contest_expert (division, person);

CREATE TABLE contest_relation (        -- of an expert to a unit
	id         TEXT PRIMARY KEY,
	person     TEXT NOT NULL,
	unit       TEXT NOT NULL,          -- as written
	unit_key   TEXT NOT NULL,          -- as it is compared
	kind       TEXT NOT NULL CHECK (kind IN ('own', 'subordinate', 'superior', 'adviser', 'relative', 'other')),
	said       TEXT NOT NULL CHECK (said IN ('declared', 'found')),
	note       TEXT NOT NULL,          -- sealed; empty: none
	key_number INTEGER NOT NULL,
	at         TIMESTAMP NOT NULL,
	UNIQUE (person, unit_key, kind)
);
