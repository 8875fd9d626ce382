//! A room on a server and the devices of one reader: sockets that tell in order, late, and are cut off; questions whose
//! answers come whenever they do. Once it is quiet every device counts what the server counts.

use super::*;
use crate::shared::ids::ClientId;
use crate::shared::room::{History, Role, Room, RoomKind};
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

const ROOM: RoomId = RoomId(7);
const ME: UserId = UserId(1);
/// Small pages, so that short histories have many.
const PAGE: usize = 3;

fn person(id: UserId) -> Person {
    Person {
        id,
        handle: format!("p{id}"),
        name: format!("Person {id}"),
        picture: None,
    }
}

/// What a socket says.
#[derive(Clone)]
enum Frame {
    Hello(RoomList),
    Changes(Changes),
    Read {
        last_read: Position,
        unread: (u32, u32),
        through: Version,
    },
    Own(Own),
}

/// What a question is answered with.
enum Answer {
    List(RoomList),
    Changes(Changes),
    Own(Own),
}

struct Server {
    version: Version,
    messages: BTreeMap<Position, Message>,
    last_read: Position,
    own: Own,
}

impl Server {
    /// Messages, and those that name the reader.
    fn unread(&self) -> (u32, u32) {
        let counts = |m: &&Message| m.position > self.last_read && m.author != ME && !m.deleted;
        let unread = self.messages.values().filter(counts);
        let mentions = unread.clone().filter(|m| m.mentions.contains(&ME)).count() as u32;
        ((unread.count() as u32).min(UNREAD_CAP), mentions.min(UNREAD_CAP))
    }

    fn list(&self) -> RoomList {
        let last = self.messages.values().next_back().map(|message| LastMessage {
            position: message.position,
            author: person(message.author),
            posted_at: message.posted_at,
            excerpt: message.text.clone(),
            deleted: message.deleted,
        });
        let room = Room {
            id: ROOM,
            kind: RoomKind::Open,
            name: "room".into(),
            description: String::new(),
            history: History::All,
            closed: false,
            picture: None,
            version: 1,
        };
        let entry = RoomEntry {
            room,
            through: self.version,
            with: None,
            last,
            unread: self.unread().0,
            last_read: self.last_read,
            mentions: self.unread().1,
            members: 4,
            role: Role::Member,
            people: 0,
            draft: None,
            names: Vec::new(),
            own: self.own,
            reach: Default::default(),
            presence: None,
        };
        RoomList {
            epoch: "epoch".into(),
            me: person(ME),
            rooms: vec![entry],
            build: String::new(),
            directory: None,
            no_password: false,
        }
    }

    fn changes(&self, after: Version) -> Changes {
        let mut rows: Vec<Message> = self.messages.values().cloned().collect();
        rows.retain(|row| row.version > after);
        rows.sort_by_key(|row| row.version);
        rows.truncate(PAGE);
        let through = match rows.len() {
            PAGE => rows[PAGE - 1].version,
            _ => self.version,
        };
        Changes {
            room: ROOM,
            after,
            through,
            rows: rows.into_iter().map(Row::Message).collect(),
            people: (1..5).map(|id| person(UserId(id))).collect(),
            quotes: Vec::new(),
            reacted: Vec::new(),
        }
    }

    /// Every change takes a version; the frame that tells of it.
    fn change(&mut self, change: impl FnOnce(&mut BTreeMap<Position, Message>, Version)) -> Vec<Frame> {
        self.version += 1;
        change(&mut self.messages, self.version);
        vec![Frame::Changes(self.changes(self.version - 1))]
    }

    fn post(&mut self, author: UserId) -> Vec<Frame> {
        let mut told = self.change(|messages, position| {
            let message = Message {
                position,
                version: position,
                author,
                client_id: ClientId::new(),
                posted_at: position * 1000,
                edited_at: None,
                deleted: false,
                restored: false,
                reply_to: None,
                forwarded_from: None,
                // Some name the reader.
                mentions: Vec::from_iter((author.0 == 3).then_some(ME)),
                reactions: Vec::new(),
                pinned: false,
                silent: false,
                text: format!("text {position}"),
                blocks: Vec::new(),
            };
            messages.insert(position, message);
        });
        if author != ME {
            told.extend(self.keep_as(OwnChange::Archived(false)));
        }
        told
    }

    /// Edits or deletes the message that is `back` before the last.
    fn touch(&mut self, back: usize, delete: bool) -> Vec<Frame> {
        let mut there = self.messages.values().rev().filter(|message| !message.deleted);
        let Some(position) = there.nth(back).map(|message| message.position) else {
            return Vec::new();
        };
        self.change(|messages, version| {
            let message = messages.get_mut(&position).expect("it is there");
            message.version = version;
            (message.deleted, message.restored) = (delete, false);
            message.text = if delete {
                String::new()
            } else {
                format!("edited {version}")
            };
        })
    }

    /// Takes the last deletion back.
    fn restore(&mut self) -> Vec<Frame> {
        let deleted = self.messages.values().filter(|message| message.deleted);
        let Some(position) = deleted
            .max_by_key(|message| message.version)
            .map(|message| message.position)
        else {
            return Vec::new();
        };
        self.change(|messages, version| {
            let message = messages.get_mut(&position).expect("it is there");
            (message.version, message.deleted, message.restored) = (version, false, true);
            message.text = format!("back {version}");
        })
    }

    fn read(&mut self, position: Position) -> Vec<Frame> {
        self.last_read = self.last_read.max(position.min(self.version));
        let mut told = vec![Frame::Read {
            last_read: self.last_read,
            unread: self.unread(),
            through: self.version,
        }];
        told.extend(self.keep_as(OwnChange::Marked(false)));
        told
    }

    fn keep_as(&mut self, change: OwnChange) -> Option<Frame> {
        let after = self.own.with(change, self.version);
        if after == self.own {
            return None;
        }
        self.own = Own {
            version: self.own.version + 1,
            ..after
        };
        Some(Frame::Own(self.own))
    }
}

/// A page in some browser of the reader's.
struct Device {
    list: List,
    /// What its socket is about to say, if it has one.
    socket: Option<VecDeque<Frame>>,
    answers: Vec<Answer>,
    /// The list is on its way, and there was a reason to ask once more.
    refreshing: bool,
    again: bool,
    /// Read, and not told yet.
    untold: Option<Position>,
}

impl Device {
    fn entry(&self) -> &RoomEntry {
        self.list.get(ROOM).expect("its reader is in the room")
    }

    fn ask_list(&mut self, server: &Server) {
        if std::mem::replace(&mut self.refreshing, true) {
            self.again = true;
        } else {
            self.answers.push(Answer::List(server.list()));
        }
    }

    fn follow(&mut self, server: &Server, applied: Applied) {
        if applied == Applied::AskList {
            self.ask_list(server);
        }
    }

    fn take_list(&mut self, list: RoomList) -> Applied {
        let applied = self.list.renew(list);
        if let Some(position) = self.untold {
            self.list.read_to(ROOM, position);
        }
        applied
    }

    fn hear(&mut self, server: &Server, frame: Frame) {
        let applied = match frame {
            Frame::Hello(list) => {
                (self.refreshing, self.again) = (false, false);
                _ = self.take_list(list);
                Applied::Done
            }
            Frame::Changes(changes) => self.list.apply(ME, &changes),
            Frame::Read {
                last_read,
                unread,
                through,
            } => self.list.read(ROOM, last_read, unread, through),
            Frame::Own(own) => {
                self.list.owned(ROOM, own);
                Applied::Done
            }
        };
        self.follow(server, applied);
    }

    fn take(&mut self, server: &Server, nth: usize) {
        if nth >= self.answers.len() {
            return;
        }
        let applied = match self.answers.remove(nth) {
            Answer::List(list) => {
                self.refreshing = false;
                let applied = self.take_list(list);
                if std::mem::take(&mut self.again) {
                    self.ask_list(server);
                }
                applied
            }
            Answer::Changes(changes) => self.list.apply(ME, &changes),
            Answer::Own(own) => {
                self.list.owned(ROOM, own);
                Applied::Done
            }
        };
        self.follow(server, applied);
    }
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Post {
        by: i64,
    },
    Touch {
        back: usize,
        delete: bool,
    },
    Restore,
    /// Nearly as much as is counted comes at once.
    Flood,
    ReadTo {
        on: usize,
    },
    Tell {
        on: usize,
    },
    Keep {
        on: usize,
        change: OwnChange,
    },
    Hear {
        on: usize,
    },
    Cut {
        on: usize,
    },
    Connect {
        on: usize,
    },
    AskList {
        on: usize,
    },
    CatchUp {
        on: usize,
        back: Version,
    },
    Answer {
        on: usize,
        nth: usize,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let on = || 0..3usize;
    let change = prop_oneof![
        any::<bool>().prop_map(OwnChange::Pinned),
        any::<bool>().prop_map(OwnChange::Archived),
        any::<bool>().prop_map(OwnChange::Marked),
    ];
    prop_oneof![
        8 => (1..4i64).prop_map(|by| Event::Post { by }),
        4 => (0..8usize, any::<bool>()).prop_map(|(back, delete)| Event::Touch { back, delete }),
        1 => Just(Event::Restore),
        1 => Just(Event::Flood),
        5 => on().prop_map(|on| Event::ReadTo { on }),
        5 => on().prop_map(|on| Event::Tell { on }),
        4 => (on(), change).prop_map(|(on, change)| Event::Keep { on, change }),
        20 => on().prop_map(|on| Event::Hear { on }),
        1 => on().prop_map(|on| Event::Cut { on }),
        2 => on().prop_map(|on| Event::Connect { on }),
        2 => on().prop_map(|on| Event::AskList { on }),
        3 => (on(), 0..4i64).prop_map(|(on, back)| Event::CatchUp { on, back }),
        6 => (on(), 0..3usize).prop_map(|(on, nth)| Event::Answer { on, nth }),
    ]
}

struct World {
    server: Server,
    devices: Vec<Device>,
}

impl World {
    fn new() -> Self {
        let server = Server {
            version: 2,
            messages: BTreeMap::new(),
            last_read: 2,
            own: Own::default(),
        };
        let device = |_| Device {
            list: List::new(server.list()),
            socket: Some(VecDeque::new()),
            answers: Vec::new(),
            refreshing: false,
            again: false,
            untold: None,
        };
        let devices = (0..3).map(device).collect();
        Self { server, devices }
    }

    fn tell(&mut self, told: impl IntoIterator<Item = Frame>) {
        for frame in told {
            let sockets = self.devices.iter_mut().flat_map(|device| &mut device.socket);
            sockets.for_each(|socket| socket.push_back(frame.clone()));
        }
    }

    fn happen(&mut self, event: Event) {
        let Self { server, devices } = self;
        match event {
            Event::Post { by } => {
                let told = server.post(UserId(by));
                self.tell(told);
            }
            Event::Touch { back, delete } => {
                let told = server.touch(back, delete);
                self.tell(told);
            }
            Event::Restore => {
                let told = server.restore();
                self.tell(told);
            }
            Event::Flood => (0..UNREAD_CAP - 2).for_each(|_| self.happen(Event::Post { by: 2 })),
            Event::ReadTo { on } => {
                let device = &mut devices[on];
                let end = device.entry().last.as_ref().map_or(0, |last| last.position);
                if device.entry().unread > 0 {
                    device.list.read_to(ROOM, end);
                    device.untold = device.untold.max(Some(end));
                }
            }
            Event::Tell { on } => {
                if let Some(position) = devices[on].untold.take() {
                    let told = server.read(position);
                    self.tell(told);
                }
            }
            Event::Keep { on, change } => {
                devices[on].list.keep_as(ROOM, change, server.version);
                let told = server.keep_as(change);
                devices[on].answers.push(Answer::Own(server.own));
                self.tell(told);
            }
            Event::Hear { on } => {
                if let Some(frame) = devices[on].socket.as_mut().and_then(VecDeque::pop_front) {
                    devices[on].hear(server, frame);
                }
            }
            Event::Cut { on } => devices[on].socket = None,
            Event::Connect { on } => {
                devices[on].socket = Some(VecDeque::from([Frame::Hello(server.list())]));
            }
            Event::AskList { on } => devices[on].ask_list(server),
            Event::CatchUp { on, back } => {
                let after = (devices[on].entry().through - back).max(0);
                devices[on].answers.push(Answer::Changes(server.changes(after)));
            }
            Event::Answer { on, nth } => devices[on].take(server, nth),
        }
    }

    /// All are connected, everything arrives, and a heartbeat's sum is compared.
    fn quieten(&mut self) {
        for on in 0..3 {
            if self.devices[on].socket.is_none() {
                self.happen(Event::Connect { on });
            }
            self.happen(Event::Tell { on });
        }
        for on in 0..3 {
            loop {
                while self.devices[on]
                    .socket
                    .as_ref()
                    .is_some_and(|socket| !socket.is_empty())
                {
                    self.happen(Event::Hear { on });
                }
                if !self.devices[on].answers.is_empty() {
                    self.happen(Event::Answer { on, nth: 0 });
                } else if self.devices[on].entry().through != self.server.version {
                    self.happen(Event::AskList { on });
                } else {
                    break;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn at_rest_every_device_counts_what_the_server_counts(events in prop::collection::vec(event(), 0..150)) {
        let mut world = World::new();
        events.into_iter().for_each(|event| world.happen(event));
        world.quieten();
        let right = List::new(world.server.list());
        for device in &world.devices {
            prop_assert_eq!(&device.list, &right);
        }
    }
}
