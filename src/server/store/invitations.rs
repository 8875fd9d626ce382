//! Links that lead into a room.

use super::users::{PersonRow, person};
use super::{Connection, unavailable};
use crate::shared::ids::{Millis, RoomId, UserId, now};
use crate::shared::invitation::{Invitation, Invited};
use crate::shared::refusal::Refusal;
use sqlx::FromRow;

/// A link to be made; its parts have been checked.
pub struct NewInvitation {
    pub token: String,
    pub room: RoomId,
    pub maker: UserId,
    pub expires_at: Option<Millis>,
    pub uses_left: Option<u32>,
}

/// Whether a link `i` is good, at the time `$1`.
const GOOD: &str = "i.revoked_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > $1)
    AND (i.uses_left IS NULL OR i.uses_left > 0)";

/// Whether its room can be come into. One of a closed room waits until that is open again.
const OPEN: &str = "NOT EXISTS (SELECT 1 FROM rooms c WHERE c.id = i.room_id AND c.closed_at IS NOT NULL)";

pub async fn insert(tx: &mut Connection, new: &NewInvitation) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO invitations (token, room_id, maker_id, made_at, expires_at, uses_left)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&new.token)
    .bind(new.room.0)
    .bind(new.maker.0)
    .bind(now())
    .bind(new.expires_at)
    .bind(new.uses_left)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// How many lead into the room.
pub async fn count(tx: &mut Connection, room: RoomId) -> Result<usize, Refusal> {
    let count = format!("SELECT count(*) FROM invitations i WHERE i.room_id = $2 AND {GOOD}");
    let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
        .bind(now())
        .bind(room.0)
        .fetch_one(tx)
        .await
        .map_err(unavailable)?;
    Ok(count as usize)
}

#[derive(FromRow)]
struct Row {
    token: String,
    expires_at: Option<i64>,
    uses_left: Option<i64>,
    #[sqlx(flatten)]
    maker: PersonRow,
}

/// Those that lead into the room, the latest first, without their addresses.
pub async fn of(tx: &mut Connection, room: RoomId, most: usize) -> Result<Vec<Invitation>, Refusal> {
    let all = format!(
        "SELECT i.token, i.expires_at, i.uses_left, u.id, u.handle, u.name, u.picture
         FROM invitations i JOIN users u ON u.id = i.maker_id
         WHERE i.room_id = $2 AND {GOOD} ORDER BY i.made_at DESC, i.token LIMIT $3"
    );
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(all))
        .bind(now())
        .bind(room.0)
        .bind(most as i64)
        .fetch_all(tx)
        .await
        .map_err(unavailable)?;
    let invitation = |row: Row| Invitation {
        token: row.token,
        link: String::new(),
        maker: person(row.maker),
        expires_at: row.expires_at,
        uses_left: row.uses_left.map(|uses| uses as u32),
        picture: None,
    };
    Ok(rows.into_iter().map(invitation).collect())
}

/// # Errors
/// `NotFound`: the room never had such a link.
pub async fn revoke(tx: &mut Connection, room: RoomId, token: &str) -> Result<(), Refusal> {
    let revoked = sqlx::query(
        "UPDATE invitations SET revoked_at = COALESCE(revoked_at, $3) WHERE token = $1 AND room_id = $2",
    )
    .bind(token)
    .bind(room.0)
    .bind(now())
    .execute(tx)
    .await
    .map_err(unavailable)?;
    match revoked.rows_affected() {
        0 => Err(Refusal::NotFound),
        _ => Ok(()),
    }
}

/// Whether it leads somewhere now.
pub async fn is_good(tx: &mut Connection, token: &str) -> Result<bool, Refusal> {
    let good =
        format!("SELECT EXISTS (SELECT 1 FROM invitations i WHERE i.token = $2 AND {GOOD} AND {OPEN})");
    sqlx::query_scalar(sqlx::AssertSqlSafe(good))
        .bind(now())
        .bind(token)
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

/// Uses it, once; the room that it leads to.
///
/// # Errors
/// `InvitationOver`
pub async fn take(tx: &mut Connection, token: &str) -> Result<RoomId, Refusal> {
    let take = format!(
        "UPDATE invitations AS i SET uses_left = uses_left - 1 WHERE i.token = $2 AND {GOOD} AND {OPEN} RETURNING room_id"
    );
    let room: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(take))
        .bind(now())
        .bind(token)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?;
    room.map(RoomId).ok_or(Refusal::InvitationOver)
}

#[derive(FromRow)]
struct InvitedRow {
    room_id: i64,
    kind: String,
    name: String,
    description: String,
    members: i64,
    maker_id: i64,
    maker_handle: String,
    maker_name: String,
    maker_picture: Option<String>,
    joined: bool,
}

/// Where it leads, or led; `user` is the one who asks, if they have an account.
///
/// # Errors
/// `NotFound`: there was never such a link.
pub async fn invited(tx: &mut Connection, token: &str, user: Option<UserId>) -> Result<Invited, Refusal> {
    let row: Option<InvitedRow> = sqlx::query_as(
        "SELECT i.room_id, r.kind, r.name, r.description,
             (SELECT count(*) FROM memberships m WHERE m.room_id = r.id AND m.left_at IS NULL) AS members,
             u.id AS maker_id, u.handle AS maker_handle, u.name AS maker_name, u.picture AS maker_picture,
             EXISTS (SELECT 1 FROM memberships m
                     WHERE m.room_id = r.id AND m.user_id = $2 AND m.left_at IS NULL) AS joined
         FROM invitations i JOIN rooms r ON r.id = i.room_id JOIN users u ON u.id = i.maker_id
         WHERE i.token = $1",
    )
    .bind(token)
    .bind(user.map(|user| user.0))
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    let row = row.ok_or(Refusal::NotFound)?;
    Ok(Invited {
        room: RoomId(row.room_id),
        kind: super::rooms::kind(&row.kind),
        name: row.name,
        description: row.description,
        members: row.members as u32,
        by: person(PersonRow {
            id: row.maker_id,
            handle: row.maker_handle,
            name: row.maker_name,
            picture: row.maker_picture,
        }),
        joined: row.joined,
    })
}
