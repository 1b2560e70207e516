-- +goose Up
CREATE TABLE casework_case (
	id         TEXT PRIMARY KEY,
	process    TEXT NOT NULL,
	code       TEXT NOT NULL,     -- as people write it
	division   TEXT NOT NULL,
	parent     TEXT NOT NULL,     -- the case that it is a part of, as a measure of a problem; empty: of none
	stage      TEXT NOT NULL,
	life       INTEGER NOT NULL,  -- 1, and one more each time it begins again
	version    BIGINT NOT NULL,   -- counts its steps and the turns of its clocks
	lead       TEXT NOT NULL,     -- an organisation; empty: none yet
	asker      TEXT NOT NULL,
	opened_at  TIMESTAMP NOT NULL,
	changed_at TIMESTAMP NOT NULL,
	UNIQUE (process, code)
);
CREATE INDEX casework_case_parent ON casework_case (parent, process, stage);

CREATE TABLE casework_party (     -- who was ever a party, in which life: nobody of them is from outside
	case_id      TEXT NOT NULL,
	life         INTEGER NOT NULL,
	organisation TEXT NOT NULL,
	role         TEXT NOT NULL CHECK (role IN ('lead', 'joint')),
	present      BOOLEAN NOT NULL,
	PRIMARY KEY (case_id, life, organisation, role)
);

CREATE TABLE casework_step (      -- never changed
	case_id    TEXT NOT NULL,
	version    BIGINT NOT NULL,   -- of the case, after it
	life       INTEGER NOT NULL,
	move       TEXT NOT NULL,     -- of the process; or open, clock
	from_stage TEXT NOT NULL,
	to_stage   TEXT NOT NULL,
	what       TEXT NOT NULL,     -- persons, reason, proofs, soft needs, turn of a clock: JSON
	happened   TIMESTAMP NOT NULL,
	recorded   TIMESTAMP NOT NULL,
	act        TEXT NOT NULL,     -- of a device; empty: none
	PRIMARY KEY (case_id, version)
);

CREATE TABLE casework_clock (
	case_id     TEXT NOT NULL,
	life        INTEGER NOT NULL,
	name        TEXT NOT NULL,
	n           INTEGER NOT NULL, -- a clock may be started again in one life
	rule        TEXT NOT NULL,    -- as it was when it began: JSON
	events      TEXT NOT NULL,    -- its list: JSON, only ever longer
	running     BOOLEAN NOT NULL,
	due_at      TIMESTAMP,        -- none while it is paused
	provisional BOOLEAN NOT NULL,
	calendar    TEXT NOT NULL,    -- the documents that its due time depends on
	handed_at   TIMESTAMP,        -- when it was handed out as having run out
	PRIMARY KEY (case_id, life, name, n)
);
CREATE INDEX casework_clock_due ON casework_clock (running, due_at, case_id);
CREATE INDEX casework_clock_provisional ON casework_clock (running, provisional, case_id, life, name, n);

CREATE TABLE casework_duty (      -- who owes the next thing
	holder   TEXT NOT NULL,       -- organisation/… or person/…
	case_id  TEXT NOT NULL,
	name     TEXT NOT NULL,       -- the stage
	division TEXT NOT NULL,
	asker    TEXT NOT NULL,
	due_at   TIMESTAMP NOT NULL,  -- far away where there is none
	since    TIMESTAMP NOT NULL,
	PRIMARY KEY (case_id, name, holder)
);
CREATE INDEX casework_duty_holder ON casework_duty (holder, due_at, case_id);
CREATE INDEX casework_duty_asker ON casework_duty (asker, due_at, case_id);
