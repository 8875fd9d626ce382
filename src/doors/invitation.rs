//! `/join/TOKEN`, a link into a room, and `/@handle`, somebody's own, for those who aren't signed in: one field and one
//! button lead into the conversation.

use super::door_path;
use super::texts::use_door_texts;
use crate::app::components::avatar::Avatar;
use crate::app::components::field::{Field, FormError, Refused};
use crate::app::reader::use_texts;
use crate::shared::invitation::Invited;
use crate::shared::limits::NAME_CHARS;
use crate::shared::user::Person;
use leptos::prelude::*;

#[component]
pub fn Invitation(
    to: Invited,
    me: Option<Person>,
    newcomers: bool,
    refused: Refused,
    /// The link's own path.
    here: String,
) -> impl IntoView {
    let (texts, doors) = (use_texts(), use_door_texts());
    let description = (!to.description.is_empty())
        .then(|| view! { <p class="door__about" dir="auto">{to.description.clone()}</p> });
    let way_in = match me {
        Some(me) => view! {
            <form class="form" method="post" action=here>
                <FormError refused/>
                <p class="field__hint">{(doors.come_in_as)(&me.name)}</p>
                <button class="button button--main" autofocus>{texts.join}</button>
            </form>
        }
        .into_any(),
        None if newcomers => view! { <ByName refused here submit=texts.join/> }.into_any(),
        None => view! {
            <p class="door__lead">{doors.account_needed}</p>
            <div class="form">
                <a class="button button--main" href=door_path("/sign-up", Some(&here))>{doors.sign_up}</a>
            </div>
            <HaveAccount here/>
        }
        .into_any(),
    };
    view! {
        <div class="door__who">
            <Avatar id=to.room.0 name=to.name.clone() room=true/>
            <h1><bdi>{to.name}</bdi></h1>
            <p>{(doors.invited_by)(&to.by.name)} " · " {(texts.members)(to.members)}</p>
            {description}
        </div>
        {way_in}
    }
}

#[component]
pub fn ToPerson(person: Person, refused: Refused, here: String) -> impl IntoView {
    let doors = use_door_texts();
    view! {
        <div class="door__who">
            <Avatar id=person.id.0 name=person.name.clone()/>
            <h1>{(doors.write_to)(&person.name)}</h1>
            <p>{["@", &person.handle].concat()}</p>
        </div>
        <ByName refused here submit=doors.write_to_submit/>
    }
}

/// The one field and the one button.
#[component]
fn ByName(refused: Refused, here: String, submit: &'static str) -> impl IntoView {
    let doors = use_door_texts();
    view! {
        <form class="form" method="post" action=here.clone()>
            <FormError refused=refused.clone()/>
            <Field
                name="name"
                label=doors.your_name
                hint=doors.newcomer_hint
                refused
                autocomplete="name"
                most=NAME_CHARS
                first=true
            />
            <button class="button button--main">{submit}</button>
        </form>
        <HaveAccount here/>
    }
}

#[component]
fn HaveAccount(here: String) -> impl IntoView {
    let doors = use_door_texts();
    view! {
        <p class="door__aside">
            {doors.have_account} " "
            <a href=door_path("/sign-in", Some(&here))>{doors.sign_in}</a>
        </p>
    }
}
