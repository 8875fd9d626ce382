//! A conversation's details: who is there, and what can be done with a room, as plain forms. Beside the
//! conversation where there is room for both, else in its place.

use crate::api;
use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::components::back::Back;
use crate::app::components::field::Refused;
use crate::app::components::person::person;
use crate::app::loading::{Leaving, loaded};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::{Memo, RwSignal};
use crate::shared::ids::RoomId;
use crate::shared::refusal::Refusal;
use crate::shared::room::{About, Place, Room, RoomKind};
use crate::shared::user::Person;
use leptos::prelude::*;

/// `path` is the conversation's. `refused` is a form of these that was refused.
#[component]
pub fn Details(place: Place, path: String, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    // What is loaded here holds nothing else up.
    provide_context(Leaving(RwSignal::new(false)));
    let at = place.clone();
    // Loaded anew when somebody has come or gone.
    let members = Memo::new(move || {
        chat.list.with(|list| {
            let list = list.as_ref()?;
            match &at {
                Place::Room(room) => list.get(*room).map(|entry| entry.members),
                Place::Direct(_) => None,
            }
        })
    });
    let about = loaded(
        move || {
            members
                .get()
                .map_or_else(String::new, |members| members.to_string())
        },
        move |_| api::rooms::about(place.clone()),
        move |about| drawn(about, &refused),
    );
    view! {
        <aside class="details" data-later aria-label=texts.details>
            <header class="details__head">
                <h2>{texts.details}</h2>
                <Back to=path closes=true/>
            </header>
            {about}
        </aside>
    }
    .into_part()
}

fn drawn(about: Result<About, Refusal>, refused: &Refused) -> Part {
    let texts = use_texts();
    match about {
        Ok(About { with: Some(with), .. }) => card(with),
        Ok(About {
            room: Some(room),
            members,
            people,
            ..
        }) => view! { <OfRoom room members people refused=refused.clone()/> }.into_part(),
        Ok(_) => ().into_part(),
        Err(refusal) => {
            view! { <p class="details__failed" role="alert">{texts.refusal(&refusal)}</p> }.into_part()
        }
    }
}

/// A person.
fn card(with: Person) -> Part {
    let texts = use_texts();
    let saved = expect_context::<Chat>().is_me(with.id);
    let lead = saved.then(|| view! { <p>{texts.saved_empty}</p> }.into_part());
    view! {
        <div class="details__who">
            <Avatar id=with.id.0 name=with.name.clone()/>
            <strong><bdi>{with.name}</bdi></strong>
            <span>{["@", &with.handle].concat()}</span>
            {lead}
        </div>
    }
    .into_part()
}

#[component]
fn OfRoom(room: Room, members: u32, people: Vec<Person>, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let kind = match room.kind {
        RoomKind::Open => texts.room_open_hint,
        _ => texts.room_invited_hint,
    };
    let more = members.saturating_sub(people.len() as u32);
    let more =
        (more > 0).then(|| view! { <li class="details__more">{(texts.and_more)(more)}</li> }.into_part());
    view! {
        <div class="details__who">
            <Avatar id=room.id.0 name=room.name.clone() room=true/>
            <strong><bdi>{room.name}</bdi></strong>
            <span>{kind}</span>
        </div>
        <section>
            <h3>{(texts.members)(members)}</h3>
            <ul class="people">{people.into_iter().map(member).collect_view()} {more}</ul>
            <AddPerson room=room.id refused/>
        </section>
        <form class="details__leave" method="post" action=["/rooms/", &room.id.to_string(), "/leave"].concat()>
            <button class="button button--bad" type="submit">{texts.leave}</button>
        </form>
    }
    .into_part()
}

fn member(of: Person) -> Part {
    let path = ["/@", &of.handle].concat();
    view! { <li><a class="person" href=path>{person(of)}</a></li> }.into_part()
}

#[component]
fn AddPerson(room: RoomId, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let typed = refused.value("handle");
    let refusal = refused.at("handle").or(refused.elsewhere());
    let sentence = refusal.filter(|_| typed.is_some()).map(|refusal| match refusal {
        Refusal::NotFound => texts.nothing_found.to_owned(),
        refusal => texts.refusal(refusal),
    });
    let wrong = sentence.is_some();
    let sentence = sentence.map(|sentence| {
        view! { <p class="field__error" id="add-person-error" role="alert">{sentence}</p> }.into_part()
    });
    view! {
        <form class="form add-person" method="post" action=["/rooms/", &room.to_string(), "/members"].concat()>
            <label for="add-person">{texts.add_person}</label>
            <div class="form--line">
                <input
                    id="add-person"
                    name="handle"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder=texts.add_person_handle
                    value=typed
                    aria-invalid=wrong.then_some("true")
                    aria-describedby=wrong.then_some("add-person-error")
                />
                <button class="button" type="submit">{texts.add}</button>
            </div>
            {sentence}
        </form>
    }
    .into_part()
}
