//! What has been said: read a page at a time, by what has changed since, and around a message; and how far its reader
//! has come.

use super::hub::News;
use super::messages::{removable, there};
use super::own;
use super::receipts;
use super::sessions::member_of;
use super::state::AppState;
use super::store::{self, Connection};
use crate::shared::ids::{ClientId, Position, RoomId, UserId, Version};
use crate::shared::limits::ASKED_IDS;
use crate::shared::live::{Anchor, Catchup, Page};
use crate::shared::message::{EarlierText, Pinned, Responses};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

/// A page of history.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn page(state: &AppState, me: &Person, room: RoomId, anchor: Anchor) -> Result<Page, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let sight = member_of(&mut tx, me, room).await?.sight();
    store::history::page(&mut tx, room, sight, anchor).await
}

/// What has changed in a room since a number.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn changes(
    state: &AppState,
    me: &Person,
    room: RoomId,
    after: Version,
    epoch: &str,
) -> Result<Catchup, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let member = member_of(&mut tx, me, room).await?;
    if epoch != state.store.epoch || after < member.joined_version() - 1 {
        return Ok(Catchup::Reset);
    }
    let (changes, current) = store::history::changes(&mut tx, room, member.sight(), after).await?;
    if after > current {
        return Ok(Catchup::Reset);
    }
    Ok(Catchup::Changes { changes, current })
}

/// Moves one's read marker forward; one's other devices are told.
///
/// # Errors
/// `NotFound`, `TooFast`, `Unavailable`.
pub async fn mark_read(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let user = me.id;
    let marking = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let mut told = move_marker(tx, user, room, position).await?;
            told.extend(own::unmark(tx, user, room).await?);
            Ok(((), told))
        })
    });
    marking.await
}

/// The marker, as one's devices are told of it, and the authors as far as they may know.
pub(super) async fn move_marker(
    tx: &mut Connection,
    user: UserId,
    room: RoomId,
    position: Position,
) -> Result<Vec<News>, Refusal> {
    let before = receipts::known(tx, room).await?;
    let last_read = store::memberships::read(tx, room, user, position).await?;
    let (unread, mentions) = store::history::unread(tx, room, user, last_read).await?;
    let mut told = receipts::told(tx, room, before).await?;
    told.push(News::Read {
        user,
        room,
        last_read,
        unread,
        mentions,
        through: store::rooms::version(tx, room).await?,
    });
    Ok(told)
}

/// The first message after a position that mentions one, if there is any.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn mention_after(
    state: &AppState,
    me: &Person,
    room: RoomId,
    after: Position,
) -> Result<Option<Position>, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let sight = member_of(&mut tx, me, room).await?.sight();
    store::history::mention_after(&mut tx, room, sight, after).await
}

/// What is pinned in a room.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn pinned(state: &AppState, me: &Person, room: RoomId) -> Result<Pinned, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let sight = member_of(&mut tx, me, room).await?.sight();
    store::history::pinned(&mut tx, room, sight).await
}

/// Who has reacted to a message, and read one's own.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn responses(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<Responses, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let (_, message) = there(&mut tx, me, room, position).await?;
    Ok(Responses {
        reacted: store::reactions::who(&mut tx, room, position).await?,
        read: receipts::readers(&mut tx, me, room, &message).await?,
    })
}

/// The texts that a message had before, the oldest first: for its author and for moderators.
///
/// # Errors
/// `NotFound`, `NotAllowed`: another's message. `Unavailable`.
pub async fn earlier_texts(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<Vec<EarlierText>, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let message = removable(&mut tx, me, room, position).await?;
    if message.deleted {
        return Err(Refusal::NotFound);
    }
    store::messages::earlier_texts(&mut tx, room, position).await
}

/// Those of the given client ids that say nothing to the server. Once a copy of the database was put back, a
/// browser finds out so which of its reader's messages went with what came after the copy.
///
/// # Errors
/// `TooMany`, `TooFast`, `Unavailable`.
pub async fn unknown(
    state: &AppState,
    me: &Person,
    client_ids: Vec<ClientId>,
) -> Result<Vec<ClientId>, Refusal> {
    state.rates.write(me.id)?;
    if client_ids.len() > ASKED_IDS {
        return Err(Refusal::TooMany { most: ASKED_IDS });
    }
    let mut tx = state.store.snapshot().await?;
    store::client_ids::unknown(&mut tx, me.id, client_ids).await
}
