-- +goose Up
CREATE TABLE complaint_extension (      -- of a measure's period: somebody asks, another decides
	id          TEXT PRIMARY KEY,
	measure     TEXT NOT NULL,
	campaign    TEXT NOT NULL,
	until_day   TEXT NOT NULL,
	why         TEXT NOT NULL,        -- no person's name
	person      TEXT NOT NULL,        -- who asked, and
	unit        TEXT NOT NULL,        -- for which organisation
	made_by     TEXT NOT NULL,        -- role@organisation
	made_at     TIMESTAMP NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'granted', 'declined')),
	decided_by  TEXT NOT NULL,        -- role@organisation; empty: nobody yet
	decided_for TEXT NOT NULL,        -- an organisation
	decided_why TEXT NOT NULL,
	decided_at  TIMESTAMP
);
CREATE INDEX complaint_extension_measure ON complaint_extension (measure, made_at, id);
CREATE INDEX complaint_extension_open ON complaint_extension (campaign, state, made_at, id);

-- A round of visits may be changed and cancelled; what phones bring afterwards is kept apart.
ALTER TABLE complaint_round ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE complaint_round ADD COLUMN cancelled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE complaint_round ADD COLUMN why TEXT NOT NULL DEFAULT '';        -- of the last change
ALTER TABLE complaint_stop ADD COLUMN removed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE complaint_seen ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;  -- of a stop that was no longer of the round when it came
ALTER TABLE complaint_told ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE complaint_signed ADD COLUMN held BOOLEAN NOT NULL DEFAULT FALSE;
