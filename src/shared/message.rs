//! Messages and the tree that their text is parsed into.

use super::ids::{ClientId, Millis, Position, UserId, Version};
use serde::{Deserialize, Serialize};

/// A message as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// As it was written; empty in a tombstone.
    pub text: String,
    /// The text as a tree, parsed by the server. Empty where there is nothing to it but lines of
    /// plain text: then `text` is drawn as it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
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
}
