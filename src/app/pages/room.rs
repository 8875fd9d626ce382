//! `/rooms/ID` and `/@handle`: a conversation, with its details at `…/details`. `?before=POSITION` and `?after=POSITION` show a stretch
//! of it, for those who page without scripts.

use super::layout::Failed;
use super::not_found::NothingHere;
use crate::api;
use crate::app::chat::Chat;
use crate::app::components::conversation::conversation;
use crate::app::components::field::{Refused, use_refused};
use crate::app::effects::redrawn;
use crate::app::later::{Later, later};
use crate::app::loading::loaded;
use crate::app::part::{IntoPart, Part};
use crate::app::rows::{Key, rows};
use crate::app::state::Memo;
use crate::app::trail::stands_behind;
use crate::shared::live::{Anchor, Conversation};
use crate::shared::outbox::passes;
use crate::shared::refusal::Refusal;
use crate::shared::room::Place;
use crate::shared::room_change;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

pub fn room_page() -> Part {
    let chat = expect_context::<Chat>();
    let (params, query) = (use_params_map(), use_query_map());
    let place = move || {
        let place = params.with(|params| match params.get("form") {
            Some(form) if !stands_behind(&form) => None,
            _ => params.get("id").or(params.get("handle")),
        });
        place.unwrap_or_default()
    };
    let address = move || {
        let at = |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
        [&place(), "?", &at("before"), "?", &at("after")].concat()
    };
    // A refused form is of the page that was loaded for it, not of the next one that is opened here.
    let (refused, refused_at) = (use_refused(), untrack(address));
    let (refused_there, refused_place) = (refused.clone(), untrack(place));
    let with_details = Memo::new(move || {
        let form = params.with(|params| params.get("form"));
        let open = form.is_some_and(|form| {
            form == "details" || form == "own" || room_change::FORMS.contains(&form.as_str())
        });
        open.then(place)
    });
    let details = move || {
        let address = with_details.get()?;
        let form = params
            .with_untracked(|params| params.get("form"))
            .unwrap_or_default();
        let refused = if address == refused_place && room_change::FORMS.contains(&form.as_str()) {
            (form, refused_there.clone())
        } else {
            Default::default()
        };
        let place = place_of(&address)?;
        let path = match &place {
            Place::Room(room) => ["/rooms/", &room.to_string()].concat(),
            Place::Direct(_) => ["/", &address].concat(),
        };
        Some(later(Later::Details { place, path, refused }))
    };
    let conversation = loaded(
        address,
        move |address| {
            // A message's own page is its conversation's, around the message.
            let sought = params.with_untracked(|params| params.get("form")?.parse().ok());
            async move {
                let mut parts = address.split('?');
                let mut next = || parts.next().unwrap_or_default();
                let place = place_of(next()).ok_or(Refusal::NotFound)?;
                let anchor = match (next().parse(), next().parse(), sought) {
                    (Ok(before), ..) => Anchor::Before(before),
                    (_, Ok(after), _) => Anchor::After(after),
                    (.., Some(sought)) => Anchor::Around(sought),
                    _ => Anchor::Latest,
                };
                let found = api::rooms::conversation(place.clone(), anchor).await;
                match found {
                    Err(refusal) if passes(&refusal) => {
                        // Better what was known last than nothing.
                        chat.recall_conversation(&place).await.ok_or(refusal)
                    }
                    found => found,
                }
            }
        },
        move |found| {
            let here = untrack(address) == refused_at;
            drawn(found, if here { refused.clone() } else { Refused::default() })
        },
    );
    view! {
        <div class="beside" data-details=move || with_details.get().map(|_| "")>
            {conversation}
            {redrawn(details)}
        </div>
    }
    .into_part()
}

fn drawn(found: Result<Conversation, Refusal>, refused: Refused) -> Part {
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
        Conversation::Here { entry, page } => match page.anchor {
            Anchor::Latest | Anchor::Around(_) => (0, entry.room.id.0, 0),
            Anchor::Before(place) => (3, entry.room.id.0, place),
            Anchor::After(place) => (4, entry.room.id.0, place),
        },
        Conversation::Door { room } => (1, room.id.0, 0),
        Conversation::New { with } => (2, with.id.0, 0),
        Conversation::Blocked { with } => (5, with.id.0, 0),
    }
}

fn failed(refusal: Refusal) -> Part {
    match refusal {
        Refusal::NotFound => {
            view! { <main class="conversation" id="content" tabindex="-1"><NothingHere/></main> }.into_part()
        }
        refusal => view! { <Failed refusal/> }.into_part(),
    }
}
