//! The page's own way back.

use crate::app::components::icon::{Draw, Icon};
use crate::app::part::IntoPart;
use crate::app::reader::use_texts;
use crate::app::trail::use_way_up;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// A link to the page above this one. It is the browser's own way back where that leads there, so that going
/// up and down doesn't pile up pages behind the reader.
#[component]
pub fn Back(
    #[prop(into)] to: Signal<String>,
    /// It closes what stands beside something else.
    #[prop(optional)]
    closes: bool,
) -> impl IntoView {
    let texts = use_texts();
    let up = use_way_up(move || to.get_untracked());
    let go = move |event: MouseEvent| {
        let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key();
        if !elsewhere {
            event.prevent_default();
            up();
        }
    };
    let (class, label, icon) = if closes {
        ("icon-button", texts.close, Icon::Close)
    } else {
        ("back", texts.back, Icon::Back)
    };
    view! {
        <a class=class href=move || to.get() aria-label=label title=label on:click=go><Draw icon/></a>
    }
    .into_part()
}
