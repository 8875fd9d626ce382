//! Passing messages on: to which conversation.

use crate::app::components::actions::Acts;
use crate::app::components::avatar::Avatar;
use crate::app::components::conversation::conversation_title;
use crate::app::components::dialog::{Dialog, opened};
use crate::app::components::search::plain;
use crate::app::effects::redrawn;
use crate::app::part::{IntoPart, Part};
use crate::app::state::RwSignal;
use crate::shared::ids::RoomId;
use crate::shared::message::Origin;
use crate::shared::room::RoomEntry;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Opens while something is to be passed on.
#[component]
pub fn Forwarding(acts: Acts) -> impl IntoView {
    let open = opened(acts.forwarding);
    let navigate = use_navigate();
    let choose = move |entry: &RoomEntry| {
        forward(acts, entry.room.id);
        open.set(false);
        acts.shown.acting.selected.set(None);
        navigate(&entry.path(), NavigateOptions::default());
    };
    let content = move || conversations(acts, choose.clone());
    view! { <Dialog open class="choose" label=acts.texts.aside().forward_to content=Box::new(content)/> }
}

/// Into the outbox, one by one: so they go also when there is no connection.
fn forward(acts: Acts, to: RoomId) {
    for position in acts.forwarding.get_untracked().unwrap_or_default() {
        if let Some(message) = acts.message(position) {
            let from = Origin {
                room: acts.room,
                position,
            };
            acts.chat.forward(to, from, message.text);
        }
    }
}

fn conversations(acts: Acts, choose: impl Fn(&RoomEntry) + Clone + Send + Sync + 'static) -> Part {
    let (chat, texts) = (acts.chat, acts.texts);
    let query = RwSignal::new(String::new());
    let list = move || {
        let query = query.with(|query| plain(query));
        let entries: Vec<RoomEntry> = chat.list.with(|list| {
            let entries = list.iter().flat_map(|list| list.ordered());
            entries.filter(|entry| !entry.room.closed).cloned().collect()
        });
        let fits = |entry: &RoomEntry| plain(&conversation_title(chat, entry, texts)).contains(&query);
        let line = |entry: RoomEntry| {
            let title = conversation_title(chat, &entry, texts);
            let avatar = entry.with.as_ref().map_or(entry.room.id.0, |with| with.id.0);
            let choose = choose.clone();
            view! {
                <li><button type="button" class="choose__one" on:click=move |_| choose(&entry)>
                    <Avatar id=avatar room=entry.with.is_none() name=title.clone() picture=entry.picture()/>
                    <bdi>{title}</bdi>
                </button></li>
            }
            .into_part()
        };
        let lines: Vec<Part> = entries.into_iter().filter(fits).map(line).collect();
        match lines.is_empty() {
            true => view! { <li class="choose__none" role="status">{texts.nothing_found}</li> }.into_part(),
            false => lines.into_iter().collect_view().into_part(),
        }
    };
    view! {
        <div class="choose__box">
            <h2>{texts.aside().forward_to}</h2>
            <input
                type="search"
                autocomplete="off"
                placeholder=texts.find
                aria-label=texts.find
                autofocus
                on:input=move |event| query.set(event_target_value(&event))
            />
            <ul>{redrawn(list)}</ul>
        </div>
    }
    .into_part()
}
