//! The mark of the house.

use leptos::prelude::*;

/// Two speech bubbles, one behind the other. Decoration: the name stands beside it.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="logo__ground" width="32" height="32" rx="9"/>
            <path class="logo__back" d="M13 8h9a4 4 0 0 1 4 4v5a4 4 0 0 1-2 3.5V24l-4-3"/>
            <path class="logo__front" d="M10 10h8a4 4 0 0 1 4 4v4a4 4 0 0 1-4 4h-5l-4.4 3.3a.4.4 0 0 1-.6-.3V22a4 4 0 0 1-2-3.5V14a4 4 0 0 1 4-4Z"/>
        </svg>
    }
}
