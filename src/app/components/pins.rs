//! What is pinned in a conversation, in its details.

use crate::api;
use crate::app::chat::Chat;
use crate::app::effects::{effect, redrawn};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::RwSignal;
use crate::shared::excerpt::excerpt;
use crate::shared::ids::RoomId;
use crate::shared::message::{Message, Pinned};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The list, which follows what happens; nothing where nothing is pinned.
#[component]
pub fn Pins(room: RoomId, pinned: Pinned) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let pinned = RwSignal::new(pinned);
    let mut first = true;
    effect(move || {
        chat.altered.track();
        if !std::mem::take(&mut first) {
            spawn_local(async move {
                if let Ok(now) = api::messages::pinned(room).await {
                    pinned.try_set(now);
                }
            });
        }
    });
    redrawn(move || {
        let pinned = pinned.get();
        let any = !pinned.messages.is_empty();
        any.then(|| {
            let lines = pinned.messages.iter().map(|message| line(room, message, &pinned));
            view! {
                <section class="pins">
                    <h3>{texts.aside().pins}</h3>
                    <ul>{lines.collect_view()}</ul>
                </section>
            }
        })
    })
}

fn line(room: RoomId, message: &Message, pinned: &Pinned) -> Part {
    let author = pinned.people.iter().find(|person| person.id == message.author);
    let author = author.map_or_else(String::new, |author| author.name.clone());
    let href = ["/rooms/", &room.to_string(), "/", &message.position.to_string()].concat();
    let words = excerpt(&message.text, &message.blocks);
    view! {
        <li><a class="quote" href=href>
            <bdi class="quote__author">{author}</bdi>
            <span class="quote__words">{words}</span>
        </a></li>
    }
    .into_part()
}
