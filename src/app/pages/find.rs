//! `/find?q=…`: people and rooms as links; where the search field leads without scripts.

use super::layout::Pane;
use super::open_rooms::OpenRoomList;
use crate::api::rooms::find;
use crate::app::components::avatar::Avatar;
use crate::app::loading::load;
use crate::app::reader::use_texts;
use crate::i18n::Texts;
use crate::shared::refusal::Refusal;
use crate::shared::room::Found;
use crate::shared::user::Person;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn FindPage() -> impl IntoView {
    let texts = use_texts();
    let query = use_query_map();
    let query = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let found = load(
        move || query.get(),
        |query| async move {
            let found = if query.trim().is_empty() {
                Ok(Found::default())
            } else {
                find(query.clone()).await
            };
            found.map(|found| (query, found))
        },
    );
    view! {
        <Pane title=texts.found_title>
            <form class="form form--line" method="get" action="/find" role="search">
                <input
                    type="search"
                    name="q"
                    value=query.get_untracked()
                    placeholder=texts.finder_placeholder
                    aria-label=texts.finder_placeholder
                />
                <button class="button button--main">{texts.find}</button>
            </form>
            <Suspense>{move || Suspend::new(async move { results(texts, found.await) })}</Suspense>
        </Pane>
    }
}

fn results(texts: &'static Texts, found: Result<(String, Found), Refusal>) -> impl IntoView {
    match found {
        Err(refusal) => {
            EitherOf3::A(view! { <p class="form__error" role="alert">{texts.refusal(&refusal)}</p> })
        }
        Ok((query, Found { people, rooms })) if people.is_empty() && rooms.is_empty() => {
            let nothing = (!query.trim().is_empty()).then(|| (texts.nothing_found_for)(query.trim()));
            EitherOf3::B(view! { <p class="empty">{nothing}</p> })
        }
        Ok((_, Found { people, rooms })) => EitherOf3::C(view! {
            {section(texts.people, (!people.is_empty()).then(|| view! { <PersonList people/> }))}
            {section(texts.rooms, (!rooms.is_empty()).then(|| view! { <OpenRoomList rooms/> }))}
        }),
    }
}

fn section(title: &'static str, list: Option<impl IntoView>) -> impl IntoView {
    match list {
        Some(list) => Either::Left(view! {
            <section>
                <h2>{title}</h2>
                {list}
            </section>
        }),
        None => Either::Right(()),
    }
}

#[component]
fn PersonList(people: Vec<Person>) -> impl IntoView {
    let card = |person: Person| {
        let handle = format!("@{}", person.handle);
        let path = format!("/{handle}");
        view! {
            <li class="card">
                <Avatar id=person.id.0 name=person.name.clone()/>
                <a class="card__text" href=path>
                    <strong>{person.name}</strong>
                    <small>{handle}</small>
                </a>
            </li>
        }
    };
    view! { <ul class="cards">{people.into_iter().map(card).collect_view()}</ul> }
}
