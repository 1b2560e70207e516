-- +goose Up
CREATE TABLE draw_draw (
	id       TEXT PRIMARY KEY,
	purpose  TEXT NOT NULL,
	thing    TEXT NOT NULL,        -- what the purpose is of, as contest/…
	number   INTEGER NOT NULL,
	title_zh TEXT NOT NULL,
	title_en TEXT NOT NULL,
	list     TEXT NOT NULL,        -- SHA-256 of a file beside the log
	state    TEXT NOT NULL CHECK (state IN ('committed', 'drawn', 'cancelled', 'closed')),
	holds    BOOLEAN NOT NULL,     -- its purpose
	steps    INTEGER NOT NULL,
	seeded   BOOLEAN NOT NULL,
	drawn    INTEGER NOT NULL,
	skipped  INTEGER NOT NULL,
	begun_at TIMESTAMP NOT NULL,
	from_at  TIMESTAMP NOT NULL,
	due_at   TIMESTAMP NOT NULL,
	UNIQUE (purpose, number)
);
CREATE UNIQUE INDEX draw_draw_holds ON draw_draw (purpose) WHERE holds;
CREATE INDEX draw_draw_thing ON draw_draw (thing, id);
CREATE INDEX draw_draw_list ON draw_draw (list, id);

CREATE TABLE draw_step (           -- never changed
	draw_id TEXT NOT NULL,
	n       INTEGER NOT NULL,      -- 0 is the commitment
	entry   TEXT NOT NULL,         -- of the record
	kind    TEXT NOT NULL,
	public  TEXT NOT NULL,         -- canonical JSON, as the entry has it
	at      TIMESTAMP NOT NULL,
	PRIMARY KEY (draw_id, n)
);

CREATE TABLE draw_typed (          -- what one person typed, until another types the same
	draw_id TEXT NOT NULL,
	person  TEXT NOT NULL,
	choice  INTEGER NOT NULL,
	seed    TEXT NOT NULL,
	at      TIMESTAMP NOT NULL,
	PRIMARY KEY (draw_id, person)
);
