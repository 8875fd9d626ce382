//! `/find?q=…`: people and rooms as links; where the search field leads without scripts.

use super::layout::Pane;
use super::open_rooms::OpenRoomList;
use crate::api::rooms::find;
use crate::app::components::avatar::Avatar;
use crate::app::loading::loaded;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::Memo;
use crate::shared::refusal::Refusal;
use crate::shared::room::Found;
use crate::shared::user::Person;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub fn find_page() -> Part {
    let texts = use_texts();
    let query = use_query_map();
    let query = Memo::new(move || query.with(|query| query.get("q").unwrap_or_default()));
    let results = loaded(
        move || query.get(),
        |query| async move {
            if query.trim().is_empty() {
                Ok(Found::default())
            } else {
                find(query).await
            }
        },
        move |found| results(&query.get_untracked(), found),
    );
    view! {
        <Pane title=texts.found_title>
            <form class="form form--line" method="get" action="/find" role="search" aria-label=texts.found_title>
                <input
                    type="search"
                    name="q"
                    value=query.get_untracked()
                    placeholder=texts.finder_placeholder
                    aria-label=texts.finder_placeholder
                />
                <button class="button button--main">{texts.find}</button>
            </form>
            {results}
        </Pane>
    }
    .into_part()
}

fn results(query: &str, found: Result<Found, Refusal>) -> Part {
    let texts = use_texts();
    match found {
        Err(refusal) => {
            view! { <p class="form__error" role="alert">{texts.refusal(&refusal)}</p> }.into_part()
        }
        Ok(Found { people, rooms }) if people.is_empty() && rooms.is_empty() => {
            let query = query.trim();
            let nothing = (!query.is_empty()).then(|| (texts.aside().nothing_found_for)(query));
            view! { <p class="empty">{nothing}</p> }.into_part()
        }
        Ok(Found { people, rooms }) => view! {
            {section(texts.people, (!people.is_empty()).then(|| view! { <PersonList people/> }.into_part()))}
            {section(texts.aside().rooms, (!rooms.is_empty()).then(|| view! { <OpenRoomList rooms/> }.into_part()))}
        }
        .into_part(),
    }
}

fn section(title: &'static str, list: Option<Part>) -> Part {
    match list {
        Some(list) => view! {
            <section>
                <h2>{title}</h2>
                {list}
            </section>
        }
        .into_part(),
        None => ().into_part(),
    }
}

#[component]
fn PersonList(people: Vec<Person>) -> impl IntoView {
    let card = |person: Person| {
        let handle = ["@", &person.handle].concat();
        let path = ["/", &handle].concat();
        view! {
            <li class="card">
                <Avatar id=person.id.0 name=person.name.clone() picture=person.picture/>
                <a class="card__text" href=path>
                    <strong><bdi>{person.name}</bdi></strong>
                    <small>{handle}</small>
                </a>
            </li>
        }
        .into_part()
    };
    view! { <ul class="cards">{people.into_iter().map(card).collect_view()}</ul> }
}
