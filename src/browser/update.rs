//! Another version of the program on the server, while this page is open. The page works on: what it asks for is
//! understood by the new server too. Whoever goes on to another page gets the new program with it.

use crate::app::chat::{Chat, Connection};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

/// Tells the chat which build this page is of, and watches links.
pub(super) fn start(chat: Chat) {
    let page = document().document_element();
    let build = page.and_then(|page| page.get_attribute("data-build"));
    chat.build.set_value(build.unwrap_or_default());
    // This listener comes before the router's, which leaves `external` links to the browser.
    window_event_listener(ev::click, move |event| {
        let away = chat.connection.get_untracked() != Connection::Connected;
        if let Some(link) = link(&event)
            .filter(|link| !link.has_attribute("target") && chat.outdated.get_untracked() && !away)
        {
            _ = link.set_attribute("rel", "external");
        }
    });
}

/// The link that was pressed.
pub(super) fn link(event: &MouseEvent) -> Option<Element> {
    let pressed = event.target()?.dyn_into::<Element>().ok()?;
    pressed.closest("a[href]").ok().flatten()
}
