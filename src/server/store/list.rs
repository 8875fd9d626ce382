//! A person's list: a line for each room that they are in.

use super::memberships::role;
use super::own::OwnRow;
use super::rooms::RoomRow;
use super::users::{PersonRow, person};
use super::{Connection, unavailable};
use crate::server::markdown;
use crate::server::mentions::Named;
use crate::shared::draft::Draft;
use crate::shared::excerpt::excerpt;
use crate::shared::ids::{RoomId, UserId};
use crate::shared::limits::{NAMES, UNREAD_CAP};
use crate::shared::receipt::Reach;
use crate::shared::refusal::Refusal;
use crate::shared::room::{LastMessage, RoomEntry};
use sqlx::FromRow;

/// The person's list: every room that they are in, or the one that is asked for.
pub async fn entries(
    tx: &mut Connection,
    user: UserId,
    only: Option<RoomId>,
) -> Result<Vec<RoomEntry>, Refusal> {
    let rows: Vec<EntryRow> = sqlx::query_as(
        "SELECT r.id, r.kind, r.name, r.description, r.history, r.closed_at IS NOT NULL AS closed, r.picture, r.row_version,
             r.version, m.last_read, m.role,
             (SELECT max(x.version) FROM memberships x WHERE x.room_id = r.id) AS people,
             CASE WHEN r.kind <> 'direct' THEN
                 (SELECT count(*) FROM memberships x WHERE x.room_id = r.id AND x.left_at IS NULL)
             WHEN r.direct_low = r.direct_high THEN 1 ELSE 2 END AS members,
             CASE WHEN r.kind <> 'direct' AND r.name = '' THEN
                 (SELECT json_group_array(name) FROM (SELECT p.name FROM memberships x JOIN users p ON p.id = x.user_id
                     WHERE x.room_id = r.id AND x.left_at IS NULL AND x.user_id <> $1
                     ORDER BY p.search_key, p.id LIMIT $4)) END AS names,
             (SELECT count(*) FROM (SELECT 1 FROM messages u
                 WHERE u.room_id = r.id AND u.position > m.last_read AND u.author_id <> $1
                   AND u.deleted_at IS NULL AND u.withheld = 0 LIMIT $3)) AS unread,
             (SELECT count(*) FROM (SELECT 1 FROM mentions n
                 JOIN messages u ON u.room_id = n.room_id AND u.position = n.position
                 WHERE n.room_id = r.id AND n.user_id = $1 AND n.position > m.last_read
                   AND u.deleted_at IS NULL AND u.withheld = 0 LIMIT $3)) AS mentions,
             o.id AS with_id, o.handle AS with_handle, o.name AS with_name, o.picture AS with_picture,
             l.position, l.posted_at, CASE WHEN l.deleted_at IS NULL THEN l.text ELSE '' END AS text,
             l.deleted_at IS NOT NULL AS deleted,
             a.id AS author_id, a.handle AS author_handle, a.name AS author_name, a.picture AS author_picture,
             d.client_id AS draft_id, d.text AS draft, d.reply_to AS draft_reply,
             m.pinned_at, m.archived, m.muted_until, m.marked_unread, m.own_version,
             m.scheduled, m.scheduled_failed
         FROM memberships m
         JOIN rooms r ON r.id = m.room_id
         LEFT JOIN users o ON o.id = CASE r.direct_low WHEN $1 THEN r.direct_high ELSE r.direct_low END
         LEFT JOIN messages l ON l.room_id = r.id AND l.position =
             (SELECT max(v.position) FROM messages v
              WHERE v.room_id = r.id AND v.position > m.sees_from AND (v.withheld = 0 OR v.author_id = $1))
         LEFT JOIN users a ON a.id = l.author_id
         LEFT JOIN drafts d ON d.user_id = $1 AND d.room_id = r.id
         WHERE m.user_id = $1 AND m.left_at IS NULL AND ($2 IS NULL OR r.id = $2)
         ORDER BY r.id",
    )
    .bind(user.0)
    .bind(only.map(|room| room.0))
    .bind(UNREAD_CAP)
    .bind(NAMES as i64)
    .fetch_all(&mut *tx)
    .await
    .map_err(unavailable)?;
    let reaches = super::receipts::of(tx, user, only).await?;
    let mut entries: Vec<RoomEntry> = rows.into_iter().map(EntryRow::into_entry).collect();
    for entry in &mut entries {
        entry.reach = reaches.get(&entry.room.id).copied().unwrap_or_default();
    }
    Ok(entries)
}

/// # Errors
/// `NotFound`: the person isn't there.
pub async fn entry(tx: &mut Connection, user: UserId, room: RoomId) -> Result<RoomEntry, Refusal> {
    entries(tx, user, Some(room))
        .await?
        .pop()
        .ok_or(Refusal::NotFound)
}

#[derive(FromRow)]
struct EntryRow {
    #[sqlx(flatten)]
    room: RoomRow,
    version: i64,
    last_read: i64,
    role: String,
    people: i64,
    members: i64,
    unread: i64,
    mentions: i64,
    with_id: Option<i64>,
    with_handle: Option<String>,
    with_name: Option<String>,
    with_picture: Option<String>,
    position: Option<i64>,
    posted_at: Option<i64>,
    text: Option<String>,
    deleted: bool,
    author_id: Option<i64>,
    author_handle: Option<String>,
    author_name: Option<String>,
    author_picture: Option<String>,
    draft_id: Option<String>,
    draft: Option<String>,
    draft_reply: Option<i64>,
    /// As JSON.
    names: Option<String>,
    #[sqlx(flatten)]
    own: OwnRow,
}

fn whole(
    id: Option<i64>,
    handle: Option<String>,
    name: Option<String>,
    picture: Option<String>,
) -> Option<PersonRow> {
    Some(PersonRow {
        id: id?,
        handle: handle?,
        name: name?,
        picture,
    })
}

/// Of a message's beginning, which is enough: markup takes some of it.
fn beginning(text: &str) -> String {
    const CHARS: usize = 1_000;
    let end = text.char_indices().nth(CHARS).map_or(text.len(), |(end, _)| end);
    let text = &text[..end];
    excerpt(text, &markdown::parse(text, &Named::default()))
}

impl EntryRow {
    fn into_entry(self) -> RoomEntry {
        let author = whole(
            self.author_id,
            self.author_handle,
            self.author_name,
            self.author_picture,
        )
        .map(person);
        let last = author
            .zip(self.position)
            .zip(self.posted_at)
            .map(|((author, position), posted_at)| LastMessage {
                position,
                author,
                posted_at,
                excerpt: beginning(self.text.as_deref().unwrap_or_default()),
                deleted: self.deleted,
            });
        let draft_id = self.draft_id.and_then(|id| id.parse().ok());
        RoomEntry {
            room: self.room.into_room(),
            through: self.version,
            with: whole(self.with_id, self.with_handle, self.with_name, self.with_picture).map(person),
            last,
            unread: self.unread as u32,
            mentions: self.mentions as u32,
            last_read: self.last_read,
            members: self.members as u32,
            role: role(&self.role),
            people: self.people,
            draft: draft_id.zip(self.draft).map(|(client_id, text)| Draft {
                client_id,
                text,
                reply_to: self.draft_reply,
            }),
            names: self
                .names
                .and_then(|names| serde_json::from_str(&names).ok())
                .unwrap_or_default(),
            own: self.own.into_own(),
            reach: Reach::default(),
            presence: None,
        }
    }
}
