//! Oneself and others.

use super::{Body, Me, Path, Picture};
use crate::server::state::AppState;
use crate::server::{blocks, profile, rooms, users};
use crate::shared::receipt::Privacy;
use crate::shared::refusal::Refusal;
use crate::shared::room::Place;
use crate::shared::user::{Card, Mine, Person, Profile};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/me", get(mine).put(describe_me))
        .route("/me/privacy", put(disclose))
        .route(
            "/me/picture",
            put(depict).delete(depict_no_more).layer(Picture::limit()),
        )
        .route("/me/handle", put(rename))
        .route("/people/{handle}", get(card))
        .route("/blocks/{handle}", put(block).delete(unblock))
}

async fn mine(State(state): State<AppState>, Me(session): Me) -> Result<Json<Mine>, Refusal> {
    profile::mine(&state, &session.me).await.map(Json)
}

async fn describe_me(
    State(state): State<AppState>,
    Me(session): Me,
    Body(said): Body<Profile>,
) -> Result<Json<Person>, Refusal> {
    profile::describe(&state, &session.me, said).await.map(Json)
}

async fn disclose(
    State(state): State<AppState>,
    Me(session): Me,
    Body(privacy): Body<Privacy>,
) -> Result<StatusCode, Refusal> {
    profile::disclose(&state, &session.me, privacy).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct NewHandle {
    handle: String,
}

async fn rename(
    State(state): State<AppState>,
    Me(session): Me,
    Body(new): Body<NewHandle>,
) -> Result<Json<Person>, Refusal> {
    users::rename(&state, &session.me, &new.handle).await.map(Json)
}

async fn depict(
    State(state): State<AppState>,
    Me(session): Me,
    Picture(picture): Picture,
) -> Result<Json<Person>, Refusal> {
    profile::depict(&state, &session.me, Some(picture))
        .await
        .map(Json)
}

async fn depict_no_more(State(state): State<AppState>, Me(session): Me) -> Result<Json<Person>, Refusal> {
    profile::depict(&state, &session.me, None).await.map(Json)
}

async fn card(
    State(state): State<AppState>,
    Me(session): Me,
    Path(handle): Path<String>,
) -> Result<Json<Card>, Refusal> {
    let about = rooms::about(&state, &session.me, &Place::Direct(handle), "").await?;
    about.card.map(Json).ok_or(Refusal::NotFound)
}

async fn block(
    State(state): State<AppState>,
    Me(session): Me,
    Path(handle): Path<String>,
) -> Result<StatusCode, Refusal> {
    blocks::block(&state, &session.me, &handle)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

async fn unblock(
    State(state): State<AppState>,
    Me(session): Me,
    Path(handle): Path<String>,
) -> Result<StatusCode, Refusal> {
    blocks::unblock(&state, &session.me, &handle)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}
