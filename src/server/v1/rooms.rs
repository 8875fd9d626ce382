//! Rooms and conversations: the list, making, finding, joining, leaving, and what they are.

use super::{Body, Me, Path, Picture, Query, Whom};
use crate::server::state::AppState;
use crate::server::{managing, own, rooms};
use crate::shared::ids::RoomId;
use crate::shared::live::RoomList;
use crate::shared::own::{Own, OwnChange};
use crate::shared::refusal::Refusal;
use crate::shared::room::{Found, History, OpenRoom, Room, RoomEntry, RoomKind};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/rooms", get(list).post(make))
        .route("/rooms/open", get(open))
        .route("/rooms/{room}", put(describe))
        .route("/rooms/{room}/close", post(close))
        .route("/rooms/{room}/reopen", post(reopen))
        .route("/rooms/{room}/join", post(join))
        .route("/rooms/{room}/leave", post(leave))
        .route(
            "/rooms/{room}/picture",
            put(depict_room)
                .delete(depict_room_no_more)
                .layer(Picture::limit()),
        )
        .route("/rooms/{room}/own", put(keep_as))
        .route("/direct", post(direct))
        .route("/groups", post(gather))
        .route("/find", get(find))
}

async fn list(State(state): State<AppState>, Me(session): Me) -> Result<Json<RoomList>, Refusal> {
    rooms::list(&state, &session.me).await.map(Json)
}

#[derive(Deserialize)]
struct NewRoom {
    name: String,
    kind: RoomKind,
    #[serde(default)]
    history: History,
}

async fn make(
    State(state): State<AppState>,
    Me(session): Me,
    Body(room): Body<NewRoom>,
) -> Result<(StatusCode, Json<RoomEntry>), Refusal> {
    let entry = rooms::make(&state, &session.me, &room.name, room.kind, room.history).await?;
    Ok((StatusCode::CREATED, Json(entry)))
}

async fn open(State(state): State<AppState>, Me(session): Me) -> Result<Json<Vec<OpenRoom>>, Refusal> {
    rooms::open(&state, &session.me).await.map(Json)
}

async fn join(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
) -> Result<Json<RoomEntry>, Refusal> {
    rooms::join(&state, &session.me, room).await.map(Json)
}

async fn leave(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, Refusal> {
    rooms::leave(&state, &session.me, room)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Described {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    history: History,
}

async fn describe(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(room_is): Body<Described>,
) -> Result<Json<Room>, Refusal> {
    let Described {
        name,
        description,
        history,
    } = room_is;
    managing::describe(&state, &session.me, room, &name, &description, history)
        .await
        .map(Json)
}

async fn close(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
) -> Result<Json<Room>, Refusal> {
    managing::set_closed(&state, &session.me, room, true)
        .await
        .map(Json)
}

async fn reopen(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
) -> Result<Json<Room>, Refusal> {
    managing::set_closed(&state, &session.me, room, false)
        .await
        .map(Json)
}

async fn direct(
    State(state): State<AppState>,
    Me(session): Me,
    Body(whom): Body<Whom>,
) -> Result<Json<RoomEntry>, Refusal> {
    rooms::open_direct(&state, &session.me, &whom.handle)
        .await
        .map(Json)
}

#[derive(Deserialize)]
struct Gathered {
    handles: Vec<String>,
}

async fn gather(
    State(state): State<AppState>,
    Me(session): Me,
    Body(gathered): Body<Gathered>,
) -> Result<(StatusCode, Json<RoomEntry>), Refusal> {
    let entry = rooms::gather(&state, &session.me, gathered.handles).await?;
    Ok((StatusCode::CREATED, Json(entry)))
}

async fn depict_room(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Picture(picture): Picture,
) -> Result<Json<Room>, Refusal> {
    managing::depict(&state, &session.me, room, Some(picture))
        .await
        .map(Json)
}

async fn depict_room_no_more(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
) -> Result<Json<Room>, Refusal> {
    managing::depict(&state, &session.me, room, None).await.map(Json)
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    q: String,
}

async fn find(
    State(state): State<AppState>,
    Me(session): Me,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Found>, Refusal> {
    rooms::find(&state, &session.me, &wanted.q).await.map(Json)
}

async fn keep_as(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(change): Body<OwnChange>,
) -> Result<Json<Own>, Refusal> {
    own::keep_as(&state, &session.me, room, change).await.map(Json)
}
