//! What the socket says, and what is asked of the server because of it.

use super::{Asking, Chat};
use crate::api;
use crate::shared::ids::{RoomId, Version};
use crate::shared::limits::CHANGES_ROWS;
use crate::shared::live::{Anchor, Catchup, Changes, Directory, Epoch, Page, RoomList, Row, ToBrowser};
use crate::shared::outbox::passes;
use crate::shared::refusal::Refusal;
use crate::shared::timeline::{Applied, List, Timeline};
use crate::shared::user::Person;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// After a failed catching up.
pub(super) const ASK_PAUSE: Duration = Duration::from_secs(3);
/// So many versions behind, the room on screen is loaded anew around the place where reading stopped.
const FAR: Version = CHANGES_ROWS as Version;

impl Chat {
    /// Takes in one frame.
    pub fn hear(self, news: ToBrowser) {
        match news {
            ToBrowser::Hello(list) => self.hello(list),
            ToBrowser::Changes(changes) => self.changed(&changes),
            ToBrowser::Joined(entry) => self.update_list(|list| list.joined(entry)),
            ToBrowser::Left { room } => self.update_list(|list| list.left(room)),
            ToBrowser::Read {
                room,
                last_read,
                unread,
                mentions,
                through,
            } => self.take_in(|list| list.read(room, last_read, (unread, mentions), through)),
            ToBrowser::Reached { room, reach } => self.update_list(|list| list.reached(room, reach)),
            ToBrowser::Presence { person, presence } => {
                self.update_list(|list| list.present(person, presence));
            }
            ToBrowser::Typing { room, person, name } => self.hear_typing(room, person, name),
            ToBrowser::Own { room, own } => self.update_list(|list| list.owned(room, own)),
            ToBrowser::Person(person) => self.met(&person),
            ToBrowser::Draft { room, draft } => self.hear_draft(room, draft),
            ToBrowser::Heartbeat { rooms, versions } => self.compare((rooms, versions)),
        }
    }

    /// The list, as it was once the server had begun to tell everything. One that knows less than the screen
    /// is of a server that was put back to a copy of its database.
    fn hello(self, mut list: RoomList) {
        // What was asked over the last connection may never be answered.
        self.asking.set_value(Asking::No);
        self.refreshing.set_value(Asking::No);
        self.paging.set_value(false);
        if self.has_gone_back(&list) {
            self.epoch.set_value(Epoch::new());
        }
        let directory = list
            .directory
            .take()
            .filter(|directory| !directory.people.is_empty());
        // It is newer than whatever came over the last connection.
        _ = self.greeted(list);
        if let Some(directory) = directory {
            self.met_again(&directory);
        }
    }

    /// The list anew. A conversation on screen that is behind it catches up; one of another epoch is
    /// loaded anew.
    fn greeted(self, list: RoomList) -> Applied {
        self.compare_build(&list.build);
        let same = self.epoch.with_value(|epoch| *epoch == list.epoch);
        self.differing.set_value(0);
        let applied = self.adopt_list(list);
        if self.signed_out.get_untracked() {
            return applied;
        }
        match self.open_number() {
            Some((room, _)) if !same => spawn_local(async move { self.reload(room).await }),
            Some((room, number)) => self.came_back(room, number),
            None => {}
        }
        self.wake();
        applied
    }

    /// A server that was started anew may have another build of the page's program. Back again is as good.
    fn compare_build(self, theirs: &str) {
        let other = self
            .build
            .with_value(|ours| !ours.is_empty() && !theirs.is_empty() && ours != theirs);
        if self.outdated.get_untracked() != other {
            self.outdated.set(other);
        }
    }

    /// The "new" line stands where reading stopped.
    fn came_back(self, room: RoomId, number: Version) {
        let missed = self.entry(room, |entry| entry.through > number && entry.unread > 0);
        let read = self.read_through(room).filter(|_| missed == Some(true));
        self.missed.set_value(read.map(|read| (room, read)));
        self.keep_up();
    }

    /// Draws the line above what was missed: just before that comes, so that the two are drawn as one.
    fn draw_line(self) {
        let here = self.open_number().map(|(room, _)| room);
        match self.missed.try_update_value(Option::take).flatten() {
            Some((room, read)) if Some(room) == here => self.line.set(Some(read)),
            _ => {}
        }
    }

    /// Asks, if the list knows more of the room on screen than the screen does.
    pub fn keep_up(self) {
        let Some((room, number)) = self.open_number() else {
            return;
        };
        if self.through(room) > number {
            self.ask(room);
        }
    }

    /// The room's version, as far as the list knows.
    fn through(self, room: RoomId) -> Version {
        self.entry(room, |entry| entry.through).unwrap_or_default()
    }

    fn changed(self, changes: &Changes) {
        let mut messages = changes.rows.iter().filter_map(Row::message);
        if messages.any(|message| message.version > message.position) {
            self.altered.update(|altered| *altered += 1);
        }
        self.apply_to_list(changes);
        for message in changes.rows.iter().filter_map(Row::message) {
            self.has_typed(changes.room, message.author);
        }
        self.have_arrived(changes.rows.iter().filter_map(Row::message));
        if let Some(Applied::Ask { .. }) = self.apply(changes) {
            self.ask(changes.room);
        }
    }

    /// Somebody has another name, handle or picture.
    fn met(self, person: &Person) {
        self.take_in(|list| list.met(person));
        if let Some(open) = self.open.get_value() {
            open.update(|timeline| timeline.met(person));
        }
        if self.is_me(person.id) {
            self.me.set(Some(person.clone()));
        }
        self.met.update(|met| *met += 1);
    }

    /// The number of the directory at which those on screen are known.
    pub fn directory(self) -> Option<Version> {
        self.read_open(Timeline::directory)
    }

    /// Those who got another name, handle or picture while there was no connection. The list is new already.
    fn met_again(self, directory: &Directory) {
        if let Some(open) = self.open.get_value() {
            open.update(|timeline| timeline.met_again(directory));
        }
        self.met.update(|met| *met += 1);
    }

    /// Takes something in that the list may have to ask for.
    fn take_in(self, take: impl FnOnce(&mut List) -> Applied) {
        let applied = self.list.try_update(|list| list.as_mut().map(take));
        if applied.flatten() == Some(Applied::AskList) {
            self.refresh();
        }
        self.keep_soon();
    }

    /// Applies to the list. What it can't count by itself it asks for.
    fn apply_to_list(self, changes: &Changes) {
        let Some(me) = self.me.with_untracked(|me| me.as_ref().map(|me| me.id)) else {
            return;
        };
        let applied = self
            .list
            .try_update(|list| list.as_mut().map(|list| list.apply(me, changes)));
        if applied.flatten() == Some(Applied::AskList) {
            self.refresh();
        }
        self.keep_soon();
    }

    /// Applies to the conversation on screen, if it is of that room.
    fn apply(self, changes: &Changes) -> Option<Applied> {
        self.update_open(changes.room, |timeline| timeline.apply(changes))
    }

    /// A heartbeat carries a sum of the versions. It may cross with news, so only a second difference
    /// in a row means that something was missed.
    fn compare(self, theirs: (u32, i64)) {
        let ours = self.list.with_untracked(|list| list.as_ref().map(List::sum));
        let differing = if ours == Some(theirs) {
            0
        } else {
            self.differing.get_value() + 1
        };
        self.differing.set_value(differing);
        if differing >= 2 {
            self.refresh();
        }
    }

    // Asking the server

    /// Asks for the list. Also tells whether the session still stands.
    pub fn refresh(self) {
        if self.refreshing.get_value() != Asking::No {
            // The answer that is on its way may be of before.
            return self.refreshing.set_value(Asking::Again);
        }
        self.refreshing.set_value(Asking::Yes);
        spawn_local(async move {
            let answer = api::rooms::list_rooms().await;
            let again = self.refreshing.get_value() == Asking::Again;
            self.refreshing.set_value(Asking::No);
            match answer {
                Ok(list) => {
                    self.weigh(&list);
                    if self.greeted(list) == Applied::AskList || again {
                        self.refresh();
                    }
                }
                Err(refusal) => self.failed(&refusal),
            }
        });
    }

    /// Asks what has changed in the room on screen since its number.
    fn ask(self, room: RoomId) {
        if self.asking.get_value() != Asking::No {
            return self.asking.set_value(Asking::Again);
        }
        self.asking.set_value(Asking::Yes);
        spawn_local(async move {
            let done = self.catch_up(room).await;
            let again = self.asking.get_value() == Asking::Again;
            self.asking.set_value(Asking::No);
            let Some((room, _)) = self.open_number() else {
                return;
            };
            match done {
                Ok(()) if again => self.ask(room),
                Ok(()) => {}
                Err(refusal) if passes(&refusal) => set_timeout(move || self.ask(room), ASK_PAUSE),
                Err(refusal) => self.failed(&refusal),
            }
        });
    }

    /// Page after page until nothing more is known, or another room is on screen.
    async fn catch_up(self, room: RoomId) -> Result<(), Refusal> {
        while let Some((_, number)) = self.open_number().filter(|(open, _)| *open == room) {
            if self.through(room) - number > FAR {
                return self.load(room, self.where_reading_stopped(room)).await;
            }
            match api::messages::changes(room, number, self.epoch.get_value()).await? {
                Catchup::Reset => return self.load(room, self.where_reading_stopped(room)).await,
                Catchup::Changes { changes, current } => {
                    self.apply_to_list(&changes);
                    self.have_arrived(changes.rows.iter().filter_map(Row::message));
                    self.draw_line();
                    self.apply(&changes);
                    // An answer that leads no further would be asked for without end.
                    if changes.through >= current || changes.through <= number {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn where_reading_stopped(self, room: RoomId) -> Anchor {
        let unread = self.entry(room, |entry| entry.unread > 0) == Some(true);
        let stopped = self.read_through(room).filter(|_| unread);
        stopped.map_or(Anchor::Latest, Anchor::Around)
    }

    /// Lets go of what is loaded and takes the room anew.
    async fn reload(self, room: RoomId) {
        match self.load(room, self.where_reading_stopped(room)).await {
            // Of another epoch still: the next greeting loads it.
            Err(refusal) if passes(&refusal) => self.epoch.set_value(Epoch::new()),
            Err(refusal) => self.failed(&refusal),
            Ok(()) => {}
        }
    }

    pub(super) async fn load(self, room: RoomId, anchor: Anchor) -> Result<(), Refusal> {
        let page = api::messages::page(room, anchor).await?;
        self.have_arrived(page.messages.iter());
        self.draw_line();
        self.update_open(room, |timeline| timeline.replace(self.begin(page)));
        // What came while it was on its way went with the old run.
        self.keep_up();
        Ok(())
    }

    /// Loads the messages before the first one.
    pub fn load_older(self) {
        self.load_more(|timeline| timeline.oldest().filter(|_| timeline.older()).map(Anchor::Before));
    }

    /// Loads the messages after the last one, where the run doesn't reach the end.
    pub fn load_newer(self) {
        self.load_more(|timeline| timeline.newest().filter(|_| timeline.newer()).map(Anchor::After));
    }

    /// Loads the end of the room, if it isn't.
    pub fn load_end(self) {
        if self.paging.get_value() {
            self.to_end.set_value(true);
        }
        self.load_more(|timeline| timeline.newer().then_some(Anchor::Latest));
    }

    fn load_more(self, wanted: impl FnOnce(&crate::shared::timeline::Timeline) -> Option<Anchor>) {
        let wanted = self.read_open(|timeline| Some((timeline.room(), wanted(timeline)?)));
        let Some((room, anchor)) = wanted.flatten().filter(|_| !self.paging.get_value()) else {
            return;
        };
        self.paging.set_value(true);
        spawn_local(async move {
            let answer = api::messages::page(room, anchor).await;
            self.paging.set_value(false);
            match answer {
                Ok(page) => self.join(page),
                Err(refusal) => self.failed(&refusal),
            }
            if self.to_end.try_update_value(std::mem::take) == Some(true) {
                self.load_end();
            }
        });
    }

    fn join(self, page: Page) {
        let room = page.room;
        let applied = self.update_open(room, |timeline| {
            if page.anchor == Anchor::Latest {
                *timeline = self.begin(page);
                return Applied::Done;
            }
            timeline.join(page)
        });
        match applied {
            Some(Applied::Ask { .. }) => self.ask(room),
            _ => self.keep_up(),
        }
    }

    /// Nothing to be done about most failures here: the next heartbeat or greeting tries again.
    pub(super) fn failed(self, refusal: &Refusal) {
        if *refusal == Refusal::SignInFirst {
            self.signed_out.set(true);
        }
    }
}
