//! Messages and what stands around them.

use super::{Body, Me, Path, Query};
use crate::server::state::AppState;
use crate::server::{drafts, history, messages};
use crate::shared::draft::Draft;
use crate::shared::ids::{ClientId, Position, RoomId, Version};
use crate::shared::live::{Anchor, Catchup, Page};
use crate::shared::message::{EarlierText, Message, NewMessage, Pinned, Responses};
use crate::shared::refusal::Refusal;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/rooms/{room}/messages", get(page).post(post_message))
        .route(
            "/rooms/{room}/messages/{position}",
            put(edit_message).delete(remove_message),
        )
        .route("/rooms/{room}/messages/{position}/restore", post(restore_message))
        .route("/rooms/{room}/messages/{position}/reactions", put(react))
        .route("/rooms/{room}/messages/{position}/pin", put(pin))
        .route("/rooms/{room}/messages/{position}/responses", get(responses))
        .route("/rooms/{room}/messages/{position}/earlier", get(earlier_texts))
        .route("/rooms/{room}/pins", get(pinned))
        .route("/rooms/{room}/changes", get(changes))
        .route("/rooms/{room}/draft", put(save_draft))
        .route("/withdrawals/{client_id}", put(withdraw))
        .route("/rooms/{room}/read", post(read))
}

/// One of them, or none.
#[derive(Deserialize)]
struct Wanting {
    before: Option<Position>,
    after: Option<Position>,
    around: Option<Position>,
}

async fn page(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Query(wanting): Query<Wanting>,
) -> Result<Json<Page>, Refusal> {
    let anchor = match (wanting.before, wanting.after, wanting.around) {
        (None, None, None) => Anchor::Latest,
        (Some(before), None, None) => Anchor::Before(before),
        (None, Some(after), None) => Anchor::After(after),
        (None, None, Some(around)) => Anchor::Around(around),
        _ => return Err(Refusal::BadRequest),
    };
    history::page(&state, &session.me, room, anchor).await.map(Json)
}

async fn post_message(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(message): Body<NewMessage>,
) -> Result<Json<Message>, Refusal> {
    messages::post(&state, &session.me, room, message).await.map(Json)
}

async fn restore_message(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
) -> Result<Json<Message>, Refusal> {
    messages::restore(&state, &session.me, room, position)
        .await
        .map(Json)
}

#[derive(Deserialize)]
struct Reacting {
    emoji: String,
    on: bool,
}

async fn react(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
    Body(reacting): Body<Reacting>,
) -> Result<Json<Message>, Refusal> {
    let Reacting { emoji, on } = reacting;
    messages::react(&state, &session.me, room, position, &emoji, on)
        .await
        .map(|(message, _)| Json(message))
}

#[derive(Deserialize)]
struct Pinning {
    on: bool,
}

async fn pin(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
    Body(pinning): Body<Pinning>,
) -> Result<Json<Message>, Refusal> {
    messages::pin(&state, &session.me, room, position, pinning.on)
        .await
        .map(Json)
}

async fn pinned(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
) -> Result<Json<Pinned>, Refusal> {
    history::pinned(&state, &session.me, room).await.map(Json)
}

async fn responses(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
) -> Result<Json<Responses>, Refusal> {
    history::responses(&state, &session.me, room, position)
        .await
        .map(Json)
}

async fn earlier_texts(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
) -> Result<Json<Vec<EarlierText>>, Refusal> {
    history::earlier_texts(&state, &session.me, room, position)
        .await
        .map(Json)
}

async fn withdraw(
    State(state): State<AppState>,
    Me(session): Me,
    Path(client_id): Path<ClientId>,
) -> Result<StatusCode, Refusal> {
    messages::withdraw(&state, &session.me, client_id)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

async fn save_draft(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(draft): Body<Draft>,
) -> Result<StatusCode, Refusal> {
    drafts::save(&state, &session.me, room, draft)
        .await
        .map(|_| StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Edited {
    text: String,
}

async fn edit_message(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
    Body(edited): Body<Edited>,
) -> Result<Json<Message>, Refusal> {
    messages::edit(&state, &session.me, room, position, &edited.text)
        .await
        .map(Json)
}

async fn remove_message(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
) -> Result<Json<Message>, Refusal> {
    messages::remove(&state, &session.me, room, position)
        .await
        .map(Json)
}

#[derive(Deserialize)]
struct Since {
    after: Version,
    epoch: String,
}

async fn changes(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Query(since): Query<Since>,
) -> Result<Json<Catchup>, Refusal> {
    history::changes(&state, &session.me, room, since.after, &since.epoch)
        .await
        .map(Json)
}

#[derive(Deserialize)]
struct ReadTo {
    position: Position,
}

async fn read(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(to): Body<ReadTo>,
) -> Result<StatusCode, Refusal> {
    history::mark_read(&state, &session.me, room, to.position)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}
