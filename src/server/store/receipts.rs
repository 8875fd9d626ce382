//! How far messages have come with those who are to read them, in rooms that are small enough.

use super::{Connection, unavailable};
use crate::shared::ids::{Position, RoomId, UserId};
use crate::shared::limits::RECEIPT_PEOPLE;
use crate::shared::receipt::{Privacy, Reach};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;
use sqlx::FromRow;
use std::collections::HashMap;

/// One of a room, and what they have got of it.
#[derive(FromRow)]
struct Reader {
    room_id: i64,
    user_id: i64,
    here: bool,
    joined_version: i64,
    sees_from: i64,
    last_delivered: i64,
    last_read: i64,
    shows_reading: bool,
}

impl Reader {
    /// What was there before they came counts as read, and was read by nobody.
    fn since_joining(&self, position: Position) -> Position {
        if position > self.joined_version {
            position
        } else {
            0
        }
    }
}

/// Both sides of a direct conversation belong to it even where one has blocked the other: that isn't told.
const READERS: &str = "SELECT m.room_id, m.user_id, m.left_at IS NULL OR r.kind = 'direct' AS here,
         m.joined_version, m.sees_from, m.last_delivered, m.last_read, u.shows_reading
     FROM memberships m JOIN users u ON u.id = m.user_id JOIN rooms r ON r.id = m.room_id";

/// For each of a small room how far its messages have come with the others; nothing of a larger one.
pub async fn in_room(tx: &mut Connection, room: RoomId) -> Result<Vec<(UserId, Reach)>, Refusal> {
    let readers: Vec<Reader> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{READERS} WHERE m.room_id = $1 AND {SMALL}"
    )))
    .bind(room.0)
    .bind(RECEIPT_PEOPLE as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let here = readers.iter().filter(|reader| reader.here);
    Ok(here
        .map(|reader| (UserId(reader.user_id), reach(&readers, reader)))
        .collect())
}

/// Whether the room of `m` is small; `$2` is how many people that are.
const SMALL: &str = "(SELECT count(*) FROM (SELECT 1 FROM memberships x
     WHERE x.room_id = m.room_id AND x.left_at IS NULL LIMIT $2 + 1)) <= $2";

/// How far the messages of the person's small rooms, or of the one that is asked for, have come with the others.
pub async fn of(
    tx: &mut Connection,
    user: UserId,
    only: Option<RoomId>,
) -> Result<HashMap<RoomId, Reach>, Refusal> {
    let readers: Vec<Reader> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{READERS} WHERE m.room_id IN (SELECT m.room_id FROM memberships m
             WHERE m.user_id = $1 AND m.left_at IS NULL AND ($3 IS NULL OR m.room_id = $3) AND {SMALL})
         ORDER BY m.room_id"
    )))
    .bind(user.0)
    .bind(RECEIPT_PEOPLE as i64)
    .bind(only.map(|room| room.0))
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let rooms = readers.chunk_by(|a, b| a.room_id == b.room_id);
    let reaches = rooms.filter_map(|readers| {
        let me = readers.iter().find(|reader| reader.user_id == user.0)?;
        Some((RoomId(me.room_id), reach(readers, me)))
    });
    Ok(reaches.collect())
}

/// How far a room's messages have come with the others than `me`.
fn reach(readers: &[Reader], me: &Reader) -> Reach {
    let others = || readers.iter().filter(|reader| reader.user_id != me.user_id);
    // Who has read a message has got it, and that is told anyway.
    let delivered = others().map(|one| one.since_joining(one.last_delivered.max(one.last_read)));
    let told = others().filter(|one| me.shows_reading && one.shows_reading);
    let read = told.map(|one| one.since_joining(one.last_read));
    let (delivered, read) = (delivered.max().unwrap_or(0), read.max().unwrap_or(0));
    Reach {
        from: others().map(|one| one.sees_from).min().unwrap_or(0),
        delivered,
        read,
    }
}

/// What has come to a device of the person's: further than before, or nothing changes.
pub async fn deliver(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    position: Position,
) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE memberships SET last_delivered = $3
         WHERE room_id = $1 AND user_id = $2 AND left_at IS NULL AND last_delivered < $3",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(position)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// Small rooms in which something was written by others that had come to no device of the person's yet, and up to where.
pub async fn undelivered(tx: &mut Connection, user: UserId) -> Result<Vec<(RoomId, Position)>, Refusal> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT room_id, last FROM (
             SELECT m.room_id, m.last_delivered, (SELECT max(l.position) FROM messages l
                 WHERE l.room_id = m.room_id AND l.position > m.last_delivered AND l.author_id <> $1
                   AND l.withheld = 0) AS last
             FROM memberships m WHERE m.user_id = $1 AND m.left_at IS NULL AND {SMALL}) WHERE last IS NOT NULL"
    )))
    .bind(user.0)
    .bind(RECEIPT_PEOPLE as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let rooms = rows.into_iter();
    Ok(rooms.map(|(room, last)| (RoomId(room), last)).collect())
}

/// Who has read a message of `author`'s in a small room, and lets others know; by name.
pub async fn readers(
    tx: &mut Connection,
    room: RoomId,
    author: UserId,
    position: Position,
) -> Result<Vec<Person>, Refusal> {
    let rows: Vec<super::users::PersonRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT u.id, u.handle, u.name, u.picture FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.room_id = $1 AND m.user_id <> $3 AND m.last_read >= $4 AND m.last_read > m.joined_version
           AND m.sees_from < $4 AND u.shows_reading <> 0 AND {SMALL}
         ORDER BY u.search_key, u.id LIMIT $2"
    )))
    .bind(room.0)
    .bind(RECEIPT_PEOPLE as i64)
    .bind(author.0)
    .bind(position)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(super::users::person).collect())
}

/// What the person lets others know.
pub async fn privacy(tx: &mut Connection, user: UserId) -> Result<Privacy, Refusal> {
    let (reading, presence) = sqlx::query_as("SELECT shows_reading, shows_presence FROM users WHERE id = $1")
        .bind(user.0)
        .fetch_one(tx)
        .await
        .map_err(unavailable)?;
    Ok(Privacy { reading, presence })
}

/// Of whoever hides when they are there nothing of it is kept.
pub async fn set_privacy(tx: &mut Connection, user: UserId, privacy: Privacy) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE users SET shows_reading = $2, shows_presence = $3, last_seen = CASE WHEN $3 THEN last_seen END
         WHERE id = $1",
    )
        .bind(user.0)
        .bind(privacy.reading)
        .bind(privacy.presence)
        .execute(tx)
        .await
        .map(drop)
        .map_err(unavailable)
}
