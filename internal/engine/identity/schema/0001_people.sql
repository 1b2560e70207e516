-- +goose Up
CREATE TABLE identity_state (
	one        INTEGER PRIMARY KEY CHECK (one = 1),
	turn       BIGINT NOT NULL,   -- counts up while anybody serves; a database behind what was seen is an older one
	key_number INTEGER NOT NULL,  -- the key in use; 0: none yet
	key_check  TEXT NOT NULL,     -- finds another file with a key of the same number
	first_hash TEXT NOT NULL,     -- of the one-time address of a first start; empty when there is none
	first_ends TIMESTAMP
);

CREATE TABLE identity_organisation (
	id       TEXT PRIMARY KEY,
	parent   TEXT NOT NULL,       -- empty: at the top
	division TEXT NOT NULL,
	name     TEXT NOT NULL,
	made_at  TIMESTAMP NOT NULL,
	UNIQUE (parent, name)
);

-- name and phone are sealed; phone_index finds a number without being one.
CREATE TABLE identity_person (
	id           TEXT PRIMARY KEY,
	organisation TEXT NOT NULL,
	division     TEXT NOT NULL,
	name         TEXT NOT NULL,
	phone        TEXT NOT NULL,
	phone_index  TEXT NOT NULL,
	key_number   INTEGER NOT NULL, -- all of the row is under one key
	state        TEXT NOT NULL CHECK (state IN ('active', 'left', 'erased')),
	made_at      TIMESTAMP NOT NULL
);
CREATE INDEX identity_person_phone ON identity_person (phone_index);
CREATE INDEX identity_person_key ON identity_person (key_number);

CREATE TABLE identity_account (
	person     TEXT PRIMARY KEY,
	login      TEXT NOT NULL UNIQUE,
	password   TEXT NOT NULL,     -- as hashed; empty: none has been chosen
	changed_at TIMESTAMP NOT NULL, -- the password
	made_at    TIMESTAMP NOT NULL,
	closed_at  TIMESTAMP
);

CREATE TABLE identity_password (  -- former ones
	person TEXT NOT NULL,
	at     TIMESTAMP NOT NULL,
	hash   TEXT NOT NULL,
	PRIMARY KEY (person, hash)
);

CREATE TABLE identity_factor (
	person       TEXT PRIMARY KEY,
	secret       TEXT NOT NULL,   -- sealed
	key_number   INTEGER NOT NULL,
	made_at      TIMESTAMP NOT NULL
);

CREATE TABLE identity_code (      -- steps whose code was used: each once, for ever
	person TEXT NOT NULL,
	step   BIGINT NOT NULL,
	PRIMARY KEY (person, step)
);

CREATE TABLE identity_recovery (
	person  TEXT NOT NULL,
	hash    TEXT NOT NULL,
	used_at TIMESTAMP,
	PRIMARY KEY (person, hash)
);

CREATE TABLE identity_grant (
	id           TEXT PRIMARY KEY,
	holder       TEXT NOT NULL,   -- a person or a service
	role         TEXT NOT NULL,
	organisation TEXT NOT NULL,
	division     TEXT NOT NULL,   -- empty: everywhere
	subject      TEXT NOT NULL,   -- empty: everything there
	from_at      TIMESTAMP,
	until_at     TIMESTAMP,
	given_at     TIMESTAMP NOT NULL,
	given_by     TEXT NOT NULL,
	revoked_at   TIMESTAMP,
	revoked_by   TEXT NOT NULL,
	why          TEXT NOT NULL
);
CREATE INDEX identity_grant_holder ON identity_grant (holder, id);
CREATE INDEX identity_grant_role ON identity_grant (role, id);

CREATE TABLE identity_device (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	person     TEXT NOT NULL,
	bound      BOOLEAN NOT NULL,  -- by an invitation: it is the way in. Else only known
	name       TEXT NOT NULL,
	made_at    TIMESTAMP NOT NULL,
	revoked_at TIMESTAMP
);
CREATE INDEX identity_device_person ON identity_device (person, id);

CREATE TABLE identity_session (
	id           TEXT PRIMARY KEY,
	hash         TEXT NOT NULL UNIQUE,
	person       TEXT NOT NULL,
	device       TEXT NOT NULL,
	way          TEXT NOT NULL CHECK (way IN ('password', 'device')),
	level        TEXT NOT NULL CHECK (level IN ('half', 'bare', 'full')),
	began_at     TIMESTAMP NOT NULL,
	seen_at      TIMESTAMP NOT NULL,
	ends_at      TIMESTAMP NOT NULL,
	idle_s       BIGINT NOT NULL,
	confirmed_at TIMESTAMP,       -- when it was last asked again who it is
	wrong        INTEGER NOT NULL, -- codes, while half
	ended_at     TIMESTAMP,
	why          TEXT NOT NULL
);
CREATE INDEX identity_session_person ON identity_session (person, id);
CREATE INDEX identity_session_open ON identity_session (ends_at) WHERE ended_at IS NULL;

CREATE TABLE identity_invitation (
	id        TEXT PRIMARY KEY,
	hash      TEXT NOT NULL UNIQUE,
	code      TEXT NOT NULL,      -- keyed hash of what is told by another channel
	person    TEXT NOT NULL,
	device    BOOLEAN NOT NULL,   -- binds one; else it sets a password
	made_at   TIMESTAMP NOT NULL,
	made_by   TEXT NOT NULL,
	ends_at   TIMESTAMP NOT NULL,
	browser   TEXT NOT NULL,      -- hash of the one that opened it first; empty: nobody has
	warned    BOOLEAN NOT NULL,
	wrong     INTEGER NOT NULL,   -- codes
	ended_at  TIMESTAMP,
	why       TEXT NOT NULL
);
CREATE INDEX identity_invitation_person ON identity_invitation (person, id);
CREATE INDEX identity_invitation_open ON identity_invitation (ends_at) WHERE ended_at IS NULL;

CREATE TABLE identity_service (
	id         TEXT PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	made_at    TIMESTAMP NOT NULL,
	made_by    TEXT NOT NULL,
	ends_at    TIMESTAMP NOT NULL,
	revoked_at TIMESTAMP
);

CREATE TABLE identity_attempt (   -- wrong ones, by keyed hashes of login, network or device
	id       TEXT PRIMARY KEY,
	wrong    INTEGER NOT NULL,
	since_at TIMESTAMP NOT NULL,
	until_at TIMESTAMP NOT NULL   -- nobody is let try before
);
CREATE INDEX identity_attempt_since ON identity_attempt (since_at);

CREATE TABLE identity_notice (    -- what a person is told when they next look
	id      TEXT PRIMARY KEY,
	person  TEXT NOT NULL,
	at      TIMESTAMP NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	seen_at TIMESTAMP
);
CREATE INDEX identity_notice_person ON identity_notice (person, id);
