//! `/rooms`: what one could join.

use super::layout::{Failed, Pane};
use crate::api::rooms::open_rooms;
use crate::app::components::avatar::Avatar;
use crate::app::components::icon::{Draw, Icon};
use crate::app::loading::loaded;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::shared::refusal::Refusal;
use crate::shared::room::OpenRoom;
use leptos::prelude::*;

pub fn open_rooms_page() -> Part {
    loaded(String::new, |_| open_rooms(), drawn)
}

fn drawn(rooms: Result<Vec<OpenRoom>, Refusal>) -> Part {
    let texts = use_texts();
    match rooms {
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
        Ok(rooms) if rooms.is_empty() => view! {
            <Pane title=texts.open_rooms>
                <div class="empty">
                    <p>{texts.aside().no_open_rooms}</p>
                    <a class="button button--main" href="/rooms/new">{texts.new_room}</a>
                </div>
            </Pane>
        }
        .into_part(),
        Ok(rooms) => view! {
            <Pane title=texts.open_rooms>
                <OpenRoomList rooms/>
                <a class="button" href="/rooms/new"><Draw icon=Icon::Plus/> {texts.new_room}</a>
            </Pane>
        }
        .into_part(),
    }
}

/// Rooms with a way into each.
#[component]
pub fn OpenRoomList(rooms: Vec<OpenRoom>) -> impl IntoView {
    view! {
        <ul class="cards">
            {rooms.into_iter().map(|room| view! { <OpenRoomCard room/> }.into_part()).collect_view()}
        </ul>
    }
}

#[component]
fn OpenRoomCard(room: OpenRoom) -> impl IntoView {
    let texts = use_texts();
    let path = format!("/rooms/{}", room.id);
    let way_in = if room.joined {
        view! { <a class="button" href=path.clone()>{texts.aside().open}</a> }.into_part()
    } else {
        view! {
            <form method="post" action=[&path, "/join"].concat()>
                <button class="button button--main">{texts.aside().join_short}</button>
            </form>
        }
        .into_part()
    };
    view! {
        <li class="card">
            <Avatar id=room.id.0 name=room.name.clone() room=true picture=room.picture/>
            <a class="card__text" href=path>
                <strong><bdi>{room.name}</bdi></strong>
                <small>{(texts.members)(room.members)}</small>
            </a>
            {way_in}
        </li>
    }
}
