//! Links that lead into a room.

use super::ids::Millis;
use super::room::RoomKind;
use super::user::Person;
use serde::{Deserialize, Serialize};

/// A link that leads into a room: whoever has it may come in, once they have an account or have said their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub token: String,
    /// The whole address of its page.
    pub link: String,
    pub maker: Person,
    /// None: it doesn't.
    pub expires_at: Option<Millis>,
    /// How many people may still come by it. None: as many as do.
    pub uses_left: Option<u32>,
    /// The link as a picture, for the room's page; not for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
}

/// A QR code: dark squares of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Units along each side, with what has to be left free around it.
    pub size: u32,
    /// What is dark, as the path of an SVG.
    pub path: String,
}

/// What a link's page says of where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub room: super::ids::RoomId,
    pub kind: RoomKind,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub members: u32,
    /// Who invites.
    pub by: Person,
    /// Whether the one who asks is there already.
    pub joined: bool,
}

/// How long a link may be good for, in hours; 0: until it is revoked.
pub const HOURS: [u32; 5] = [1, 24, 7 * 24, 30 * 24, 0];
/// How many people may come by one; 0: as many as do.
pub const USES: [u32; 4] = [1, 10, 100, 0];
