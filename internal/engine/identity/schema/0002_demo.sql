-- +goose Up
-- A database is made as a demo or never is one: its people may be entered as by anybody.
ALTER TABLE identity_state ADD COLUMN demo BOOLEAN NOT NULL DEFAULT FALSE;
