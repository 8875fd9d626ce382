-- What stands around a message. Positions are those of its own room.

-- The message that it answers.
ALTER TABLE messages ADD COLUMN reply_to INTEGER;
-- Whose words it passes on.
ALTER TABLE messages ADD COLUMN forwarded_from INTEGER REFERENCES users (id);
-- Which members its text names: "3:anna 17:bob", the id and the handle as it is written.
ALTER TABLE messages ADD COLUMN mentions TEXT NOT NULL DEFAULT '';
-- The ids of those who were named when it was posted, "3 17": what is counted as a mention, also in a tombstone.
ALTER TABLE messages ADD COLUMN named TEXT NOT NULL DEFAULT '';
-- Who deleted it, while it may still be brought back; the version at which it was brought back.
ALTER TABLE messages ADD COLUMN deleted_by INTEGER REFERENCES users (id);
ALTER TABLE messages ADD COLUMN restored_version INTEGER;
-- How many have reacted with what: "👍 3 ❤️ 1". Follows from the table of reactions.
ALTER TABLE messages ADD COLUMN reactions TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN pinned_at INTEGER;
-- Sent without a sound.
ALTER TABLE messages ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
-- Only its author sees it.
ALTER TABLE messages ADD COLUMN withheld INTEGER NOT NULL DEFAULT 0;

CREATE INDEX messages_pinned ON messages (room_id, pinned_at) WHERE pinned_at IS NOT NULL;
-- Deleted a moment ago: its text waits for its author's second thoughts.
CREATE INDEX messages_to_empty ON messages (deleted_at) WHERE deleted_at IS NOT NULL AND text <> '';

-- One's whole set on one message; an empty one stays, with the version at which it became so.
CREATE TABLE reactions (
    room_id  INTEGER NOT NULL REFERENCES rooms (id),
    position INTEGER NOT NULL,
    user_id  INTEGER NOT NULL REFERENCES users (id),
    version  INTEGER NOT NULL,
    -- In the order in which they were given, with a space between two.
    emoji    TEXT    NOT NULL,
    PRIMARY KEY (room_id, position, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reactions_by_version ON reactions (room_id, user_id, version);

-- Texts that a message had before it was edited, for its author and for moderators.
CREATE TABLE earlier_texts (
    room_id    INTEGER NOT NULL REFERENCES rooms (id),
    position   INTEGER NOT NULL,
    -- The version that this text came with.
    version    INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, position, version)
) STRICT, WITHOUT ROWID;

-- Whom a message names, for counting.
CREATE TABLE mentions (
    room_id  INTEGER NOT NULL REFERENCES rooms (id),
    user_id  INTEGER NOT NULL REFERENCES users (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id, position)
) STRICT, WITHOUT ROWID;

-- Not everyone's last message is the same.
ALTER TABLE rooms DROP COLUMN last_position;

-- Whoever is in the room sees the messages after this position.
ALTER TABLE memberships ADD COLUMN sees_from INTEGER NOT NULL DEFAULT 0;
