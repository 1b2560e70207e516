-- +goose Up
-- A private part is found by the person whom it is about, without being read: person is
-- a hash under the key of people with the number key_number, or under none where that
-- is 0. Rows of before have -1 until they are given theirs.
ALTER TABLE record_private ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE record_private ADD COLUMN key_number INTEGER NOT NULL DEFAULT -1;
CREATE INDEX record_private_person ON record_private (person);
CREATE INDEX record_private_key ON record_private (key_number, id);
