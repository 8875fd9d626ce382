//! A room on a server, a network that delays, loses, doubles and reorders, and a reader with a
//! timeline and a list: whatever happens, once it is quiet the reader has what a fresh page has.

use super::*;
use crate::shared::limits::UNREAD_CAP;
use crate::shared::live::RoomList;
use crate::shared::message::Reaction;
use crate::shared::room::{History, LastMessage, Membership, Role, Room, RoomEntry, RoomKind};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ROOM: RoomId = RoomId(7);
const ME: UserId = UserId(1);
/// Small pages, so that short histories have many.
const PAGE: usize = 3;

fn person(id: i64) -> Person {
    Person {
        id: UserId(id),
        handle: format!("p{id}"),
        name: format!("Person {id}"),
        picture: None,
    }
}

/// The room as the server has it.
#[derive(Clone)]
struct Server {
    version: Version,
    messages: BTreeMap<Position, Message>,
    room: Room,
    members: BTreeMap<UserId, Membership>,
    last_read: Position,
    /// What the reader has given to messages.
    given: BTreeMap<Position, Reacted>,
}

impl Server {
    fn new(messages: usize) -> Self {
        let me = Membership {
            user: ME,
            here: true,
            role: Role::Member,
            since: 2,
            version: 2,
        };
        let mut server = Self {
            version: 2,
            messages: BTreeMap::new(),
            room: Room {
                id: ROOM,
                kind: RoomKind::Open,
                name: "room".into(),
                description: String::new(),
                history: History::All,
                closed: false,
                picture: None,
                version: 1,
            },
            members: BTreeMap::from([(ME, me)]),
            last_read: 2,
            given: BTreeMap::new(),
        };
        (0..messages).for_each(|nth| drop(server.post(UserId(2 + nth as i64 % 2), ClientId::new())));
        server
    }

    fn step(&mut self) -> Version {
        self.version += 1;
        self.version
    }

    /// The frame that tells of the last step.
    fn frame(&self, row: Option<Row>) -> Changes {
        let answered = row.as_ref().and_then(|row| row.message()?.reply_to);
        Changes {
            room: ROOM,
            after: self.version - 1,
            through: self.version,
            rows: Vec::from_iter(row),
            people: (1..5).map(person).collect(),
            quotes: self.quotes(answered),
            reacted: Vec::new(),
        }
    }

    fn quotes(&self, answered: impl IntoIterator<Item = Position>) -> Vec<Quote> {
        let answered = answered.into_iter().filter_map(|place| self.messages.get(&place));
        answered.map(Quote::of).collect()
    }

    fn post(&mut self, author: UserId, client_id: ClientId) -> Changes {
        let position = self.step();
        let message = Message {
            position,
            version: position,
            author,
            client_id,
            posted_at: position * 1000,
            text: format!("text {position}"),
            // Some answer another one, and some mention the reader.
            reply_to: self
                .messages
                .keys()
                .nth(position as usize % 5)
                .copied()
                .filter(|_| position % 3 == 0),
            mentions: Vec::from_iter((author != ME && position % 2 == 0).then_some(ME)),
            ..Message::default()
        };
        self.messages.insert(position, message.clone());
        self.frame(Some(Row::Message(message)))
    }

    /// One's own post: sent again, it changes nothing and answers with the message as it is.
    fn post_once(&mut self, client_id: ClientId) -> (Message, Option<Changes>) {
        let stored = |server: &Self| {
            server
                .messages
                .values()
                .find(|message| message.client_id == client_id)
                .cloned()
        };
        let frame = stored(self).is_none().then(|| self.post(ME, client_id));
        (stored(self).expect("it was posted"), frame)
    }

    /// Does something with the message that is `back` messages before the last.
    fn change(&mut self, back: usize, what: Change) -> Option<Changes> {
        let deleted = what == Change::Restore;
        let fits = |(_, message): &(&Position, &Message)| message.deleted == deleted;
        let position = *self.messages.iter().rev().filter(fits).nth(back)?.0;
        let version = self.step();
        let message = self.messages.get_mut(&position)?;
        message.version = version;
        message.restored = deleted;
        let mut reacted = Vec::new();
        match what {
            Change::Edit => {
                message.edited_at = Some(version * 1000);
                message.text = format!("text {position}, edited at {version}");
            }
            Change::Delete => {
                message.deleted = true;
                message.text.clear();
            }
            Change::Restore => {
                message.deleted = false;
                message.text = format!("text {position}, again at {version}");
            }
            Change::Pin => message.pinned = !message.pinned,
            Change::React { mine } => {
                let emoji = "👍".to_owned();
                message.reactions = vec![Reaction {
                    emoji: emoji.clone(),
                    count: version as u32,
                }];
                let set = Reacted {
                    position,
                    user: if mine { ME } else { UserId(3) },
                    version,
                    emoji: vec![emoji, version.to_string()],
                };
                if mine {
                    self.given.insert(position, set.clone());
                }
                reacted.push(set);
            }
        }
        let row = Row::Message(message.clone());
        Some(Changes {
            reacted,
            ..self.frame(Some(row))
        })
    }

    /// Somebody comes or goes.
    fn move_member(&mut self, user: UserId) -> Changes {
        let version = self.step();
        let here = !self.members.get(&user).is_some_and(|member| member.here);
        let member = Membership {
            user,
            here,
            role: Role::Member,
            since: version,
            version,
        };
        self.members.insert(user, member.clone());
        self.frame(Some(Row::Member(member)))
    }

    fn rename(&mut self) -> Changes {
        let version = self.step();
        self.room = Room {
            name: format!("room {version}"),
            version,
            ..self.room.clone()
        };
        self.frame(Some(Row::Room(self.room.clone())))
    }

    /// Something that this reader may not see.
    fn hidden(&mut self) -> Changes {
        self.step();
        self.frame(None)
    }

    fn page(&self, anchor: Anchor, most: usize) -> Page {
        let (place, up_to, after) = match anchor {
            Anchor::Latest => (Position::MAX, most, 0),
            Anchor::Before(place) => (place - 1, most, 0),
            Anchor::After(place) => (place, 0, most),
            Anchor::Around(place) => (place, most.div_ceil(2), most / 2),
        };
        let (past, rest) = (
            self.messages.range(..=place),
            self.messages.range(place.saturating_add(1)..),
        );
        let mut messages: Vec<Message> = past.clone().rev().take(up_to).map(|(_, m)| m.clone()).collect();
        messages.reverse();
        messages.extend(rest.clone().take(after).map(|(_, m)| m.clone()));
        let answered = messages.iter().filter_map(|message| message.reply_to);
        let given = messages
            .iter()
            .filter_map(|message| self.given.get(&message.position));
        Page {
            room: ROOM,
            anchor,
            through: self.version,
            quotes: self.quotes(answered),
            reacted: given.cloned().collect(),
            messages,
            older: past.count() > up_to,
            newer: rest.count() > after,
            people: (1..5).map(person).collect(),
            directory: 0,
        }
    }

    /// What a timeline holds that begins and ends where this one does, when it is right.
    fn window(&self, of: &Timeline) -> Page {
        let start = of.oldest().unwrap_or(0);
        let end = of.newest().filter(|_| of.newer()).unwrap_or(Position::MAX);
        let messages: Vec<Message> = self.messages.range(start..=end).map(|(_, m)| m.clone()).collect();
        Page {
            older: self.messages.range(..start).next().is_some(),
            newer: end < Position::MAX && self.messages.range(end + 1..).next().is_some(),
            quotes: self.quotes(messages.iter().filter_map(|message| message.reply_to)),
            reacted: self.given.values().cloned().collect(),
            messages,
            ..self.page(Anchor::Latest, 0)
        }
    }

    fn changes(&self, after: Version, most: usize) -> Changes {
        let mut rows: Vec<Row> = self.messages.values().cloned().map(Row::Message).collect();
        rows.extend(self.members.values().cloned().map(Row::Member));
        rows.push(Row::Room(self.room.clone()));
        rows.retain(|row| row.version() > after);
        rows.sort_by_key(Row::version);
        rows.truncate(most);
        let through = if rows.len() == most {
            rows[most - 1].version()
        } else {
            self.version
        };
        let messages = rows.iter().filter_map(Row::message);
        let changed = self
            .given
            .values()
            .filter(|set| set.version > after && set.version <= through);
        Changes {
            after,
            through,
            quotes: self.quotes(messages.filter_map(|message| message.reply_to)),
            reacted: changed.cloned().collect(),
            rows,
            ..self.frame(None)
        }
    }

    fn list(&self) -> RoomList {
        let unread = |m: &&Message| m.position > self.last_read && m.author != ME && !m.deleted;
        let mentions = |m: &&Message| unread(m) && m.mentions.contains(&ME);
        let last = self.messages.values().next_back().map(|message| LastMessage {
            position: message.position,
            author: person(message.author.0),
            posted_at: message.posted_at,
            excerpt: message.text.clone(),
            deleted: message.deleted,
        });
        let entry = RoomEntry {
            room: self.room.clone(),
            through: self.version,
            with: None,
            last,
            unread: self
                .messages
                .values()
                .filter(unread)
                .count()
                .min(UNREAD_CAP as usize) as u32,
            last_read: self.last_read,
            mentions: self.messages.values().filter(mentions).count() as u32,
            members: self.members.values().filter(|member| member.here).count() as u32,
            role: Role::Member,
            people: self
                .members
                .values()
                .map(|member| member.version)
                .max()
                .unwrap_or_default(),
            draft: None,
            names: Vec::new(),
            own: Default::default(),
            reach: Default::default(),
            presence: None,
        };
        RoomList {
            epoch: "epoch".into(),
            me: person(ME.0),
            rooms: vec![entry],
            no_password: false,
            build: String::new(),
            directory: None,
        }
    }
}

/// Something on its way to the reader.
#[derive(Clone)]
enum Parcel {
    Changes(Changes),
    Page(Page),
    Posted(Message),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Edit,
    Delete,
    Restore,
    Pin,
    React { mine: bool },
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Post {
        by: i64,
    },
    Change {
        back: usize,
        what: Change,
    },
    Member {
        user: i64,
    },
    Rename,
    Hidden,
    Send,
    /// The nth of one's unsent messages reaches the server, perhaps not for the first time.
    Store {
        nth: usize,
    },
    AskOlder,
    AskNewer,
    AskElsewhere {
        place: Position,
        after: bool,
    },
    /// The reader's last question for changes is answered, or one that it might have asked earlier.
    CatchUp {
        back: Version,
    },
    Read,
    /// The reader hears everything and has its questions answered; pages of history are still on
    /// their way.
    Settle,
    /// The reader lets go of its run and loads anew, the end or around an earlier place.
    Reload {
        back: Position,
    },
    Deliver {
        nth: usize,
    },
    Double {
        nth: usize,
    },
    Lose {
        nth: usize,
    },
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => Just(Change::Edit),
        2 => Just(Change::Delete),
        1 => Just(Change::Restore),
        1 => Just(Change::Pin),
        2 => any::<bool>().prop_map(|mine| Change::React { mine }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    // Mostly in order, sometimes from the midst of what is on its way.
    let nth = || prop_oneof![3 => Just(0), 2 => 0..8usize];
    prop_oneof![
        5 => (2..5i64).prop_map(|by| Event::Post { by }),
        8 => (0..12usize, change()).prop_map(|(back, what)| Event::Change { back, what }),
        1 => (2..5i64).prop_map(|user| Event::Member { user }),
        1 => Just(Event::Rename),
        1 => Just(Event::Hidden),
        3 => Just(Event::Send),
        4 => (0..3usize).prop_map(|nth| Event::Store { nth }),
        4 => Just(Event::AskOlder),
        4 => Just(Event::AskNewer),
        1 => (1..30i64, any::<bool>()).prop_map(|(place, after)| Event::AskElsewhere { place, after }),
        3 => (0..4i64).prop_map(|back| Event::CatchUp { back }),
        1 => Just(Event::Read),
        3 => Just(Event::Settle),
        2 => (0..12i64).prop_map(|back| Event::Reload { back }),
        20 => nth().prop_map(|nth| Event::Deliver { nth }),
        2 => nth().prop_map(|nth| Event::Double { nth }),
        2 => nth().prop_map(|nth| Event::Lose { nth }),
    ]
}

struct World {
    server: Server,
    network: Vec<Parcel>,
    timeline: Timeline,
    list: List,
    /// How often the list was asked for, and given at once.
    list_asked: u32,
    /// Everything that was ever sent, to be sent again until it is there.
    sent: Vec<ClientId>,
}

impl World {
    fn new(messages: usize) -> Self {
        let server = Server::new(messages);
        Self {
            timeline: Timeline::new(server.page(Anchor::Latest, PAGE), ME),
            list: List::new(server.list()),
            list_asked: 0,
            network: Vec::new(),
            sent: Vec::new(),
            server,
        }
    }

    fn happen(&mut self, event: Event) {
        let server = &mut self.server;
        match event {
            Event::Post { by } => self
                .network
                .push(Parcel::Changes(server.post(UserId(by), ClientId::new()))),
            Event::Change { back, what } => self
                .network
                .extend(server.change(back, what).map(Parcel::Changes)),
            Event::Member { user } => self
                .network
                .push(Parcel::Changes(server.move_member(UserId(user)))),
            Event::Rename => self.network.push(Parcel::Changes(server.rename())),
            Event::Hidden => self.network.push(Parcel::Changes(server.hidden())),
            Event::Send => {
                let client_id = ClientId::new();
                self.sent.push(client_id);
                self.show_pending(&[client_id]);
            }
            Event::Store { nth } => {
                let Some(client_id) = self.timeline.pending().get(nth).map(|pending| pending.client_id)
                else {
                    return;
                };
                let (message, frame) = server.post_once(client_id);
                self.network.extend(frame.map(Parcel::Changes));
                self.network.push(Parcel::Posted(message));
            }
            Event::AskOlder if self.timeline.older() => {
                let oldest = self.timeline.oldest().expect("what comes before it");
                self.network
                    .push(Parcel::Page(server.page(Anchor::Before(oldest), PAGE)));
            }
            Event::AskNewer if self.timeline.newer() => {
                let newest = self.timeline.newest().expect("what comes after it");
                self.network
                    .push(Parcel::Page(server.page(Anchor::After(newest), PAGE)));
            }
            Event::AskOlder | Event::AskNewer => {}
            Event::AskElsewhere { place, after } => {
                let anchor = if after {
                    Anchor::After(place)
                } else {
                    Anchor::Before(place)
                };
                self.network.push(Parcel::Page(server.page(anchor, PAGE)))
            }
            Event::CatchUp { back } => {
                let after = (self.timeline.number() - back).max(0);
                self.network.push(Parcel::Changes(server.changes(after, PAGE)));
            }
            Event::Read => {
                server.last_read = server.version;
                self.list.read_to(ROOM, server.last_read);
            }
            Event::Settle => self.settle(),
            Event::Reload { back } => self.reload(back),
            Event::Deliver { nth } if nth < self.network.len() => {
                let parcel = self.network.remove(nth);
                self.deliver(parcel);
            }
            Event::Double { nth } => self.network.extend(self.network.get(nth).cloned()),
            Event::Lose { nth } if nth < self.network.len() => drop(self.network.remove(nth)),
            Event::Deliver { .. } | Event::Lose { .. } => {}
        }
    }

    fn reload(&mut self, back: Position) {
        let anchor = match back {
            0 => Anchor::Latest,
            back => Anchor::Around(self.server.version - back),
        };
        let old = std::mem::replace(
            &mut self.timeline,
            Timeline::new(self.server.page(anchor, PAGE), ME),
        );
        self.timeline.send(old.pending);
    }

    /// Shows these as unsent too, after those that are shown.
    fn show_pending(&mut self, more: &[ClientId]) {
        let mut pending = self.timeline.pending().to_vec();
        pending.extend(more.iter().map(|client_id| Pending {
            client_id: *client_id,
            text: "own".into(),
            reply_to: None,
            at: 0,
            refused: None,
        }));
        self.timeline.send(pending);
    }

    fn deliver(&mut self, parcel: Parcel) {
        let number = self.timeline.number();
        match parcel {
            Parcel::Changes(changes) => {
                let applied = self.timeline.apply(&changes);
                self.hear_list(&changes);
                assert!(self.timeline.number() >= number);
                let gap = changes.after > number;
                assert_eq!(
                    applied,
                    if gap {
                        Applied::Ask { after: number }
                    } else {
                        Applied::Done
                    }
                );
            }
            Parcel::Page(page) => {
                let through = page.through;
                let applied = self.timeline.join(page);
                let now = self.timeline.number();
                assert!(now == number || now == through && through < number);
                assert_eq!(
                    applied,
                    if now == number {
                        Applied::Done
                    } else {
                        Applied::Ask { after: now }
                    }
                );
            }
            Parcel::Posted(message) => {
                self.timeline.posted(message);
                assert_eq!(self.timeline.number(), number);
            }
        }
        let mut seen: Vec<ClientId> = self
            .timeline
            .messages()
            .map(|message| message.client_id)
            .collect();
        seen.extend(self.timeline.pending().iter().map(|pending| pending.client_id));
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "the same message twice");
    }

    fn settle(&mut self) {
        let on_its_way = std::mem::take(&mut self.network);
        let (pages, news): (Vec<_>, Vec<_>) =
            on_its_way.into_iter().partition(|p| matches!(p, Parcel::Page(_)));
        self.network = pages;
        news.into_iter().for_each(|parcel| self.deliver(parcel));
        while self.timeline.number() < self.server.version {
            self.deliver(Parcel::Changes(self.server.changes(self.timeline.number(), PAGE)));
        }
        // The list doesn't ask for changes, but it takes them in where the room on screen asks.
        while let Some(entry) = self
            .list
            .get(ROOM)
            .filter(|entry| entry.through < self.server.version)
        {
            self.hear_list(&self.server.changes(entry.through, PAGE));
        }
    }

    fn hear_list(&mut self, changes: &Changes) {
        match self.list.apply(ME, changes) {
            Applied::AskList => {
                self.list_asked += 1;
                self.list = List::new(self.server.list());
            }
            applied => assert_eq!(applied, Applied::Done),
        }
    }

    /// What is unsent is sent again, what is on its way arrives, and the reader asks until it knows
    /// all that the server knows.
    fn quieten(&mut self) {
        for client_id in self.sent.clone() {
            let (message, frame) = self.server.post_once(client_id);
            self.network.extend(frame.map(Parcel::Changes));
            self.network.push(Parcel::Posted(message));
        }
        while let Some(parcel) = self.network.pop() {
            self.deliver(parcel);
        }
        self.settle();
    }

    fn check(&self) {
        let fresh = Timeline::new(self.server.window(&self.timeline), ME);
        let timeline = self.timeline.clone();
        for message in fresh.messages() {
            let reply_to = message.reply_to.unwrap_or_default();
            assert_eq!(timeline.quote(reply_to), fresh.quote(reply_to));
            assert_eq!(timeline.given(message.position), fresh.given(message.position));
        }
        // Of what is not on the screen they may know different things.
        let (quotes, reacted) = (fresh.quotes.clone(), fresh.reacted.clone());
        let timeline = Timeline {
            quotes,
            reacted,
            ..timeline
        };
        assert_eq!(timeline, fresh);
        // An empty run is true of an empty room only.
        assert_eq!(self.timeline.oldest().is_none(), self.server.messages.is_empty());
        assert_eq!(self.list, List::new(self.server.list()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn after_any_history_the_reader_has_what_a_fresh_page_has(
        messages in 0..12usize,
        events in prop::collection::vec(event(), 0..120),
    ) {
        let mut world = World::new(messages);
        events.into_iter().for_each(|event| world.happen(event));
        world.quieten();
        world.check();
    }

    /// Frames in order, none lost: the list counts by itself and has nothing to ask.
    #[test]
    fn a_list_that_hears_everything_asks_nothing(
        messages in 0..12usize,
        events in prop::collection::vec(event(), 0..80),
    ) {
        let mut world = World::new(messages);
        for event in events {
            if matches!(event, Event::Read) {
                let server = &mut world.server;
                server.last_read = server.version;
                world.list.read_to(ROOM, server.last_read);
            } else if !matches!(event, Event::Deliver { .. } | Event::Lose { .. } | Event::CatchUp { .. }) {
                world.happen(event);
            }
            std::mem::take(&mut world.network).into_iter().for_each(|parcel| world.deliver(parcel));
            prop_assert_eq!(world.list_asked, 0);
            prop_assert_eq!(&world.list, &List::new(world.server.list()));
        }
    }
}
