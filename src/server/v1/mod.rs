//! `/api/v1`: the same verbs for programs, at addresses that stay. `docs/protocol.md` tells how
//! to use them. Each noun has a file, with its addresses on top.

mod accounts;
mod members;
mod messages;
mod people;
mod rooms;
mod scheduled;

use super::guard::{self, is_our_origin, is_our_own};
use super::sessions::Session;
use super::socket;
use super::state::AppState;
use crate::shared::ids::Version;
use crate::shared::limits::{BODY_BYTES, PICTURE_BYTES};
use crate::shared::refusal::Refusal;
use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

pub fn router(state: &AppState) -> Router<AppState> {
    Router::new()
        .merge(accounts::routes())
        .merge(rooms::routes())
        .merge(members::routes())
        .merge(messages::routes())
        .merge(scheduled::routes())
        .merge(people::routes())
        .route("/live", get(live))
        .fallback(|| async { Refusal::NotFound })
        .method_not_allowed_fallback(|| async { (StatusCode::METHOD_NOT_ALLOWED, Json(Refusal::BadRequest)) })
        .layer(from_fn_with_state(state.clone(), guard::with_session))
}

/// Whoever asks; 401 where nobody is signed in.
struct Me(Session);

impl<S: Send + Sync> FromRequestParts<S> for Me {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts
            .extensions
            .get::<Session>()
            .cloned()
            .map(Me)
            .ok_or(Refusal::SignInFirst)
    }
}

/// A JSON body; one that isn't, or is another, is refused in the manner of this API.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Refusal))]
struct Body<T>(T);

#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Refusal))]
struct Path<T>(T);

#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Refusal))]
struct Query<T>(T);

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge { most: BODY_BYTES },
            _ => Refusal::BadRequest,
        }
    }
}

impl From<PathRejection> for Refusal {
    fn from(_: PathRejection) -> Self {
        Refusal::NotFound
    }
}

impl From<QueryRejection> for Refusal {
    fn from(_: QueryRejection) -> Self {
        Refusal::BadRequest
    }
}

/// A picture's bytes, as they are.
struct Picture(Vec<u8>);

impl Picture {
    /// What an address that takes one is given, in place of the limit that the others have.
    fn limit() -> DefaultBodyLimit {
        DefaultBodyLimit::max(PICTURE_BYTES + BODY_BYTES)
    }
}

impl<S: Send + Sync> FromRequest<S> for Picture {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Picture(bytes.into())),
            Err(_) => Err(Refusal::TooLarge { most: PICTURE_BYTES }),
        }
    }
}

/// Somebody, by their handle.
#[derive(Deserialize)]
struct Whom {
    handle: String,
}

/// Where the one who opens the socket goes on.
#[derive(Deserialize)]
struct Known {
    /// The number of the directory, if they have people on the screen.
    directory: Option<Version>,
}

/// The socket. A browser sends its cookie along with any page's socket, so where the request
/// comes from is looked at before anything is upgraded.
async fn live(
    State(state): State<AppState>,
    headers: HeaderMap,
    Me(session): Me,
    Query(known): Query<Known>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let ours = match headers.get(header::ORIGIN) {
        Some(origin) => is_our_origin(&state, &headers, origin),
        None => is_our_own(&state, &headers),
    };
    if !ours {
        return Err(Refusal::NotAllowed);
    }
    Ok(socket::upgrade(state, session, known.directory, upgrade))
}
