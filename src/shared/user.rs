//! People.

use super::ids::UserId;
use serde::{Deserialize, Serialize};

/// What everyone may know of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    /// Unique, without the `@`.
    pub handle: String,
    pub name: String,
}
