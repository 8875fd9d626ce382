//! Messages that are to be posted later. Until then they are their author's own, on all of their devices.

use super::ids::{ClientId, Millis, Position, RoomId};
use super::message::Message;
use super::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// A message that waits for its time, or has missed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    pub room: RoomId,
    /// Its name until it is posted, and then that of the message.
    pub client_id: ClientId,
    /// Counts its changes.
    pub version: i64,
    pub text: String,
    /// As in [`NewMessage`](super::message::NewMessage).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    pub due_at: Millis,
    /// Why it couldn't be posted when it was due. Such a one waits for its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Refusal>,
}

/// What is to be posted later under a client id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewScheduled {
    pub client_id: ClientId,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    pub due_at: Millis,
}

/// What a scheduled message is to be from here on; whom it answers stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescheduled {
    pub text: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    pub due_at: Millis,
}

/// What is there under the client id that a message was scheduled under.
// One of them at a time.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arranged {
    Scheduled(Scheduled),
    /// It has been posted since.
    Message(Message),
}
