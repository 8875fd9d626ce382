//! What a server has lost that was put back to an older copy of its database: one's own messages of after the
//! copy, as far as this browser has them still, are offered to be sent again.

use super::Chat;
use super::keeping::{ROOMS_END, ROOMS_START};
use super::news::ASK_PAUSE;
use crate::api;
use crate::shared::ids::{ClientId, Millis, RoomId, Version};
use crate::shared::limits::ASKED_IDS;
use crate::shared::live::{Epoch, Page, RoomList};
use crate::shared::message::Message;
use crate::shared::outbox::passes;
use crate::shared::sorted::{Keyed, Sorted};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How much of the server's history is known: its epoch, and each room's version.
pub(super) type Known = (Epoch, Vec<(RoomId, Version)>);

pub(super) fn known(list: &RoomList) -> Known {
    let rooms = list.rooms.iter();
    let versions = rooms.map(|entry| (entry.room.id, entry.through));
    (list.epoch.clone(), versions.collect())
}

/// Whether a server that knows `now` has forgotten something since it knew `before`.
fn went_back(before: &Known, now: &Known) -> bool {
    let is_behind = |(room, through): &(RoomId, Version)| {
        let mut now = now.1.iter();
        now.any(|(other, now)| other == room && now < through)
    };
    before.0 != now.0 || before.1.iter().any(is_behind)
}

/// One's own message that may be gone.
#[derive(Clone)]
pub(super) struct Own {
    room: RoomId,
    message: Message,
}

impl Keyed for Own {
    type Key = (Millis, ClientId);

    fn key(&self) -> Self::Key {
        (self.message.posted_at, self.message.client_id)
    }
}

impl Chat {
    /// Compares a greeting with what this page knows. Whether the server has gone back.
    pub(super) fn has_gone_back(self, now: &RoomList) -> bool {
        let now = known(now);
        let back = self.known_here().is_some_and(|before| went_back(&before, &now));
        if back {
            self.look_for_lost();
        }
        self.compare_known(None, Some(now));
        back
    }

    /// As far as this page knows. Answers to one's own writes may be ahead of the list.
    fn known_here(self) -> Option<Known> {
        let mut versions: Vec<_> = self.list.with_untracked(|list| {
            let rooms = list.as_ref()?.ordered().into_iter();
            Some(rooms.map(|entry| (entry.room.id, entry.through)).collect())
        })?;
        versions.extend(self.read_open(|timeline| (timeline.room(), timeline.highest())));
        Some((self.epoch.get_value(), versions))
    }

    /// A list that was asked for is about to replace what is known here. It may be older than what was told
    /// meanwhile, so if it looks like going back, the next greeting decides.
    pub(super) fn remember(self, now: &RoomList) {
        let before = self.known_here();
        if let Some(before) = before.filter(|before| went_back(before, &known(now))) {
            self.compared.update_value(|compared| compared.0 = Some(before));
        }
    }

    /// Compares what was known before with a greeting, once both are there.
    pub(super) fn compare_known(self, before: Option<Known>, greeting: Option<Known>) {
        let (known, greeted) = self.compared.get_value();
        let (before, now) = (known.or(before), greeting.or(greeted));
        let back = match (&before, &now) {
            (Some(before), Some(now)) => went_back(before, now),
            _ => false,
        };
        self.compared.set_value((before.filter(|_| now.is_none()), now));
        if back {
            self.look_for_lost();
        }
    }

    /// Gathers one's own messages, from the screen and from what is kept.
    fn look_for_lost(self) {
        let me = self.my_id();
        let mut own = Sorted::<Own>::default();
        let gather = move |own: &mut Sorted<Own>, room: RoomId, message: &Message| {
            if message.author == me && !message.deleted {
                let message = message.clone();
                own.put(Own { room, message });
            }
        };
        let kept = self.recall::<Page>(ROOMS_START, ROOMS_END);
        self.read_open(|timeline| {
            let messages = timeline.messages();
            messages.for_each(|message| gather(&mut own, timeline.room(), message));
        });
        self.looking.set_value(true);
        spawn_local(async move {
            for page in kept.await.unwrap_or_default() {
                let messages = page.messages.iter();
                messages.for_each(|message| gather(&mut own, page.room, message));
            }
            let own: Vec<Own> = own.to_vec();
            let over = own.len().saturating_sub(ASKED_IDS);
            self.lost.set_value(own.into_iter().skip(over).collect());
            self.offer_lost();
        });
    }

    /// Asks the server which of them it lacks, and asks their author what is to become of those.
    fn offer_lost(self) {
        let own = self.lost.get_value();
        spawn_local(async move {
            let ids = own.iter().map(|own| own.message.client_id).collect();
            let unknown = match api::messages::unknown(self.my_id(), ids).await {
                Err(refusal) if passes(&refusal) => return set_timeout(move || self.offer_lost(), ASK_PAUSE),
                answer => answer.unwrap_or_default(),
            };
            for Own { room, message } in own {
                // Nobody would see it in a room that is gone too.
                let here = self.entry(room, |_| ()).is_some();
                if here && unknown.contains(&message.client_id) {
                    let entry = self.update_outbox(|outbox| outbox.offer(room, &message));
                    entry.into_iter().for_each(|entry| self.keep_entry(entry, None));
                }
            }
            self.drop_sent_drafts();
            self.lost.set_value(Vec::new());
            self.looking.set_value(false);
            self.keep_soon();
        });
    }
}
