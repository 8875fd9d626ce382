//! `/sign-up`

use crate::app::components::door::{Door, door_path, use_next};
use crate::app::components::field::{Field, FormError, Refused, use_refused};
use crate::app::reader::use_texts;
use crate::shared::limits::{NAME_CHARS, PASSWORD_MIN_CHARS};
use leptos::prelude::*;

#[component]
pub fn SignUpPage() -> impl IntoView {
    let texts = use_texts();
    let refused = use_refused();
    let next = use_next(refused.value("next"));
    view! {
        <Door title=texts.sign_up_title lead=texts.sign_up_lead name=texts.sign_up>
            <form class="form" method="post" action="/sign-up">
                <AccountFields refused/>
                <input type="hidden" name="next" value=next.clone()/>
                <button class="button button--main">{texts.sign_up}</button>
            </form>
            <p class="door__aside">
                {texts.have_account} " "
                <a href=door_path("/sign-in", next.as_deref())>{texts.sign_in}</a>
            </p>
        </Door>
    }
}

/// What an account is made of.
#[component]
pub fn AccountFields(refused: Refused) -> impl IntoView {
    let texts = use_texts();
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
