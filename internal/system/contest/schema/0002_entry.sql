-- +goose Up
ALTER TABLE contest_event ADD COLUMN why TEXT NOT NULL DEFAULT ''; -- it was cancelled, for everybody to read

CREATE TABLE contest_entry (
	id           TEXT PRIMARY KEY,
	contest      TEXT NOT NULL,
	number       TEXT,               -- what judges and the public see; given when it is shortlisted
	title        TEXT NOT NULL,
	summary      TEXT NOT NULL,
	sealed       TEXT NOT NULL,      -- JSON, sealed: contact, and the salt of its number
	key_number   INTEGER NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('submitted', 'returned', 'accepted', 'refused', 'withdrawn', 'shortlisted')),
	why          TEXT NOT NULL,      -- it was returned, refused or withdrawn
	stage        TEXT NOT NULL,      -- of the rule: the last that it came to; empty before the hall
	status       TEXT NOT NULL,      -- of the hall, as scoring/mark has it
	organisation TEXT NOT NULL,      -- whose it is; empty: of none that is known here
	made_by      TEXT NOT NULL,      -- person; empty: by the office
	version      BIGINT NOT NULL,
	made_at      TIMESTAMP NOT NULL,
	changed_at   TIMESTAMP NOT NULL,
	UNIQUE (contest, number)
);
CREATE INDEX contest_entry_listed ON contest_entry (contest, id);
CREATE INDEX contest_entry_state ON contest_entry (contest, state, id);
CREATE INDEX contest_entry_own ON contest_entry (organisation, contest, id);

CREATE TABLE contest_unit (          -- of whom an entry is, as written
	entry TEXT NOT NULL,
	kind  TEXT NOT NULL,             -- unit, city, province: what quotas count
	place INTEGER NOT NULL,
	name  TEXT NOT NULL,
	PRIMARY KEY (entry, kind, place)
);
