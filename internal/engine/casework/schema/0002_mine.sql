-- +goose Up
CREATE TABLE casework_away (      -- who takes somebody's place, from when until when
	id       TEXT PRIMARY KEY,
	person   TEXT NOT NULL,       -- who is away
	deputy   TEXT NOT NULL,
	from_at  TIMESTAMP NOT NULL,
	until_at TIMESTAMP NOT NULL,  -- ends by itself
	why      TEXT NOT NULL,
	given_at TIMESTAMP NOT NULL,
	ended_at TIMESTAMP            -- by one of the two, before its time
);
CREATE INDEX casework_away_person ON casework_away (person, until_at);
CREATE INDEX casework_away_deputy ON casework_away (deputy, until_at);

CREATE TABLE casework_feed (      -- secret addresses of calendars
	hash     TEXT PRIMARY KEY,    -- SHA-256 of the secret, hex
	person   TEXT NOT NULL,
	made_at  TIMESTAMP NOT NULL,
	ended_at TIMESTAMP
);
CREATE INDEX casework_feed_person ON casework_feed (person, made_at);

CREATE TABLE casework_notice (    -- announcements on their way out: no texts, no persons
	id           TEXT PRIMARY KEY,
	kind         TEXT NOT NULL CHECK (kind IN ('work', 'warning', 'late')),
	case_id      TEXT NOT NULL,
	life         INTEGER NOT NULL,
	process      TEXT NOT NULL,
	code         TEXT NOT NULL,
	stage        TEXT NOT NULL,
	division     TEXT NOT NULL,
	organisation TEXT NOT NULL,   -- whom it is for
	due_at       TIMESTAMP NOT NULL,  -- far away where there is none
	made_at      TIMESTAMP NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead', 'told')),
	next_at      TIMESTAMP NOT NULL,  -- not before; while a sender has it, when another may take it
	tries        INTEGER NOT NULL,
	why          TEXT NOT NULL,   -- it was not sent the last time
	done_at      TIMESTAMP        -- sent, given up, or told by telephone
);
CREATE INDEX casework_notice_next ON casework_notice (state, next_at, id);
CREATE INDEX casework_notice_case ON casework_notice (case_id, state);
CREATE INDEX casework_notice_open ON casework_notice (organisation, id) WHERE state IN ('pending', 'dead');
