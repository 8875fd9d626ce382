//! Messages: post, read, catch up.

use crate::shared::ids::{ClientId, Position, RoomId, Version};
use crate::shared::live::{Catchup, Page};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Posts a message, once for each client id.
#[server(prefix = "/fn", endpoint = "post_message", input = Json)]
pub async fn post_message(room: RoomId, client_id: ClientId, text: String) -> Result<Message, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::post(&state, &me, room, client_id, &text).await
}

/// The messages before a position, or the latest.
#[server(name = AskPage, prefix = "/fn", endpoint = "page", input = Json)]
pub async fn page(room: RoomId, before: Option<Position>) -> Result<Page, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::page(&state, &me, room, before).await
}

/// What has changed in a room after a number.
#[server(prefix = "/fn", endpoint = "changes", input = Json)]
pub async fn changes(room: RoomId, after: Version, epoch: String) -> Result<Catchup, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::changes(&state, &me, room, after, &epoch).await
}

/// Moves one's read marker forward.
#[server(prefix = "/fn", endpoint = "mark_read", input = Json)]
pub async fn mark_read(room: RoomId, position: Position) -> Result<(), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::messages::mark_read(&state, &me, room, position).await
}
