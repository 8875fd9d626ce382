//! `/`: the list alone on a narrow screen; on a wide one, beside it, an invitation to choose.

use super::layout::Failed;
use crate::app::chat::Chat;
use crate::app::components::conversation::PageTitle;
use crate::app::components::logo::Logo;
use crate::app::effects::effect;
use crate::app::loading::after;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::shared::query;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

pub fn home_page() -> Part {
    let chat = expect_context::<Chat>();
    effect(move || chat.close());
    go_on();
    after(|known| match known {
        Ok(()) => view! { <Home/> }.into_part(),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

/// Without a connection every address brings this page, which goes on to where one wanted to be.
fn go_on() {
    let to = use_location()
        .search
        .with_untracked(|search| query::value(search, "to"));
    // A path of ours and nothing else: no link leads elsewhere through us.
    let strange = |c: char| c == '\\' || c.is_ascii_control();
    let to = to.filter(|to| to.starts_with('/') && !to.starts_with("//") && !to.contains(strange));
    let navigate = use_navigate();
    effect(move || {
        if let Some(to) = &to {
            let in_its_place = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(to, in_its_place);
        }
    });
}

#[component]
fn Home() -> impl IntoView {
    let texts = use_texts();
    view! {
        <PageTitle title=texts.conversations/>
        <main class="conversation" id="content" tabindex="-1">
            <div class="empty">
                <Logo/>
                <h1>{texts.choose_conversation}</h1>
                <p>{texts.choose_conversation_lead}</p>
            </div>
        </main>
    }
}
