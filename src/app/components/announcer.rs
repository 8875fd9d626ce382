//! What comes, for those who listen: one message by its words, a flood by its number. What was sent without sound isn't said.

use crate::app::chat::Chat;
use crate::app::components::message_list::Shown;
use crate::app::effects::effect;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::{Memo, RwSignal, StoredValue};
use crate::shared::excerpt::excerpt;
use crate::shared::ids::Position;
use leptos::prelude::*;
use std::time::Duration;

/// What comes within this time is one announcement.
const TOGETHER: Duration = Duration::from_millis(1_000);

/// The region that it is said in.
pub(super) fn announcer(shown: Shown) -> Part {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let words = RwSignal::new(String::new());
    let newest = Memo::new(move || shown.read(|timeline| timeline.newest().filter(|_| !timeline.newer())));
    // From where on it hasn't been announced.
    let since = StoredValue::new(None::<Position>);
    let announce = move || {
        let Some(since) = since.try_update_value(Option::take).flatten() else {
            return;
        };
        let said = shown.timeline.with_untracked(|timeline| {
            let new = timeline
                .messages()
                .rev()
                .take_while(|message| message.position > since)
                .filter(|message| !message.deleted && !message.silent && !chat.is_me(message.author));
            let new: Vec<_> = new.take(100).collect();
            match new.as_slice() {
                [] => String::new(),
                [one] => {
                    let author = timeline
                        .person(one.author)
                        .map_or(texts.somebody, |person| &person.name);
                    [author, ": ", &excerpt(&one.text, &one.blocks)].concat()
                }
                many => (texts.new_count)(many.len() as u32),
            }
        });
        if !said.is_empty() {
            words.set(said);
        }
    };
    let mut last = None;
    effect(move || {
        let now = newest.get();
        let before = std::mem::replace(&mut last, now);
        if now > before && before.is_some() && since.with_value(Option::is_none) {
            since.set_value(before);
            set_timeout(announce, TOGETHER);
        }
    });
    view! { <p class="announcer said" role="status">{move || words.get()}</p> }.into_part()
}
