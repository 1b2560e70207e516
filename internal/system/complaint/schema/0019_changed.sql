-- +goose Up
ALTER TABLE complaint_bulletin ADD COLUMN changed_at TIMESTAMP;  -- when a text was taken out of it after it was published; NULL: never
