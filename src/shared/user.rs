//! People.

use super::ids::UserId;
use super::receipt::Privacy;
use super::room::Common;
use serde::{Deserialize, Serialize};

/// What only its owner may know of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// One can sign in to it by password.
    pub password: bool,
    /// The server is theirs.
    pub owner: bool,
    /// The server takes in newcomers without a password.
    pub newcomers: bool,
}

/// What everyone may know of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    /// Unique, without the `@`.
    pub handle: String,
    pub name: String,
    /// The hash of their picture, which is at [`picture_path`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// Where a picture is.
pub fn picture_path(hash: &str) -> String {
    ["/pictures/", hash].concat()
}

/// What a person says of themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    /// A line; empty: nothing.
    pub about: String,
    /// Their [`Zone`](super::zone::Zone) as text, if others may know what time it is for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// One's own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    pub me: Person,
    pub profile: Profile,
    /// Whom one wants to hear nothing of, by name.
    pub blocked: Vec<Person>,
    pub account: Account,
    #[serde(default)]
    pub privacy: Privacy,
}

/// What one may know of another person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub person: Person,
    pub about: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Rooms that both are in, by name, the first [`limits::COMMON_ROOMS`](super::limits::COMMON_ROOMS).
    pub common: Vec<Common>,
    /// Whoever asks has blocked them.
    pub blocked: bool,
}
