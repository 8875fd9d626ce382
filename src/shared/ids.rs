//! Identities and counters.

use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    };
}

id!(
    /// A person's account.
    UserId
);
id!(
    /// A room, direct conversations included.
    RoomId
);

/// A room's counter. Every change in a room takes the next one; a changed row carries the version
/// of its last change, and a message keeps the version at which it was posted as its position.
pub type Version = i64;

/// A message's place in its room, for ever: the room's version when it was posted.
pub type Position = i64;

/// Milliseconds since 1970-01-01T00:00:00Z, by the server's clock.
pub type Millis = i64;

/// The time by this side's clock.
pub fn now() -> Millis {
    if cfg!(target_family = "wasm") {
        // `SystemTime` panics there.
        return js_sys::Date::now() as Millis;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as Millis)
}

/// The name that a client gives to a message before it is sent, a UUIDv7; unique for each author,
/// for ever. Its time is never trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub uuid::Uuid);

impl ClientId {
    /// A new one, by this side's clock and randomness.
    pub fn new() -> Self {
        // The library's own way counts within a millisecond too: 1 KB for a browser to load, and of no use here.
        let [_, _, _, _, _, _, random @ ..] = uuid::Uuid::new_v4().into_bytes();
        Self(uuid::Builder::from_unix_timestamp_millis(now().unsigned_abs(), &random).into_uuid())
    }
}

impl Default for ClientId {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Display for ClientId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ClientId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(ClientId)
    }
}
