//! The forms of pages, with scripts or without: each calls the verb that the server functions
//! call. Done: 303 to what comes next. Refused: the page again, with the sentence and with
//! everything typed, passwords aside.

pub mod accounts;
pub mod messages;
pub mod rooms;
pub mod settings;

use super::pages::{self, refused};
use crate::server::guard::{Caller, NOWHERE};
use crate::server::sessions::Session;
use crate::server::state::AppState;
use crate::server::users::SignUp;
use crate::shared::ids::Millis;
use crate::shared::limits::{BODY_BYTES, PICTURE_BYTES};
use crate::shared::refusal::{Refusal, RefusedForm};
use crate::shared::user::Person;
use crate::shared::zone::Local;
use axum::body::Body;
use axum::extract::multipart::MultipartError;
use axum::extract::{Form, FromRequest, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Field name → what was typed.
pub(in crate::router) type Values = BTreeMap<String, String>;

/// Nothing typed is as nothing there.
pub(in crate::router) fn field<'v>(values: &'v Values, name: &str) -> &'v str {
    values.get(name).map_or("", String::as_str)
}

/// A form's fields, and the request that brought them, to draw its page again.
pub(in crate::router) struct Filled {
    pub values: Values,
    pub page: Request,
}

impl Filled {
    pub async fn read(request: Request) -> Result<Filled, Response> {
        let (parts, body) = request.into_parts();
        let page = as_page(&parts);
        let bytes = axum::body::to_bytes(body, BODY_BYTES)
            .await
            .map_err(|_| Refusal::TooLarge { most: BODY_BYTES }.into_response())?;
        let request = Request::from_parts(parts, Body::from(bytes));
        let Form(values) = Form::<Values>::from_request(request, &())
            .await
            .map_err(|_| Refusal::BadRequest.into_response())?;
        Ok(Filled { values, page })
    }

    /// A form with a file in its field `picture`, and what came in it.
    pub async fn with_picture(request: Request) -> (Filled, Result<Vec<u8>, Refusal>) {
        let (parts, body) = request.into_parts();
        let form = Filled {
            values: Values::new(),
            page: as_page(&parts),
        };
        let picture = sent_picture(Request::from_parts(parts, body)).await;
        (form, picture)
    }

    pub fn get(&self, name: &str) -> &str {
        field(&self.values, name)
    }

    fn sign_up(&self) -> SignUp<'_> {
        SignUp {
            handle: self.get("handle"),
            name: self.get("name"),
            password: self.get("password"),
        }
    }

    pub fn me(&self) -> Result<Person, Refusal> {
        self.page
            .extensions()
            .get::<Session>()
            .map(|session| session.me.clone())
            .ok_or(Refusal::SignInFirst)
    }

    /// The time that was chosen, which is that of the reader's clocks.
    fn due_at(&self) -> Result<Millis, Refusal> {
        let zone = pages::reader(self.page.headers()).zone;
        let local = Local::of_field(self.get("due")).ok_or(Refusal::TimeInvalid)?;
        Ok(zone.instant(local))
    }

    /// The same, if a time was chosen at all, or the button was pressed that keeps a message until then: Enter in the
    /// field of the time presses another one.
    fn later(&self) -> Option<Result<Millis, Refusal>> {
        let chosen = self.values.contains_key("later") || !self.get("due").is_empty();
        chosen.then(|| self.due_at())
    }

    fn ip(&self) -> IpAddr {
        let caller = self.page.extensions().get::<Caller>();
        caller.map_or(NOWHERE, |caller| caller.0)
    }

    /// The answer to a form of the settings: they as they are now, or again with what was wrong.
    async fn settled<T>(self, state: AppState, done: Result<T, Refusal>) -> Response {
        let done = done.map(|_| to("/settings"));
        self.answer(state, Some("/settings".into()), done).await
    }

    /// On to `path`, or the page at `at` (or this one) again with what was wrong.
    async fn answer(
        mut self,
        state: AppState,
        at: Option<String>,
        done: Result<Response, Refusal>,
    ) -> Response {
        match done {
            Ok(response) => response,
            Err(refusal) => {
                self.values.retain(|field, _| field != "password");
                if let Some(uri) = at.and_then(|path| path.parse().ok()) {
                    *self.page.uri_mut() = uri;
                }
                refused(
                    state,
                    self.page,
                    RefusedForm {
                        refusal,
                        values: self.values.into_iter().collect(),
                    },
                )
                .await
            }
        }
    }
}

/// The request for the page that a form stands on.
fn as_page(parts: &Parts) -> Request {
    let mut page = Request::from_parts(parts.clone(), Body::empty());
    *page.method_mut() = Method::GET;
    page
}

pub(in crate::router) fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The file in a form's field `picture`.
async fn sent_picture(request: Request) -> Result<Vec<u8>, Refusal> {
    const TOO_LARGE: Refusal = Refusal::TooLarge { most: PICTURE_BYTES };
    let refused = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => TOO_LARGE,
        _ => Refusal::BadRequest,
    };
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| Refusal::BadRequest)?;
    while let Some(field) = form.next_field().await.map_err(refused)? {
        if field.name() == Some("picture") {
            return Ok(field.bytes().await.map_err(refused)?.into());
        }
    }
    Err(Refusal::BadRequest)
}
