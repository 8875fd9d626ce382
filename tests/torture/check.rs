//! What must hold after every run. Each line that comes out of here is a message lost, doubled, or
//! shown otherwise than it is.

use super::journal::{Events, Mark, Post};
use super::people::Account;
use super::reader::View;
use super::sender::REACTION;
use digital_messages::shared::ids::{ClientId, Position, RoomId, UserId};
use digital_messages::shared::live::{Page, RoomList};
use digital_messages::shared::message::Message;
use digital_messages::shared::receipt::Reach;
use digital_messages::shared::room::RoomEntry;
use reqwest::Client;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, FromRow};
use std::collections::HashMap;
use std::path::Path;

/// A message as the file has it.
#[derive(FromRow)]
struct Stored {
    room_id: i64,
    position: i64,
    version: i64,
    author_id: i64,
    client_id: String,
    text: String,
    deleted: bool,
    pinned: bool,
    reactions: String,
    /// The sets that its reactions are made of.
    given: i64,
}

/// I4: what a reader shows is what the same person would be shown who came just now.
pub async fn as_if_loaded_anew(http: &Client, host: &str, account: &Account, view: &View) -> Vec<String> {
    let mut wrong = Vec::new();
    let me = account.id;
    let list: RoomList = get(http, host, account, "rooms").await;
    for entry in &list.rooms {
        let known = view.list.as_ref().and_then(|list| list.get(entry.room.id));
        // How far the last messages have come may be told any moment; but nothing has come that isn't there.
        let reach = known.map_or_else(Reach::default, |known| known.reach);
        if reach.delivered.max(reach.read) > entry.through {
            let through = entry.through;
            wrong.push(format!(
                "I4 reader {me} was told of {reach:?} in a room at {through}"
            ));
        }
        let known = known.map(|known| RoomEntry {
            reach: entry.reach,
            ..known.clone()
        });
        if known.as_ref() != Some(entry) {
            wrong.push(format!("I4 reader {me} lists {known:?} instead of {entry:?}"));
        }
    }
    for (room, timeline) in &view.rooms {
        let shown: Vec<&Message> = timeline.messages().collect();
        let fresh = fresh(http, host, account, *room, timeline.oldest()).await;
        if !shown.iter().copied().eq(&fresh) {
            let (here, there) = (shown.len(), fresh.len());
            wrong.push(format!(
                "I4 reader {me} shows {here} messages of room {room} otherwise than the {there} there"
            ));
        }
    }
    wrong
}

/// Everything from a position on, page by page.
async fn fresh(
    http: &Client,
    host: &str,
    account: &Account,
    room: RoomId,
    from: Option<Position>,
) -> Vec<Message> {
    let from = from.unwrap_or(0);
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let before = messages
            .first()
            .map(|first| format!("?before={}", first.position));
        let path = format!("rooms/{room}/messages{}", before.unwrap_or_default());
        let page: Page = get(http, host, account, &path).await;
        messages.splice(0..0, page.messages);
        if !page.older || messages.first().is_none_or(|first| first.position <= from) {
            break;
        }
    }
    messages.retain(|message| message.position >= from);
    messages
}

pub async fn get<T: serde::de::DeserializeOwned>(
    http: &Client,
    host: &str,
    account: &Account,
    path: &str,
) -> T {
    let asked = http
        .get(format!("http://{host}/api/v1/{path}"))
        .bearer_auth(&account.token);
    let answer = asked.send().await.expect("the server is up");
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.expect("an answer")
}

/// All that can be told from the file of a server that has stopped, and from what went before.
pub async fn file(file: &Path, events: &Events) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut database = SqliteConnection::connect_with(&options)
        .await
        .expect("the database");
    let mut wrong = whole(&mut database).await;
    let rows: Vec<Stored> = sqlx::query_as(
        "SELECT room_id, position, version, author_id, client_id, text, deleted_at IS NOT NULL AS deleted,
             pinned_at IS NOT NULL AS pinned, reactions,
             (SELECT count(*) FROM reactions r
              WHERE r.room_id = m.room_id AND r.position = m.position AND r.emoji <> '') AS given
         FROM messages m",
    )
    .fetch_all(&mut database)
    .await
    .expect("the messages");
    database.close().await.expect("closing");
    wrong.extend(stored_once(&rows));
    wrong.extend(acknowledged_is_stored(&rows, events));
    wrong.extend(shown_is_stored(&rows, events));
    wrong.extend(in_order(events));
    wrong
}

/// The file itself.
async fn whole(database: &mut SqliteConnection) -> Vec<String> {
    let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(database)
        .await
        .expect("a database");
    let broken = lines.into_iter().filter(|line| line != "ok");
    broken
        .map(|line| format!("the file is damaged: {line}"))
        .collect()
}

/// I1: each message that was acknowledged is there, where the answer said, with that very body.
fn acknowledged_is_stored(rows: &[Stored], events: &Events) -> Vec<String> {
    let by_id: HashMap<(i64, &str), &Stored> = rows
        .iter()
        .map(|row| ((row.author_id, row.client_id.as_str()), row))
        .collect();
    let mut wrong = Vec::new();
    for (client_id, post) in &events.posts {
        let Some((_, position)) = post.answered else {
            continue;
        };
        match by_id.get(&(post.author.0, client_id.to_string().as_str())) {
            None => wrong.push(format!(
                "I1 lost: {client_id}, acknowledged at {position} in room {}",
                post.room
            )),
            Some(row) if row.room_id != post.room.0 || row.position != position => {
                wrong.push(format!(
                    "I1 {client_id} is at {}/{}, not {position}",
                    row.room_id, row.position
                ));
            }
            Some(row) if !row.deleted && !is_marked(row, post) => {
                wrong.push(format!(
                    "I1 {client_id} is not marked as acknowledged: {:?}, {:?}",
                    (row.pinned, &row.reactions, row.given),
                    post.marks
                ));
            }
            Some(row) if !is_as_acknowledged(row, post) => {
                wrong.push(format!(
                    "I1 {client_id} is not as acknowledged: {:?}, {:?}",
                    row.text, post
                ));
            }
            Some(_) => {}
        }
    }
    wrong
}

fn is_as_acknowledged(row: &Stored, post: &Post) -> bool {
    let content = (!row.deleted).then(|| row.text.clone());
    content == post.content || Some(&content) == post.wanted.as_ref()
}

/// What was acknowledged is there, and nothing that was never wanted; once each.
fn is_marked(row: &Stored, post: &Post) -> bool {
    let there = |mark| match mark {
        Mark::Reaction => row.given == 1 && row.reactions == format!("{REACTION} 1"),
        Mark::Pin => row.pinned,
    };
    let none = |mark| match mark {
        Mark::Reaction => row.given == 0 && row.reactions.is_empty(),
        Mark::Pin => !row.pinned,
    };
    [Mark::Reaction, Mark::Pin].into_iter().all(|mark| {
        let wanted = post.marks.iter().find(|(known, _)| *known == mark);
        match wanted {
            Some((_, true)) => there(mark),
            Some((_, false)) => there(mark) || none(mark),
            None => none(mark),
        }
    })
}

/// I2: no id and no body is stored twice.
fn stored_once(rows: &[Stored]) -> Vec<String> {
    let mut ids = HashMap::new();
    let mut tags = HashMap::new();
    for row in rows {
        *ids.entry((row.author_id, &row.client_id)).or_insert(0) += 1;
        if !row.deleted {
            *tags.entry(super::journal::tag(&row.text)).or_insert(0) += 1;
        }
    }
    let ids = ids.into_iter().filter(|(_, count)| *count > 1);
    let ids = ids.map(|(id, count)| format!("I2 {id:?} is stored {count} times"));
    let tags = tags.into_iter().filter(|(_, count)| *count > 1);
    ids.chain(tags.map(|(tag, count)| format!("I2 the body {tag} is stored {count} times")))
        .collect()
}

/// I6: nothing was shown that isn't there.
fn shown_is_stored(rows: &[Stored], events: &Events) -> Vec<String> {
    let by_place: HashMap<(i64, i64), &Stored> = rows
        .iter()
        .map(|row| ((row.room_id, row.position), row))
        .collect();
    let mut wrong = Vec::new();
    for ((room, position), seen) in &events.seen {
        let newest = seen
            .versions
            .iter()
            .map(|(version, _)| *version)
            .max()
            .unwrap_or(0);
        match by_place.get(&(room.0, *position)) {
            Some(row) if row.client_id == seen.client_id.to_string() && row.version >= newest => {}
            _ => wrong.push(format!(
                "I6 shown and not stored: {room}/{position}@{newest}, {}",
                seen.client_id
            )),
        }
    }
    wrong
}

/// I5: what was acknowledged in a room before another message was sent comes before it, for all
/// senders together.
fn in_order(events: &Events) -> Vec<String> {
    let mut rooms: HashMap<RoomId, Vec<(u64, bool, Position)>> = HashMap::new();
    for post in events.posts.values() {
        let Some((answered, position)) = post.answered else {
            continue;
        };
        let moments = rooms.entry(post.room).or_default();
        moments.extend([(post.sent, true, position), (answered, false, position)]);
    }
    let mut wrong = Vec::new();
    for (room, mut moments) in rooms {
        moments.sort_unstable();
        let mut highest = 0;
        for (_, is_sent, position) in moments {
            if is_sent && position < highest {
                wrong.push(format!(
                    "I5 {room}/{position} was sent after {highest} was acknowledged"
                ));
            } else if !is_sent {
                highest = highest.max(position);
            }
        }
    }
    wrong
}

#[test]
fn an_order_that_was_not_kept_is_found_out() {
    let post = |sent, answered, position| Post {
        author: UserId(1),
        room: RoomId(1),
        sent,
        answered: Some((answered, position)),
        content: None,
        wanted: None,
        marks: Vec::new(),
    };
    let of = |posts: [Post; 2]| {
        let mut events = Events::default();
        events.posts.extend(posts.map(|post| (ClientId::new(), post)));
        events
    };
    assert_eq!(in_order(&of([post(1, 2, 9), post(3, 4, 8)])).len(), 1);
    // The second was sent before the first was answered: either may come first.
    assert!(in_order(&of([post(1, 3, 9), post(2, 4, 8)])).is_empty());
}
