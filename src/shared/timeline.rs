//! What is loaded of one room, and one's own messages on their way into it. What to make of news
//! is decided here; fetching and showing are others' work.
//!
//! The loaded messages are one contiguous run, from some message to the room's end. Three rules
//! keep it true however the news arrives:
//! - *The row rule*: a row replaces another only if its version is higher.
//! - *The number rule*: everything through `number` is known. News that begins after it would leave
//!   a gap: it is put aside and asked for.
//! - *The rule of history*: an older page may have been read before the latest news. What has
//!   changed in it since was not kept when it was told, so the number goes back to the page's
//!   `through` and the rest is asked for again.

pub use super::list::List;

use super::ids::{ClientId, Millis, Position, RoomId, UserId, Version};
use super::live::{Changes, Page, Row};
use super::message::Message;
use super::refusal::Refusal;
use super::user::Person;
use std::collections::BTreeMap;

/// What is left to do after news was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    Done,
    /// Ask for the room's changes after this number.
    Ask {
        after: Version,
    },
    /// Ask for the list of rooms. Only a [`List`] says so.
    AskList,
}

/// One's own message that isn't known to be in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub client_id: ClientId,
    pub text: String,
    /// When it was written, by this side's clock.
    pub at: Millis,
    /// Why the server refused it; such a one waits for its author.
    pub refused: Option<Refusal>,
}

/// The loaded end of one room and one's own messages on their way into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    room: RoomId,
    number: Version,
    older: bool,
    messages: BTreeMap<Position, Message>,
    pending: Vec<Pending>,
    people: BTreeMap<UserId, Person>,
}

impl Timeline {
    /// Begins a run with a page. After a page of older messages the number stands before what
    /// follows them: a caller that knows of a higher one asks, and the changes bring the rest.
    pub fn new(page: Page) -> Self {
        let number = page
            .before
            .map_or(page.through, |before| page.through.min(before - 1));
        Self {
            room: page.room,
            number,
            older: page.older && !page.messages.is_empty(),
            messages: page
                .messages
                .into_iter()
                .map(|message| (message.position, message))
                .collect(),
            pending: Vec::new(),
            people: page
                .people
                .into_iter()
                .map(|person| (person.id, person))
                .collect(),
        }
    }

    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Everything that happened in the room through this version is known, as far as the run goes.
    pub fn number(&self) -> Version {
        self.number
    }

    /// There are messages before the run.
    pub fn older(&self) -> bool {
        self.older
    }

    /// Where the run begins: the anchor for the page before it.
    pub fn oldest(&self) -> Option<Position> {
        self.messages.keys().next().copied()
    }

    /// By position.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.values()
    }

    /// The message at that position, if it is loaded.
    pub fn get(&self, position: Position) -> Option<&Message> {
        self.messages.get(&position)
    }

    /// In the order of sending.
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Whoever was spoken of, as last heard.
    pub fn people(&self) -> &BTreeMap<UserId, Person> {
        &self.people
    }

    /// Takes in a live frame or a page of catching up. A page of catching up may end below the
    /// room's version; whoever asked for it asks on.
    pub fn apply(&mut self, changes: &Changes) -> Applied {
        if changes.room != self.room {
            return Applied::Done;
        }
        if changes.after > self.number {
            return Applied::Ask { after: self.number };
        }
        self.meet(&changes.people);
        for row in &changes.rows {
            if let Row::Message(message) = row {
                self.put(message);
            }
        }
        self.number = self.number.max(changes.through);
        Applied::Done
    }

    /// Takes in the page before the run. One that was asked for elsewhere in the history (an
    /// answer to a run that was since let go, or a second answer) is dropped.
    pub fn prepend(&mut self, page: Page) -> Applied {
        let fits = page.room == self.room && self.older && page.before == self.oldest();
        if !fits {
            return Applied::Done;
        }
        self.meet(&page.people);
        self.older = page.older && !page.messages.is_empty();
        for message in page.messages {
            self.arrived(message.client_id);
            self.messages.insert(message.position, message);
        }
        if page.through >= self.number {
            return Applied::Done;
        }
        self.number = page.through;
        Applied::Ask { after: self.number }
    }

    /// Takes in the answer to one's own write. It says nothing of what else happened before it, so
    /// it never moves the number.
    pub fn posted(&mut self, message: Message) {
        self.put(&message);
    }

    /// Shows a message as being sent. One that is here already, or on its way, stays as it is.
    pub fn send(&mut self, client_id: ClientId, text: String, at: Millis) {
        let waits = self.pending.iter().any(|pending| pending.client_id == client_id);
        // Looked for from the end: what is sent again was sent lately.
        if !waits
            && !self
                .messages
                .values()
                .rev()
                .any(|message| message.client_id == client_id)
        {
            self.pending.push(Pending {
                client_id,
                text,
                at,
                refused: None,
            });
        }
    }

    /// The server doesn't take it.
    pub fn refuse(&mut self, client_id: ClientId, refusal: Refusal) {
        if let Some(pending) = self
            .pending
            .iter_mut()
            .find(|pending| pending.client_id == client_id)
        {
            pending.refused = Some(refusal);
        }
    }

    /// It is sent again, after what waits already.
    pub fn retry(&mut self, client_id: ClientId) {
        if let Some(at) = self
            .pending
            .iter()
            .position(|pending| pending.client_id == client_id)
        {
            let pending = self.pending.remove(at);
            self.pending.push(Pending {
                refused: None,
                ..pending
            });
        }
    }

    /// Its author has thrown it away.
    pub fn withdraw(&mut self, client_id: ClientId) {
        self.arrived(client_id);
    }

    /// The row rule. Messages before the run are not kept, or it would have holes; the page of
    /// history that brings them brings them as they are then.
    fn put(&mut self, message: &Message) {
        self.arrived(message.client_id);
        let before_the_run = self.older && self.oldest().is_some_and(|oldest| message.position < oldest);
        let known = self
            .messages
            .get(&message.position)
            .is_some_and(|known| known.version >= message.version);
        if !before_the_run && !known {
            self.messages.insert(message.position, message.clone());
        }
    }

    fn arrived(&mut self, client_id: ClientId) {
        self.pending.retain(|pending| pending.client_id != client_id);
    }

    fn meet(&mut self, people: &[Person]) {
        self.people
            .extend(people.iter().map(|person| (person.id, person.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserId = UserId(1);

    fn empty() -> Timeline {
        let page = Page {
            room: RoomId(7),
            before: None,
            through: 2,
            messages: vec![],
            older: false,
            people: vec![],
        };
        Timeline::new(page)
    }

    fn message(position: Position, client_id: ClientId) -> Message {
        let text = "text".into();
        let (posted_at, edited_at, deleted, blocks) = (0, None, false, vec![]);
        Message {
            position,
            version: position,
            author: ME,
            client_id,
            posted_at,
            edited_at,
            deleted,
            text,
            blocks,
        }
    }

    fn pending(timeline: &Timeline) -> Vec<&str> {
        timeline
            .pending()
            .iter()
            .map(|pending| pending.text.as_str())
            .collect()
    }

    #[test]
    fn a_refused_message_waits_and_is_sent_again_as_the_last_one() {
        let mut timeline = empty();
        let (first, second) = (ClientId::new(), ClientId::new());
        timeline.send(first, "first".into(), 1);
        timeline.send(second, "second".into(), 2);
        timeline.send(first, "first".into(), 3);
        assert_eq!(pending(&timeline), ["first", "second"]);
        timeline.refuse(first, Refusal::NotAllowed);
        assert_eq!(timeline.pending()[0].refused, Some(Refusal::NotAllowed));
        timeline.retry(first);
        assert_eq!(pending(&timeline), ["second", "first"]);
        assert_eq!(timeline.pending()[1].refused, None);
        timeline.withdraw(second);
        assert_eq!(pending(&timeline), ["first"]);
    }

    #[test]
    fn a_message_that_has_arrived_is_not_shown_as_unsent_again() {
        let mut timeline = empty();
        let client_id = ClientId::new();
        timeline.send(client_id, "text".into(), 1);
        timeline.posted(message(5, client_id));
        timeline.send(client_id, "text".into(), 1);
        assert!(timeline.pending().is_empty());
        // What else came before it is still unknown.
        assert_eq!((timeline.messages().count(), timeline.number()), (1, 2));
    }

    #[test]
    fn news_of_another_room_is_none_of_its_business() {
        let mut timeline = empty();
        let other = Changes {
            room: RoomId(8),
            after: 90,
            through: 91,
            rows: vec![],
            people: vec![],
        };
        assert_eq!(timeline.apply(&other), Applied::Done);
        assert_eq!(timeline, empty());
    }
}

#[cfg(test)]
#[path = "timeline_model.rs"]
mod model;
