//! Reactions: each person's whole set on a message, and the counts that the message carries.

use super::{Connection, unavailable};
use crate::shared::ids::{Position, RoomId, UserId, Version};
use crate::shared::limits::REACTED_NAMED;
use crate::shared::message::{Message, Reacted};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

type SetRow = (i64, i64, i64, String);

fn reacted((position, user, version, emoji): SetRow) -> Reacted {
    Reacted {
        position,
        user: UserId(user),
        version,
        emoji: split(&emoji),
    }
}

fn split(emoji: &str) -> Vec<String> {
    emoji.split_whitespace().map(str::to_owned).collect()
}

/// All that the person has given to a message.
pub async fn set(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
    user: UserId,
) -> Result<Vec<String>, Refusal> {
    let set: Option<String> = sqlx::query_scalar(
        "SELECT emoji FROM reactions WHERE room_id = $1 AND position = $2 AND user_id = $3",
    )
    .bind(room.0)
    .bind(position)
    .bind(user.0)
    .fetch_optional(tx)
    .await
    .map_err(unavailable)?;
    Ok(set.map(|set| split(&set)).unwrap_or_default())
}

/// Stores a person's set at the version that the room has just taken, and stamps the message with it.
pub async fn put(tx: &mut Connection, room: RoomId, set: &Reacted) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO reactions (room_id, position, user_id, version, emoji) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (room_id, position, user_id) DO UPDATE SET version = $4, emoji = $5",
    )
    .bind(room.0)
    .bind(set.position)
    .bind(set.user.0)
    .bind(set.version)
    .bind(set.emoji.join(" "))
    .execute(&mut *tx)
    .await
    .map_err(unavailable)?;
    let sets: Vec<String> = sqlx::query_scalar(
        "SELECT emoji FROM reactions WHERE room_id = $1 AND position = $2 AND emoji <> '' ORDER BY version",
    )
    .bind(room.0)
    .bind(set.position)
    .fetch_all(&mut *tx)
    .await
    .map_err(unavailable)?;
    let before: String =
        sqlx::query_scalar("SELECT reactions FROM messages WHERE room_id = $1 AND position = $2")
            .bind(room.0)
            .bind(set.position)
            .fetch_one(&mut *tx)
            .await
            .map_err(unavailable)?;
    sqlx::query("UPDATE messages SET version = $3, reactions = $4 WHERE room_id = $1 AND position = $2")
        .bind(room.0)
        .bind(set.position)
        .bind(set.version)
        .bind(counted(&before, &sets))
        .execute(tx)
        .await
        .map(drop)
        .map_err(unavailable)
}

/// The counts, as the message carries them. Those that were there `before` keep their order, so that they don't
/// jump about beneath a finger.
fn counted(before: &str, sets: &[String]) -> String {
    let mut counts: Vec<(&str, usize)> = before.split(' ').step_by(2).map(|emoji| (emoji, 0)).collect();
    for emoji in sets.iter().flat_map(|set| set.split_whitespace()) {
        match counts.iter_mut().find(|(known, _)| *known == emoji) {
            Some((_, count)) => *count += 1,
            None => counts.push((emoji, 1)),
        }
    }
    let given = counts.into_iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> = given.map(|(emoji, count)| format!("{emoji} {count}")).collect();
    words.join(" ")
}

/// The person's sets on these messages, which come by position.
pub async fn of(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    messages: &[Message],
) -> Result<Vec<Reacted>, Refusal> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
        return Ok(Vec::new());
    };
    // A deletion may be taken back, and then they are there again.
    if messages
        .iter()
        .all(|message| message.reactions.is_empty() && !message.deleted)
    {
        return Ok(Vec::new());
    }
    let rows: Vec<SetRow> = sqlx::query_as(
        "SELECT position, user_id, version, emoji FROM reactions
         WHERE room_id = $1 AND user_id = $2 AND position BETWEEN $3 AND $4 ORDER BY position",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(first.position)
    .bind(last.position)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(reacted).collect())
}

/// The person's sets that changed in `(after, through]`.
pub async fn changed(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    after: Version,
    through: Version,
) -> Result<Vec<Reacted>, Refusal> {
    let rows: Vec<SetRow> = sqlx::query_as(
        "SELECT position, user_id, version, emoji FROM reactions
         WHERE room_id = $1 AND user_id = $2 AND version > $3 AND version <= $4 ORDER BY version",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(after)
    .bind(through)
    .fetch_all(tx)
    .await
    .map_err(unavailable)?;
    Ok(rows.into_iter().map(reacted).collect())
}

/// Who has reacted to a message, with what, in the order in which they did.
pub async fn who(
    tx: &mut Connection,
    room: RoomId,
    position: Position,
) -> Result<Vec<(Person, Vec<String>)>, Refusal> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT user_id, emoji FROM reactions WHERE room_id = $1 AND position = $2 AND emoji <> ''
         ORDER BY version LIMIT $3",
    )
    .bind(room.0)
    .bind(position)
    .bind(REACTED_NAMED as i64)
    .fetch_all(&mut *tx)
    .await
    .map_err(unavailable)?;
    let ids: Vec<UserId> = rows.iter().map(|(user, _)| UserId(*user)).collect();
    let people = super::users::people(tx, &ids).await?;
    let named = rows.into_iter().filter_map(|(user, emoji)| {
        let person = people.iter().find(|person| person.id.0 == user)?;
        Some((person.clone(), split(&emoji)))
    });
    Ok(named.collect())
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn counts_follow_from_the_sets_and_keep_their_order() {
        let sets = |sets: &[&str]| sets.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(counted("", &sets(&["👍", "❤️ 👍"])), "👍 2 ❤️ 1");
        assert_eq!(counted("❤️ 1 👍 1", &sets(&["👍", "👍 🎉"])), "👍 2 🎉 1");
        assert_eq!(counted("❤️ 1 👍 1", &sets(&["👍", "❤️"])), "❤️ 1 👍 1");
        assert_eq!(counted("👍 1", &[]), "");
    }
}
