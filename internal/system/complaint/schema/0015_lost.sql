-- +goose Up
CREATE TABLE complaint_lost (           -- what the log has and an older database lost: entries that came back from a mirror
	entry    TEXT PRIMARY KEY,
	campaign TEXT NOT NULL,            -- empty: not known
	subject  TEXT NOT NULL,
	kind     TEXT NOT NULL,
	at       TIMESTAMP NOT NULL
);
CREATE INDEX complaint_lost_campaign ON complaint_lost (campaign, subject, entry);
