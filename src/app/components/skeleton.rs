//! What stands where a page will be, once it is long in coming.

use crate::app::effects::redrawn;
use crate::app::part::IntoPart;
use crate::app::state::RwSignal;
use leptos::prelude::*;

/// The style sheet shows it after 300 ms: most pages are here before anybody could notice.
#[component]
pub fn Skeleton(leaving: RwSignal<bool>) -> impl IntoView {
    redrawn(move || {
        leaving.get().then(|| {
            view! { <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i><i></i></div> }
                .into_part()
        })
    })
}
