//! What is behind a second step.

use crate::app::part::{Content, IntoPart};
use leptos::prelude::*;

/// A second step: what is in it is seen once it is asked for.
#[component]
pub fn Fold(
    label: &'static str,
    #[prop(optional)] open: bool,
    /// It ends something.
    #[prop(optional)]
    bad: bool,
    children: Content,
) -> impl IntoView {
    view! {
        <details class="fold" class=("fold--bad", bad) open=open>
            <summary class="button" class=("button--bad", bad)>{label}</summary>
            <div class="fold__body">{children.draw()}</div>
        </details>
    }
    .into_part()
}
