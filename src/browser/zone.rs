//! The reader's time zone: told to the server by a cookie, and to the page once it has taken over.

use crate::app::effects::effect;
use crate::app::state::RwSignal;
use crate::shared::ids::Millis;
use crate::shared::zone::Zone;
use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// Sees after the first drawing, which must be the server's, whether the server's zone was right.
pub(super) fn start(zone: RwSignal<Zone>) {
    effect(move || {
        let here = Zone::probe(Date::now() as Millis, offset_at);
        remember(&here);
        if zone.with_untracked(|zone| *zone != here) {
            zone.set(here);
        }
    });
}

/// Minutes east of UTC; `Date` counts them westward.
fn offset_at(at: Millis) -> i32 {
    -(Date::new(&JsValue::from_f64(at as f64)).get_timezone_offset() as i32)
}

/// The zone moves on with time, so the cookie is written each time.
fn remember(zone: &Zone) {
    let cookie = [
        "zone=",
        &zone.to_string(),
        "; path=/; max-age=31536000; samesite=lax",
    ]
    .concat();
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        _ = document.set_cookie(&cookie);
    }
}
