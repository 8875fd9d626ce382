//! What has come under the ids that authors give to their messages.

use super::messages::{MessageRow, select};
use super::{Connection, unavailable};
use crate::shared::ids::{ClientId, Position, RoomId, UserId};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// What is kept of the text that first came under a client id, to know it again.
pub fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// A message that the author has sent under this client id before, as it is now.
///
/// # Errors
/// `ClientIdTaken`: it was another text, or in another room. `Withdrawn`: it was taken back before it came.
pub async fn sent_before(
    tx: &mut Connection,
    author: UserId,
    client_id: ClientId,
    room: RoomId,
    text: &str,
) -> Result<Option<Message>, Refusal> {
    let row: Option<MessageRow> = sqlx::query_as(select("WHERE author_id = $1 AND client_id = $2"))
        .bind(author.0)
        .bind(client_id.to_string())
        .fetch_optional(&mut *tx)
        .await
        .map_err(unavailable)?;
    match row {
        None if is_withdrawn(tx, author, client_id).await? => Err(Refusal::Withdrawn),
        Some(row) if row.room_id != room.0 || row.first_hash != hash(text) => Err(Refusal::ClientIdTaken),
        row => Ok(row.map(MessageRow::into_message)),
    }
}

/// Whether nothing is to be posted under this client id any more.
pub async fn is_withdrawn(tx: &mut Connection, author: UserId, client_id: ClientId) -> Result<bool, Refusal> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM withdrawals WHERE author_id = $1 AND client_id = $2)")
        .bind(author.0)
        .bind(client_id.to_string())
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

/// Those of the given client ids under which the author has neither posted, scheduled nor taken back anything.
pub async fn unknown(
    tx: &mut Connection,
    author: UserId,
    client_ids: Vec<ClientId>,
) -> Result<Vec<ClientId>, Refusal> {
    let ids = serde_json::to_string(&client_ids).expect("texts");
    let known: Vec<String> = sqlx::query_scalar(
        "SELECT client_id FROM messages
         WHERE author_id = $1 AND client_id IN (SELECT value FROM json_each($2))
         UNION SELECT client_id FROM scheduled
         WHERE author_id = $1 AND client_id IN (SELECT value FROM json_each($2))
         UNION SELECT client_id FROM withdrawals
         WHERE author_id = $1 AND client_id IN (SELECT value FROM json_each($2))",
    )
    .bind(author.0)
    .bind(ids)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let known: BTreeSet<String> = known.into_iter().collect();
    let unknown = client_ids.into_iter();
    Ok(unknown.filter(|id| !known.contains(&id.to_string())).collect())
}

/// Where the author's message of this client id is.
pub async fn place(
    tx: &mut Connection,
    author: UserId,
    client_id: ClientId,
) -> Result<Option<(RoomId, Position)>, Refusal> {
    let place: Option<(i64, i64)> =
        sqlx::query_as("SELECT room_id, position FROM messages WHERE author_id = $1 AND client_id = $2")
            .bind(author.0)
            .bind(client_id.to_string())
            .fetch_optional(tx)
            .await
            .map_err(unavailable)?;
    Ok(place.map(|(room, position)| (RoomId(room), position)))
}

/// From here on nothing is posted under this client id.
pub async fn burn(tx: &mut Connection, author: UserId, client_id: ClientId) -> Result<(), Refusal> {
    sqlx::query("INSERT INTO withdrawals (author_id, client_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(author.0)
        .bind(client_id.to_string())
        .execute(tx)
        .await
        .map(drop)
        .map_err(unavailable)
}
