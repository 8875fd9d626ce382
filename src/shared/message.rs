//! Messages and the tree that their text is parsed into.

use super::excerpt::excerpt;
use super::ids::{ClientId, Millis, Position, RoomId, UserId, Version};
use super::user::Person;
use serde::{Deserialize, Serialize};

/// A message as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its place in the room and, with the room, its identity.
    pub position: Position,
    /// The version of its last change. A row replaces another only if this is higher.
    pub version: Version,
    pub author: UserId,
    pub client_id: ClientId,
    pub posted_at: Millis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Millis>,
    /// A tombstone: the text is gone, the place stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// With this version a deletion was taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restored: bool,
    /// The message of the same room that it answers; what that says is in the [`Quote`]s that come with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
    /// Whose words it passes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded_from: Option<UserId>,
    /// Whom it named when it was posted, without its author; these count it as a mention.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    /// How many have reacted with what, in the order in which these came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Nobody is to be disturbed by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// As it was written; empty in a tombstone.
    pub text: String,
    /// The text as a tree, parsed by the server. Empty where there is nothing to it but lines of
    /// plain text: then `text` is drawn as it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
}

/// An emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub emoji: String,
    /// How many people gave it.
    pub count: u32,
}

/// All that one person has given to one message, since a version. Replaces the set that it follows only if its
/// version is higher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reacted {
    pub position: Position,
    pub user: UserId,
    pub version: Version,
    pub emoji: Vec<String>,
}

/// What a message says that another one answers. Replaces the one that it follows only if its version is higher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub position: Position,
    pub version: Version,
    pub author: UserId,
    /// Its beginning on one line; empty when it was deleted.
    pub excerpt: String,
}

impl Quote {
    pub fn of(message: &Message) -> Self {
        Quote {
            position: message.position,
            version: message.version,
            author: message.author,
            excerpt: excerpt(&message.text, &message.blocks),
        }
    }
}

/// What is to be posted under a client id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    pub client_id: ClientId,
    pub text: String,
    /// The message of the same room that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
    /// The message that it passes on; its words are taken from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<Origin>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
}

/// A message, wherever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub room: RoomId,
    pub position: Position,
}

/// Who has done what about a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responses {
    /// Who has reacted, with what; the first [`limits::REACTED_NAMED`](super::limits::REACTED_NAMED) of them.
    pub reacted: Vec<(Person, Vec<String>)>,
    /// Who has read it, by name: of one's own in a small room, as far as the readers and oneself let others know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<Person>,
}

/// A text that a message had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierText {
    pub text: String,
    pub written_at: Millis,
}

/// What is pinned in a room, what was pinned last first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    pub messages: Vec<Message>,
    pub people: Vec<Person>,
}

/// A block of a message's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    Paragraph(Vec<Inline>),
    Code(String),
    Quote(Vec<Block>),
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    Text(String),
    Break,
    Bold(Vec<Inline>),
    Italic(Vec<Inline>),
    Struck(Vec<Inline>),
    Code(String),
    Link {
        /// `http:`, `https:` or `mailto:`; nothing else becomes a link.
        href: String,
        text: Vec<Inline>,
    },
    /// Somebody in the room, by their handle.
    Mention {
        user: UserId,
        /// As it was written, with the `@`.
        text: String,
    },
}
