//! `/rooms/new`

use super::layout::{Failed, Pane};
use crate::app::components::field::{Field, FormError, Refused, use_refused};
use crate::app::components::room_details::history_choice;
use crate::app::loading::after;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::shared::limits::ROOM_NAME_CHARS;
use crate::shared::room::History;
use leptos::prelude::*;

pub fn new_room_page() -> Part {
    let refused = use_refused();
    after(move |known| match known {
        Ok(()) => view! { <NewRoom refused=refused.clone()/> }.into_part(),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

#[component]
fn NewRoom(refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let invited = refused.value("kind").as_deref() == Some("invited");
    let history = match refused.value("history").as_deref() {
        Some("since_joining") => History::SinceJoining,
        _ => History::All,
    };
    view! {
        <Pane title=texts.new_room>
            <form class="form" method="post" action="/rooms/new">
                <FormError refused=refused.clone()/>
                <Field
                    name="name"
                    label=texts.room_name
                    placeholder=texts.aside().room_name_placeholder
                    refused
                    most=ROOM_NAME_CHARS
                    first=true
                />
                <fieldset class="choice">
                    <legend>{texts.aside().room_kind}</legend>
                    <Choice value="open" label=texts.aside().room_open hint=texts.aside().room_open_hint checked=!invited/>
                    <Choice value="invited" label=texts.aside().room_invited hint=texts.aside().room_invited_hint checked=invited/>
                </fieldset>
                {history_choice(history)}
                <button class="button button--main">{texts.aside().make_room}</button>
            </form>
        </Pane>
    }
}

#[component]
fn Choice(value: &'static str, label: &'static str, hint: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="choice__one">
            <input type="radio" name="kind" value=value checked=checked/>
            <span>
                <strong>{label}</strong>
                <small>{hint}</small>
            </span>
        </label>
    }
}
