//! Texts that a browser loads by themselves. Those of the first language are in the program; every other one has a
//! file of its own, so a further language makes nobody's page heavier but its readers'.

use super::{Lang, Texts, en, ru};
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// Everything that the page says in this language, in a browser; nothing if it couldn't be loaded.
pub async fn load(lang: Lang) -> Option<&'static Texts> {
    match lang {
        Lang::Ru => Some(&ru::TEXTS),
        Lang::En => english().await.ok(),
    }
}

#[wasm_split(english, wasm_split_path = ::leptos::wasm_split, fallible)]
fn english() -> Result<&'static Texts, SplitLoaderError> {
    Ok(&en::TEXTS)
}
