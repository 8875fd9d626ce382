//! Drafts: one for each person and room.

use super::{Connection, unavailable};
use crate::shared::draft::Draft;
use crate::shared::ids::{ClientId, RoomId, UserId};
use crate::shared::refusal::Refusal;

/// Puts a draft in the place of the one that is there; none: removes it. Tells whether that changed
/// anything.
pub async fn replace(
    tx: &mut Connection,
    user: UserId,
    room: RoomId,
    draft: Option<&Draft>,
) -> Result<bool, Refusal> {
    let done =
        match draft {
            Some(draft) => sqlx::query(
                "INSERT INTO drafts (user_id, room_id, client_id, text, reply_to) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (user_id, room_id) DO UPDATE SET client_id = $3, text = $4, reply_to = $5
                 WHERE client_id <> $3 OR text <> $4 OR COALESCE(reply_to, 0) <> COALESCE($5, 0)",
            )
            .bind(user.0)
            .bind(room.0)
            .bind(draft.client_id.to_string())
            .bind(&draft.text)
            .bind(draft.reply_to)
            .execute(tx)
            .await,
            None => {
                sqlx::query("DELETE FROM drafts WHERE user_id = $1 AND room_id = $2")
                    .bind(user.0)
                    .bind(room.0)
                    .execute(tx)
                    .await
            }
        };
    Ok(done.map_err(unavailable)?.rows_affected() > 0)
}

/// Removes the draft that bears this client id. Answers with its room.
pub async fn remove(
    tx: &mut Connection,
    user: UserId,
    client_id: ClientId,
) -> Result<Option<RoomId>, Refusal> {
    let room: Option<i64> =
        sqlx::query_scalar("DELETE FROM drafts WHERE user_id = $1 AND client_id = $2 RETURNING room_id")
            .bind(user.0)
            .bind(client_id.to_string())
            .fetch_optional(tx)
            .await
            .map_err(unavailable)?;
    Ok(room.map(RoomId))
}
