//! `/api/v1`: the same verbs for programs, at addresses that stay. `docs/protocol.md` tells how
//! to use them.

use super::guard::{Caller, is_our_origin, is_our_own};
use super::sessions::{self, Session};
use super::state::AppState;
use super::users::{self, SignUp};
use super::{
    blocks, drafts, guard, invitations as links, managing, messages, own, profile, rooms, scheduled, socket,
};
use crate::shared::draft::Draft;
use crate::shared::ids::{ClientId, Position, RoomId, UserId, Version};
use crate::shared::invitation::{Invitation, Invited};
use crate::shared::limits::{BODY_BYTES, PICTURE_BYTES};
use crate::shared::live::{Anchor, Catchup, Page, RoomList};
use crate::shared::message::{EarlierText, Message, NewMessage, Pinned, Responses};
use crate::shared::own::{Own, OwnChange};
use crate::shared::receipt::Privacy;
use crate::shared::refusal::Refusal;
use crate::shared::room::{Found, History, OpenRoom, Place, Role, Room, RoomEntry, RoomKind};
use crate::shared::scheduled::{Arranged, NewScheduled, Rescheduled, Scheduled};
use crate::shared::user::{Card, Mine, Person, Profile};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Extension, FromRequest, FromRequestParts, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

pub fn router(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/sign-up", post(sign_up))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/rooms", get(list).post(make))
        .route("/rooms/open", get(open))
        .route("/rooms/{room}", put(describe))
        .route("/rooms/{room}/close", post(close))
        .route("/rooms/{room}/reopen", post(reopen))
        .route("/rooms/{room}/join", post(join))
        .route("/rooms/{room}/leave", post(leave))
        .route("/rooms/{room}/members", post(add_member))
        .route(
            "/rooms/{room}/members/{user}",
            put(set_role).delete(remove_member),
        )
        .route("/rooms/{room}/invitations", get(invitations).post(invite))
        .route("/rooms/{room}/invitations/{token}", delete(revoke))
        .route("/invitations/{token}", get(look))
        .route("/invitations/{token}/join", post(accept))
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
        .route(
            "/rooms/{room}/picture",
            put(depict_room)
                .delete(depict_room_no_more)
                .layer(DefaultBodyLimit::max(PICTURE_BYTES + BODY_BYTES)),
        )
        .route("/rooms/{room}/pins", get(pinned))
        .route("/rooms/{room}/changes", get(changes))
        .route("/rooms/{room}/draft", put(save_draft))
        .route("/rooms/{room}/scheduled", get(scheduled_in).post(schedule))
        .route("/scheduled", get(all_scheduled))
        .route("/scheduled/{client_id}", put(reschedule).delete(cancel))
        .route("/scheduled/{client_id}/send", post(send_now))
        .route("/rooms/{room}/own", put(keep_as))
        .route("/withdrawals/{client_id}", put(withdraw))
        .route("/rooms/{room}/read", post(read))
        .route("/direct", post(direct))
        .route("/groups", post(gather))
        .route("/me", get(mine).put(describe_me))
        .route("/me/privacy", put(disclose))
        .route(
            "/me/picture",
            put(depict)
                .delete(depict_no_more)
                .layer(DefaultBodyLimit::max(PICTURE_BYTES + BODY_BYTES)),
        )
        .route("/me/handle", put(rename))
        .route("/people/{handle}", get(card))
        .route("/blocks/{handle}", put(block).delete(unblock))
        .route("/find", get(find))
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
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge {
                most: crate::shared::limits::BODY_BYTES,
            },
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
struct Whom {
    handle: String,
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
    picture: Result<Bytes, BytesRejection>,
) -> Result<Json<Person>, Refusal> {
    let picture = picture.map_err(|_| Refusal::TooLarge { most: PICTURE_BYTES })?;
    profile::depict(&state, &session.me, Some(picture.into()))
        .await
        .map(Json)
}

async fn depict_no_more(State(state): State<AppState>, Me(session): Me) -> Result<Json<Person>, Refusal> {
    profile::depict(&state, &session.me, None).await.map(Json)
}

async fn depict_room(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    picture: Result<Bytes, BytesRejection>,
) -> Result<Json<Room>, Refusal> {
    let picture = picture.map_err(|_| Refusal::TooLarge { most: PICTURE_BYTES })?;
    managing::depict(&state, &session.me, room, Some(picture.into()))
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
    messages::page(&state, &session.me, room, anchor).await.map(Json)
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
    messages::pinned(&state, &session.me, room).await.map(Json)
}

async fn responses(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
) -> Result<Json<Responses>, Refusal> {
    messages::responses(&state, &session.me, room, position)
        .await
        .map(Json)
}

async fn earlier_texts(
    State(state): State<AppState>,
    Me(session): Me,
    Path((room, position)): Path<(RoomId, Position)>,
) -> Result<Json<Vec<EarlierText>>, Refusal> {
    messages::earlier_texts(&state, &session.me, room, position)
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
    messages::changes(&state, &session.me, room, since.after, &since.epoch)
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
    messages::mark_read(&state, &session.me, room, to.position)
        .await
        .map(|()| StatusCode::NO_CONTENT)
}

async fn keep_as(
    State(state): State<AppState>,
    Me(session): Me,
    Path(room): Path<RoomId>,
    Body(change): Body<OwnChange>,
) -> Result<Json<Own>, Refusal> {
    own::keep_as(&state, &session.me, room, change).await.map(Json)
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
