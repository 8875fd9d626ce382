//! What was sent, answered and shown, in the order in which it happened: in memory for the checks, in
//! a file for whoever wants to know how it came about.

use digital_messages::shared::ids::{ClientId, Position, RoomId, UserId, Version};
use digital_messages::shared::message::Message;
use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::fs::File;
use std::hash::Hasher;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A message's text; none: deleted.
pub type Content = Option<String>;

/// What its sender knows of a message.
#[derive(Clone, Debug)]
pub struct Post {
    pub author: UserId,
    pub room: RoomId,
    /// When it was first sent, by the journal's count of events.
    pub sent: u64,
    /// When the answer came, and the position that it gave.
    pub answered: Option<(u64, Position)>,
    /// As it was last acknowledged.
    pub content: Content,
    /// Sent and not answered yet: it may be so or not.
    pub wanted: Option<Content>,
    /// What it was given, and whether that was acknowledged.
    pub marks: Vec<(Mark, bool)>,
}

/// What a message can be given besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Reaction,
    Pin,
}

/// What readers were shown at a position.
#[derive(Clone, Debug)]
pub struct Seen {
    pub client_id: ClientId,
    /// Each version with a hash of all its bytes.
    pub versions: Vec<(Version, u64)>,
}

/// Everything that the checks need to know, kept while it happens.
#[derive(Default)]
pub struct Events {
    count: u64,
    pub posts: HashMap<ClientId, Post>,
    pub seen: HashMap<(RoomId, Position), Seen>,
    places: HashMap<ClientId, (RoomId, Position)>,
    tags: HashMap<String, ClientId>,
    /// What was wrong already while it happened.
    pub wrong: Vec<String>,
    /// How many times somebody was shown something.
    pub shown: u64,
    /// From losing the connection until a reader had everything again.
    pub blackouts: Vec<Duration>,
    /// From sending a message until it was shown.
    pub delays: Vec<Duration>,
}

pub struct Journal {
    start: Instant,
    file: Mutex<BufWriter<File>>,
    events: Mutex<Events>,
}

impl Journal {
    pub fn new(folder: &Path) -> Journal {
        let file = BufWriter::new(File::create(folder.join("journal.txt")).unwrap());
        Journal {
            start: Instant::now(),
            file: Mutex::new(file),
            events: Mutex::default(),
        }
    }

    pub fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Microseconds since the journal was begun.
    pub fn now(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    fn write(&self, line: &str) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{} {line}", self.now()).unwrap();
    }

    pub fn flush(&self) {
        self.file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
            .unwrap();
    }

    pub fn wrong(&self, what: String) {
        self.write(&format!("WRONG {what}"));
        self.events().wrong.push(what);
    }

    /// A message goes onto the wire for the first time.
    pub fn posting(&self, author: UserId, room: RoomId, client_id: ClientId, text: &str) {
        self.write(&format!("sent {author} {room} {client_id} {}", tag(text)));
        let mut events = self.events();
        events.count += 1;
        let (sent, wanted) = (events.count, Some(Some(text.to_owned())));
        let post = Post {
            author,
            room,
            sent,
            answered: None,
            content: None,
            wanted,
            marks: Vec::new(),
        };
        events.posts.insert(client_id, post);
    }

    pub fn posted(&self, client_id: ClientId, answer: &Message) {
        self.write(&format!("acknowledged {client_id} at {}", answer.position));
        let mut events = self.events();
        events.count += 1;
        let now = events.count;
        let post = events.posts.get_mut(&client_id).expect("it was sent");
        post.answered = Some((now, answer.position));
        post.content = post.wanted.take().expect("it was wanted");
        if post.content.as_ref() != Some(&answer.text) || answer.client_id != client_id {
            events.wrong.push(format!(
                "I1 {client_id} was answered by another message: {answer:?}"
            ));
        }
    }

    /// An edit or a deletion goes onto the wire.
    pub fn changing(&self, client_id: ClientId, to: Content) {
        self.write(&format!(
            "change {client_id} to {}",
            to.as_deref().map_or("nothing", tag)
        ));
        self.events()
            .posts
            .get_mut(&client_id)
            .expect("it was sent")
            .wanted = Some(to);
    }

    pub fn changed(&self, client_id: ClientId, answer: &Message) {
        self.write(&format!("changed {client_id} at version {}", answer.version));
        let mut events = self.events();
        let post = events.posts.get_mut(&client_id).expect("it was sent");
        post.content = post.wanted.take().expect("it was wanted");
    }

    /// A message is to be given something.
    pub fn marking(&self, client_id: ClientId, mark: Mark) {
        self.write(&format!("mark {client_id} by {mark:?}"));
        let mut events = self.events();
        let post = events.posts.get_mut(&client_id).expect("it was sent");
        post.marks.push((mark, false));
    }

    pub fn marked(&self, client_id: ClientId, mark: Mark) {
        self.write(&format!("marked {client_id} by {mark:?}"));
        let mut events = self.events();
        let post = events.posts.get_mut(&client_id).expect("it was sent");
        for (_, acknowledged) in post.marks.iter_mut().filter(|(known, _)| *known == mark) {
            *acknowledged = true;
        }
    }

    /// A reader shows a message that it did not show before, or shows it otherwise.
    pub fn shown(&self, reader: UserId, room: RoomId, message: &Message) {
        let (position, version) = (message.position, message.version);
        let hash = hash(message);
        self.write(&format!("shown {reader} {room}/{position}@{version} {hash:016x}"));
        let mut events = self.events();
        events.shown += 1;
        if let Some(wrong) = events.see(room, message, hash) {
            events
                .wrong
                .push(format!("{wrong} (reader {reader}, {room}/{position}@{version})"));
        }
    }

    pub fn delay(&self, delay: Duration) {
        self.events().delays.push(delay);
    }

    /// A reader was cut off for so long.
    pub fn blackout(&self, lasted: Duration) {
        self.events().blackouts.push(lasted);
    }
}

impl Events {
    /// Answers with what is wrong about it.
    fn see(&mut self, room: RoomId, message: &Message, hash: u64) -> Option<&'static str> {
        let (place, id) = ((room, message.position), message.client_id);
        if *self.places.entry(id).or_insert(place) != place {
            return Some("I2 one message is shown at two places");
        }
        if !message.deleted && *self.tags.entry(tag(&message.text).into()).or_insert(id) != id {
            return Some("I2 one body is shown under two ids");
        }
        let seen = match self.seen.entry(place) {
            Entry::Occupied(seen) => seen.into_mut(),
            Entry::Vacant(free) => free.insert(Seen {
                client_id: id,
                versions: Vec::new(),
            }),
        };
        if seen.client_id != id {
            return Some("I3 two messages are shown at one place");
        }
        match seen
            .versions
            .iter()
            .find(|(version, _)| *version == message.version)
        {
            Some((_, known)) if *known != hash => Some("I3 one version is shown in two ways"),
            Some(_) => None,
            None => {
                seen.versions.push((message.version, hash));
                None
            }
        }
    }
}

/// A text begins with a word that no other message has.
pub fn tag(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// Of all that a reader gets of a message.
pub fn hash(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(&serde_json::to_vec(message).unwrap());
    hasher.finish()
}
