//! Rooms and memberships.

use super::own::OwnRow;
use super::users::{PersonRow, person};
use super::{Connection, next_id, unavailable};
use crate::server::markdown;
use crate::server::mentions::Named;
use crate::shared::draft::Draft;
use crate::shared::excerpt::excerpt;
use crate::shared::ids::{Position, RoomId, UserId, Version, now};
use crate::shared::limits::{COMMON_ROOMS, NAMES, UNREAD_CAP};
use crate::shared::receipt::Reach;
use crate::shared::refusal::Refusal;
use crate::shared::room::{
    Common, History, LastMessage, Membership, OpenRoom, Role, Room, RoomEntry, RoomKind, Seat,
};
use sqlx::FromRow;

fn kind_text(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Open => "open",
        RoomKind::Invited => "invited",
        RoomKind::Direct => "direct",
    }
}

pub(super) fn kind(text: &str) -> RoomKind {
    match text {
        "open" => RoomKind::Open,
        "direct" => RoomKind::Direct,
        _ => RoomKind::Invited,
    }
}

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Moderator => "moderator",
        Role::Member => "member",
    }
}

fn role(text: &str) -> Role {
    match text {
        "owner" => Role::Owner,
        "moderator" => Role::Moderator,
        _ => Role::Member,
    }
}

fn history_text(history: History) -> &'static str {
    match history {
        History::All => "all",
        History::SinceJoining => "since_joining",
    }
}

fn history(text: &str) -> History {
    match text {
        "since_joining" => History::SinceJoining,
        _ => History::All,
    }
}

/// The columns of a room's own row, in the order of [`RoomRow`].
const ROOM: &str =
    "id, kind, name, description, history, closed_at IS NOT NULL AS closed, picture, row_version";

#[derive(FromRow)]
struct RoomRow {
    id: i64,
    kind: String,
    name: String,
    description: String,
    history: String,
    closed: bool,
    picture: Option<String>,
    row_version: i64,
}

impl RoomRow {
    fn into_room(self) -> Room {
        Room {
            id: RoomId(self.id),
            kind: kind(&self.kind),
            name: self.name,
            description: self.description,
            history: history(&self.history),
            closed: self.closed,
            picture: self.picture,
            version: self.row_version,
        }
    }
}

/// Takes the room's next version. The first statement of every change, so that changes of one
/// room wait for each other and commit in the order of their versions.
///
/// # Errors
/// `NotFound`: there is no such room.
pub async fn next_version(tx: &mut Connection, room: RoomId) -> Result<Version, Refusal> {
    sqlx::query_scalar("UPDATE rooms SET version = version + 1 WHERE id = $1 RETURNING version")
        .bind(room.0)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?
        .ok_or(Refusal::NotFound)
}

pub async fn version(tx: &mut Connection, room: RoomId) -> Result<Version, Refusal> {
    sqlx::query_scalar("SELECT version FROM rooms WHERE id = $1")
        .bind(room.0)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?
        .ok_or(Refusal::NotFound)
}

/// Makes a room at version 1, that of its own row.
pub async fn insert(
    tx: &mut Connection,
    kind: RoomKind,
    name: &str,
    search_key: &str,
    history: History,
) -> Result<RoomId, Refusal> {
    let new_id = next_id(tx, "rooms").await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO rooms (id, kind, name, search_key, version, row_version, history, created_at)
         VALUES ($1, $2, $3, $4, 1, 1, $5, $6) RETURNING id",
    )
    .bind(new_id)
    .bind(kind_text(kind))
    .bind(name)
    .bind(search_key)
    .bind(history_text(history))
    .bind(now())
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(RoomId(id))
}

/// The room's own row.
///
/// # Errors
/// `NotFound`: there is no such room.
pub async fn room(tx: &mut Connection, room: RoomId) -> Result<Room, Refusal> {
    let row: Option<RoomRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {ROOM} FROM rooms WHERE id = $1"
    )))
    .bind(room.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    row.map(RoomRow::into_room).ok_or(Refusal::NotFound)
}

/// Makes the room's own row what is given, at the version in it.
pub async fn describe(tx: &mut Connection, room: &Room, search_key: &str) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE rooms SET name = $2, search_key = $3, description = $4, history = $5, row_version = $6,
             closed_at = CASE WHEN $7 THEN COALESCE(closed_at, $8) END, picture = $9
         WHERE id = $1",
    )
    .bind(room.id.0)
    .bind(&room.name)
    .bind(search_key)
    .bind(&room.description)
    .bind(history_text(room.history))
    .bind(room.version)
    .bind(room.closed)
    .bind(now())
    .bind(&room.picture)
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// The direct conversation of the two, whoever began it.
pub async fn direct(tx: &mut Connection, a: UserId, b: UserId) -> Result<Option<RoomId>, Refusal> {
    let id: Option<i64> =
        sqlx::query_scalar("SELECT id FROM rooms WHERE direct_low = $1 AND direct_high = $2")
            .bind(a.min(b).0)
            .bind(a.max(b).0)
            .fetch_optional(tx)
            .await
            .map_err(unavailable)?;
    Ok(id.map(RoomId))
}

/// Makes the direct conversation of the two, with nobody in it yet.
pub async fn insert_direct(tx: &mut Connection, a: UserId, b: UserId) -> Result<RoomId, Refusal> {
    let room = insert(tx, RoomKind::Direct, "", "", History::All).await?;
    sqlx::query("UPDATE rooms SET direct_low = $2, direct_high = $3 WHERE id = $1")
        .bind(room.0)
        .bind(a.min(b).0)
        .bind(a.max(b).0)
        .execute(tx)
        .await
        .map_err(unavailable)?;
    Ok(room)
}

/// How somebody stands in a room that they are in.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub kind: RoomKind,
    pub closed: bool,
    pub role: Role,
    /// The room's version at the latest joining.
    pub joined_version: Version,
    /// They see the messages after this position.
    pub sees_from: Position,
}

/// Whether the person is in the room now, and how.
pub async fn standing(tx: &mut Connection, room: RoomId, user: UserId) -> Result<Option<Standing>, Refusal> {
    let row: Option<(String, bool, String, i64, i64)> = sqlx::query_as(
        "SELECT r.kind, r.closed_at IS NOT NULL, m.role, m.joined_version, m.sees_from
         FROM memberships m JOIN rooms r ON r.id = m.room_id
         WHERE m.room_id = $1 AND m.user_id = $2 AND m.left_at IS NULL",
    )
    .bind(room.0)
    .bind(user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(row.map(|(of, closed, what, joined_version, sees_from)| Standing {
        kind: kind(&of),
        closed,
        role: role(&what),
        joined_version,
        sees_from,
    }))
}

/// Puts the person into the room at `version`. What was there before counts as read, and is seen where the room's
/// history is for newcomers too. Whoever comes into an empty room, as its maker does, owns it.
pub async fn join(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    version: Version,
) -> Result<Membership, Refusal> {
    let what: String = sqlx::query_scalar(
        "INSERT INTO memberships (room_id, user_id, version, joined_version, last_read, sees_from, role)
         SELECT id, $2, $3, $3, $3, CASE history WHEN 'since_joining' THEN $3 ELSE 0 END,
             CASE WHEN kind = 'direct' OR EXISTS (SELECT 1 FROM memberships o
                     WHERE o.room_id = $1 AND o.left_at IS NULL)
                  THEN 'member' ELSE 'owner' END
         FROM rooms WHERE id = $1
         ON CONFLICT (room_id, user_id) DO UPDATE
         SET version = $3, joined_version = $3, left_at = NULL, last_read = $3,
             sees_from = excluded.sees_from, role = excluded.role, pinned_at = NULL, archived = 0,
             muted_until = NULL, marked_unread = 0, own_version = own_version + 1
         RETURNING role",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(version)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(Membership {
        user,
        here: true,
        role: role(&what),
        since: version,
        version,
    })
}

/// Makes somebody who is in the room something else there, at `version`.
pub async fn appoint(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    to: Role,
    version: Version,
) -> Result<Membership, Refusal> {
    let since: i64 = sqlx::query_scalar(
        "UPDATE memberships SET role = $3, version = $4
         WHERE room_id = $1 AND user_id = $2 AND left_at IS NULL RETURNING joined_version",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(role_text(to))
    .bind(version)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?
    .ok_or(Refusal::NotFound)?;
    Ok(Membership {
        user,
        here: true,
        role: to,
        since,
        version,
    })
}

/// How many own the room.
pub async fn owners(tx: &mut Connection, room: RoomId) -> Result<i64, Refusal> {
    sqlx::query_scalar(
        "SELECT count(*) FROM memberships WHERE room_id = $1 AND role = 'owner' AND left_at IS NULL",
    )
    .bind(room.0)
    .fetch_one(tx)
    .await
    .map_err(unavailable)
}

/// Who is next to own the room: of the moderators, or else of all, the one who has been there longest.
pub async fn heir(tx: &mut Connection, room: RoomId) -> Result<Option<UserId>, Refusal> {
    let id: Option<i64> = sqlx::query_scalar(
        "SELECT user_id FROM memberships WHERE room_id = $1 AND left_at IS NULL
         ORDER BY role = 'moderator' DESC, joined_version LIMIT 1",
    )
    .bind(room.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(id.map(UserId))
}

/// Somebody is no longer in the room, nor anything there.
pub async fn leave(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    version: Version,
) -> Result<Membership, Refusal> {
    let since: i64 = sqlx::query_scalar(
        "UPDATE memberships SET version = $3, left_at = $4, role = 'member'
         WHERE room_id = $1 AND user_id = $2 RETURNING joined_version",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(version)
    .bind(now())
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(Membership {
        user,
        here: false,
        role: Role::Member,
        since,
        version,
    })
}

/// Moves the read marker forward, never past the room's version; the marker as it is then.
pub async fn read(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    position: Position,
) -> Result<Position, Refusal> {
    sqlx::query_scalar(
        "UPDATE memberships SET last_read =
             max(last_read, min($3, (SELECT version FROM rooms WHERE id = $1)))
         WHERE room_id = $1 AND user_id = $2 AND left_at IS NULL RETURNING last_read",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(position)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?
    .ok_or(Refusal::NotFound)
}

pub async fn count_of(tx: &mut Connection, user: UserId) -> Result<usize, Refusal> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM memberships WHERE user_id = $1 AND left_at IS NULL")
            .bind(user.0)
            .fetch_one(tx)
            .await
            .map_err(unavailable)?;
    Ok(count as usize)
}

/// The rooms that the person is in, and after which position they see the messages there.
pub async fn ids_of(tx: &mut Connection, user: UserId) -> Result<Vec<(RoomId, Position)>, Refusal> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT room_id, sees_from FROM memberships WHERE user_id = $1 AND left_at IS NULL ORDER BY room_id",
    )
    .bind(user.0)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let rooms = rows.into_iter();
    Ok(rooms.map(|(room, sees_from)| (RoomId(room), sees_from)).collect())
}

#[derive(FromRow)]
struct SeatRow {
    #[sqlx(flatten)]
    person: PersonRow,
    role: String,
}

/// Those who are in the room now, owners first, by name, up to `most` of them.
pub async fn people(tx: &mut Connection, room: RoomId, most: usize) -> Result<Vec<Seat>, Refusal> {
    let rows: Vec<SeatRow> = sqlx::query_as(
        "SELECT u.id, u.handle, u.name, u.picture, m.role FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.room_id = $1 AND m.left_at IS NULL
         ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END, u.search_key, u.id LIMIT $2",
    )
    .bind(room.0)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let seat = |row: SeatRow| Seat {
        person: person(row.person),
        role: role(&row.role),
    };
    Ok(rows.into_iter().map(seat).collect())
}

/// Rooms with a name that both people are in, by name.
pub async fn common(tx: &mut Connection, a: UserId, b: UserId) -> Result<Vec<Common>, Refusal> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT r.id, r.name FROM rooms r
         JOIN memberships x ON x.room_id = r.id AND x.user_id = $1 AND x.left_at IS NULL
         JOIN memberships y ON y.room_id = r.id AND y.user_id = $2 AND y.left_at IS NULL
         WHERE r.kind <> 'direct' AND r.name <> '' AND $1 <> $2 ORDER BY r.search_key, r.id LIMIT $3",
    )
    .bind(a.0)
    .bind(b.0)
    .bind(COMMON_ROOMS as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let rooms = rows.into_iter().map(|(id, name)| Common { id: RoomId(id), name });
    Ok(rooms.collect())
}

/// An open room, as one who may not be in it sees it.
pub async fn open_room(tx: &mut Connection, room: RoomId, user: UserId) -> Result<Option<OpenRoom>, Refusal> {
    let row: Option<OpenRow> = sqlx::query_as(
        "SELECT id, name, picture,
             (SELECT count(*) FROM memberships m WHERE m.room_id = rooms.id AND m.left_at IS NULL) AS members,
             EXISTS (SELECT 1 FROM memberships m
                     WHERE m.room_id = rooms.id AND m.user_id = $2 AND m.left_at IS NULL) AS joined
         FROM rooms WHERE kind = 'open' AND id = $1",
    )
    .bind(room.0)
    .bind(user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(row.map(OpenRow::into_room))
}

/// Open rooms whose name holds `key` (folded; empty: all), by name.
pub async fn find_open(
    tx: &mut Connection,
    key: &str,
    user: UserId,
    most: usize,
) -> Result<Vec<OpenRoom>, Refusal> {
    let rows: Vec<OpenRow> = sqlx::query_as(
        "SELECT id, name, picture,
             (SELECT count(*) FROM memberships m WHERE m.room_id = rooms.id AND m.left_at IS NULL) AS members,
             EXISTS (SELECT 1 FROM memberships m
                     WHERE m.room_id = rooms.id AND m.user_id = $2 AND m.left_at IS NULL) AS joined
         FROM rooms
         WHERE name <> '' AND instr(search_key, $1) > 0 AND (kind = 'open' OR (kind = 'invited' AND joined))
         ORDER BY search_key, id LIMIT $3",
    )
    .bind(key)
    .bind(user.0)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(OpenRow::into_room).collect())
}

#[derive(FromRow)]
struct OpenRow {
    id: i64,
    name: String,
    members: i64,
    joined: bool,
    picture: Option<String>,
}

impl OpenRow {
    fn into_room(self) -> OpenRoom {
        OpenRoom {
            id: RoomId(self.id),
            name: self.name,
            members: self.members as u32,
            joined: self.joined,
            picture: self.picture,
        }
    }
}

/// The room's own row and the memberships that changed in `(after, through]`.
pub async fn changed(
    tx: &mut Connection,
    room: RoomId,
    after: Version,
    through: Version,
    most: usize,
) -> Result<(Option<Room>, Vec<Membership>), Refusal> {
    let row: Option<RoomRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {ROOM} FROM rooms WHERE id = $1 AND row_version > $2 AND row_version <= $3"
    )))
    .bind(room.0)
    .bind(after)
    .bind(through)
    .fetch_optional(&mut *tx)
    .await
    .map_err(unavailable)?;
    let members: Vec<(i64, bool, String, i64, i64)> = sqlx::query_as(
        // Nobody leaves a direct conversation; that somebody blocks the other isn't told.
        "SELECT user_id, left_at IS NULL OR (SELECT kind = 'direct' FROM rooms WHERE id = $1), role, joined_version, version FROM memberships
         WHERE room_id = $1 AND version > $2 AND version <= $3 ORDER BY version LIMIT $4",
    )
    .bind(room.0)
    .bind(after)
    .bind(through)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let members = members
        .into_iter()
        .map(|(user, here, what, since, version)| Membership {
            user: UserId(user),
            here,
            role: role(&what),
            since,
            version,
        });
    Ok((row.map(RoomRow::into_room), members.collect()))
}

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
