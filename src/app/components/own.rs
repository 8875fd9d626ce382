//! What a reader may choose for a conversation of theirs: pinned, muted, archived, marked as unread. In its
//! details as a form, and as a menu on its line of the list.

use crate::app::chat::Chat;
use crate::app::components::conversation::conversation_title;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::menu::{Item, below, closest, menu, place_of};
use crate::app::components::press::Press;
use crate::app::effects::redrawn;
use crate::app::part::IntoPart;
use crate::app::reader::use_texts;
use crate::app::state::{Memo, RwSignal};
use crate::app::trail::DETAILS;
use crate::i18n::Texts;
use crate::shared::ids::{Millis, RoomId};
use crate::shared::limits::FOR_GOOD_SECONDS;
use crate::shared::own::OwnChange;
use crate::shared::room::RoomEntry;
use leptos::ev::{MouseEvent, PointerEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlButtonElement};

const HOUR_SECONDS: u64 = 60 * 60;

/// What can be chosen as the conversation stands now.
fn choices(entry: &RoomEntry, now: Millis, texts: &Texts) -> Vec<(Icon, &'static str, OwnChange)> {
    let own = entry.own;
    let mut all = vec![match own.pinned {
        None => (Icon::Pin, texts.aside().pin, OwnChange::Pinned(true)),
        Some(_) => (Icon::Pin, texts.aside().unpin, OwnChange::Pinned(false)),
    }];
    all.push(match own.marked || entry.unread > 0 {
        false => (Icon::Mark, texts.aside().mark_unread, OwnChange::Marked(true)),
        true => (Icon::Mark, texts.aside().mark_read, OwnChange::Marked(false)),
    });
    if own.is_muted(now) {
        all.push((Icon::Sound, texts.aside().unmute, OwnChange::MutedFor(0)));
    } else {
        let muted = [HOUR_SECONDS, 8 * HOUR_SECONDS, FOR_GOOD_SECONDS];
        let muted = muted.into_iter().zip(texts.mute);
        all.extend(muted.map(|(seconds, label)| (Icon::Muted, label, OwnChange::MutedFor(seconds))));
    }
    all.push(match own.archived {
        false => (Icon::Archive, texts.aside().archive_it, OwnChange::Archived(true)),
        true => (Icon::Archive, texts.aside().unarchive, OwnChange::Archived(false)),
    });
    all
}

/// The line of a room, as it is now.
fn entry_of(chat: Chat, room: RoomId) -> Memo<Option<RoomEntry>> {
    Memo::new(move || {
        chat.list
            .with(|list| list.as_ref().and_then(|list| list.get(room).cloned()))
    })
}

/// The section of a conversation's details: a form of buttons, each of which is one choice.
#[component]
pub fn OwnChoices(room: RoomId) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let entry = entry_of(chat, room);
    let Some(next) =
        entry.with_untracked(|entry| entry.as_ref().map(|entry| [&entry.path(), DETAILS].concat()))
    else {
        return ().into_part();
    };
    let all = Memo::new(move || {
        entry
            .with(|entry| entry.as_ref().map(|entry| choices(entry, chat.now.get(), texts)))
            .unwrap_or_default()
    });
    let choose = move |event: SubmitEvent| {
        let button = event
            .submitter()
            .and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
        if let Some(change) = button.and_then(|button| OwnChange::of_form(&button.name(), &button.value())) {
            event.prevent_default();
            chat.keep_as(room, change);
        }
    };
    let buttons = move || {
        let button = |(icon, label, change): (Icon, &'static str, OwnChange)| {
            let (name, value) = change.in_form();
            view! { <button class="own__choice" name=name value=value><Draw icon/> {label}</button> }
                .into_part()
        };
        all.get().into_iter().map(button).collect_view().into_part()
    };
    view! {
        <section class="own">
            <h3>{texts.conversation}</h3>
            <form method="post" action=["/rooms/", &room.to_string(), "/own"].concat() on:submit=choose>
                <input type="hidden" name="next" value=next/>
                {redrawn(buttons)}
            </form>
        </section>
    }
    .into_part()
}

/// Which menu is asked for, and where on the screen.
#[derive(Clone, Copy)]
pub struct Menus {
    pub wanted: RwSignal<Option<(RoomId, i32, i32)>>,
    pub press: Press,
}

impl Default for Menus {
    fn default() -> Self {
        Self {
            wanted: RwSignal::new(None),
            press: Press::default(),
        }
    }
}

impl Menus {
    /// The right button, the menu key, or what a device takes for them.
    pub fn asked(self, event: &MouseEvent) {
        if let Some((room, line)) = line_of(event) {
            event.prevent_default();
            let (x, y) = place_of(event, &line);
            self.wanted.set(Some((room, x, y)));
        }
    }

    /// A press on the line's own button for it.
    pub fn clicked(self, event: &MouseEvent) {
        if self.press.was_long() {
            return event.prevent_default();
        }
        let button = closest(event, ".room__more");
        if let (Some(button), Some((room, _))) = (button, line_of(event)) {
            let (x, y) = below(&button);
            self.wanted.set(Some((room, x, y)));
        }
    }

    pub fn touched(self, event: &PointerEvent) {
        if let Some((room, _)) = line_of(event) {
            let (x, y) = (event.client_x(), event.client_y());
            self.press
                .begins(event, move || self.wanted.set(Some((room, x, y))));
        }
    }
}

/// The line of the list that an event is of.
fn line_of(event: &Event) -> Option<(RoomId, Element)> {
    let line = closest(event, "[data-room]")?;
    let room = line.get_attribute("data-room")?.parse().ok()?;
    Some((room, line))
}

/// The menu of a line of the list, while it is asked for.
#[component]
pub fn RoomMenu(menus: Menus) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    redrawn(move || {
        let (room, x, y) = menus.wanted.get()?;
        let entry = entry_of(chat, room).get_untracked()?;
        let item = |(icon, label, change)| Item::new(icon, label, move || chat.keep_as(room, change));
        let items = choices(&entry, chat.now.get_untracked(), texts)
            .into_iter()
            .map(item);
        let label = (texts.actions_for)(&conversation_title(chat, &entry, texts));
        let close = move || {
            if menus
                .wanted
                .with_untracked(|wanted| *wanted == Some((room, x, y)))
            {
                menus.wanted.set(None);
            }
        };
        Some(menu(label, (x, y), Vec::new(), items.collect(), close))
    })
}
