-- The handles that people had before: they lead to them still, and nobody else gets them.
CREATE TABLE former_handles (
    handle     TEXT    PRIMARY KEY,
    -- As that of users.
    handle_key TEXT    NOT NULL,
    user_id    INTEGER NOT NULL REFERENCES users (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_handles_by_key ON former_handles (handle_key);
CREATE INDEX former_handles_by_user ON former_handles (user_id);
