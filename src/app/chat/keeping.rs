//! What outlives the page: the outbox, drafts, and the last that is known of the rooms read lately, for when
//! the server is out of reach. A browser's [`Keeper`] does the keeping; without one nothing is kept.

use super::Chat;
use super::lost::known;
use crate::api::patience::within;
use crate::shared::ids::{ClientId, RoomId};
use crate::shared::json;
use crate::shared::live::{Conversation, Page, RoomList};
use crate::shared::room::Place;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// What is to be written under each key; nothing: is to be removed.
pub type Changes = Vec<(String, Option<String>)>;

type Done<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Keeps texts by keys, for one person, beyond the page.
pub trait Keeper {
    /// All of it or nothing, in the order of the calls; tells which. A key that ends with `/` stands for all
    /// that begin with it, to be removed.
    fn write(&self, changes: Changes) -> Done<bool>;
    /// The values between two keys, both included, by key; nothing, if they can't be read.
    fn read(&self, from: &str, to: &str) -> Done<Option<Vec<String>>>;
    /// Tells the other tabs that something in the outbox has changed.
    fn tell_tabs(&self);
}

/// What is known changes often; it is kept at most so often.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// Nobody waits longer for a page that is kept.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// Rooms of which messages are kept.
const ROOMS: usize = 30;
/// Messages that are kept of a room.
const MESSAGES: usize = 100;

/// The list, and of which rooms there are messages. (A struct would cost a browser a reader of its own.)
type KeptList = (RoomList, Vec<RoomId>);

/// The outbox lies between `outbox/` and `outbox0`, by client id.
pub(super) fn entry_key(client_id: ClientId) -> String {
    ["outbox/", &client_id.to_string()].concat()
}

pub(super) fn draft_key(room: RoomId) -> String {
    ["draft/", &room.to_string()].concat()
}

fn room_key(room: RoomId) -> String {
    [ROOMS_START, &room.to_string()].concat()
}

/// Between these lie the rooms.
pub(super) const ROOMS_START: &str = "room/";
pub(super) const ROOMS_END: &str = "room0";

const LIST: &str = "list";

impl Chat {
    pub(super) fn keep(self, changes: Changes) -> Done<bool> {
        match self.keeper.get_value() {
            Some(keeper) => keeper.write(changes),
            None => Box::pin(async { false }),
        }
    }

    /// Where nothing hangs on it.
    pub(super) fn keep_or_not(self, changes: Changes) {
        let keeping = self.keep(changes);
        spawn_local(async move { _ = keeping.await });
    }

    /// What is kept between two keys and can be read: another version of the program may have written it.
    pub(super) fn recall<T: DeserializeOwned>(
        self,
        from: &str,
        to: &str,
    ) -> impl Future<Output = Option<Vec<T>>> + Send + use<T> {
        let reading = self.keeper.get_value().map(|keeper| keeper.read(from, to));
        async move {
            let texts = reading?.await?;
            let values = texts.iter().filter_map(|text| json::read(text.as_bytes()));
            Some(values.collect())
        }
    }

    pub(super) fn tell_tabs(self) {
        if let Some(keeper) = self.keeper.get_value() {
            keeper.tell_tabs();
        }
    }

    /// Something that is known has changed: it is kept, in a moment.
    pub(super) fn keep_soon(self) {
        if self.keeping.get_value() || self.keeper.with_value(Option::is_none) {
            return;
        }
        self.keeping.set_value(true);
        set_timeout(move || self.keep_now(), KEEP_EVERY);
    }

    /// Keeps the list and the conversation on screen as they are. Also when the page may go.
    pub fn keep_now(self) {
        self.keeping.set_value(false);
        // Until the server has spoken, and while it is asked what it has lost, what is kept stays as it is.
        let greeted = self.compared.with_value(|(_, greeting)| greeting.is_some());
        if self.looking.get_value() || !greeted {
            return;
        }
        let Some(list) = self.to_keep() else { return };
        let mut changes = vec![(LIST.to_owned(), json::write(&list))];
        let page = self.read_open(|timeline| timeline.kept(MESSAGES)).flatten();
        if let Some(page) = page {
            changes.push((room_key(page.room), json::write(&page)));
        }
        self.keep_or_not(changes);
    }

    fn to_keep(self) -> Option<KeptList> {
        let rooms = self.list.with_untracked(|list| {
            let list = list.as_ref()?;
            Some(list.ordered().into_iter().cloned().collect())
        })?;
        let list = RoomList {
            epoch: self.epoch.get_value(),
            me: self.me.get_untracked()?,
            rooms,
            no_password: self.no_password.get_untracked(),
            build: String::new(),
            directory: None,
        };
        Some((list, self.recent.get_value()))
    }

    /// Of the rooms that were read longest ago the messages go.
    pub(super) fn recent_first(self, room: RoomId) {
        let mut recent = self.recent.get_value();
        recent.retain(|other| *other != room);
        recent.insert(0, room);
        let gone = recent.split_off(recent.len().min(ROOMS));
        self.recent.set_value(recent);
        if !gone.is_empty() {
            let gone = gone.into_iter().map(|room| (room_key(room), None));
            self.keep_or_not(gone.collect());
        }
    }

    /// Takes over which rooms were read lately and, where the server is out of reach, what was known of them
    /// last: it may be newer than the page, which was kept too.
    pub fn recall_list(self, out_of_reach: bool) {
        let lists = self.recall::<KeptList>(LIST, LIST);
        spawn_local(async move {
            let Some((list, rooms)) = lists.await.unwrap_or_default().pop() else {
                return;
            };
            self.compare_known(Some(known(&list)), None);
            self.recent.update_value(|recent| {
                for room in rooms {
                    if !recent.contains(&room) {
                        recent.push(room);
                    }
                }
            });
            if out_of_reach && self.epoch.with_value(|epoch| *epoch == list.epoch) {
                // Each line only if it is newer: the page may have come from the server a moment ago.
                for entry in list.rooms {
                    self.hear_draft(entry.room.id, entry.draft.clone());
                    self.update_list(|lines| lines.joined(entry));
                }
            }
        });
    }

    /// A conversation as it was known last.
    pub fn recall_conversation(
        self,
        place: &Place,
    ) -> impl Future<Output = Option<Conversation>> + Send + use<> {
        let entry = self.list.with_untracked(|list| {
            let ordered = list.as_ref()?.ordered();
            ordered.into_iter().find(|entry| is_at(entry, place)).cloned()
        });
        let key = entry
            .as_ref()
            .map(|entry| room_key(entry.room.id))
            .unwrap_or_default();
        // Only browsers have a clock to look at.
        let keeps = self.keeper.with_value(Option::is_some);
        let pages = self.recall::<Page>(&key, &key);
        async move {
            if !keeps {
                return None;
            }
            let page = within(PATIENCE, pages).await??.pop()?;
            Some(Conversation::Here { entry: entry?, page })
        }
    }

    /// The session is over: what may be seen by whoever comes next to this device goes. What isn't sent
    /// stays, for its author to come back to.
    pub fn forget(self) -> impl Future<Output = bool> + use<> {
        let forgetting = self.keep(vec![(ROOMS_START.to_owned(), None), (LIST.to_owned(), None)]);
        // Nothing is written after that, also not by the page's last breath.
        self.keeper.set_value(None);
        forgetting
    }
}

fn is_at(entry: &crate::shared::room::RoomEntry, place: &Place) -> bool {
    match (place, &entry.with) {
        (Place::Room(room), _) => entry.room.id == *room,
        (Place::Direct(handle), Some(with)) => with.handle == *handle,
        (Place::Direct(_), None) => false,
    }
}
