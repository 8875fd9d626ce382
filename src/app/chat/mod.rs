//! The chat: what the page knows, and the verbs that change it. Its signals belong to the root, so
//! they outlive every page. What to make of news is decided in [`shared::timeline`](crate::shared::timeline)
//! and [`shared::outbox`](crate::shared::outbox); here it is fetched, sent, kept and shown.
//!
//! On the server it holds what one request draws and does nothing by itself. In the browser
//! `browser::start` drives it: [`hear`](Chat::hear), [`wake`](Chat::wake), the [`Keeper`] and the
//! signals `connection` and `visible` are for that.

mod changing;
mod drafts;
mod keeping;
mod lost;
mod news;
mod own;
mod reading;
mod scheduling;
mod seeking;
mod sending;
mod typing;

pub use changing::{Answered, Composing, Last};
pub use keeping::{Changes as Kept, Keeper};
use typing::Typist;

use crate::app::state::{RwSignal, StoredValue};
use crate::shared::draft::Draft;
use crate::shared::ids::{ClientId, Millis, Position, RoomId, UserId, Version, now};
use crate::shared::live::{Anchor, Epoch, Page, RoomList};
use crate::shared::outbox::Outbox;
use crate::shared::receipt::Reach;
use crate::shared::room::RoomEntry;
use crate::shared::sorted::Sorted;
use crate::shared::timeline::{Applied, List, Timeline};
use crate::shared::user::Person;
use leptos::prelude::*;
use std::rc::Rc;

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

/// The conversation on screen, as what is drawn follows it.
pub type Open = leptos::prelude::RwSignal<Timeline>;

/// Only the thread that made it may use it; there is one in a browser.
type Keeping = leptos::prelude::StoredValue<Option<Rc<dyn Keeper>>, LocalStorage>;

#[derive(Clone, Copy)]
pub struct Chat {
    /// The reader's rooms; `None` until they are known.
    pub list: RwSignal<Option<List>>,
    /// Whose page it is.
    pub me: RwSignal<Option<Person>>,
    /// Nobody can sign in to their account: it has no password yet.
    pub no_password: RwSignal<bool>,
    pub connection: RwSignal<Connection>,
    /// Somebody can see the page. Kept by the browser.
    pub visible: RwSignal<bool>,
    /// The page is used by touch, with a keyboard on the screen. Kept by the browser.
    pub touch: StoredValue<bool>,
    /// Those who are typing.
    typists: RwSignal<Vec<Typist>>,
    /// Moves when the server is to be told that the reader is typing there. The browser tells it.
    pub types: RwSignal<Option<RoomId>>,
    /// When it did last.
    typed_at: StoredValue<Millis>,
    /// Which build of the program the page is of; nothing where that isn't known. Set by the browser.
    pub build: StoredValue<String>,
    /// The server has another one.
    pub outdated: RwSignal<bool>,
    /// The session has ended; the browser leaves the page.
    pub signed_out: RwSignal<bool>,
    /// The time, to the minute or so, for "today" and "yesterday".
    pub now: RwSignal<Millis>,
    /// Where reading stopped in the conversation on screen, if there was something new.
    pub line: RwSignal<Option<Position>>,
    /// Moves when something that was written is no longer as it was, in whichever room.
    pub altered: RwSignal<u32>,
    /// The message that is to be brought into sight.
    pub sought: RwSignal<Option<Position>>,
    /// The last mention that its reader was led to.
    mentioned: StoredValue<Option<(RoomId, Position)>>,
    /// What is to be written next, for the field.
    pub composing: RwSignal<Option<Composing>>,
    /// What is being answered; one a room at most.
    answering: StoredValue<Vec<(RoomId, Answered)>>,
    /// Where it stopped before the connection was lost, until what was missed is there.
    missed: StoredValue<Option<(RoomId, Position)>>,
    /// How many messages wait to be sent, in all rooms.
    pub waiting: RwSignal<usize>,
    /// Rooms in which something was refused, and waits for its author.
    pub refused: RwSignal<Vec<RoomId>>,
    /// Moves when a draft has come from elsewhere, or goes back into the field.
    pub drafted: RwSignal<u32>,
    /// Moves when somebody has another name, handle or picture.
    pub met: RwSignal<u32>,
    /// What keeps things beyond the page, where there is something. Set by the browser.
    pub keeper: Keeping,
    /// This tab sends what waits; of several tabs one does. Set by the browser.
    pub sends: StoredValue<bool>,
    /// The conversation on screen. Each has a signal of its own, so the page of the last one hears
    /// nothing of the next one while it goes.
    open: StoredValue<Option<ArcRwSignal<Timeline>>>,
    epoch: StoredValue<Epoch>,
    outbox: StoredValue<Outbox>,
    /// What was sent from here: no draft of it comes back.
    sent: StoredValue<Vec<ClientId>>,
    /// The conversation on screen was opened a moment ago, and its end not seen yet.
    opened: StoredValue<bool>,
    /// What is typed and not sent, for each room.
    drafts: StoredValue<Sorted<drafts::Typed>>,
    /// Messages that were sent and are being changed, as far as that has come; one a room at most.
    changes: StoredValue<Vec<(RoomId, Position, String)>>,
    /// Drafts are about to be kept; to be saved.
    drafting: StoredValue<(bool, bool)>,
    /// What has been read and isn't told yet.
    read: StoredValue<Vec<(RoomId, Position)>>,
    asking: StoredValue<Asking>,
    /// The list is on its way.
    refreshing: StoredValue<Asking>,
    /// More messages of the one on screen are on their way.
    paging: StoredValue<bool>,
    /// And then its end is wanted.
    to_end: StoredValue<bool>,
    /// What is known is about to be kept.
    keeping: StoredValue<bool>,
    /// The rooms of which messages are kept, the latest first.
    recent: StoredValue<Vec<RoomId>>,
    /// What was known before, until it has been compared with a greeting; and the last greeting.
    compared: StoredValue<(Option<lost::Known>, Option<lost::Known>)>,
    /// The server may have lost something: what is kept is needed as it is.
    looking: StoredValue<bool>,
    /// One's own messages that it may have lost.
    lost: StoredValue<Vec<lost::Own>>,
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
            no_password: RwSignal::new(false),
            connection: RwSignal::new(Connection::Connected),
            visible: RwSignal::new(true),
            touch: StoredValue::new(false),
            typists: RwSignal::new(Vec::new()),
            types: RwSignal::new(None),
            typed_at: StoredValue::new(0),
            build: StoredValue::default(),
            outdated: RwSignal::new(false),
            signed_out: RwSignal::new(false),
            now: RwSignal::new(now()),
            line: RwSignal::new(None),
            altered: RwSignal::new(0),
            sought: RwSignal::new(None),
            mentioned: StoredValue::new(None),
            composing: RwSignal::new(None),
            answering: StoredValue::default(),
            missed: StoredValue::new(None),
            waiting: RwSignal::new(0),
            refused: RwSignal::new(Vec::new()),
            drafted: RwSignal::new(0),
            met: RwSignal::new(0),
            keeper: Keeping::new_local(None),
            sends: StoredValue::new(false),
            open: StoredValue::new(None),
            epoch: StoredValue::new(Epoch::new()),
            outbox: StoredValue::default(),
            sent: StoredValue::default(),
            opened: StoredValue::new(false),
            drafts: StoredValue::default(),
            changes: StoredValue::default(),
            drafting: StoredValue::new((false, false)),
            read: StoredValue::default(),
            asking: StoredValue::new(Asking::No),
            refreshing: StoredValue::new(Asking::No),
            paging: StoredValue::new(false),
            to_end: StoredValue::new(false),
            keeping: StoredValue::new(false),
            recent: StoredValue::default(),
            compared: StoredValue::default(),
            looking: StoredValue::new(false),
            lost: StoredValue::default(),
            differing: StoredValue::new(0),
        }
    }

    // What the page was opened with

    /// Takes over the list that came with the page. Once: what was heard since is newer.
    pub fn begin_with(self, list: RoomList) {
        if self.list.with_untracked(Option::is_none) {
            _ = self.adopt_list(list);
        }
    }

    /// Takes over the list of a greeting, or tells that it is to be asked for once more.
    fn adopt_list(self, list: RoomList) -> Applied {
        // Somebody else has signed in since: this page is not theirs.
        let other = |me: &Person| me.id != list.me.id;
        if self.me.with_untracked(|me| me.as_ref().is_some_and(other)) {
            self.signed_out.set(true);
            return Applied::Done;
        }
        if self.me.with_untracked(|me| me.as_ref() != Some(&list.me)) {
            self.me.set(Some(list.me.clone()));
        }
        if self.no_password.get_untracked() != list.no_password {
            self.no_password.set(list.no_password);
        }
        let same = self.epoch.with_value(|epoch| *epoch == list.epoch);
        self.epoch.set_value(list.epoch.clone());
        let drafts: Vec<(RoomId, Option<Draft>)> = list
            .rooms
            .iter()
            .map(|entry| (entry.room.id, entry.draft.clone()))
            .collect();
        let known = self.list.with_untracked(Clone::clone).filter(|_| same);
        let (list, applied) = match known {
            Some(mut known) => {
                let applied = known.renew(list);
                (known, applied)
            }
            None => (List::new(list), Applied::Done),
        };
        self.list.set(Some(self.with_what_was_read(list)));
        for (room, draft) in drafts {
            self.hear_draft(room, draft);
        }
        self.keep_soon();
        applied
    }

    /// Takes over the conversation that the page shows, and keeps it up with what happens. An older
    /// stretch is only drawn: it is read as it stands.
    pub fn open(self, entry: &RoomEntry, page: Page) -> ArcRwSignal<Timeline> {
        let live = is_live(&page);
        self.close();
        let timeline = ArcRwSignal::new(self.begin(page));
        if live {
            self.know(entry);
            self.recent_first(entry.room.id);
            self.opened.set_value(true);
            self.line.set((entry.unread > 0).then_some(entry.last_read));
        }
        self.open.set_value(live.then(|| timeline.clone()));
        self.keep_soon();
        timeline
    }

    /// No conversation is on screen.
    pub fn close(self) {
        if self.keeping.get_value() {
            self.keep_now();
        }
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

    /// A run of a room, with what waits to be sent into it.
    fn begin(self, page: Page) -> Timeline {
        let mut timeline = Timeline::new(page, self.my_id());
        timeline.send(self.outbox.with_value(|outbox| outbox.of(timeline.room())));
        timeline
    }

    // Small change

    /// Whose page it is; whatever they write says so.
    pub fn my_id(self) -> UserId {
        self.me
            .with_untracked(|me| me.as_ref().map_or(UserId::default(), |me| me.id))
    }

    /// Whether it is they whose page it is.
    pub fn is_me(self, person: UserId) -> bool {
        self.me
            .with_untracked(|me| me.as_ref().is_some_and(|me| me.id == person))
    }

    /// The room on screen and the number through which it is loaded.
    fn open_number(self) -> Option<(RoomId, Version)> {
        self.read_open(|timeline| (timeline.room(), timeline.number()))
    }

    fn read_open<T>(self, read: impl FnOnce(&Timeline) -> T) -> Option<T> {
        self.open.get_value().map(|open| open.with_untracked(read))
    }

    /// What the list says of a room.
    fn entry<T>(self, room: RoomId, read: impl FnOnce(&RoomEntry) -> T) -> Option<T> {
        self.list
            .with_untracked(|list| list.as_ref()?.get(room).map(read))
    }

    /// How far the messages of a small room have come.
    pub fn reach(self, room: RoomId) -> Option<Reach> {
        self.entry(room, |entry| entry.has_receipts().then_some(entry.reach))
            .flatten()
    }

    /// Whether nothing is written there any more.
    pub fn is_closed(self, room: RoomId) -> bool {
        self.entry(room, |entry| entry.room.closed) == Some(true)
    }

    fn update_list(self, change: impl FnOnce(&mut List)) {
        self.list.update(|list| {
            if let Some(list) = list {
                change(list);
            }
        });
        self.keep_soon();
    }

    /// Changes the conversation on screen, if it is of that room.
    fn update_open<T>(self, room: RoomId, change: impl FnOnce(&mut Timeline) -> T) -> Option<T> {
        let open = self.open.get_value()?;
        let same = open.with_untracked(|timeline| timeline.room() == room);
        if !same {
            return None;
        }
        self.keep_soon();
        open.try_update(change)
    }
}

/// Whether a page is kept up with what happens; a stretch that was asked for by its place isn't.
pub fn is_live(page: &Page) -> bool {
    matches!(page.anchor, Anchor::Latest | Anchor::Around(_))
}
