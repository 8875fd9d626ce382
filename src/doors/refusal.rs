//! Why there is no page: the database doesn't answer, a form came from another site, …

use super::texts::use_door_texts;
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
    // What is over, or was never there, will not be there the next time.
    let over = matches!(refusal, Refusal::InvitationOver | Refusal::NotFound);
    let (onward, to) = if over || again == "/" {
        (texts.to_start, "/".to_owned())
    } else {
        (texts.try_again, again)
    };
    view! {
        <h1>{title(&refusal)}</h1>
        <p role="alert">{texts.refusal(&refusal)}</p>
        <a class="button" href=to>{onward}</a>
    }
}

/// What stands over it.
pub fn title(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::InvitationOver => use_door_texts().invitation_over,
        Refusal::NotFound => use_texts().not_found_title,
        _ => use_texts().load_failed,
    }
}
