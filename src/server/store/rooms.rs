//! Rooms: their own rows and versions; direct and open ones.

use super::memberships::role;
use super::{Connection, next_id, unavailable};
use crate::shared::ids::{RoomId, UserId, Version, now};
use crate::shared::refusal::Refusal;
use crate::shared::room::{History, Membership, OpenRoom, Room, RoomKind};
use sqlx::FromRow;

fn kind_text(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Open => "open",
        RoomKind::Invited => "invited",
        RoomKind::Direct => "direct",
    }
}

pub(super) fn kind(text: &str) -> RoomKind {
    match text {
        "open" => RoomKind::Open,
        "direct" => RoomKind::Direct,
        _ => RoomKind::Invited,
    }
}

fn history_text(history: History) -> &'static str {
    match history {
        History::All => "all",
        History::SinceJoining => "since_joining",
    }
}

fn history(text: &str) -> History {
    match text {
        "since_joining" => History::SinceJoining,
        _ => History::All,
    }
}

/// The columns of a room's own row, in the order of [`RoomRow`].
pub(super) const ROOM: &str =
    "id, kind, name, description, history, closed_at IS NOT NULL AS closed, picture, row_version";

#[derive(FromRow)]
pub(super) struct RoomRow {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) history: String,
    pub(super) closed: bool,
    pub(super) picture: Option<String>,
    pub(super) row_version: i64,
}

impl RoomRow {
    pub(super) fn into_room(self) -> Room {
        Room {
            id: RoomId(self.id),
            kind: kind(&self.kind),
            name: self.name,
            description: self.description,
            history: history(&self.history),
            closed: self.closed,
            picture: self.picture,
            version: self.row_version,
        }
    }
}

/// Takes the room's next version. The first statement of every change, so that changes of one
/// room wait for each other and commit in the order of their versions.
///
/// # Errors
/// `NotFound`: there is no such room.
pub async fn next_version(tx: &mut Connection, room: RoomId) -> Result<Version, Refusal> {
    sqlx::query_scalar("UPDATE rooms SET version = version + 1 WHERE id = $1 RETURNING version")
        .bind(room.0)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?
        .ok_or(Refusal::NotFound)
}

pub async fn version(tx: &mut Connection, room: RoomId) -> Result<Version, Refusal> {
    sqlx::query_scalar("SELECT version FROM rooms WHERE id = $1")
        .bind(room.0)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?
        .ok_or(Refusal::NotFound)
}

/// Makes a room at version 1, that of its own row.
pub async fn insert(
    tx: &mut Connection,
    kind: RoomKind,
    name: &str,
    search_key: &str,
    history: History,
) -> Result<RoomId, Refusal> {
    let new_id = next_id(tx, "rooms").await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO rooms (id, kind, name, search_key, version, row_version, history, created_at)
         VALUES ($1, $2, $3, $4, 1, 1, $5, $6) RETURNING id",
    )
    .bind(new_id)
    .bind(kind_text(kind))
    .bind(name)
    .bind(search_key)
    .bind(history_text(history))
    .bind(now())
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(RoomId(id))
}

/// The room's own row.
///
/// # Errors
/// `NotFound`: there is no such room.
pub async fn room(tx: &mut Connection, room: RoomId) -> Result<Room, Refusal> {
    let row: Option<RoomRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {ROOM} FROM rooms WHERE id = $1"
    )))
    .bind(room.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    row.map(RoomRow::into_room).ok_or(Refusal::NotFound)
}

/// Makes the room's own row what is given, at the version in it.
pub async fn describe(tx: &mut Connection, room: &Room, search_key: &str) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE rooms SET name = $2, search_key = $3, description = $4, history = $5, row_version = $6,
             closed_at = CASE WHEN $7 THEN COALESCE(closed_at, $8) END, picture = $9
         WHERE id = $1",
    )
    .bind(room.id.0)
    .bind(&room.name)
    .bind(search_key)
    .bind(&room.description)
    .bind(history_text(room.history))
    .bind(room.version)
    .bind(room.closed)
    .bind(now())
    .bind(&room.picture)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// The direct conversation of the two, whoever began it.
pub async fn direct(tx: &mut Connection, a: UserId, b: UserId) -> Result<Option<RoomId>, Refusal> {
    let id: Option<i64> =
        sqlx::query_scalar("SELECT id FROM rooms WHERE direct_low = $1 AND direct_high = $2")
            .bind(a.min(b).0)
            .bind(a.max(b).0)
            .fetch_optional(tx)
            .await
            .map_err(unavailable)?;
    Ok(id.map(RoomId))
}

/// Makes the direct conversation of the two, with nobody in it yet.
pub async fn insert_direct(tx: &mut Connection, a: UserId, b: UserId) -> Result<RoomId, Refusal> {
    let room = insert(tx, RoomKind::Direct, "", "", History::All).await?;
    sqlx::query("UPDATE rooms SET direct_low = $2, direct_high = $3 WHERE id = $1")
        .bind(room.0)
        .bind(a.min(b).0)
        .bind(a.max(b).0)
        .execute(tx)
        .await
        .map_err(unavailable)?;
    Ok(room)
}

/// An open room, as one who may not be in it sees it.
pub async fn open_room(tx: &mut Connection, room: RoomId, user: UserId) -> Result<Option<OpenRoom>, Refusal> {
    let row: Option<OpenRow> = sqlx::query_as(
        "SELECT id, name, picture,
             (SELECT count(*) FROM memberships m WHERE m.room_id = rooms.id AND m.left_at IS NULL) AS members,
             EXISTS (SELECT 1 FROM memberships m
                     WHERE m.room_id = rooms.id AND m.user_id = $2 AND m.left_at IS NULL) AS joined
         FROM rooms WHERE kind = 'open' AND id = $1",
    )
    .bind(room.0)
    .bind(user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(row.map(OpenRow::into_room))
}

/// Open rooms whose name holds `key` (folded; empty: all), by name.
pub async fn find_open(
    tx: &mut Connection,
    key: &str,
    user: UserId,
    most: usize,
) -> Result<Vec<OpenRoom>, Refusal> {
    let rows: Vec<OpenRow> = sqlx::query_as(
        "SELECT id, name, picture,
             (SELECT count(*) FROM memberships m WHERE m.room_id = rooms.id AND m.left_at IS NULL) AS members,
             EXISTS (SELECT 1 FROM memberships m
                     WHERE m.room_id = rooms.id AND m.user_id = $2 AND m.left_at IS NULL) AS joined
         FROM rooms
         WHERE name <> '' AND instr(search_key, $1) > 0 AND (kind = 'open' OR (kind = 'invited' AND joined))
         ORDER BY search_key, id LIMIT $3",
    )
    .bind(key)
    .bind(user.0)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(OpenRow::into_room).collect())
}

#[derive(FromRow)]
struct OpenRow {
    id: i64,
    name: String,
    members: i64,
    joined: bool,
    picture: Option<String>,
}

impl OpenRow {
    fn into_room(self) -> OpenRoom {
        OpenRoom {
            id: RoomId(self.id),
            name: self.name,
            members: self.members as u32,
            joined: self.joined,
            picture: self.picture,
        }
    }
}

/// The room's own row and the memberships that changed in `(after, through]`.
pub async fn changed(
    tx: &mut Connection,
    room: RoomId,
    after: Version,
    through: Version,
    most: usize,
) -> Result<(Option<Room>, Vec<Membership>), Refusal> {
    let row: Option<RoomRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {ROOM} FROM rooms WHERE id = $1 AND row_version > $2 AND row_version <= $3"
    )))
    .bind(room.0)
    .bind(after)
    .bind(through)
    .fetch_optional(&mut *tx)
    .await
    .map_err(unavailable)?;
    let members: Vec<(i64, bool, String, i64, i64)> = sqlx::query_as(
        // Nobody leaves a direct conversation; that somebody blocks the other isn't told.
        "SELECT user_id, left_at IS NULL OR (SELECT kind = 'direct' FROM rooms WHERE id = $1), role, joined_version, version FROM memberships
         WHERE room_id = $1 AND version > $2 AND version <= $3 ORDER BY version LIMIT $4",
    )
    .bind(room.0)
    .bind(after)
    .bind(through)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let members = members
        .into_iter()
        .map(|(user, here, what, since, version)| Membership {
            user: UserId(user),
            here,
            role: role(&what),
            since,
            version,
        });
    Ok((row.map(RoomRow::into_room), members.collect()))
}
