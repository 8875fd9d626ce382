//! What can be done with messages. Each verb stores, and the writer publishes: no caller, be it
//! the page, a form or a program, can do the one without the other.

use super::hub::News;
use super::mentions::Named;
use super::own;
use super::sabotage::{self, Fault};
use super::scheduled;
use super::sessions::{Member, member_of};
use super::state::AppState;
use super::store::messages::Posted;
use super::store::writer::Written;
use super::store::{self, Connection, Store};
use crate::shared::ids::{ClientId, Millis, Position, RoomId, Version, now};
use crate::shared::limits::{MESSAGE_CHARS, PINNED, REACTIONS, UNDO_SECONDS};
use crate::shared::live::{Changes, Row};
use crate::shared::message::{Message, NewMessage, Origin, Reacted};
use crate::shared::refusal::Refusal;
use crate::shared::room::Role;
use crate::shared::user::Person;

const UNDO_MS: Millis = UNDO_SECONDS as Millis * 1_000;

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

    pub(super) fn into_inner(self) -> String {
        self.0
    }
}

/// Posts a message, once: sent again under the same client id, it answers with the message as it
/// is now, even to somebody who is no longer in the room.
///
/// # Errors
/// `NotFound` (the room, or the message that is passed on), `BadRequest` (what it answers isn't there), `TextEmpty`,
/// `TextTooLong`, `ClientIdTaken`, `Withdrawn`, `TooFast`, `Unavailable`.
pub async fn post(state: &AppState, me: &Person, room: RoomId, new: NewMessage) -> Result<Message, Refusal> {
    state.rates.post(me.id)?;
    let Text(text) = Text::parse(&new.text)?;
    let client_id = new.client_id;
    let me = me.clone();
    let posting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            // The writer's transaction is the only one, so looking before taking the version is
            // safe here; a repeated send must not take one.
            if !sabotage::on(Fault::ForgetClientIds)
                && let Some(message) =
                    store::client_ids::sent_before(tx, me.id, client_id, room, &text).await?
            {
                return Ok((message, Vec::new()));
            }
            if let Some(sent) = scheduled::sent_early(tx, &me, client_id, room, &text).await? {
                return Ok(sent);
            }
            let first_hash = store::client_ids::hash(&text);
            deliver(tx, &me, room, NewMessage { text, ..new }, first_hash).await
        })
    });
    posting.await
}

/// Posts a message whose client id isn't known yet, and whose text is [as it may be stored](Text).
pub(super) async fn deliver(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    new: NewMessage,
    first_hash: Vec<u8>,
) -> Written<Message> {
    let member = member_of(tx, me, room).await?;
    member.may_write()?;
    if let Some(answered) = new.reply_to {
        answerable(tx, &member, answered).await?;
    }
    let origin = original(tx, me, new.forward).await?;
    let (words, forwarded_from) = match &origin {
        Some(original) => (
            &original.text,
            Some(original.forwarded_from.unwrap_or(original.author)),
        ),
        None => (&new.text, None),
    };
    let mentions = match forwarded_from {
        // Its words were said to others.
        Some(_) => Named::default(),
        None => Named::find(tx, room, words).await?,
    };
    let version = store::rooms::next_version(tx, room).await?;
    let posted = Posted {
        author: me.id,
        client_id: new.client_id,
        first_hash,
        text: words,
        reply_to: new.reply_to,
        forwarded_from,
        mentions: &mentions,
        silent: new.silent,
        withheld: store::blocks::withholds(tx, room, me.id).await?,
    };
    let message = store::messages::insert(tx, room, posted, version, now()).await?;
    store::memberships::read_own(tx, room, me.id, message.position).await?;
    let mut told = vec![message_news(tx, room, &message).await?];
    told.extend(draft_removed(tx, me, new.client_id).await?);
    told.extend(own::bring_back(tx, room, me.id, message.posted_at).await?);
    Ok((message, told))
}

/// The message that one is to answer.
///
/// # Errors
/// `BadRequest`: it isn't there.
pub(super) async fn answerable(
    tx: &mut Connection,
    member: &Member,
    position: Position,
) -> Result<Message, Refusal> {
    let answered = store::messages::seen(tx, member.room, member.sight(), position).await;
    answered.map_err(|refusal| match refusal {
        Refusal::NotFound => Refusal::BadRequest,
        refusal => refusal,
    })
}

/// The message that is to be passed on, from wherever its reader may read it.
async fn original(
    tx: &mut Connection,
    me: &Person,
    forward: Option<Origin>,
) -> Result<Option<Message>, Refusal> {
    let Some(Origin { room, position }) = forward else {
        return Ok(None);
    };
    let sight = member_of(tx, me, room).await?.sight();
    let original = store::messages::seen(tx, room, sight, position).await?;
    if original.deleted {
        return Err(Refusal::NotFound);
    }
    Ok(Some(original))
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
            member_of(tx, &me, room).await?.may_write()?;
            let message = own_message(tx, &me, room, position).await?;
            if message.deleted {
                return Err(Refusal::NotFound);
            }
            if message.text == text {
                return Ok((message, Vec::new()));
            }
            let version = store::rooms::next_version(tx, room).await?;
            let mentions = match message.forwarded_from {
                Some(_) => Named::default(),
                None => Named::find(tx, room, &text).await?,
            };
            let message = store::messages::edit(tx, room, position, &text, &mentions, version, now()).await?;
            let news = message_news(tx, room, &message).await?;
            Ok((message, vec![news]))
        })
    });
    editing.await
}

/// Removes a message of one's own, or as a moderator any; a tombstone stays. Twice is as once. It can be [taken back](restore) for
/// [`UNDO_SECONDS`]; then its text goes from the database.
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
    let removed = removing.await;
    state.clock.wake();
    removed
}

/// Takes back a deletion that one has made oneself. One that isn't deleted stays as it is.
///
/// # Errors
/// `NotFound`: there is nothing to take back any more. `NotAllowed`, `TooFast`, `Unavailable`.
pub async fn restore(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<Message, Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let restoring = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let message = removable(tx, &me, room, position).await?;
            if !message.deleted {
                return Ok((message, Vec::new()));
            }
            let version = store::rooms::next_version(tx, room).await?;
            let since = now() - UNDO_MS;
            let message = store::messages::restore(tx, room, position, me.id, since, version).await?;
            let news = message_news(tx, room, &message).await?;
            Ok((message, vec![news]))
        })
    });
    restoring.await
}

/// Whether a message is deleted so that [`restore`] would bring it back.
pub(super) async fn is_restorable(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    message: &Message,
) -> Result<bool, Refusal> {
    if !message.deleted {
        return Ok(false);
    }
    store::messages::is_restorable(tx, room, message.position, me.id, now() - UNDO_MS).await
}

/// Lets go of the texts that nobody can bring back any more.
///
/// # Errors
/// `Unavailable`.
pub async fn empty_tombstones(store: &Store) -> Result<(), Refusal> {
    let emptying = store.writer.write(move |tx| {
        Box::pin(async move {
            store::messages::empty(tx, now() - UNDO_MS).await?;
            Ok(((), Vec::new()))
        })
    });
    emptying.await
}

/// Gives an emoji to a message, or takes it away. What is so already stays so.
///
/// # Errors
/// `NotFound`: the message isn't there, or is deleted. `BadRequest`: no emoji. `TooMany`: different ones under one
/// message. `TooFast`, `Unavailable`.
pub async fn react(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
    emoji: &str,
    on: bool,
) -> Result<(Message, Vec<String>), Refusal> {
    state.rates.write(me.id)?;
    let emoji = emojis::get(emoji).ok_or(Refusal::BadRequest)?.as_str();
    let me = me.clone();
    let reacting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let (member, message) = there(tx, &me, room, position).await?;
            member.may_write()?;
            let mut set = store::reactions::set(tx, room, position, me.id).await?;
            if set.iter().any(|given| given == emoji) == on {
                return Ok(((message, set), Vec::new()));
            }
            let is_new = !message.reactions.iter().any(|known| known.emoji == emoji);
            if on && is_new && message.reactions.len() >= REACTIONS {
                return Err(Refusal::TooMany { most: REACTIONS });
            }
            match on {
                true => set.push(emoji.to_owned()),
                false => set.retain(|given| given != emoji),
            }
            let version = store::rooms::next_version(tx, room).await?;
            let reacted = Reacted {
                position,
                user: me.id,
                version,
                emoji: set.clone(),
            };
            store::reactions::put(tx, room, &reacted).await?;
            let message = store::messages::by_position(tx, room, position).await?;
            let mut changes = row_changes(tx, room, version, Row::Message(message.clone())).await?;
            changes.reacted.push(reacted);
            let news = as_seen(tx, &message, changes).await?;
            Ok(((message, set), vec![news]))
        })
    });
    reacting.await
}

/// Pins a message in its room, or takes the pin off. What is so already stays so.
///
/// # Errors
/// `NotFound`: the message isn't there, or is deleted. `TooMany`, `TooFast`, `Unavailable`.
pub async fn pin(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
    on: bool,
) -> Result<Message, Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let pinning = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let (member, message) = there(tx, &me, room, position).await?;
            member.may_write()?;
            if message.pinned == on {
                return Ok((message, Vec::new()));
            }
            if on && store::history::count_pinned(tx, room).await? >= PINNED {
                return Err(Refusal::TooMany { most: PINNED });
            }
            let version = store::rooms::next_version(tx, room).await?;
            let at = on.then(now);
            let message = store::messages::pin(tx, room, position, at, version).await?;
            let news = message_news(tx, room, &message).await?;
            Ok((message, vec![news]))
        })
    });
    pinning.await
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
            match store::client_ids::place(tx, me.id, client_id).await? {
                Some((room, position)) => {
                    let (_, told) = leave_tombstone(tx, &me, room, position).await?;
                    Ok(((), told))
                }
                None => Ok(((), burn(tx, &me, client_id).await?)),
            }
        })
    });
    withdrawing.await
}

/// Nothing comes under this client id any more, neither now nor later.
pub(super) async fn burn(
    tx: &mut Connection,
    me: &Person,
    client_id: ClientId,
) -> Result<Vec<News>, Refusal> {
    store::client_ids::burn(tx, me.id, client_id).await?;
    let mut told = Vec::from_iter(draft_removed(tx, me, client_id).await?);
    told.extend(scheduled::removed(tx, me.id, client_id).await?);
    Ok(told)
}

/// What was sent, or thrown away, is a draft no longer.
pub(super) async fn draft_removed(
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
    let message = removable(tx, me, room, position).await?;
    if message.deleted {
        return Ok((message, Vec::new()));
    }
    let version = store::rooms::next_version(tx, room).await?;
    let message = store::messages::delete(tx, room, position, me.id, version, now()).await?;
    let news = message_news(tx, room, &message).await?;
    Ok((message, vec![news]))
}

/// A message that one may see, and that is still there.
pub(super) async fn there(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<(Member, Message), Refusal> {
    let member = member_of(tx, me, room).await?;
    let message = store::messages::seen(tx, room, member.sight(), position).await?;
    if message.deleted {
        return Err(Refusal::NotFound);
    }
    Ok((member, message))
}

/// A message that one may remove.
pub(super) async fn removable(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<Message, Refusal> {
    let member = member_of(tx, me, room).await?;
    let message = store::messages::seen(tx, room, member.sight(), position).await?;
    if message.author != me.id {
        member.must_be(Role::Moderator)?;
    }
    Ok(message)
}

async fn own_message(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<Message, Refusal> {
    let sight = member_of(tx, me, room).await?.sight();
    let message = store::messages::seen(tx, room, sight, position).await?;
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
    row_changes(tx, room, version, row).await.map(News::Changes)
}

async fn row_changes(
    tx: &mut Connection,
    room: RoomId,
    version: Version,
    row: Row,
) -> Result<Changes, Refusal> {
    store::history::told(tx, room, version - 1, version, vec![row]).await
}

/// A message's latest change, as those are told of it who may see it.
async fn message_news(tx: &mut Connection, room: RoomId, message: &Message) -> Result<News, Refusal> {
    let changes = row_changes(tx, room, message.version, Row::Message(message.clone())).await?;
    as_seen(tx, message, changes).await
}

async fn as_seen(tx: &mut Connection, message: &Message, changes: Changes) -> Result<News, Refusal> {
    let author = message.author;
    Ok(
        match store::messages::is_withheld(tx, changes.room, message.position).await? {
            true => News::Withheld { author, changes },
            false => News::Changes(changes),
        },
    )
}
