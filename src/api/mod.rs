//! The server functions: what a browser may ask of the server. Each finds out who asks and calls
//! one verb. A refusal's status is set where these are served, in `router`.

pub mod asked;
pub mod messages;
pub mod own;
pub mod patience;
pub mod profile;
pub mod rooms;
pub mod scheduled;

/// Whoever asks, and what the verbs need.
///
/// # Errors
/// `SignInFirst`.
#[cfg(feature = "ssr")]
fn asking()
-> Result<(crate::server::state::AppState, crate::shared::user::Person), crate::shared::refusal::Refusal> {
    use crate::shared::refusal::Refusal;
    use leptos::prelude::use_context;
    let state = use_context::<crate::server::state::AppState>().ok_or(Refusal::Broken)?;
    let parts = use_context::<http::request::Parts>().ok_or(Refusal::Broken)?;
    let session = parts
        .extensions
        .get::<crate::server::sessions::Session>()
        .ok_or(Refusal::SignInFirst)?;
    Ok((state, session.me.clone()))
}

/// Where this server is reached, as far as whoever asks knows.
#[cfg(feature = "ssr")]
fn origin(state: &crate::server::state::AppState) -> String {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    let headers = parts.map(|parts| parts.headers).unwrap_or_default();
    crate::server::guard::origin(state, &headers)
}

/// As [`asking`], for what an author has written: a page that missed that somebody else has signed in since
/// must not write in their name.
///
/// # Errors
/// `SignInFirst`, also when another one is signed in.
#[cfg(feature = "ssr")]
fn asking_as(
    author: crate::shared::ids::UserId,
) -> Result<(crate::server::state::AppState, crate::shared::user::Person), crate::shared::refusal::Refusal> {
    let (state, me) = asking()?;
    if me.id == author {
        Ok((state, me))
    } else {
        Err(crate::shared::refusal::Refusal::SignInFirst)
    }
}
