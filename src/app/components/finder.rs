//! The one field that finds people and rooms. Without scripts it is a form to `/find`; with them it
//! answers while one types, and is driven by the keyboard (the ARIA combobox with a list).

use crate::api;
use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::effects::{effect, redrawn};
use crate::app::reader::use_texts;
use crate::app::rows::{Key, rows};
use crate::shared::limits::QUERY_CHARS;
use crate::shared::room::Found;
use js_sys::JsString;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Input;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// One doesn't ask at each letter.
const PAUSE: Duration = Duration::from_millis(150);

/// Something to open.
#[derive(Clone, PartialEq)]
struct Choice {
    path: String,
    title: String,
    sub: String,
    /// What the avatar's colour is made of.
    seed: i64,
    room: bool,
}

impl Choice {
    /// The same one at the same place.
    fn key(&self, at: usize) -> Key {
        (u8::from(self.room), at as i64, self.seed)
    }
}

/// A search: what is asked, and what is known of the answer.
#[derive(Clone, Copy)]
struct Search {
    field: NodeRef<Input>,
    query: RwSignal<String>,
    found: RwSignal<Found>,
    /// The answer to `query` is not here yet.
    waits: RwSignal<bool>,
    /// Enter was pressed before it was.
    hurried: RwSignal<bool>,
    chosen: RwSignal<usize>,
    pause: StoredValue<Option<TimeoutHandle>>,
}

impl Search {
    fn new() -> Self {
        Self {
            field: NodeRef::new(),
            query: RwSignal::default(),
            found: RwSignal::default(),
            waits: RwSignal::new(false),
            hurried: RwSignal::new(false),
            chosen: RwSignal::new(0),
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
        self.chosen.set(0);
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
    fn clear(self) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value("");
        }
        self.typed("");
    }
}

#[component]
pub fn Finder() -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let search = Search::new();
    let field = search.field;
    let choices = Memo::new(move |_| choices(chat, search));
    let open = Memo::new(move |_| search.query.with(|query| !query.is_empty()));

    let navigate = use_navigate();
    let go = move |path: &str| {
        if let Some(field) = field.get_untracked() {
            _ = field.blur();
        }
        search.clear();
        navigate(path, NavigateOptions::default());
    };
    // Enter came before the answer: the first one opens as soon as it is here.
    let hurry = go.clone();
    effect(move || {
        if search.hurried.get() && !search.waits.get() {
            search.hurried.set(false);
            if let Some(first) = choices.with_untracked(|choices| choices.first().cloned()) {
                hurry(&first.path);
            }
        }
    });

    let enter = go.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if search.waits.get_untracked() && search.chosen.get_untracked() == 0 {
            return search.hurried.set(true);
        }
        let chosen = choices.with_untracked(|choices| choices.get(search.chosen.get_untracked()).cloned());
        if let Some(choice) = chosen {
            enter(&choice.path);
        }
    };
    let keydown = move |event: KeyboardEvent| {
        let most = choices.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => search
                .chosen
                .update(|chosen| *chosen = if *chosen < most { *chosen + 1 } else { 0 }),
            "ArrowUp" => search
                .chosen
                .update(|chosen| *chosen = chosen.checked_sub(1).unwrap_or(most)),
            "Escape" => search.clear(),
            _ => return,
        }
        event.prevent_default();
    };
    // What was typed before the page was taken over is asked now.
    effect(move || {
        if let Some(field) = field.get() {
            search.typed(&field.value());
        }
    });

    let results = move || {
        open.get().then(|| {
            view! {
                <ul class="finder__results" role="listbox" id="finder-results" aria-label=texts.found_title>
                    {rows(
                        move || choices.with(|choices| choices.iter().enumerate().map(|(at, choice)| choice.key(at)).collect()),
                        move |(_, at, _)| match choices.with_untracked(|choices| choices.get(at as usize).cloned()) {
                            Some(choice) => view! { <ChoiceRow at=at as usize choice search/> }.into_any(),
                            None => ().into_any(),
                        },
                    )}
                    {move || {
                        (choices.with(Vec::is_empty) && !search.waits.get())
                            .then(|| view! { <li class="finder__nothing">{texts.nothing_found}</li> }.into_any())
                    }}
                </ul>
            }
            .into_any()
        })
    };
    view! {
        <form class="finder" action="/find" method="get" role="search" on:submit=submit>
            <input
                type="search"
                name="q"
                role="combobox"
                autocomplete="off"
                aria-autocomplete="list"
                aria-controls="finder-results"
                aria-expanded=move || open.get().to_string()
                aria-activedescendant=move || open.get().then(|| option_id(search.chosen.get()))
                aria-label=texts.finder_placeholder
                placeholder=texts.finder_placeholder
                node_ref=field
                on:input=move |event| search.typed(&event_target_value(&event))
                on:keydown=keydown
            />
            {redrawn(results)}
        </form>
    }
    .into_any()
}

/// One answer. The link is what a pointer uses; the keyboard stays in the field.
#[component]
fn ChoiceRow(at: usize, choice: Choice, search: Search) -> impl IntoView {
    let chosen = move || search.chosen.get() == at;
    // The list goes only after its link has been followed.
    let avatar = choice.title.clone();
    view! {
        <li role="option" id=option_id(at) aria-selected=move || chosen().to_string()>
            <a class="room" href=choice.path tabindex="-1" on:click=move |_| set_timeout(move || search.clear(), Duration::ZERO)>
                <Avatar id=choice.seed room=choice.room name=avatar/>
                <span class="room__title">{choice.title}</span>
                <span class="room__last">{choice.sub}</span>
            </a>
        </li>
    }
    .into_any()
}

fn option_id(at: usize) -> String {
    ["finder-", &at.to_string()].concat()
}

/// One's own conversations at once, then whatever the server found; an exact handle first.
fn choices(chat: Chat, search: Search) -> Vec<Choice> {
    let texts = use_texts();
    let query = search.query.with(|query| plain(query));
    if query.is_empty() {
        return Vec::new();
    }
    let handle = query.trim_start_matches('@');
    let mut all: Vec<Choice> = chat.list.with(|list| {
        let rooms = list.iter().flat_map(|list| list.ordered());
        rooms
            .filter(|entry| {
                plain(entry.title()).contains(&query)
                    || entry
                        .with
                        .as_ref()
                        .is_some_and(|with| with.handle.contains(handle))
            })
            .map(|entry| Choice {
                path: entry.path(),
                title: entry.title().to_owned(),
                sub: entry
                    .with
                    .as_ref()
                    .map_or_else(|| (texts.members)(entry.members), |with| at(&with.handle)),
                seed: entry.with.as_ref().map_or(entry.room.id.0, |with| with.id.0),
                room: entry.with.is_none(),
            })
            .take(8)
            .collect()
    });
    search.found.with(|found| {
        let people = found.people.iter().map(|person| Choice {
            path: ["/@", &person.handle].concat(),
            title: person.name.clone(),
            sub: at(&person.handle),
            seed: person.id.0,
            room: false,
        });
        let rooms = found.rooms.iter().map(|room| Choice {
            path: ["/rooms/", &room.id.to_string()].concat(),
            title: room.name.clone(),
            sub: (texts.members)(room.members),
            seed: room.id.0,
            room: true,
        });
        for choice in people.chain(rooms) {
            if all.iter().all(|known| known.path != choice.path) {
                all.push(choice);
            }
        }
    });
    let exact = at(handle);
    if let Some(place) = all.iter().position(|choice| choice.sub == exact) {
        all[..=place].rotate_right(1);
    }
    all
}

fn at(handle: &str) -> String {
    ["@", handle].concat()
}

/// Without case, and with `ё` as `е`. The browser knows what is a capital; its table stays out of ours.
fn plain(text: &str) -> String {
    String::from(JsString::from(text.trim()).to_lower_case()).replace('ё', "е")
}
