//! What both sides share: the nouns, their limits, the wire and the pure state of a conversation.
//! No I/O, no page, no database.

pub mod draft;
pub mod excerpt;
pub mod grouping;
pub mod ids;
pub mod invitation;
pub mod json;
pub mod limits;
pub mod list;
pub mod live;
pub mod look;
pub mod message;
pub mod outbox;
pub mod own;
pub mod query;
pub mod receipt;
pub mod refusal;
pub mod room;
pub mod room_change;
pub mod scheduled;
pub mod sorted;
pub mod timeline;
pub mod user;
pub mod zone;
