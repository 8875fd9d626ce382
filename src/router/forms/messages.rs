//! Writing, at once or later.

use super::super::pages::Host;
use super::accounts::newcomer;
use super::{Filled, Values, field, to};
use crate::server::state::AppState;
use crate::server::users::Toward;
use crate::server::{history, messages, rooms, scheduled};
use crate::shared::ids::{ClientId, Millis, RoomId};
use crate::shared::message::NewMessage;
use crate::shared::refusal::Refusal;
use crate::shared::scheduled::{NewScheduled, Rescheduled};
use crate::shared::user::Person;
use axum::extract::{Path, Request, State};
use axum::response::Response;

pub async fn post_in_room(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let path = form.page.uri().path().to_owned();
    let done = match (form.me(), form.later()) {
        (Ok(me), Some(due_at)) => schedule(&state, &me, room, &form.values, due_at).await,
        (Ok(me), None) => post(&state, &me, room, &form.values).await.map(|()| to(&path)),
        (Err(refusal), _) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

pub async fn post_to_person(
    State(state): State<AppState>,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let path = form.page.uri().path().to_owned();
    let done = match (form.me(), handle.strip_prefix('@')) {
        (Ok(me), Some(handle)) => write_to(&state, &me, handle, &form.values, form.later())
            .await
            .map(|there| there.unwrap_or_else(|| to(&path))),
        (Ok(_), None) => Err(Refusal::NotFound),
        (Err(refusal), _) => match form.page.extensions().get::<Host>().cloned() {
            Some(Host(person)) => {
                let toward = Toward::Person(person.handle);
                newcomer(&state, form.ip(), form.get("name"), toward).await
            }
            None => Err(refusal),
        },
    };
    Ok(form.answer(state, None, done).await)
}

/// The room comes with the first message that can be sent, be it later. Where to go on, if it isn't there.
async fn write_to(
    state: &AppState,
    me: &Person,
    handle: &str,
    values: &Values,
    later: Option<Result<Millis, Refusal>>,
) -> Result<Option<Response>, Refusal> {
    messages::Text::parse(field(values, "text"))?;
    let room = rooms::open_direct(state, me, handle).await?.room.id;
    match later {
        Some(due_at) => schedule(state, me, room, values, due_at).await.map(Some),
        None => post(state, me, room, values).await.map(|()| None),
    }
}

/// Keeps what was written until the time that was chosen with it, and goes where it can be seen.
async fn schedule(
    state: &AppState,
    me: &Person,
    room: RoomId,
    values: &Values,
    due_at: Result<Millis, Refusal>,
) -> Result<Response, Refusal> {
    let message = new_message(values);
    let new = NewScheduled {
        client_id: message.client_id,
        text: message.text,
        reply_to: message.reply_to,
        silent: message.silent,
        due_at: due_at?,
    };
    match scheduled::schedule(state, me, room, new.clone()).await {
        Err(Refusal::ClientIdTaken) => {
            let client_id = ClientId::new();
            scheduled::schedule(state, me, room, NewScheduled { client_id, ..new }).await
        }
        scheduled => scheduled,
    }?;
    Ok(to(&format!("/rooms/{room}/scheduled")))
}

/// What one has scheduled is changed, sent or taken back, as the button says.
pub async fn change_scheduled(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let path = form.page.uri().path().to_owned();
    let done = match form.me() {
        Ok(me) => do_with_scheduled(&state, &me, &form.values, form.due_at())
            .await
            .map(|()| to(&path)),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

async fn do_with_scheduled(
    state: &AppState,
    me: &Person,
    values: &Values,
    due_at: Result<Millis, Refusal>,
) -> Result<(), Refusal> {
    let client_id = field(values, "client_id")
        .parse()
        .map_err(|_| Refusal::BadRequest)?;
    match field(values, "do") {
        "change" => {
            let change = Rescheduled {
                text: field(values, "text").to_owned(),
                silent: field(values, "silent") == "on",
                due_at: due_at?,
            };
            scheduled::change(state, me, client_id, change).await.map(drop)
        }
        "send" => scheduled::send_now(state, me, client_id).await.map(drop),
        "cancel" => scheduled::cancel(state, me, client_id).await,
        _ => Err(Refusal::BadRequest),
    }
}

/// What the form of a conversation says.
fn new_message(values: &Values) -> NewMessage {
    NewMessage {
        client_id: field(values, "client_id")
            .parse()
            .unwrap_or_else(|_| ClientId::new()),
        text: field(values, "text").to_owned(),
        reply_to: field(values, "reply_to").parse().ok(),
        silent: field(values, "silent") == "on",
        ..NewMessage::default()
    }
}

/// Posts under the id that the form came with. The Back button brings that form again, for
/// another text: that is another message, and gets an id of its own. Without scripts nobody tells what has
/// been read; whoever writes is at the end, where the page is to show them what they wrote.
pub(in crate::router) async fn post(
    state: &AppState,
    me: &Person,
    room: RoomId,
    values: &Values,
) -> Result<(), Refusal> {
    post_once(state, me, room, new_message(values)).await
}

/// Posts what a form has brought, see [`post`].
pub(in crate::router) async fn post_once(
    state: &AppState,
    me: &Person,
    room: RoomId,
    message: NewMessage,
) -> Result<(), Refusal> {
    let posted = match messages::post(state, me, room, message.clone()).await {
        Err(Refusal::ClientIdTaken) => {
            let client_id = ClientId::new();
            messages::post(state, me, room, NewMessage { client_id, ..message }).await
        }
        posted => posted,
    }?;
    // It is posted, whatever becomes of the marker.
    let _ = history::mark_read(state, me, room, posted.position).await;
    Ok(())
}
