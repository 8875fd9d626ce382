//! The switch of languages.

use crate::app::part::IntoPart;
use crate::app::reader::{use_lang, use_texts};
use crate::i18n::Lang;
use leptos::prelude::*;

/// A form, so that it works without scripts; the answer is this page in the other language.
#[component]
pub fn LanguageSwitch(
    /// The path and query of this page.
    #[prop(into)]
    here: String,
) -> impl IntoView {
    let texts = use_texts();
    let current = use_lang();
    let option = |lang: Lang| {
        view! {
            <button
                name="lang"
                value=lang.code()
                lang=lang.code()
                aria-pressed=if lang == current { "true" } else { "false" }
            >
                {lang.name()}
            </button>
        }
        .into_part()
    };
    view! {
        <form class="language" method="post" action="/language" aria-label=texts.language>
            <input type="hidden" name="next" value=here/>
            {Lang::ALL.map(option).into_iter().collect_view()}
        </form>
    }
}
