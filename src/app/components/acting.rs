//! What is asked for around the messages of a conversation: by pointer, by finger, by keyboard. One listener for all of
//! them. What comes of it is the matter of `actions`, which a browser loads later.

use crate::app::chat::Chat;
use crate::app::components::menu::{below, closest, place_of};
use crate::app::components::press::Press;
use crate::app::state::RwSignal;
use crate::shared::ids::Position;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlDivElement, HtmlElement};

#[derive(Clone, Copy, PartialEq)]
pub enum Wanted {
    /// The menu of a message, at a place of the screen.
    Menu { position: Position, x: i32, y: i32 },
    /// To give the emoji of that place among a message's reactions, or to take it away.
    React { position: Position, nth: usize },
    /// To choose a message, or not to.
    Select(Position),
}

#[derive(Clone, Copy)]
pub struct Acting {
    pub wanted: RwSignal<Option<Wanted>>,
    /// The messages that are chosen, while that is done.
    pub selected: RwSignal<Option<Vec<Position>>>,
    pub press: Press,
}

impl Default for Acting {
    fn default() -> Self {
        Self {
            wanted: RwSignal::new(None),
            selected: RwSignal::new(None),
            press: Press::default(),
        }
    }
}

impl Acting {
    fn want(self, wanted: Wanted) {
        self.wanted.set(Some(wanted));
    }

    fn menu(self, position: Position, (x, y): (i32, i32)) {
        self.want(Wanted::Menu { position, x, y });
    }

    pub fn clicked(self, chat: Chat, event: &MouseEvent) {
        let long = self.press.was_long();
        // Whoever opens a link elsewhere wants just that.
        let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
        let row = row_of(event).filter(|_| plain);
        let Some((position, _)) = row else { return };
        let selecting = self.selected.with_untracked(Option::is_some);
        let quote = closest(event, ".quote").and_then(|quote| quote.get_attribute("data-to")?.parse().ok());
        if long {
            // It only ends.
        } else if selecting {
            self.want(Wanted::Select(position));
        } else if let Some(time) = closest(event, "a.message__time") {
            self.menu(position, below(&time));
        } else if let Some(quoted) = quote {
            chat.seek(quoted);
        } else if let Some(nth) = closest(event, ".reaction").map(|reaction| place_among(&reaction)) {
            self.want(Wanted::React { position, nth });
        } else {
            return;
        }
        event.prevent_default();
    }

    /// The right button, the menu key, or what a device takes for them. Where words are marked, or a link is
    /// meant, the browser has a menu of its own.
    pub fn asked(self, event: &MouseEvent) {
        let marked = window().get_selection().ok().flatten();
        let marked = marked.is_some_and(|selection| !selection.is_collapsed());
        let link = closest(event, ".message__text a");
        if let Some((position, row)) = row_of(event).filter(|_| !marked && link.is_none()) {
            event.prevent_default();
            self.menu(position, place_of(event, &row));
        }
    }

    pub fn touched(self, event: &PointerEvent) {
        if let Some((position, _)) = row_of(event) {
            let at = (event.client_x(), event.client_y());
            self.press.begins(event, move || self.menu(position, at));
        }
    }

    /// The arrows go from message to message, Enter opens the menu of the one that has the focus.
    pub fn pressed(self, event: &KeyboardEvent, list: &HtmlDivElement) {
        let target: Element = event_target(event);
        let row = position_of(&target);
        let inside = target.is_same_node(Some(list)) || row.is_some();
        let plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key() && !event.shift_key();
        if !inside || !plain {
            return;
        }
        let selecting = self.selected.with_untracked(Option::is_some);
        match (event.key().as_str(), row) {
            ("ArrowUp", _) => step(list, &target, row, -1),
            ("ArrowDown", Some(_)) => step(list, &target, row, 1),
            ("Enter" | " ", Some(position)) if selecting => self.want(Wanted::Select(position)),
            ("Enter", Some(position)) => self.menu(position, below(&target)),
            _ => return,
        }
        event.prevent_default();
    }
}

fn position_of(row: &Element) -> Option<Position> {
    row.id().strip_prefix('m')?.parse().ok()
}

/// The message that an event is of.
fn row_of(event: &Event) -> Option<(Position, Element)> {
    let row = closest(event, ".message[id]")?;
    Some((position_of(&row)?, row))
}

fn place_among(element: &Element) -> usize {
    std::iter::successors(
        element.previous_element_sibling(),
        Element::previous_element_sibling,
    )
    .count()
}

/// Gives the focus to the message before or after this one; from the list itself, to the last.
fn step(list: &HtmlDivElement, from: &Element, row: Option<Position>, step: i64) {
    let Ok(rows) = list.query_selector_all(".message[id]") else {
        return;
    };
    let at = |index: u32| {
        rows.item(index)
            .and_then(|row| row.dyn_into::<HtmlElement>().ok())
    };
    let count = rows.length();
    let here = match row {
        Some(_) => (0..count)
            .rev()
            .find(|index| at(*index).is_some_and(|row| row.is_same_node(Some(from)))),
        None => Some(count),
    };
    let next = here.map(|here| i64::from(here) + step);
    let Some(row) = next.and_then(|next| at(u32::try_from(next).ok()?)) else {
        return;
    };
    // Named for those who listen, now that it is looked at by itself.
    let author = row.closest(".group").ok().flatten();
    let author = author.and_then(|group| group.query_selector(".group__author").ok().flatten());
    let author = author
        .and_then(|author| author.text_content())
        .unwrap_or_default();
    let words = row.text_content().unwrap_or_default();
    _ = row.set_attribute("role", "article");
    _ = row.set_attribute("aria-label", &[&author, ": ", &words].concat());
    row.set_tab_index(-1);
    _ = row.focus();
}
