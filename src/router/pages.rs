//! Serving: pages, server functions, and who may see which page.

use super::acts;
use crate::app::reader::{AtMessage, Missing, Reader};
use crate::app::state::RwSignal;
use crate::doors::document::shell;
use crate::doors::{self, Door, Visit};
use crate::i18n::Lang;
use crate::server::guard::{Caller, NOWHERE};
use crate::server::invitations::{self, JOIN};
use crate::server::sessions::{self, Session};
use crate::server::state::AppState;
use crate::server::{guard, users};
use crate::shared::limits::BODY_BYTES;
use crate::shared::look::Look;
use crate::shared::query::decoded;
use crate::shared::refusal::{Refusal, RefusedForm};
use crate::shared::user::Person;
use crate::shared::zone::Zone;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio_util::task::LocalPoolHandle;

/// 200 when the database answers.
pub async fn up(State(state): State<AppState>) -> Response {
    match users::none_yet(&state).await {
        Ok(_) => "up\n".into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Pages for everyone: they are for those who are not signed in yet.
const DOORS: [&str; 3] = ["/first-run", "/sign-in", "/sign-up"];

/// Whom somebody who isn't signed in has come to talk to.
#[derive(Clone)]
pub struct Host(pub Person);

/// Sends to the door whoever must pass it first, and past it whoever has.
pub async fn asked_first(mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let signed_in = request.extensions().get::<Session>().is_some();
    let is_door = DOORS.contains(&path.as_str());
    // Server functions answer for themselves, and anyone may choose a language.
    if path.starts_with("/fn/") || path == "/language" || (signed_in && !is_door) {
        return next.run(request).await;
    }
    if signed_in {
        let next = request.uri().query().and_then(next_in);
        return Redirect::to(&own_path(next.as_deref())).into_response();
    }
    let Some(state) = request.extensions().get::<AppState>().cloned() else {
        return Refusal::Broken.into_response();
    };
    match users::none_yet(&state).await {
        Err(refusal) => refusal.into_response(),
        Ok(true) if path != "/first-run" => Redirect::to("/first-run").into_response(),
        Ok(true) => next.run(request).await,
        Ok(false) if is_door && path != "/first-run" => next.run(request).await,
        // A link that invites is for whoever has it.
        Ok(false) if path.starts_with(JOIN) => next.run(request).await,
        Ok(false) => {
            let caller = request.extensions().get::<Caller>();
            let ip = caller.map_or(NOWHERE, |caller| caller.0);
            match host(&state, ip, &path).await {
                Err(refusal) => return refusal.into_response(),
                Ok(Some(person)) => {
                    request.extensions_mut().insert(Host(person));
                    return next.run(request).await;
                }
                // Somebody who isn't there is as a page that one has to sign in for.
                Ok(None) => {}
            }
            let wanted = request
                .uri()
                .path_and_query()
                .map_or("/", |wanted| wanted.as_str());
            Redirect::to(&sign_in_then(wanted)).into_response()
        }
    }
}

/// The person whose link was followed, if it was one.
async fn host(state: &AppState, ip: IpAddr, path: &str) -> Result<Option<Person>, Refusal> {
    let path = decoded(path);
    let Some(handle) = path.strip_prefix("/@").filter(|handle| !handle.contains('/')) else {
        return Ok(None);
    };
    users::host(state, ip, handle).await
}

fn sign_in_then(wanted: &str) -> String {
    match wanted {
        "/" | "/first-run" | "/sign-out" => "/sign-in".into(),
        wanted => doors::door_path("/sign-in", Some(wanted)),
    }
}

/// The address in a query's `next`, as it is there.
fn next_in(query: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Wanted {
        next: Option<String>,
    }
    let uri = format!("/?{query}").parse().ok()?;
    axum::extract::Query::<Wanted>::try_from_uri(&uri).ok()?.0.next
}

/// Where to go next: a path of ours and nothing else, so that no link leads elsewhere through us.
pub fn own_path(wanted: Option<&str>) -> String {
    let wanted = wanted.unwrap_or("/");
    let second = wanted.chars().nth(1);
    let plain = wanted.starts_with('/')
        && !matches!(second, Some('/' | '\\'))
        && !wanted.chars().any(|c| c.is_control() || c == '\\');
    if !plain {
        return "/".into();
    }
    // A header takes ASCII: whatever isn't is percent-encoded, as a browser would.
    wanted
        .bytes()
        .map(|byte| {
            if byte.is_ascii_graphic() {
                (byte as char).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// The language, the zone and the look of whoever asks: cookies, then what the browser prefers.
pub fn reader(headers: &HeaderMap) -> Reader {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let lang = sessions::cookie(headers, "lang")
        .and_then(Lang::from_code)
        .unwrap_or_else(|| Lang::from_accept_language(accepted.unwrap_or_default()));
    let zone = sessions::cookie(headers, "zone")
        .and_then(Zone::parse)
        .unwrap_or(Zone::UTC);
    let look = Look::read(|name| sessions::cookie(headers, name).map(str::to_owned));
    Reader {
        texts: lang.texts(),
        zone,
        look,
    }
}

/// A refusal that became no page of its own (the database doesn't answer, a form came from another
/// site) is JSON for programs. Whoever asked for a page gets a page.
pub async fn in_words(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (reader, address, is_get) = (
        reader(request.headers()),
        address(&request),
        request.method() == Method::GET,
    );
    let for_programs = ["/fn/", "/api/"].iter().any(|start| address.starts_with(start));
    let wants_page = !for_programs
        && request
            .headers()
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
    let response = next.run(request).await;
    let refusal = response.extensions().get::<Refusal>().cloned();
    let Some(refusal) = refusal.filter(|_| wants_page) else {
        return response;
    };
    let visit = Visit {
        reader,
        // A form that was refused is not to be sent again by a link.
        address: own_path(is_get.then_some(address.as_str())),
        next: None,
        refused: None,
    };
    let mut page = door(&state, Door::Refusal(refusal.clone()), visit);
    *page.status_mut() = response.status();
    guard::say_when(&refusal, &mut page);
    page
}

pub async fn first_run(State(state): State<AppState>, request: Request) -> Response {
    at_door(&state, Door::FirstRun, &request, None)
}

pub async fn sign_in(State(state): State<AppState>, request: Request) -> Response {
    at_door(&state, Door::SignIn, &request, None)
}

pub async fn sign_up(State(state): State<AppState>, request: Request) -> Response {
    at_door(&state, Door::SignUp, &request, None)
}

/// Where a link leads that invites into a room.
pub async fn invitation(
    State(state): State<AppState>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let visit = visit(&request, None);
    invited(&state, &token, me(&request), visit).await
}

async fn invited(state: &AppState, token: &str, me: Option<Person>, visit: Visit) -> Response {
    let looked = invitations::look(state, me.as_ref().map(|me| me.id), token).await;
    let known = match looked {
        Ok(to) => users::takes_newcomers(state)
            .await
            .map(|newcomers| (to, newcomers)),
        Err(refusal) => Err(refusal),
    };
    match known {
        Err(refusal) => refusal.into_response(),
        Ok((to, _)) if to.joined => Redirect::to(&format!("/rooms/{}", to.room)).into_response(),
        Ok((to, newcomers)) => door(state, Door::Invitation { to, me, newcomers }, visit),
    }
}

pub(super) fn me(request: &Request) -> Option<Person> {
    let session = request.extensions().get::<Session>();
    session.map(|session| session.me.clone())
}

/// The conversation with a person, or, for a stranger, the way to one. A handle that they had before leads to the one
/// that they have.
pub async fn person(state: State<AppState>, request: Request) -> Response {
    match at_present(&state, &address(&request)).await {
        Ok(None) => {}
        Ok(Some(path)) => return Redirect::to(&path).into_response(),
        Err(refusal) => return refusal.into_response(),
    }
    match request.extensions().get::<Host>().cloned() {
        Some(Host(person)) => at_door(&state, Door::Person(person), &request, None),
        None => page(state, request).await,
    }
}

/// The same address with the handle that is had now, if it is another.
async fn at_present(state: &AppState, address: &str) -> Result<Option<String>, Refusal> {
    let path = address.strip_prefix('/').unwrap_or(address);
    let (first, rest) = path.split_at(path.find(['/', '?']).unwrap_or(path.len()));
    let first = decoded(first);
    let Some(handle) = first.strip_prefix('@') else {
        return Ok(None);
    };
    let handle = users::present_handle(state, handle).await?;
    Ok(handle.map(|handle| own_path(Some(&["/@", &handle, rest].concat()))))
}

fn at_door(state: &AppState, at: Door, request: &Request, refused: Option<RefusedForm>) -> Response {
    door(state, at, visit(request, refused))
}

pub(super) fn visit(request: &Request, refused: Option<RefusedForm>) -> Visit {
    Visit {
        reader: reader(request.headers()),
        address: address(request),
        next: request.uri().query().and_then(next_in),
        refused,
    }
}

/// A page that needs no scripts.
pub(super) fn door(state: &AppState, door: Door, visit: Visit) -> Response {
    let drawn = doors::draw(door, visit, state.leptos.clone());
    let mut response = axum::response::Html(drawn).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, guard::door_policy());
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    response
}

fn address(request: &Request) -> String {
    let uri = request.uri();
    uri.path_and_query()
        .map_or("/", |address| address.as_str())
        .to_owned()
}

/// A page, as its address says.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    render(state, request, None).await
}

/// The page of a form that was refused, with what was typed.
pub async fn refused(state: AppState, request: Request, form: RefusedForm) -> Response {
    let status = StatusCode::from_u16(form.refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refusal = form.refusal.clone();
    let path = request.uri().path().to_owned();
    let host = request.extensions().get::<Host>().cloned();
    let mut response = match path.as_str() {
        "/first-run" => at_door(&state, Door::FirstRun, &request, Some(form)),
        "/sign-in" => at_door(&state, Door::SignIn, &request, Some(form)),
        "/sign-up" => at_door(&state, Door::SignUp, &request, Some(form)),
        path if path.starts_with(JOIN) => {
            let visit = visit(&request, Some(form));
            invited(&state, &path[JOIN.len()..], me(&request), visit).await
        }
        _ => match host {
            Some(Host(person)) => at_door(&state, Door::Person(person), &request, Some(form)),
            None => render(state, request, Some(form)).await,
        },
    };
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    guard::say_when(&refusal, &mut response);
    response
}

/// A page takes milliseconds to draw; one that takes this long is given up.
const DRAWN_WITHIN: Duration = Duration::from_secs(10);

/// Where pages are drawn, each on one thread from beginning to end. What leptos draws with wakes each
/// other up, and where two threads do that a wake-up can be lost, and the page never ends
/// (<https://github.com/leptos-rs/leptos/issues/4851>, mended in part). On one thread that can't be.
static DRAWING: LazyLock<LocalPoolHandle> =
    LazyLock::new(|| LocalPoolHandle::new(std::thread::available_parallelism().map_or(2, usize::from)));

async fn render(state: AppState, request: Request, form: Option<RefusedForm>) -> Response {
    let (parts, _) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let drawing = DRAWING.spawn_pinned(|| draw(state, Request::from_parts(parts, Body::empty()), form));
    // Also when the browser has gone: then this is dropped where it waits.
    let _ended = EndsWithThis(drawing.abort_handle());
    match tokio::time::timeout(DRAWN_WITHIN, drawing).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            tracing::error!(path, %error, "a page could not be drawn");
            Refusal::Broken.into_response()
        }
        Err(_) => {
            tracing::error!(path, "a page was not drawn in time");
            Refusal::Unavailable.into_response()
        }
    }
}

struct EndsWithThis(AbortHandle);

impl Drop for EndsWithThis {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Draws a page, to its end.
async fn draw(state: AppState, request: Request, form: Option<RefusedForm>) -> Response {
    let reader = reader(request.headers());
    let options = state.leptos.clone();
    let message = acts::message_at(request.uri().path());
    let missing = Missing::default();
    let noted = missing.clone();
    let context = move || {
        provide_context(missing.clone());
        provide_context(state.build.clone());
        provide_context(state.clone());
        provide_context(RwSignal::new(reader.zone.clone()));
        provide_context(reader.clone());
        if let Some((room, position)) = message {
            provide_context(AtMessage(acts::path(room, position)));
        }
        if let Some(form) = form.clone() {
            provide_context(form);
        }
        let nonce = leptos::nonce::use_nonce();
        if let (Some(nonce), Some(response)) = (nonce, use_context::<ResponseOptions>()) {
            response.insert_header(
                header::CONTENT_SECURITY_POLICY,
                guard::page_policy(nonce.as_inner()),
            );
        }
    };
    let handler = leptos_axum::render_app_async_with_context(context, move || shell(options.clone()));
    let mut response = handler(request).await;
    if noted.noted() && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    // A page shows what only its reader may see.
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(parts, Body::from(body))
}

/// A server function. Its refusal is known by leptos as an error, always 500; here it gets the
/// status that says the same to a program.
pub async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_BYTES).await else {
        return Refusal::TooLarge { most: BODY_BYTES }.into_response();
    };
    let request = Request::from_parts(parts, Body::from(body));
    let context = move || provide_context(state.clone());
    let response = leptos_axum::handle_server_fns_with_context(context, request)
        .await
        .into_response();
    if response.status() == StatusCode::BAD_REQUEST {
        return Refusal::NotFound.into_response();
    }
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    const REFUSAL_BYTES: usize = 4 * 1024;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, REFUSAL_BYTES)
        .await
        .unwrap_or_default();
    let refusal = serde_json::from_slice(&body).unwrap_or(Refusal::Broken);
    let mut answer = refusal.into_response();
    // The browser's half looks for this mark to know an error from a value.
    for (name, value) in parts
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("serverfnerror"))
    {
        answer.headers_mut().insert(name, value.clone());
    }
    answer
}
