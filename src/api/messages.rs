//! Messages: post, read, catch up.

use super::asked::Asked;
use crate::shared::draft::Draft;
use crate::shared::ids::{ClientId, Position, RoomId, UserId, Version};
use crate::shared::live::{Anchor, Catchup, Page};
use crate::shared::message::{EarlierText, Message, Origin, Pinned, Responses};
use crate::shared::refusal::Refusal;
use leptos::prelude::*;

/// Posts a message, once for each client id.
#[server(prefix = "/fn", endpoint = "post_message", protocol = Asked)]
pub async fn post_message(
    author: UserId,
    room: RoomId,
    client_id: ClientId,
    text: String,
    #[server(default)] reply_to: Option<Position>,
    #[server(default)] forward: Option<Origin>,
    #[server(default)] silent: bool,
) -> Result<Message, Refusal> {
    let (state, me) = super::asking_as(author)?;
    let message = crate::shared::message::NewMessage {
        client_id,
        text,
        reply_to,
        forward,
        silent,
    };
    crate::server::messages::post(&state, &me, room, message).await
}

/// Changes the text of one's own message.
#[server(name = Edit, prefix = "/fn", endpoint = "edit_message", protocol = Asked)]
pub async fn edit(
    author: UserId,
    room: RoomId,
    position: Position,
    text: String,
) -> Result<Message, Refusal> {
    let (state, me) = super::asking_as(author)?;
    crate::server::messages::edit(&state, &me, room, position, &text).await
}

/// Removes a message.
#[server(prefix = "/fn", endpoint = "remove_message", protocol = Asked)]
pub async fn remove(room: RoomId, position: Position) -> Result<Message, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::remove(&state, &me, room, position).await
}

/// Takes a deletion back.
#[server(prefix = "/fn", endpoint = "restore_message", protocol = Asked)]
pub async fn restore(room: RoomId, position: Position) -> Result<Message, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::restore(&state, &me, room, position).await
}

/// Gives an emoji to a message, or takes it away; answers with the message and all that one has given to it.
#[server(prefix = "/fn", endpoint = "react", protocol = Asked)]
pub async fn react(
    room: RoomId,
    position: Position,
    emoji: String,
    on: bool,
) -> Result<(Message, Vec<String>), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::react(&state, &me, room, position, &emoji, on).await
}

/// Pins a message, or takes the pin off.
#[server(prefix = "/fn", endpoint = "pin", protocol = Asked)]
pub async fn pin(room: RoomId, position: Position, on: bool) -> Result<Message, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::pin(&state, &me, room, position, on).await
}

/// What is pinned in a room.
#[server(name = AskPinned, prefix = "/fn", endpoint = "pinned", protocol = Asked)]
pub async fn pinned(room: RoomId) -> Result<Pinned, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::history::pinned(&state, &me, room).await
}

/// Who has reacted to a message.
#[server(name = AskResponses, prefix = "/fn", endpoint = "responses", protocol = Asked)]
pub async fn responses(room: RoomId, position: Position) -> Result<Responses, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::history::responses(&state, &me, room, position).await
}

/// The texts that a message of one's own had before.
#[server(name = AskEarlier, prefix = "/fn", endpoint = "earlier_texts", protocol = Asked)]
pub async fn earlier_texts(room: RoomId, position: Position) -> Result<Vec<EarlierText>, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::history::earlier_texts(&state, &me, room, position).await
}

/// The first message after a position that mentions one.
#[server(name = AskMention, prefix = "/fn", endpoint = "mention_after", protocol = Asked)]
pub async fn mention_after(room: RoomId, after: Position) -> Result<Option<Position>, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::history::mention_after(&state, &me, room, after).await
}

/// Takes back a message of one's own that may not have come yet.
#[server(prefix = "/fn", endpoint = "withdraw", protocol = Asked)]
pub async fn withdraw(author: UserId, client_id: ClientId) -> Result<(), Refusal> {
    let (state, me) = super::asking_as(author)?;
    crate::server::messages::withdraw(&state, &me, client_id).await
}

/// Which of one's messages the server knows nothing of.
#[server(name = AskUnknown, prefix = "/fn", endpoint = "unknown", protocol = Asked)]
pub async fn unknown(author: UserId, client_ids: Vec<ClientId>) -> Result<Vec<ClientId>, Refusal> {
    let (state, me) = super::asking_as(author)?;
    crate::server::history::unknown(&state, &me, client_ids).await
}

/// Keeps what is typed in a room, for all of one's devices. False: it has been sent, or thrown away.
#[server(prefix = "/fn", endpoint = "save_draft", protocol = Asked)]
pub async fn save_draft(author: UserId, room: RoomId, draft: Draft) -> Result<bool, Refusal> {
    let (state, me) = super::asking_as(author)?;
    crate::server::drafts::save(&state, &me, room, draft).await
}

/// A page of history.
#[server(name = AskPage, prefix = "/fn", endpoint = "page", protocol = Asked)]
pub async fn page(room: RoomId, anchor: Anchor) -> Result<Page, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::history::page(&state, &me, room, anchor).await
}

/// What has changed in a room after a number.
#[server(prefix = "/fn", endpoint = "changes", protocol = Asked)]
pub async fn changes(room: RoomId, after: Version, epoch: String) -> Result<Catchup, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::history::changes(&state, &me, room, after, &epoch).await
}

/// Moves one's read marker forward.
#[server(prefix = "/fn", endpoint = "mark_read", protocol = Asked)]
pub async fn mark_read(room: RoomId, position: Position) -> Result<(), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::history::mark_read(&state, &me, room, position).await
}
