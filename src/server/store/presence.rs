//! Who was there, and when.

use super::{Connection, unavailable};
use crate::shared::ids::{Millis, UserId};
use crate::shared::refusal::Refusal;
use std::collections::HashMap;

/// Those with whom the person has a direct conversation and who may know whether they are there: neither hides it, and
/// neither has blocked the other. With when those were there last.
pub async fn partners(tx: &mut Connection, user: UserId) -> Result<HashMap<UserId, Option<Millis>>, Refusal> {
    let rows: Vec<(i64, Option<i64>)> = sqlx::query_as(
        "SELECT o.id, o.last_seen
         FROM (SELECT direct_high AS id FROM rooms WHERE direct_low = $1
               UNION SELECT direct_low FROM rooms WHERE direct_high = $1) AS other
         JOIN users o ON o.id = other.id
         JOIN users me ON me.id = $1
         WHERE o.id <> $1 AND me.shows_presence <> 0 AND o.shows_presence <> 0
           AND NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.user_id = $1 AND b.blocked_id = o.id)
                                                  OR (b.user_id = o.id AND b.blocked_id = $1))",
    )
    .bind(user.0)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(|(id, seen)| (UserId(id), seen)).collect())
}

/// The person is, or was, there. Of whoever hides it nothing is kept.
pub async fn seen(tx: &mut Connection, user: UserId, at: Millis) -> Result<(), Refusal> {
    sqlx::query("UPDATE users SET last_seen = $2 WHERE id = $1 AND shows_presence <> 0")
        .bind(user.0)
        .bind(at)
        .execute(tx)
        .await
        .map(drop)
        .map_err(unavailable)
}
