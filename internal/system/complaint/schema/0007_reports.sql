-- +goose Up
CREATE INDEX complaint_batch_day ON complaint_batch (campaign, source, day);
CREATE INDEX complaint_letter_published ON complaint_letter (campaign, bulletin, id);
