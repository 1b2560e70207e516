-- +goose Up
ALTER TABLE complaint_round ADD COLUMN changes TEXT NOT NULL DEFAULT '';      -- their entries of the record that are sealed still, with a space between them
ALTER TABLE complaint_seen ADD COLUMN looked BOOLEAN NOT NULL DEFAULT FALSE;  -- the office looked at what is held
ALTER TABLE complaint_told ADD COLUMN looked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE complaint_signed ADD COLUMN looked BOOLEAN NOT NULL DEFAULT FALSE;
