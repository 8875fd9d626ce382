//! Who hears what: the sockets that are open now, whose they are, and which rooms those people
//! are in. Holds nothing that the database doesn't know better.

use crate::shared::draft::Draft;
use crate::shared::ids::{Position, RoomId, UserId, Version};
use crate::shared::live::{Changes, ToBrowser};
use crate::shared::room::RoomEntry;
use axum::extract::ws::Utf8Bytes;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};
use tokio::sync::mpsc;

/// Frames that may wait for one socket. Past it the browser is too slow: it is closed with 1013
/// and comes back by its number.
const QUEUE: usize = 256;

/// Sockets of one person, at most: the oldest makes room.
const SOCKETS_EACH: usize = 32;

/// Something that was committed, for those whom it concerns.
#[derive(Clone, Debug)]
pub enum News {
    /// Rows of a room, for everyone in it.
    Changes(Changes),
    /// The person is in the room from here on; their line of the list.
    Joined { user: UserId, entry: Box<RoomEntry> },
    /// The person is out of the room.
    Left { user: UserId, room: RoomId },
    /// The person has read: for their own devices.
    Read {
        user: UserId,
        room: RoomId,
        last_read: Position,
        unread: u32,
    },
    /// What the person has typed and not sent in a room: for their own devices.
    Draft {
        user: UserId,
        room: RoomId,
        draft: Option<Draft>,
    },
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

/// What waits for a socket.
#[derive(Clone, Debug)]
pub enum Frame {
    Text(Utf8Bytes),
    End(Ending),
}

#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next_socket: u64,
    stopping: bool,
    people: HashMap<UserId, Vec<Socket>>,
    rooms: HashMap<RoomId, Audience>,
}

struct Socket {
    id: u64,
    session: SessionKey,
    frames: mpsc::Sender<Frame>,
    /// Set once, so that the end is known even when the queue has no place for it.
    ending: std::sync::Arc<Mutex<Option<Ending>>>,
}

#[derive(Default)]
struct Audience {
    version: Version,
    here: HashSet<UserId>,
}

/// One socket's end of the hub; it is forgotten when this is dropped.
pub struct Subscription {
    pub user: UserId,
    pub frames: mpsc::Receiver<Frame>,
    pub ending: std::sync::Arc<Mutex<Option<Ending>>>,
    id: u64,
    hub: std::sync::Arc<Hub>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.lock().disconnect(self.user, self.id);
    }
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// From here on what concerns the person is kept for this socket. Their rooms follow by
    /// [`watch`](Self::watch), and only then is the list read: so nothing falls between.
    pub fn connect(self: &std::sync::Arc<Self>, user: UserId, session: SessionKey) -> Subscription {
        let (sender, frames) = mpsc::channel(QUEUE);
        let ending = std::sync::Arc::new(Mutex::new(None));
        let mut inner = self.lock();
        inner.next_socket += 1;
        let id = inner.next_socket;
        let sockets = inner.people.entry(user).or_default();
        if sockets.len() >= SOCKETS_EACH {
            sockets.remove(0).end(Ending::TooSlow);
        }
        let socket = Socket {
            id,
            session,
            frames: sender,
            ending: ending.clone(),
        };
        if inner.stopping {
            socket.end(Ending::Stopping);
        } else if let Some(sockets) = inner.people.get_mut(&user) {
            sockets.push(socket);
        }
        Subscription {
            user,
            frames,
            ending,
            id,
            hub: self.clone(),
        }
    }

    /// The person hears what happens in these rooms.
    pub fn watch(&self, user: UserId, rooms: impl IntoIterator<Item = RoomId>) {
        let mut inner = self.lock();
        for room in rooms {
            inner.rooms.entry(room).or_default().here.insert(user);
        }
    }

    /// Squares the audience with a list read after [`watch`](Self::watch): a room that the person
    /// left between the two is not in it.
    pub fn settle(&self, user: UserId, watched: &[RoomId], list: &[RoomEntry]) {
        let mut inner = self.lock();
        for entry in list {
            // Somebody may have left since the list was read; then there is nobody to keep it for.
            if let Some(audience) = inner.rooms.get_mut(&entry.room.id) {
                audience.version = audience.version.max(entry.through);
            }
        }
        let kept: HashSet<RoomId> = list.iter().map(|entry| entry.room.id).collect();
        for room in watched.iter().filter(|room| !kept.contains(room)) {
            inner.leave(user, *room);
        }
    }

    /// How many rooms the person is in, and the sum of their versions. Versions only grow, so a
    /// browser that is behind anywhere has a smaller sum.
    pub fn sum(&self, user: UserId) -> (u32, i64) {
        let inner = self.lock();
        let theirs = inner
            .rooms
            .values()
            .filter(|audience| audience.here.contains(&user));
        theirs.fold((0, 0), |(rooms, sum), audience| {
            (rooms + 1, sum + audience.version)
        })
    }

    /// Tells what was committed. The audience changes before the frame that says so goes out.
    pub fn publish(&self, news: News) {
        let mut inner = self.lock();
        match news {
            News::Changes(changes) => {
                let room = changes.room;
                let through = changes.through;
                let Some(audience) = inner.rooms.get_mut(&room) else {
                    return;
                };
                audience.version = audience.version.max(through);
                let here: Vec<UserId> = audience.here.iter().copied().collect();
                let text = encode(&ToBrowser::Changes(changes));
                here.into_iter().for_each(|user| inner.tell(user, &text));
            }
            News::Joined { user, entry } => {
                if !inner.people.contains_key(&user) {
                    return;
                }
                let audience = inner.rooms.entry(entry.room.id).or_default();
                audience.version = audience.version.max(entry.through);
                audience.here.insert(user);
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
            } => {
                inner.tell(
                    user,
                    &encode(&ToBrowser::Read {
                        room,
                        last_read,
                        unread,
                    }),
                );
            }
            News::Draft { user, room, draft } => {
                inner.tell(user, &encode(&ToBrowser::Draft { room, draft }));
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
    fn tell(&mut self, user: UserId, text: &Utf8Bytes) {
        let Some(sockets) = self.people.get_mut(&user) else {
            return;
        };
        sockets.retain(|socket| match socket.frames.try_send(Frame::Text(text.clone())) {
            Ok(()) => true,
            Err(_) => {
                socket.end(Ending::TooSlow);
                false
            }
        });
    }

    fn end(&mut self, ending: Ending, whose: impl Fn(&Socket) -> bool) {
        for sockets in self.people.values_mut() {
            sockets.retain(|socket| {
                let ends = whose(socket);
                if ends {
                    socket.end(ending);
                }
                !ends
            });
        }
    }

    fn leave(&mut self, user: UserId, room: RoomId) {
        if let Some(audience) = self.rooms.get_mut(&room) {
            audience.here.remove(&user);
            if audience.here.is_empty() {
                self.rooms.remove(&room);
            }
        }
    }

    fn disconnect(&mut self, user: UserId, id: u64) {
        let Some(sockets) = self.people.get_mut(&user) else {
            return;
        };
        sockets.retain(|socket| socket.id != id);
        if sockets.is_empty() {
            self.people.remove(&user);
            self.rooms.retain(|_, audience| {
                audience.here.remove(&user);
                !audience.here.is_empty()
            });
        }
    }
}

impl Socket {
    fn end(&self, ending: Ending) {
        *self
            .ending
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(ending);
        // A full queue: the socket's loop looks at `ending` before each frame that it sends.
        let _ = self.frames.try_send(Frame::End(ending));
    }
}

/// Once for all who hear it: the bytes are shared.
pub fn encode(frame: &ToBrowser) -> Utf8Bytes {
    serde_json::to_string(frame)
        .expect("the wire's types are plain data")
        .into()
}
