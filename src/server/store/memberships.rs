//! Who is in a room, and as what.

use super::rooms::kind;
use super::users::{PersonRow, person};
use super::{Connection, unavailable};
use crate::shared::ids::{Position, RoomId, UserId, Version, now};
use crate::shared::limits::COMMON_ROOMS;
use crate::shared::refusal::Refusal;
use crate::shared::room::{Common, Membership, Role, RoomKind, Seat};
use sqlx::FromRow;

pub(super) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Moderator => "moderator",
        Role::Member => "member",
    }
}

pub(super) fn role(text: &str) -> Role {
    match text {
        "owner" => Role::Owner,
        "moderator" => Role::Moderator,
        _ => Role::Member,
    }
}

/// How somebody stands in a room that they are in.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub kind: RoomKind,
    pub closed: bool,
    pub role: Role,
    /// The room's version at the latest joining.
    pub joined_version: Version,
    /// They see the messages after this position.
    pub sees_from: Position,
}

/// Whether the person is in the room now, and how.
pub async fn standing(tx: &mut Connection, room: RoomId, user: UserId) -> Result<Option<Standing>, Refusal> {
    let row: Option<(String, bool, String, i64, i64)> = sqlx::query_as(
        "SELECT r.kind, r.closed_at IS NOT NULL, m.role, m.joined_version, m.sees_from
         FROM memberships m JOIN rooms r ON r.id = m.room_id
         WHERE m.room_id = $1 AND m.user_id = $2 AND m.left_at IS NULL",
    )
    .bind(room.0)
    .bind(user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(row.map(|(of, closed, what, joined_version, sees_from)| Standing {
        kind: kind(&of),
        closed,
        role: role(&what),
        joined_version,
        sees_from,
    }))
}

/// Puts the person into the room at `version`. What was there before counts as read, and is seen where the room's
/// history is for newcomers too. Whoever comes into an empty room, as its maker does, owns it.
pub async fn join(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    version: Version,
) -> Result<Membership, Refusal> {
    let what: String = sqlx::query_scalar(
        "INSERT INTO memberships (room_id, user_id, version, joined_version, last_read, sees_from, role)
         SELECT id, $2, $3, $3, $3, CASE history WHEN 'since_joining' THEN $3 ELSE 0 END,
             CASE WHEN kind = 'direct' OR EXISTS (SELECT 1 FROM memberships o
                     WHERE o.room_id = $1 AND o.left_at IS NULL)
                  THEN 'member' ELSE 'owner' END
         FROM rooms WHERE id = $1
         ON CONFLICT (room_id, user_id) DO UPDATE
         SET version = $3, joined_version = $3, left_at = NULL, last_read = $3,
             sees_from = excluded.sees_from, role = excluded.role, pinned_at = NULL, archived = 0,
             muted_until = NULL, marked_unread = 0, own_version = own_version + 1
         RETURNING role",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(version)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(Membership {
        user,
        here: true,
        role: role(&what),
        since: version,
        version,
    })
}

/// Makes somebody who is in the room something else there, at `version`.
pub async fn appoint(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    to: Role,
    version: Version,
) -> Result<Membership, Refusal> {
    let since: i64 = sqlx::query_scalar(
        "UPDATE memberships SET role = $3, version = $4
         WHERE room_id = $1 AND user_id = $2 AND left_at IS NULL RETURNING joined_version",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(role_text(to))
    .bind(version)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?
    .ok_or(Refusal::NotFound)?;
    Ok(Membership {
        user,
        here: true,
        role: to,
        since,
        version,
    })
}

/// How many own the room.
pub async fn owners(tx: &mut Connection, room: RoomId) -> Result<i64, Refusal> {
    sqlx::query_scalar(
        "SELECT count(*) FROM memberships WHERE room_id = $1 AND role = 'owner' AND left_at IS NULL",
    )
    .bind(room.0)
    .fetch_one(tx)
    .await
    .map_err(unavailable)
}

/// Who is next to own the room: of the moderators, or else of all, the one who has been there longest.
pub async fn heir(tx: &mut Connection, room: RoomId) -> Result<Option<UserId>, Refusal> {
    let id: Option<i64> = sqlx::query_scalar(
        "SELECT user_id FROM memberships WHERE room_id = $1 AND left_at IS NULL
         ORDER BY role = 'moderator' DESC, joined_version LIMIT 1",
    )
    .bind(room.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(id.map(UserId))
}

/// Somebody is no longer in the room, nor anything there.
pub async fn leave(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    version: Version,
) -> Result<Membership, Refusal> {
    let since: i64 = sqlx::query_scalar(
        "UPDATE memberships SET version = $3, left_at = $4, role = 'member'
         WHERE room_id = $1 AND user_id = $2 RETURNING joined_version",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(version)
    .bind(now())
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(Membership {
        user,
        here: false,
        role: Role::Member,
        since,
        version,
    })
}

/// Moves the read marker forward, never past the room's version; the marker as it is then.
pub async fn read(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    position: Position,
) -> Result<Position, Refusal> {
    sqlx::query_scalar(
        "UPDATE memberships SET last_read =
             max(last_read, min($3, (SELECT version FROM rooms WHERE id = $1)))
         WHERE room_id = $1 AND user_id = $2 AND left_at IS NULL RETURNING last_read",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(position)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?
    .ok_or(Refusal::NotFound)
}

/// Whoever has read everything has read what they have just posted at `position` too. Their marker goes along, so that
/// what they wrote doesn't stand between it and what others write next, and needn't be counted over and over. What is
/// deleted and may come back isn't read.
pub async fn read_own(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    position: Position,
) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE memberships SET last_read = $3
         WHERE room_id = $1 AND user_id = $2 AND NOT EXISTS (
             SELECT 1 FROM messages WHERE room_id = $1 AND position > last_read AND author_id <> $2
                 AND (deleted_at IS NULL OR text <> '') AND withheld = 0)",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(position)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

pub async fn count_of(tx: &mut Connection, user: UserId) -> Result<usize, Refusal> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM memberships WHERE user_id = $1 AND left_at IS NULL")
            .bind(user.0)
            .fetch_one(tx)
            .await
            .map_err(unavailable)?;
    Ok(count as usize)
}

/// The rooms that the person is in, and after which position they see the messages there.
pub async fn ids_of(tx: &mut Connection, user: UserId) -> Result<Vec<(RoomId, Position)>, Refusal> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT room_id, sees_from FROM memberships WHERE user_id = $1 AND left_at IS NULL ORDER BY room_id",
    )
    .bind(user.0)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let rooms = rows.into_iter();
    Ok(rooms.map(|(room, sees_from)| (RoomId(room), sees_from)).collect())
}

#[derive(FromRow)]
struct SeatRow {
    #[sqlx(flatten)]
    person: PersonRow,
    role: String,
}

/// Those who are in the room now, owners first, by name, up to `most` of them.
pub async fn people(tx: &mut Connection, room: RoomId, most: usize) -> Result<Vec<Seat>, Refusal> {
    let rows: Vec<SeatRow> = sqlx::query_as(
        "SELECT u.id, u.handle, u.name, u.picture, m.role FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.room_id = $1 AND m.left_at IS NULL
         ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END, u.search_key, u.id LIMIT $2",
    )
    .bind(room.0)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let seat = |row: SeatRow| Seat {
        person: person(row.person),
        role: role(&row.role),
    };
    Ok(rows.into_iter().map(seat).collect())
}

/// Rooms with a name that both people are in, by name.
pub async fn common(tx: &mut Connection, a: UserId, b: UserId) -> Result<Vec<Common>, Refusal> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT r.id, r.name FROM rooms r
         JOIN memberships x ON x.room_id = r.id AND x.user_id = $1 AND x.left_at IS NULL
         JOIN memberships y ON y.room_id = r.id AND y.user_id = $2 AND y.left_at IS NULL
         WHERE r.kind <> 'direct' AND r.name <> '' AND $1 <> $2 ORDER BY r.search_key, r.id LIMIT $3",
    )
    .bind(a.0)
    .bind(b.0)
    .bind(COMMON_ROOMS as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let rooms = rows.into_iter().map(|(id, name)| Common { id: RoomId(id), name });
    Ok(rooms.collect())
}
