//! The marks on one's own messages. They only grow and all of them together, so no row listens for itself.

use crate::app::chat::Chat;
use crate::app::components::message_list::Shown;
use crate::app::effects::effect;
use crate::app::reader::use_texts;
use crate::app::state::Memo;
use crate::i18n::Texts;
use crate::shared::receipt::Reach;
use crate::shared::timeline::Timeline;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

/// Those that may grow.
const UNREAD: &str = ".messages .mark:not([data-mark=read])";

/// Brings the marks that are drawn up to what is known of the room.
pub(super) fn keep_marks_up(chat: Chat, shown: Shown) {
    let texts = use_texts();
    let room = shown.timeline.with_untracked(Timeline::room);
    let reach = Memo::new(move || {
        chat.list
            .with(|list| list.as_ref()?.get(room).map(|entry| entry.reach))
    });
    let mut drawn = reach.get_untracked();
    effect(move || {
        let now = reach.get();
        if let Some(reach) = now.filter(|_| std::mem::replace(&mut drawn, now) != now) {
            draw(reach, texts);
        }
    });
}

fn draw(reach: Reach, texts: &Texts) {
    let Ok(marks) = document().query_selector_all(UNREAD) else {
        return;
    };
    for index in 0..marks.length() {
        let mark = marks.item(index).and_then(|mark| mark.dyn_into::<Element>().ok());
        let Some((mark, message)) =
            mark.and_then(|mark| Some((mark.clone(), mark.closest(".message").ok()??)))
        else {
            continue;
        };
        let Some(position) = message.id().get(1..).and_then(|id| id.parse().ok()) else {
            continue;
        };
        let now = reach.mark(position);
        let words = texts.marks[now as usize];
        for (name, value) in [("data-mark", now.name()), ("aria-label", words), ("title", words)] {
            _ = mark.set_attribute(name, value);
        }
    }
}
