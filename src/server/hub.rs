//! Who hears what: the sockets that are open now, whose they are, and which rooms those people
//! are in. Holds nothing that the database doesn't know better, but for who looks at the page.

mod presence;
mod queue;

use self::queue::{Frame, Queue};
use crate::shared::draft::Draft;
use crate::shared::ids::{Position, RoomId, UserId, Version};
use crate::shared::limits::RECEIPT_PEOPLE;
use crate::shared::live::{Changes, Row, ToBrowser};
use crate::shared::own::Own;
use crate::shared::receipt::{Presence, Reach};
use crate::shared::room::RoomEntry;
use axum::extract::ws::Utf8Bytes;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sockets of one person, at most: the oldest makes room.
const SOCKETS_EACH: usize = 32;

/// Something that was committed, for those whom it concerns.
#[derive(Clone, Debug)]
pub enum News {
    /// Rows of a room, for everyone in it as far as they may see them.
    Changes(Changes),
    /// Rows that only this person may see. The others are told that the room's version went on.
    Withheld { author: UserId, changes: Changes },
    /// The person is in the room from here on, and sees its messages after a position; their line of the list.
    Joined {
        user: UserId,
        entry: Box<RoomEntry>,
        sees_from: Position,
    },
    /// The person is out of the room.
    Left { user: UserId, room: RoomId },
    /// The person has read: for their own devices.
    Read {
        user: UserId,
        room: RoomId,
        last_read: Position,
        unread: u32,
        mentions: u32,
        through: Version,
    },
    /// How far the room's messages have come with the others: for the person's devices.
    Reached {
        user: UserId,
        room: RoomId,
        reach: Reach,
    },
    /// Whether a person is there, for those who may know.
    Presence {
        to: Vec<UserId>,
        person: UserId,
        presence: Option<Presence>,
    },
    /// What the person has typed and not sent in a room: for their own devices.
    Draft {
        user: UserId,
        room: RoomId,
        draft: Option<Draft>,
    },
    /// How a conversation stands in the person's list: for their own devices.
    Own { user: UserId, room: RoomId, own: Own },
    /// The person has another name or picture: for everyone, who may all find them.
    Person(crate::shared::user::Person),
    /// The session is over: its sockets close.
    SignedOut { session: SessionKey },
}

/// The hash of a session's token.
pub type SessionKey = [u8; 32];

/// Why the server ends a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    TooSlow,
    SignedOut,
    Stopping,
}

#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next_socket: u64,
    stopping: bool,
    /// Counts when people come into rooms: see [`Hub::watch`].
    clock: u64,
    people: HashMap<UserId, Person>,
    rooms: HashMap<RoomId, Audience>,
    /// Those who were told to be there.
    online: HashSet<UserId>,
    /// The frame that is being told, encoded once for all who hear the same.
    shared: Option<Utf8Bytes>,
}

/// Somebody with an open socket.
#[derive(Default)]
struct Person {
    sockets: Vec<Socket>,
    /// The rooms that they are in, and when this was learnt.
    rooms: HashMap<RoomId, u64>,
}

#[derive(Default)]
struct Audience {
    version: Version,
    /// Who is here, and after which position they see the messages.
    here: HashMap<UserId, Position>,
    /// Authors are told how far their messages have come.
    small: bool,
}

impl Audience {
    /// What a line of somebody's list says of it.
    fn learn(&mut self, entry: &RoomEntry) {
        if entry.through >= self.version {
            self.version = entry.through;
            self.small = entry.with.is_some() || entry.members as usize <= RECEIPT_PEOPLE;
        }
    }
}

struct Socket {
    id: u64,
    session: SessionKey,
    queue: Arc<Queue>,
    /// Somebody can see its page.
    visible: bool,
}

/// One socket's end of the hub; it is forgotten when this is dropped.
pub struct Subscription {
    pub user: UserId,
    id: u64,
    queue: Arc<Queue>,
    hub: Arc<Hub>,
}

impl Subscription {
    /// The next frame to send. Once the socket is to end, nothing else comes.
    ///
    /// # Errors
    /// Why it ends.
    pub async fn next(&self) -> Result<Frame, Ending> {
        loop {
            if let Some(next) = self.queue.take() {
                return next;
            }
            self.queue.more.notified().await;
        }
    }

    /// Puts a heartbeat into the queue: how many rooms the person is in, and the sum of their
    /// versions. Versions only grow, so a browser that is behind anywhere has a smaller sum; and in the
    /// queue it comes after just what it counts.
    pub fn beat(&self) {
        let mut inner = self.hub.lock();
        let (rooms, versions) = inner.sum(self.user);
        let text = encode(&ToBrowser::Heartbeat { rooms, versions });
        inner.tell_sockets(self.user, &text.into(), |socket| socket.id == self.id);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.lock().disconnect(self.user, self.id);
    }
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on what concerns the person is kept for this socket. Their rooms follow by
    /// [`watch`](Self::watch), and only then is the list read: so nothing falls between.
    pub fn connect(self: &Arc<Self>, user: UserId, session: SessionKey) -> Subscription {
        let queue = Arc::new(Queue::default());
        let mut inner = self.lock();
        inner.next_socket += 1;
        let id = inner.next_socket;
        if inner.stopping {
            queue.end(Ending::Stopping);
        } else {
            let sockets = &mut inner.people.entry(user).or_default().sockets;
            if sockets.len() >= SOCKETS_EACH {
                sockets.remove(0).queue.end(Ending::TooSlow);
            }
            sockets.push(Socket {
                id,
                session,
                queue: queue.clone(),
                visible: false,
            });
        }
        drop(inner);
        Subscription {
            user,
            id,
            queue,
            hub: self.clone(),
        }
    }

    /// The person hears what happens in these rooms. The answer is the moment at which this was so,
    /// for [`settle`](Self::settle).
    ///
    /// `rooms` come with the position after which the person sees the messages.
    pub fn watch(&self, user: UserId, rooms: impl IntoIterator<Item = (RoomId, Position)>) -> u64 {
        let mut inner = self.lock();
        let moment = inner.tick();
        for (room, sees_from) in rooms {
            inner.enter(user, room, sees_from, moment);
        }
        moment
    }

    /// Squares the audience with a list read after [`watch`](Self::watch): a room that the person
    /// left between the two is not in it. One that they came into since the watching stays.
    pub fn settle(&self, user: UserId, watched: u64, list: &[RoomEntry]) {
        let mut inner = self.lock();
        for entry in list {
            // Somebody may have left since the list was read; then there is nobody to keep it for.
            if let Some(audience) = inner.rooms.get_mut(&entry.room.id) {
                audience.learn(entry);
            }
        }
        let kept: HashSet<RoomId> = list.iter().map(|entry| entry.room.id).collect();
        let known = inner.people.get(&user).map(|person| &person.rooms);
        let left: Vec<RoomId> = known
            .into_iter()
            .flatten()
            .filter(|(room, since)| **since <= watched && !kept.contains(room))
            .map(|(room, _)| *room)
            .collect();
        left.into_iter().for_each(|room| inner.leave(user, room));
    }

    /// Tells what was committed. The audience changes before the frame that says so goes out.
    pub fn publish(&self, news: News) {
        let mut inner = self.lock();
        match news {
            News::Changes(changes) => {
                for (user, sees_from) in inner.audience(&changes) {
                    // Nearly always everyone sees everything, and the bytes are shared.
                    inner.tell_changes(user, &changes, seen_from(&changes, sees_from));
                }
                inner.shared = None;
            }
            News::Withheld { author, changes } => {
                for (user, _) in inner.audience(&changes) {
                    let others = (user != author).then(|| blank(&changes));
                    inner.tell_changes(user, &changes, others);
                }
                inner.shared = None;
            }
            News::Joined {
                user,
                mut entry,
                sees_from,
            } => {
                inner.note(&mut entry);
                let moment = inner.tick();
                if let Some(audience) = inner.enter(user, entry.room.id, sees_from, moment) {
                    audience.learn(&entry);
                }
                inner.tell(user, &encode(&ToBrowser::Joined(*entry)));
            }
            News::Left { user, room } => {
                inner.leave(user, room);
                inner.tell(user, &encode(&ToBrowser::Left { room }));
            }
            News::Read {
                user,
                room,
                last_read,
                unread,
                mentions,
                through,
            } => {
                let read = ToBrowser::Read {
                    room,
                    last_read,
                    unread,
                    mentions,
                    through,
                };
                inner.tell(user, &encode(&read));
            }
            News::Reached { user, room, reach } => {
                inner.tell(user, &encode(&ToBrowser::Reached { room, reach }));
            }
            News::Presence { to, person, presence } => {
                let text = encode(&ToBrowser::Presence { person, presence });
                to.into_iter().for_each(|user| inner.tell(user, &text));
            }
            News::Draft { user, room, draft } => {
                inner.tell(user, &encode(&ToBrowser::Draft { room, draft }));
            }
            News::Own { user, room, own } => inner.tell(user, &encode(&ToBrowser::Own { room, own })),
            News::Person(person) => {
                let text = encode(&ToBrowser::Person(person));
                let everyone: Vec<UserId> = inner.people.keys().copied().collect();
                everyone.into_iter().for_each(|user| inner.tell(user, &text));
            }
            News::SignedOut { session } => inner.end(Ending::SignedOut, |socket| socket.session == session),
        }
    }

    /// Ends every socket, and those that come from now on.
    pub fn stop(&self) {
        let mut inner = self.lock();
        inner.stopping = true;
        inner.end(Ending::Stopping, |_| true);
    }
}

impl Inner {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn sum(&self, user: UserId) -> (u32, i64) {
        let theirs = self.people.get(&user).map(|person| &person.rooms);
        let audiences = theirs
            .into_iter()
            .flat_map(HashMap::keys)
            .filter_map(|room| self.rooms.get(room));
        audiences.fold((0, 0), |(rooms, sum), audience| {
            (rooms + 1, sum + audience.version)
        })
    }

    fn tell(&mut self, user: UserId, text: &Utf8Bytes) {
        self.tell_sockets(user, &text.clone().into(), |_| true);
    }

    fn tell_sockets(&mut self, user: UserId, frame: &Frame, whose: impl Fn(&Socket) -> bool) {
        if let Some(person) = self.people.get_mut(&user) {
            person
                .sockets
                .retain(|socket| !whose(socket) || socket.queue.push(frame));
            self.forget_if_gone(user);
        }
    }

    fn end(&mut self, ending: Ending, whose: impl Fn(&Socket) -> bool) {
        let mut theirs = Vec::new();
        for (user, person) in &mut self.people {
            let ended = person.sockets.extract_if(.., |socket| whose(socket));
            if ended.map(|socket| socket.queue.end(ending)).count() > 0 {
                theirs.push(*user);
            }
        }
        theirs.into_iter().for_each(|user| self.forget_if_gone(user));
    }

    /// The person is in the room; nobody to note it of, if they have no socket.
    fn enter(
        &mut self,
        user: UserId,
        room: RoomId,
        sees_from: Position,
        moment: u64,
    ) -> Option<&mut Audience> {
        self.people.get_mut(&user)?.rooms.insert(room, moment);
        let audience = self.rooms.entry(room).or_default();
        audience.here.insert(user, sees_from);
        Some(audience)
    }

    /// Those who hear of a change in a room, which is at its version from here on.
    fn audience(&mut self, changes: &Changes) -> Vec<(UserId, Position)> {
        let Some(audience) = self.rooms.get_mut(&changes.room) else {
            return Vec::new();
        };
        audience.version = audience.version.max(changes.through);
        audience.here.iter().map(|(user, from)| (*user, *from)).collect()
    }

    /// Tells one of them: the changes, or what they may see instead.
    fn tell_changes(&mut self, user: UserId, changes: &Changes, instead: Option<Changes>) {
        let seen = instead.as_ref().unwrap_or(changes);
        let brings = self.brings(user, seen);
        let text = match instead {
            Some(instead) => encode(&ToBrowser::Changes(instead)),
            None => {
                let whole = || encode(&ToBrowser::Changes(changes.clone()));
                self.shared.get_or_insert_with(whole).clone()
            }
        };
        self.tell_sockets(user, &Frame { text, brings }, |_| true);
    }

    /// The latest message of others among the changes, where its author is told that it has come.
    fn brings(&self, user: UserId, changes: &Changes) -> Option<(RoomId, Position)> {
        let room = changes.room;
        if !self.rooms.get(&room).is_some_and(|audience| audience.small) {
            return None;
        }
        let messages = changes.rows.iter().filter_map(Row::message);
        let posted = messages.filter(|message| message.version == message.position && message.author != user);
        let last = posted.map(|message| message.position).max()?;
        Some((room, last))
    }

    fn leave(&mut self, user: UserId, room: RoomId) {
        if let Some(person) = self.people.get_mut(&user) {
            person.rooms.remove(&room);
        }
        if let Some(audience) = self.rooms.get_mut(&room) {
            audience.here.remove(&user);
            if audience.here.is_empty() {
                self.rooms.remove(&room);
            }
        }
    }

    fn disconnect(&mut self, user: UserId, id: u64) {
        if let Some(person) = self.people.get_mut(&user) {
            person.sockets.retain(|socket| socket.id != id);
            self.forget_if_gone(user);
        }
    }

    /// With the last socket its person leaves every room here.
    fn forget_if_gone(&mut self, user: UserId) {
        if let Some(person) = self.people.get(&user)
            && person.sockets.is_empty()
        {
            let rooms: Vec<RoomId> = person.rooms.keys().copied().collect();
            rooms.into_iter().for_each(|room| self.leave(user, room));
            self.people.remove(&user);
        }
    }
}

/// The changes as somebody may see them who sees the messages after a position; nothing, if that is all of them.
fn seen_from(changes: &Changes, sees_from: Position) -> Option<Changes> {
    let hidden = |position: Position| position <= sees_from;
    let rows = changes.rows.iter().filter_map(Row::message);
    let quotes = changes.quotes.iter().map(|quote| quote.position);
    if !rows.map(|message| message.position).chain(quotes).any(hidden) {
        return None;
    }
    let mut seen = changes.clone();
    seen.rows
        .retain(|row| !row.message().is_some_and(|message| hidden(message.position)));
    seen.quotes.retain(|quote| !hidden(quote.position));
    seen.reacted.retain(|set| !hidden(set.position));
    Some(seen)
}

/// That something happened, and nothing of what.
fn blank(changes: &Changes) -> Changes {
    Changes {
        room: changes.room,
        after: changes.after,
        through: changes.through,
        rows: Vec::new(),
        people: Vec::new(),
        quotes: Vec::new(),
        reacted: Vec::new(),
    }
}

/// Once for all who hear it: the bytes are shared.
pub fn encode(frame: &ToBrowser) -> Utf8Bytes {
    serde_json::to_string(frame)
        .expect("the wire's types are plain data")
        .into()
}

#[cfg(test)]
mod tests;
