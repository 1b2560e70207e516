-- +goose Up
CREATE TABLE contest_seat (
	contest    TEXT NOT NULL,
	seat       TEXT NOT NULL,       -- j1
	person     TEXT NOT NULL,
	device     TEXT NOT NULL,       -- the chosen one; empty: none yet
	asked      TEXT NOT NULL,       -- another that would be; empty: none
	changes    INTEGER NOT NULL,    -- how often another was chosen
	seen_at    TIMESTAMP,           -- its last beat
	unsent     INTEGER NOT NULL,    -- marks that it had not sent then
	PRIMARY KEY (contest, seat),
	UNIQUE (contest, person)
);

CREATE TABLE contest_away (         -- a sheet that nobody owes
	contest   TEXT NOT NULL,
	part      TEXT NOT NULL,
	entry     TEXT NOT NULL,        -- its number
	seat      TEXT NOT NULL,
	why       TEXT NOT NULL CHECK (why IN ('absent', 'recused')),
	reason    TEXT NOT NULL,
	asked_by  TEXT NOT NULL,        -- person
	by        TEXT NOT NULL,        -- who confirmed an absence; empty: not yet
	log_entry TEXT NOT NULL,        -- of the record, sealed until the reveal; empty: not confirmed
	at        TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, part, entry, seat)
);

CREATE TABLE contest_run (
	contest      TEXT NOT NULL,
	part         TEXT NOT NULL,
	entry        TEXT NOT NULL,     -- its number
	attempt      INTEGER NOT NULL,
	place        INTEGER NOT NULL,  -- in the order that was drawn
	state        TEXT NOT NULL,
	limit_s      INTEGER NOT NULL,  -- seconds that it has
	warn_s       INTEGER NOT NULL,  -- before the end
	seconds      INTEGER NOT NULL,  -- that it took
	heard        TEXT NOT NULL,     -- its entry of the record
	asked_by     TEXT NOT NULL,     -- person who closed it, or asked for a forfeit
	checked_by   TEXT NOT NULL,     -- person
	score        TEXT NOT NULL,     -- of the part, as it was checked; empty: only when all are in
	openings     TEXT NOT NULL,     -- hash of what was checked
	revealed     BIGINT NOT NULL,   -- its number among the reveals; 0: not yet
	why          TEXT NOT NULL,     -- of a way back
	version      BIGINT NOT NULL,
	PRIMARY KEY (contest, part, entry, attempt)
);
CREATE INDEX contest_run_order ON contest_run (contest, part, place, entry, attempt);
CREATE INDEX contest_run_revealed ON contest_run (contest, revealed, part, entry, attempt);

CREATE TABLE contest_tick (         -- of a run's clock
	contest TEXT NOT NULL,
	part    TEXT NOT NULL,
	entry   TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	n       INTEGER NOT NULL,
	what    TEXT NOT NULL CHECK (what IN ('start', 'pause', 'stop')),
	at      TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, part, entry, attempt, n)
);

CREATE TABLE contest_mark (         -- a draft
	id         TEXT PRIMARY KEY,    -- contest/part/entry/seat/criterion
	contest    TEXT NOT NULL,
	part       TEXT NOT NULL,
	entry      TEXT NOT NULL,
	seat       TEXT NOT NULL,
	criterion  TEXT NOT NULL,
	mark       TEXT NOT NULL,       -- sealed
	key_number INTEGER NOT NULL,
	at         TIMESTAMP NOT NULL
);
CREATE INDEX contest_mark_of ON contest_mark (contest, seat, part, entry, criterion);

CREATE TABLE contest_sheet (
	id         TEXT PRIMARY KEY,    -- contest/part/entry/seat/version
	contest    TEXT NOT NULL,
	part       TEXT NOT NULL,
	entry      TEXT NOT NULL,
	seat       TEXT NOT NULL,
	version    INTEGER NOT NULL,
	attempt    INTEGER NOT NULL,    -- of the run
	state      TEXT NOT NULL CHECK (state IN ('sealed', 'opened', 'corrected', 'void')),
	opening    TEXT NOT NULL,       -- JSON, sealed
	key_number INTEGER NOT NULL,
	commitment TEXT NOT NULL,
	lock_id    TEXT NOT NULL,
	log_entry  TEXT NOT NULL,
	reason     TEXT NOT NULL,       -- it counts no more
	asked_by   TEXT NOT NULL,       -- person
	by         TEXT NOT NULL,       -- person who confirmed it
	at         TIMESTAMP NOT NULL,
	UNIQUE (contest, part, entry, seat, version)
);

CREATE TABLE contest_ask (          -- for a correction
	id         TEXT PRIMARY KEY,
	contest    TEXT NOT NULL,
	part       TEXT NOT NULL,
	entry      TEXT NOT NULL,
	seat       TEXT NOT NULL,
	reason     TEXT NOT NULL,
	asked_by   TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('asked', 'resealed', 'done', 'dropped')),
	at         TIMESTAMP NOT NULL
);
CREATE INDEX contest_ask_open ON contest_ask (contest, state, at, id);

CREATE TABLE contest_decision (     -- of a tie, or of who is in at a line
	contest  TEXT NOT NULL,
	n        INTEGER NOT NULL,
	what     TEXT NOT NULL,         -- mark.Decision, JSON
	asked_by TEXT NOT NULL,
	by       TEXT NOT NULL,         -- who confirmed it; empty: not yet
	at       TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, n)
);
