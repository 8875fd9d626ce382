//! `/rooms/ID` and `/@handle`: a conversation. `?before=POSITION` shows an older stretch of it, for
//! those who page without scripts.

use super::layout::Failed;
use super::not_found::NothingHere;
use crate::api;
use crate::app::chat::Chat;
use crate::app::components::conversation::conversation;
use crate::app::components::field::{Refused, use_refused};
use crate::app::loading::loaded;
use crate::app::rows::{Key, rows};
use crate::shared::ids::Position;
use crate::shared::live::Conversation;
use crate::shared::refusal::Refusal;
use crate::shared::room::Place;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

pub fn room_page() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let address = move || {
        let place = params.with(|params| match params.get("form") {
            Some(form) if !FORMS.contains(&form.as_str()) => None,
            _ => params.get("id").or(params.get("handle")),
        });
        let before = query.with(|query| query.get("before"));
        [&place.unwrap_or_default(), "?", &before.unwrap_or_default()].concat()
    };
    // A refused form is of the page that was loaded for it, not of the next one that is opened here.
    let (refused, refused_at) = (use_refused(), untrack(address));
    loaded(
        address,
        |address| async move {
            let (place, before) = address.split_once('?').unwrap_or((&address, ""));
            match place_of(place) {
                Some(place) => api::rooms::conversation(place, before.parse().ok()).await,
                None => Err(Refusal::NotFound),
            }
        },
        move |found| {
            let here = untrack(address) == refused_at;
            drawn(found, if here { refused.clone() } else { Refused::default() })
        },
    )
}

/// What may stand behind a room's address: its forms, which are answered with its page when refused.
const FORMS: [&str; 3] = ["join", "leave", "members"];

fn drawn(found: Result<Conversation, Refusal>, refused: Refused) -> AnyView {
    match found {
        Ok(of) => {
            // Another conversation is another page, with nothing kept of the last one.
            let identity = identity(&of);
            rows(
                move || vec![identity],
                move |_| conversation(of.clone(), refused.clone()),
            )
        }
        Err(refusal) => {
            expect_context::<Chat>().close();
            failed(refusal)
        }
    }
}

/// What the address names; nothing, if it names nothing that could be.
fn place_of(address: &str) -> Option<Place> {
    match address.strip_prefix('@') {
        Some(handle) => Some(Place::Direct(handle.to_owned())),
        None => address.parse().ok().map(Place::Room),
    }
}

/// What makes it the same conversation still.
fn identity(of: &Conversation) -> Key {
    match of {
        Conversation::Here { entry, page } => (0, entry.room.id.0, page.before.unwrap_or(Position::MIN)),
        Conversation::Door { room } => (1, room.id.0, 0),
        Conversation::New { with } => (2, with.id.0, 0),
    }
}

fn failed(refusal: Refusal) -> AnyView {
    match refusal {
        Refusal::NotFound => {
            view! { <main class="conversation" id="content"><NothingHere/></main> }.into_any()
        }
        refusal => view! { <Failed refusal/> }.into_any(),
    }
}
