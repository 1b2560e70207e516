-- +goose Up
-- What a score takes beside marks is in the log as it happens: recusals, absences, runs and decisions each have their entry.
ALTER TABLE contest_event DROP COLUMN facts;
ALTER TABLE contest_event DROP COLUMN facts_entry;
