//! Reading a room: pages of its messages, what has changed in it, what is unread.

use super::messages::{MessageRow, Sight, select};
use super::{Connection, reactions, rooms, unavailable, users};
use crate::shared::ids::{Position, RoomId, UserId, Version};
use crate::shared::limits::{CHANGES_ROWS, PAGE_MESSAGES, PINNED, UNREAD_CAP};
use crate::shared::live::{Anchor, Changes, Page, Row};
use crate::shared::message::{Message, Pinned, Quote};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;
use std::collections::BTreeSet;

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
    let directory = users::directory(tx).await?;
    Ok(Page {
        room,
        anchor,
        through,
        messages,
        older,
        newer,
        people,
        directory,
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
pub(super) async fn quotes(
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

pub(super) async fn people_of(
    tx: &mut Connection,
    ids: impl Iterator<Item = UserId>,
) -> Result<Vec<Person>, Refusal> {
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
