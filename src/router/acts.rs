//! What can be done with a message where there are no scripts: a page beside the message's own, whose forms
//! call the verbs that the menu's server functions call.

use super::forms::{self, Filled, Values, field, to};
use super::pages;
use crate::doors::Door;
use crate::server::at_hand::{self, AtHand};
use crate::server::guard;
use crate::server::messages;
use crate::server::state::AppState;
use crate::shared::ids::{ClientId, Position, RoomId};
use crate::shared::message::{NewMessage, Origin};
use crate::shared::refusal::{Refusal, RefusedForm};
use crate::shared::user::Person;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// The ends of these addresses: the page's own, and its forms'.
const ENDS: [&str; 8] = [
    "actions", "reply", "edit", "delete", "restore", "react", "pin", "forward",
];

/// The message whose own page is at an address.
pub fn message_at(path: &str) -> Option<(RoomId, Position)> {
    let (room, position) = path.strip_prefix("/rooms/")?.split_once('/')?;
    Some((room.parse().ok()?, position.parse().ok()?))
}

/// The page of what can be done with a message.
pub fn path(room: RoomId, position: Position) -> String {
    format!("/rooms/{room}/{position}/actions")
}

/// One of these addresses.
struct At {
    room: RoomId,
    position: Position,
    end: String,
}

impl At {
    fn read((room, position, end): (String, String, String)) -> Option<Self> {
        Some(At {
            room: room.parse().ok()?,
            position: position.parse().ok()?,
            end: Some(end).filter(|end| ENDS.contains(&end.as_str()))?,
        })
    }

    async fn look(&self, state: &AppState, me: Option<Person>) -> Result<AtHand, Refusal> {
        let me = me.ok_or(Refusal::SignInFirst)?;
        at_hand::look(state, &me, self.room, self.position).await
    }
}

pub async fn page(
    state: State<AppState>,
    Path(parts): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    let Some(at) = At::read(parts) else {
        return Ok(pages::page(state, request).await);
    };
    let me = pages::me(&request);
    let of = at.look(&state, me).await?;
    Ok(drawn(&state, at, of, &request, None))
}

pub async fn act(
    State(state): State<AppState>,
    Path(parts): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let Some(at) = At::read(parts) else {
        return Ok(pages::page(State(state), form.page).await);
    };
    let me = form.me();
    let done = match me {
        Ok(me) => do_it(&state, &me, &at, &form.values).await,
        Err(refusal) => Err(refusal),
    };
    Ok(match done {
        Ok(path) => to(&path),
        Err(refusal) => refused(&state, at, form, refusal).await,
    })
}

/// Where to go on.
async fn do_it(state: &AppState, me: &Person, at: &At, values: &Values) -> Result<String, Refusal> {
    let At { room, position, .. } = *at;
    let message = format!("/rooms/{room}/{position}");
    match at.end.as_str() {
        "reply" => {
            let mut values = values.clone();
            values.insert("reply_to".into(), position.to_string());
            forms::messages::post(state, me, room, &values).await?;
            Ok(format!("/rooms/{room}"))
        }
        "edit" => {
            messages::edit(state, me, room, position, field(values, "text")).await?;
            Ok(message)
        }
        "delete" => {
            messages::remove(state, me, room, position).await?;
            // There it can be taken back.
            Ok(path(room, position))
        }
        "restore" => {
            messages::restore(state, me, room, position).await?;
            Ok(message)
        }
        "react" => {
            let (emoji, on) = match field(values, "take") {
                "" => (field(values, "give").trim(), true),
                taken => (taken, false),
            };
            messages::react(state, me, room, position, emoji, on).await?;
            Ok(message)
        }
        "pin" => {
            messages::pin(state, me, room, position, field(values, "on") == "true").await?;
            Ok(message)
        }
        "forward" => {
            let to = field(values, "to").parse().map_err(|_| Refusal::BadRequest)?;
            forward(state, me, at, to, values).await?;
            Ok(format!("/rooms/{to}"))
        }
        _ => Err(Refusal::BadRequest),
    }
}

async fn forward(state: &AppState, me: &Person, at: &At, to: RoomId, values: &Values) -> Result<(), Refusal> {
    let from = Origin {
        room: at.room,
        position: at.position,
    };
    let message = NewMessage {
        client_id: field(values, "client_id")
            .parse()
            .unwrap_or_else(|_| ClientId::new()),
        // What the client id is for; the words are those of the message.
        text: format!("{}/{}", from.room, from.position),
        forward: Some(from),
        ..NewMessage::default()
    };
    forms::messages::post_once(state, me, to, message).await
}

/// The page again, with what was typed and why it wasn't done, if its reader may see it at all.
async fn refused(state: &AppState, at: At, form: Filled, refusal: Refusal) -> Response {
    let me = form.me().ok();
    let of = match at.look(state, me).await {
        Ok(of) => of,
        Err(refusal) => return refusal.into_response(),
    };
    let refused = RefusedForm {
        refusal: refusal.clone(),
        values: form.values.into_iter().collect(),
    };
    let mut response = drawn(state, at, of, &form.page, Some(refused));
    *response.status_mut() =
        StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    guard::say_when(&refusal, &mut response);
    response
}

fn drawn(state: &AppState, at: At, of: AtHand, request: &Request, refused: Option<RefusedForm>) -> Response {
    let door = Door::Message {
        of: of.into(),
        end: at.end,
    };
    pages::door(state, door, pages::visit(request, refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_messages_page_is_known_by_its_address() {
        assert_eq!(message_at("/rooms/7/42"), Some((RoomId(7), 42)));
        for other in [
            "/rooms/7",
            "/rooms/7/details",
            "/rooms/7/42/actions",
            "/@7/42",
            "/rooms//42",
        ] {
            assert_eq!(message_at(other), None, "{other}");
        }
    }
}
