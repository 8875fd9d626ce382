//! What a server has lost that was put back to an older copy of its database: one's own messages of after the
//! copy, as far as this browser has them still, are offered to be sent again.

use super::Chat;
use super::keeping::{PATIENCE, ROOMS_END, ROOMS_START};
use super::news::ASK_PAUSE;
use crate::api;
use crate::api::patience::within;
use crate::shared::ids::{ClientId, Millis, RoomId, Version};
use crate::shared::limits::ASKED_IDS;
use crate::shared::live::{Epoch, Page, RoomList};
use crate::shared::message::Message;
use crate::shared::outbox::{Entry, Outbox, passes};
use crate::shared::sorted::{Keyed, Sorted};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

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

    /// Compares a list that was asked for. It may be older than what was told meanwhile, so where only its versions
    /// are behind, the next greeting decides.
    pub(super) fn weigh(self, list: &RoomList) {
        let now = known(list);
        match self.known_here() {
            Some(before) if before.0 == now.0 && went_back(&before, &now) => {
                self.compared.update_value(|compared| compared.0 = Some(before))
            }
            _ => _ = self.has_gone_back(list),
        }
    }

    /// Nothing is heard of the server: whatever comes next, it may have been put back meanwhile.
    pub fn lost_touch(self) {
        self.compared.update_value(|compared| compared.1 = None);
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
            for page in within(PATIENCE, kept).await.flatten().unwrap_or_default() {
                let messages = page.messages.iter();
                messages.for_each(|message| gather(&mut own, page.room, message));
            }
            self.lost.set_value(own.to_vec());
            self.offer_lost();
        });
    }

    /// Asks the server which of them it lacks, and asks their author what is to become of those. What is offered
    /// already may have been sent again, or thrown away, on another device.
    pub(super) fn offer_lost(self) {
        let (own, offered) = (self.lost.get_value(), self.outbox.with_value(Outbox::lost));
        let ids = offered.iter().map(|entry| entry.client_id);
        let ids = ids.chain(own.iter().rev().map(|own| own.message.client_id));
        let ids: Vec<ClientId> = ids.take(ASKED_IDS).collect();
        if ids.is_empty() {
            return self.looking.set_value(false);
        }
        spawn_local(async move {
            match offering(self, own, offered, ids).await {
                Ok(offering) => offering.await,
                Err(_) => set_timeout(move || self.offer_lost(), ASK_PAUSE),
            }
        });
    }

    async fn ask_and_offer(self, own: Vec<Own>, offered: Vec<Entry>, ids: Vec<ClientId>) {
        let unknown = match api::messages::unknown(self.my_id(), ids.clone()).await {
            Err(refusal) if passes(&refusal) => return set_timeout(move || self.offer_lost(), ASK_PAUSE),
            Err(refusal) => return self.failed(&refusal),
            Ok(unknown) => unknown,
        };
        for entry in offered {
            if ids.contains(&entry.client_id) && !unknown.contains(&entry.client_id) {
                self.update_outbox(|outbox| outbox.forget(entry.client_id));
                self.forget_entry(entry);
            }
        }
        for Own { room, message } in own {
            // Nobody would see it in a room that is gone too.
            let here = self.entry(room, |_| ()).is_some();
            if here && unknown.contains(&message.client_id) {
                let entry = self.update_outbox(|outbox| outbox.offer(room, &message));
                entry.into_iter().for_each(|entry| self.keep_entry(entry, None));
            }
        }
        if self.looking.get_value() {
            // The other rooms are kept as they were in a history that is no more.
            self.keep_or_not(vec![(ROOMS_START.to_owned(), None)]);
            self.drop_sent_drafts();
            self.lost.set_value(Vec::new());
            self.looking.set_value(false);
            self.keep_soon();
        }
    }
}

chunk! {
    later,
    /// It hardly ever happens, so it is in the [chunk](crate::app::later) of what is needed later.
    fn offering(chat: Chat, own: Vec<Own>, offered: Vec<Entry>, ids: Vec<ClientId>) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(chat.ask_and_offer(own, offered, ids))
    }
}
