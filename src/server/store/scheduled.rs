//! Messages that are to be posted later.

use super::client_ids::hash;
use super::{Connection, unavailable};
use crate::shared::ids::{ClientId, Millis, RoomId, UserId};
use crate::shared::refusal::Refusal;
use crate::shared::scheduled::{NewScheduled, Rescheduled, Scheduled};
use sqlx::FromRow;

/// One of them, and what only the server has to know of it.
pub struct Kept {
    pub scheduled: Scheduled,
    /// Of the text that first came under its client id.
    pub first_hash: Vec<u8>,
}

#[derive(FromRow)]
struct Row {
    room_id: i64,
    client_id: String,
    first_hash: Vec<u8>,
    text: String,
    reply_to: Option<i64>,
    silent: bool,
    due_at: i64,
    version: i64,
    failed: Option<String>,
}

const COLUMNS: &str = "room_id, client_id, first_hash, text, reply_to, silent, due_at, version, failed";

impl Row {
    fn into_kept(self) -> Kept {
        let failed = self.failed.as_deref();
        let scheduled = Scheduled {
            room: RoomId(self.room_id),
            client_id: self.client_id.parse().unwrap_or(ClientId(uuid::Uuid::nil())),
            version: self.version,
            text: self.text,
            reply_to: self.reply_to,
            silent: self.silent,
            due_at: self.due_at,
            failed: failed.map(|why| serde_json::from_str(why).unwrap_or(Refusal::Broken)),
        };
        Kept {
            scheduled,
            first_hash: self.first_hash,
        }
    }
}

/// Our own constants only: nothing that came from outside is ever put into SQL.
fn select(rest: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM scheduled {rest}"))
}

/// What the author has scheduled under this client id.
pub async fn get(tx: &mut Connection, author: UserId, client_id: ClientId) -> Result<Option<Kept>, Refusal> {
    let row: Option<Row> = sqlx::query_as(select("WHERE author_id = $1 AND client_id = $2"))
        .bind(author.0)
        .bind(client_id.to_string())
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?;
    Ok(row.map(Row::into_kept))
}

/// All that the author has scheduled, or what is for one room, by the time.
pub async fn of(
    tx: &mut Connection,
    author: UserId,
    only: Option<RoomId>,
) -> Result<Vec<Scheduled>, Refusal> {
    let rows: Vec<Row> = sqlx::query_as(select(
        "WHERE author_id = $1 AND ($2 IS NULL OR room_id = $2) ORDER BY due_at, id",
    ))
    .bind(author.0)
    .bind(only.map(|room| room.0))
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(|row| row.into_kept().scheduled).collect())
}

pub async fn count_of(tx: &mut Connection, author: UserId) -> Result<usize, Refusal> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM scheduled WHERE author_id = $1")
        .bind(author.0)
        .fetch_one(tx)
        .await
        .map_err(unavailable)?;
    Ok(count as usize)
}

pub async fn insert(
    tx: &mut Connection,
    author: UserId,
    room: RoomId,
    new: &NewScheduled,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO scheduled (author_id, room_id, client_id, first_hash, text, reply_to, silent, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(author.0)
    .bind(room.0)
    .bind(new.client_id.to_string())
    .bind(hash(&new.text))
    .bind(&new.text)
    .bind(new.reply_to)
    .bind(new.silent)
    .bind(new.due_at)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// From here on it waits as it is given, also if it couldn't be posted before.
pub async fn change(
    tx: &mut Connection,
    author: UserId,
    client_id: ClientId,
    to: &Rescheduled,
) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE scheduled SET text = $3, silent = $4, due_at = $5, failed = NULL, version = version + 1
         WHERE author_id = $1 AND client_id = $2",
    )
    .bind(author.0)
    .bind(client_id.to_string())
    .bind(&to.text)
    .bind(to.silent)
    .bind(to.due_at)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// It couldn't be posted, and waits for its author.
pub async fn fail(
    tx: &mut Connection,
    author: UserId,
    client_id: ClientId,
    why: &Refusal,
) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE scheduled SET failed = $3, version = version + 1 WHERE author_id = $1 AND client_id = $2",
    )
    .bind(author.0)
    .bind(client_id.to_string())
    .bind(serde_json::to_string(why).map_err(|_| Refusal::Broken)?)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// Takes it away. Answers with its room, if it was there.
pub async fn remove(
    tx: &mut Connection,
    author: UserId,
    client_id: ClientId,
) -> Result<Option<RoomId>, Refusal> {
    let room: Option<i64> =
        sqlx::query_scalar("DELETE FROM scheduled WHERE author_id = $1 AND client_id = $2 RETURNING room_id")
            .bind(author.0)
            .bind(client_id.to_string())
            .fetch_optional(tx)
            .await
            .map_err(unavailable)?;
    Ok(room.map(RoomId))
}

/// The first that is due by then: whose it is, and its client id.
pub async fn first_due(tx: &mut Connection, by: Millis) -> Result<Option<(UserId, ClientId)>, Refusal> {
    let first: Option<(i64, String)> = sqlx::query_as(
        "SELECT author_id, client_id FROM scheduled WHERE failed IS NULL AND due_at <= $1
         ORDER BY due_at, id LIMIT 1",
    )
    .bind(by)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(first.and_then(|(author, client_id)| Some((UserId(author), client_id.parse().ok()?))))
}

/// When the next one is due.
pub async fn next_due(tx: &mut Connection) -> Result<Option<Millis>, Refusal> {
    sqlx::query_scalar("SELECT min(due_at) FROM scheduled WHERE failed IS NULL")
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}
