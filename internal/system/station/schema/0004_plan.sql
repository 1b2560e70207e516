-- +goose Up
CREATE TABLE station_plan (
	code       TEXT PRIMARY KEY,   -- P-0001
	number     BIGINT NOT NULL,    -- of the code, for the next one
	id         TEXT NOT NULL,      -- UUIDv7
	name       TEXT NOT NULL,
	name_order TEXT NOT NULL,      -- sorts as the name should, on every engine
	note       TEXT NOT NULL,
	origin     TEXT NOT NULL,      -- whatif or siting
	proof      TEXT NOT NULL,      -- JSON: what siting proved; empty otherwise
	changes    TEXT NOT NULL,      -- canonical, one a line
	mode       TEXT NOT NULL,
	minutes    BIGINT NOT NULL,
	at         TEXT NOT NULL,      -- RFC 3339, in the city's zone
	any_hour   BOOLEAN NOT NULL,
	demand     TEXT NOT NULL,      -- the kind; empty: the first
	figures    TEXT NOT NULL,      -- JSON: before and after, in thousandths
	gain       BIGINT NOT NULL,    -- of the demand covered once, in thousandths
	basis      TEXT NOT NULL,      -- the revision of streets, stations and demand that the figures are of
	archived   BOOLEAN NOT NULL,
	search     TEXT NOT NULL,      -- what is searched, in lower case
	version    BIGINT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX station_plan_number ON station_plan (number);
-- Each order of the list begins a page in the middle.
CREATE INDEX station_plan_updated ON station_plan (updated_at, code);
CREATE INDEX station_plan_name ON station_plan (name_order, code);
CREATE INDEX station_plan_gain ON station_plan (gain, code);
