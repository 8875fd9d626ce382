//! Who wants to hear nothing of whom.

use super::users::{PersonRow, person};
use super::{Connection, unavailable};
use crate::shared::ids::{RoomId, UserId, now};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

/// Whether `by` has blocked `whom`.
pub async fn is_blocked(tx: &mut Connection, by: UserId, whom: UserId) -> Result<bool, Refusal> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM blocks WHERE user_id = $1 AND blocked_id = $2)")
        .bind(by.0)
        .bind(whom.0)
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

/// Whether what `author` writes into the room is for nobody but themselves: a direct conversation with somebody who has
/// blocked them.
pub async fn withholds(tx: &mut Connection, room: RoomId, author: UserId) -> Result<bool, Refusal> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM rooms r JOIN blocks b
             ON b.user_id = CASE r.direct_low WHEN $2 THEN r.direct_high ELSE r.direct_low END
         WHERE r.id = $1 AND b.blocked_id = $2)",
    )
    .bind(room.0)
    .bind(author.0)
    .fetch_one(tx)
    .await
    .map_err(unavailable)
}

/// Sets whether `by` has blocked `whom`. Tells whether that changed anything.
pub async fn set(tx: &mut Connection, by: UserId, whom: UserId, blocked: bool) -> Result<bool, Refusal> {
    let sql = match blocked {
        true => "INSERT INTO blocks (user_id, blocked_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        false => "DELETE FROM blocks WHERE user_id = $1 AND blocked_id = $2 AND since <= $3",
    };
    let done = sqlx::query(sql)
        .bind(by.0)
        .bind(whom.0)
        .bind(now())
        .execute(tx)
        .await
        .map_err(unavailable)?;
    Ok(done.rows_affected() > 0)
}

/// Whom the person has blocked, by name.
pub async fn of(tx: &mut Connection, by: UserId) -> Result<Vec<Person>, Refusal> {
    let rows: Vec<PersonRow> = sqlx::query_as(
        "SELECT u.id, u.handle, u.name, u.picture FROM blocks b JOIN users u ON u.id = b.blocked_id
         WHERE b.user_id = $1 ORDER BY u.search_key, u.id",
    )
    .bind(by.0)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(person).collect())
}

/// Takes the person out of a direct conversation, or puts them back: nobody else hears of it, so no version is taken
/// and what was read stays read.
pub async fn hide(tx: &mut Connection, room: RoomId, user: UserId, hidden: bool) -> Result<(), Refusal> {
    sqlx::query("UPDATE memberships SET left_at = $3 WHERE room_id = $1 AND user_id = $2")
        .bind(room.0)
        .bind(user.0)
        .bind(hidden.then(now))
        .execute(tx)
        .await
        .map(drop)
        .map_err(unavailable)
}
