//! What a person has written and the server hasn't confirmed: one message at a time in each room, so that
//! the order is kept. Pure: whoever holds it keeps its entries beyond the page, and sends.

use super::ids::{ClientId, Millis, Position, RoomId};
use super::message::{Message, NewMessage, Origin};
use super::refusal::Refusal;
use super::sorted::{Keyed, Sorted};
use super::timeline::Pending;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The first pause after a failure; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(15);
/// An answer that can't be read may come from something that lies between; this many of them in a
/// row come from the message itself.
const BROKEN_AT_MOST: u32 = 8;

/// Failures that a later try may not meet.
pub fn passes(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Offline | Refusal::Unavailable | Refusal::TooFast { .. } | Refusal::Broken
    )
}

/// A message on its way, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub room: RoomId,
    pub client_id: ClientId,
    pub text: String,
    /// As in [`NewMessage`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Position>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<Origin>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// When it was written, by this side's clock; moved on where the clock went back, since entries are
    /// sent in this order.
    pub at: Millis,
    /// Why the server refused it; such a one waits for its author.
    pub refused: Option<Refusal>,
    /// Its author has thrown it away. It may have been on the wire, so the server is to be told.
    pub withdrawn: bool,
}

impl Entry {
    fn new(room: RoomId, message: NewMessage, at: Millis) -> Self {
        Entry {
            room,
            client_id: message.client_id,
            text: message.text,
            reply_to: message.reply_to,
            forward: message.forward,
            silent: message.silent,
            at,
            refused: None,
            withdrawn: false,
        }
    }

    /// What is sent of it.
    pub fn message(&self) -> NewMessage {
        NewMessage {
            client_id: self.client_id,
            text: self.text.clone(),
            reply_to: self.reply_to,
            forward: self.forward,
            silent: self.silent,
        }
    }
}

/// An entry, and what is known of it here.
#[derive(Debug)]
struct Slot {
    entry: Entry,
    /// It has been written, or can't be: only then it may go on the wire.
    kept: bool,
    /// It would survive the page.
    stored: bool,
}

impl Keyed for Slot {
    type Key = (Millis, ClientId);

    fn key(&self) -> Self::Key {
        (self.entry.at, self.entry.client_id)
    }
}

/// A room's way out.
#[derive(Debug)]
struct Lane {
    room: RoomId,
    /// What is on the wire, or waits for a pause to end.
    busy: Option<ClientId>,
    /// The pause that runs, rather than the wire.
    paused: bool,
    failures: u32,
}

impl Keyed for Lane {
    type Key = RoomId;

    fn key(&self) -> RoomId {
        self.room
    }
}

#[derive(Debug, Default)]
pub struct Outbox {
    slots: Sorted<Slot>,
    /// Of the rooms where something is on its way.
    lanes: Sorted<Lane>,
}

impl Outbox {
    /// What is to be seen of a room's entries, in their order.
    pub fn of(&self, room: RoomId) -> Vec<Pending> {
        let here = self
            .entries()
            .filter(|entry| entry.room == room && !entry.withdrawn);
        here.map(|entry| Pending {
            client_id: entry.client_id,
            text: entry.text.clone(),
            reply_to: entry.reply_to,
            at: entry.at,
            refused: entry.refused.clone(),
        })
        .collect()
    }

    /// The rooms where something is unsent.
    pub fn rooms(&self) -> Vec<RoomId> {
        let mut rooms = Vec::new();
        for entry in self.entries() {
            if !rooms.contains(&entry.room) {
                rooms.push(entry.room);
            }
        }
        rooms
    }

    /// How many messages wait to be sent.
    pub fn waiting(&self) -> usize {
        self.entries()
            .filter(|entry| entry.refused.is_none() && !entry.withdrawn)
            .count()
    }

    pub fn has(&self, client_id: ClientId) -> bool {
        self.entries().any(|entry| entry.client_id == client_id)
    }

    /// What is being sent under that client id.
    pub fn text(&self, client_id: ClientId) -> Option<String> {
        let mut entries = self.entries();
        let entry = entries.find(|entry| entry.client_id == client_id)?;
        Some(entry.text.clone())
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.slots.iter().map(|slot| &slot.entry)
    }

    /// Puts a message at the end. It isn't sent until it is said to be [`kept`](Self::kept).
    pub fn push(&mut self, room: RoomId, message: NewMessage, now: Millis) -> Entry {
        let entry = Entry::new(room, message, self.next_moment(now));
        self.insert(entry.clone(), false);
        entry
    }

    /// Takes in a message that has been in the room and is there no longer: its author is asked whether to
    /// send it again.
    pub fn offer(&mut self, room: RoomId, lost: &Message) -> Option<Entry> {
        if self.has(lost.client_id) {
            return None;
        }
        let message = NewMessage {
            client_id: lost.client_id,
            text: lost.text.clone(),
            ..NewMessage::default()
        };
        let entry = Entry {
            refused: Some(Refusal::Lost),
            ..Entry::new(room, message, lost.posted_at)
        };
        self.insert(entry.clone(), false);
        Some(entry)
    }

    /// What was refused here has been sent by another device: it is in the room.
    pub fn arrived(&mut self, message: &Message) -> Option<Entry> {
        let is_it = |entry: &Entry| {
            entry.client_id == message.client_id && entry.refused.is_some() && entry.text == message.text
        };
        let known = self.entries().any(is_it);
        let slot = if known { self.take(message.client_id) } else { None };
        slot.map(|slot| slot.entry)
    }

    /// What waits for its author because the server has lost it.
    pub fn lost(&self) -> Vec<Entry> {
        let lost = |entry: &&Entry| entry.refused == Some(Refusal::Lost);
        self.entries().filter(lost).cloned().collect()
    }

    /// Forgets a message that is to wait no longer.
    pub fn forget(&mut self, client_id: ClientId) {
        self.take(client_id);
    }

    /// Rooms in which something was refused, and waits for its author.
    pub fn refused(&self) -> Vec<RoomId> {
        let refused = self.entries().filter(|entry| entry.refused.is_some());
        let mut rooms: Vec<RoomId> = refused.map(|entry| entry.room).collect();
        rooms.dedup();
        rooms
    }

    /// Something here isn't kept, or can't be, and would go with the page.
    pub fn at_risk(&self) -> bool {
        let at_risk = |slot: &Slot| !slot.stored && !slot.entry.withdrawn;
        self.slots.iter().any(at_risk)
    }

    /// Later than everything that is here.
    fn next_moment(&self, now: Millis) -> Millis {
        let last = self.slots.last().map_or(0, |slot| slot.entry.at + 1);
        now.max(last)
    }

    fn insert(&mut self, entry: Entry, kept: bool) {
        self.slots.put(Slot {
            entry,
            kept,
            stored: kept,
        });
    }

    /// It may go. It would survive the page from here on, if it could be `stored`.
    pub fn kept(&mut self, client_id: ClientId, stored: bool) {
        if let Some(mut slot) = self.take(client_id) {
            (slot.kept, slot.stored) = (true, stored);
            self.slots.put(slot);
        }
    }

    /// The one to be sent now, unless another is on the wire or a pause runs.
    pub fn next(&mut self, room: RoomId) -> Option<Entry> {
        if self.on_the_wire(room).is_some() {
            return None;
        }
        let mut here = self.slots.iter().filter(|slot| slot.entry.room == room);
        let first = here.find(|slot| slot.entry.refused.is_none());
        let entry = first.filter(|first| first.kept)?.entry.clone();
        let failures = self.lanes.find(room).map_or(0, |lane| lane.failures);
        self.lanes.put(Lane {
            room,
            busy: Some(entry.client_id),
            paused: false,
            failures,
        });
        Some(entry)
    }

    fn on_the_wire(&self, room: RoomId) -> Option<ClientId> {
        self.lanes.find(room).and_then(|lane| lane.busy)
    }

    /// The one on the wire has arrived, or has been withdrawn. It is forgotten, unless it was thrown away
    /// meanwhile.
    pub fn done(&mut self, sent: &Entry) -> bool {
        self.lanes.take(sent.room);
        let key = (sent.at, sent.client_id);
        let here = self.slots.find(key);
        let over = here.is_none_or(|slot| slot.entry.withdrawn == sent.withdrawn);
        if over {
            self.slots.take(key);
        }
        over
    }

    /// The one on the wire has not arrived.
    pub fn failed(&mut self, sent: &Entry, refusal: &Refusal) -> Failed {
        let failures = 1 + self.lanes.find(sent.room).map_or(0, |lane| lane.failures);
        if passes(refusal) && (*refusal != Refusal::Broken || failures < BROKEN_AT_MOST) {
            self.lanes.put(Lane {
                room: sent.room,
                busy: Some(sent.client_id),
                paused: true,
                failures,
            });
            return Failed::Later(pause(refusal, failures));
        }
        self.lanes.take(sent.room);
        let key = (sent.at, sent.client_id);
        match self.slots.find_mut(key) {
            Some(slot) if !slot.entry.withdrawn && *refusal == Refusal::ClientIdTaken => {
                let entry = Entry {
                    client_id: renamed(slot.entry.client_id),
                    ..slot.entry.clone()
                };
                self.slots.take(key);
                self.insert(entry.clone(), false);
                Failed::Renamed(entry)
            }
            Some(slot) if !slot.entry.withdrawn => {
                slot.entry.refused = Some(refusal.clone());
                Failed::Refused(slot.entry.clone())
            }
            // Whatever was to be withdrawn isn't there.
            _ => {
                self.slots.take(key);
                Failed::Over
            }
        }
    }

    /// What is on the wire isn't waited for any more.
    pub fn forget_wire(&mut self) {
        self.lanes = Sorted::default();
    }

    /// Ends the pause, if one runs.
    pub fn resume(&mut self, room: RoomId) {
        if let Some(lane) = self.lanes.find_mut(room).filter(|lane| lane.paused) {
            (lane.busy, lane.paused) = (None, false);
        }
    }

    /// A refused one goes to the end of its room's queue. Under a client id that was taken back nothing comes
    /// any more, so that one gets another.
    pub fn retry(&mut self, client_id: ClientId, now: Millis) -> Option<Entry> {
        let entry = self.take(client_id)?.entry;
        let client_id = match entry.refused {
            Some(Refusal::Withdrawn) => renamed(client_id),
            _ => client_id,
        };
        let message = NewMessage {
            client_id,
            ..entry.message()
        };
        Some(self.push(entry.room, message, now))
    }

    /// Throws a message away. One that was refused is nowhere else. Of another one the server may know, and a
    /// lost one may be with other devices, which would offer it as well: the server is told, so that entry is
    /// to be kept, and sent.
    pub fn discard(&mut self, client_id: ClientId) -> Option<Entry> {
        let entry = self.take(client_id)?.entry;
        // An answer that couldn't be read says nothing of what the server did.
        let withdrawn = matches!(entry.refused, None | Some(Refusal::Broken | Refusal::Lost));
        let refused = entry.refused.filter(|_| !withdrawn);
        let entry = Entry {
            withdrawn,
            refused,
            ..entry
        };
        if withdrawn {
            self.insert(entry.clone(), false);
        }
        Some(entry)
    }

    fn take(&mut self, client_id: ClientId) -> Option<Slot> {
        let at = self.slots.iter().find(|slot| slot.entry.client_id == client_id)?;
        self.slots.take(at.key())
    }

    /// Squares itself with what is kept, which other tabs write to as well. Of what isn't kept any more,
    /// another tab has had the answer.
    pub fn adopt(&mut self, kept: Vec<Entry>) {
        let lanes = &self.lanes;
        self.slots.retain(|slot| {
            let id = slot.entry.client_id;
            let on_the_wire = lanes.find(slot.entry.room).and_then(|lane| lane.busy) == Some(id);
            !slot.stored || on_the_wire || kept.iter().any(|entry| entry.client_id == id)
        });
        for entry in kept {
            let here = self
                .slots
                .iter()
                .find(|slot| slot.entry.client_id == entry.client_id);
            // What isn't written yet is newer than what was read.
            if here.is_none_or(|here| here.stored) {
                self.take(entry.client_id);
                self.insert(entry, true);
            }
        }
    }
}

/// What becomes of a message that has not arrived.
#[derive(Debug, PartialEq, Eq)]
pub enum Failed {
    /// It is tried again after this pause.
    Later(Duration),
    /// Its client id names another text: of two devices that shared a draft, both have sent it. So this
    /// text is nowhere, and gets an id of its own.
    Renamed(Entry),
    /// It steps aside for the next one, and waits for its author.
    Refused(Entry),
    /// It was thrown away, and is nowhere.
    Over,
}

/// Another client id for the same text: the same one in every tab.
fn renamed(client_id: ClientId) -> ClientId {
    ClientId(uuid::Uuid::from_u128(client_id.0.as_u128().wrapping_add(1)))
}

fn pause(refusal: &Refusal, failures: u32) -> Duration {
    let growing = (FIRST_PAUSE * (1 << (failures - 1).min(6))).min(LAST_PAUSE);
    match refusal {
        Refusal::TooFast { retry_after_seconds } => growing.max(Duration::from_secs(*retry_after_seconds)),
        _ => growing,
    }
}

#[cfg(test)]
mod tests;
