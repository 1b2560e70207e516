-- +goose Up
CREATE TABLE contest_card (              -- a winner as others can use it
	id           TEXT PRIMARY KEY,       -- cases-55/E-17
	contest      TEXT NOT NULL,
	number       TEXT NOT NULL,
	organisation TEXT NOT NULL,          -- whose entry it was; empty: of none that is known here
	units        TEXT NOT NULL,          -- as the final list has them
	won          TEXT NOT NULL,          -- what it won, as the rule calls it in Chinese
	year         INTEGER NOT NULL,       -- in which the list became final
	state        TEXT NOT NULL,
	why          TEXT NOT NULL,
	newest       INTEGER NOT NULL,       -- its last version
	shown        INTEGER NOT NULL,       -- the one that everybody reads; 0: none
	title        TEXT NOT NULL,          -- of the one that is shown, like field and words
	field        TEXT NOT NULL,
	words        TEXT NOT NULL,          -- what a search looks through
	version      BIGINT NOT NULL,
	made_at      TIMESTAMP NOT NULL,
	shown_at     TIMESTAMP NOT NULL      -- for the first time; until then when it was made
);
CREATE INDEX contest_card_library ON contest_card (shown_at DESC, id DESC) WHERE shown > 0;
CREATE INDEX contest_card_of_contest ON contest_card (contest, number);
CREATE INDEX contest_card_of_unit ON contest_card (organisation, made_at);

CREATE TABLE contest_card_version (
	card     TEXT NOT NULL,
	n        INTEGER NOT NULL,
	title    TEXT NOT NULL,
	field    TEXT NOT NULL,
	problem  TEXT NOT NULL,
	measures TEXT NOT NULL,
	effect   TEXT NOT NULL,
	figures  TEXT NOT NULL,              -- JSON
	office   TEXT NOT NULL,
	phone    TEXT NOT NULL,
	by_sign  TEXT NOT NULL,
	at       TIMESTAMP NOT NULL,
	PRIMARY KEY (card, n)
);

CREATE TABLE contest_adoption (
	id           TEXT PRIMARY KEY,
	card         TEXT NOT NULL,
	organisation TEXT NOT NULL,          -- that adopted it
	division     TEXT NOT NULL,          -- where
	since        TEXT NOT NULL,          -- 2026-09
	changed      TEXT NOT NULL,
	effect       TEXT NOT NULL,
	state        TEXT NOT NULL,
	reason       TEXT NOT NULL,
	made_by      TEXT NOT NULL,          -- person
	version      BIGINT NOT NULL,
	made_at      TIMESTAMP NOT NULL,
	moved_at     TIMESTAMP NOT NULL
);
CREATE INDEX contest_adoption_of_card ON contest_adoption (card, made_at, id);
CREATE INDEX contest_adoption_by_month ON contest_adoption (since, state);
CREATE UNIQUE INDEX contest_adoption_once ON contest_adoption (card, organisation, division) WHERE state <> 'withdrawn';
