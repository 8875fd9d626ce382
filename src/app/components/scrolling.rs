//! The scrolling of a conversation: its reader stays where they are while it goes on, and what is needed next is
//! loaded before they are there.
//!
//! The scroller is drawn from its end (`column-reverse`): `scrollTop` is 0 at the newest message and
//! negative above it. So a conversation opens at its end before any script has run, stays there
//! while messages come, and doesn't move when older ones are put above.

use crate::app::chat::Chat;
use crate::app::components::message_list::Shown;
use crate::app::effects::effect;
use crate::app::state::{Memo, StoredValue};
use crate::shared::timeline::Timeline;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::reactive::effect::ImmediateEffect;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlDivElement, NodeList, ScrollIntoViewOptions, ScrollLogicalPosition};
use leptos_router::hooks::use_location;

/// So near to the end, in pixels, the reader is at the end.
const AT_END: i32 = 48;
/// So near to what is loaded, more is fetched.
const NEAR: i32 = 800;

/// What is to be done with the scroller once the page is drawn anew.
#[derive(Clone, PartialEq)]
enum Then {
    Nothing,
    /// Whatever came below those who read further up pushed their place up: they go with it. This is what
    /// they look at.
    Stay(Option<Place>),
    /// The reader has come (back): to the line above what is new, or to the end where all of it is in sight.
    Begin,
}

/// A message, by its element's id, and where its top is: on the screen and, so that its reader's own scrolling
/// doesn't count, by how far it is scrolled.
type Place = (String, f64);

/// Keeps the screen where its reader is while the conversation goes on.
pub(super) fn follow(chat: Chat, shown: Shown, scroller: NodeRef<Div>) {
    let Shown { at_end, news, .. } = shown;
    let end = Memo::new(move || {
        shown.read(|timeline| {
            let last = timeline.messages().next_back();
            (
                last.map(|last| (last.position, last.author)),
                timeline.pending().len(),
            )
        })
    });
    let then = StoredValue::new(Then::Nothing);
    let draw = move |what: Then| {
        let waits = then.with_value(|then| *then != Then::Nothing);
        // Of several changes in one drawing the first one knows what was looked at.
        if !waits || what == Then::Begin {
            then.set_value(what);
        }
        if !waits {
            request_animation_frame(move || {
                let what = then.try_update_value(|then| std::mem::replace(then, Then::Nothing));
                if let (Some(scroller), Some(what)) = (scroller.get_untracked(), what) {
                    settle(shown, &scroller, what);
                }
            });
        }
    };
    // At once, since the place is to be taken before the page is drawn anew.
    ImmediateEffect::new_scoped(move || {
        end.track();
        // Once for each drawing: to look makes the browser lay the page out.
        let looks = !at_end.get_untracked() && then.with_value(|then| *then == Then::Nothing);
        if let Some(scroller) = scroller.get_untracked().filter(|_| looks) {
            draw(Then::Stay(looked_at(&scroller)));
        }
    });
    seek(chat, shown, scroller);
    // A line has been drawn: reading stopped there. Whoever looks for something else goes there first.
    effect(move || {
        let sought = chat.sought.with_untracked(Option::is_some);
        if chat.line.get().is_some() && scroller.get().is_some() && !sought {
            // Whoever reads further up stays there.
            if shown.away.get_untracked() {
                return news.set(true);
            }
            at_end.set(false);
            draw(Then::Begin);
        }
    });
    // What one sends oneself is to be seen; what others send waits for those who read further up.
    let mut before = None;
    effect(move || {
        let (last, pending) = end.get();
        let Some((last_before, pending_before)) = before.replace((last, pending)) else {
            return;
        };
        let Some(scroller) = scroller.get_untracked() else {
            return;
        };
        let others = last > last_before && last.is_some_and(|(_, author)| !chat.is_me(author));
        if pending > pending_before {
            if !at_end.get_untracked() {
                at_end.set(true);
                shown.away.set(false);
            }
            scroller.set_scroll_top(0);
        } else if others && !chat.visible.get_untracked() {
            chat.mark_new();
        } else if at_end.get_untracked() {
            scroller.set_scroll_top(0);
        } else if others {
            news.set(true);
        }
    });
    // What happened between the page's reading and its opening.
    effect(move || chat.keep_up());
    // Being at the end is reading to the end, unless the details lie over it, once the page is drawn as its address says.
    let path = use_location().pathname;
    effect(move || {
        end.track();
        path.track();
        if chat.visible.get() && at_end.get() {
            request_animation_frame(move || {
                let scroller = scroller.try_get_untracked().flatten();
                if scroller.is_some_and(|scroller| is_seen(&scroller)) {
                    news.set(false);
                    chat.read_to_end();
                }
            });
        }
    });
    // A page that doesn't fill the screen can't be scrolled: the rest comes by itself.
    effect(move || {
        shown.chunks.track();
        if let Some(scroller) = scroller.get() {
            request_animation_frame(move || load_if_near(chat, &scroller));
        }
    });
}

/// Brings into sight what is looked for, and shows which one it is.
fn seek(chat: Chat, shown: Shown, scroller: NodeRef<Div>) {
    effect(move || {
        let (Some(position), Some(scroller)) = (chat.sought.get(), scroller.get()) else {
            return;
        };
        // Once it is drawn, and laid out.
        request_animation_frame(move || {
            request_animation_frame(move || {
                chat.sought.set(None);
                let id = ["m", &position.to_string()].concat();
                if let Some(row) = document().get_element_by_id(&id) {
                    shown.at_end.set(false);
                    bring(&row);
                    see(shown, &scroller);
                }
            })
        });
    });
}

fn bring(row: &Element) {
    const SOUGHT: &str = "message--sought";
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    row.scroll_into_view_with_scroll_into_view_options(&options);
    // Anew, if it was shown before.
    _ = row.class_list().remove_1(SOUGHT);
    _ = row.get_bounding_client_rect();
    _ = row.class_list().add_1(SOUGHT);
}

/// Down: to where the new messages begin, if that is further down, and else to the end.
pub(super) fn go_down(chat: Chat, shown: Shown, scroller: &HtmlDivElement) {
    let line = scroller.query_selector(".new-line").ok().flatten();
    let below = line.filter(|line| top(line) > scroller.get_bounding_client_rect().bottom());
    match below {
        Some(line) => {
            line.scroll_into_view();
            see(shown, scroller);
        }
        None => {
            scroller.set_scroll_top(0);
            chat.load_end();
        }
    }
}

/// Whether it is on the page, and nothing lies over it.
fn is_seen(scroller: &HtmlDivElement) -> bool {
    let style = window().get_computed_style(scroller).ok().flatten();
    let visibility = style.and_then(|style| style.get_property_value("visibility").ok());
    scroller.is_connected() && visibility.as_deref() == Some("visible")
}

fn settle(shown: Shown, scroller: &HtmlDivElement, then: Then) {
    match then {
        Then::Stay(Some((id, before))) if !shown.at_end.get_untracked() => {
            let moved = document()
                .get_element_by_id(&id)
                .map_or(0.0, |row| place(scroller, &row) - before);
            if moved.abs() >= 1.0 {
                scroller.set_scroll_top(scroller.scroll_top() + moved.round() as i32);
            }
        }
        Then::Begin => {
            // As far up as there is something below to fill the screen with.
            if let Ok(Some(line)) = scroller.query_selector(".new-line") {
                // The browser may have gone there before any script.
                let below = top(&line) - top(scroller);
                if !(0.0..f64::from(scroller.client_height() / 2)).contains(&below) {
                    line.scroll_into_view();
                }
            }
            see(shown, scroller);
        }
        _ => {}
    }
}

/// The first message whose beginning is in sight. Found by its chunk: to look into one that is off screen makes
/// the browser lay it out.
fn looked_at(scroller: &HtmlDivElement) -> Option<Place> {
    let in_sight = top(scroller);
    let chunks = scroller.query_selector_all(".chunk").ok()?;
    let chunk = first(&chunks, |chunk| {
        chunk.get_bounding_client_rect().bottom() > in_sight
    })?;
    let rows = chunk.query_selector_all(".message[id]").ok()?;
    let row = first(&rows, |row| top(row) >= in_sight)?;
    Some((row.id(), place(scroller, &row)))
}

/// The first of which it is true, where it is true of all that follow; if of none, the last.
fn first(all: &NodeList, is: impl Fn(&Element) -> bool) -> Option<Element> {
    let at = |index| all.get(index).map(|node| node.unchecked_into::<Element>());
    let (mut from, mut to) = (0, all.length());
    while from < to {
        let middle = (from + to) / 2;
        if is(&at(middle)?) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    at(from.min(all.length().checked_sub(1)?))
}

fn place(scroller: &HtmlDivElement, row: &Element) -> f64 {
    top(row) + f64::from(scroller.scroll_top())
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Whether the end of the room is in sight.
pub(super) fn see(shown: Shown, scroller: &HtmlDivElement) {
    let newer = shown.timeline.with_untracked(Timeline::newer);
    let now = !newer && -scroller.scroll_top() <= AT_END;
    if shown.at_end.get_untracked() != now {
        shown.at_end.set(now);
    }
    if shown.away.get_untracked() == now {
        shown.away.set(!now);
    }
}

pub(super) fn load_if_near(chat: Chat, scroller: &HtmlDivElement) {
    let below = -scroller.scroll_top();
    let above = scroller.scroll_height() - scroller.client_height() - below;
    if above < NEAR {
        chat.load_older();
    }
    if below < NEAR {
        chat.load_newer();
    }
}
