//! What is known of a message besides what it says: who has reacted to it, and what it said before.

use crate::api;
use crate::app::chat::Chat;
use crate::app::components::dialog::{Dialog, opened};
use crate::app::components::person::person;
use crate::app::effects::redrawn;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_texts, use_zone};
use crate::app::state::RwSignal;
use crate::shared::ids::{Position, RoomId};
use crate::shared::message::{EarlierText, Responses};
use crate::shared::refusal::Refusal;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Who has reacted to a message, with what.
#[component]
pub fn Responded(wanted: RwSignal<Option<Position>>, room: RoomId) -> impl IntoView {
    let texts = use_texts();
    let open = opened(wanted);
    let content = move || {
        let answer: Asked<Responses> = RwSignal::new(None);
        let position = wanted.get_untracked().unwrap_or_default();
        spawn_local(async move { _ = answer.try_set(Some(api::messages::responses(room, position).await)) });
        asked(texts.aside().responses, answer, responses)
    };
    view! { <Dialog open class="choose" label=texts.aside().responses content=Box::new(content)/> }
}

/// What a message said before.
#[component]
pub fn Earlier(wanted: RwSignal<Option<Position>>, room: RoomId) -> impl IntoView {
    let texts = use_texts();
    let open = opened(wanted);
    let content = move || {
        let answer: Asked<Vec<EarlierText>> = RwSignal::new(None);
        let position = wanted.get_untracked().unwrap_or_default();
        spawn_local(
            async move { _ = answer.try_set(Some(api::messages::earlier_texts(room, position).await)) },
        );
        asked(texts.aside().earlier_texts, answer, earlier)
    };
    view! { <Dialog open class="choose" label=texts.aside().earlier_texts content=Box::new(content)/> }
}

/// What was asked for, once it is there.
type Asked<T> = RwSignal<Option<Result<T, Refusal>>>;

fn asked<T: Clone + Send + Sync + 'static>(
    title: &'static str,
    answer: Asked<T>,
    draw: fn(T) -> Part,
) -> Part {
    let texts = use_texts();
    let shown = move || match answer.get() {
        None => view! { <p class="choose__none">{texts.aside().loading}</p> }.into_part(),
        Some(Ok(answer)) => draw(answer),
        Some(Err(refusal)) => {
            view! { <p class="choose__none" role="alert">{texts.refusal(&refusal)}</p> }.into_part()
        }
    };
    view! { <div class="choose__box"><h2 tabindex="-1" autofocus>{title}</h2> {redrawn(shown)}</div> }
        .into_part()
}

fn responses(of: Responses) -> Part {
    if of.read.is_empty() && of.reacted.is_empty() {
        return view! { <p class="choose__none">{use_texts().aside().no_responses}</p> }.into_part();
    }
    let reacted = of.reacted.into_iter().map(|(who, emoji)| {
        view! { <li><span class="person">{person(who)}</span> <span class="choose__emoji">{emoji.join(" ")}</span></li> }
            .into_part()
    });
    let read = of
        .read
        .into_iter()
        .map(|who| view! { <li><span class="person">{person(who)}</span></li> }.into_part());
    let read: Vec<Part> = read.collect();
    let readers = (!read.is_empty()).then(|| {
        let title = use_texts().aside().readers;
        view! { <h3>{title}</h3> <ul class="choose__readers">{read}</ul> }.into_part()
    });
    view! { <ul>{reacted.collect_view()}</ul> {readers} }.into_part()
}

fn earlier(all: Vec<EarlierText>) -> Part {
    let texts = use_texts();
    let zone = use_zone();
    let chat = expect_context::<Chat>();
    let each = all.into_iter().rev().map(|earlier| {
        let local = zone.with_untracked(|zone| zone.local(earlier.written_at));
        let today = zone.with_untracked(|zone| zone.local(chat.now.get_untracked()).day_number());
        let when = [
            &texts.day_heading(local.day_number(), today),
            ", ",
            &texts.clock(local.hour * 60 + local.minute),
        ]
        .concat();
        view! { <li class="earlier"><span>{when}</span><p>{earlier.text}</p></li> }.into_part()
    });
    view! { <ul>{each.collect_view()}</ul> }.into_part()
}
