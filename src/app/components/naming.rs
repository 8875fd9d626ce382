//! Mentioning somebody: while an `@` and the beginning of a name are typed, those of the room are offered whom it may be.

use crate::api;
use crate::app::components::person::person;
use crate::app::effects::{effect, redrawn};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::RwSignal;
use crate::shared::ids::RoomId;
use crate::shared::limits::HANDLE_CHARS;
use crate::shared::user::Person;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::HtmlTextAreaElement;
use std::time::Duration;

/// One doesn't ask at each letter.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone, Copy)]
pub struct Naming {
    room: Option<RoomId>,
    /// What stands behind the `@` so far; nothing while nobody is being named.
    pub typed: RwSignal<Option<String>>,
    /// Who it may be.
    found: RwSignal<Vec<Person>>,
    active: RwSignal<usize>,
    /// The handle of the one who was chosen, for the field.
    pub chosen: RwSignal<Option<String>>,
}

impl Naming {
    pub fn new(room: Option<RoomId>) -> Self {
        Self {
            room,
            typed: RwSignal::new(None),
            found: RwSignal::new(Vec::new()),
            active: RwSignal::new(0),
            chosen: RwSignal::new(None),
        }
    }

    /// Looks whether somebody is being named where the caret stands.
    pub fn look(self, field: &HtmlTextAreaElement) {
        let now = before_caret(field).and_then(|text| typed(&text).map(str::to_owned));
        let now = now.filter(|_| self.room.is_some());
        if self.typed.with_untracked(|typed| *typed != now) {
            self.typed.set(now);
        }
    }

    /// Nobody is being named any more. A field that goes with its page loses the focus too: then there is nothing to
    /// close, and nobody to be told.
    pub fn close(self) {
        if self.typed.try_with_untracked(Option::is_some) == Some(true) {
            self.typed.set(None);
        }
    }

    pub fn is_open(self) -> bool {
        self.typed.with(Option::is_some) && self.found.with(|found| !found.is_empty())
    }

    /// The element of the one who would be chosen.
    pub fn active_id(self) -> Option<String> {
        self.is_open().then(|| option_id(self.active.get()))
    }

    /// Whether a key was of use to the list.
    pub fn pressed(self, key: &str) -> bool {
        if !untrack(|| self.is_open()) {
            return false;
        }
        let count = self.found.with_untracked(Vec::len);
        let at = self.active.get_untracked();
        match key {
            "ArrowDown" => self.active.set((at + 1) % count),
            "ArrowUp" => self.active.set((at + count - 1) % count),
            "Enter" | "Tab" => self.choose(at),
            "Escape" => self.typed.set(None),
            _ => return false,
        }
        true
    }

    fn choose(self, at: usize) {
        let handle = self
            .found
            .with_untracked(|found| found.get(at).map(|person| person.handle.clone()));
        self.typed.set(None);
        self.chosen.set(handle);
    }
}

/// Puts a handle in the place of what was typed of it.
pub fn complete(field: &HtmlTextAreaElement, handle: &str) {
    let Some(before) = before_caret(field) else { return };
    let Some(typed) = typed(&before) else { return };
    let caret = before.encode_utf16().count() as u32;
    let start = caret - typed.encode_utf16().count() as u32;
    let whole = [handle, " "].concat();
    _ = field.set_range_text_with_start_and_end(&whole, start, caret);
    let end = start + whole.encode_utf16().count() as u32;
    _ = field.set_selection_range(end, end);
}

fn before_caret(field: &HtmlTextAreaElement) -> Option<String> {
    let caret = field.selection_start().ok().flatten()?;
    let before: Vec<u16> = field.value().encode_utf16().take(caret as usize).collect();
    Some(String::from_utf16_lossy(&before))
}

/// What stands behind the last `@` that begins a word, if nothing ends it.
fn typed(before: &str) -> Option<&str> {
    let (rest, typed) = before.rsplit_once('@')?;
    let begins = rest.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let goes_on = typed.chars().count() <= HANDLE_CHARS.1 && !typed.contains(char::is_whitespace);
    (begins && goes_on).then_some(typed)
}

fn option_id(at: usize) -> String {
    ["naming-", &at.to_string()].concat()
}

/// Those who are offered.
pub fn members(naming: Naming) -> Part {
    let texts = use_texts();
    effect(move || {
        let Some(typed) = naming.typed.get() else {
            return naming.found.set(Vec::new());
        };
        let Some(room) = naming.room else { return };
        let still = move |typed: &str| {
            let now = naming
                .typed
                .try_with_untracked(|now| now.as_deref() == Some(typed));
            now == Some(true)
        };
        set_timeout(
            move || {
                if !still(&typed) {
                    return;
                }
                spawn_local(async move {
                    let found = api::rooms::members_called(room, typed.clone()).await;
                    if still(&typed) {
                        naming.active.set(0);
                        naming.found.set(found.unwrap_or_default());
                    }
                });
            },
            PAUSE,
        );
    });
    redrawn(move || {
        naming.is_open().then(|| {
            let option = |(at, of): (usize, Person)| {
                view! {
                    <li
                        role="option"
                        id=option_id(at)
                        aria-selected=move || (naming.active.get() == at).to_string()
                        on:mousedown=move |event: MouseEvent| {
                            event.prevent_default();
                            naming.choose(at);
                        }
                    >
                        {person(of)}
                    </li>
                }
                .into_part()
            };
            let options = naming.found.get().into_iter().enumerate().map(option);
            view! {
                <ul class="naming" id="naming" role="listbox" aria-label=texts.people>{options.collect_view()}</ul>
            }
            .into_part()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn somebody_is_named_while_their_name_goes_on() {
        for (text, found) in [
            ("@", Some("")),
            ("привет, @an", Some("an")),
            ("(@бо", Some("бо")),
            ("me@anna", None),
            ("@anna ", None),
            ("привет", None),
        ] {
            assert_eq!(typed(text), found, "{text}");
        }
    }
}
