//! How messages stand on the screen: under their days, and together while one person goes on
//! talking.

use super::ids::{Millis, Position, UserId, Version};
use super::message::Message;

/// A pause after which the author is named again.
const PAUSE: Millis = 5 * 60 * 1000;
/// The page leaves out groups that are off screen, so a group has an end.
const GROUP_MESSAGES: usize = 50;

/// A line of the conversation as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item<Day> {
    /// A new day begins, by the reader's zone.
    Day(Day),
    /// From here on it is new to the reader.
    New,
    Group(Group),
}

/// Messages of one author that follow each other closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub author: UserId,
    pub stamps: Vec<Stamp>,
}

impl Group {
    /// What doesn't change while messages are added to it.
    pub fn first(&self) -> Position {
        self.stamps[0].position
    }
}

/// A message as it was at one time: another version is drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub position: Position,
    pub version: Version,
}

/// Arranges messages, which come by position. `read` is the last message that was read before, if
/// some are new.
pub fn arrange<'a, Day: Copy + PartialEq>(
    messages: impl Iterator<Item = &'a Message>,
    day: impl Fn(Millis) -> Day,
    read: Option<Position>,
) -> Vec<Item<Day>> {
    let mut items = Vec::new();
    let mut before: Option<(&Message, Day)> = None;
    for message in messages {
        let today = day(message.posted_at);
        if before.is_none_or(|(_, day)| day != today) {
            items.push(Item::Day(today));
        }
        if read.is_some_and(|read| {
            message.position > read && before.is_none_or(|(last, _)| last.position <= read)
        }) {
            items.push(Item::New);
        }
        let stamp = Stamp {
            position: message.position,
            version: message.version,
        };
        let close = before.is_some_and(|(last, _)| message.posted_at - last.posted_at < PAUSE);
        match items.last_mut() {
            Some(Item::Group(group))
                if close && group.author == message.author && group.stamps.len() < GROUP_MESSAGES =>
            {
                group.stamps.push(stamp);
            }
            _ => items.push(Item::Group(Group {
                author: message.author,
                stamps: vec![stamp],
            })),
        }
        before = Some((message, today));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::ids::ClientId;

    const MINUTE: Millis = 60_000;
    const DAY: Millis = 24 * 60 * MINUTE;

    fn message(position: Position, author: i64, posted_at: Millis) -> Message {
        Message {
            position,
            version: position,
            author: UserId(author),
            client_id: ClientId::new(),
            posted_at,
            edited_at: None,
            deleted: false,
            text: "text".into(),
            blocks: Vec::new(),
        }
    }

    /// "D" a day, "N" the line, a digit the number of messages in a group.
    fn drawn(messages: &[Message], read: Option<Position>) -> String {
        let items = arrange(messages.iter(), |at| at.div_euclid(DAY), read);
        items
            .iter()
            .map(|item| match item {
                Item::Day(_) => "D".into(),
                Item::New => "N".into(),
                Item::Group(group) => group.stamps.len().to_string(),
            })
            .collect()
    }

    #[test]
    fn one_author_within_five_minutes_is_one_group() {
        let messages = [
            message(1, 1, 0),
            message(2, 1, 4 * MINUTE),
            message(3, 1, 10 * MINUTE),
            message(4, 2, 10 * MINUTE),
        ];
        assert_eq!(drawn(&messages, None), "D211");
    }

    #[test]
    fn a_new_day_begins_a_new_group() {
        let messages = [message(1, 1, DAY - MINUTE), message(2, 1, DAY)];
        assert_eq!(drawn(&messages, None), "D1D1");
    }

    #[test]
    fn the_line_stands_before_the_first_new_message() {
        let messages = [message(1, 1, 0), message(2, 1, 1), message(3, 1, 2)];
        assert_eq!(drawn(&messages, Some(1)), "D1N2");
        assert_eq!(drawn(&messages, Some(0)), "DN3");
        assert_eq!(drawn(&messages, Some(3)), "D3");
    }

    #[test]
    fn a_group_has_an_end() {
        let messages: Vec<Message> = (1..=60).map(|position| message(position, 1, position)).collect();
        assert_eq!(drawn(&messages, None), "D5010");
    }
}
