//! Messages that are to be posted later.

use super::asked::Asked;
use crate::shared::ids::{ClientId, RoomId, UserId};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use crate::shared::scheduled::{Arranged, NewScheduled, Rescheduled, Scheduled};
use leptos::prelude::*;

/// Keeps a message that is to be posted later, once for each client id.
#[server(prefix = "/fn", endpoint = "schedule", protocol = Asked)]
pub async fn schedule(author: UserId, room: RoomId, new: NewScheduled) -> Result<Arranged, Refusal> {
    let (state, me) = super::asking_as(author)?;
    crate::server::scheduled::schedule(&state, &me, room, new).await
}

/// What one has scheduled in a room, or everywhere.
#[server(name = AskScheduled, prefix = "/fn", endpoint = "scheduled", protocol = Asked)]
pub async fn list(#[server(default)] room: Option<RoomId>) -> Result<Vec<Scheduled>, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::scheduled::list(&state, &me, room).await
}

/// Changes what one has scheduled.
#[server(prefix = "/fn", endpoint = "reschedule", protocol = Asked)]
pub async fn change(client_id: ClientId, to: Rescheduled) -> Result<Scheduled, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::scheduled::change(&state, &me, client_id, to).await
}

/// Takes it back.
#[server(name = CancelScheduled, prefix = "/fn", endpoint = "cancel_scheduled", protocol = Asked)]
pub async fn cancel(client_id: ClientId) -> Result<(), Refusal> {
    let (state, me) = super::asking()?;
    crate::server::scheduled::cancel(&state, &me, client_id).await
}

/// Posts it at once.
#[server(prefix = "/fn", endpoint = "send_scheduled", protocol = Asked)]
pub async fn send_now(client_id: ClientId) -> Result<Message, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::scheduled::send_now(&state, &me, client_id).await
}
