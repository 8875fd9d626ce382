//! The wire: what the server says to a browser over the socket, and the pages that a browser asks
//! for. `docs/protocol.md` describes it for those who write a client of their own.

use super::draft::Draft;
use super::ids::{Position, RoomId, UserId, Version};
use super::message::{Message, Quote, Reacted};
use super::own::Own;
use super::receipt::{Presence, Reach};
use super::room::{Membership, Room, RoomEntry, is_zero};
use super::user::Person;
use serde::{Deserialize, Serialize};

/// The database's random mark. Another one means another history (a restored backup): load anew.
pub type Epoch = String;

/// The one kind of news: the rows of a room whose latest version lies in `(after, through]`, in
/// the order of their versions. A live frame and a page of catch-up are both of this type.
///
/// A reader who has everything through `number` applies it when `number >= after` and then has
/// everything through `max(number, through)`; otherwise it asks for the changes after `number`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub room: RoomId,
    pub after: Version,
    pub through: Version,
    pub rows: Vec<Row>,
    /// Whoever the rows speak of.
    pub people: Vec<Person>,
    /// What the rows' messages answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotes: Vec<Quote>,
    /// Sets of reactions that have changed: of whoever did it, and in catching up the reader's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reacted: Vec<Reacted>,
}

/// A row of a room. Replaces the one that it follows only if its version is higher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    Message(Message),
    Room(Room),
    Member(Membership),
}

impl Row {
    /// If it is one.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Row::Message(message) => Some(message),
            Row::Room(_) | Row::Member(_) => None,
        }
    }

    /// The version of its last change.
    pub fn version(&self) -> Version {
        match self {
            Row::Message(message) => message.version,
            Row::Room(room) => room.version,
            Row::Member(member) => member.version,
        }
    }
}

/// Where in a room's history a page is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The end of the room.
    #[default]
    Latest,
    /// What comes before this position.
    Before(Position),
    /// What comes after it.
    After(Position),
    /// Half a page up to this position, half a page after it.
    Around(Position),
}

/// A contiguous run of a room's messages, read in one snapshot at `through`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub room: RoomId,
    /// What was asked for.
    pub anchor: Anchor,
    /// The room's version when it was read.
    pub through: Version,
    /// By position, oldest first.
    pub messages: Vec<Message>,
    /// There are older ones.
    pub older: bool,
    /// There are newer ones.
    pub newer: bool,
    pub people: Vec<Person>,
    /// The [`Directory`]'s number when it was read: the people are as they were then.
    #[serde(default)]
    pub directory: Version,
    /// What the messages answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotes: Vec<Quote>,
    /// The reader's own sets of reactions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reacted: Vec<Reacted>,
}

/// Who got another name, handle or picture in `(after, through]`, in that order. All people together have one counter.
///
/// A reader whose people are those of `number` applies it when `number >= after` and then has those of
/// `max(number, through)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    pub after: Version,
    pub through: Version,
    pub people: Vec<Person>,
}

/// A person's list and its epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomList {
    pub epoch: Epoch,
    pub me: Person,
    pub rooms: Vec<RoomEntry>,
    /// Nobody can sign in to the reader's account: it has no password yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_password: bool,
    /// Which build of the page's files the server has; of no use but to pages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub build: String,
    /// Only in a greeting, and if the reader has said what it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<Directory>,
}

/// The answer to "what has changed since".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Catchup {
    /// Rows after the number asked for, at most a page of them; `changes.through` below
    /// `current` says that there are more.
    Changes { changes: Changes, current: Version },
    /// The number is of another epoch, ahead of the server, or from before the reader's latest
    /// joining: load the room anew.
    Reset,
}

/// What the server says over the socket.
// One of them at a time.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToBrowser {
    /// The first frame: the person's rooms, read after the subscription began. A room that is not
    /// in it is gone.
    Hello(RoomList),
    /// Something happened in a room.
    Changes(Changes),
    /// A room is new to this person: joined, or a direct conversation begun.
    Joined(RoomEntry),
    /// This person is no longer in the room.
    Left { room: RoomId },
    /// This person read in the room, here or on another device.
    Read {
        room: RoomId,
        last_read: Position,
        unread: u32,
        #[serde(default, skip_serializing_if = "is_zero")]
        mentions: u32,
        /// The room's version at which that was so.
        through: Version,
    },
    /// What this person has typed in the room and not sent, on whichever device; none: it was sent or
    /// emptied.
    Draft { room: RoomId, draft: Option<Draft> },
    /// How the conversation stands in this person's list from here on, on whichever device they chose that.
    Own { room: RoomId, own: Own },
    /// Somebody has another name, handle or picture.
    Person(Person),
    /// How far the room's messages have come with the others, in direct conversations and small rooms.
    Reached { room: RoomId, reach: Reach },
    /// Somebody is writing there: for [`TYPING_SECONDS`](super::limits::TYPING_SECONDS), unless it is said again.
    Typing {
        room: RoomId,
        person: UserId,
        name: String,
    },
    /// Whether somebody is there with whom this person has a direct conversation; none: that isn't told.
    Presence {
        person: UserId,
        presence: Option<Presence>,
    },
    /// Every 20 seconds. `rooms` is how many rooms this person is in and `versions` the sum of
    /// their versions: a browser that finds itself with others, twice, asks for the list.
    Heartbeat { rooms: u32, versions: i64 },
}

/// What a browser says over the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToServer {
    /// Its reader is writing something in the room.
    Typing { room: RoomId },
    /// Somebody can see the page, or can't any more.
    Visible(bool),
}

/// What stands at a conversation's address for the one who asks.
// One of them at a time, and nearly always the large one.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conversation {
    /// A room that they are in.
    Here { entry: RoomEntry, page: Page },
    /// An open room that they could join.
    Door { room: super::room::OpenRoom },
    /// A person with whom they have not begun yet; the first message makes the room.
    New { with: Person },
    /// A person of whom they want to hear nothing.
    Blocked { with: Person },
}
