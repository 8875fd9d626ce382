//! What is loaded of one room, and one's own messages on their way into it. What to make of news
//! is decided here; fetching and showing are others' work.
//!
//! The loaded messages are one contiguous run; nearly always it reaches to the room's end. Three
//! rules keep it true however the news arrives:
//! - *The row rule*: a row replaces another only if its version is higher.
//! - *The number rule*: everything through `number` is known. News that begins after it would leave
//!   a gap: it is put aside and asked for.
//! - *The rule of history*: a page that joins the run may have been read before the latest news. What
//!   has changed in it since was not kept when it was told, so the number goes back to the page's
//!   `through` and the rest is asked for again.

pub use super::list::List;

use super::ids::{ClientId, Millis, Position, RoomId, UserId, Version};
use super::live::{Anchor, Changes, Directory, Page, Row};
use super::message::{Message, Quote, Reacted};
use super::refusal::Refusal;
use super::sorted::{Keyed, Sorted};
use super::user::Person;

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
    /// The message that it answers.
    pub reply_to: Option<Position>,
    /// When it was written, by this side's clock.
    pub at: Millis,
    /// Why the server refused it; such a one waits for its author.
    pub refused: Option<Refusal>,
}

impl Keyed for Message {
    type Key = Position;

    fn key(&self) -> Position {
        self.position
    }
}

impl Keyed for Quote {
    type Key = Position;

    fn key(&self) -> Position {
        self.position
    }
}

impl Keyed for Reacted {
    type Key = Position;

    fn key(&self) -> Position {
        self.position
    }
}

impl Keyed for Person {
    type Key = UserId;

    fn key(&self) -> UserId {
        self.id
    }
}

/// The loaded run of one room and one's own messages on their way into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    me: UserId,
    room: RoomId,
    number: Version,
    older: bool,
    newer: bool,
    messages: Sorted<Message>,
    pending: Vec<Pending>,
    people: Sorted<Person>,
    directory: Version,
    /// What messages of the run answer, wherever that is.
    quotes: Sorted<Quote>,
    /// What its reader has given to messages of the run.
    reacted: Sorted<Reacted>,
    replaced: u8,
    changed: Changed,
    requoted: Changed,
}

/// How many times the messages have changed. How a run came to be what it is makes it no other run.
#[derive(Clone, Copy, Debug, Default)]
struct Changed(u32);

impl PartialEq for Changed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Changed {}

impl Timeline {
    /// Begins a run with a page, for the reader whom it is of.
    pub fn new(page: Page, me: UserId) -> Self {
        let some = !page.messages.is_empty();
        Self {
            me,
            room: page.room,
            number: page.through,
            older: page.older && some,
            newer: page.newer && some,
            messages: page.messages.into_iter().collect(),
            pending: Vec::new(),
            people: page.people.into_iter().collect(),
            directory: page.directory,
            quotes: page.quotes.into_iter().collect(),
            reacted: page.reacted.into_iter().collect(),
            replaced: 0,
            changed: Changed::default(),
            requoted: Changed::default(),
        }
    }

    /// Lets go of the run for another one. It may be of another history, where a position and a version say
    /// something else: nothing on the screen is the same.
    pub fn replace(&mut self, run: Timeline) {
        let replaced = self.replaced.wrapping_add(1);
        let changed = Changed(self.changed.0.wrapping_add(1));
        let requoted = Changed(self.requoted.0.wrapping_add(1));
        *self = Timeline {
            replaced,
            changed,
            requoted,
            ..run
        };
    }

    /// Another number whenever the messages have changed; what is on its way isn't among them.
    pub fn changed(&self) -> u32 {
        self.changed.0
    }

    /// Another number whenever something that is answered has changed.
    pub fn requoted(&self) -> u32 {
        self.requoted.0
    }

    /// Changes whenever the run was replaced.
    pub fn replaced(&self) -> u8 {
        self.replaced
    }

    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Everything that happened in the room through this version is known, as far as the run goes.
    pub fn number(&self) -> Version {
        self.number
    }

    /// Its people are as they were at this number of the directory, or later.
    pub fn directory(&self) -> Version {
        self.directory
    }

    /// The highest version that was heard of: one's own answers may be ahead of the number.
    pub fn highest(&self) -> Version {
        let rows = self.messages.iter().map(|message| message.version);
        rows.fold(self.number, Version::max)
    }

    /// There are messages before the run.
    pub fn older(&self) -> bool {
        self.older
    }

    /// There are messages after the run: it doesn't reach to the room's end.
    pub fn newer(&self) -> bool {
        self.newer
    }

    /// Where the run begins: the anchor for the page before it.
    pub fn oldest(&self) -> Option<Position> {
        self.messages.first().map(Keyed::key)
    }

    /// Where the run ends: the anchor for the page after it.
    pub fn newest(&self) -> Option<Position> {
        self.messages.last().map(Keyed::key)
    }

    /// By position.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    /// The message at that position, if it is loaded.
    pub fn get(&self, position: Position) -> Option<&Message> {
        self.messages.find(position)
    }

    /// What a message of the run answers; nothing, if its reader may not see it.
    pub fn quote(&self, position: Position) -> Option<&Quote> {
        self.quotes.find(position)
    }

    /// What its reader has given to a message of the run.
    pub fn given(&self, position: Position) -> &[String] {
        self.reacted.find(position).map_or(&[], |set| &set.emoji)
    }

    /// In the order of sending.
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Whoever was spoken of, as last heard.
    pub fn person(&self, id: UserId) -> Option<&Person> {
        self.people.find(id)
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
        self.quote_these(&changes.quotes);
        changes.reacted.iter().for_each(|set| self.reacted(set));
        for row in &changes.rows {
            if let Row::Message(message) = row {
                self.put(message);
            }
        }
        self.number = self.number.max(changes.through);
        Applied::Done
    }

    /// Takes in the page before or after the run. One that was asked for elsewhere in the history (an
    /// answer to a run that was since let go, or a second answer) is dropped.
    pub fn join(&mut self, page: Page) -> Applied {
        let some = !page.messages.is_empty();
        match page.anchor {
            _ if page.room != self.room => return Applied::Done,
            Anchor::Before(before) if self.older && Some(before) == self.oldest() => {
                self.older = page.older && some;
            }
            Anchor::After(after) if self.newer && Some(after) == self.newest() => {
                self.newer = page.newer && some;
            }
            _ => return Applied::Done,
        }
        self.meet(&page.people);
        self.directory = self.directory.min(page.directory);
        self.quote_these(&page.quotes);
        page.reacted.iter().for_each(|set| self.reacted(set));
        for message in page.messages {
            self.arrived(message.client_id);
            self.messages.put(message);
        }
        self.changed.0 += 1;
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

    /// Takes in the answer to one's own reaction: the message, and all that one has given to it by then.
    pub fn has_reacted(&mut self, message: Message, emoji: Vec<String>) {
        self.reacted(&Reacted {
            position: message.position,
            user: self.me,
            version: message.version,
            emoji,
        });
        self.put(&message);
    }

    /// Shows what is on its way into the room, in place of what was shown before. What has arrived is
    /// here already.
    pub fn send(&mut self, pending: Vec<Pending>) {
        for pending in &pending {
            self.know_answered(pending.reply_to);
        }
        // Looked for from the end: what is on its way was written lately.
        let here = |client_id| {
            self.messages
                .iter()
                .rev()
                .any(|message| message.client_id == client_id)
        };
        self.pending = pending
            .into_iter()
            .filter(|pending| !here(pending.client_id))
            .collect();
    }

    /// What a browser keeps of the room for when the server is out of reach: the run's end, as the page
    /// that it would be. Nothing, where it doesn't reach to the room's end.
    pub fn kept(&self, most: usize) -> Option<Page> {
        let over = self.messages.len().saturating_sub(most);
        let messages: Vec<Message> = self.messages.iter().skip(over).cloned().collect();
        let page = Page {
            room: self.room,
            anchor: Anchor::Latest,
            through: self.number,
            older: self.older || over > 0,
            newer: false,
            people: self.people.iter().cloned().collect(),
            directory: self.directory,
            quotes: self.quotes.iter().cloned().collect(),
            reacted: self.reacted.iter().cloned().collect(),
            messages,
        };
        (!self.newer).then_some(page)
    }

    /// The row rule. Messages beside the run are not kept, or it would have holes; the page of
    /// history that brings them brings them as they are then.
    fn put(&mut self, message: &Message) {
        self.arrived(message.client_id);
        if self.quotes.find(message.position).is_some() {
            self.quote_these(&[Quote::of(message)]);
        }
        let before = self.older && self.oldest().is_some_and(|oldest| message.position < oldest);
        let after = self.newer && self.newest().is_some_and(|newest| message.position > newest);
        self.know_answered(message.reply_to);
        let known = self
            .messages
            .find(message.position)
            .is_some_and(|known| known.version >= message.version);
        if !before && !after && !known {
            self.messages.put(message.clone());
            self.changed.0 += 1;
        }
    }

    /// What an own message answers is quoted from here: its answer comes without.
    fn know_answered(&mut self, position: Option<Position>) {
        let answered = position.and_then(|position| self.messages.find(position));
        if let Some(quote) = answered.map(Quote::of) {
            self.quote_these(&[quote]);
        }
    }

    /// The row rule, for what is answered.
    fn quote_these(&mut self, quotes: &[Quote]) {
        for quote in quotes {
            let known = self.quotes.find(quote.position);
            if known.is_none_or(|known| known.version < quote.version) {
                self.quotes.put(quote.clone());
                self.requoted.0 += 1;
            }
        }
    }

    /// The row rule, for its reader's reactions.
    fn reacted(&mut self, set: &Reacted) {
        let known = self.reacted.find(set.position);
        if set.user == self.me && known.is_none_or(|known| known.version < set.version) {
            self.reacted.put(set.clone());
        }
    }

    fn arrived(&mut self, client_id: ClientId) {
        self.pending.retain(|pending| pending.client_id != client_id);
    }

    /// Somebody has another name, handle or picture.
    pub fn met(&mut self, person: &Person) {
        if self.people.find(person.id).is_some() {
            self.people.put(person.clone());
        }
    }

    /// Those who got another name, handle or picture while nobody listened.
    pub fn met_again(&mut self, directory: &Directory) {
        directory.people.iter().for_each(|person| self.met(person));
        if self.directory >= directory.after {
            self.directory = self.directory.max(directory.through);
        }
    }

    fn meet(&mut self, people: &[Person]) {
        people.iter().for_each(|person| self.people.put(person.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserId = UserId(1);

    fn empty() -> Timeline {
        let page = Page {
            room: RoomId(7),
            anchor: Anchor::Latest,
            through: 2,
            messages: vec![],
            older: false,
            newer: false,
            people: vec![],
            directory: 0,
            quotes: vec![],
            reacted: vec![],
        };
        Timeline::new(page, ME)
    }

    fn message(position: Position, client_id: ClientId) -> Message {
        Message {
            position,
            version: position,
            author: ME,
            client_id,
            text: "text".into(),
            ..Message::default()
        }
    }

    #[test]
    fn people_are_as_they_were_at_the_lowest_number_that_was_taken_in() {
        let (anna, anya) = (person("Анна"), person("Аня"));
        let page = |anchor, directory, people| Page {
            anchor,
            directory,
            people,
            older: true,
            messages: vec![message(8, ClientId::new())],
            ..empty().kept(0).unwrap()
        };
        let mut timeline = Timeline::new(page(Anchor::Latest, 5, vec![anna]), ME);
        let known = |timeline: &Timeline| (timeline.directory(), timeline.person(ME).unwrap().name.clone());
        let told = |after, through, people| Directory {
            after,
            through,
            people,
        };
        timeline.met_again(&told(
            5,
            6,
            vec![
                anya.clone(),
                Person {
                    id: UserId(9),
                    ..anya
                },
            ],
        ));
        assert_eq!(known(&timeline), (6, "Аня".into()));
        assert_eq!(timeline.person(UserId(9)), None, "nobody here");
        // Asked before, answered after.
        _ = timeline.join(page(Anchor::Before(8), 4, vec![]));
        assert_eq!(timeline.kept(9).unwrap().directory, 4);
        // What lies between isn't known, so it is asked for once more.
        timeline.met_again(&told(6, 7, vec![]));
        assert_eq!(timeline.directory(), 4);
        timeline.met_again(&told(4, 7, vec![]));
        assert_eq!(timeline.directory(), 7);
    }

    fn person(name: &str) -> Person {
        Person {
            id: ME,
            handle: "anna".into(),
            name: name.into(),
            picture: None,
        }
    }

    #[test]
    fn a_message_that_has_arrived_is_not_shown_as_unsent_again() {
        let mut timeline = empty();
        let unsent = |client_id| Pending {
            client_id,
            text: "text".into(),
            reply_to: None,
            at: 1,
            refused: None,
        };
        let (first, second) = (ClientId::new(), ClientId::new());
        timeline.send(vec![unsent(first), unsent(second)]);
        assert_eq!(timeline.pending().len(), 2);
        timeline.posted(message(5, first));
        assert_eq!(timeline.pending(), [unsent(second)]);
        timeline.send(vec![unsent(first), unsent(second)]);
        assert_eq!(timeline.pending(), [unsent(second)]);
        // What else came before it is still unknown.
        assert_eq!((timeline.messages().count(), timeline.number()), (1, 2));
        assert_eq!(
            timeline.highest(),
            5,
            "a server that knows less has lost something"
        );
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
            quotes: vec![],
            reacted: vec![],
        };
        assert_eq!(timeline.apply(&other), Applied::Done);
        assert_eq!(timeline, empty());
    }
}

#[cfg(test)]
#[path = "timeline_model.rs"]
mod model;
