//! `/rooms`: what one could join.

use super::layout::{Failed, Pane};
use crate::api::rooms::open_rooms;
use crate::app::components::avatar::Avatar;
use crate::app::components::icon::{Draw, Icon};
use crate::app::loading::load;
use crate::app::reader::use_texts;
use crate::shared::room::OpenRoom;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

#[component]
pub fn OpenRoomsPage() -> impl IntoView {
    let texts = use_texts();
    let rooms = load(|| (), |()| open_rooms());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match rooms.await {
                    Err(refusal) => EitherOf3::A(view! { <Failed refusal/> }),
                    Ok(rooms) if rooms.is_empty() => EitherOf3::B(view! {
                        <Pane title=texts.open_rooms>
                            <div class="empty">
                                <p>{texts.no_open_rooms}</p>
                                <a class="button button--main" href="/rooms/new">{texts.new_room}</a>
                            </div>
                        </Pane>
                    }),
                    Ok(rooms) => EitherOf3::C(view! {
                        <Pane title=texts.open_rooms>
                            <OpenRoomList rooms/>
                            <a class="button" href="/rooms/new"><Draw icon=Icon::Plus/> {texts.new_room}</a>
                        </Pane>
                    }),
                }
            })}
        </Suspense>
    }
}

/// Rooms with a way into each.
#[component]
pub fn OpenRoomList(rooms: Vec<OpenRoom>) -> impl IntoView {
    view! {
        <ul class="cards">
            {rooms.into_iter().map(|room| view! { <OpenRoomCard room/> }).collect_view()}
        </ul>
    }
}

#[component]
fn OpenRoomCard(room: OpenRoom) -> impl IntoView {
    let texts = use_texts();
    let path = format!("/rooms/{}", room.id);
    let way_in = if room.joined {
        Either::Left(view! { <a class="button" href=path.clone()>{texts.open}</a> })
    } else {
        Either::Right(view! {
            <form method="post" action=format!("{path}/join")>
                <button class="button button--main">{texts.join_short}</button>
            </form>
        })
    };
    view! {
        <li class="card">
            <Avatar id=room.id.0 name=room.name.clone() room=true/>
            <a class="card__text" href=path>
                <strong>{room.name}</strong>
                <small>{(texts.members)(room.members)}</small>
            </a>
            {way_in}
        </li>
    }
}
