//! Every address on one screen. What pages, forms and files answer lies in the folder of this name.

pub mod acts;
pub mod files;
pub mod forms;
pub mod manifest;
pub mod pages;

use self::forms::{accounts, messages, rooms, settings};
use crate::server::state::AppState;
use crate::server::{guard, v1};
use crate::shared::limits::{BODY_BYTES, PICTURE_BYTES};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

/// The whole application: the same for `main` and for the tests.
pub fn router(state: AppState) -> Router {
    // What pages are drawn with runs where they are drawn. Another router may have said so already.
    _ = any_spawner::Executor::init_tokio();
    Router::new()
        .merge(pages_and_forms(&state))
        .nest("/api/v1", v1::router(&state))
        .route("/up", get(pages::up))
        .merge(files::routes(&state))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(state.clone(), guard::only_our_own))
        .layer(from_fn_with_state(state.clone(), pages::in_words))
        .layer(from_fn_with_state(state.clone(), guard::who_calls))
        .layer(from_fn_with_state(state.clone(), guard::safe_headers))
        .with_state(state)
}

/// What a browser shows, and the forms that work without scripts: each posts to its page's path. What
/// stands on a page is for `App` to say, which knows addresses of nothing too.
fn pages_and_forms(state: &AppState) -> Router<AppState> {
    let with_a_picture = DefaultBodyLimit::max(PICTURE_BYTES + BODY_BYTES);
    Router::new()
        .route("/first-run", get(pages::first_run).post(accounts::first_run))
        .route("/sign-up", get(pages::sign_up).post(accounts::sign_up))
        .route("/sign-in", get(pages::sign_in).post(accounts::sign_in))
        .route("/sign-out", post(accounts::sign_out))
        .route("/language", post(settings::language))
        .route("/join/{token}", get(pages::invitation).post(accounts::come_in))
        .route("/settings", get(pages::page).post(settings::settings))
        .route("/settings/password", post(settings::set_password))
        .route("/settings/newcomers", post(settings::take_newcomers))
        .route("/reminder", post(accounts::put_off_reminder))
        .route("/settings/profile", post(settings::describe))
        .route("/settings/privacy", post(settings::disclose))
        .route("/settings/handle", post(settings::rename))
        .route("/settings/picture", post(settings::depict).layer(with_a_picture))
        .route("/settings/no-picture", post(settings::depict_no_more))
        .route("/pictures/{hash}", get(files::picture))
        .route("/new", get(pages::page).post(rooms::gather))
        .route("/share", get(pages::page))
        .route("/rooms/new", get(pages::page).post(rooms::make_room))
        .route("/rooms/{id}", get(pages::page).post(messages::post_in_room))
        .route("/rooms/{id}/details", get(pages::page))
        .route("/rooms/{id}/join", get(pages::page).post(rooms::join))
        .route("/rooms/{id}/leave", get(pages::page).post(rooms::leave))
        .route("/rooms/{id}/own", get(pages::page).post(rooms::keep_as))
        .route(
            "/rooms/{id}/picture",
            get(pages::page).post(rooms::depict_room).layer(with_a_picture),
        )
        .route(
            "/rooms/{id}/no-picture",
            get(pages::page).post(rooms::depict_room_no_more),
        )
        .route(
            "/rooms/{id}/scheduled",
            get(pages::page).post(messages::change_scheduled),
        )
        .route("/scheduled", get(pages::page).post(messages::change_scheduled))
        // What can be done with a room, as `shared::room_change` names it.
        .route("/rooms/{id}/{form}", get(pages::page).post(rooms::change_room))
        // What can be done with a message, where there are no scripts.
        .route("/rooms/{id}/{position}/{act}", get(acts::page).post(acts::act))
        .route("/{handle}", get(pages::person).post(messages::post_to_person))
        .route("/{handle}/details", get(pages::person))
        .route("/{handle}/block", get(pages::page).post(rooms::block))
        .route("/{handle}/unblock", get(pages::page).post(rooms::unblock))
        .route("/fn/{name}", post(pages::server_function))
        .fallback(pages::page)
        .layer(from_fn(pages::asked_first))
        .layer(from_fn_with_state(state.clone(), guard::with_session))
}
