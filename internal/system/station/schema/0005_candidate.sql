-- +goose Up
-- What a planner chooses a site by: the kind of place that shares its room, and
-- what opening it costs.
ALTER TABLE station_station ADD COLUMN premises TEXT NOT NULL DEFAULT ''; -- empty: nobody has said
ALTER TABLE station_station ADD COLUMN cost_fen BIGINT;                  -- empty: nobody has said
