-- Who may do what in a room, what it is about, whether it is closed, and links that lead into it.

ALTER TABLE memberships ADD COLUMN role TEXT NOT NULL DEFAULT 'member'
    CHECK (role IN ('owner', 'moderator', 'member'));

-- Rooms from before have no maker that is known: whoever has been there longest owns it.
UPDATE memberships SET role = 'owner'
WHERE left_at IS NULL
  AND EXISTS (SELECT 1 FROM rooms r WHERE r.id = memberships.room_id AND r.kind <> 'direct')
  AND joined_version = (SELECT min(o.joined_version) FROM memberships o
                        WHERE o.room_id = memberships.room_id AND o.left_at IS NULL);

ALTER TABLE rooms ADD COLUMN description TEXT NOT NULL DEFAULT '';
-- Whether newcomers see what was there before them.
ALTER TABLE rooms ADD COLUMN history TEXT NOT NULL DEFAULT 'all' CHECK (history IN ('all', 'since_joining'));
-- Not NULL: it can be read, and nothing is written there.
ALTER TABLE rooms ADD COLUMN closed_at INTEGER;

CREATE TABLE invitations (
    -- 128 random bits. Not a hash of them: those who may invite are shown the link again.
    token      TEXT    PRIMARY KEY,
    room_id    INTEGER NOT NULL REFERENCES rooms (id),
    maker_id   INTEGER NOT NULL REFERENCES users (id),
    made_at    INTEGER NOT NULL,
    -- NULL: never.
    expires_at INTEGER,
    -- NULL: as many as come.
    uses_left  INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_by_room ON invitations (room_id, made_at);
