//! `/rooms/ID` and `/@handle`: a conversation. `?before=POSITION` shows an older stretch of it, for
//! those who page without scripts.

use super::layout::Failed;
use super::not_found::NothingHere;
use crate::api;
use crate::app::chat::Chat;
use crate::app::components::conversation::conversation;
use crate::app::components::field::use_refused;
use crate::app::loading::load;
use crate::shared::ids::Position;
use crate::shared::live::Conversation;
use crate::shared::refusal::Refusal;
use crate::shared::room::Place;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn RoomPage() -> impl IntoView {
    let chat = expect_context::<Chat>();
    let (params, query) = (use_params_map(), use_query_map());
    let address = Memo::new(move |_| {
        let place = params.with(|params| place(params.get("id"), params.get("handle")));
        let before: Option<Position> =
            query.with(|query| query.get("before").and_then(|before| before.parse().ok()));
        (place, before)
    });
    let refused = use_refused();
    let found = load(
        move || address.get(),
        |(place, before)| async move {
            match place {
                Some(place) => api::rooms::conversation(place, before).await,
                None => Err(Refusal::NotFound),
            }
        },
    );
    view! {
        <Transition>
            {move || {
                let refused = refused.clone();
                Suspend::new(async move {
                    match found.await {
                        Ok(of) => {
                            // Another conversation is another page, with nothing kept of the last one.
                            view! { <For each=move || [of.clone()] key=identity let(of)>{conversation(of, refused.clone())}</For> }.into_any()
                        }
                        Err(refusal) => {
                            chat.close();
                            failed(refusal)
                        }
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// What the address names; nothing, if it names nothing that could be.
fn place(id: Option<String>, handle: Option<String>) -> Option<Place> {
    match (id, handle) {
        (Some(id), _) => id.parse().ok().map(Place::Room),
        (None, Some(handle)) => handle
            .strip_prefix('@')
            .map(|handle| Place::Direct(handle.to_owned())),
        (None, None) => None,
    }
}

/// What makes it the same conversation still.
fn identity(of: &Conversation) -> (u8, i64, Option<Position>) {
    match of {
        Conversation::Here { entry, page } => (0, entry.room.id.0, page.before),
        Conversation::Door { room } => (1, room.id.0, None),
        Conversation::New { with } => (2, with.id.0, None),
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
