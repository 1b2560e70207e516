-- +goose Up
-- What is called done and not yet settled: a new letter near it asks whether to begin again.
CREATE INDEX complaint_problem_near ON complaint_problem (campaign, changed_at, id) WHERE stage IN ('done', 'applied', 'accepted', 'checked', 'publicity', 'filed');
-- Inspection finds a site by its code.
CREATE INDEX complaint_problem_usc ON complaint_problem (campaign, usc, due_at, id);
