//! What people keep for themselves of a conversation.

use super::{Connection, unavailable};
use crate::shared::ids::{Millis, RoomId, UserId};
use crate::shared::own::Own;
use crate::shared::refusal::Refusal;
use sqlx::FromRow;

/// The columns of a membership that are its person's own.
#[derive(FromRow)]
pub(super) struct OwnRow {
    pinned_at: Option<i64>,
    archived: bool,
    muted_until: Option<i64>,
    marked_unread: bool,
    own_version: i64,
    scheduled: i64,
    scheduled_failed: i64,
}

impl OwnRow {
    pub(super) fn into_own(self) -> Own {
        Own {
            version: self.own_version,
            pinned: self.pinned_at,
            archived: self.archived,
            muted_until: self.muted_until,
            marked: self.marked_unread,
            scheduled: self.scheduled as u32,
            scheduled_failed: self.scheduled_failed as u32,
        }
    }
}

/// # Errors
/// `NotFound`: the person isn't there.
pub async fn get(tx: &mut Connection, room: RoomId, user: UserId) -> Result<Own, Refusal> {
    let row: Option<OwnRow> = sqlx::query_as(
        "SELECT pinned_at, archived, muted_until, marked_unread, own_version, scheduled, scheduled_failed
         FROM memberships
         WHERE room_id = $1 AND user_id = $2 AND left_at IS NULL",
    )
    .bind(room.0)
    .bind(user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    row.map(OwnRow::into_own).ok_or(Refusal::NotFound)
}

/// Keeps it as it is given.
pub async fn replace(tx: &mut Connection, room: RoomId, user: UserId, own: &Own) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE memberships
         SET pinned_at = $3, archived = $4, muted_until = $5, marked_unread = $6, own_version = $7
         WHERE room_id = $1 AND user_id = $2",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(own.pinned)
    .bind(own.archived)
    .bind(own.muted_until)
    .bind(own.marked)
    .bind(own.version)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// Counts anew what the person has scheduled there. Nothing where they have never been.
pub async fn count_scheduled(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
) -> Result<Option<Own>, Refusal> {
    let row: Option<OwnRow> = sqlx::query_as(
        "UPDATE memberships SET own_version = own_version + 1,
             scheduled = (SELECT count(*) FROM scheduled s WHERE s.author_id = $2 AND s.room_id = $1),
             scheduled_failed = (SELECT count(*) FROM scheduled s
                 WHERE s.author_id = $2 AND s.room_id = $1 AND s.failed IS NOT NULL)
         WHERE room_id = $1 AND user_id = $2
         RETURNING pinned_at, archived, muted_until, marked_unread, own_version, scheduled, scheduled_failed",
    )
    .bind(room.0)
    .bind(user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(row.map(OwnRow::into_own))
}

/// Takes the room out of the archives of all but its author, as far as they haven't muted it. Answers with those
/// for whom this changed something.
pub async fn bring_back(
    tx: &mut Connection,
    room: RoomId,
    author: UserId,
    at: Millis,
) -> Result<Vec<(UserId, Own)>, Refusal> {
    #[derive(FromRow)]
    struct Row {
        user_id: i64,
        #[sqlx(flatten)]
        own: OwnRow,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "UPDATE memberships SET archived = 0, own_version = own_version + 1
         WHERE room_id = $1 AND user_id <> $2 AND archived = 1 AND left_at IS NULL
           AND COALESCE(muted_until, 0) <= $3
         RETURNING user_id, pinned_at, archived, muted_until, marked_unread, own_version, scheduled,
             scheduled_failed",
    )
    .bind(room.0)
    .bind(author.0)
    .bind(at)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let owns = rows
        .into_iter()
        .map(|row| (UserId(row.user_id), row.own.into_own()));
    Ok(owns.collect())
}
