//! The switch of languages.

use crate::app::reader::{use_lang, use_texts};
use crate::i18n::Lang;
use leptos::prelude::*;

/// A form, so that it works without scripts; the answer is this page in the other language.
#[component]
pub fn LanguageSwitch(
    /// The path and query of this page.
    #[prop(into)]
    here: TextProp,
    /// Codes instead of names, where there is little room.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let texts = use_texts();
    let current = use_lang();
    let option = |lang: Lang| {
        view! {
            <button
                name="lang"
                value=lang.code()
                lang=lang.code()
                aria-label=lang.name()
                title=lang.name()
                aria-pressed=if lang == current { "true" } else { "false" }
            >
                {if short { lang.code() } else { lang.name() }}
            </button>
        }
        .into_any()
    };
    view! {
        <form class="language" class=("language--short", short) method="post" action="/language" aria-label=texts.language>
            <input type="hidden" name="next" value=move || here.get()/>
            {Lang::ALL.map(option).into_iter().collect_view()}
        </form>
    }
}
