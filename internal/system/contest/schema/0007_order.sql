-- +goose Up
CREATE TABLE contest_order (         -- a draw of the order of a part
	contest TEXT NOT NULL,
	part    TEXT NOT NULL,
	draw_id TEXT NOT NULL,
	limit_s INTEGER NOT NULL,        -- seconds that each presentation has
	warn_s  INTEGER NOT NULL,        -- before the end
	at      TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, part, draw_id)
);

CREATE TABLE contest_skip (          -- one person asks for an entry to be skipped
	contest  TEXT NOT NULL,
	part     TEXT NOT NULL,
	entry    TEXT NOT NULL,          -- its number
	asked_by TEXT NOT NULL,          -- person
	sign     TEXT NOT NULL,          -- as what they asked
	at       TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, part, entry)
);
