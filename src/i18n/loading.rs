//! Texts that a browser loads by themselves. Those of the first language are in the program; every other one has a
//! file of its own, so a further language makes nobody's page heavier but its readers'.

use super::{Lang, Texts, en, ru};

/// Everything that the page says in this language, in a browser; nothing if it couldn't be loaded.
pub async fn load(lang: Lang) -> Option<&'static Texts> {
    match lang {
        Lang::Ru => Some(&ru::TEXTS),
        Lang::En => english().await.ok(),
    }
}

chunk! {
    english,
    fn english() -> &'static Texts {
        &en::TEXTS
    }
}
