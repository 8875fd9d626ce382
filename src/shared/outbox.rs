//! What a person has written and the server hasn't confirmed: one message at a time in each room, so that
//! the order is kept. Pure: whoever holds it keeps its entries beyond the page, and sends.

use super::ids::{ClientId, Millis, RoomId};
use super::message::Message;
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
    /// When it was written, by this side's clock; moved on where the clock went back, since entries are
    /// sent in this order.
    pub at: Millis,
    /// Why the server refused it; such a one waits for its author.
    pub refused: Option<Refusal>,
    /// Its author has thrown it away. It may have been on the wire, so the server is to be told.
    pub withdrawn: bool,
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
    pub fn push(&mut self, room: RoomId, client_id: ClientId, text: String, now: Millis) -> Entry {
        let entry = Entry {
            room,
            client_id,
            text,
            at: self.next_moment(now),
            refused: None,
            withdrawn: false,
        };
        self.insert(entry.clone(), false);
        entry
    }

    /// Takes in a message that has been in the room and is there no longer: its author is asked whether to
    /// send it again.
    pub fn offer(&mut self, room: RoomId, lost: &Message) -> Option<Entry> {
        if self.has(lost.client_id) {
            return None;
        }
        let entry = Entry {
            room,
            client_id: lost.client_id,
            text: lost.text.clone(),
            at: lost.posted_at,
            refused: Some(Refusal::Lost),
            withdrawn: false,
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
        Some(self.push(entry.room, client_id, entry.text, now))
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
mod tests {
    use super::super::ids::UserId;
    use super::*;

    const ROOM: RoomId = RoomId(1);

    fn outbox(texts: &[&str]) -> (Outbox, Vec<ClientId>) {
        let mut outbox = Outbox::default();
        let ids: Vec<ClientId> = texts.iter().map(|_| ClientId::new()).collect();
        for (id, text) in ids.iter().zip(texts) {
            outbox.push(ROOM, *id, (*text).to_owned(), 100);
            outbox.kept(*id, true);
        }
        (outbox, ids)
    }

    fn sent(outbox: &mut Outbox) -> Entry {
        outbox.next(ROOM).expect("something to send")
    }

    fn shown(outbox: &Outbox) -> Vec<String> {
        outbox.of(ROOM).into_iter().map(|pending| pending.text).collect()
    }

    fn message(client_id: ClientId, text: &str) -> Message {
        Message {
            position: 7,
            version: 7,
            author: UserId(1),
            client_id,
            posted_at: 50,
            edited_at: None,
            deleted: false,
            text: text.into(),
            blocks: vec![],
        }
    }

    #[test]
    fn one_message_at_a_time_leaves_a_room() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        let first = sent(&mut outbox);
        assert_eq!(first.client_id, ids[0]);
        assert_eq!(outbox.next(ROOM), None);
        assert!(outbox.done(&first));
        assert_eq!(sent(&mut outbox).client_id, ids[1]);
    }

    #[test]
    fn nothing_is_sent_before_it_is_kept() {
        let mut outbox = Outbox::default();
        let id = ClientId::new();
        outbox.push(ROOM, id, "text".into(), 1);
        assert_eq!(outbox.next(ROOM), None);
        assert_eq!(outbox.waiting(), 1);
        outbox.kept(id, true);
        assert_eq!(sent(&mut outbox).client_id, id);
    }

    #[test]
    fn the_order_is_that_of_writing_even_where_the_clock_goes_back() {
        let mut outbox = Outbox::default();
        for (text, now) in [("one", 5_000), ("two", 10), ("three", 5_000)] {
            outbox.push(ROOM, ClientId::new(), text.into(), now);
        }
        assert_eq!(shown(&outbox), ["one", "two", "three"]);
    }

    #[test]
    fn a_failure_that_passes_keeps_the_order() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        let first = sent(&mut outbox);
        assert_eq!(
            outbox.failed(&first, &Refusal::Offline),
            Failed::Later(FIRST_PAUSE)
        );
        assert_eq!(outbox.next(ROOM), None);
        outbox.resume(ROOM);
        let again = sent(&mut outbox);
        assert_eq!(again.client_id, ids[0]);
        assert_eq!(
            outbox.failed(&again, &Refusal::Unavailable),
            Failed::Later(FIRST_PAUSE * 2)
        );
    }

    #[test]
    fn a_pause_lasts_as_long_as_the_server_asks() {
        let (mut outbox, _) = outbox(&["text"]);
        let entry = sent(&mut outbox);
        let refusal = Refusal::TooFast {
            retry_after_seconds: 7,
        };
        assert_eq!(
            outbox.failed(&entry, &refusal),
            Failed::Later(Duration::from_secs(7))
        );
    }

    #[test]
    fn a_refused_message_steps_aside_and_can_be_sent_again() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        let first = sent(&mut outbox);
        assert!(matches!(
            outbox.failed(&first, &Refusal::NotAllowed),
            Failed::Refused(_)
        ));
        assert_eq!(outbox.of(ROOM)[0].refused, Some(Refusal::NotAllowed));
        let second = sent(&mut outbox);
        assert_eq!(second.client_id, ids[1]);
        outbox.done(&second);
        assert!(outbox.retry(ids[0], 0).is_some());
        outbox.kept(ids[0], true);
        let again = sent(&mut outbox);
        assert_eq!((again.client_id, again.refused.clone()), (ids[0], None));
        outbox.done(&again);
        assert_eq!(outbox.rooms(), []);
    }

    #[test]
    fn a_refused_message_can_be_thrown_away_and_the_server_need_not_know() {
        let (mut outbox, ids) = outbox(&["text"]);
        let entry = sent(&mut outbox);
        outbox.failed(&entry, &Refusal::NotFound);
        assert!(!outbox.discard(ids[0]).unwrap().withdrawn);
        assert_eq!(outbox.rooms(), []);
    }

    #[test]
    fn a_message_thrown_away_on_its_way_is_withdrawn() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        let first = sent(&mut outbox);
        assert!(outbox.discard(ids[0]).unwrap().withdrawn);
        assert_eq!(shown(&outbox), ["second"]);
        // The answer of its sending comes, and is not the end of it.
        assert!(!outbox.done(&first));
        outbox.kept(ids[0], true);
        let withdrawal = sent(&mut outbox);
        assert_eq!((withdrawal.client_id, withdrawal.withdrawn), (ids[0], true));
        assert!(outbox.done(&withdrawal));
        assert_eq!(sent(&mut outbox).client_id, ids[1]);
    }

    #[test]
    fn a_message_whose_client_id_is_taken_gets_another_one_and_keeps_its_place() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        let first = sent(&mut outbox);
        let Failed::Renamed(renamed) = outbox.failed(&first, &Refusal::ClientIdTaken) else {
            panic!("renamed")
        };
        assert_ne!(renamed.client_id, ids[0]);
        assert_eq!(outbox.next(ROOM), None, "it is to be kept first");
        outbox.kept(renamed.client_id, true);
        assert_eq!(sent(&mut outbox), renamed);
        assert_eq!(shown(&outbox), ["first", "second"]);
        // What was thrown away meanwhile stays away.
        let (mut outbox, ids) = self::outbox(&["text"]);
        let entry = sent(&mut outbox);
        outbox.discard(ids[0]);
        assert_eq!(outbox.failed(&entry, &Refusal::ClientIdTaken), Failed::Over);
    }

    #[test]
    fn what_was_withdrawn_elsewhere_waits_for_its_author_who_can_send_it_as_another_message() {
        let (mut outbox, ids) = outbox(&["text"]);
        let entry = sent(&mut outbox);
        let failed = outbox.failed(&entry, &Refusal::Withdrawn);
        assert!(matches!(failed, Failed::Refused(_)));
        assert_eq!(outbox.next(ROOM), None);
        let again = outbox.retry(ids[0], 200).expect("sent again");
        assert_ne!(again.client_id, ids[0]);
        outbox.kept(again.client_id, true);
        assert_eq!(sent(&mut outbox), again);
        assert_eq!(shown(&outbox), ["text"]);
    }

    #[test]
    fn what_another_device_has_sent_waits_no_more() {
        let (mut outbox, ids) = outbox(&["refused", "waiting"]);
        let first = sent(&mut outbox);
        outbox.failed(&first, &Refusal::NotAllowed);
        assert_eq!(
            outbox.arrived(&message(ids[1], "waiting")),
            None,
            "its answer comes here"
        );
        assert_eq!(
            outbox.arrived(&message(ids[0], "another")),
            None,
            "two devices shared a draft"
        );
        assert_eq!(
            outbox.arrived(&message(ids[0], "refused")).unwrap().client_id,
            ids[0]
        );
        assert_eq!(
            (outbox.refused(), shown(&outbox)),
            (vec![], vec!["waiting".to_owned()])
        );
    }

    #[test]
    fn a_lost_message_waits_for_its_author_and_is_offered_once() {
        let (mut outbox, ids) = outbox(&["text"]);
        let lost = |client_id| message(client_id, "lost");
        assert_eq!(outbox.offer(ROOM, &lost(ids[0])), None, "it is on its way");
        let id = ClientId::new();
        let entry = outbox.offer(ROOM, &lost(id)).expect("offered");
        assert_eq!(outbox.offer(ROOM, &lost(id)), None);
        assert_eq!(
            (entry.refused, outbox.refused()),
            (Some(Refusal::Lost), vec![ROOM])
        );
        assert_eq!(shown(&outbox), ["lost", "text"], "where it was written");
        assert_eq!(outbox.lost().len(), 1);
        outbox.kept(id, true);
        let first = sent(&mut outbox);
        assert_eq!(first.client_id, ids[0], "nobody has asked for it");
        outbox.done(&first);
        outbox.retry(id, 200);
        outbox.kept(id, true);
        let again = sent(&mut outbox);
        assert_eq!(again.client_id, id);
        outbox.done(&again);
        // Thrown away, no other device offers it.
        let other = outbox.offer(ROOM, &lost(ClientId::new())).expect("offered");
        assert!(outbox.discard(other.client_id).unwrap().withdrawn);
    }

    #[test]
    fn what_cannot_be_kept_is_at_risk_until_it_has_arrived() {
        let (mut outbox, _) = outbox(&["kept"]);
        assert!(!outbox.at_risk());
        let id = ClientId::new();
        outbox.push(ROOM, id, "text".into(), 200);
        assert!(outbox.at_risk());
        outbox.kept(id, false);
        assert!(outbox.at_risk());
        let kept = sent(&mut outbox);
        outbox.done(&kept);
        let text = sent(&mut outbox);
        outbox.done(&text);
        assert!(!outbox.at_risk());
    }

    #[test]
    fn a_withdrawal_that_finds_nothing_is_over() {
        let (mut outbox, ids) = outbox(&["text"]);
        outbox.discard(ids[0]);
        outbox.kept(ids[0], true);
        let withdrawal = sent(&mut outbox);
        assert_eq!(outbox.failed(&withdrawal, &Refusal::NotFound), Failed::Over);
        assert_eq!(outbox.rooms(), []);
    }

    #[test]
    fn an_answer_that_is_always_broken_is_a_refusal_in_the_end() {
        let (mut outbox, _) = outbox(&["text"]);
        for _ in 1..BROKEN_AT_MOST {
            let entry = sent(&mut outbox);
            assert!(matches!(
                outbox.failed(&entry, &Refusal::Broken),
                Failed::Later(_)
            ));
            outbox.resume(ROOM);
        }
        let entry = sent(&mut outbox);
        assert!(matches!(
            outbox.failed(&entry, &Refusal::Broken),
            Failed::Refused(_)
        ));
    }

    #[test]
    fn tabs_agree_through_what_is_kept() {
        let (mut here, ids) = outbox(&["first", "second"]);
        let first = sent(&mut here);
        let unwritten = ClientId::new();
        here.push(ROOM, unwritten, "mine".into(), 0);
        let (elsewhere, _) = outbox(&["theirs"]);
        let theirs = elsewhere.entries().next().unwrap().clone();
        // Another tab has sent the second one, and has one of its own.
        here.adopt(vec![first.clone(), theirs]);
        let mut all = shown(&here);
        all.sort();
        assert_eq!(all, ["first", "mine", "theirs"]);
        assert!(!here.has(ids[1]));
        // What is on the wire from here is answered here.
        here.adopt(vec![]);
        assert!(here.has(first.client_id) && here.has(unwritten));
    }
}
