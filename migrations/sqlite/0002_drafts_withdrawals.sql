-- What a person has typed and not sent, one for each room, the same on all of their devices. It bears
-- the client id that it will be sent under: posting that removes it.
CREATE TABLE drafts (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    room_id   INTEGER NOT NULL REFERENCES rooms (id),
    client_id TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;

-- Client ids that were withdrawn before their message came: one that comes later is not posted.
CREATE TABLE withdrawals (
    author_id INTEGER NOT NULL REFERENCES users (id),
    client_id TEXT    NOT NULL,
    PRIMARY KEY (author_id, client_id)
) STRICT, WITHOUT ROWID;
