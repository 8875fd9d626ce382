//! The document's title.

use crate::app::effects::effect;
use crate::app::reader::use_texts;
use leptos::prelude::*;
use leptos_meta::Title;

/// What stands in the tab: the page's name, and that of the house.
#[component]
pub fn DocumentTitle(#[prop(into)] title: Signal<String>) -> impl IntoView {
    let texts = use_texts();
    let whole = move || whole(title.get(), texts.app);
    // A browser does without the library's way, which is 2 KB to load.
    if cfg!(feature = "ssr") {
        // It is read last, when the page's signals may be gone: so it is text.
        drop(view! { <Title text=whole()/> });
    } else {
        effect(move || document().set_title(&whole()));
    }
}

/// The server writes a title as it is, unescaped, and the browser sets it as text: a name with `<` in it
/// would end the element there. The two have to agree, so it gets another sign.
fn whole(title: String, app: &str) -> String {
    if title.is_empty() {
        app.to_owned()
    } else {
        [&title.replace('<', "‹"), " · ", app].concat()
    }
}
