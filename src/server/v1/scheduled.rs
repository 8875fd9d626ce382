//! Messages that are sent later.

use super::{Body, Me, Path};
use crate::server::scheduled;
use crate::server::state::AppState;
use crate::shared::ids::{ClientId, RoomId};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use crate::shared::scheduled::{Arranged, NewScheduled, Rescheduled, Scheduled};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/rooms/{room}/scheduled", get(scheduled_in).post(schedule))
        .route("/scheduled", get(all_scheduled))
        .route("/scheduled/{client_id}", put(reschedule).delete(cancel))
        .route("/scheduled/{client_id}/send", post(send_now))
}

async fn schedule(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(new): Body<NewScheduled>,
) -> Result<Json<Arranged>, Refusal> {
    scheduled::schedule(&state, &session.me, room, new)
        .await
        .map(Json)
}

async fn scheduled_in(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
) -> Result<Json<Vec<Scheduled>>, Refusal> {
    scheduled::list(&state, &session.me, Some(room)).await.map(Json)
}

async fn all_scheduled(
    State(state): State<AppState>,
    Me(session): Me,
) -> Result<Json<Vec<Scheduled>>, Refusal> {
    scheduled::list(&state, &session.me, None).await.map(Json)
}

async fn reschedule(
    State(state): State<AppState>,
    Me(session): Me,
    Path(client_id): Path<ClientId>,
    Body(to): Body<Rescheduled>,
) -> Result<Json<Scheduled>, Refusal> {
    scheduled::change(&state, &session.me, client_id, to)
        .await
        .map(Json)
}

async fn cancel(
    State(state): State<AppState>,
    Me(session): Me,
    Path(client_id): Path<ClientId>,
) -> Result<StatusCode, Refusal> {
    scheduled::cancel(&state, &session.me, client_id)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

async fn send_now(
    State(state): State<AppState>,
    Me(session): Me,
    Path(client_id): Path<ClientId>,
) -> Result<Json<Message>, Refusal> {
    scheduled::send_now(&state, &session.me, client_id)
        .await
        .map(Json)
}
