//! Digital messages: a messenger to run for yourself.
//!
//! A file's folder says where it is compiled:
//!
//! | folder | where | what |
//! | --- | --- | --- |
//! | `shared` | both sides | the nouns, their limits, the wire, the pure state of a conversation |
//! | `i18n` | both sides | every sentence, Russian and English |
//! | `api` | both sides | the server functions, a few lines each |
//! | `app` | both sides | the page: routes, components, the chat context |
//! | `doors` | the server | the document around every page, and the pages before the messenger: forms that need no scripts |
//! | `browser` | the browser | the socket and what else only a browser has |
//! | `server` | the server | the verbs, the database, who hears what |
//! | `router`, `serve` | the server | every address; starting and stopping |
//!
//! Arrows: `shared ← server ← api ← app ← {doors, browser}`, `doors ← router ← serve`.
//!
//! What always holds:
//! - Every change in a room takes the room's next version, first thing in its transaction.
//! - Nothing is told to anyone before it is committed, and it is told in the order of versions.
//! - A row replaces another only if its version is higher.
//! - Whoever reads or writes in a room has passed through `sessions::member_of`.

#[macro_use]
mod chunk;

pub mod api;
pub mod app;
#[cfg(feature = "hydrate")]
pub mod browser;
#[cfg(feature = "ssr")]
pub mod doors;
pub mod i18n;
#[cfg(feature = "ssr")]
pub mod router;
#[cfg(feature = "ssr")]
pub mod serve;
#[cfg(feature = "ssr")]
pub mod server;
pub mod shared;

/// Where the browser begins: takes over the page that the server has drawn.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    browser::anew::watch();
    wasm_bindgen_futures::spawn_local(async {
        // What can't be loaded leaves the page what it was drawn as: one without scripts.
        let Some(reader) = browser::reader().await else {
            return;
        };
        if let Ok(chunk) = app::later::needed().await {
            take_over(reader, chunk);
        }
    });
}

#[cfg(feature = "hydrate")]
fn take_over(reader: app::reader::Reader, chunk: bool) {
    use leptos::prelude::*;
    leptos::mount::hydrate_body(move || {
        let chat = app::chat::Chat::new();
        let chunk = app::later::Chunk::new(chunk);
        let zone = app::state::RwSignal::new(reader.zone.clone());
        provide_context(reader);
        provide_context(zone);
        provide_context(chat);
        provide_context(chunk);
        browser::start(chat, zone, chunk);
        // From here on the page answers by itself: tests wait for this.
        app::effects::effect(move || {
            _ = document()
                .document_element()
                .map(|html| html.set_attribute("data-hydrated", ""))
        });
        app::App()
    });
}
