-- +goose Up
-- The sum of all versions grows with every plan that is added or changed, and
-- tells at once whether a list of plans in memory is old.
CREATE INDEX station_plan_version ON station_plan (version);
-- Plans are listed from memory since then, in whatever order.
DROP INDEX station_plan_updated;
DROP INDEX station_plan_name;
DROP INDEX station_plan_gain;
