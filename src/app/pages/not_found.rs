//! Where there is nothing, or nothing for this reader: the two look the same.

use super::layout::Failed;
use crate::app::components::logo::Logo;
use crate::app::components::title::DocumentTitle;
use crate::app::loading::after;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{Missing, use_texts};
use leptos::prelude::*;

/// The page of an address that isn't ours.
pub fn not_found_page() -> Part {
    after(|known| match known {
        Ok(()) => view! { <main class="pane" id="content" tabindex="-1"><NothingHere/></main> }.into_part(),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

/// The same where a conversation would stand.
#[component]
pub fn NothingHere() -> impl IntoView {
    let texts = use_texts();
    if let Some(missing) = use_context::<Missing>() {
        missing.note();
    }
    view! {
        <DocumentTitle title=texts.not_found_title/>
        <div class="empty">
            <Logo/>
            <h1>{texts.not_found_title}</h1>
            <p>{texts.not_found_lead}</p>
            <a class="button" href="/">{texts.to_start}</a>
        </div>
    }
}
