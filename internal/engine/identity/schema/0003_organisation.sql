-- +goose Up
-- An organisation is changed by more than one editor: each says which version they saw.
ALTER TABLE identity_organisation ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE identity_organisation ADD COLUMN closed_at TIMESTAMP;
ALTER TABLE identity_organisation ADD COLUMN search TEXT NOT NULL DEFAULT ''; -- the name, in lower case
ALTER TABLE identity_organisation ADD COLUMN sort TEXT NOT NULL DEFAULT '';   -- the name as lists have it, then the id: no two are alike
UPDATE identity_organisation SET search = lower(name), sort = id;
CREATE INDEX identity_organisation_list ON identity_organisation (parent, sort);
CREATE INDEX identity_organisation_sort ON identity_organisation (sort);
CREATE INDEX identity_organisation_name ON identity_organisation (name);
CREATE INDEX identity_person_organisation ON identity_person (organisation, id);
CREATE INDEX identity_grant_organisation ON identity_grant (organisation, id);
CREATE INDEX identity_grant_subject ON identity_grant (subject, id);
