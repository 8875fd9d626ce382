//! Every limit that a person or a program can meet, in one place.

/// Characters (Unicode scalar values) in a message.
pub const MESSAGE_CHARS: usize = 4_000;
/// Characters in a draft, at most: what will be shortened before it is sent is worth keeping too.
pub const DRAFT_CHARS: usize = 2 * MESSAGE_CHARS;
/// Characters in a handle: at least, at most.
pub const HANDLE_CHARS: (usize, usize) = (2, 32);
/// Handles that somebody had before.
pub const FORMER_HANDLES: usize = 10;
/// Characters in a person's display name, at most.
pub const NAME_CHARS: usize = 64;
/// Characters in a room's name, at most.
pub const ROOM_NAME_CHARS: usize = 64;
/// Characters in what a room is about, at most.
pub const DESCRIPTION_CHARS: usize = 500;
/// Links that lead into one room at a time.
pub const INVITATIONS: usize = 50;
/// Characters in a password, at least. NIST SP 800-63B asks for 8.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// Bytes in a password, at most: what one hash may be asked to read.
pub const PASSWORD_MAX_BYTES: usize = 1_024;
/// Messages on a page of history.
pub const PAGE_MESSAGES: usize = 50;
/// Rows in one [`Changes`](super::live::Changes).
pub const CHANGES_ROWS: usize = 500;
/// Unread messages are counted up to here; past it a badge says "99+".
pub const UNREAD_CAP: u32 = 100;
/// Seconds from which on a conversation is muted for good: ten years.
pub const FOR_GOOD_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;
/// Rooms and direct conversations of one person.
pub const ROOMS_EACH: usize = 1_000;
/// People that a room's details name.
pub const PEOPLE_NAMED: usize = 200;
/// Characters in the line that somebody says of themselves.
pub const ABOUT_CHARS: usize = 140;
/// Bytes in a picture that is sent.
pub const PICTURE_BYTES: usize = 5 * 1024 * 1024;
/// Pixels in one: what takes more is refused before it is unpacked.
pub const PICTURE_PIXELS: u64 = 40_000_000;
/// The width and the height of pictures as they are kept.
pub const PICTURE_SIDE: u32 = 256;
/// Rooms in common that a person's card names.
pub const COMMON_ROOMS: usize = 20;
/// People whom one can block.
pub const BLOCKED_EACH: usize = 1_000;
/// Others in a conversation of several, when it is begun.
pub const GROUP_OTHERS: usize = 50;
/// People by whom a room without a name is called.
pub const NAMES: usize = 4;
/// Answers to a search for people and rooms.
pub const FOUND: usize = 20;
/// Characters of a search that are looked at.
pub const QUERY_CHARS: usize = 64;
/// People in a room in which authors are told how far their messages have come.
pub const RECEIPT_PEOPLE: usize = 20;
/// People who are there at once in a room in which they are told who is typing.
pub const TYPING_PEOPLE: usize = 100;
/// Seconds for which somebody types, once told so.
pub const TYPING_SECONDS: u64 = 6;
/// What a browser may say over its socket in ten seconds.
pub const SAID_IN_TEN_SECONDS: u32 = 30;
/// Seconds after which somebody who can't see the page is there no longer.
pub const PRESENCE_GRACE_SECONDS: u64 = 5;
/// Seconds between two heartbeats on a socket.
pub const HEARTBEAT_SECONDS: u64 = 20;
/// Client ids in one question whether the server knows them.
pub const ASKED_IDS: usize = 500;
/// Bytes in the body of a request. A message of 4,000 four-byte characters, percent-encoded by a
/// form, is 48 KB.
pub const BODY_BYTES: usize = 64 * 1024;
/// Seconds in which a deletion can be taken back. Then the text goes from the database.
pub const UNDO_SECONDS: u64 = 10;
/// Different emoji under one message.
pub const REACTIONS: usize = 20;
/// People who are named when one asks who has reacted.
pub const REACTED_NAMED: usize = 100;
/// Pinned messages of a room.
pub const PINNED: usize = 100;
/// Messages of one person that wait to be posted later.
pub const SCHEDULED_EACH: usize = 100;
/// Days ahead for which a message can be scheduled: a year.
pub const SCHEDULED_DAYS: i64 = 366;
/// People whom one message can mention.
pub const MENTIONS: usize = 50;
/// Earlier texts that are kept of one message; the oldest ones go.
pub const EARLIER_TEXTS: usize = 100;
