//! Rooms and conversations: making, joining, leaving, what they are and how they stand in the list; blocking.

use super::super::pages::own_path;
use super::{Filled, Values, to};
use crate::server::state::AppState;
use crate::server::{blocks, managing, own, rooms};
use crate::shared::ids::RoomId;
use crate::shared::own::OwnChange;
use crate::shared::refusal::Refusal;
use crate::shared::room::{History, RoomKind};
use crate::shared::room_change::{FORMS, RoomChange};
use axum::extract::{Path, Request, State};
use axum::response::Response;

/// A room's picture. Refused, it is answered with the room's page at its own address, like all of that page's forms.
pub async fn depict_room(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let (form, picture) = Filled::with_picture(request).await;
    let done = match (form.me(), picture) {
        (Ok(me), Ok(picture)) => managing::depict(&state, &me, room, Some(picture)).await,
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    };
    Ok(form
        .answer(state, None, done.map(|room| to_details(room.id)))
        .await)
}

pub async fn depict_room_no_more(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => managing::depict(&state, &me, room, None).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form
        .answer(state, None, done.map(|room| to_details(room.id)))
        .await)
}

fn to_details(room: RoomId) -> Response {
    to(&format!("/rooms/{room}/details"))
}

pub async fn make_room(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let kind = if form.get("kind") == "open" {
        RoomKind::Open
    } else {
        RoomKind::Invited
    };
    let history = match form.get("history") {
        "since_joining" => History::SinceJoining,
        _ => History::All,
    };
    let done = match form.me() {
        Ok(me) => rooms::make(&state, &me, form.get("name"), kind, history)
            .await
            .map(|entry| to(&entry.path())),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

/// Several people by their handles; with one alone it is the conversation with them.
pub async fn gather(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let handles = form.get("handles").split(|c: char| c == ',' || c.is_whitespace());
    let handles: Vec<String> = handles
        .filter(|handle| !handle.is_empty())
        .map(str::to_owned)
        .collect();
    let done = match (form.me(), &handles[..]) {
        (Ok(me), [handle]) => rooms::open_direct(&state, &me, handle).await,
        (Ok(me), _) => rooms::gather(&state, &me, handles).await,
        (Err(refusal), _) => Err(refusal),
    };
    let done = done.map(|entry| to(&own_path(Some(&entry.path()))));
    Ok(form.answer(state, None, done).await)
}

pub async fn block(
    State(state): State<AppState>,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    set_blocked(state, &handle, request, true).await
}

pub async fn unblock(
    State(state): State<AppState>,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    set_blocked(state, &handle, request, false).await
}

async fn set_blocked(
    state: AppState,
    handle: &str,
    request: Request,
    blocked: bool,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let there = ["/@", handle].concat();
    let next = own_path(
        Some(form.get("next"))
            .filter(|next| !next.is_empty())
            .or(Some(&there)),
    );
    let done = match form.me() {
        Ok(me) if blocked => blocks::block(&state, &me, handle).await,
        Ok(me) => blocks::unblock(&state, &me, handle).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, None, done.map(|()| to(&next))).await)
}

pub async fn join(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => rooms::join(&state, &me, room)
            .await
            .map(|entry| to(&entry.path())),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, Some(format!("/rooms/{room}")), done).await)
}

pub async fn leave(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => rooms::leave(&state, &me, room).await.map(|()| to("/")),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, Some(format!("/rooms/{room}")), done).await)
}

/// The forms of the room's page, by the end of its address.
pub async fn change_room(
    State(state): State<AppState>,
    Path((room, end)): Path<(RoomId, String)>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let change = RoomChange::read(&end, |name| form.values.get(name).cloned());
    let done = match (form.me(), change) {
        (Ok(me), Some(change)) => managing::change(&state, &me, room, change)
            .await
            .map(|()| to_details(room)),
        (Ok(_), None) if FORMS.contains(&end.as_str()) => Err(Refusal::BadRequest),
        (Ok(_), None) => Err(Refusal::NotFound),
        (Err(refusal), _) => Err(refusal),
    };
    // Refused, it is answered with the page at its own address: the details are open there.
    Ok(form.answer(state, None, done).await)
}

/// Each of its buttons is one change.
pub async fn keep_as(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(Some(form.get("next")).filter(|next| !next.is_empty()));
    let done = match (form.me(), own_change(&form.values)) {
        (Ok(me), Some(change)) => own::keep_as(&state, &me, room, change).await.map(|_| to(&next)),
        (Ok(_), None) => Err(Refusal::BadRequest),
        (Err(refusal), _) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

fn own_change(values: &Values) -> Option<OwnChange> {
    values
        .iter()
        .find_map(|(name, value)| OwnChange::of_form(name, value))
}
