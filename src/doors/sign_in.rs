//! `/sign-in`

use super::door_path;
use super::texts::use_door_texts;
use crate::app::components::field::{Field, FormError, Refused};
use leptos::prelude::*;

#[component]
pub fn SignIn(refused: Refused, next: Option<String>) -> impl IntoView {
    let texts = use_door_texts();
    view! {
        <h1>{texts.sign_in_title}</h1>
        <form class="form" method="post" action="/sign-in">
            <FormError refused=refused.clone()/>
            <Field name="handle" label=texts.handle refused=refused.clone() autocomplete="username" first=true/>
            <Field name="password" label=texts.password refused kind="password" autocomplete="current-password"/>
            <input type="hidden" name="next" value=next.clone()/>
            <button class="button button--main">{texts.sign_in}</button>
        </form>
        <p class="door__aside">
            {texts.no_account_yet} " "
            <a href=door_path("/sign-up", next.as_deref())>{texts.sign_up}</a>
        </p>
    }
}
