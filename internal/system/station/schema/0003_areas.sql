-- +goose Up
CREATE TABLE station_area (
	division   TEXT NOT NULL,      -- GB/T 2260, or a zone's code
	code       TEXT NOT NULL,      -- unique in the network; the use cases see to it
	name       TEXT NOT NULL,
	kind       TEXT NOT NULL,      -- key, division or zone
	shape      TEXT NOT NULL,      -- a MultiPolygon's coordinates in 1e-7 degrees, WGS-84
	once       BIGINT NOT NULL,    -- target in thousandths; 0: none
	twice      BIGINT NOT NULL,
	hours      TEXT NOT NULL,      -- when the target has to be met
	minutes    BIGINT NOT NULL,    -- how far is near; 0: a quarter of an hour
	demand     TEXT NOT NULL,      -- the kind of demand that is meant; empty: the first
	source     TEXT NOT NULL,
	updated_at TIMESTAMP NOT NULL,
	PRIMARY KEY (division, code)
);
