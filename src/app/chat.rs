//! The chat: what the page knows, and the verbs that change it. Its signals belong to the root, so
//! they outlive every page. What to make of news is decided in [`shared::timeline`](crate::shared::timeline);
//! here it is fetched, sent and shown.
//!
//! On the server it holds what one request draws and does nothing by itself. In the browser
//! `browser::start` drives it: [`hear`](Chat::hear), [`wake`](Chat::wake) and the signals
//! `connection` and `visible` are for that.

use crate::api;
use crate::shared::ids::{ClientId, Millis, Position, RoomId, Version};
use crate::shared::limits::MESSAGE_CHARS;
use crate::shared::live::{Catchup, Changes, Epoch, Page, RoomList, ToBrowser};
use crate::shared::message::Message;
use crate::shared::outbox::{Next, Outbox, passes};
use crate::shared::refusal::Refusal;
use crate::shared::room::RoomEntry;
use crate::shared::timeline::{Applied, List, Timeline};
use crate::shared::user::Person;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;
use std::time::Duration;

/// How the page hears of news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    Connected,
    Connecting,
    Offline,
}

/// Whether something is asked of the server, so that it is asked once at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    No,
    Yes,
    /// And there was a reason to ask once more meanwhile.
    Again,
}

/// What has been read is told to the server this long after, once.
const READ_PAUSE: Duration = Duration::from_millis(300);
/// After a failed catching up.
const ASK_PAUSE: Duration = Duration::from_secs(3);

#[derive(Clone, Copy)]
pub struct Chat {
    /// The reader's rooms; `None` until they are known.
    pub list: RwSignal<Option<List>>,
    /// Whose page it is.
    pub me: RwSignal<Option<Person>>,
    pub connection: RwSignal<Connection>,
    /// Somebody can see the page. Kept by the browser.
    pub visible: RwSignal<bool>,
    /// The page is used by touch, with a keyboard on the screen. Kept by the browser.
    pub touch: StoredValue<bool>,
    /// The session has ended; the browser leaves the page.
    pub signed_out: RwSignal<bool>,
    /// The time, to the minute or so, for "today" and "yesterday".
    pub now: RwSignal<Millis>,
    /// The conversation on screen. Each has a signal of its own, so the page of the last one hears
    /// nothing of the next one while it goes.
    open: StoredValue<Option<ArcRwSignal<Timeline>>>,
    epoch: StoredValue<Epoch>,
    outbox: StoredValue<Outbox>,
    /// What is typed and not sent, for each room.
    drafts: StoredValue<BTreeMap<RoomId, String>>,
    /// What has been read and isn't told yet.
    read: StoredValue<BTreeMap<RoomId, Position>>,
    asking: StoredValue<Asking>,
    /// The list is on its way.
    refreshing: StoredValue<bool>,
    /// Older messages are on their way.
    paging: StoredValue<bool>,
    /// How many heartbeats in a row spoke of other versions than ours.
    differing: StoredValue<u32>,
}

impl Default for Chat {
    fn default() -> Self {
        Self::new()
    }
}

impl Chat {
    pub fn new() -> Self {
        Self {
            list: RwSignal::new(None),
            me: RwSignal::new(None),
            open: StoredValue::new(None),
            connection: RwSignal::new(Connection::Connected),
            visible: RwSignal::new(true),
            touch: StoredValue::new(false),
            signed_out: RwSignal::new(false),
            now: RwSignal::new(now()),
            epoch: StoredValue::new(Epoch::new()),
            outbox: StoredValue::default(),
            drafts: StoredValue::default(),
            read: StoredValue::default(),
            asking: StoredValue::new(Asking::No),
            refreshing: StoredValue::new(false),
            paging: StoredValue::new(false),
            differing: StoredValue::new(0),
        }
    }

    // What the page was opened with

    /// Takes over the list that came with the page. Once: what was heard since is newer.
    pub fn begin_with(self, list: RoomList) {
        if self.list.with_untracked(Option::is_none) {
            self.adopt_list(list);
        }
    }

    /// Takes over the list of a greeting.
    fn adopt_list(self, list: RoomList) {
        if self.me.with_untracked(|me| me.as_ref() != Some(&list.me)) {
            self.me.set(Some(list.me.clone()));
        }
        self.epoch.set_value(list.epoch.clone());
        self.list.set(Some(List::new(list)));
    }

    /// Takes over the conversation that the page shows, and keeps it up with what happens. An older
    /// stretch is only drawn: it is read as it stands.
    pub fn open(self, entry: &RoomEntry, page: Page) -> ArcRwSignal<Timeline> {
        let live = page.before.is_none();
        let timeline = ArcRwSignal::new(self.begin(page));
        if live {
            self.know(entry);
        }
        self.open.set_value(live.then(|| timeline.clone()));
        timeline
    }

    /// No conversation is on screen.
    pub fn close(self) {
        self.open.set_value(None);
    }

    /// A room that the list may lack: it was joined a moment ago, elsewhere.
    fn know(self, entry: &RoomEntry) {
        let lacks = self.list.with_untracked(|list| {
            list.as_ref()
                .is_some_and(|list| list.get(entry.room.id).is_none())
        });
        if lacks {
            self.update_list(|list| list.joined(entry.clone()));
        }
    }

    /// The end of a room, with what waits to be sent into it.
    fn begin(self, page: Page) -> Timeline {
        let mut timeline = Timeline::new(page);
        self.outbox.with_value(|outbox| {
            for pending in outbox.of(timeline.room()) {
                timeline.send(pending.client_id, pending.text.clone(), pending.at);
                if let Some(refusal) = &pending.refused {
                    timeline.refuse(pending.client_id, refusal.clone());
                }
            }
        });
        timeline
    }

    // What the socket says

    /// Takes in one frame.
    pub fn hear(self, news: ToBrowser) {
        match news {
            ToBrowser::Hello(list) => self.greeted(list),
            ToBrowser::Changes(changes) => self.changed(&changes),
            ToBrowser::Joined(entry) => self.update_list(|list| list.joined(entry)),
            ToBrowser::Left { room } => self.update_list(|list| list.left(room)),
            ToBrowser::Read {
                room,
                last_read,
                unread,
            } => self.update_list(|list| list.read(room, last_read, unread)),
            ToBrowser::Heartbeat { rooms, versions } => self.compare((rooms, versions)),
        }
    }

    /// The list anew. A conversation on screen that is behind it catches up; one of another epoch is
    /// loaded anew.
    fn greeted(self, list: RoomList) {
        let same = self.epoch.with_value(|epoch| *epoch == list.epoch);
        self.differing.set_value(0);
        self.adopt_list(list);
        match self.open_number() {
            Some((room, _)) if !same => spawn_local(async move { self.reload(room).await }),
            _ => self.keep_up(),
        }
        self.wake();
    }

    /// Asks, if the list knows more of the room on screen than the screen does.
    pub fn keep_up(self) {
        let Some((room, number)) = self.open_number() else {
            return;
        };
        let through = self
            .list
            .with_untracked(|list| Some(list.as_ref()?.get(room)?.through));
        if through.is_some_and(|through| through > number) {
            self.ask(room);
        }
    }

    fn changed(self, changes: &Changes) {
        self.apply_to_list(changes);
        if let Some(Applied::Ask { .. }) = self.apply(changes) {
            self.ask(changes.room);
        }
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
        if self.refreshing.get_value() {
            return;
        }
        self.refreshing.set_value(true);
        spawn_local(async move {
            let answer = api::rooms::list_rooms().await;
            self.refreshing.set_value(false);
            match answer {
                Ok(list) => self.greeted(list),
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
            match api::messages::changes(room, number, self.epoch.get_value()).await? {
                Catchup::Reset => {
                    self.reload(room).await;
                    break;
                }
                Catchup::Changes { changes, current } => {
                    self.apply_to_list(&changes);
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

    /// Lets go of what is loaded and takes the end of the room anew.
    async fn reload(self, room: RoomId) {
        match api::messages::page(room, None).await {
            Ok(page) => {
                self.update_open(room, |timeline| *timeline = self.begin(page));
            }
            Err(refusal) => self.failed(&refusal),
        }
    }

    /// Loads the messages before the first one.
    pub fn load_older(self) {
        let before = self.read_open(|timeline| {
            let older = timeline.older().then(|| timeline.oldest()).flatten();
            older.map(|before| (timeline.room(), before))
        });
        let Some((room, before)) = before.flatten().filter(|_| !self.paging.get_value()) else {
            return;
        };
        self.paging.set_value(true);
        spawn_local(async move {
            let answer = api::messages::page(room, Some(before)).await;
            self.paging.set_value(false);
            match answer {
                Ok(page) => self.prepend(page),
                Err(refusal) => self.failed(&refusal),
            }
        });
    }

    fn prepend(self, page: Page) {
        let room = page.room;
        let applied = self.update_open(room, |timeline| timeline.prepend(page));
        if let Some(Applied::Ask { .. }) = applied {
            self.ask(room);
        }
    }

    /// Nothing to be done about most failures here: the next heartbeat or greeting tries again.
    fn failed(self, refusal: &Refusal) {
        if *refusal == Refusal::SignInFirst {
            self.signed_out.set(true);
        }
    }

    // Sending

    /// Shows the text at once and sends it, after what waits already in that room.
    pub fn send(self, room: RoomId, text: &str) -> Result<(), Refusal> {
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 {
            return Err(Refusal::TextEmpty);
        }
        if chars > MESSAGE_CHARS {
            return Err(Refusal::TextTooLong {
                chars,
                most: MESSAGE_CHARS,
            });
        }
        let client_id = ClientId::new();
        let at = now();
        self.update_open(room, |timeline| timeline.send(client_id, text.to_owned(), at));
        self.update_outbox(|outbox| outbox.push(room, client_id, text.to_owned(), at));
        self.pump(room);
        Ok(())
    }

    /// Sends a refused message again, as the last one.
    pub fn retry(self, client_id: ClientId) {
        if let Some(room) = self.update_outbox(|outbox| outbox.retry(client_id)).flatten() {
            self.update_open(room, |timeline| timeline.retry(client_id));
            self.pump(room);
        }
    }

    /// Throws a refused message away. It is not in the room, so there is nothing to take back.
    pub fn discard(self, client_id: ClientId) {
        if let Some(room) = self.update_outbox(|outbox| outbox.discard(client_id)).flatten() {
            self.update_open(room, |timeline| timeline.withdraw(client_id));
        }
    }

    /// The connection is back: whatever waits goes out now.
    pub fn wake(self) {
        let rooms = self.outbox.with_value(Outbox::rooms);
        for room in rooms {
            self.update_outbox(|outbox| outbox.resume(room));
            self.pump(room);
        }
    }

    /// Sends the first of what waits in a room, one at a time: so the order is kept.
    fn pump(self, room: RoomId) {
        let Some(Next { client_id, text }) = self.update_outbox(|outbox| outbox.next(room)).flatten() else {
            return;
        };
        spawn_local(async move {
            let answer = api::messages::post_message(room, client_id, text).await;
            self.answered(room, client_id, answer);
        });
    }

    fn answered(self, room: RoomId, client_id: ClientId, answer: Result<Message, Refusal>) {
        match answer {
            Ok(message) => {
                self.update_outbox(|outbox| outbox.done(room));
                self.update_open(room, |timeline| timeline.posted(message));
                self.pump(room);
            }
            Err(Refusal::SignInFirst) => self.signed_out.set(true),
            Err(refusal) => match self
                .update_outbox(|outbox| outbox.failed(room, &refusal))
                .flatten()
            {
                Some(pause) => set_timeout(
                    move || {
                        self.update_outbox(|outbox| outbox.resume(room));
                        self.pump(room);
                    },
                    pause,
                ),
                None => {
                    self.update_open(room, |timeline| timeline.refuse(client_id, refusal));
                    self.pump(room);
                }
            },
        }
    }

    /// What was typed in a room and not sent.
    pub fn draft(self, room: RoomId) -> Option<String> {
        self.drafts.with_value(|drafts| drafts.get(&room).cloned())
    }

    /// Keeps what is typed while the tab shows another room.
    pub fn keep_draft(self, room: RoomId, text: String) {
        self.drafts.update_value(|drafts| {
            if text.is_empty() {
                drafts.remove(&room)
            } else {
                drafts.insert(room, text)
            };
        });
    }

    // Reading

    /// The end of the conversation is on screen: it is read, if anybody can see it.
    pub fn read_to_end(self) {
        if !self.visible.get_untracked() {
            return;
        }
        let end = self.read_open(|timeline| {
            let last = timeline.messages().next_back();
            last.map(|last| (timeline.room(), last.position))
        });
        let Some((room, end)) = end.flatten() else { return };
        let news = self.list.with_untracked(|list| {
            list.as_ref()
                .and_then(|list| list.get(room))
                .is_some_and(|entry| entry.last_read < end && entry.unread > 0)
        });
        if !news {
            return;
        }
        self.update_list(|list| list.read(room, end, 0));
        let idle = self.read.with_value(BTreeMap::is_empty);
        self.read.update_value(|read| {
            read.insert(room, end);
        });
        if idle {
            set_timeout(move || self.tell_read(), READ_PAUSE);
        }
    }

    fn tell_read(self) {
        let read = self.read.try_update_value(std::mem::take).unwrap_or_default();
        for (room, position) in read {
            spawn_local(async move {
                if let Err(refusal) = api::messages::mark_read(room, position).await {
                    self.failed(&refusal);
                }
            });
        }
    }

    /// The sum of what is unread, for the title.
    pub fn unread(self) -> u32 {
        self.list.with(|list| {
            list.as_ref()
                .map_or(0, |list| list.ordered().iter().map(|entry| entry.unread).sum())
        })
    }

    // Small change

    /// The room on screen and the number through which it is loaded.
    fn open_number(self) -> Option<(RoomId, Version)> {
        self.read_open(|timeline| (timeline.room(), timeline.number()))
    }

    fn read_open<T>(self, read: impl FnOnce(&Timeline) -> T) -> Option<T> {
        self.open.get_value().map(|open| open.with_untracked(read))
    }

    fn update_list(self, change: impl FnOnce(&mut List)) {
        self.list.update(|list| {
            if let Some(list) = list {
                change(list);
            }
        });
    }

    /// Changes the conversation on screen, if it is of that room.
    fn update_open<T>(self, room: RoomId, change: impl FnOnce(&mut Timeline) -> T) -> Option<T> {
        let open = self.open.get_value()?;
        let same = open.with_untracked(|timeline| timeline.room() == room);
        if same { open.try_update(change) } else { None }
    }

    fn update_outbox<T>(self, change: impl FnOnce(&mut Outbox) -> T) -> Option<T> {
        self.outbox.try_update_value(change)
    }
}

/// The time by this side's clock. `SystemTime` panics in browsers; what makes our client ids has a
/// clock on both sides.
pub fn now() -> Millis {
    let (seconds, nanos) = ClientId::new()
        .0
        .get_timestamp()
        .map_or((0, 0), |time| time.to_unix());
    seconds as Millis * 1000 + Millis::from(nanos / 1_000_000)
}
