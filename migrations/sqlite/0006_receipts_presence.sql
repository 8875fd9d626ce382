-- How far a room's messages have come to some device of the person's. Outside the versions, as the read marker is.
ALTER TABLE memberships ADD COLUMN last_delivered INTEGER NOT NULL DEFAULT 0;
-- What was read has come.
UPDATE memberships SET last_delivered = last_read;

-- Whether others may know what they have read, and when they are there. Who doesn't say so isn't told it of others.
ALTER TABLE users ADD COLUMN shows_reading INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN shows_presence INTEGER NOT NULL DEFAULT 1;
-- When they were there last; NULL: not yet.
ALTER TABLE users ADD COLUMN last_seen INTEGER;

-- A person's direct conversations, from the other side too.
CREATE INDEX rooms_by_direct_high ON rooms (direct_high) WHERE direct_high IS NOT NULL;
