-- +goose Up
-- The problems of a unit within an inspection are listed and counted by it alone.
CREATE INDEX complaint_problem_unit ON complaint_problem (campaign, lead, due_at, id);
