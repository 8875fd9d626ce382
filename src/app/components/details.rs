//! A conversation's details: whom one talks to, or a room's page. Beside the conversation where there is room for both,
//! else in its place.

use crate::api;
use crate::app::components::back::Back;
use crate::app::components::card::card;
use crate::app::components::field::Refused;
use crate::app::components::own::OwnChoices;
use crate::app::components::pins::Pins;
use crate::app::later::{Seldom, fetch_seldom, seldom};
use crate::app::loading::{Leaving, loaded};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::RwSignal;
use crate::shared::refusal::Refusal;
use crate::shared::room::{About, Place};
use leptos::prelude::*;

/// `path` is the conversation's. `refused` is the form of these that was refused: the end of its address, and what was
/// in it.
#[component]
pub fn Details(place: Place, path: String, refused: (String, Refused)) -> impl IntoView {
    let texts = use_texts();
    // What is loaded here holds nothing else up.
    provide_context(Leaving(RwSignal::new(false)));
    let at = place.clone();
    let about = loaded(
        String::new,
        move |_| {
            let at = at.clone();
            async move {
                let about = api::rooms::about(at).await?;
                if about.with.is_none() {
                    fetch_seldom().await?;
                }
                Ok(about)
            }
        },
        move |about| drawn(about, &place, &refused),
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

fn drawn(about: Result<About, Refusal>, place: &Place, refused: &(String, Refused)) -> Part {
    let texts = use_texts();
    match about {
        Ok(About {
            card: Some(of),
            room,
            pinned,
            ..
        }) => view! {
            {card(of)}
            {room.map(|room| view! { <Pins room=room.id pinned/> <OwnChoices room=room.id/> }.into_part())}
        }
        .into_part(),
        Ok(about) => match (&about.room, place) {
            (Some(_), Place::Room(room)) => seldom(Seldom::Room {
                room: *room,
                about,
                refused: refused.clone(),
            }),
            _ => ().into_part(),
        },
        Err(refusal) => {
            view! { <p class="details__failed" role="alert">{texts.refusal(&refusal)}</p> }.into_part()
        }
    }
}
