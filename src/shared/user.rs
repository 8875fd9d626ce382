//! People.

use super::ids::UserId;
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
}
