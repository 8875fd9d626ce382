//! `/manifest.webmanifest`: what a device is told of the messenger when somebody installs it.

use super::pages;
use crate::doors::texts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The ground and the accent of `style/tokens.css`.
const GROUND: &str = "#ffffff";
const ACCENT: &str = "#3557d6";

/// In the reader's language. Whoever isn't signed in may install too.
pub async fn manifest(headers: HeaderMap) -> Response {
    let lang = pages::reader(&headers).texts.lang;
    let (texts, doors) = (lang.texts(), texts::texts(lang));
    let manifest = json!({
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "name": texts.app,
        "short_name": doors.short_name,
        "description": doors.description,
        "lang": lang.code(),
        "dir": "ltr",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": ACCENT,
        "categories": ["social", "productivity"],
        "icons": [
            icon("/favicon.svg", "image/svg+xml", "any", "any"),
            icon("/icons/icon-192.png", "image/png", "192x192", "any"),
            icon("/icons/icon-512.png", "image/png", "512x512", "any"),
            icon("/icons/maskable-512.png", "image/png", "512x512", "maskable"),
        ],
        "shortcuts": [
            {"name": texts.new_room, "url": "/rooms/new"},
            {"name": texts.open_rooms, "url": "/rooms"},
            {"name": texts.settings, "url": "/settings"},
        ],
        // A page that asks where to; nothing is sent by itself.
        "share_target": {
            "action": "/share",
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    });
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::VARY, "Cookie, Accept-Language"),
    ];
    (headers, manifest.to_string()).into_response()
}

fn icon(src: &str, kind: &str, sizes: &str, purpose: &str) -> Value {
    json!({"src": src, "type": kind, "sizes": sizes, "purpose": purpose})
}
