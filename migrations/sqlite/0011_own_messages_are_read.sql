-- Whoever has read everything has read what they wrote themselves: since now the marker goes along when they post.
UPDATE memberships SET last_read = max(last_read, (
    SELECT COALESCE(max(m.position), 0) FROM messages m WHERE m.room_id = memberships.room_id))
WHERE left_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM messages m WHERE m.room_id = memberships.room_id AND m.position > memberships.last_read
        AND m.author_id <> memberships.user_id AND m.deleted_at IS NULL AND m.withheld = 0);
