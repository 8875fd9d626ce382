//! What a person keeps for themselves of a conversation: nobody else hears of it.

use super::ids::Millis;
use super::limits::FOR_GOOD_SECONDS;
use super::room::is_zero;
use serde::{Deserialize, Serialize};

/// Until then: for good. The last time that a browser's `Date` knows.
pub const FOREVER: Millis = 8_640_000_000_000_000;

/// How a conversation stands in its reader's list, on all of their devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// Counts its changes. One replaces another only if this is higher.
    #[serde(default)]
    pub version: i64,
    /// Stands above the others since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Millis>,
    /// Stands aside until somebody writes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// Draws no attention until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Millis>,
    /// Marked as unread, though everything has been read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marked: bool,
    /// How many messages wait to be posted here later, those among them that couldn't be.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub scheduled: u32,
    /// How many of these couldn't be posted when they were due.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub scheduled_failed: u32,
}

/// What is to be so from here on; the rest stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnChange {
    /// A pinned one comes out of the archive.
    Pinned(bool),
    /// An archived one is pinned no longer.
    Archived(bool),
    /// In seconds from now; 0: it isn't muted. [`FOR_GOOD_SECONDS`] and more: for good.
    MutedFor(u64),
    /// `false`: it is read to its end, too.
    Marked(bool),
}

impl Own {
    /// Whether nothing was ever chosen.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    pub fn is_muted(&self, now: Millis) -> bool {
        self.muted_until.is_some_and(|until| until > now)
    }

    /// The same with a change, of the same version still.
    pub fn with(self, change: OwnChange, now: Millis) -> Own {
        match change {
            OwnChange::Pinned(true) => Own {
                pinned: self.pinned.or(Some(now)),
                archived: false,
                ..self
            },
            OwnChange::Pinned(false) => Own { pinned: None, ..self },
            OwnChange::Archived(archived) => Own {
                pinned: self.pinned.filter(|_| !archived),
                archived,
                ..self
            },
            OwnChange::MutedFor(seconds) => Own {
                muted_until: match seconds {
                    0 => None,
                    FOR_GOOD_SECONDS.. => Some(FOREVER),
                    seconds => Some(now + 1_000 * seconds as Millis),
                },
                ..self
            },
            OwnChange::Marked(marked) => Own { marked, ..self },
        }
    }
}

impl OwnChange {
    /// The name and the value of the button that asks for it in a form.
    pub fn in_form(self) -> (&'static str, String) {
        match self {
            OwnChange::Pinned(set) => ("pinned", set.to_string()),
            OwnChange::Archived(set) => ("archived", set.to_string()),
            OwnChange::MutedFor(seconds) => ("muted_for", seconds.to_string()),
            OwnChange::Marked(set) => ("marked", set.to_string()),
        }
    }

    /// The same read again.
    pub fn of_form(name: &str, value: &str) -> Option<Self> {
        match name {
            "pinned" => value.parse().ok().map(OwnChange::Pinned),
            "archived" => value.parse().ok().map(OwnChange::Archived),
            "muted_for" => value.parse().ok().map(OwnChange::MutedFor),
            "marked" => value.parse().ok().map(OwnChange::Marked),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_is_pinned_or_archived_and_never_both() {
        let pinned = Own::default().with(OwnChange::Pinned(true), 5);
        assert_eq!((pinned.pinned, pinned.archived), (Some(5), false));
        assert_eq!(pinned.with(OwnChange::Pinned(true), 9), pinned);
        let archived = pinned.with(OwnChange::Archived(true), 6);
        assert_eq!((archived.pinned, archived.archived), (None, true));
        let back = archived.with(OwnChange::Pinned(true), 7);
        assert_eq!((back.pinned, back.archived), (Some(7), false));
        assert_eq!(back.with(OwnChange::Pinned(false), 8), Own::default());
    }

    #[test]
    fn a_muted_one_is_so_until_its_time() {
        let hour = Own::default().with(OwnChange::MutedFor(3_600), 1_000);
        assert_eq!(hour.muted_until, Some(3_601_000));
        assert!(hour.is_muted(3_600_999) && !hour.is_muted(3_601_000));
        let for_good = hour.with(OwnChange::MutedFor(u64::MAX), 1_000);
        assert_eq!(for_good.muted_until, Some(FOREVER));
        assert_eq!(for_good.with(OwnChange::MutedFor(0), 1_000), Own::default());
    }
}
