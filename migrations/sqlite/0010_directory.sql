-- The directory's number at which the person last got another name, handle or picture; 0: not since there is one.
-- It is for whoever was away, and has their name on the screen.
ALTER TABLE users ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;

CREATE INDEX users_by_changed ON users (changed);
