-- +goose Up
CREATE INDEX complaint_measure_due ON complaint_measure (stage, due_day, problem, owner);

-- +goose Down
DROP INDEX complaint_measure_due;
