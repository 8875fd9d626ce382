//! `/first-run`: the first account and the first room.

use super::sign_up::AccountFields;
use super::texts::use_door_texts;
use crate::app::components::field::Refused;
use leptos::prelude::*;

#[component]
pub fn FirstRun(refused: Refused) -> impl IntoView {
    let texts = use_door_texts();
    view! {
        <h1>{texts.first_run_title}</h1>
        <p class="door__lead">{texts.first_run_lead}</p>
        <form class="form" method="post" action="/first-run">
            <AccountFields refused/>
            <button class="button button--main">{texts.first_run_submit}</button>
        </form>
    }
}
