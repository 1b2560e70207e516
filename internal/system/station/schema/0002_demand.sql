-- +goose Up
-- Demand comes in kinds, side by side: people, couriers' orders, street
-- cleaners' routes. What was there before is people.
CREATE TABLE station_demand_cell (
	kind   TEXT NOT NULL,             -- people, couriers …
	id     TEXT NOT NULL,
	lon    DOUBLE PRECISION NOT NULL, -- WGS-84
	lat    DOUBLE PRECISION NOT NULL,
	day    DOUBLE PRECISION NOT NULL, -- the weight by day
	night  DOUBLE PRECISION NOT NULL, -- the weight by night
	source TEXT NOT NULL,
	PRIMARY KEY (kind, id)
);
INSERT INTO station_demand_cell (kind, id, lon, lat, day, night, source)
	SELECT 'people', id, lon, lat, day, night, source FROM station_demand;
DROP TABLE station_demand;
