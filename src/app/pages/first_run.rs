//! `/first-run`: the first account and the first room.

use super::sign_up::AccountFields;
use crate::app::components::door::Door;
use crate::app::components::field::use_refused;
use crate::app::reader::use_texts;
use leptos::prelude::*;

#[component]
pub fn FirstRunPage() -> impl IntoView {
    let texts = use_texts();
    let refused = use_refused();
    view! {
        <Door title=texts.first_run_title lead=texts.first_run_lead name=texts.first_run_title>
            <form class="form" method="post" action="/first-run">
                <AccountFields refused/>
                <button class="button button--main">{texts.first_run_submit}</button>
            </form>
        </Door>
    }
}
