//! Whoever reads the page: their language and their zone.

use crate::app::state::RwSignal;
use crate::i18n::{Lang, Texts};
use crate::shared::look::Look;
use crate::shared::zone::Zone;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the server knows of a reader before it draws anything. The browser's first drawing takes
/// exactly the same, from the attributes of `<html>`.
#[derive(Clone)]
pub struct Reader {
    /// What the page says to them.
    pub texts: &'static Texts,
    pub zone: Zone,
    pub look: Look,
}

/// The page of a message is asked for; here is where is said what can be done with that one without scripts.
#[derive(Clone, Debug)]
pub struct AtMessage(pub String);

/// What the page says, in the reader's language. It stays the same for as long as the page is
/// open: another language is another page.
pub fn use_texts() -> &'static Texts {
    use_context::<Reader>().map_or_else(|| Lang::default().texts(), |reader| reader.texts)
}

/// The reader's language.
pub fn use_lang() -> Lang {
    use_texts().lang
}

/// The reader's zone. The browser may find another than the cookie said, so it is a signal.
pub fn use_zone() -> RwSignal<Zone> {
    expect_context()
}

/// The path and query of the page on screen.
pub fn use_here() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        // Two slashes would lead to another site.
        let path = ["/", path.trim_start_matches('/')].concat();
        if search.is_empty() {
            path
        } else {
            [&path, "?", &search].concat()
        }
    })
}

/// Whether nothing stands at the address: the page says so to the reader, and by this to the server,
/// which answers 404.
#[derive(Clone, Debug, Default)]
pub struct Missing(Arc<AtomicBool>);

impl Missing {
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
