//! The field at the side that finds people and rooms. Without scripts it is a form to `/find`; with them it
//! answers while one types.

use crate::app::chat::Chat;
use crate::app::components::search::{Choice, Search, Way, choices, search_box};
use crate::app::reader::use_texts;
use crate::app::state::Memo;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Finder() -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let search = Search::new("finder");
    let found = Memo::new(move || {
        if search.query.with(String::is_empty) {
            Vec::new()
        } else {
            choices(chat, search, texts)
        }
    });
    let navigate = use_navigate();
    let choose = move |choice: Choice| {
        if let Some(field) = search.field.get_untracked() {
            _ = field.blur();
        }
        search.clear();
        if let Way::Path(path) = choice.way {
            navigate(&path, NavigateOptions::default());
        }
    };
    search_box(search, found, false, texts.finder_placeholder, choose)
}
