//! People and their sessions.

use super::{Connection, next_id, unavailable};
use crate::shared::ids::{RoomId, UserId, Version, now};
use crate::shared::live::Directory;
use crate::shared::refusal::Refusal;
use crate::shared::user::{Person, Profile};
use sqlx::FromRow;

/// An account to be made; its parts have been checked.
pub struct NewUser {
    pub handle: String,
    pub handle_key: String,
    pub name: String,
    pub search_key: String,
    /// Empty: none is set.
    pub password_hash: String,
    pub owner: bool,
}

/// What a [`Person`] is made of.
#[derive(FromRow)]
pub(super) struct PersonRow {
    pub id: i64,
    pub handle: String,
    pub name: String,
    #[sqlx(default)]
    pub picture: Option<String>,
}

pub(super) fn person(row: PersonRow) -> Person {
    Person {
        id: UserId(row.id),
        handle: row.handle,
        name: row.name,
        picture: row.picture,
    }
}

/// # Errors
/// `HandleTaken`, also by one that looks alike.
pub async fn insert(tx: &mut Connection, user: &NewUser) -> Result<Person, Refusal> {
    if handle_is_taken(tx, &user.handle_key, None).await? {
        return Err(Refusal::HandleTaken);
    }
    let new_id = next_id(tx, "users").await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO users (id, handle, handle_key, name, search_key, password_hash, owner, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(new_id)
    .bind(&user.handle)
    .bind(&user.handle_key)
    .bind(&user.name)
    .bind(&user.search_key)
    .bind(&user.password_hash)
    .bind(user.owner)
    .bind(now())
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(Person {
        id: UserId(id),
        handle: user.handle.clone(),
        name: user.name.clone(),
        picture: None,
    })
}

pub async fn any(tx: &mut Connection) -> Result<bool, Refusal> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users)")
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

/// Whether somebody has, or had, a handle that looks like it; with `but`, somebody else.
pub async fn handle_is_taken(
    tx: &mut Connection,
    handle_key: &str,
    but: Option<UserId>,
) -> Result<bool, Refusal> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM users WHERE handle_key = $1 AND ($2 IS NULL OR id <> $2))
             OR EXISTS (SELECT 1 FROM former_handles WHERE handle_key = $1 AND ($2 IS NULL OR user_id <> $2))",
    )
    .bind(handle_key)
    .bind(but.map(|user| user.0))
    .fetch_one(tx)
    .await
    .map_err(unavailable)
}

/// Who has this handle, or had it.
pub async fn by_handle(tx: &mut Connection, handle: &str) -> Result<Option<Person>, Refusal> {
    let row: Option<PersonRow> = sqlx::query_as(
        "SELECT id, handle, name, picture FROM users WHERE id = COALESCE(
             (SELECT id FROM users WHERE handle = $1), (SELECT user_id FROM former_handles WHERE handle = $1))",
    )
    .bind(handle)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(row.map(person))
}

/// The handle of whoever had this one before.
pub async fn present_handle(tx: &mut Connection, former: &str) -> Result<Option<String>, Refusal> {
    sqlx::query_scalar(
        "SELECT u.handle FROM former_handles f JOIN users u ON u.id = f.user_id WHERE f.handle = $1",
    )
    .bind(former)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)
}

/// How many handles the person had before, but for one.
pub async fn count_former(tx: &mut Connection, user: UserId, but: &str) -> Result<usize, Refusal> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM former_handles WHERE user_id = $1 AND handle <> $2")
            .bind(user.0)
            .bind(but)
            .fetch_one(tx)
            .await
            .map_err(unavailable)?;
    Ok(count as usize)
}

/// Gives the person another handle, which nobody else has or had; the one before stays theirs. `search_key` is of the
/// name and the handle.
pub async fn rename(
    tx: &mut Connection,
    user: UserId,
    handle: &str,
    handle_key: &str,
    search_key: &str,
) -> Result<Person, Refusal> {
    sqlx::query("INSERT INTO former_handles SELECT handle, handle_key, id FROM users WHERE id = $1")
        .bind(user.0)
        .execute(&mut *tx)
        .await
        .map_err(unavailable)?;
    sqlx::query("DELETE FROM former_handles WHERE handle = $1")
        .bind(handle)
        .execute(&mut *tx)
        .await
        .map_err(unavailable)?;
    let row: PersonRow = sqlx::query_as(
        "UPDATE users SET handle = $2, handle_key = $3, search_key = $4, changed = (SELECT max(changed) + 1 FROM users)
         WHERE id = $1
         RETURNING id, handle, name, picture",
    )
    .bind(user.0)
    .bind(handle)
    .bind(handle_key)
    .bind(search_key)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(person(row))
}

/// The person and the hash of their password. Whoever has set none is as if they weren't there.
pub async fn credentials(tx: &mut Connection, handle: &str) -> Result<Option<(Person, String)>, Refusal> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        person: PersonRow,
        password_hash: String,
    }
    let row: Option<Row> =
        sqlx::query_as("SELECT id, handle, name, picture, password_hash FROM users WHERE handle = $1 AND password_hash <> ''")
            .bind(handle)
            .fetch_optional(tx)
            .await
            .map_err(unavailable)?;
    Ok(row.map(|row| (person(row.person), row.password_hash)))
}

/// Whether the account has a password, and whether the server is its owner's.
pub async fn account(tx: &mut Connection, user: UserId) -> Result<(bool, bool), Refusal> {
    sqlx::query_as("SELECT password_hash <> '', owner <> 0 FROM users WHERE id = $1")
        .bind(user.0)
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

/// Gives a password to an account that has none. False: it had one.
pub async fn set_first_password(tx: &mut Connection, user: UserId, hash: &str) -> Result<bool, Refusal> {
    let set = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = ''")
        .bind(user.0)
        .bind(hash)
        .execute(tx)
        .await
        .map_err(unavailable)?;
    Ok(set.rows_affected() == 1)
}

/// Whether newcomers without a password are taken in. They are until the server's owner says otherwise.
pub async fn takes_newcomers(tx: &mut Connection) -> Result<bool, Refusal> {
    sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM meta WHERE key = 'newcomers' AND value = 'off')")
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

pub async fn take_newcomers(tx: &mut Connection, take: bool) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES ('newcomers', $1) ON CONFLICT (key) DO UPDATE SET value = $1",
    )
    .bind(if take { "on" } else { "off" })
    .execute(tx)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// People whose name or handle holds `key` (folded), those that begin with it first.
pub async fn find(tx: &mut Connection, key: &str, most: usize) -> Result<Vec<Person>, Refusal> {
    let rows: Vec<PersonRow> = sqlx::query_as(
        "SELECT id, handle, name, picture FROM users
         WHERE instr(search_key, $1) > 0
         ORDER BY instr(' ' || search_key, ' ' || $1) = 0, name, id LIMIT $2",
    )
    .bind(key)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(person).collect())
}

/// Those of the given people who exist.
pub async fn people(tx: &mut Connection, ids: &[UserId]) -> Result<Vec<Person>, Refusal> {
    let ids = serde_json::to_string(ids).expect("numbers");
    let rows: Vec<PersonRow> = sqlx::query_as(
        "SELECT id, handle, name, picture FROM users WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    )
    .bind(ids)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(person).collect())
}

/// Those who are in the room now, but for one, and whose handle or a part of whose name begins with `key` (folded), by
/// name.
pub async fn members_like(
    tx: &mut Connection,
    room: RoomId,
    but: UserId,
    key: &str,
    most: usize,
) -> Result<Vec<Person>, Refusal> {
    let rows: Vec<PersonRow> = sqlx::query_as(
        "SELECT u.id, u.handle, u.name, u.picture FROM users u
         JOIN memberships m ON m.user_id = u.id AND m.room_id = $1 AND m.left_at IS NULL
         WHERE u.id <> $2 AND (substr(u.handle, 1, length($3)) = $3 OR instr(' ' || u.search_key, ' ' || $3) > 0)
         ORDER BY u.search_key, u.id LIMIT $4",
    )
    .bind(room.0)
    .bind(but.0)
    .bind(key)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(person).collect())
}

/// Those who are in the room now and have, or had, one of these handles, up to `most`.
pub async fn members_called(
    tx: &mut Connection,
    room: RoomId,
    handles: &[String],
    most: usize,
) -> Result<Vec<(UserId, String)>, Refusal> {
    let handles = serde_json::to_string(handles).expect("texts");
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT h.id, h.handle FROM
             (SELECT id, handle FROM users WHERE handle IN (SELECT value FROM json_each($2))
              UNION ALL
              SELECT user_id, handle FROM former_handles WHERE handle IN (SELECT value FROM json_each($2))) h
         JOIN memberships m ON m.user_id = h.id AND m.room_id = $1 AND m.left_at IS NULL
         ORDER BY h.id LIMIT $3",
    )
    .bind(room.0)
    .bind(handles)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    let named = rows.into_iter();
    Ok(named.map(|(id, handle)| (UserId(id), handle)).collect())
}

pub async fn insert_session(tx: &mut Connection, key: &[u8; 32], user: UserId) -> Result<(), Refusal> {
    sqlx::query("INSERT INTO sessions (token_hash, user_id, created_at) VALUES ($1, $2, $3)")
        .bind(key.as_slice())
        .bind(user.0)
        .bind(now())
        .execute(tx)
        .await
        .map(drop)
        .map_err(unavailable)
}

pub async fn delete_session(tx: &mut Connection, key: &[u8; 32]) -> Result<(), Refusal> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(key.as_slice())
        .execute(tx)
        .await
        .map(drop)
        .map_err(unavailable)
}

/// Whose session it is, if it began after `since`.
pub async fn session(tx: &mut Connection, key: &[u8; 32], since: i64) -> Result<Option<Person>, Refusal> {
    let row: Option<PersonRow> = sqlx::query_as(
        "SELECT users.id, handle, name, picture FROM sessions JOIN users ON users.id = user_id
         WHERE token_hash = $1 AND sessions.created_at > $2",
    )
    .bind(key.as_slice())
    .bind(since)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(row.map(person))
}

/// # Errors
/// `NotFound`: nobody of that id.
pub async fn by_id(tx: &mut Connection, user: UserId) -> Result<Person, Refusal> {
    let row: Option<PersonRow> = sqlx::query_as("SELECT id, handle, name, picture FROM users WHERE id = $1")
        .bind(user.0)
        .fetch_optional(tx)
        .await
        .map_err(unavailable)?;
    row.map(person).ok_or(Refusal::NotFound)
}

/// What the person says of themselves.
pub async fn profile(tx: &mut Connection, user: UserId) -> Result<Profile, Refusal> {
    let (name, about, zone): (String, String, Option<String>) =
        sqlx::query_as("SELECT name, about, zone FROM users WHERE id = $1")
            .bind(user.0)
            .fetch_one(tx)
            .await
            .map_err(unavailable)?;
    Ok(Profile { name, about, zone })
}

/// The person as they are from here on. `search_key` is of the name and the handle.
pub async fn describe(
    tx: &mut Connection,
    user: UserId,
    profile: &Profile,
    search_key: &str,
) -> Result<Person, Refusal> {
    let row: PersonRow = sqlx::query_as(
        "UPDATE users SET name = $2, about = $3, zone = $4, search_key = $5,
             changed = CASE WHEN name = $2 THEN changed ELSE (SELECT max(changed) + 1 FROM users) END
         WHERE id = $1
         RETURNING id, handle, name, picture",
    )
    .bind(user.0)
    .bind(&profile.name)
    .bind(&profile.about)
    .bind(&profile.zone)
    .bind(search_key)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(person(row))
}

/// The person with another picture, or without one.
pub async fn depict(tx: &mut Connection, user: UserId, picture: Option<&str>) -> Result<Person, Refusal> {
    let row: PersonRow = sqlx::query_as(
        "UPDATE users SET picture = $2, changed = (SELECT max(changed) + 1 FROM users) WHERE id = $1
         RETURNING id, handle, name, picture",
    )
    .bind(user.0)
    .bind(picture)
    .fetch_one(tx)
    .await
    .map_err(unavailable)?;
    Ok(person(row))
}

/// The directory's number: how many times somebody got another name, handle or picture.
pub async fn directory(tx: &mut Connection) -> Result<Version, Refusal> {
    sqlx::query_scalar("SELECT COALESCE(max(changed), 0) FROM users")
        .fetch_one(tx)
        .await
        .map_err(unavailable)
}

/// Who got another name, handle or picture after that number, as they are now; at most so many, those who did first.
pub async fn changed_after(tx: &mut Connection, after: Version, most: usize) -> Result<Directory, Refusal> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        person: PersonRow,
        changed: Version,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, handle, name, picture, changed FROM users WHERE changed > $1 ORDER BY changed LIMIT $2",
    )
    .bind(after)
    .bind(most as i64)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(Directory {
        after,
        through: rows.last().map_or(after, |row| row.changed),
        people: rows.into_iter().map(|row| person(row.person)).collect(),
    })
}
