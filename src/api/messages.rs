//! Messages: post, read, catch up.

use super::asked::Asked;
use crate::shared::draft::Draft;
use crate::shared::ids::{ClientId, Position, RoomId, UserId, Version};
use crate::shared::live::{Anchor, Catchup, Page};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use leptos::prelude::*;

/// Posts a message, once for each client id.
#[server(prefix = "/fn", endpoint = "post_message", protocol = Asked)]
pub async fn post_message(
    author: UserId,
    room: RoomId,
    client_id: ClientId,
    text: String,
) -> Result<Message, Refusal> {
    let (state, me) = super::asking_as(author)?;
    crate::server::messages::post(&state, &me, room, client_id, &text).await
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
    crate::server::messages::unknown(&state, &me, client_ids).await
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
    crate::server::messages::page(&state, &me, room, anchor).await
}

/// What has changed in a room after a number.
#[server(prefix = "/fn", endpoint = "changes", protocol = Asked)]
pub async fn changes(room: RoomId, after: Version, epoch: String) -> Result<Catchup, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::changes(&state, &me, room, after, &epoch).await
}

/// Moves one's read marker forward.
#[server(prefix = "/fn", endpoint = "mark_read", protocol = Asked)]
pub async fn mark_read(room: RoomId, position: Position) -> Result<(), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::mark_read(&state, &me, room, position).await
}
