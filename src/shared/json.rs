//! JSON as a browser reads and writes it. `serde_json` does the same and says what is wrong and where; for that a
//! browser would load its tables for fractions and a second reader of each type (from a list instead of an
//! object): tens of KB. The server, which hears strangers, reads with `serde_json`.
//!
//! Numbers are whole here, and types that have to look at what comes before they know what they are (untagged,
//! flattened) can't be read.

mod reading;
#[cfg(test)]
mod tests;
mod writing;

use reading::Reader;
use serde::de::{self, DeserializeOwned};
use serde::ser::{self, Serialize};
use std::fmt::{self, Display};
use writing::Writer;

/// Reads a value; nothing, if it is something else.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let mut reader = Reader::new(std::str::from_utf8(json).ok()?);
    let value = T::deserialize(&mut reader).ok()?;
    reader.is_at_end().then_some(value)
}

/// Writes a value; nothing, if it isn't plain data.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let mut json = String::new();
    value.serialize(Writer(&mut json)).ok()?;
    Some(json)
}

/// It isn't what was expected. What and where, nobody would read in a browser.
#[derive(Debug)]
struct Unexpected;

impl Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unexpected")
    }
}

impl std::error::Error for Unexpected {}

impl de::Error for Unexpected {
    fn custom<T: Display>(_: T) -> Self {
        Unexpected
    }
}

impl ser::Error for Unexpected {
    fn custom<T: Display>(_: T) -> Self {
        Unexpected
    }
}
