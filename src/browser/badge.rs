//! How much is unread, on the icon of the installed messenger.

use crate::app::chat::Chat;
use crate::app::effects::effect;
use crate::app::state::Memo;
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// A `Navigator` that may know of badges.
    type Icon;
    #[wasm_bindgen(method, catch, js_name = setAppBadge)]
    fn show(this: &Icon, unread: u32) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = clearAppBadge)]
    fn clear(this: &Icon) -> Result<Promise, JsValue>;
}

/// Keeps the icon up with what is unread. (When somebody signs out the service worker clears it.)
pub(super) fn start(chat: Chat) {
    let unread = Memo::new(move || chat.unread());
    effect(move || {
        let unread = unread.get();
        // Until the list is known nothing is.
        if chat.me.with(Option::is_none) {
            return;
        }
        let icon: Icon = window().navigator().unchecked_into();
        let shown = if unread > 0 {
            icon.show(unread)
        } else {
            icon.clear()
        };
        // A browser may not have it and a device may not want it; nothing hangs on it.
        if let Ok(shown) = shown {
            spawn_local(async move { _ = JsFuture::from(shown).await });
        }
    });
}
