//! Drafts.

use super::ids::ClientId;
use serde::{Deserialize, Serialize};

/// What a person has typed in a room and not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The client id that it will be sent under. Whatever has been posted under it is a draft no longer,
    /// however late a device saves it.
    pub client_id: ClientId,
    pub text: String,
}
