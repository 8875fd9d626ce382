-- The database's own marks: its epoch.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    handle        TEXT    NOT NULL UNIQUE,
    -- Handles that look alike have the same: Cyrillic "а" and Latin "a".
    handle_key    TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    -- Folded for finding: lower case, ё as е.
    search_key    TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    owner         INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    -- SHA-256 of the token; the token itself is nowhere.
    token_hash BLOB    PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE rooms (
    id             INTEGER PRIMARY KEY,
    kind           TEXT    NOT NULL CHECK (kind IN ('open', 'invited', 'direct')),
    name           TEXT    NOT NULL,
    search_key     TEXT    NOT NULL,
    -- The two of a direct conversation, the lower id first: one for each pair.
    direct_low     INTEGER REFERENCES users (id),
    direct_high    INTEGER REFERENCES users (id),
    -- The counter of everything that happens in the room.
    version        INTEGER NOT NULL,
    -- The version of the room's own last change: made, renamed.
    row_version    INTEGER NOT NULL,
    -- The position of its latest message; 0: none yet.
    last_position  INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL,
    UNIQUE (direct_low, direct_high)
) STRICT;

CREATE TABLE memberships (
    room_id        INTEGER NOT NULL REFERENCES rooms (id),
    user_id        INTEGER NOT NULL REFERENCES users (id),
    version        INTEGER NOT NULL,
    -- The room's version at the latest joining: older cursors are reset.
    joined_version INTEGER NOT NULL,
    -- NULL: is here. The row stays when somebody goes.
    left_at        INTEGER,
    -- Outside the versions: only grows, never past the room's version.
    last_read      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_user ON memberships (user_id, room_id) WHERE left_at IS NULL;
CREATE INDEX memberships_by_version ON memberships (room_id, version);

CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,
    room_id    INTEGER NOT NULL REFERENCES rooms (id),
    -- The room's version when it was posted: its place for ever.
    position   INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    author_id  INTEGER NOT NULL REFERENCES users (id),
    client_id  TEXT    NOT NULL,
    -- SHA-256 of the first text: another text under the same client id is refused, even later.
    first_hash BLOB    NOT NULL,
    text       TEXT    NOT NULL,
    posted_at  INTEGER NOT NULL,
    edited_at  INTEGER,
    -- A tombstone: the text is gone, the row stays.
    deleted_at INTEGER,
    UNIQUE (room_id, position),
    UNIQUE (author_id, client_id)
) STRICT;

CREATE INDEX messages_by_version ON messages (room_id, version);
