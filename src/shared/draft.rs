//! Drafts.

use super::ids::{ClientId, Position};
use serde::{Deserialize, Serialize};

/// What a person has typed in a room and not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The client id that it will be sent under. Whatever has been posted under it is a draft no longer,
    /// however late a device saves it.
    pub client_id: ClientId,
    pub text: String,
    /// The message of the room that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
}

impl Draft {
    /// Nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.reply_to.is_none()
    }
}
