//! What says that the server has another version of this page's program.

use crate::app::chat::Chat;
use crate::app::effects::redrawn;
use crate::app::part::IntoPart;
use crate::app::reader::use_texts;
use leptos::prelude::*;

/// A quiet button. The page never loads itself anew while somebody is at it; pressing this does, and so does the
/// next link that is followed (`browser::update`). What is typed and what waits to be sent is kept.
#[component]
pub fn NewVersion() -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    redrawn(move || {
        chat.outdated.get().then(|| {
            let reload = |_| _ = window().location().reload();
            view! { <button class="update" type="button" on:click=reload>{texts.new_version}</button> }
                .into_part()
        })
    })
}
