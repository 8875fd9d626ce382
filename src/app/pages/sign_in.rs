//! `/sign-in`

use crate::app::components::door::{Door, door_path, use_next};
use crate::app::components::field::{Field, FormError, use_refused};
use crate::app::reader::use_texts;
use leptos::prelude::*;

#[component]
pub fn SignInPage() -> impl IntoView {
    let texts = use_texts();
    let refused = use_refused();
    let next = use_next(refused.value("next"));
    view! {
        <Door title=texts.sign_in_title name=texts.sign_in>
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
        </Door>
    }
}
