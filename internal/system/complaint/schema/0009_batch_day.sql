-- +goose Up
-- Batches are listed by their days: one of the public has no number among those of the inspectors.
CREATE INDEX complaint_batch_list ON complaint_batch (campaign, day, number);
