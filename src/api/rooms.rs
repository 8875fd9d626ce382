//! Rooms: list, make, join, leave, find.

use super::asked::Asked;
use crate::shared::ids::RoomId;
use crate::shared::live::{Anchor, Conversation, RoomList};
use crate::shared::refusal::Refusal;
use crate::shared::room::{About, Found, History, OpenRoom, Place, RoomEntry, RoomKind};
use crate::shared::room_change::RoomChange;
use crate::shared::user::Person;
use leptos::prelude::*;

/// Everything that one is in.
#[server(prefix = "/fn", endpoint = "list_rooms", protocol = Asked)]
pub async fn list_rooms() -> Result<RoomList, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::list(&state, &me).await
}

/// What stands at a conversation's address. A page that finds nothing there is a 404.
#[server(name = AskConversation, prefix = "/fn", endpoint = "conversation", protocol = Asked)]
pub async fn conversation(at: Place, anchor: Anchor) -> Result<Conversation, Refusal> {
    let (state, me) = super::asking()?;
    let found = crate::server::rooms::conversation(&state, &me, &at, anchor).await;
    if let (Err(refusal), Some(response)) = (&found, use_context::<leptos_axum::ResponseOptions>()) {
        let status = http::StatusCode::from_u16(refusal.status());
        response.set_status(status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR));
    }
    found
}

/// What the details of a conversation say.
#[server(name = AskAbout, prefix = "/fn", endpoint = "about", protocol = Asked)]
pub async fn about(at: Place) -> Result<About, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::about(&state, &me, &at, &super::origin(&state)).await
}

/// Makes a room, with oneself in it.
#[server(prefix = "/fn", endpoint = "make_room", protocol = Asked)]
pub async fn make_room(name: String, kind: RoomKind, history: History) -> Result<RoomEntry, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::make(&state, &me, &name, kind, history).await
}

/// Joins an open room.
#[server(prefix = "/fn", endpoint = "join_room", protocol = Asked)]
pub async fn join_room(room: RoomId) -> Result<RoomEntry, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::join(&state, &me, room).await
}

/// Leaves a room.
#[server(prefix = "/fn", endpoint = "leave_room", protocol = Asked)]
pub async fn leave_room(room: RoomId) -> Result<(), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::leave(&state, &me, room).await
}

/// Does what a form of the room's page asks for.
#[server(name = AskRoomChange, prefix = "/fn", endpoint = "change_room", protocol = Asked)]
pub async fn change_room(room: RoomId, change: RoomChange) -> Result<(), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::managing::change(&state, &me, room, change).await
}

/// Brings somebody into a room that one is in.
#[server(prefix = "/fn", endpoint = "add_member", protocol = Asked)]
pub async fn add_member(room: RoomId, handle: String) -> Result<(), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::add(&state, &me, room, &handle).await
}

/// Those of a room whose name or handle begins so.
#[server(name = AskMembers, prefix = "/fn", endpoint = "members_called", protocol = Asked)]
pub async fn members_called(room: RoomId, beginning: String) -> Result<Vec<Person>, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::members_called(&state, &me, room, &beginning).await
}

/// The direct conversation with a person, made on first use.
#[server(prefix = "/fn", endpoint = "open_direct", protocol = Asked)]
pub async fn open_direct(handle: String) -> Result<RoomEntry, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::open_direct(&state, &me, &handle).await
}

/// Rooms that one could join.
#[server(prefix = "/fn", endpoint = "open_rooms", protocol = Asked)]
pub async fn open_rooms() -> Result<Vec<OpenRoom>, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::open(&state, &me).await
}

/// People and rooms by what they are called.
#[server(prefix = "/fn", endpoint = "find", protocol = Asked)]
pub async fn find(query: String) -> Result<Found, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::rooms::find(&state, &me, &query).await
}
