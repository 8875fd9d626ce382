//! Messages: the rows, pages of history, changes since a version.

use super::{Connection, reactions, rooms, unavailable, users};
use crate::server::markdown;
use crate::server::mentions::Named;
use crate::shared::ids::{ClientId, Millis, Position, RoomId, UserId, Version};
use crate::shared::limits::{CHANGES_ROWS, EARLIER_TEXTS, PAGE_MESSAGES, PINNED, UNREAD_CAP};
use crate::shared::live::{Anchor, Changes, Page, Row};
use crate::shared::message::{EarlierText, Message, Pinned, Quote, Reaction};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use std::collections::BTreeSet;

/// What a member may see of a room: the messages after `from`, and of those that are withheld only their own.
#[derive(Clone, Copy)]
pub struct Sight {
    pub user: UserId,
    pub from: Position,
}

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
    restored: bool,
    reply_to: Option<i64>,
    forwarded_from: Option<i64>,
    mentions: String,
    named: String,
    reactions: String,
    pinned: bool,
    silent: bool,
    withheld: bool,
    first_hash: Vec<u8>,
}

// The text of a tombstone is nobody's any more, though it lies there for a moment yet.
const COLUMNS: &str = "room_id, position, version, author_id, client_id, posted_at, edited_at, \
     CASE WHEN deleted_at IS NULL THEN text ELSE '' END AS text, deleted_at IS NOT NULL AS deleted, \
     coalesce(restored_version = version, 0) AS restored, \
     reply_to, forwarded_from, mentions, named, reactions, pinned_at IS NOT NULL AS pinned, silent, withheld, first_hash";

impl MessageRow {
    fn into_message(self) -> Message {
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
fn ids(text: &str) -> Vec<UserId> {
    let ids = text.split(' ').filter_map(|id| id.parse().ok());
    ids.map(UserId).collect()
}

/// "👍 3 ❤️ 1"
fn counts(text: &str) -> Vec<Reaction> {
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
fn select(rest: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM messages {rest}"))
}

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

/// What is pinned, what was pinned last first.
pub async fn pinned(tx: &mut Connection, room: RoomId, sight: Sight) -> Result<Pinned, Refusal> {
    let rows: Vec<MessageRow> = sqlx::query_as(select(
        "WHERE room_id = $1 AND pinned_at IS NOT NULL AND deleted_at IS NULL AND position > $2
             AND (withheld = 0 OR author_id = $3)
         ORDER BY pinned_at DESC, position DESC LIMIT $4",
    ))
    .bind(room.0)
    .bind(sight.from)
    .bind(sight.user.0)
    .bind(PINNED as i64)
    .fetch_all(&mut *tx)
    .await
    .map_err(unavailable)?;
    let messages: Vec<Message> = rows.into_iter().map(MessageRow::into_message).collect();
    let people = people_of(tx, messages.iter().flat_map(spoken_of)).await?;
    Ok(Pinned { messages, people })
}

/// How many messages of a room are pinned.
pub async fn count_pinned(tx: &mut Connection, room: RoomId) -> Result<usize, Refusal> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM messages WHERE room_id = $1 AND pinned_at IS NOT NULL AND deleted_at IS NULL",
    )
    .bind(room.0)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(count as usize)
}

/// The first message after a position that mentions the person.
pub async fn mention_after(
    tx: &mut Connection,
    room: RoomId,
    sight: Sight,
    after: Position,
) -> Result<Option<Position>, Refusal> {
    sqlx::query_scalar(
        "SELECT n.position FROM mentions n
         JOIN messages m ON m.room_id = n.room_id AND m.position = n.position
         WHERE n.room_id = $1 AND n.user_id = $2 AND n.position > $3 AND m.deleted_at IS NULL AND m.withheld = 0
         ORDER BY n.position LIMIT 1",
    )
    .bind(room.0)
    .bind(sight.user.0)
    .bind(after.max(sight.from))
    .fetch_optional(tx)
    .await
    .map_err(unavailable)
}

/// A page of history. Run it in a snapshot.
pub async fn page(tx: &mut Connection, room: RoomId, sight: Sight, anchor: Anchor) -> Result<Page, Refusal> {
    let through = rooms::version(tx, room).await?;
    // How many up to a position, and how many after it.
    let (place, up_to, after) = match anchor {
        Anchor::Latest => (Position::MAX, PAGE_MESSAGES, 0),
        Anchor::Before(place) => (place.saturating_sub(1), PAGE_MESSAGES, 0),
        Anchor::After(place) => (place, 0, PAGE_MESSAGES),
        Anchor::Around(place) => (place, PAGE_MESSAGES / 2, PAGE_MESSAGES / 2),
    };
    let (mut rows, older) = stretch(tx, room, sight, place, up_to, BACKWARDS).await?;
    rows.reverse();
    let (later, newer) = stretch(tx, room, sight, place, after, FORWARDS).await?;
    rows.extend(later);
    let messages: Vec<Message> = rows.into_iter().map(MessageRow::into_message).collect();
    let quotes = quotes(tx, room, sight, &messages).await?;
    let reacted = reactions::of(tx, room, sight.user, &messages).await?;
    let authors = quotes.iter().map(|quote| quote.author);
    let people = people_of(tx, messages.iter().flat_map(spoken_of).chain(authors)).await?;
    Ok(Page {
        room,
        anchor,
        through,
        messages,
        older,
        newer,
        people,
        quotes,
        reacted,
    })
}

const BACKWARDS: &str =
    "WHERE room_id = $1 AND position <= $2 AND position > $3 AND (withheld = 0 OR author_id = $4)
     ORDER BY position DESC LIMIT $5";
const FORWARDS: &str =
    "WHERE room_id = $1 AND position > $2 AND position > $3 AND (withheld = 0 OR author_id = $4)
     ORDER BY position LIMIT $5";

/// At most so many messages from a place on, in one direction, and whether there are more.
async fn stretch(
    tx: &mut Connection,
    room: RoomId,
    sight: Sight,
    place: Position,
    most: usize,
    direction: &'static str,
) -> Result<(Vec<MessageRow>, bool), Refusal> {
    let mut rows: Vec<MessageRow> = sqlx::query_as(select(direction))
        .bind(room.0)
        .bind(place)
        .bind(sight.from)
        .bind(sight.user.0)
        .bind(most as i64 + 1)
        .fetch_all(tx)
        .await
        .map_err(unavailable)?;
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
}

/// Whom a message speaks of.
fn spoken_of(message: &Message) -> impl Iterator<Item = UserId> + use<> {
    std::iter::once(message.author).chain(message.forwarded_from)
}

/// What the messages answer, as far as it is in sight.
async fn quotes(
    tx: &mut Connection,
    room: RoomId,
    sight: Sight,
    messages: &[Message],
) -> Result<Vec<Quote>, Refusal> {
    let answered: BTreeSet<Position> = messages.iter().filter_map(|message| message.reply_to).collect();
    if answered.is_empty() {
        return Ok(Vec::new());
    }
    let answered = serde_json::to_string(&answered).expect("numbers");
    let rows: Vec<MessageRow> = sqlx::query_as(select(
        "WHERE room_id = $1 AND position IN (SELECT value FROM json_each($2)) AND position > $3
             AND (withheld = 0 OR author_id = $4)
         ORDER BY position",
    ))
    .bind(room.0)
    .bind(answered)
    .bind(sight.from)
    .bind(sight.user.0)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let messages = rows.into_iter().map(MessageRow::into_message);
    Ok(messages.map(|message| Quote::of(&message)).collect())
}

/// The rows whose latest version lies after `after`, at most a page of them, as far as they are in sight. Run it in
/// a snapshot. Answers with the room's version too: `through` below it says that there are more.
pub async fn changes(
    tx: &mut Connection,
    room: RoomId,
    sight: Sight,
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
    let hidden =
        |row: &MessageRow| row.position <= sight.from || (row.withheld && row.author_id != sight.user.0);
    let hidden: BTreeSet<Version> = rows
        .iter()
        .filter(|row| hidden(row))
        .map(|row| row.version)
        .collect();
    let mut all: Vec<Row> = rows
        .into_iter()
        .map(|row| Row::Message(row.into_message()))
        .collect();
    all.extend(room_row.map(Row::Room));
    all.extend(members.into_iter().map(Row::Member));
    all.sort_by_key(Row::version);
    // A full page ends at its last row's version: each change took a version of its own.
    let through = match all.len() >= CHANGES_ROWS {
        true => all[CHANGES_ROWS - 1].version(),
        false => current,
    };
    all.truncate(CHANGES_ROWS);
    all.retain(|row| !hidden.contains(&row.version()));
    let mut changes = told(tx, room, after, through, all).await?;
    changes.quotes.retain(|quote| quote.position > sight.from);
    changes.reacted = reactions::changed(tx, room, sight.user, after, through).await?;
    Ok((changes, current))
}

/// Rows as news, with whoever they speak of and what they answer.
pub async fn told(
    tx: &mut Connection,
    room: RoomId,
    after: Version,
    through: Version,
    rows: Vec<Row>,
) -> Result<Changes, Refusal> {
    let messages: Vec<Message> = rows.iter().filter_map(Row::message).cloned().collect();
    let everyone = Sight {
        user: UserId::default(),
        from: 0,
    };
    let quotes = quotes(tx, room, everyone, &messages).await?;
    let ids = rows.iter().flat_map(|row| match row {
        Row::Message(message) => spoken_of(message).collect(),
        Row::Member(member) => vec![member.user],
        Row::Room(_) => Vec::new(),
    });
    let authors = quotes.iter().map(|quote| quote.author);
    let people = people_of(tx, ids.chain(authors)).await?;
    Ok(Changes {
        room,
        after,
        through,
        rows,
        people,
        quotes,
        reacted: Vec::new(),
    })
}

async fn people_of(tx: &mut Connection, ids: impl Iterator<Item = UserId>) -> Result<Vec<Person>, Refusal> {
    let ids: Vec<UserId> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    if ids.is_empty() {
        Ok(Vec::new())
    } else {
        users::people(tx, &ids).await
    }
}

/// What is unread, as the list counts it, and how much of that mentions the reader.
pub async fn unread(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    last_read: Position,
) -> Result<(u32, u32), Refusal> {
    let (unread, mentions): (i64, i64) = sqlx::query_as(
        "SELECT
             (SELECT count(*) FROM (SELECT 1 FROM messages
                 WHERE room_id = $1 AND position > $2 AND author_id <> $3 AND deleted_at IS NULL AND withheld = 0 LIMIT $4)),
             (SELECT count(*) FROM (SELECT 1 FROM mentions n
                 JOIN messages u ON u.room_id = n.room_id AND u.position = n.position
                 WHERE n.room_id = $1 AND n.user_id = $3 AND n.position > $2
                     AND u.deleted_at IS NULL AND u.withheld = 0 LIMIT $4))",
    )
    .bind(room.0)
    .bind(last_read)
    .bind(user.0)
    .bind(UNREAD_CAP)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok((unread as u32, mentions as u32))
}
