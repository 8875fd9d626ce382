-- What a person keeps for themselves of a conversation: outside the room's versions, for their own devices.
ALTER TABLE memberships ADD COLUMN pinned_at INTEGER;
ALTER TABLE memberships ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
-- NULL: not muted.
ALTER TABLE memberships ADD COLUMN muted_until INTEGER;
ALTER TABLE memberships ADD COLUMN marked_unread INTEGER NOT NULL DEFAULT 0;
-- Counts the changes of these four.
ALTER TABLE memberships ADD COLUMN own_version INTEGER NOT NULL DEFAULT 0;

-- A line about oneself.
ALTER TABLE users ADD COLUMN about TEXT NOT NULL DEFAULT '';
-- Their time zone as their browser told it; NULL: it isn't shown to others.
ALTER TABLE users ADD COLUMN zone TEXT;
-- The hashes of pictures.
ALTER TABLE users ADD COLUMN picture TEXT;
ALTER TABLE rooms ADD COLUMN picture TEXT;

CREATE TABLE pictures (
    -- SHA-256 of the bytes, hexadecimal.
    hash  TEXT PRIMARY KEY,
    -- A JPEG of 256 × 256.
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX users_by_picture ON users (picture) WHERE picture IS NOT NULL;
CREATE INDEX rooms_by_picture ON rooms (picture) WHERE picture IS NOT NULL;

-- Who wants to hear nothing of whom.
CREATE TABLE blocks (
    user_id    INTEGER NOT NULL REFERENCES users (id),
    blocked_id INTEGER NOT NULL REFERENCES users (id),
    since      INTEGER NOT NULL,
    PRIMARY KEY (user_id, blocked_id)
) STRICT, WITHOUT ROWID;
