-- +goose Up
CREATE INDEX complaint_letter_key ON complaint_letter (code_key, code_batch, received_at);
CREATE INDEX complaint_question_other ON complaint_question (other, kind, answer);

-- +goose Down
DROP INDEX complaint_question_other;
DROP INDEX complaint_letter_key;
