//! Signing up, in and out, and coming in by a link.

use super::super::pages::{self, own_path};
use super::{Filled, to};
use crate::server::invitations;
use crate::server::sessions::{self, Session};
use crate::server::state::AppState;
use crate::server::users::{self, Toward};
use crate::shared::look::PUT_OFF;
use crate::shared::refusal::Refusal;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::net::IpAddr;

fn signed_in(state: &AppState, token: &sessions::Token, path: &str) -> Response {
    let cookie = sessions::set_cookie(&state.config, token);
    ([(header::SET_COOKIE, cookie)], Redirect::to(path)).into_response()
}

pub async fn first_run(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let room_name = pages::reader(form.page.headers()).texts.first_room;
    let done = users::first_run(&state, form.ip(), form.sign_up(), room_name)
        .await
        .map(|(_, token, room)| signed_in(&state, &token, &format!("/rooms/{room}")));
    // Somebody else was first: the way in is the ordinary one.
    if matches!(done, Err(Refusal::AlreadySetUp)) {
        return Ok(to("/sign-in"));
    }
    Ok(form.answer(state, None, done).await)
}

pub async fn sign_up(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(form.values.get("next").map(String::as_str));
    let done = users::sign_up(&state, form.ip(), form.sign_up()).await;
    let done = done.map(|(_, token)| signed_in(&state, &token, &next));
    Ok(form.answer(state, None, done).await)
}

pub async fn sign_in(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(form.values.get("next").map(String::as_str));
    let done = users::sign_in(&state, form.ip(), form.get("handle"), form.get("password")).await;
    let done = done.map(|(_, token)| signed_in(&state, &token, &next));
    Ok(form.answer(state, None, done).await)
}

/// Follows a link that invites into a room: with one's account, or with a name alone.
pub async fn come_in(
    State(state): State<AppState>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => invitations::accept(&state, &me, &token)
            .await
            .map(|entry| to(&entry.path())),
        Err(_) => newcomer(&state, form.ip(), form.get("name"), Toward::Room(token)).await,
    };
    Ok(form.answer(state, None, done).await)
}

pub(super) async fn newcomer(
    state: &AppState,
    ip: IpAddr,
    name: &str,
    toward: Toward,
) -> Result<Response, Refusal> {
    let (token, path) = users::newcomer(state, ip, name, toward).await?;
    Ok(signed_in(state, &token, &own_path(Some(&path))))
}

/// The reminder to set a password waits for a week.
pub async fn put_off_reminder(request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(form.values.get("next").map(String::as_str));
    let cookie = HeaderValue::from_static(PUT_OFF);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

pub async fn sign_out(State(state): State<AppState>, request: Request) -> Result<Response, Refusal> {
    if let Some(session) = request.extensions().get::<Session>() {
        sessions::end(&state, session).await?;
    }
    let cookie = sessions::clear_cookie(&state.config);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}
