//! A program that has died is begun anew, by loading the page.
//!
//! After a panic, which ends in a trap, nothing on the page answers any more. What is typed and what waits to be sent is kept, so a page that
//! is loaded anew goes on where this one was.

use super::update::link;
use crate::shared::ids::{Millis, now};
use leptos::ev;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

/// What begins anew and dies again within this time is left as it is: a page that can be read.
const AGAIN_AFTER: Millis = 60_000;
/// A link that was pressed longer ago isn't what the program died of.
const RECENT: Millis = 20_000;
/// In the tab's storage: when it was begun anew last.
const BEGUN: &str = "begun-anew";

thread_local! {
    /// The link that was pressed last, and when.
    static WANTED: RefCell<(String, Millis)> = const { RefCell::new((String::new(), 0)) };
}

/// Sees to it that whatever dies is begun anew.
pub fn watch() {
    // In a build for people a panic has no words: `scripts/tools/wasm-opt`.
    if cfg!(debug_assertions) {
        console_error_panic_hook::set_once();
    }
    for event in ["error", "unhandledrejection"] {
        window_event_listener_untyped(event, |event| {
            if is_end(&event) {
                load();
            }
        });
    }
    window_event_listener(ev::click, |event| {
        let pressed = link(&event).and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
        if let Some(pressed) = pressed {
            WANTED.set((pressed.href(), now()));
        }
    });
}

/// Whether the program has died: of an event, or in something that it did by and by.
fn is_end(event: &web_sys::Event) -> bool {
    ["error", "reason"].iter().any(|name| {
        let thrown = js_sys::Reflect::get(event, &(*name).into());
        thrown.is_ok_and(|thrown| thrown.is_instance_of::<js_sys::WebAssembly::RuntimeError>())
    })
}

/// Loads the page that was on its way, or else this one. Once in a while only, so that what dies whenever it is
/// begun isn't begun for ever; and not without a connection, when nothing better would come.
fn load() {
    let now = now();
    let storage = window().session_storage().ok().flatten();
    let Some(storage) = storage.filter(|_| window().navigator().on_line()) else {
        return;
    };
    let begun = storage.get_item(BEGUN).ok().flatten();
    let begun = begun.and_then(|begun| begun.parse::<Millis>().ok()).unwrap_or(0);
    if now - begun < AGAIN_AFTER || storage.set_item(BEGUN, &now.to_string()).is_err() {
        return;
    }
    let location = window().location();
    let origin = location.origin().unwrap_or_default();
    let (wanted, pressed) = WANTED.take();
    let is_here = wanted
        .strip_prefix(&*origin)
        .is_some_and(|path| path.starts_with('/'));
    _ = if is_here && now - pressed < RECENT {
        location.set_href(&wanted)
    } else {
        location.reload()
    };
}
