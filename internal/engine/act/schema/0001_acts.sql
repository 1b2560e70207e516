-- +goose Up
CREATE TABLE act_done (
	id     TEXT PRIMARY KEY,   -- made on the device
	body   TEXT NOT NULL,      -- SHA-256 of what was sent
	person TEXT NOT NULL,
	at     TIMESTAMP NOT NULL,
	answer TEXT NOT NULL
);
CREATE INDEX act_done_at ON act_done (at);
