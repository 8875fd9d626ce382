//! The frame of the pages before the messenger: signing in, signing up, the first run.

use super::language::LanguageSwitch;
use super::logo::Logo;
use crate::app::reader::use_texts;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// One card in the middle of the page.
#[component]
pub fn Door(
    title: &'static str,
    #[prop(optional)] lead: Option<&'static str>,
    /// The page's name where it isn't its heading.
    name: &'static str,
    children: Children,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <Title text=name/>
        <div class="door">
            <header class="door__head">
                <Logo/>
                <span class="door__app">{texts.app}</span>
            </header>
            <main class="door__card">
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p class="door__lead">{lead}</p> })}
                {children()}
            </main>
            <footer class="door__foot">
                <LanguageSwitch/>
            </footer>
        </div>
    }
}

/// Where the reader was going when they were stopped here: from the address, or from the form that
/// was refused.
pub fn use_next(refused: Option<String>) -> Option<String> {
    refused
        .or_else(|| use_query_map().with_untracked(|query| query.get("next")))
        .filter(|next| !next.is_empty())
}

/// A door's address that keeps `next`.
pub fn door_path(path: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{path}?next={}", encode(next)),
        None => path.to_owned(),
    }
}

/// Percent-encodes for a query's value.
fn encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                encoded.push(byte.into())
            }
            // Writing into a string can't fail.
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
        encoded
    })
}
