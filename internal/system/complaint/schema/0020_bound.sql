-- +goose Up
-- Engine bound counts now. What was counted lasted a day.
DROP TABLE complaint_bound;
DELETE FROM complaint_secret WHERE name = 'bound';
