//! What only a browser has: the socket, the clock of its reader, whether anybody looks. It drives the
//! [`Chat`](crate::app::chat::Chat), which never names it.

pub mod anew;
mod badge;
mod keeper;
mod offline;
mod socket;
mod update;
mod viewport;
mod zone;

use crate::app::chat::{Chat, Connection};
use crate::app::effects::effect;
use crate::app::later::Chunk;
use crate::app::look::{look, renew};
use crate::app::reader::Reader;
use crate::app::state::{Memo, RwSignal};
use crate::i18n::Lang;
use crate::i18n::loading::load;
use crate::shared::ids::now;
use crate::shared::zone::Zone;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// How often the chat is told the time, for "today" and "yesterday".
const MINUTE: Duration = Duration::from_secs(60);

/// The reader as the server knew them when it drew the page; nothing if what is said to them couldn't be loaded.
pub async fn reader() -> Option<Reader> {
    let page = document().document_element();
    let read = |name: &str| {
        page.as_ref()
            .and_then(|page| page.get_attribute(name))
            .unwrap_or_default()
    };
    let lang = Lang::from_code(&read("lang")).unwrap_or_default();
    Some(Reader {
        texts: load(lang).await?,
        zone: Zone::parse(&read("data-zone")).unwrap_or_default(),
        look: look(),
    })
}

/// The session is over. What was kept goes first; the server knows where to.
fn leave(chat: Chat) {
    let forgetting = chat.forget();
    leptos::task::spawn_local(async move {
        forgetting.await;
        _ = window().location().reload();
    });
}

/// A transition from page to page that is cut short by the next one says so by a promise that nobody holds.
fn hush_transitions() {
    window_event_listener_untyped("unhandledrejection", |event| {
        let reason = js_sys::Reflect::get(&event, &"reason".into());
        let cut = reason.is_ok_and(|reason| {
            let error = reason.dyn_into::<web_sys::DomException>();
            error.is_ok_and(|error| {
                matches!(
                    &*error.name(),
                    "AbortError" | "InvalidStateError" | "TimeoutError"
                )
            })
        });
        if cut {
            event.prevent_default();
        }
    });
}

/// Whether fingers are all that the page is used with.
fn by_touch() -> bool {
    let touch = window().match_media("(hover: none) and (pointer: coarse)");
    touch.is_ok_and(|touch| touch.is_some_and(|touch| touch.matches()))
}

/// Loads the chunk at the first sign that somebody does more than read: long before they have chosen what to do.
fn fetch_once_used(chat: Chat, chunk: Chunk) {
    let used = RwSignal::new(false);
    for sign in ["pointermove", "pointerdown", "keydown"] {
        window_event_listener_untyped(sign, move |_| {
            if !used.get_untracked() {
                used.set(true);
            }
        });
    }
    effect(move || {
        if used.get() && chat.connection.get() == Connection::Connected {
            chunk.fetch();
        }
    });
}

/// Begins whatever goes on for as long as the page is open.
pub fn start(chat: Chat, zone: RwSignal<Zone>, chunk: Chunk) {
    fetch_once_used(chat, chunk);
    hush_transitions();
    zone::start(zone);
    chat.touch.set_value(by_touch());
    update::start(chat);
    badge::start(chat);
    socket::start(chat);
    offline::start();
    viewport::start();
    effect(renew);
    // Once: what is begun here ends when this runs again.
    let me = Memo::new(move || chat.me.with(|me| me.as_ref().map(|me| me.id)));
    effect(move || {
        if let Some(me) = me.get() {
            keeper::start(chat, me);
        }
    });
    // The browser asks whether the page is really to go.
    window_event_listener_untyped("beforeunload", move |event| {
        if chat.is_at_risk() {
            event.prevent_default();
        }
    });
    // A page that is hidden may never be seen again.
    effect(move || {
        if !chat.visible.get() {
            chat.keep_drafts();
            chat.keep_now();
            chat.save_drafts();
        }
    });
    set_interval(move || chat.now.set(now()), MINUTE);
    effect(move || {
        if chat.signed_out.get() {
            leave(chat);
        }
    });
}
