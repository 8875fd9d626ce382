//! A search: what is asked, what was found, which of it is chosen, and how it is driven by the keyboard (the
//! ARIA combobox with a list). The field at the side and the switcher are drawn from it.

use crate::api;
use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::components::conversation::conversation_title;
use crate::app::components::icon::{Draw, Icon};
use crate::app::effects::{effect, redrawn};
use crate::app::later::{Later, later};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::rows::{Key, rows};
use crate::app::state::{Memo, RwSignal, StoredValue};
use crate::i18n::Texts;
use crate::shared::limits::QUERY_CHARS;
use crate::shared::look::THEME;
use crate::shared::room::{Found, RoomEntry};
use js_sys::JsString;
use leptos::ev::{KeyboardEvent, MouseEvent, SubmitEvent};
use leptos::html::Input;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use std::time::Duration;

/// One doesn't ask at each letter.
const PAUSE: Duration = Duration::from_millis(150);
/// So many of one's own conversations are offered.
const OWN: usize = 8;

/// Something to choose.
#[derive(Clone, PartialEq)]
pub struct Choice {
    pub way: Way,
    pub title: String,
    pub sub: String,
    pub mark: Mark,
    /// Of a person, the hash of it.
    pub picture: Option<String>,
}

/// What choosing it does.
#[derive(Clone, PartialEq)]
pub enum Way {
    /// Opens the page at this path.
    Path(String),
    /// Looks so from now on: the code of a theme.
    Theme(&'static str),
    Shortcuts,
}

/// What stands before it.
#[derive(Clone, Copy, PartialEq)]
pub enum Mark {
    /// An avatar; its colour is made of the number.
    Person(i64),
    Room(i64),
    Icon(Icon),
}

impl Choice {
    /// The same one at the same place.
    fn key(&self, at: usize) -> Key {
        let (kind, seed) = match self.mark {
            Mark::Person(id) => (0, id),
            Mark::Room(id) => (1, id),
            Mark::Icon(icon) => (2, icon as i64),
        };
        let kind = match self.way {
            // They look alike, and are others.
            Way::Theme(code) => 3 + THEME.codes.iter().position(|known| *known == code).unwrap_or(0) as u8,
            _ => kind,
        };
        (kind, at as i64, seed)
    }
}

#[derive(Clone, Copy)]
pub struct Search {
    /// The beginning of its elements' ids.
    name: &'static str,
    pub field: NodeRef<Input>,
    pub query: RwSignal<String>,
    found: RwSignal<Found>,
    /// The answer to `query` is not here yet.
    waits: RwSignal<bool>,
    /// Enter was pressed before it was.
    hurried: RwSignal<bool>,
    /// Kept by what it is, since others may come before it; nothing: the first.
    chosen: RwSignal<Option<Way>>,
    pause: StoredValue<Option<TimeoutHandle>>,
}

impl Search {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            field: NodeRef::new(),
            query: RwSignal::default(),
            found: RwSignal::default(),
            waits: RwSignal::new(false),
            hurried: RwSignal::new(false),
            chosen: RwSignal::new(None),
            pause: StoredValue::new(None),
        }
    }

    fn typed(self, text: &str) {
        let query: String = text.trim().chars().take(QUERY_CHARS).collect();
        if self.query.with_untracked(|old| *old == query) {
            return;
        }
        if let Some(pause) = self.pause.get_value() {
            pause.clear();
        }
        self.chosen.set(None);
        self.hurried.set(false);
        self.waits.set(!query.is_empty());
        self.query.set(query.clone());
        if query.is_empty() {
            return self.found.set(Found::default());
        }
        self.pause
            .set_value(set_timeout_with_handle(move || self.ask(query), PAUSE).ok());
    }

    fn ask(self, query: String) {
        spawn_local(async move {
            let found = api::rooms::find(query.clone()).await.unwrap_or_default();
            // An answer to what was asked before is of no use.
            if self.query.try_with_untracked(|now| *now == query) == Some(true) {
                self.found.set(found);
                self.waits.set(false);
            }
        });
    }

    /// Nothing is looked for any more.
    pub fn clear(self) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value("");
        }
        self.typed("");
    }

    /// The place of the chosen one.
    fn place(self, choices: Memo<Vec<Choice>>) -> usize {
        let way = self.chosen.get();
        let place = choices.with(|all| all.iter().position(|choice| Some(&choice.way) == way.as_ref()));
        place.unwrap_or(0)
    }

    fn option_id(self, at: usize) -> String {
        [self.name, "-", &at.to_string()].concat()
    }
}

/// The field of a search, and under it what there is to choose; if `always_open`, also while nothing is asked
/// for.
pub fn search_box(
    search: Search,
    choices: Memo<Vec<Choice>>,
    always_open: bool,
    placeholder: &'static str,
    choose: impl Fn(Choice) + Send + Sync + 'static,
) -> Part {
    let texts = use_texts();
    let choose: Arc<dyn Fn(Choice) + Send + Sync> = Arc::new(choose);
    let field = search.field;
    let open = Memo::new(move || always_open || search.query.with(|query| !query.is_empty()));
    hurry(search, choices, choose.clone());
    // What was typed before the page was taken over is asked now.
    effect(move || {
        if let Some(field) = field.get() {
            search.typed(&field.value());
        }
    });
    let list_id = [search.name, "-list"].concat();
    let list = {
        let (id, choose) = (list_id.clone(), choose.clone());
        move || {
            open.get().then(|| {
                later(Later::Results {
                    search,
                    choices,
                    id: id.clone(),
                    choose: choose.clone(),
                })
            })
        }
    };
    view! {
        <form class="finder" action="/find" method="get" role="search" on:submit=move |event| submit(&event, search, choices, &choose)>
            <input
                type="search"
                name="q"
                role="combobox"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-autocomplete="list"
                aria-controls=move || open.get().then(|| list_id.clone())
                aria-expanded=move || open.get().to_string()
                aria-activedescendant=move || {
                    (open.get() && choices.with(|all| !all.is_empty())).then(|| search.option_id(search.place(choices)))
                }
                aria-label=placeholder
                placeholder=placeholder
                title=texts.find
                node_ref=field
                on:input=move |event| search.typed(&event_target_value(&event))
                // Whoever has gone elsewhere doesn't want to be taken there any more.
                on:blur=move |_| search.hurried.set(false)
                on:keydown=move |event| steer(&event, search, choices)
            />
            {redrawn(list)}
        </form>
    }
    .into_part()
}

/// Enter came before the answer: the first one is chosen as soon as it is here.
fn hurry(search: Search, choices: Memo<Vec<Choice>>, choose: Arc<dyn Fn(Choice) + Send + Sync>) {
    effect(move || {
        if search.hurried.get() && !search.waits.get() {
            search.hurried.set(false);
            if let Some(first) = choices.with_untracked(|choices| choices.first().cloned()) {
                choose(first);
            }
        }
    });
}

fn submit(
    event: &SubmitEvent,
    search: Search,
    choices: Memo<Vec<Choice>>,
    choose: &Arc<dyn Fn(Choice) + Send + Sync>,
) {
    event.prevent_default();
    let place = untrack(|| search.place(choices));
    if search.waits.get_untracked() && place == 0 {
        return search.hurried.set(true);
    }
    let chosen = choices.with_untracked(|choices| choices.get(place).cloned());
    if let Some(choice) = chosen {
        choose(choice);
    }
}

fn steer(event: &KeyboardEvent, search: Search, choices: Memo<Vec<Choice>>) {
    // Alt and an arrow go from conversation to conversation.
    if event.alt_key() {
        return;
    }
    let (count, at) = (
        choices.with_untracked(Vec::len),
        untrack(|| search.place(choices)),
    );
    let to = match event.key().as_str() {
        "ArrowDown" if count > 0 => (at + 1) % count,
        "ArrowUp" if count > 0 => at.checked_sub(1).unwrap_or(count - 1),
        // With nothing to clear it closes whatever the field stands in.
        "Escape" if search.query.with_untracked(|query| !query.is_empty()) => {
            search.clear();
            return event.prevent_default();
        }
        _ => return,
    };
    search.hurried.set(false);
    search
        .chosen
        .set(choices.with_untracked(|all| all.get(to).map(|choice| choice.way.clone())));
    event.prevent_default();
    if let Some(row) = document().get_element_by_id(&search.option_id(to)) {
        let options = leptos::web_sys::ScrollIntoViewOptions::new();
        options.set_block(leptos::web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// All that was found, to choose from.
pub fn results(
    search: Search,
    choices: Memo<Vec<Choice>>,
    id: String,
    choose: Arc<dyn Fn(Choice) + Send + Sync>,
) -> Part {
    let texts = use_texts();
    let keys = move || {
        choices.with(|all| {
            all.iter()
                .enumerate()
                .map(|(at, choice)| choice.key(at))
                .collect()
        })
    };
    let draw = move |(_, at, _): Key| {
        let at = at as usize;
        match choices.with_untracked(|choices| choices.get(at).cloned()) {
            Some(choice) => row(search, choices, at, choice, choose.clone()),
            None => ().into_part(),
        }
    };
    let nothing = move || {
        (choices.with(Vec::is_empty) && !search.waits.get())
            .then(|| view! { <p class="finder__nothing" role="status">{texts.nothing_found}</p> }.into_part())
    };
    view! {
        <div class="finder__results">
            <ul role="listbox" id=id aria-label=texts.found_title>{rows(keys, draw)}</ul>
            {redrawn(nothing)}
        </div>
    }
    .into_part()
}

/// One answer. The focus stays in the field.
fn row(
    search: Search,
    choices: Memo<Vec<Choice>>,
    at: usize,
    choice: Choice,
    choose: Arc<dyn Fn(Choice) + Send + Sync>,
) -> Part {
    let chosen = move || (search.place(choices) == at).to_string();
    let mark = match choice.mark {
        Mark::Icon(icon) => view! { <span class="room__icon"><Draw icon/></span> }.into_part(),
        Mark::Person(id) => {
            view! { <Avatar id name=choice.title.clone() picture=choice.picture.clone()/> }.into_part()
        }
        Mark::Room(id) => {
            view! { <Avatar id name=choice.title.clone() room=true picture=choice.picture.clone()/> }
                .into_part()
        }
    };
    let (title, sub) = (choice.title.clone(), choice.sub.clone());
    view! {
        <li
            class="room"
            role="option"
            id=search.option_id(at)
            aria-selected=chosen
            on:mousedown=|event: MouseEvent| event.prevent_default()
            on:click=move |_| choose(choice.clone())
        >
            {mark}
            <bdi class="room__title">{title}</bdi>
            <bdi class="room__last">{sub}</bdi>
        </li>
    }
    .into_part()
}

/// One's own conversations of that name at once, then whatever the server found; an exact handle first. While
/// nothing is asked for: one's own, the latest first.
pub fn choices(chat: Chat, search: Search, texts: &Texts) -> Vec<Choice> {
    let query = search.query.with(|query| plain(query));
    let handle = query.trim_start_matches('@');
    let mut all: Vec<Choice> = chat.list.with(|list| {
        let entries = list.iter().flat_map(|list| list.ordered());
        let named = entries.filter(|entry| {
            let with = entry.with.as_ref();
            plain(&conversation_title(chat, entry, texts)).contains(&query)
                || with.is_some_and(|with| with.handle.contains(handle))
        });
        named.map(|entry| own(chat, entry, texts)).take(OWN).collect()
    });
    if query.is_empty() {
        return all;
    }
    search.found.with(|found| {
        let people = found.people.iter().map(|person| Choice {
            way: Way::Path(["/@", &person.handle].concat()),
            title: person.name.clone(),
            sub: at(&person.handle),
            mark: Mark::Person(person.id.0),
            picture: person.picture.clone(),
        });
        let rooms = found.rooms.iter().map(|room| Choice {
            way: Way::Path(["/rooms/", &room.id.to_string()].concat()),
            title: room.name.clone(),
            sub: (texts.members)(room.members),
            mark: Mark::Room(room.id.0),
            picture: room.picture.clone(),
        });
        for choice in people.chain(rooms) {
            if all.iter().all(|known| known.way != choice.way) {
                all.push(choice);
            }
        }
    });
    let exact = at(handle);
    // Whatever is exactly that, brought to the front; the rest stays as it is.
    if let Some(index) = all.iter().position(|choice| choice.sub == exact) {
        all[..=index].rotate_right(1);
    }
    all
}

fn own(chat: Chat, entry: &RoomEntry, texts: &Texts) -> Choice {
    let (sub, mark) = match &entry.with {
        Some(with) if chat.is_me(with.id) => (at(&with.handle), Mark::Icon(Icon::Saved)),
        Some(with) => (at(&with.handle), Mark::Person(with.id.0)),
        None => ((texts.members)(entry.members), Mark::Room(entry.room.id.0)),
    };
    Choice {
        way: Way::Path(entry.path()),
        title: conversation_title(chat, entry, texts),
        sub,
        mark,
        picture: entry.picture(),
    }
}

fn at(handle: &str) -> String {
    ["@", handle].concat()
}

/// Without case, and with `ё` as `е`. The browser knows what is a capital; its table stays out of ours.
pub fn plain(text: &str) -> String {
    String::from(JsString::from(text.trim()).to_lower_case()).replace('ё', "е")
}
