//! The forms of pages, with scripts or without: each calls the verb that the server functions
//! call. Done: 303 to what comes next. Refused: the page again, with the sentence and with
//! everything typed, passwords aside.

use super::pages::{self, Host, own_path, refused};
use crate::i18n::Lang;
use crate::server::guard::{Caller, NOWHERE};
use crate::server::sessions::{self, Session};
use crate::server::state::AppState;
use crate::server::users::{self, SignUp, Toward};
use crate::server::{blocks, invitations, managing, messages, own, profile, rooms, scheduled};
use crate::shared::ids::{ClientId, Millis, RoomId};
use crate::shared::limits::{BODY_BYTES, PICTURE_BYTES};
use crate::shared::look::{CHOICES, Look, PUT_OFF};
use crate::shared::message::NewMessage;
use crate::shared::own::OwnChange;
use crate::shared::receipt::Privacy;
use crate::shared::refusal::{Refusal, RefusedForm};
use crate::shared::room::{History, RoomKind};
use crate::shared::room_change::{FORMS, RoomChange};
use crate::shared::scheduled::{NewScheduled, Rescheduled};
use crate::shared::user::{Person, Profile};
use crate::shared::zone::Local;
use axum::body::Body;
use axum::extract::multipart::MultipartError;
use axum::extract::{Form, FromRequest, Multipart, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Field name → what was typed.
pub(super) type Values = BTreeMap<String, String>;

/// Nothing typed is as nothing there.
pub(super) fn field<'v>(values: &'v Values, name: &str) -> &'v str {
    values.get(name).map_or("", String::as_str)
}

/// A form's fields, and the request that brought them, to draw its page again.
pub(super) struct Filled {
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

pub(super) fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

fn signed_in(state: &AppState, token: &sessions::Token, path: &str) -> Response {
    let cookie = sessions::set_cookie(&state.config, token);
    ([(header::SET_COOKIE, cookie)], Redirect::to(path)).into_response()
}

pub async fn first_run(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let room_name = pages::reader(form.page.headers()).texts.first_room;
    let done = users::first_run(&state, form.ip(), form.sign_up(), room_name)
        .await
        .map(|(_, token, room)| signed_in(&state, &token, &format!("/rooms/{room}")));
    // Somebody else was first: the way in is the ordinary one.
    if matches!(done, Err(Refusal::AlreadySetUp)) {
        return Ok(to("/sign-in"));
    }
    Ok(form.answer(state, None, done).await)
}

pub async fn sign_up(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(form.values.get("next").map(String::as_str));
    let done = users::sign_up(&state, form.ip(), form.sign_up()).await;
    let done = done.map(|(_, token)| signed_in(&state, &token, &next));
    Ok(form.answer(state, None, done).await)
}

pub async fn sign_in(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(form.values.get("next").map(String::as_str));
    let done = users::sign_in(&state, form.ip(), form.get("handle"), form.get("password")).await;
    let done = done.map(|(_, token)| signed_in(&state, &token, &next));
    Ok(form.answer(state, None, done).await)
}

/// Follows a link that invites into a room: with one's account, or with a name alone.
pub async fn come_in(
    State(state): State<AppState>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => invitations::accept(&state, &me, &token)
            .await
            .map(|entry| to(&entry.path())),
        Err(_) => newcomer(&state, form.ip(), form.get("name"), Toward::Room(token)).await,
    };
    Ok(form.answer(state, None, done).await)
}

async fn newcomer(state: &AppState, ip: IpAddr, name: &str, toward: Toward) -> Result<Response, Refusal> {
    let (token, path) = users::newcomer(state, ip, name, toward).await?;
    Ok(signed_in(state, &token, &own_path(Some(&path))))
}

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

/// The reminder to set a password waits for a week.
pub async fn put_off_reminder(request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(form.values.get("next").map(String::as_str));
    let cookie = HeaderValue::from_static(PUT_OFF);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

pub async fn sign_out(State(state): State<AppState>, request: Request) -> Result<Response, Refusal> {
    if let Some(session) = request.extensions().get::<Session>() {
        sessions::end(&state, session).await?;
    }
    let cookie = sessions::clear_cookie(&state.config);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
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
    let (parts, body) = request.into_parts();
    let form = Filled {
        values: Values::new(),
        page: as_page(&parts),
    };
    let done = match (form.me(), sent_picture(Request::from_parts(parts, body)).await) {
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

/// A room's picture. Refused, it is answered with the room's page at its own address, like all of that page's forms.
pub async fn depict_room(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let form = Filled {
        values: Values::new(),
        page: as_page(&parts),
    };
    let done = match (form.me(), sent_picture(Request::from_parts(parts, body)).await) {
        (Ok(me), Ok(picture)) => managing::depict(&state, &me, room, Some(picture)).await,
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    };
    Ok(form
        .answer(state, None, done.map(|room| to_details(room.id)))
        .await)
}

pub async fn depict_room_no_more(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => managing::depict(&state, &me, room, None).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form
        .answer(state, None, done.map(|room| to_details(room.id)))
        .await)
}

fn to_details(room: RoomId) -> Response {
    to(&format!("/rooms/{room}/details"))
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

/// A cookie for what a reader has chosen; scripts may change it.
fn kept_for_a_year(name: &str, value: &str) -> Result<HeaderValue, Refusal> {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    HeaderValue::try_from(cookie).map_err(|_| Refusal::Broken)
}

pub async fn make_room(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let kind = if form.get("kind") == "open" {
        RoomKind::Open
    } else {
        RoomKind::Invited
    };
    let history = match form.get("history") {
        "since_joining" => History::SinceJoining,
        _ => History::All,
    };
    let done = match form.me() {
        Ok(me) => rooms::make(&state, &me, form.get("name"), kind, history)
            .await
            .map(|entry| to(&entry.path())),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

/// Several people by their handles; with one alone it is the conversation with them.
pub async fn gather(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let handles = form.get("handles").split(|c: char| c == ',' || c.is_whitespace());
    let handles: Vec<String> = handles
        .filter(|handle| !handle.is_empty())
        .map(str::to_owned)
        .collect();
    let done = match (form.me(), &handles[..]) {
        (Ok(me), [handle]) => rooms::open_direct(&state, &me, handle).await,
        (Ok(me), _) => rooms::gather(&state, &me, handles).await,
        (Err(refusal), _) => Err(refusal),
    };
    let done = done.map(|entry| to(&own_path(Some(&entry.path()))));
    Ok(form.answer(state, None, done).await)
}

pub async fn block(
    State(state): State<AppState>,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    set_blocked(state, &handle, request, true).await
}

pub async fn unblock(
    State(state): State<AppState>,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    set_blocked(state, &handle, request, false).await
}

async fn set_blocked(
    state: AppState,
    handle: &str,
    request: Request,
    blocked: bool,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let there = ["/@", handle].concat();
    let next = own_path(
        Some(form.get("next"))
            .filter(|next| !next.is_empty())
            .or(Some(&there)),
    );
    let done = match form.me() {
        Ok(me) if blocked => blocks::block(&state, &me, handle).await,
        Ok(me) => blocks::unblock(&state, &me, handle).await,
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, None, done.map(|()| to(&next))).await)
}

pub async fn join(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => rooms::join(&state, &me, room)
            .await
            .map(|entry| to(&entry.path())),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, Some(format!("/rooms/{room}")), done).await)
}

pub async fn leave(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let done = match form.me() {
        Ok(me) => rooms::leave(&state, &me, room).await.map(|()| to("/")),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, Some(format!("/rooms/{room}")), done).await)
}

/// The forms of the room's page, by the end of its address.
pub async fn change_room(
    State(state): State<AppState>,
    Path((room, end)): Path<(RoomId, String)>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let change = RoomChange::read(&end, |name| form.values.get(name).cloned());
    let done = match (form.me(), change) {
        (Ok(me), Some(change)) => managing::change(&state, &me, room, change)
            .await
            .map(|()| to_details(room)),
        (Ok(_), None) if FORMS.contains(&end.as_str()) => Err(Refusal::BadRequest),
        (Ok(_), None) => Err(Refusal::NotFound),
        (Err(refusal), _) => Err(refusal),
    };
    // Refused, it is answered with the page at its own address: the details are open there.
    Ok(form.answer(state, None, done).await)
}

/// Each of its buttons is one change.
pub async fn keep_as(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let next = own_path(Some(form.get("next")).filter(|next| !next.is_empty()));
    let done = match (form.me(), own_change(&form.values)) {
        (Ok(me), Some(change)) => own::keep_as(&state, &me, room, change).await.map(|_| to(&next)),
        (Ok(_), None) => Err(Refusal::BadRequest),
        (Err(refusal), _) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

fn own_change(values: &Values) -> Option<OwnChange> {
    values
        .iter()
        .find_map(|(name, value)| OwnChange::of_form(name, value))
}

pub async fn post_in_room(
    State(state): State<AppState>,
    Path(room): Path<RoomId>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let path = form.page.uri().path().to_owned();
    let done = match (form.me(), form.later()) {
        (Ok(me), Some(due_at)) => schedule(&state, &me, room, &form.values, due_at).await,
        (Ok(me), None) => post(&state, &me, room, &form.values).await.map(|()| to(&path)),
        (Err(refusal), _) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

pub async fn post_to_person(
    State(state): State<AppState>,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let path = form.page.uri().path().to_owned();
    let done = match (form.me(), handle.strip_prefix('@')) {
        (Ok(me), Some(handle)) => write_to(&state, &me, handle, &form.values, form.later())
            .await
            .map(|there| there.unwrap_or_else(|| to(&path))),
        (Ok(_), None) => Err(Refusal::NotFound),
        (Err(refusal), _) => match form.page.extensions().get::<Host>().cloned() {
            Some(Host(person)) => {
                let toward = Toward::Person(person.handle);
                newcomer(&state, form.ip(), form.get("name"), toward).await
            }
            None => Err(refusal),
        },
    };
    Ok(form.answer(state, None, done).await)
}

/// The room comes with the first message that can be sent, be it later. Where to go on, if it isn't there.
async fn write_to(
    state: &AppState,
    me: &Person,
    handle: &str,
    values: &Values,
    later: Option<Result<Millis, Refusal>>,
) -> Result<Option<Response>, Refusal> {
    messages::Text::parse(field(values, "text"))?;
    let room = rooms::open_direct(state, me, handle).await?.room.id;
    match later {
        Some(due_at) => schedule(state, me, room, values, due_at).await.map(Some),
        None => post(state, me, room, values).await.map(|()| None),
    }
}

/// Keeps what was written until the time that was chosen with it, and goes where it can be seen.
async fn schedule(
    state: &AppState,
    me: &Person,
    room: RoomId,
    values: &Values,
    due_at: Result<Millis, Refusal>,
) -> Result<Response, Refusal> {
    let message = new_message(values);
    let new = NewScheduled {
        client_id: message.client_id,
        text: message.text,
        reply_to: message.reply_to,
        silent: message.silent,
        due_at: due_at?,
    };
    match scheduled::schedule(state, me, room, new.clone()).await {
        Err(Refusal::ClientIdTaken) => {
            let client_id = ClientId::new();
            scheduled::schedule(state, me, room, NewScheduled { client_id, ..new }).await
        }
        scheduled => scheduled,
    }?;
    Ok(to(&format!("/rooms/{room}/scheduled")))
}

/// What one has scheduled is changed, sent or taken back, as the button says.
pub async fn change_scheduled(State(state): State<AppState>, request: Request) -> Result<Response, Response> {
    let form = Filled::read(request).await?;
    let path = form.page.uri().path().to_owned();
    let done = match form.me() {
        Ok(me) => do_with_scheduled(&state, &me, &form.values, form.due_at())
            .await
            .map(|()| to(&path)),
        Err(refusal) => Err(refusal),
    };
    Ok(form.answer(state, None, done).await)
}

async fn do_with_scheduled(
    state: &AppState,
    me: &Person,
    values: &Values,
    due_at: Result<Millis, Refusal>,
) -> Result<(), Refusal> {
    let client_id = field(values, "client_id")
        .parse()
        .map_err(|_| Refusal::BadRequest)?;
    match field(values, "do") {
        "change" => {
            let change = Rescheduled {
                text: field(values, "text").to_owned(),
                silent: field(values, "silent") == "on",
                due_at: due_at?,
            };
            scheduled::change(state, me, client_id, change).await.map(drop)
        }
        "send" => scheduled::send_now(state, me, client_id).await.map(drop),
        "cancel" => scheduled::cancel(state, me, client_id).await,
        _ => Err(Refusal::BadRequest),
    }
}

/// What the form of a conversation says.
fn new_message(values: &Values) -> NewMessage {
    NewMessage {
        client_id: field(values, "client_id")
            .parse()
            .unwrap_or_else(|_| ClientId::new()),
        text: field(values, "text").to_owned(),
        reply_to: field(values, "reply_to").parse().ok(),
        silent: field(values, "silent") == "on",
        ..NewMessage::default()
    }
}

/// Posts under the id that the form came with. The Back button brings that form again, for
/// another text: that is another message, and gets an id of its own. Without scripts nobody tells what has
/// been read; whoever writes is at the end, where the page is to show them what they wrote.
pub(super) async fn post(
    state: &AppState,
    me: &Person,
    room: RoomId,
    values: &Values,
) -> Result<(), Refusal> {
    post_once(state, me, room, new_message(values)).await
}

/// Posts what a form has brought, see [`post`].
pub(super) async fn post_once(
    state: &AppState,
    me: &Person,
    room: RoomId,
    message: NewMessage,
) -> Result<(), Refusal> {
    let posted = match messages::post(state, me, room, message.clone()).await {
        Err(Refusal::ClientIdTaken) => {
            let client_id = ClientId::new();
            messages::post(state, me, room, NewMessage { client_id, ..message }).await
        }
        posted => posted,
    }?;
    // It is posted, whatever becomes of the marker.
    let _ = messages::mark_read(state, me, room, posted.position).await;
    Ok(())
}
