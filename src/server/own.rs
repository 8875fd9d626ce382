//! What a person keeps for themselves of a conversation: pinned, archived, muted, marked as unread.

use super::history::move_marker;
use super::hub::News;
use super::sessions::member_of;
use super::state::AppState;
use super::store::{self, Connection};
use crate::shared::ids::{Millis, Position, RoomId, UserId, now};
use crate::shared::own::{Own, OwnChange};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

/// Sets how a conversation stands in one's list, on all of one's devices. What is so already changes nothing.
///
/// # Errors
/// `NotFound`, `TooFast`, `Unavailable`.
pub async fn keep_as(state: &AppState, me: &Person, room: RoomId, change: OwnChange) -> Result<Own, Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let keeping = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?;
            let (own, told) = change_to(tx, me.id, room, change).await?;
            let mut told = Vec::from_iter(told);
            if change == OwnChange::Marked(false) {
                told.extend(move_marker(tx, me.id, room, Position::MAX).await?);
            }
            Ok((own, told))
        })
    });
    keeping.await
}

async fn change_to(
    tx: &mut Connection,
    user: UserId,
    room: RoomId,
    change: OwnChange,
) -> Result<(Own, Option<News>), Refusal> {
    let before = store::own::get(tx, room, user).await?;
    let after = before.with(change, now());
    if after == before {
        return Ok((before, None));
    }
    let own = Own {
        version: before.version + 1,
        ..after
    };
    store::own::replace(tx, room, user, &own).await?;
    Ok((own, Some(News::Own { user, room, own })))
}

/// Whoever reads a conversation has it marked no longer.
pub(super) async fn unmark(tx: &mut Connection, user: UserId, room: RoomId) -> Result<Option<News>, Refusal> {
    Ok(change_to(tx, user, room, OwnChange::Marked(false)).await?.1)
}

/// Somebody has written: the conversation comes back from the archives of the others, where it isn't muted.
pub(super) async fn bring_back(
    tx: &mut Connection,
    room: RoomId,
    author: UserId,
    at: Millis,
) -> Result<Vec<News>, Refusal> {
    let back = store::own::bring_back(tx, room, author, at).await?;
    let told = back.into_iter().map(|(user, own)| News::Own { user, room, own });
    Ok(told.collect())
}
