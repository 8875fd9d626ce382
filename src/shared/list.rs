//! A person's list of rooms, kept up with the same news as the room on screen.

use super::draft::Draft;
use super::excerpt::excerpt;
use super::ids::{Millis, Position, RoomId, UserId, Version};
use super::limits::UNREAD_CAP;
use super::live::{Changes, RoomList, Row};
use super::message::Message;
use super::own::{Own, OwnChange};
use super::receipt::{Presence, Reach};
use super::room::{LastMessage, Membership, RoomEntry};
use super::sorted::{Keyed, Sorted};
use super::timeline::Applied;
use super::user::Person;
use std::cmp::Reverse;

impl Keyed for RoomEntry {
    type Key = RoomId;

    fn key(&self) -> RoomId {
        self.room.id
    }
}

/// The rooms of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    rooms: Sorted<RoomEntry>,
}

impl List {
    pub fn new(list: RoomList) -> Self {
        Self {
            rooms: list.rooms.into_iter().collect(),
        }
    }

    pub fn get(&self, room: RoomId) -> Option<&RoomEntry> {
        self.rooms.find(room)
    }

    /// Those that are pinned, in the order of pinning; then the newest conversation on top, rooms without
    /// messages at the bottom; at the end, in the same order, those that are archived.
    pub fn ordered(&self) -> Vec<&RoomEntry> {
        let at = |entry: &RoomEntry| {
            let posted_at = entry.last.as_ref().map(|last| last.posted_at);
            (
                !entry.own.archived,
                entry.own.pinned.map(Reverse),
                posted_at,
                entry.room.id,
            )
        };
        let mut rooms: Vec<&RoomEntry> = Vec::with_capacity(self.rooms.len());
        // The library's sorting would be 4 KB more to load, and there are hundreds at most.
        for entry in self.rooms.iter() {
            let place = rooms.partition_point(|other| at(other) > at(entry));
            rooms.insert(place, entry);
        }
        rooms
    }

    /// How many rooms there are and the sum of their versions, to be compared with a heartbeat's.
    pub fn sum(&self) -> (u32, i64) {
        (
            self.rooms.len() as u32,
            self.rooms.iter().map(|entry| entry.through).sum(),
        )
    }

    /// Takes in a live frame or a page of catching up.
    pub fn apply(&mut self, me: UserId, changes: &Changes) -> Applied {
        let Some(entry) = self.rooms.find_mut(changes.room) else {
            return Applied::AskList;
        };
        if changes.through <= entry.through {
            return Applied::Done;
        }
        if changes.after > entry.through || !tells_all(changes, entry.through) {
            return Applied::AskList;
        }
        let (mut sure, number) = (true, entry.through);
        for row in changes.rows.iter().filter(|row| row.version() > number) {
            match row {
                Row::Room(room) => entry.room = room.clone(),
                Row::Member(member) => {
                    seat(entry, me, member);
                    // It bears the names of those who are there.
                    sure &= !entry.room.name.is_empty() || entry.with.is_some();
                }
                Row::Message(message) => {
                    sure &= count(entry, me, message, number);
                    sure &= show_last(entry, message, &changes.people);
                }
            }
        }
        entry.through = changes.through;
        if sure { Applied::Done } else { Applied::AskList }
    }

    /// Everything through `position` has been read here, and the server isn't told yet. Where more is known to come
    /// after it, the server is to count.
    pub fn read_to(&mut self, room: RoomId, position: Position) {
        if let Some(entry) = self.rooms.find_mut(room)
            && entry.last_read < position
            && !entry.goes_on_after(position)
        {
            (entry.last_read, entry.unread, entry.mentions) = (position, 0, 0);
        }
    }

    /// Reading went on, here or on another device: the marker, and how much was unread, and mentions unread, at the
    /// room's version `through`. The marker only grows.
    pub fn read(
        &mut self,
        room: RoomId,
        last_read: Position,
        (unread, mentions): (u32, u32),
        through: Version,
    ) -> Applied {
        let Some(entry) = self
            .rooms
            .find_mut(room)
            .filter(|entry| entry.last_read < last_read)
        else {
            return Applied::Done;
        };
        (entry.last_read, entry.unread, entry.mentions) = (last_read, unread, mentions);
        // What came between the two moments is counted already, or would be once more.
        let behind = entry.through < through && last_read < through;
        let ahead = entry.through > through && entry.goes_on_after(last_read);
        match behind || ahead {
            true => Applied::AskList,
            false => Applied::Done,
        }
    }

    /// What its reader has typed in a room and not sent.
    pub fn drafted(&mut self, room: RoomId, draft: Option<Draft>) {
        if let Some(entry) = self.rooms.find_mut(room) {
            entry.draft = draft;
        }
    }

    /// How its reader wants it to stand; an older telling changes nothing.
    pub fn owned(&mut self, room: RoomId, own: Own) {
        if let Some(entry) = self.rooms.find_mut(room)
            && entry.own.version < own.version
        {
            entry.own = own;
        }
    }

    /// How far its messages have come with the others.
    pub fn reached(&mut self, room: RoomId, reach: Reach) {
        if let Some(entry) = self.rooms.find_mut(room) {
            entry.reach = entry.reach.grown(reach);
        }
    }

    /// Whether somebody is there.
    pub fn present(&mut self, person: UserId, presence: Option<Presence>) {
        self.rooms.change_all(|entry| {
            if entry.with.as_ref().is_some_and(|with| with.id == person) {
                entry.presence = presence;
            }
        });
    }

    /// The same before the server has said so.
    pub fn keep_as(&mut self, room: RoomId, change: OwnChange, now: Millis) {
        if let Some(entry) = self.rooms.find_mut(room) {
            entry.own = entry.own.with(change, now);
        }
    }

    /// It is opened, and so marked as unread no longer; before the server has said so.
    pub fn unmark(&mut self, room: RoomId) {
        if let Some(entry) = self.rooms.find_mut(room) {
            entry.own.marked = false;
        }
    }

    /// How much in all rooms wants to be read.
    pub fn counts(&self, now: Millis) -> u32 {
        self.rooms.iter().map(|entry| entry.counts(now)).sum()
    }

    /// A person has another name, handle or picture. Where rooms bear the names of those who are there, it is to be asked for.
    pub fn met(&mut self, person: &Person) -> Applied {
        let mut sure = true;
        self.rooms.change_all(|entry| {
            let last = entry.last.as_mut().map(|last| &mut last.author);
            let known = entry.with.iter_mut().chain(last);
            known
                .filter(|known| known.id == person.id)
                .for_each(|known| *known = person.clone());
            sure &= entry.names.is_empty();
        });
        if sure { Applied::Done } else { Applied::AskList }
    }

    /// A room is new in the list, or told anew; an older telling changes nothing.
    pub fn joined(&mut self, entry: RoomEntry) {
        let newer = self
            .get(entry.room.id)
            .is_none_or(|known| known.through <= entry.through);
        if newer {
            self.rooms.put(entry);
        }
    }

    /// A list of the server's takes the place of this one. It may have been read before the last frames came: what
    /// only grows stays as far as it has come. What can't be counted then is to be asked for once more.
    pub fn renew(&mut self, list: RoomList) -> Applied {
        let old = std::mem::replace(self, Self::new(list));
        let mut sure = true;
        for known in old.rooms.iter() {
            let Some(entry) = self.rooms.find_mut(known.room.id) else {
                continue;
            };
            if entry.own.version < known.own.version {
                entry.own = known.own;
            }
            entry.reach = known.reach.grown(entry.reach);
            if let (Some(known), Some(read)) = (known.presence, entry.presence) {
                entry.presence = Some(if known.seen > read.seen { known } else { read });
            }
            if entry.last_read >= known.last_read {
                continue;
            }
            // A marker and a count are of one moment.
            if !entry.goes_on_after(known.last_read) {
                (entry.last_read, entry.unread, entry.mentions) = (known.last_read, 0, 0);
            } else if entry.through == known.through {
                entry.last_read = known.last_read;
                (entry.unread, entry.mentions) = (known.unread, known.mentions);
            } else {
                sure = false;
            }
        }
        if sure { Applied::Done } else { Applied::AskList }
    }

    /// The person is no longer in the room.
    pub fn left(&mut self, room: RoomId) {
        self.rooms.take(room);
    }
}

/// Whether each version after `number` is there with the row that it made. Where some are not, a
/// row may stand for several changes (posted and edited, gone and back), or be on the next page,
/// and can't be counted.
fn tells_all(changes: &Changes, number: Version) -> bool {
    let steps = changes.through - number;
    let rows = changes.rows.iter().filter(|row| row.version() > number).count();
    // A single step without a row is one that this reader may not see.
    steps == 1 || i64::try_from(rows) == Ok(steps)
}

/// Somebody has come, gone, or become something else here.
fn seat(entry: &mut RoomEntry, me: UserId, member: &Membership) {
    if !member.here {
        entry.members = entry.members.saturating_sub(1);
    } else if member.since == member.version {
        entry.members += 1;
    }
    if member.user == me {
        entry.role = member.role;
    }
    entry.people = member.version;
}

/// Counts a message in or out. False: a count is capped, and only the server knows the new one.
fn count(entry: &mut RoomEntry, me: UserId, message: &Message, number: Version) -> bool {
    if message.author == me || message.position <= entry.last_read {
        return true;
    }
    let new = message.position > number;
    let sure = count_one(&mut entry.unread, new, message);
    sure & (!message.mentions.contains(&me) || count_one(&mut entry.mentions, new, message))
}

fn count_one(count: &mut u32, new: bool, message: &Message) -> bool {
    match (new, message.deleted) {
        (true, false) => *count = (*count + 1).min(UNREAD_CAP),
        (false, false) if message.restored => *count = (*count + 1).min(UNREAD_CAP),
        (false, true) if *count >= UNREAD_CAP => return false,
        (false, true) => *count = count.saturating_sub(1),
        _ => {}
    }
    true
}

/// Shows the room's last message as it is now. False: nobody said who wrote it.
fn show_last(entry: &mut RoomEntry, message: &Message, people: &[Person]) -> bool {
    let last = entry.last.as_ref();
    if last.is_some_and(|last| last.position > message.position) {
        return true;
    }
    let known = last.map(|last| &last.author).into_iter().chain(&entry.with);
    let Some(author) = people
        .iter()
        .chain(known)
        .find(|person| person.id == message.author)
        .cloned()
    else {
        return false;
    };
    entry.last = Some(LastMessage {
        position: message.position,
        author,
        posted_at: message.posted_at,
        excerpt: excerpt(&message.text, &message.blocks),
        deleted: message.deleted,
    });
    true
}

#[cfg(test)]
#[path = "list_model.rs"]
mod model;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::ids::{ClientId, Millis};
    use crate::shared::room::{Role, Room, RoomKind};

    const ME: UserId = UserId(1);
    const OTHER: UserId = UserId(2);

    fn person(id: UserId) -> Person {
        Person {
            id,
            handle: format!("p{id}"),
            name: format!("Person {id}"),
            picture: None,
        }
    }

    /// A room at version 10, all of it read.
    fn entry(id: i64) -> RoomEntry {
        let room = Room {
            id: RoomId(id),
            kind: RoomKind::Open,
            name: "room".into(),
            description: String::new(),
            history: Default::default(),
            closed: false,
            picture: None,
            version: 1,
        };
        RoomEntry {
            room,
            through: 10,
            with: None,
            last: None,
            unread: 0,
            last_read: 10,
            mentions: 0,
            members: 2,
            role: Role::Member,
            people: 2,
            draft: None,
            names: vec![],
            own: Own::default(),
            reach: Default::default(),
            presence: None,
        }
    }

    fn list(rooms: Vec<RoomEntry>) -> List {
        List::new(RoomList {
            epoch: "epoch".into(),
            me: person(ME),
            rooms,
            no_password: false,
            build: String::new(),
            directory: None,
        })
    }

    fn message(author: UserId, position: Position, version: Version) -> Message {
        Message {
            position,
            version,
            author,
            client_id: ClientId::new(),
            posted_at: position * 1000,
            text: format!("text {version}"),
            ..Message::default()
        }
    }

    fn deleted(author: UserId, position: Position, version: Version) -> Message {
        Message {
            deleted: true,
            text: String::new(),
            ..message(author, position, version)
        }
    }

    fn member(user: UserId, here: bool, since: Version, version: Version) -> Row {
        Row::Member(Membership {
            user,
            here,
            role: Role::Member,
            since,
            version,
        })
    }

    fn changes(after: Version, through: Version, rows: Vec<Row>) -> Changes {
        Changes {
            room: RoomId(1),
            after,
            through,
            rows,
            people: vec![person(ME), person(OTHER)],
            quotes: vec![],
            reacted: vec![],
        }
    }

    fn news(message: Message) -> Changes {
        changes(message.version - 1, message.version, vec![Row::Message(message)])
    }

    fn unread(list: &List) -> u32 {
        list.get(RoomId(1)).unwrap().unread
    }

    #[test]
    fn messages_of_others_are_counted_once() {
        let mut list = list(vec![entry(1)]);
        for message in [
            message(OTHER, 11, 11),
            message(ME, 12, 12),
            message(OTHER, 13, 13),
            message(OTHER, 13, 14),
        ] {
            let news = news(message);
            assert_eq!(list.apply(ME, &news), Applied::Done);
            assert_eq!(list.apply(ME, &news), Applied::Done);
        }
        assert_eq!(unread(&list), 2);
        let entry = list.get(RoomId(1)).unwrap();
        let last = entry.last.as_ref().unwrap();
        assert_eq!(
            (last.position, last.author.id, last.excerpt.as_str()),
            (13, OTHER, "text 14")
        );
        assert_eq!(entry.through, 14);
        assert_eq!(list.apply(ME, &news(deleted(OTHER, 11, 15))), Applied::Done);
        assert_eq!(list.apply(ME, &news(deleted(OTHER, 9, 16))), Applied::Done);
        assert_eq!(unread(&list), 1);
        assert_eq!(list.read(RoomId(1), 13, (0, 0), 14), Applied::Done);
        assert_eq!(list.read(RoomId(1), 12, (5, 0), 14), Applied::Done);
        assert_eq!(unread(&list), 0);
        assert_eq!(list.apply(ME, &news(deleted(OTHER, 13, 17))), Applied::Done);
        let last = list.get(RoomId(1)).unwrap().last.as_ref().unwrap();
        assert_eq!(
            (unread(&list), last.deleted, last.excerpt.as_str()),
            (0, true, "")
        );
    }

    #[test]
    fn a_capped_count_is_asked_for_when_one_is_deleted() {
        let mut list = list(vec![RoomEntry {
            unread: UNREAD_CAP - 1,
            last_read: 3,
            ..entry(1)
        }]);
        assert_eq!(list.apply(ME, &news(message(OTHER, 11, 11))), Applied::Done);
        assert_eq!(list.apply(ME, &news(message(OTHER, 12, 12))), Applied::Done);
        assert_eq!(unread(&list), UNREAD_CAP);
        assert_eq!(list.apply(ME, &news(deleted(OTHER, 5, 13))), Applied::AskList);
        assert_eq!(list.get(RoomId(1)).unwrap().through, 13);
    }

    #[test]
    fn what_it_cannot_count_it_asks_for() {
        let gone = member(OTHER, false, 2, 12);
        let uncertain = [
            // Missed news, and an answer that nothing came after it.
            news(message(OTHER, 12, 12)),
            changes(11, 11, vec![]),
            // A page that ends before the message's edit, and one that begins after its posting.
            changes(
                10,
                13,
                vec![
                    Row::Message(message(OTHER, 11, 11)),
                    Row::Message(message(OTHER, 13, 13)),
                ],
            ),
            // Gone, or come and gone?
            changes(10, 12, vec![gone]),
        ];
        for changes in uncertain {
            let mut list = list(vec![entry(1)]);
            let before = list.clone();
            assert_eq!(list.apply(ME, &changes), Applied::AskList);
            // It stays true at its number.
            assert_eq!(list, before);
        }
        assert_eq!(
            list(vec![entry(2)]).apply(ME, &news(message(OTHER, 11, 11))),
            Applied::AskList
        );
    }

    #[test]
    fn members_and_names_follow_the_rows() {
        let mut list = list(vec![entry(1)]);
        let rows = vec![
            member(UserId(3), true, 11, 11),
            member(UserId(4), true, 12, 12),
            member(OTHER, false, 2, 13),
            Row::Room(Room {
                name: "another".into(),
                version: 14,
                ..entry(1).room
            }),
        ];
        assert_eq!(list.apply(ME, &changes(10, 14, rows)), Applied::Done);
        // A version whose row isn't for this reader.
        assert_eq!(list.apply(ME, &changes(14, 15, vec![])), Applied::Done);
        let entry = list.get(RoomId(1)).unwrap();
        assert_eq!(
            (entry.members, entry.title(), entry.through),
            (3, "another".into(), 15)
        );
    }

    #[test]
    fn another_role_is_nobody_come() {
        let mut list = list(vec![entry(1)]);
        let mut row = Membership {
            user: ME,
            here: true,
            role: Role::Moderator,
            since: 2,
            version: 11,
        };
        let told = changes(10, 11, vec![Row::Member(row.clone())]);
        assert_eq!(list.apply(ME, &told), Applied::Done);
        (row.user, row.version) = (OTHER, 12);
        let told = changes(11, 12, vec![Row::Member(row)]);
        assert_eq!(list.apply(ME, &told), Applied::Done);
        let entry = list.get(RoomId(1)).unwrap();
        assert_eq!(
            (entry.members, entry.role, entry.people),
            (2, Role::Moderator, 12)
        );
    }

    #[test]
    fn the_newest_conversation_is_on_top() {
        let at = |id, posted_at: Millis| {
            let (author, excerpt) = (person(OTHER), String::new());
            let last = LastMessage {
                position: 9,
                author,
                posted_at,
                excerpt,
                deleted: false,
            };
            RoomEntry {
                last: Some(last),
                ..entry(id)
            }
        };
        let mut list = list(vec![at(1, 5), entry(2), at(3, 9), at(4, 5)]);
        let order = |list: &List| {
            list.ordered()
                .iter()
                .map(|entry| entry.room.id.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(order(&list), [3, 4, 1, 2]);
        assert_eq!(list.sum(), (4, 40));
        list.left(RoomId(3));
        list.joined(RoomEntry {
            through: 12,
            ..at(2, 7)
        });
        list.joined(at(2, 1));
        assert_eq!(order(&list), [2, 4, 1]);
        assert_eq!(list.sum(), (3, 32));
    }
}
