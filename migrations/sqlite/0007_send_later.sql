-- Messages that their authors want to be posted later. Nobody else hears of them until then.
CREATE TABLE scheduled (
    -- Of two that are due at once the first one goes first.
    id         INTEGER PRIMARY KEY,
    author_id  INTEGER NOT NULL REFERENCES users (id),
    room_id    INTEGER NOT NULL REFERENCES rooms (id),
    -- It is posted under this one.
    client_id  TEXT    NOT NULL,
    -- SHA-256 of the text that first came under the client id.
    first_hash BLOB    NOT NULL,
    text       TEXT    NOT NULL,
    reply_to   INTEGER,
    silent     INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    -- Counts its changes.
    version    INTEGER NOT NULL DEFAULT 1,
    -- Why it couldn't be posted when it was due, as JSON; NULL: it waits.
    failed     TEXT,
    UNIQUE (author_id, client_id)
) STRICT;

CREATE INDEX scheduled_by_time ON scheduled (due_at) WHERE failed IS NULL;

-- How many of them there are in the conversation, and how many of these couldn't be posted: what its author's
-- list says. Every change of the table above counts them anew.
ALTER TABLE memberships ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN scheduled_failed INTEGER NOT NULL DEFAULT 0;
