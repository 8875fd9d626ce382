//! The settings: what one chooses for oneself and says of oneself.

use super::super::pages::{self, own_path};
use super::{Filled, to};
use crate::i18n::Lang;
use crate::server::state::AppState;
use crate::server::{profile, users};
use crate::shared::look::{CHOICES, Look};
use crate::shared::receipt::Privacy;
use crate::shared::refusal::Refusal;
use crate::shared::user::Profile;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

pub async fn set_password(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => users::set_password(&state, &me, form.get("password")).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.settled(state, done).await)
}

pub async fn take_newcomers(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => users::take_newcomers(&state, &me, form.get("newcomers") == "on").await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.settled(state, done).await)
}

pub async fn language(request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let lang = Lang::from_code(form.get("lang")).ok_or(Refusal::BadRequest.into_response())?;
    let cookie = kept_for_a_year("lang", lang.code()).map_err(IntoResponse::into_response)?;
    let next = own_path(form.values.get("next").map(String::as_str));
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

pub async fn settings(request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let look = Look::read(|name| form.values.get(name).cloned());
    let mut response = to("/settings");
    for choice in CHOICES {
        let cookie = kept_for_a_year(choice.name, look.of(choice)).map_err(IntoResponse::into_response)?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What one says of oneself. The zone is the one that the browser has told.
pub async fn describe(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let zone = pages::reader(form.page.headers()).zone.to_string();
    let said = Profile {
        name: form.get("name").to_owned(),
        about: form.get("about").to_owned(),
        zone: (form.get("zone") == "shown").then_some(zone),
    };
    let done = match form.me() {
        Ok(me) => profile::describe(&state, &me, said).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.settled(state, done).await)
}

/// What others may know of one's reading and of one's being there.
pub async fn disclose(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let privacy = Privacy {
        reading: !form.get("reading").is_empty(),
        presence: !form.get("presence").is_empty(),
    };
    let done = match form.me() {
        Ok(me) => profile::disclose(&state, &me, privacy).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.settled(state, done).await)
}

/// Another handle.
pub async fn rename(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => users::rename(&state, &me, form.get("handle")).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.settled(state, done).await)
}

pub async fn depict(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let (form, picture) = Filled::with_picture(request).await;
    let done = match (form.me(), picture) {
        (Ok(me), Ok(picture)) => profile::depict(&state, &me, Some(picture)).await,
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    };
    Ok(form.settled(state, done).await)
}

pub async fn depict_no_more(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => profile::depict(&state, &me, None).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.settled(state, done).await)
}

/// A cookie for what a reader has chosen; scripts may change it.
fn kept_for_a_year(name: &str, value: &str) -> Result<HeaderValue, Refusal> {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    HeaderValue::try_from(cookie).map_err(|_| Refusal::Broken)
}
