//! Pictures, by the hash of their bytes.

use super::{Connection, unavailable};
use crate::shared::refusal::Refusal;
use sha2::{Digest, Sha256};

/// Keeps a picture, if there is one. Answers with its hash.
pub async fn put(tx: &mut Connection, bytes: Option<&[u8]>) -> Result<Option<String>, Refusal> {
    let Some(bytes) = bytes else { return Ok(None) };
    let hash: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    sqlx::query("INSERT INTO pictures (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(&hash)
        .bind(bytes)
        .execute(tx)
        .await
        .map_err(unavailable)?;
    Ok(Some(hash))
}

/// # Errors
/// `NotFound`
pub async fn get(tx: &mut Connection, hash: &str) -> Result<Vec<u8>, Refusal> {
    sqlx::query_scalar("SELECT bytes FROM pictures WHERE hash = $1")
        .bind(hash)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?
        .ok_or(Refusal::NotFound)
}

/// Lets go of those that show nobody and no room any more.
pub async fn sweep(tx: &mut Connection) -> Result<(), Refusal> {
    sqlx::query(
        "DELETE FROM pictures
         WHERE NOT EXISTS (SELECT 1 FROM users WHERE users.picture = pictures.hash)
           AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.picture = pictures.hash)",
    )
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}
