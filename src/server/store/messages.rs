//! Messages: the rows, and what is done with them.

use super::client_ids::hash;
use super::{Connection, unavailable};
use crate::server::markdown;
use crate::server::mentions::Named;
use crate::shared::ids::{ClientId, Millis, Position, RoomId, UserId, Version};
use crate::shared::limits::EARLIER_TEXTS;
use crate::shared::message::{EarlierText, Message, Reaction};
use crate::shared::refusal::Refusal;
use sqlx::FromRow;

/// What a member may see of a room: the messages after `from`, and of those that are withheld only their own.
#[derive(Clone, Copy)]
pub struct Sight {
    pub user: UserId,
    pub from: Position,
}

#[derive(FromRow)]
pub(super) struct MessageRow {
    pub(super) room_id: i64,
    pub(super) position: i64,
    pub(super) version: i64,
    pub(super) author_id: i64,
    pub(super) client_id: String,
    pub(super) text: String,
    pub(super) posted_at: i64,
    pub(super) edited_at: Option<i64>,
    pub(super) deleted: bool,
    pub(super) restored: bool,
    pub(super) reply_to: Option<i64>,
    pub(super) forwarded_from: Option<i64>,
    pub(super) mentions: String,
    pub(super) named: String,
    pub(super) reactions: String,
    pub(super) pinned: bool,
    pub(super) silent: bool,
    pub(super) withheld: bool,
    pub(super) first_hash: Vec<u8>,
}

// The text of a tombstone is nobody's any more, though it lies there for a moment yet.
pub(super) const COLUMNS: &str = "room_id, position, version, author_id, client_id, posted_at, edited_at, \
     CASE WHEN deleted_at IS NULL THEN text ELSE '' END AS text, deleted_at IS NOT NULL AS deleted, \
     coalesce(restored_version = version, 0) AS restored, \
     reply_to, forwarded_from, mentions, named, reactions, pinned_at IS NOT NULL AS pinned, silent, withheld, first_hash";

impl MessageRow {
    pub(super) fn into_message(self) -> Message {
        let mentions = Named::read(&self.mentions);
        let shown = !self.deleted;
        Message {
            position: self.position,
            version: self.version,
            author: UserId(self.author_id),
            client_id: self.client_id.parse().unwrap_or(ClientId(uuid::Uuid::nil())),
            posted_at: self.posted_at,
            edited_at: self.edited_at,
            deleted: self.deleted,
            restored: self.restored,
            reply_to: self.reply_to.filter(|_| shown),
            forwarded_from: self.forwarded_from.filter(|_| shown).map(UserId),
            mentions: ids(&self.named),
            reactions: if shown {
                counts(&self.reactions)
            } else {
                Vec::new()
            },
            pinned: self.pinned && shown,
            silent: self.silent,
            blocks: markdown::parse(&self.text, &mentions),
            text: self.text,
        }
    }
}

/// "3 17"
pub(super) fn ids(text: &str) -> Vec<UserId> {
    let ids = text.split(' ').filter_map(|id| id.parse().ok());
    ids.map(UserId).collect()
}

/// "👍 3 ❤️ 1"
pub(super) fn counts(text: &str) -> Vec<Reaction> {
    let mut words = text.split(' ');
    std::iter::from_fn(|| {
        let (emoji, count) = (words.next()?, words.next()?.parse().ok()?);
        Some(Reaction {
            emoji: emoji.to_owned(),
            count,
        })
    })
    .collect()
}

/// Our own constants only: nothing that came from outside is ever put into SQL.
pub(super) fn select(rest: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM messages {rest}"))
}

/// A message as it is to be stored.
pub struct Posted<'a> {
    pub author: UserId,
    pub client_id: ClientId,
    /// Of what was sent under the client id: the same again is the same message.
    pub first_hash: Vec<u8>,
    pub text: &'a str,
    pub reply_to: Option<Position>,
    pub forwarded_from: Option<UserId>,
    pub mentions: &'a Named,
    pub silent: bool,
    pub withheld: bool,
}

impl<'a> Posted<'a> {
    /// Nothing but words.
    pub fn plain(author: UserId, text: &'a str, nobody: &'a Named) -> Self {
        Self {
            author,
            client_id: ClientId::new(),
            first_hash: hash(text),
            text,
            reply_to: None,
            forwarded_from: None,
            mentions: nobody,
            silent: false,
            withheld: false,
        }
    }
}

/// Stores a new message at the version that the room has just taken.
pub async fn insert(
    tx: &mut Connection,
    room: RoomId,
    posted: Posted<'_>,
    version: Version,
    at: Millis,
) -> Result<Message, Refusal> {
    sqlx::query(
        "INSERT INTO messages (room_id, position, version, author_id, client_id, first_hash, text, posted_at,
             reply_to, forwarded_from, mentions, named, silent, withheld)
         VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(room.0)
    .bind(version)
    .bind(posted.author.0)
    .bind(posted.client_id.to_string())
    .bind(&posted.first_hash)
    .bind(posted.text)
    .bind(at)
    .bind(posted.reply_to)
    .bind(posted.forwarded_from.map(|user| user.0))
    .bind(posted.mentions.written())
    .bind(posted.mentions.without(posted.author))
    .bind(posted.silent)
    .bind(posted.withheld)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    for user in posted.mentions.others(posted.author) {
        sqlx::query("INSERT INTO mentions (room_id, user_id, position) VALUES ($1, $2, $3)")
            .bind(room.0)
            .bind(user.0)
            .bind(version)
            .execute(&mut *tx)
            .await
            .map_err(unavailable)?;
    }
    by_position(tx, room, version).await
}

/// # Errors
/// `NotFound`
pub async fn by_position(tx: &mut Connection, room: RoomId, position: Position) -> Result<Message, Refusal> {
    let row: Option<MessageRow> = sqlx::query_as(select("WHERE room_id = $1 AND position = $2"))
        .bind(room.0)
        .bind(position)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?;
    row.map(MessageRow::into_message).ok_or(Refusal::NotFound)
}

/// The message, if it is in sight.
///
/// # Errors
/// `NotFound`
pub async fn seen(
    tx: &mut Connection,
    room: RoomId,
    sight: Sight,
    position: Position,
) -> Result<Message, Refusal> {
    let row: Option<MessageRow> = sqlx::query_as(select(
        "WHERE room_id = $1 AND position = $2 AND position > $3 AND (withheld = 0 OR author_id = $4)",
    ))
    .bind(room.0)
    .bind(position)
    .bind(sight.from)
    .bind(sight.user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    row.map(MessageRow::into_message).ok_or(Refusal::NotFound)
}

/// Whether only its author sees it.
pub async fn is_withheld(tx: &mut Connection, room: RoomId, position: Position) -> Result<bool, Refusal> {
    let withheld: Option<bool> =
        sqlx::query_scalar("SELECT withheld FROM messages WHERE room_id = $1 AND position = $2")
            .bind(room.0)
            .bind(position)
            .fetch_optional(tx)
            .await
            .map_err(unavailable)?;
    Ok(withheld.unwrap_or(false))
}

/// Changes the text, and keeps the one that it had.
pub async fn edit(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    text: &str,
    mentions: &Named,
    version: Version,
    at: Millis,
) -> Result<Message, Refusal> {
    sqlx::query(
        "INSERT INTO earlier_texts (room_id, position, version, text, written_at)
         SELECT room_id, position, version, text, coalesce(edited_at, posted_at) FROM messages
         WHERE room_id = $1 AND position = $2",
    )
    .bind(room.0)
    .bind(position)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    sqlx::query(
        "DELETE FROM earlier_texts WHERE room_id = $1 AND position = $2 AND version NOT IN
             (SELECT version FROM earlier_texts WHERE room_id = $1 AND position = $2
              ORDER BY version DESC LIMIT $3)",
    )
    .bind(room.0)
    .bind(position)
    .bind(EARLIER_TEXTS as i64)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    sqlx::query(
        "UPDATE messages SET text = $3, mentions = $4, version = $5, edited_at = $6
         WHERE room_id = $1 AND position = $2",
    )
    .bind(room.0)
    .bind(position)
    .bind(text)
    .bind(mentions.written())
    .bind(version)
    .bind(at)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    by_position(tx, room, position).await
}

/// The texts that a message had before, the oldest first.
pub async fn earlier_texts(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
) -> Result<Vec<EarlierText>, Refusal> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT text, written_at FROM earlier_texts WHERE room_id = $1 AND position = $2 ORDER BY version",
    )
    .bind(room.0)
    .bind(position)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let texts = rows.into_iter();
    Ok(texts
        .map(|(text, written_at)| EarlierText { text, written_at })
        .collect())
}

/// Leaves a tombstone. Its text lies there until it is [emptied](empty).
pub async fn delete(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    by: UserId,
    version: Version,
    at: Millis,
) -> Result<Message, Refusal> {
    sqlx::query(
        "UPDATE messages SET version = $3, deleted_at = $4, deleted_by = $5 WHERE room_id = $1 AND position = $2",
    )
    .bind(room.0)
    .bind(position)
    .bind(version)
    .bind(at)
    .bind(by.0)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    by_position(tx, room, position).await
}

/// Takes a deletion back, if it was by that person and not before `since`.
///
/// # Errors
/// `NotFound`: it wasn't, or its text is gone.
pub async fn restore(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    by: UserId,
    since: Millis,
    version: Version,
) -> Result<Message, Refusal> {
    let restored = sqlx::query(
        "UPDATE messages SET version = $3, restored_version = $3, deleted_at = NULL, deleted_by = NULL
         WHERE room_id = $1 AND position = $2 AND deleted_by = $4 AND deleted_at >= $5 AND text <> ''",
    )
    .bind(room.0)
    .bind(position)
    .bind(version)
    .bind(by.0)
    .bind(since)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    match restored.rows_affected() {
        0 => Err(Refusal::NotFound),
        _ => by_position(tx, room, position).await,
    }
}

/// Whether [`restore`] would take the deletion back.
pub async fn is_restorable(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    by: UserId,
    since: Millis,
) -> Result<bool, Refusal> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM messages
         WHERE room_id = $1 AND position = $2 AND deleted_by = $3 AND deleted_at >= $4 AND text <> '')",
    )
    .bind(room.0)
    .bind(position)
    .bind(by.0)
    .bind(since)
    .fetch_one(tx)
    .await
    .map_err(unavailable)
}

/// Lets go of the texts of what was deleted before `before`, and of all that hung on them.
pub async fn empty(tx: &mut Connection, before: Millis) -> Result<(), Refusal> {
    for table in ["DELETE FROM earlier_texts", "DELETE FROM reactions"] {
        let gone = format!(
            "{table} WHERE (room_id, position) IN
                 (SELECT room_id, position FROM messages WHERE deleted_at < $1 AND text <> '')"
        );
        sqlx::query(sqlx::AssertSqlSafe(gone))
            .bind(before)
            .execute(&mut *tx)
            .await
            .map_err(unavailable)?;
    }
    sqlx::query(
        "UPDATE messages SET text = '', mentions = '', reactions = '', reply_to = NULL, forwarded_from = NULL, pinned_at = NULL
         WHERE deleted_at < $1 AND text <> ''",
    )
    .bind(before)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// When the first of the texts was deleted that are to be let go of.
pub async fn next_to_empty(tx: &mut Connection) -> Result<Option<Millis>, Refusal> {
    sqlx::query_scalar("SELECT min(deleted_at) FROM messages WHERE deleted_at IS NOT NULL AND text <> ''")
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

/// Pins a message, or takes the pin off.
pub async fn pin(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    at: Option<Millis>,
    version: Version,
) -> Result<Message, Refusal> {
    sqlx::query("UPDATE messages SET version = $3, pinned_at = $4 WHERE room_id = $1 AND position = $2")
        .bind(room.0)
        .bind(position)
        .bind(version)
        .bind(at)
        .execute(&mut *tx)
        .await
        .map_err(unavailable)?;
    by_position(tx, room, position).await
}
