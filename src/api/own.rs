//! What one keeps for oneself of a conversation.

use super::asked::Asked;
use crate::shared::ids::RoomId;
use crate::shared::own::{Own, OwnChange};
use crate::shared::refusal::Refusal;
use leptos::prelude::*;

/// Pins, archives, mutes or marks a conversation, or the opposite.
#[server(prefix = "/fn", endpoint = "keep_as", protocol = Asked)]
pub async fn keep_as(room: RoomId, change: OwnChange) -> Result<Own, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::own::keep_as(&state, &me, room, change).await
}
