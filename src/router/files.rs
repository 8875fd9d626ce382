//! The page's files: the stylesheet, the scripts, the WASM, the icons, the manifest, the service worker.

use super::manifest::manifest;
use crate::server::build::Build;
use crate::server::profile;
use crate::server::state::AppState;
use crate::shared::refusal::Refusal;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;
use tower_http::services::{ServeDir, ServeFile};

/// The service worker runs under the policy that it came with, and fetches from here alone.
const WORKER_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; connect-src 'self'");

/// The page's files. What the build has made is kept for a year: another build has other addresses. The rest is asked for
/// anew each time, and answered with 304 where nothing has changed.
pub fn routes(state: &AppState) -> Router<AppState> {
    let root = &state.config.site_root;
    let icon = ServeFile::new(root.join("favicon.svg"));
    let icons = ServeDir::new(root.join("icons"));
    let emoji = ServeDir::new(root.join("emoji"))
        .precompressed_br()
        .precompressed_gzip();
    let worker = ServeFile::new(root.join("sw.js")).precompressed_br();
    Router::new()
        .nest("/pkg", of_build(state))
        .nest_service("/icons", icons)
        .nest_service("/emoji", emoji)
        .route_service("/favicon.svg", icon)
        .route("/manifest.webmanifest", get(manifest))
        .route("/files", get(files))
        .route_service("/sw.js", worker)
        .layer(from_fn_with_state(state.build.clone(), kept))
}

/// What the build has made. A page of another build finds nothing: what is loaded later would not fit.
fn of_build(state: &AppState) -> Router<AppState> {
    let files = ServeDir::new(state.config.site_root.join("pkg"))
        .precompressed_br()
        .precompressed_gzip();
    match state.build.folder.split_once('/') {
        Some((_, id)) => Router::new()
            .nest_service(&format!("/{id}"), files)
            .fallback(async || StatusCode::NOT_FOUND),
        None => Router::new().fallback_service(files),
    }
}

/// Says for how long an answer is to be kept.
async fn kept(State(build): State<Arc<Build>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let forever = build.is_forever(path);
    let is_worker = path == "/sw.js";
    let mut response = next.run(request).await;
    let kept = match (response.status().is_client_error(), forever) {
        (true, _) => "no-store",
        (false, true) => "public, max-age=31536000, immutable",
        (false, false) => "no-cache",
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if is_worker {
        headers.insert(header::CONTENT_SECURITY_POLICY, WORKER_POLICY);
    }
    response
}

/// What the service worker keeps, so that a page runs whole without a connection: all files of the build, also
/// those that a page asks for only when it needs them.
async fn files(State(state): State<AppState>) -> Json<Value> {
    Json(json!({"build": state.build.id, "files": state.build.files}))
}

/// Somebody's picture, for those who are signed in. What is at the address of a hash never changes.
pub async fn picture(State(state): State<AppState>, Path(hash): Path<String>) -> Result<Response, Refusal> {
    let bytes = profile::picture(&state, &hash).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}
