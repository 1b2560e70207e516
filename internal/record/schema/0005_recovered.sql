-- +goose Up
-- Stretches of the log that came back from a mirror over an older database, until the systems have taken them in.
CREATE TABLE record_recovered (
	first BIGINT PRIMARY KEY,     -- index of its first entry
	past  BIGINT NOT NULL
);
