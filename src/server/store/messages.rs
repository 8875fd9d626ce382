//! Messages: the rows, pages of history, changes since a version.

use super::{Connection, rooms, unavailable, users};
use crate::server::markdown;
use crate::shared::ids::{ClientId, Millis, Position, RoomId, UserId, Version};
use crate::shared::limits::{CHANGES_ROWS, PAGE_MESSAGES};
use crate::shared::live::{Anchor, Changes, Page, Row};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use std::collections::BTreeSet;

#[derive(FromRow)]
struct MessageRow {
    room_id: i64,
    position: i64,
    version: i64,
    author_id: i64,
    client_id: String,
    text: String,
    posted_at: i64,
    edited_at: Option<i64>,
    deleted: bool,
    first_hash: Vec<u8>,
}

const COLUMNS: &str = "room_id, position, version, author_id, client_id, text, posted_at, edited_at, \
     deleted_at IS NOT NULL AS deleted, first_hash";

impl MessageRow {
    fn into_message(self) -> Message {
        Message {
            position: self.position,
            version: self.version,
            author: UserId(self.author_id),
            client_id: self.client_id.parse().unwrap_or(ClientId(uuid::Uuid::nil())),
            posted_at: self.posted_at,
            edited_at: self.edited_at,
            deleted: self.deleted,
            blocks: markdown::parse(&self.text),
            text: self.text,
        }
    }
}

/// Our own constants only: nothing that came from outside is ever put into SQL.
fn select(rest: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM messages {rest}"))
}

fn hash(text: &str) -> Vec<u8> {
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

/// Those of the given client ids under which the author has neither posted nor taken back anything.
pub async fn unknown(
    tx: &mut Connection,
    author: UserId,
    client_ids: Vec<ClientId>,
) -> Result<Vec<ClientId>, Refusal> {
    let ids = serde_json::to_string(&client_ids).expect("texts");
    let known: Vec<String> = sqlx::query_scalar(
        "SELECT client_id FROM messages
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

/// Stores a new message at the version that the room has just taken.
pub async fn insert(
    tx: &mut Connection,
    room: RoomId,
    author: UserId,
    client_id: ClientId,
    text: &str,
    version: Version,
    at: Millis,
) -> Result<Message, Refusal> {
    sqlx::query(
        "INSERT INTO messages (room_id, position, version, author_id, client_id, first_hash, text, posted_at)
         VALUES ($1, $2, $2, $3, $4, $5, $6, $7)",
    )
    .bind(room.0)
    .bind(version)
    .bind(author.0)
    .bind(client_id.to_string())
    .bind(hash(text))
    .bind(text)
    .bind(at)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    sqlx::query("UPDATE rooms SET last_position = $2 WHERE id = $1")
        .bind(room.0)
        .bind(version)
        .execute(&mut *tx)
        .await
        .map_err(unavailable)?;
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

pub async fn edit(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    text: &str,
    version: Version,
    at: Millis,
) -> Result<Message, Refusal> {
    sqlx::query(
        "UPDATE messages SET text = $3, version = $4, edited_at = $5 WHERE room_id = $1 AND position = $2",
    )
    .bind(room.0)
    .bind(position)
    .bind(text)
    .bind(version)
    .bind(at)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    by_position(tx, room, position).await
}

/// Leaves a tombstone.
pub async fn delete(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    version: Version,
    at: Millis,
) -> Result<Message, Refusal> {
    sqlx::query(
        "UPDATE messages SET text = '', version = $3, deleted_at = $4 WHERE room_id = $1 AND position = $2",
    )
    .bind(room.0)
    .bind(position)
    .bind(version)
    .bind(at)
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    by_position(tx, room, position).await
}

/// A page of history. Run it in a snapshot.
pub async fn page(tx: &mut Connection, room: RoomId, anchor: Anchor) -> Result<Page, Refusal> {
    let through = rooms::version(tx, room).await?;
    // How many up to a position, and how many after it.
    let (place, up_to, after) = match anchor {
        Anchor::Latest => (Position::MAX, PAGE_MESSAGES, 0),
        Anchor::Before(place) => (place.saturating_sub(1), PAGE_MESSAGES, 0),
        Anchor::After(place) => (place, 0, PAGE_MESSAGES),
        Anchor::Around(place) => (place, PAGE_MESSAGES / 2, PAGE_MESSAGES / 2),
    };
    let (mut rows, older) = stretch(tx, room, place, up_to, BACKWARDS).await?;
    rows.reverse();
    let (later, newer) = stretch(tx, room, place, after, FORWARDS).await?;
    rows.extend(later);
    let messages: Vec<Message> = rows.into_iter().map(MessageRow::into_message).collect();
    let people = people_of(tx, messages.iter().map(|message| message.author)).await?;
    Ok(Page {
        room,
        anchor,
        through,
        messages,
        older,
        newer,
        people,
    })
}

const BACKWARDS: &str = "WHERE room_id = $1 AND position <= $2 ORDER BY position DESC LIMIT $3";
const FORWARDS: &str = "WHERE room_id = $1 AND position > $2 ORDER BY position LIMIT $3";

/// At most so many messages from a place on, in one direction, and whether there are more.
async fn stretch(
    tx: &mut Connection,
    room: RoomId,
    place: Position,
    most: usize,
    direction: &'static str,
) -> Result<(Vec<MessageRow>, bool), Refusal> {
    let mut rows: Vec<MessageRow> = sqlx::query_as(select(direction))
        .bind(room.0)
        .bind(place)
        .bind(most as i64 + 1)
        .fetch_all(tx)
        .await
        .map_err(unavailable)?;
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
}

/// The rows whose latest version lies after `after`, at most a page of them. Run it in a snapshot.
/// Answers with the room's version too: `through` below it says that there are more.
pub async fn changes(
    tx: &mut Connection,
    room: RoomId,
    after: Version,
) -> Result<(Changes, Version), Refusal> {
    let current = rooms::version(tx, room).await?;
    let rows: Vec<MessageRow> = sqlx::query_as(select(
        "WHERE room_id = $1 AND version > $2 AND version <= $3 ORDER BY version LIMIT $4",
    ))
    .bind(room.0)
    .bind(after)
    .bind(current)
    .bind(CHANGES_ROWS as i64)
    .fetch_all(&mut *tx)
    .await
    .map_err(unavailable)?;
    let (room_row, members) = rooms::changed(tx, room, after, current, CHANGES_ROWS).await?;
    let mut all: Vec<Row> = rows
        .into_iter()
        .map(|row| Row::Message(row.into_message()))
        .collect();
    all.extend(room_row.map(Row::Room));
    all.extend(members.into_iter().map(Row::Member));
    all.sort_by_key(Row::version);
    // A full page ends at its last row's version: each change took a version of its own.
    let through = match all.len() > CHANGES_ROWS || all.len() == CHANGES_ROWS {
        true => all[CHANGES_ROWS - 1].version(),
        false => current,
    };
    all.truncate(CHANGES_ROWS);
    let changes = told(tx, room, after, through, all).await?;
    Ok((changes, current))
}

/// Rows as news, with whoever they speak of.
pub async fn told(
    tx: &mut Connection,
    room: RoomId,
    after: Version,
    through: Version,
    rows: Vec<Row>,
) -> Result<Changes, Refusal> {
    let ids = rows.iter().filter_map(|row| match row {
        Row::Message(message) => Some(message.author),
        Row::Member(member) => Some(member.user),
        Row::Room(_) => None,
    });
    let people = people_of(tx, ids).await?;
    Ok(Changes {
        room,
        after,
        through,
        rows,
        people,
    })
}

async fn people_of(
    tx: &mut Connection,
    ids: impl Iterator<Item = UserId>,
) -> Result<Vec<crate::shared::user::Person>, Refusal> {
    let ids: Vec<UserId> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    if ids.is_empty() {
        Ok(Vec::new())
    } else {
        users::people(tx, &ids).await
    }
}

/// Unread as the list counts it.
pub async fn unread(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    last_read: Position,
) -> Result<u32, Refusal> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM messages
         WHERE room_id = $1 AND position > $2 AND author_id <> $3 AND deleted_at IS NULL LIMIT $4)",
    )
    .bind(room.0)
    .bind(last_read)
    .bind(user.0)
    .bind(crate::shared::limits::UNREAD_CAP)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(count as u32)
}
