-- +goose Up
CREATE TABLE complaint_campaign (
	code      TEXT PRIMARY KEY,    -- XN2023; part of every code of a problem
	name      TEXT NOT NULL,
	team      TEXT NOT NULL,
	round     INTEGER NOT NULL,
	division  TEXT NOT NULL,       -- of whose home it is
	from_day  TEXT NOT NULL,
	until_day TEXT NOT NULL,
	office    TEXT NOT NULL,       -- the organisation that coordinates: it asks, others owe
	settings  TEXT NOT NULL,       -- rules, columns, who accepts: JSON
	problems  BIGINT NOT NULL,     -- the last number that a problem has
	version   BIGINT NOT NULL,
	made_at   TIMESTAMP NOT NULL
);

CREATE TABLE complaint_batch (
	campaign    TEXT NOT NULL,
	number      INTEGER NOT NULL,
	day         TEXT NOT NULL,
	source      TEXT NOT NULL CHECK (source IN ('table', 'hand', 'public')),
	title       TEXT NOT NULL,     -- what stands above the table
	file_hash   TEXT NOT NULL,     -- SHA-256 of the file; empty: there was none
	letters     INTEGER NOT NULL,
	notice      TEXT NOT NULL,     -- what the notice says, JSON; empty: there was none
	differences TEXT NOT NULL,     -- where it and the table do not agree, JSON
	received_at TIMESTAMP NOT NULL,
	received_by TEXT NOT NULL,     -- role@organisation
	PRIMARY KEY (campaign, number)
);

CREATE TABLE complaint_letter (
	id          TEXT PRIMARY KEY,  -- its case of the process complaint.letter
	campaign    TEXT NOT NULL,
	batch       INTEGER NOT NULL,
	place_in    INTEGER NOT NULL,  -- which of the batch
	code        TEXT NOT NULL,     -- to the letter
	code_key    TEXT NOT NULL,     -- complaint.CodeKey of it
	code_batch  INTEGER NOT NULL,  -- of a bare serial its batch, else 0
	channel     TEXT NOT NULL,
	key_item    BOOLEAN NOT NULL,  -- 重点关注
	region      TEXT NOT NULL,     -- as written
	division    TEXT NOT NULL,
	kinds_text  TEXT NOT NULL,     -- as written
	kinds       TEXT NOT NULL,     -- keys, with spaces around each
	original    TEXT NOT NULL,     -- what came, JSON, sealed
	key_number  INTEGER NOT NULL,
	digest      TEXT NOT NULL,     -- what the responsible unit sees
	stage       TEXT NOT NULL,
	due_at      TIMESTAMP,
	lead        TEXT NOT NULL,
	verdict     TEXT NOT NULL,
	verdict_why TEXT NOT NULL,     -- why it is not what its points say; empty: it is
	status      TEXT NOT NULL,     -- done, staged, doing; empty: not reported yet
	bulletin    INTEGER NOT NULL,  -- in which it was published last; 0: in none
	entry       TEXT NOT NULL,     -- of the record, sealed until it is published
	version     BIGINT NOT NULL,
	received_at TIMESTAMP NOT NULL,
	changed_at  TIMESTAMP NOT NULL,
	UNIQUE (campaign, code_key, code_batch)
);
CREATE INDEX complaint_letter_batch ON complaint_letter (campaign, batch, place_in, id);
CREATE INDEX complaint_letter_stage ON complaint_letter (campaign, stage, due_at, id);
CREATE INDEX complaint_letter_received ON complaint_letter (received_at, id);
CREATE INDEX complaint_letter_changed ON complaint_letter (campaign, changed_at, id);

CREATE TABLE complaint_answer (      -- what is said of a letter, as it stands
	letter     TEXT PRIMARY KEY,
	what       TEXT NOT NULL,      -- JSON, sealed
	key_number INTEGER NOT NULL,
	written_at TIMESTAMP NOT NULL
);

CREATE TABLE complaint_point (
	letter     TEXT NOT NULL,
	number     INTEGER NOT NULL,   -- 1, 2, … within the letter
	problem    TEXT NOT NULL,
	division   TEXT NOT NULL,
	kinds      TEXT NOT NULL,
	verdict    TEXT NOT NULL,
	what       TEXT NOT NULL,      -- its text, sealed; empty: it is the whole letter
	key_number INTEGER NOT NULL,
	PRIMARY KEY (letter, number)
);
CREATE INDEX complaint_point_problem ON complaint_point (problem, letter, number);

CREATE TABLE complaint_problem (
	id         TEXT PRIMARY KEY,   -- its case of the process complaint.problem
	campaign   TEXT NOT NULL,
	number     BIGINT NOT NULL,    -- within the campaign
	code       TEXT NOT NULL UNIQUE,
	title      TEXT NOT NULL,      -- a digest, without anybody's data
	division   TEXT NOT NULL,
	site       TEXT NOT NULL,      -- what it is about, as a works or a lake; empty: not said
	usc        TEXT NOT NULL,      -- the enterprise's, where it is one
	lat        DOUBLE PRECISION,
	lon        DOUBLE PRECISION,
	kinds      TEXT NOT NULL,
	key_item   BOOLEAN NOT NULL,
	letters    INTEGER NOT NULL,   -- how many are about it
	stage      TEXT NOT NULL,
	due_at     TIMESTAMP NOT NULL, -- far away where there is none
	lead       TEXT NOT NULL,      -- an organisation; empty: none yet
	life       INTEGER NOT NULL,
	verdict    TEXT NOT NULL,
	next_day   TEXT NOT NULL,      -- of one that is closed for a stage
	next_owes  TEXT NOT NULL,
	merged_in  TEXT NOT NULL,      -- another problem; empty: not merged
	filed_at   TIMESTAMP,          -- 销号, in this life
	accepted   TEXT NOT NULL,      -- who checked it on site in this life: role@organisation
	version    BIGINT NOT NULL,    -- the case's
	opened_at  TIMESTAMP NOT NULL,
	changed_at TIMESTAMP NOT NULL
);
CREATE INDEX complaint_problem_due ON complaint_problem (campaign, due_at, id);
CREATE INDEX complaint_problem_stage ON complaint_problem (campaign, stage, due_at, id);
CREATE INDEX complaint_problem_division ON complaint_problem (campaign, division, due_at, id);
CREATE INDEX complaint_problem_lead ON complaint_problem (lead, due_at, id);
CREATE INDEX complaint_problem_changed ON complaint_problem (campaign, changed_at, id);
CREATE INDEX complaint_problem_at ON complaint_problem (campaign, lat, lon);

CREATE TABLE complaint_measure (
	id       TEXT PRIMARY KEY,     -- its case of the process complaint.measure
	problem  TEXT NOT NULL,
	number   INTEGER NOT NULL,
	what     TEXT NOT NULL,        -- no person's name
	owner    TEXT NOT NULL,        -- an organisation
	due_day  TEXT NOT NULL,
	money    BIGINT NOT NULL,      -- fen
	source   TEXT NOT NULL CHECK (source IN ('plan', 'visit')),
	stage    TEXT NOT NULL,
	progress TEXT NOT NULL,        -- the last milestone
	version  BIGINT NOT NULL,
	made_at  TIMESTAMP NOT NULL,
	done_at  TIMESTAMP,
	UNIQUE (problem, number)
);

CREATE TABLE complaint_sanction (
	id      TEXT PRIMARY KEY,
	problem TEXT NOT NULL,
	kind    TEXT NOT NULL,         -- order, penalty, case, detention, interview, account
	n       INTEGER NOT NULL,      -- how many, people or acts
	money   BIGINT NOT NULL,       -- fen
	act     TEXT NOT NULL,         -- the number of its paper; empty: as a count
	day     TEXT NOT NULL,
	made_at TIMESTAMP NOT NULL
);
CREATE INDEX complaint_sanction_problem ON complaint_sanction (problem, id);

CREATE TABLE complaint_word (        -- what those say who live with it
	id      TEXT PRIMARY KEY,
	problem TEXT NOT NULL,
	letter  TEXT NOT NULL,
	life    INTEGER NOT NULL,      -- of the problem
	source  TEXT NOT NULL CHECK (source IN ('token', 'neighbours', 'none', 'public')),
	says    TEXT NOT NULL CHECK (says IN ('solved', 'not', 'unsure', '')),
	why     TEXT NOT NULL,         -- that there is none; no person's name
	made_at TIMESTAMP NOT NULL,
	made_by TEXT NOT NULL,         -- role@organisation; empty: who complained
	entry   TEXT NOT NULL          -- of the record, sealed until the closing is filed
);
CREATE INDEX complaint_word_problem ON complaint_word (problem, life, letter, made_at);

CREATE TABLE complaint_token (       -- of who complained; the secret itself is nowhere
	hash    TEXT PRIMARY KEY,
	letter  TEXT NOT NULL,
	made_at TIMESTAMP NOT NULL
);
CREATE INDEX complaint_token_letter ON complaint_token (letter);

CREATE TABLE complaint_question (    -- what a person has to answer about letters and problems
	id        TEXT PRIMARY KEY,
	campaign  TEXT NOT NULL,
	kind      TEXT NOT NULL CHECK (kind IN ('alike', 'cited', 'changed')),
	letter    TEXT NOT NULL,
	other     TEXT NOT NULL,         -- a letter; of a code that is not known, the code
	says      TEXT NOT NULL,         -- what speaks for and against: JSON
	answer    TEXT NOT NULL CHECK (answer IN ('', 'yes', 'no')),
	asked_at  TIMESTAMP NOT NULL,
	answer_by TEXT NOT NULL,
	UNIQUE (letter, kind, other)
);
CREATE INDEX complaint_question_open ON complaint_question (campaign, answer, asked_at, id);

CREATE TABLE complaint_child (       -- objections, and proposals to reopen
	id      TEXT PRIMARY KEY,      -- its case
	problem TEXT NOT NULL,
	process TEXT NOT NULL,
	cause   TEXT NOT NULL,         -- letter, public, person
	letter  TEXT NOT NULL,         -- the new one that it came from; empty: none
	what    TEXT NOT NULL,         -- in words, sealed; empty: nothing
	key_number INTEGER NOT NULL,
	stage   TEXT NOT NULL,
	version BIGINT NOT NULL,
	made_at TIMESTAMP NOT NULL
);
CREATE INDEX complaint_child_problem ON complaint_child (problem, process, made_at, id);
CREATE INDEX complaint_child_stage ON complaint_child (process, stage, made_at, id);
