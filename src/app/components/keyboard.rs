//! What the keyboard does wherever one is. What it does in a field is the field's matter.

use crate::app::chat::Chat;
use crate::app::effects::effect;
use crate::app::later::dialogs;
use crate::app::state::RwSignal;
use crate::app::trail::{conversation_at, here, use_way_up};
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::rc::Rc;

#[component]
pub fn Keyboard() -> impl IntoView {
    let chat = expect_context::<Chat>();
    let (switcher, shortcuts) = (RwSignal::new(false), RwSignal::new(false));
    let navigate = use_navigate();
    let up = Rc::new(use_way_up(|| conversation_at(&here())));
    effect(move || {
        let (navigate, up) = (navigate.clone(), up.clone());
        let listener = window_event_listener(ev::keydown, move |event| {
            let Some(means) = meaning(&event) else { return };
            match means {
                Means::Switch => {
                    shortcuts.set(false);
                    if !switcher.get_untracked() {
                        switcher.set(true);
                    }
                }
                Means::Help => shortcuts.set(true),
                _ if is_over() => return,
                Means::Step(step) => match neighbour(chat, step) {
                    Some(path) => navigate(&path, NavigateOptions::default()),
                    None => return,
                },
                Means::Close if conversation_at(&here()) != here() => up(),
                Means::Close => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    });
    dialogs(switcher, shortcuts)
}

enum Means {
    Switch,
    Help,
    /// To the conversation so many lines further down the list.
    Step(isize),
    Close,
}

fn meaning(event: &KeyboardEvent) -> Option<Means> {
    // Something nearer has made use of it.
    if event.default_prevented() || event.is_composing() {
        return None;
    }
    let command = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
    let alone = !event.ctrl_key() && !event.meta_key();
    // By its place: the same key under every layout.
    match (event.code().as_str(), event.key().as_str()) {
        ("KeyK", _) if command => Some(Means::Switch),
        (_, "ArrowUp") if alone && event.alt_key() => Some(Means::Step(-1)),
        (_, "ArrowDown") if alone && event.alt_key() => Some(Means::Step(1)),
        (_, "Escape") if alone && !event.alt_key() => Some(Means::Close),
        // «?» is Shift and a key that differs: «,» on a Russian one stands where «?» of an English one does.
        (_, "?") if alone && !is_field(event) => Some(Means::Help),
        _ => None,
    }
}

fn is_field(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA"))
}

/// Whether a dialog lies over the page.
fn is_over() -> bool {
    document()
        .query_selector("dialog[open]")
        .is_ok_and(|dialog| dialog.is_some())
}

/// The path of the conversation that many lines away from this one; from elsewhere, of the first.
fn neighbour(chat: Chat, step: isize) -> Option<String> {
    let here = conversation_at(&here());
    let paths: Vec<String> = chat.list.with_untracked(|list| {
        let entries = list.iter().flat_map(|list| list.ordered());
        let entries = entries.filter(|entry| !entry.own.archived);
        entries.map(|entry| entry.path()).collect()
    });
    let next = match paths.iter().position(|path| *path == here) {
        Some(index) => index.checked_add_signed(step)?,
        None => 0,
    };
    paths.into_iter().nth(next)
}
