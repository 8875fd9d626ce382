//! Where the reader comes from: so that the page's own way back is the browser's, and the focus is found again
//! after each step.

use super::effects::effect;
use super::loading::Leaving;
use crate::app::state::{RwSignal, StoredValue};
use crate::shared::query::decoded;
use crate::shared::room_change::FORMS;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// The end of the address of a conversation's details.
pub const DETAILS: &str = "/details";

/// Whether this may stand behind a conversation's address: a message's position, its details, and its forms, which are
/// answered with its page when refused. (With a form of [`FORMS`] the details are open too.)
pub fn stands_behind(end: &str) -> bool {
    let is_position = !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    is_position
        || ["details", "join", "leave", "own", "block", "unblock"].contains(&end)
        || FORMS.contains(&end)
}

/// The conversation at a path, also where something of it stands behind its address; as it is written, not as
/// browsers encode it.
pub fn conversation_at(path: &str) -> String {
    let path = decoded(path);
    match path.rsplit_once('/') {
        // A page of its own.
        Some(("", _) | ("/rooms", _)) | None => path,
        Some((conversation, end)) if stands_behind(end) => conversation.to_owned(),
        Some(_) => path,
    }
}

/// This page's path, as it is written.
pub fn here() -> String {
    decoded(&window().location().pathname().unwrap_or_default())
}

/// The path before this one, if the reader came from another page of ours.
#[derive(Clone, Copy)]
pub struct Trail(StoredValue<Option<String>>);

/// Follows the reader from page to page. `leaving` is whether the next page is still on its way.
pub fn follow(leaving: RwSignal<bool>) {
    let trail = Trail(StoredValue::new(None));
    provide_context(trail);
    let path = use_location().pathname;
    // Only browsers run effects.
    let mut last = None;
    effect(move || {
        let now = decoded(&path.get());
        let before = last.replace(now.clone());
        if before.as_ref().is_some_and(|before| *before != now) {
            trail.0.set_value(before);
            settle(trail, leaving);
        }
    });
    let mut left = false;
    effect(move || {
        let now = leaving.get();
        if std::mem::replace(&mut left, now) && !now {
            settle(trail, leaving);
        }
    });
}

/// Goes to `path`, which lies above this page: back, if the reader came from there; otherwise in place of this
/// page, so that the browser's own way back doesn't lead down again.
pub fn use_way_up(path: impl Fn() -> String + 'static) -> impl Fn() + 'static {
    let trail = expect_context::<Trail>();
    let navigate = use_navigate();
    move || {
        let path = path();
        let came_from_there = trail.0.with_value(|before| before.as_ref() == Some(&path));
        let back = window().history().ok().filter(|_| came_from_there);
        match back {
            Some(history) => _ = history.back(),
            None => navigate(
                &path,
                NavigateOptions {
                    replace: true,
                    ..NavigateOptions::default()
                },
            ),
        }
    }
}

/// What the reader came for is here only now.
pub fn arrived() {
    if let (Some(trail), Some(Leaving(leaving))) = (use_context(), use_context()) {
        settle(trail, leaving);
    }
}

/// Puts the focus where the reader goes on, once the page is drawn.
fn settle(trail: Trail, leaving: RwSignal<bool>) {
    request_animation_frame(move || {
        request_animation_frame(move || {
            if !leaving.get_untracked() {
                let before = trail.0.get_value().unwrap_or_default();
                focus_after(&before, &here());
            }
        });
    });
}

fn focus_after(before: &str, now: &str) {
    if now.ends_with(DETAILS) {
        focus(".details h2");
    } else if before.strip_suffix(DETAILS) == Some(now) {
        _ = is_writing() || focus(".conversation__names");
    } else if is_writing() || focus("main h1") {
        // Where one writes, or at the beginning of the page.
    } else {
        // The list alone is in sight: its line of where one was.
        let quoted = before.replace(['\\', '"'], "");
        _ = focus(&["a.room[href=\"", &quoted, "\"]"].concat()) || focus("a.room");
    }
}

/// Whether the focus is in a field.
fn is_writing() -> bool {
    document().active_element().is_some_and(|active| {
        active.dyn_ref::<HtmlInputElement>().is_some() || active.dyn_ref::<HtmlTextAreaElement>().is_some()
    })
}

/// Gives it the focus, if it is there and in sight.
fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    if element.get_bounding_client_rect().width() == 0.0 {
        return false;
    }
    // A heading takes the focus only from here, not by Tab.
    if element.tab_index() < 0 {
        _ = element.set_attribute("tabindex", "-1");
    }
    _ = element.focus();
    true
}
