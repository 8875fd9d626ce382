//! What most visits can do without: the pages beside the conversations, the details, the dialogs. A browser has them in a
//! file of their own, a chunk: it loads that once the page is there and has nothing else to do, or when one of
//! them is asked for. Whatever is used by them alone is in the chunk too, so this is the only place that names them.

use super::components::actions::Actions;
use super::components::composer::Writing;
use super::components::conversation::Blocked;
use super::components::details::Details;
use super::components::field::Refused;
use super::components::message_list::Shown;
use super::components::naming::members;
use super::components::own::{Menus, RoomMenu};
use super::components::reminder::reminder;
use super::components::room_details::OfRoom;
use super::components::search::{Choice, Search, results};
use super::components::send_later::{SendLater, scheduled_here};
use super::components::shortcuts::Shortcuts;
use super::components::skeleton::Skeleton;
use super::components::switcher::Switcher;
use super::effects::{effect, redrawn};
use super::pages::layout::{Failed, FailedHere};
use super::pages::{
    find::find_page,
    new_room::new_room_page,
    new_talk::new_talk_page,
    open_rooms::open_rooms_page,
    scheduled::{Waiting, scheduled_page},
    settings::{Settings, settings_page},
    share::share_page,
};
use super::part::{IntoPart, Part};
use super::state::{Memo, RwSignal};
use super::trail::arrived;
use crate::shared::ids::RoomId;
use crate::shared::refusal::Refusal;
use crate::shared::room::{About, Place};
use crate::shared::scheduled::Scheduled;
use crate::shared::user::{Mine, Person};
use futures::FutureExt;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;
use send_wrapper::SendWrapper;
use std::sync::Arc;

/// What is in the chunk.
// One of them at a time.
#[allow(clippy::large_enum_variant)]
#[derive(Clone)]
pub enum Later {
    Find,
    NewRoom,
    NewTalk,
    OpenRooms,
    Scheduled,
    Settings,
    Share,
    /// In place of the conversation with somebody whom the reader has blocked.
    Blocked(Person),
    /// To set a password.
    Reminder,
    /// Of the conversation at `path`.
    Details {
        place: Place,
        path: String,
        /// The end of the address of the form that was refused, and what was in it.
        refused: (String, Refused),
    },
    /// What a search has found, to choose from.
    Results {
        search: Search,
        choices: Memo<Vec<Choice>>,
        id: String,
        choose: Arc<dyn Fn(Choice) + Send + Sync>,
    },
    /// What can be done with the messages of a conversation.
    Actions {
        shown: Shown,
    },
    /// Whom one may mention, and other ways to send what is written.
    Composing {
        writing: Writing,
    },
    /// That something is to be posted later in a conversation.
    ScheduledHere {
        room: RoomId,
    },
    Dialogs {
        switcher: RwSignal<bool>,
        shortcuts: RwSignal<bool>,
        menus: Menus,
    },
}

chunk! {
    later(fetch),
    fn draw(what: Later) -> Part {
        match what {
            Later::Find => find_page(),
            Later::NewRoom => new_room_page(),
            Later::NewTalk => new_talk_page(),
            Later::OpenRooms => open_rooms_page(),
            Later::Scheduled => scheduled_page(),
            Later::Settings => settings_page(),
            Later::Share => share_page(),
            Later::Blocked(with) => view! { <Blocked with/> }.into_part(),
            Later::Reminder => reminder(),
            Later::Details { place, path, refused } => view! { <Details place path refused/> }.into_part(),
            Later::Results { search, choices, id, choose } => results(search, choices, id, choose),
            Later::Actions { shown } => view! { <Actions shown/> }.into_part(),
            Later::Composing { writing } => view! {
                {members(writing.naming)}
                <SendLater writing/>
            }
            .into_part(),
            Later::ScheduledHere { room } => scheduled_here(room),
            Later::Dialogs { switcher, shortcuts, menus } => view! {
                <Switcher open=switcher shortcuts/>
                <Shortcuts open=shortcuts/>
                <RoomMenu menus/>
            }
            .into_part(),
        }
    }
}

/// What is in another chunk, which comes only when something of it is opened.
// One of them at a time.
#[allow(clippy::large_enum_variant)]
pub enum Seldom {
    /// What `/settings` shows.
    Settings { mine: Option<Mine>, refused: Refused },
    /// What is to be posted later, in one room or everywhere.
    Scheduled {
        room: Option<RoomId>,
        all: Vec<Scheduled>,
        refused: Refused,
    },
    /// A room's page.
    Room {
        room: RoomId,
        about: About,
        refused: (String, Refused),
    },
}

chunk! {
    seldom(fetch_them),
    fn draw_seldom(what: Seldom) -> Part {
        match what {
            Seldom::Settings { mine, refused } => view! { <Settings mine refused/> }.into_part(),
            Seldom::Scheduled { room, all, refused } => view! { <Waiting room all refused/> }.into_part(),
            Seldom::Room { room, about, refused } => view! { <OfRoom room about refused/> }.into_part(),
        }
    }
}

/// Loads that chunk, as a part of what is loaded for its page.
///
/// # Errors
/// `Offline`.
pub async fn fetch_seldom() -> Result<(), Refusal> {
    if cfg!(feature = "ssr") {
        return Ok(());
    }
    SendWrapper::new(fetch_them()).await.map_err(|_| Refusal::Offline)
}

/// Draws something of it, once it is [here](fetch_seldom).
pub fn seldom(what: Seldom) -> Part {
    match draw_seldom(what).now_or_never() {
        Some(Ok(part)) => part,
        _ => ().into_part(),
    }
}

/// How far the chunk is.
#[derive(Clone, Copy, PartialEq)]
pub enum State {
    /// Nobody has asked for it yet.
    Away,
    Coming,
    Here,
    /// It couldn't be loaded. Whoever asks next tries again.
    Failed,
}

/// The chunk, as the page knows it.
#[derive(Clone, Copy)]
pub struct Chunk(RwSignal<State>);

impl Chunk {
    /// Of a page that is about to be drawn. The server has everything; a browser has waited for whatever is on the
    /// page that it takes over, see [`needed`].
    pub fn new(here: bool) -> Self {
        Chunk(RwSignal::new(if here { State::Here } else { State::Away }))
    }

    /// Loads it, if it isn't here or on its way.
    pub fn fetch(self) {
        if matches!(self.0.get_untracked(), State::Here | State::Coming) {
            return;
        }
        self.0.set(State::Coming);
        spawn_local(async move {
            let state = match fetch().await {
                Ok(()) => State::Here,
                Err(_) => State::Failed,
            };
            self.0.try_set(state);
        });
    }
}

/// Loads the chunk, or both, for a page that the server has drawn with something of it.
pub async fn needed() -> Result<bool, SplitLoaderError> {
    let drawn = |what| document().query_selector(what).is_ok_and(|drawn| drawn.is_some());
    if !drawn("[data-later]") {
        return Ok(false);
    }
    fetch().await?;
    if drawn("[data-later=seldom]") {
        fetch_them().await?;
    }
    Ok(true)
}

/// Draws something of the chunk: at once where it is here, and else as soon as it is.
pub fn later(what: Later) -> Part {
    let chunk = expect_context::<Chunk>();
    if chunk.0.get_untracked() == State::Here {
        return drawn(what);
    }
    chunk.fetch();
    // What is only said beside something else takes no focus.
    let beside = matches!(what, Later::ScheduledHere { .. });
    effect(move || {
        if chunk.0.get() == State::Here && !beside {
            arrived();
        }
    });
    redrawn(move || match chunk.0.get() {
        State::Here => drawn(what.clone()),
        State::Failed => failed(&what),
        State::Away | State::Coming => waiting(&what),
    })
}

fn waiting(what: &Later) -> Part {
    match what {
        Later::Results { .. } | Later::ScheduledHere { .. } | Later::Reminder => ().into_part(),
        _ => view! { <Skeleton leaving=RwSignal::new(true)/> }.into_part(),
    }
}

fn failed(what: &Later) -> Part {
    let refusal = Refusal::Offline;
    match what {
        Later::Details { .. } => view! { <aside class="details"><FailedHere refusal/></aside> }.into_part(),
        // Without them the field's form leads to the page that finds.
        Later::Results { .. } | Later::ScheduledHere { .. } | Later::Reminder => ().into_part(),
        _ => view! { <Failed refusal/> }.into_part(),
    }
}

fn drawn(what: Later) -> Part {
    match draw(what).now_or_never() {
        Some(Ok(part)) => part,
        _ => ().into_part(),
    }
}

/// The dialogs, and the menu of a line of the list.
pub fn dialogs(switcher: RwSignal<bool>, shortcuts: RwSignal<bool>) -> Part {
    let menus = expect_context::<Menus>();
    in_time(
        move || switcher.get() || shortcuts.get() || menus.wanted.with(Option::is_some),
        move || {
            switcher.set(false);
            shortcuts.set(false);
            menus.wanted.set(None);
        },
        Later::Dialogs {
            switcher,
            shortcuts,
            menus,
        },
    )
}

/// What shows nothing until something is wanted of it: drawn once the chunk is here, which is asked for then at the latest.
/// What can't be had is `given_up`.
pub fn in_time(wanted: impl Fn() -> bool + 'static, given_up: impl Fn() + 'static, what: Later) -> Part {
    let chunk = expect_context::<Chunk>();
    // The server draws nothing of it, so the browser doesn't either when it takes the page over.
    let shown = RwSignal::new(false);
    effect(move || match chunk.0.get() {
        State::Here => shown.set(true),
        State::Failed => given_up(),
        State::Away | State::Coming => {}
    });
    effect(move || {
        if wanted() {
            chunk.fetch();
        }
    });
    redrawn(move || shown.get().then(|| drawn(what.clone())))
}
