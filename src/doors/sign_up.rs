//! `/sign-up`

use super::door_path;
use super::texts::use_door_texts;
use crate::app::components::field::{Field, FormError, Refused};
use crate::shared::limits::{NAME_CHARS, PASSWORD_MIN_CHARS};
use leptos::prelude::*;

#[component]
pub fn SignUp(refused: Refused, next: Option<String>) -> impl IntoView {
    let texts = use_door_texts();
    view! {
        <h1>{texts.sign_up_title}</h1>
        <p class="door__lead">{texts.sign_up_lead}</p>
        <form class="form" method="post" action="/sign-up">
            <AccountFields refused/>
            <input type="hidden" name="next" value=next.clone()/>
            <button class="button button--main">{texts.sign_up}</button>
        </form>
        <p class="door__aside">
            {texts.have_account} " "
            <a href=door_path("/sign-in", next.as_deref())>{texts.sign_in}</a>
        </p>
    }
}

/// What an account is made of.
#[component]
pub fn AccountFields(refused: Refused) -> impl IntoView {
    let texts = use_door_texts();
    view! {
        <FormError refused=refused.clone()/>
        <Field
            name="name"
            label=texts.your_name
            hint=texts.your_name_hint
            refused=refused.clone()
            autocomplete="name"
            most=NAME_CHARS
            first=true
        />
        <Field
            name="handle"
            label=texts.handle
            hint=texts.handle_hint
            refused=refused.clone()
            autocomplete="username"
        />
        <Field
            name="password"
            label=texts.password
            hint=(texts.password_hint)(PASSWORD_MIN_CHARS)
            refused
            kind="password"
            autocomplete="new-password"
        />
    }
}
