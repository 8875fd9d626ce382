//! Opening the page where there is no connection: the service worker `public/sw.js` brings the last page that it
//! has kept, and with it this program, which shows what was known of the rooms last.

use js_sys::Reflect;
use leptos::prelude::*;
use std::time::Duration;

/// The page has better things to do when it opens.
const LATER: Duration = Duration::from_secs(4);

/// Lets the service worker keep the page. Only pages that came over TLS, or from localhost, may have one.
pub(super) fn start() {
    let navigator = window().navigator();
    let worker = Reflect::get(&navigator, &"serviceWorker".into());
    if worker.is_ok_and(|worker| worker.is_object()) {
        set_timeout(move || drop(navigator.service_worker().register("/sw.js")), LATER);
    }
}
