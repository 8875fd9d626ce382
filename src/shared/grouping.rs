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

/// Some items in a row, about as many as a screen or two hold. The page leaves out those that are off screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk<Day> {
    /// Grows from chunk to chunk, and stays while others come before and after.
    pub id: i64,
    pub items: Vec<Item<Day>>,
    /// It grows, unless another one comes after it.
    pub last: bool,
}

/// How many positions a chunk spans.
const CHUNK_POSITIONS: Position = 50;

/// Cuts what is drawn into chunks, at places that don't move when messages are added at either end.
pub fn chunks<Day>(items: Vec<Item<Day>>) -> Vec<Chunk<Day>> {
    let mut chunks: Vec<Chunk<Day>> = Vec::new();
    // Days and the line belong to what they stand above.
    let mut above = Vec::new();
    for item in items {
        let Item::Group(group) = &item else {
            above.push(item);
            continue;
        };
        let id = group.first() / CHUNK_POSITIONS;
        if chunks.last().is_none_or(|last| last.id != id) {
            chunks.push(Chunk {
                id,
                items: Vec::new(),
                last: false,
            });
        }
        if let Some(last) = chunks.last_mut() {
            last.items.append(&mut above);
            last.items.push(item);
        }
    }
    if let Some(last) = chunks.last_mut() {
        last.last = true;
    }
    chunks
}

/// A message as it was at one time: another version is drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub position: Position,
    pub version: Version,
}

/// Arranges messages, which come by position. `read` is the last message that was read before, and by whom, if
/// some are new: what they wrote themselves isn't.
pub fn arrange<'a, Day: Copy + PartialEq>(
    messages: impl Iterator<Item = &'a Message>,
    day: impl Fn(Millis) -> Day,
    mut read: Option<(Position, UserId)>,
) -> Vec<Item<Day>> {
    let mut items = Vec::new();
    let mut before: Option<(&Message, Day)> = None;
    for message in messages {
        let today = day(message.posted_at);
        if before.is_none_or(|(_, day)| day != today) {
            items.push(Item::Day(today));
        }
        if read
            .take_if(|(read, reader)| message.position > *read && message.author != *reader)
            .is_some()
        {
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
            text: "text".into(),
            ..Message::default()
        }
    }

    /// "D" a day, "N" the line, a digit the number of messages in a group.
    fn drawn(messages: &[Message], read: Option<Position>) -> String {
        let read = read.map(|read| (read, UserId(9)));
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
    fn what_its_reader_wrote_is_not_new() {
        let messages = [
            message(1, 9, 0),
            message(2, 9, 1),
            message(3, 1, 2),
            message(4, 9, 3),
        ];
        assert_eq!(drawn(&messages, Some(0)), "D2N11");
        assert_eq!(drawn(&messages, Some(3)), "D211");
    }

    #[test]
    fn chunks_stay_the_same_while_messages_are_added_around_them() {
        let all: Vec<Message> = (1..=200)
            .map(|position| message(position, position % 3, position * MINUTE))
            .collect();
        let cut = |from: usize, to: usize| {
            let items = arrange(all[from..to].iter(), |at| at.div_euclid(DAY), None);
            chunks(items)
        };
        let (some, more) = (cut(60, 160), cut(0, 200));
        assert_eq!(some.iter().map(|chunk| chunk.id).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(
            more.iter().map(|chunk| chunk.id).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4]
        );
        // The one in the middle is whole in both.
        assert_eq!(some[1], more[2]);
        let items: usize = more.iter().map(|chunk| chunk.items.len()).sum();
        assert_eq!(items, arrange(all.iter(), |at| at.div_euclid(DAY), None).len());
    }

    #[test]
    fn a_group_has_an_end() {
        let messages: Vec<Message> = (1..=60).map(|position| message(position, 1, position)).collect();
        assert_eq!(drawn(&messages, None), "D5010");
    }
}
