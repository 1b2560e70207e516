-- +goose Up
CREATE TABLE contest_quota (        -- how many stations a division may recommend
	contest  TEXT NOT NULL,
	division TEXT NOT NULL,         -- empty: the whole country
	parent   TEXT NOT NULL,         -- whose quota it is a share of; '-': none
	n        INTEGER NOT NULL CHECK (n >= 0),
	paper    TEXT NOT NULL,         -- that set it
	at       TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, division)
);
CREATE INDEX contest_quota_below ON contest_quota (contest, parent, division);

CREATE TABLE contest_nomination (   -- a station in a selection
	contest    TEXT NOT NULL,
	station    TEXT NOT NULL,       -- its code
	name       TEXT NOT NULL,
	host       TEXT NOT NULL,
	division   TEXT NOT NULL,
	city       TEXT NOT NULL,
	province   TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('nominated', 'city', 'listed', 'returned', 'declined', 'withdrawn')),
	why        TEXT NOT NULL,       -- it was returned, declined or withdrawn
	by_level   TEXT NOT NULL,       -- the division that said so; empty: who nominated it
	city_rank  INTEGER NOT NULL,    -- 0: none
	list_rank  INTEGER NOT NULL,
	entry      TEXT NOT NULL,       -- of the contest, once it is listed
	made_by    TEXT NOT NULL,       -- person
	version    BIGINT NOT NULL,
	made_at    TIMESTAMP NOT NULL,
	changed_at TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, station)
);
CREATE INDEX contest_nomination_city ON contest_nomination (contest, city, state, station);
CREATE INDEX contest_nomination_province ON contest_nomination (contest, province, state, station);
CREATE INDEX contest_nomination_state ON contest_nomination (contest, state, station);

CREATE TABLE contest_dossier (      -- what was known of a station at a moment
	contest   TEXT NOT NULL,
	station   TEXT NOT NULL,
	n         INTEGER NOT NULL,     -- from 1
	step      TEXT NOT NULL,        -- nominated, city, listed, effect
	file      TEXT NOT NULL,        -- SHA-256 of what lies beside the log
	log_entry TEXT NOT NULL,
	at        TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, station, n)
);

CREATE TABLE contest_movement (     -- of money; never changed
	contest  TEXT NOT NULL,
	id       TEXT NOT NULL,         -- given by who posts it
	n        INTEGER NOT NULL,      -- in the order in which they were posted, from 1
	station  TEXT NOT NULL,
	kind     TEXT NOT NULL CHECK (kind IN ('budget', 'payment', 'receipt', 'spent')),
	payer    TEXT NOT NULL,
	payee    TEXT NOT NULL,
	fen      BIGINT NOT NULL CHECK (fen <> 0),
	purpose  TEXT NOT NULL,
	paper    TEXT NOT NULL,
	hash     TEXT NOT NULL,         -- of the paper's scan; may be empty
	day      TEXT NOT NULL,
	takes    TEXT NOT NULL,         -- the id of the movement that it takes back; empty: none
	why      TEXT NOT NULL,         -- it takes it back
	log_entry TEXT NOT NULL,
	at       TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, id),
	UNIQUE (contest, n)
);
CREATE INDEX contest_movement_station ON contest_movement (contest, station, kind, n);
CREATE INDEX contest_movement_takes ON contest_movement (contest, takes);

CREATE TABLE contest_effect (       -- what became of a station a year after its money came
	contest   TEXT NOT NULL,
	station   TEXT NOT NULL,
	says      TEXT NOT NULL,
	was       TEXT NOT NULL,        -- the file by which it was chosen
	now       TEXT NOT NULL,        -- the file of when it was told
	log_entry TEXT NOT NULL,
	at        TIMESTAMP NOT NULL,
	PRIMARY KEY (contest, station)
);
