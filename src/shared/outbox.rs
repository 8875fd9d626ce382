//! What waits to be sent from this tab: one message at a time in each room, so that the order is kept.

use super::ids::{ClientId, Millis, RoomId};
use super::refusal::Refusal;
use super::timeline::Pending;
use std::collections::{BTreeMap, VecDeque};
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

/// The message whose turn it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Next {
    pub client_id: ClientId,
    pub text: String,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Pending>,
    refused: Vec<Pending>,
    /// The first one is on the wire, or a pause runs.
    busy: bool,
    /// The pause that runs, rather than the wire.
    paused: bool,
    failures: u32,
}

#[derive(Debug, Default)]
pub struct Outbox {
    queues: BTreeMap<RoomId, Queue>,
}

impl Outbox {
    /// Everything unsent in a room: the refused ones, then those whose turn will come.
    pub fn of(&self, room: RoomId) -> impl Iterator<Item = &Pending> {
        self.queues
            .get(&room)
            .into_iter()
            .flat_map(|queue| queue.refused.iter().chain(&queue.waiting))
    }

    /// The rooms where something is unsent.
    pub fn rooms(&self) -> Vec<RoomId> {
        self.queues.keys().copied().collect()
    }

    pub fn push(&mut self, room: RoomId, client_id: ClientId, text: String, at: Millis) {
        self.queues.entry(room).or_default().waiting.push_back(Pending {
            client_id,
            text,
            at,
            refused: None,
        });
    }

    /// The one to be sent now, unless another is on the wire or a pause runs.
    pub fn next(&mut self, room: RoomId) -> Option<Next> {
        let queue = self.queues.get_mut(&room).filter(|queue| !queue.busy)?;
        let first = queue.waiting.front()?;
        queue.busy = true;
        Some(Next {
            client_id: first.client_id,
            text: first.text.clone(),
        })
    }

    /// The one on the wire has arrived.
    pub fn done(&mut self, room: RoomId) {
        let Some(queue) = self.queues.get_mut(&room) else {
            return;
        };
        queue.waiting.pop_front();
        (queue.busy, queue.failures) = (false, 0);
        if queue.waiting.is_empty() && queue.refused.is_empty() {
            self.queues.remove(&room);
        }
    }

    /// The one on the wire has not arrived. Returns the pause after which it is tried again; none: it
    /// is refused and steps aside for the next one.
    pub fn failed(&mut self, room: RoomId, refusal: &Refusal) -> Option<Duration> {
        let queue = self.queues.get_mut(&room)?;
        queue.failures += 1;
        if passes(refusal) && (*refusal != Refusal::Broken || queue.failures < BROKEN_AT_MOST) {
            queue.paused = true;
            return Some(pause(refusal, queue.failures));
        }
        (queue.busy, queue.failures) = (false, 0);
        let refused = queue.waiting.pop_front()?;
        queue.refused.push(Pending {
            refused: Some(refusal.clone()),
            ..refused
        });
        None
    }

    /// Ends the pause, if one runs.
    pub fn resume(&mut self, room: RoomId) {
        if let Some(queue) = self.queues.get_mut(&room).filter(|queue| queue.paused) {
            (queue.busy, queue.paused) = (false, false);
        }
    }

    /// A refused one goes to the end of its room's queue.
    pub fn retry(&mut self, client_id: ClientId) -> Option<RoomId> {
        let (room, pending) = self.take_refused(client_id)?;
        self.push(room, client_id, pending.text, pending.at);
        Some(room)
    }

    /// A refused one is forgotten.
    pub fn discard(&mut self, client_id: ClientId) -> Option<RoomId> {
        self.take_refused(client_id).map(|(room, _)| room)
    }

    fn take_refused(&mut self, client_id: ClientId) -> Option<(RoomId, Pending)> {
        self.queues.iter_mut().find_map(|(room, queue)| {
            let at = queue
                .refused
                .iter()
                .position(|pending| pending.client_id == client_id)?;
            Some((*room, queue.refused.remove(at)))
        })
    }
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
    use super::*;

    const ROOM: RoomId = RoomId(1);

    fn outbox(texts: &[&str]) -> (Outbox, Vec<ClientId>) {
        let mut outbox = Outbox::default();
        let ids: Vec<ClientId> = texts.iter().map(|_| ClientId::new()).collect();
        for (id, text) in ids.iter().zip(texts) {
            outbox.push(ROOM, *id, (*text).to_owned(), 0);
        }
        (outbox, ids)
    }

    #[test]
    fn one_message_at_a_time_leaves_a_room() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        assert_eq!(outbox.next(ROOM).map(|next| next.client_id), Some(ids[0]));
        assert_eq!(outbox.next(ROOM), None);
        outbox.done(ROOM);
        assert_eq!(outbox.next(ROOM).map(|next| next.client_id), Some(ids[1]));
    }

    #[test]
    fn a_failure_that_passes_keeps_the_order() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        outbox.next(ROOM);
        assert_eq!(outbox.failed(ROOM, &Refusal::Offline), Some(FIRST_PAUSE));
        assert_eq!(outbox.next(ROOM), None);
        outbox.resume(ROOM);
        assert_eq!(outbox.next(ROOM).map(|next| next.client_id), Some(ids[0]));
        assert_eq!(outbox.failed(ROOM, &Refusal::Unavailable), Some(FIRST_PAUSE * 2));
    }

    #[test]
    fn a_pause_lasts_as_long_as_the_server_asks() {
        let (mut outbox, _) = outbox(&["text"]);
        outbox.next(ROOM);
        let refusal = Refusal::TooFast {
            retry_after_seconds: 7,
        };
        assert_eq!(outbox.failed(ROOM, &refusal), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_refused_message_steps_aside_and_can_be_sent_again() {
        let (mut outbox, ids) = outbox(&["first", "second"]);
        outbox.next(ROOM);
        assert_eq!(outbox.failed(ROOM, &Refusal::NotAllowed), None);
        assert_eq!(outbox.next(ROOM).map(|next| next.client_id), Some(ids[1]));
        outbox.done(ROOM);
        assert_eq!(outbox.retry(ids[0]), Some(ROOM));
        assert_eq!(outbox.next(ROOM).map(|next| next.client_id), Some(ids[0]));
        outbox.done(ROOM);
        assert_eq!(outbox.rooms(), []);
    }

    #[test]
    fn a_refused_message_can_be_thrown_away() {
        let (mut outbox, ids) = outbox(&["text"]);
        outbox.next(ROOM);
        outbox.failed(ROOM, &Refusal::NotFound);
        assert_eq!(outbox.discard(ids[0]), Some(ROOM));
        assert_eq!(outbox.of(ROOM).count(), 0);
    }

    #[test]
    fn an_answer_that_is_always_broken_is_a_refusal_in_the_end() {
        let (mut outbox, _) = outbox(&["text"]);
        for _ in 1..BROKEN_AT_MOST {
            outbox.next(ROOM);
            assert!(outbox.failed(ROOM, &Refusal::Broken).is_some());
            outbox.resume(ROOM);
        }
        outbox.next(ROOM);
        assert_eq!(outbox.failed(ROOM, &Refusal::Broken), None);
    }
}
