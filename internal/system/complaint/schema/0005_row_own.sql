-- +goose Up
-- By it a row is found that is sealed under another key (record.Drawer). The one that it takes the place of served no query.
CREATE INDEX complaint_row_own ON complaint_row ((campaign || '/' || CAST(number AS TEXT) || '/' || CAST(version AS TEXT) || '/' || CAST(place AS TEXT)));
DROP INDEX complaint_row_key;
