//! Why there is no page: the database doesn't answer, a form came from another site, …

use crate::app::reader::use_texts;
use crate::shared::refusal::Refusal;
use leptos::prelude::*;

#[component]
pub fn RefusedPage(
    refusal: Refusal,
    /// The address to ask once more.
    again: String,
) -> impl IntoView {
    let texts = use_texts();
    let onward = if again == "/" {
        texts.to_start
    } else {
        texts.try_again
    };
    view! {
        <h1>{texts.load_failed}</h1>
        <p role="alert">{texts.refusal(&refusal)}</p>
        <a class="button" href=again>{onward}</a>
    }
}
