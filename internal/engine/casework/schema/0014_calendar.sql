-- +goose Up
CREATE TABLE casework_calendar (   -- arrangements of holidays that this site was told, besides those of the program; only ever more
	version  INTEGER PRIMARY KEY,  -- from 1
	text     TEXT NOT NULL,        -- as the file had it
	told_at  TIMESTAMP NOT NULL
);
CREATE TABLE casework_time (       -- one row: how far the time of this site has come
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	seen_at    TIMESTAMP NOT NULL, -- by the rounds
	wrong_from TIMESTAMP NOT NULL, -- what was recorded as of between these two bears a wrong time, as an operator confirmed
	wrong_till TIMESTAMP NOT NULL
);
