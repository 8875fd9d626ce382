//! Who is in a room, and the links that lead there.

use super::{Body, Me, Path, Whom};
use crate::server::state::AppState;
use crate::server::{guard, invitations as links, managing, rooms};
use crate::shared::ids::{RoomId, UserId};
use crate::shared::invitation::{Invitation, Invited};
use crate::shared::refusal::Refusal;
use crate::shared::room::{Role, RoomEntry};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/rooms/{room}/members", post(add_member))
        .route(
            "/rooms/{room}/members/{user}",
            put(set_role).delete(remove_member),
        )
        .route("/rooms/{room}/invitations", get(invitations).post(invite))
        .route("/rooms/{room}/invitations/{token}", delete(revoke))
        .route("/invitations/{token}", get(look))
        .route("/invitations/{token}/join", post(accept))
}

async fn add_member(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(whom): Body<Whom>,
) -> Result<StatusCode, Refusal> {
    rooms::add(&state, &session.me, room, &whom.handle)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Appointed {
    role: Role,
}

async fn set_role(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, user)): Path<(RoomId, UserId)>,
    Body(to): Body<Appointed>,
) -> Result<StatusCode, Refusal> {
    managing::set_role(&state, &session.me, room, user, to.role)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

async fn remove_member(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, user)): Path<(RoomId, UserId)>,
) -> Result<StatusCode, Refusal> {
    managing::remove(&state, &session.me, room, user)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

async fn invitations(
    State(state): State<AppState>,
    Me(session): Me,
    headers: HeaderMap,
    Path(room): Path<RoomId>,
) -> Result<Json<Vec<Invitation>>, Refusal> {
    let origin = guard::origin(&state, &headers);
    links::list(&state, &session.me, room, &origin).await.map(Json)
}

/// Each 0 where nothing is said: without an end.
#[derive(Deserialize)]
struct NewLink {
    #[serde(default)]
    hours: u32,
    #[serde(default)]
    uses: u32,
}

async fn invite(
    State(state): State<AppState>,
    Me(session): Me,
    headers: HeaderMap,
    Path(room): Path<RoomId>,
    Body(link): Body<NewLink>,
) -> Result<(StatusCode, Json<Invitation>), Refusal> {
    let origin = guard::origin(&state, &headers);
    let made = links::make(&state, &session.me, room, link.hours, link.uses, &origin).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

async fn revoke(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, token)): Path<(RoomId, String)>,
) -> Result<StatusCode, Refusal> {
    links::revoke(&state, &session.me, room, &token)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

async fn look(
    State(state): State<AppState>,
    Me(session): Me,
    Path(token): Path<String>,
) -> Result<Json<Invited>, Refusal> {
    links::look(&state, Some(session.me.id), &token).await.map(Json)
}

async fn accept(
    State(state): State<AppState>,
    Me(session): Me,
    Path(token): Path<String>,
) -> Result<Json<RoomEntry>, Refusal> {
    links::accept(&state, &session.me, &token).await.map(Json)
}
