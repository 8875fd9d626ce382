//! What can be done with messages. Each verb stores, and the writer publishes: no caller, be it
//! the page, a form or a program, can do the one without the other.

use super::hub::News;
use super::sabotage::{self, Fault};
use super::sessions::member_of;
use super::state::AppState;
use super::store::{self, Connection};
use crate::shared::ids::{ClientId, Position, RoomId, Version, now};
use crate::shared::limits::{ASKED_IDS, MESSAGE_CHARS};
use crate::shared::live::{Anchor, Catchup, Page, Row};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

/// A message's text as it may be stored.
pub struct Text(String);

impl Text {
    /// Trims the ends, makes line ends plain, drops NUL.
    ///
    /// # Errors
    /// `TextEmpty`, `TextTooLong`.
    pub fn parse(text: &str) -> Result<Text, Refusal> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        let text = text.trim_matches(|c: char| c == '\n' || c.is_whitespace());
        let chars = text.chars().count();
        match chars {
            0 => Err(Refusal::TextEmpty),
            chars if chars > MESSAGE_CHARS => Err(Refusal::TextTooLong {
                chars,
                most: MESSAGE_CHARS,
            }),
            _ => Ok(Text(text.to_owned())),
        }
    }
}

/// Posts a message, once: sent again under the same client id, it answers with the message as it
/// is now, even to somebody who is no longer in the room.
///
/// # Errors
/// `NotFound`, `TextEmpty`, `TextTooLong`, `ClientIdTaken`, `Withdrawn`, `TooFast`, `Unavailable`.
pub async fn post(
    state: &AppState,
    me: &Person,
    room: RoomId,
    client_id: ClientId,
    text: &str,
) -> Result<Message, Refusal> {
    state.rates.post(me.id)?;
    let Text(text) = Text::parse(text)?;
    let me = me.clone();
    let posting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            // The writer's transaction is the only one, so looking before taking the version is
            // safe here; a repeated send must not take one.
            if !sabotage::on(Fault::ForgetClientIds)
                && let Some(message) = store::messages::sent_before(tx, me.id, client_id, room, &text).await?
            {
                return Ok((message, Vec::new()));
            }
            member_of(tx, &me, room).await?;
            let version = store::rooms::next_version(tx, room).await?;
            let message = store::messages::insert(tx, room, me.id, client_id, &text, version, now()).await?;
            let mut told = vec![news(tx, room, version, Row::Message(message.clone())).await?];
            told.extend(draft_removed(tx, &me, client_id).await?);
            Ok((message, told))
        })
    });
    posting.await
}

/// Changes the text of one's own message. The same text again changes nothing.
///
/// # Errors
/// As [`post`]; `NotAllowed`: another's message.
pub async fn edit(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
    text: &str,
) -> Result<Message, Refusal> {
    state.rates.write(me.id)?;
    let Text(text) = Text::parse(text)?;
    let me = me.clone();
    let editing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let message = own_message(tx, &me, room, position).await?;
            if message.text == text {
                return Ok((message, Vec::new()));
            }
            if message.deleted {
                return Err(Refusal::NotFound);
            }
            let version = store::rooms::next_version(tx, room).await?;
            let message = store::messages::edit(tx, room, position, &text, version, now()).await?;
            let news = news(tx, room, version, Row::Message(message.clone())).await?;
            Ok((message, vec![news]))
        })
    });
    editing.await
}

/// Removes one's own message; a tombstone stays. Twice is as once.
///
/// # Errors
/// `NotFound`, `NotAllowed`, `TooFast`, `Unavailable`.
pub async fn remove(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<Message, Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let removing = state
        .store
        .writer
        .write(move |tx| Box::pin(async move { leave_tombstone(tx, &me, room, position).await }));
    removing.await
}

/// Takes back a message of one's own that may not have come yet: one that is here is removed, and one
/// that comes later is refused. Twice is as once.
///
/// # Errors
/// `NotFound`: it is in a room that one isn't in any more. `TooFast`, `Unavailable`.
pub async fn withdraw(state: &AppState, me: &Person, client_id: ClientId) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let withdrawing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            match store::messages::place(tx, me.id, client_id).await? {
                Some((room, position)) => {
                    let (_, told) = leave_tombstone(tx, &me, room, position).await?;
                    Ok(((), told))
                }
                None => {
                    store::messages::burn(tx, me.id, client_id).await?;
                    let told = draft_removed(tx, &me, client_id).await?;
                    Ok(((), told.into_iter().collect()))
                }
            }
        })
    });
    withdrawing.await
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
    store::messages::unknown(&mut tx, me.id, client_ids).await
}

/// What was sent, or thrown away, is a draft no longer.
async fn draft_removed(
    tx: &mut Connection,
    me: &Person,
    client_id: ClientId,
) -> Result<Option<News>, Refusal> {
    let room = store::drafts::remove(tx, me.id, client_id).await?;
    Ok(room.map(|room| News::Draft {
        user: me.id,
        room,
        draft: None,
    }))
}

async fn leave_tombstone(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<(Message, Vec<News>), Refusal> {
    let message = own_message(tx, me, room, position).await?;
    if message.deleted {
        return Ok((message, Vec::new()));
    }
    let version = store::rooms::next_version(tx, room).await?;
    let message = store::messages::delete(tx, room, position, version, now()).await?;
    let news = news(tx, room, version, Row::Message(message.clone())).await?;
    Ok((message, vec![news]))
}

async fn own_message(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<Message, Refusal> {
    member_of(tx, me, room).await?;
    let message = store::messages::by_position(tx, room, position).await?;
    if message.author == me.id {
        Ok(message)
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// One row's change, as everyone in the room is told of it.
pub(super) async fn news(
    tx: &mut Connection,
    room: RoomId,
    version: Version,
    row: Row,
) -> Result<News, Refusal> {
    Ok(News::Changes(
        store::messages::told(tx, room, version - 1, version, vec![row]).await?,
    ))
}

/// A page of history.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn page(state: &AppState, me: &Person, room: RoomId, anchor: Anchor) -> Result<Page, Refusal> {
    let mut tx = state.store.snapshot().await?;
    member_of(&mut tx, me, room).await?;
    store::messages::page(&mut tx, room, anchor).await
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
    let joined_version = member_of(&mut tx, me, room).await?.joined_version();
    if epoch != state.store.epoch || after < joined_version - 1 {
        return Ok(Catchup::Reset);
    }
    let (changes, current) = store::messages::changes(&mut tx, room, after).await?;
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
            let last_read = store::rooms::read(tx, room, user, position).await?;
            let unread = store::messages::unread(tx, room, user, last_read).await?;
            Ok((
                (),
                vec![News::Read {
                    user,
                    room,
                    last_read,
                    unread,
                }],
            ))
        })
    });
    marking.await
}
