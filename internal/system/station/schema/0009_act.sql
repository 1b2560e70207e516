-- +goose Up
-- The revision of the register at which a station was last written, by which it is
-- told what somebody changed since a preview was looked at. 0: before it was kept.
ALTER TABLE station_station ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
-- A change of many stations together; it is named by the revision that it made.
CREATE TABLE station_act (
	revision BIGINT PRIMARY KEY,
	at       TIMESTAMP NOT NULL,
	sign     TEXT NOT NULL,   -- as whom, as the record has it
	doing    TEXT NOT NULL,   -- pause, reopen, hours, host
	value    TEXT NOT NULL,   -- what was written; empty where the act says it
	seen     BIGINT NOT NULL, -- how many the preview said
	changed  BIGINT NOT NULL,
	missed   TEXT NOT NULL,   -- the first codes of those that others were faster with
	undoes   BIGINT NOT NULL  -- the act that it takes back; 0: none
);
-- What each of its stations had there before.
CREATE TABLE station_act_row (
	act     BIGINT NOT NULL,
	station TEXT NOT NULL,
	old     TEXT NOT NULL,
	PRIMARY KEY (act, station)
);
