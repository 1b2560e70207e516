-- +goose Up
ALTER TABLE evidence_item ADD COLUMN gone_at TIMESTAMP;                  -- when it was erased
ALTER TABLE evidence_item ADD COLUMN gone_why TEXT NOT NULL DEFAULT '';  -- on what ground
ALTER TABLE evidence_item ADD COLUMN lost_at TIMESTAMP;                  -- when its original was declared lost
DROP INDEX evidence_item_until;
CREATE INDEX evidence_item_due ON evidence_item (until) WHERE state <> 'erased';
CREATE INDEX evidence_item_undated ON evidence_item (kind) WHERE until IS NULL AND state <> 'erased';
