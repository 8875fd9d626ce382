//! Rooms and what a person's list says of them.

use super::draft::Draft;
use super::ids::{Millis, Position, RoomId, UserId, Version};
use super::invitation::Invitation;
use super::limits::RECEIPT_PEOPLE;
use super::message::Pinned;
use super::own::Own;
use super::receipt::{Presence, Reach};
use super::user::{Card, Person};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Who may come into a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Anyone may see it and join.
    Open,
    /// By invitation; nobody else knows that it exists.
    Invited,
    /// Two people, or one with themselves.
    Direct,
}

/// What somebody is in a room. Each may do what the one before may; in a direct conversation both are members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Member,
    /// Invites by link, and removes members.
    Moderator,
    /// Also says what others are here, and what the room is.
    Owner,
}

/// What newcomers see of what was there before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum History {
    #[default]
    All,
    /// Nothing.
    SinceJoining,
}

/// What isn't written where it says nothing new.
fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A room as it is now. Carries the version of its own last change (made, renamed, closed, …).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub kind: RoomKind,
    /// Empty in a direct conversation: it bears the other person's name.
    pub name: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "is_usual")]
    pub history: History,
    /// It can be read, and nothing is written there.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub closed: bool,
    /// The hash of its picture, which is at [`picture_path`](super::user::picture_path).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    pub version: Version,
}

/// That somebody belongs, or belonged, to a room. Such rows stay for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub user: UserId,
    pub here: bool,
    #[serde(default, skip_serializing_if = "is_usual")]
    pub role: Role,
    /// The room's version at the latest coming; the same as `version` if that is what this row tells.
    #[serde(default)]
    pub since: Version,
    pub version: Version,
}

/// One line of a person's list: a room, its last message and what is unread in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomEntry {
    pub room: Room,
    /// The room's version, through which this line is true.
    pub through: Version,
    /// The other person in a direct conversation; oneself in "saved messages".
    pub with: Option<Person>,
    pub last: Option<LastMessage>,
    /// Messages after `last_read`, not one's own, not deleted; up to [`limits::UNREAD_CAP`](super::limits::UNREAD_CAP).
    pub unread: u32,
    pub last_read: Position,
    /// How many of the unread ones mention their reader; up to the same.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mentions: u32,
    /// How many people are here now.
    pub members: u32,
    /// What its reader is here.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub role: Role,
    /// The version of the last change in who is here, and as what.
    #[serde(default)]
    pub people: Version,
    /// What its reader has typed here and not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Draft>,
    /// Of a room without a name: some of the others, by name, the first [`limits::NAMES`](super::limits::NAMES).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// What its reader has chosen for it.
    #[serde(default, skip_serializing_if = "Own::is_plain")]
    pub own: Own,
    /// How far the messages of a small room have come with the others.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub reach: Reach,
    /// Whether the other person of a direct conversation is there, if that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
}

pub(super) fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl RoomEntry {
    /// The name that its reader sees; of a room without one, the names of the others, as far as they are known here.
    pub fn title(&self) -> Cow<'_, str> {
        match &self.with {
            Some(person) => Cow::Borrowed(&person.name),
            None if self.room.name.is_empty() => Cow::Owned(self.names.join(", ")),
            None => Cow::Borrowed(&self.room.name),
        }
    }

    /// The hash of the picture that it is shown by: the other person's, or the room's.
    pub fn picture(&self) -> Option<String> {
        match &self.with {
            Some(person) => person.picture.clone(),
            None => self.room.picture.clone(),
        }
    }

    /// How many others are in a room without a name that its title doesn't name.
    pub fn unnamed(&self) -> u32 {
        match self.with.is_none() && self.room.name.is_empty() {
            true => self.members.saturating_sub(1 + self.names.len() as u32),
            false => 0,
        }
    }

    /// Whether something is known to have been written after that position.
    pub(super) fn goes_on_after(&self, position: Position) -> bool {
        self.last.as_ref().is_some_and(|last| last.position > position)
    }

    /// Whether authors are told how far their messages have come here.
    pub fn has_receipts(&self) -> bool {
        (2..=RECEIPT_PEOPLE as u32).contains(&self.members)
    }

    /// How much of it counts in the title and on the icon: what is unread; in a muted or archived one only what
    /// names its reader. One that was marked as unread is one.
    pub fn counts(&self, now: Millis) -> u32 {
        match self.own.archived || self.own.is_muted(now) {
            true => self.mentions,
            false => self.unread.max(self.own.marked.into()),
        }
    }

    /// Its page: `/@handle` for a direct conversation, `/rooms/ID` otherwise.
    pub fn path(&self) -> String {
        match &self.with {
            Some(person) => format!("/@{}", person.handle),
            None => format!("/rooms/{}", self.room.id),
        }
    }
}

/// The end of a room, for the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMessage {
    pub position: Position,
    pub author: Person,
    pub posted_at: Millis,
    /// The beginning of its text on one line; empty when it was deleted.
    pub excerpt: String,
    pub deleted: bool,
}

/// An open room that one could join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRoom {
    pub id: RoomId,
    pub name: String,
    pub members: u32,
    pub joined: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// A room that two people are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Common {
    pub id: RoomId,
    pub name: String,
}

/// What the details of a conversation say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The room; none of a person whom one hasn't written to yet.
    pub room: Option<Room>,
    /// The other person of a direct conversation.
    pub with: Option<Person>,
    /// How many people are here now.
    pub members: u32,
    /// What the one who asks is here.
    pub role: Role,
    /// Those who are here, the owners first, by name, the first [`limits::PEOPLE_NAMED`](super::limits::PEOPLE_NAMED) of
    /// them; not in a direct conversation.
    pub people: Vec<Seat>,
    /// The links that lead here, the latest first; for those who may make some.
    pub invitations: Vec<Invitation>,
    #[serde(default)]
    pub pinned: Pinned,
    /// What the other person of a direct conversation says of themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

/// Somebody who is in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub person: Person,
    pub role: Role,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub people: Vec<Person>,
    pub rooms: Vec<OpenRoom>,
}

/// Where a conversation is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Room(RoomId),
    /// The direct conversation with the person of this handle.
    Direct(String),
}
