//! Signing up, in and out.

use super::{Body, Me};
use crate::server::guard::Caller;
use crate::server::sessions;
use crate::server::state::AppState;
use crate::server::users::{self, SignUp};
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-up", post(sign_up))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
}

#[derive(Deserialize)]
struct NewAccount {
    handle: String,
    name: String,
    password: String,
}

#[derive(Deserialize)]
struct Credentials {
    handle: String,
    password: String,
}

#[derive(Serialize)]
struct SignedIn {
    token: String,
    me: Person,
}

async fn sign_up(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Body(account): Body<NewAccount>,
) -> Result<(StatusCode, Json<SignedIn>), Refusal> {
    let form = SignUp {
        handle: &account.handle,
        name: &account.name,
        password: &account.password,
    };
    let (me, token) = users::sign_up(&state, caller.0, form).await?;
    Ok((
        StatusCode::CREATED,
        Json(SignedIn {
            token: token.secret().into(),
            me,
        }),
    ))
}

async fn sign_in(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Body(given): Body<Credentials>,
) -> Result<Json<SignedIn>, Refusal> {
    let (me, token) = users::sign_in(&state, caller.0, &given.handle, &given.password).await?;
    Ok(Json(SignedIn {
        token: token.secret().into(),
        me,
    }))
}

async fn sign_out(State(state): State<AppState>, Me(session): Me) -> Result<StatusCode, Refusal> {
    sessions::end(&state, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}
