-- +goose Up
-- What is looked for by time is a small part of what there is: an index has that part alone, so that the others of a state
-- are not passed over each time, and no list is put in order anew.
DROP INDEX casework_clock_due;
CREATE INDEX casework_clock_out ON casework_clock (due_at, case_id, name) WHERE running = TRUE AND handed_at IS NULL;
DROP INDEX casework_notice_next;
CREATE INDEX casework_notice_pending ON casework_notice (next_at, id) WHERE state = 'pending';
CREATE INDEX casework_notice_over ON casework_notice (next_at) WHERE state IN ('sent', 'told');
DROP INDEX casework_clock_provisional;
CREATE INDEX casework_clock_provisional ON casework_clock (case_id, life, name, n) WHERE running = TRUE AND provisional = TRUE;
