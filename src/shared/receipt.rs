//! What others may know of a person's reading and being there.

use super::ids::{Millis, Position};
use serde::{Deserialize, Serialize};

/// How far the messages of a small room have come with the others there. It only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// What stands up to here is seen by none of them.
    #[serde(default)]
    pub from: Position,
    /// Some device of one of them has got what stands up to here.
    pub delivered: Position,
    /// One of them has read up to here, as far as they let others know.
    pub read: Position,
}

impl Reach {
    /// How far a message has come.
    pub fn mark(&self, position: Position) -> Mark {
        match position {
            position if position <= self.from => Mark::Sent,
            position if position <= self.read => Mark::Read,
            position if position <= self.delivered => Mark::Delivered,
            _ => Mark::Sent,
        }
    }

    /// What is known from both: news may come late.
    pub fn grown(self, later: Reach) -> Reach {
        Reach {
            from: later.from,
            delivered: self.delivered.max(later.delivered),
            read: self.read.max(later.read),
        }
    }
}

/// How far a message of one's own has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The server has it.
    Sent,
    Delivered,
    Read,
}

impl Mark {
    /// As the page's style names it.
    pub fn name(self) -> &'static str {
        match self {
            Mark::Sent => "sent",
            Mark::Delivered => "delivered",
            Mark::Read => "read",
        }
    }
}

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// They have the page in sight.
    #[serde(default)]
    pub online: bool,
    /// When they were there last.
    pub seen: Millis,
}

/// What a person lets others know. Who doesn't isn't told it of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// What they have read, in direct conversations and small rooms.
    pub reading: bool,
    /// Whether they are there, and when they were last; to whom they have a direct conversation with.
    pub presence: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Privacy {
            reading: true,
            presence: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_how_far_a_message_has_come() {
        let reach = Reach {
            from: 2,
            delivered: 9,
            read: 5,
        };
        let marks = [1, 2, 3, 5, 6, 9, 10].map(|position| reach.mark(position).name());
        assert_eq!(
            marks,
            ["sent", "sent", "read", "read", "delivered", "delivered", "sent"]
        );
    }

    #[test]
    fn late_news_takes_nothing_back() {
        let [known, late] = [(9, 5), (7, 7)].map(|(delivered, read)| Reach {
            from: 0,
            delivered,
            read,
        });
        let reach = known.grown(late);
        assert_eq!((reach.delivered, reach.read), (9, 7));
    }
}
