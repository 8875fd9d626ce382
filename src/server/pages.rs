//! Serving: pages, server functions, files, and who may see which page.

use super::sessions::{self, Session};
use super::state::AppState;
use super::{guard, users};
use crate::app::reader::{Missing, Reader};
use crate::app::shell;
use crate::i18n::Lang;
use crate::shared::limits::BODY_BYTES;
use crate::shared::refusal::{Refusal, RefusedForm};
use crate::shared::zone::Zone;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::{RwSignal, provide_context, use_context};
use leptos_axum::ResponseOptions;
use std::time::Duration;
use tokio::task::JoinSet;
use tower_http::services::ServeDir;

/// 200 when the database answers.
pub async fn up(State(state): State<AppState>) -> Response {
    match users::none_yet(&state).await {
        Ok(_) => "up\n".into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Finds the session, if there is one, and puts it where pages and verbs look for it.
pub async fn with_session(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    match sessions::of_request(&state, request.headers()).await {
        Ok(Some(session)) => drop(request.extensions_mut().insert(session)),
        Ok(None) => {}
        Err(refusal) => return refusal.into_response(),
    }
    request.extensions_mut().insert(state);
    next.run(request).await
}

/// Pages for everyone: they are for those who are not signed in yet.
const DOORS: [&str; 3] = ["/first-run", "/sign-in", "/sign-up"];

/// Sends to the door whoever must pass it first, and past it whoever has.
pub async fn asked_first(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let signed_in = request.extensions().get::<Session>().is_some();
    let is_door = DOORS.contains(&path);
    // Server functions answer for themselves, and anyone may choose a language.
    if path.starts_with("/fn/") || path == "/language" || (signed_in && !is_door) {
        return next.run(request).await;
    }
    if signed_in {
        return Redirect::to(&next_of(request.uri().query())).into_response();
    }
    let Some(state) = request.extensions().get::<AppState>() else {
        return Refusal::Broken.into_response();
    };
    match users::none_yet(state).await {
        Err(refusal) => refusal.into_response(),
        Ok(true) if path != "/first-run" => Redirect::to("/first-run").into_response(),
        Ok(true) => next.run(request).await,
        Ok(false) if is_door && path != "/first-run" => next.run(request).await,
        Ok(false) => {
            let wanted = request
                .uri()
                .path_and_query()
                .map_or("/", |wanted| wanted.as_str());
            Redirect::to(&sign_in_then(wanted)).into_response()
        }
    }
}

fn sign_in_then(wanted: &str) -> String {
    match wanted {
        "/" | "/first-run" | "/sign-out" => "/sign-in".into(),
        wanted => format!("/sign-in?next={}", encode(wanted)),
    }
}

/// Percent-encodes for a query's value.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(byte as char)
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn next_of(query: Option<&str>) -> String {
    #[derive(serde::Deserialize)]
    struct Wanted {
        next: Option<String>,
    }
    let uri = format!("/?{}", query.unwrap_or_default());
    let wanted = uri
        .parse()
        .ok()
        .and_then(|uri| axum::extract::Query::<Wanted>::try_from_uri(&uri).ok());
    own_path(wanted.and_then(|wanted| wanted.0.next).as_deref())
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

/// The language and zone of whoever asks: cookies, then what the browser prefers.
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
    Reader { lang, zone }
}

/// A page, as its address says.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    render(state, request, None).await
}

/// The page of a form that was refused, with what was typed.
pub async fn refused(state: AppState, request: Request, form: RefusedForm) -> Response {
    let status = StatusCode::from_u16(form.refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refusal = form.refusal.clone();
    let mut response = render(state, request, Some(form)).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    guard::say_when(&refusal, &mut response);
    response
}

/// A page takes milliseconds to draw. About one in some thousands never ends, or fails: leptos
/// loses a wake-up, or disposes of a signal that its title or a suspended part still reads.
/// Drawing changes nothing, so such a page is drawn once more.
const DRAWN_WITHIN: Duration = Duration::from_secs(2);
const TRIES: usize = 4;

async fn render(state: AppState, request: Request, form: Option<RefusedForm>) -> Response {
    let (parts, _) = request.into_parts();
    for _ in 0..TRIES {
        let page = Request::from_parts(parts.clone(), Body::empty());
        // Whatever is in the set ends when it is dropped.
        let mut drawing = JoinSet::new();
        drawing.spawn(draw(state.clone(), page, form.clone()));
        match tokio::time::timeout(DRAWN_WITHIN, drawing.join_next()).await {
            Ok(Some(Ok(response))) => return response,
            Ok(Some(Err(error))) => {
                tracing::warn!(path = parts.uri.path(), %error, "a page could not be drawn")
            }
            Ok(None) | Err(_) => tracing::warn!(path = parts.uri.path(), "a page was not drawn in time"),
        }
    }
    Refusal::Unavailable.into_response()
}

/// Draws a page, to its end.
async fn draw(state: AppState, request: Request, form: Option<RefusedForm>) -> Response {
    let reader = reader(request.headers());
    let options = state.leptos.clone();
    let missing = Missing::default();
    let noted = missing.clone();
    let context = move || {
        provide_context(missing.clone());
        provide_context(state.clone());
        provide_context(RwSignal::new(reader.zone.clone()));
        provide_context(reader.clone());
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

/// The page's files. WASM and CSS bear a hash of their bytes in their names and are kept for a
/// year. The scripts' names stay the same when a chunk that they import changes, so those are
/// asked for anew each time, and answered with 304 where nothing has changed.
pub fn files(state: &AppState) -> Router<AppState> {
    let root = &state.config.site_root;
    let packed = ServeDir::new(root.join("pkg"))
        .precompressed_br()
        .precompressed_gzip();
    let icon = tower_http::services::ServeFile::new(root.join("favicon.svg"));
    let hashed = state.leptos.hash_files;
    Router::new()
        .nest_service("/pkg", packed)
        .route_service("/favicon.svg", icon)
        .layer(axum::middleware::from_fn(
            move |request: Request<Body>, next: Next| async move {
                let path = request.uri().path();
                let forever = hashed && (path.ends_with(".wasm") || path.ends_with(".css"));
                let mut response = next.run(request).await;
                let kept = if forever {
                    "public, max-age=31536000, immutable"
                } else {
                    "no-cache"
                };
                let kept = if response.status().is_client_error() {
                    "no-store"
                } else {
                    kept
                };
                response
                    .headers_mut()
                    .insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
                response
            },
        ))
}
