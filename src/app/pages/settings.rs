//! `/settings`: how the page looks, its language, a password for whoever has none, and the way out. A form, so that it works without scripts; with
//! them each choice holds at once.

use super::layout::{Failed, Pane};
use crate::api::accounts::account;
use crate::app::chat::Chat;
use crate::app::components::field::{Field, FormError, Refused, use_refused};
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::language::LanguageSwitch;
use crate::app::components::person::person;
use crate::app::components::room_details::Fold;
use crate::app::later::{Seldom, fetch_seldom, seldom};
use crate::app::loading::loaded;
use crate::app::look::{choose, look};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_lang, use_texts};
use crate::shared::limits::PASSWORD_MIN_CHARS;
use crate::shared::look::{ACCENT, CHOICES, Choice, DENSITY, THEME};
use crate::shared::refusal::Refusal;
use crate::shared::user::Account;
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{HtmlFormElement, HtmlInputElement};

pub fn settings_page() -> Part {
    let refused = use_refused();
    let fetch = |_| async {
        fetch_seldom().await?;
        match account().await {
            Ok(account) => Ok(Some(account)),
            // What is about this device can be chosen without a connection.
            Err(Refusal::Offline) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    };
    loaded(String::new, fetch, move |known| match known {
        Ok(account) => seldom(Seldom::Settings {
            account,
            refused: refused.clone(),
        }),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

/// Without an account, where the server couldn't be asked.
#[component]
pub fn Settings(account: Option<Account>, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let newcomers = account
        .as_ref()
        .filter(|account| account.owner)
        .map(|account| newcomers(account.newcomers));
    let protected = account.is_none_or(|account| account.password);
    view! {
        <Pane title=texts.settings>
            <Appearance/>
            <section class="settings">
                <h2>{texts.language}</h2>
                <LanguageSwitch here="/settings"/>
            </section>
            {newcomers}
            <OwnAccount protected refused/>
        </Pane>
    }
    .into_part()
}

#[component]
fn Appearance() -> impl IntoView {
    let texts = use_texts();
    let changed = |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        if let Some(choice) = CHOICES.iter().find(|choice| choice.name == input.name()) {
            choose(choice, &input.value());
        }
    };
    view! {
        <form class="settings" data-later="seldom" method="post" action="/settings" on:change=changed>
            <h2>{texts.appearance}</h2>
            {choice(&THEME, texts.theme, &texts.themes)}
            {choice(&ACCENT, texts.accent, &texts.accents)}
            {choice(&DENSITY, texts.density, &texts.densities)}
            // With scripts there is nothing to save.
            <button class="button button--main settings__save">{texts.save}</button>
        </form>
    }
    .into_part()
}

/// One thing to choose, as radio buttons. `names` are those of its codes.
fn choice(of: &'static Choice, title: &'static str, names: &'static [&'static str]) -> Part {
    let chosen = look().of(of);
    let option = |(code, name): (&&'static str, &&'static str)| {
        view! {
            <label class="pick__one" data-accent=(of.name == ACCENT.name).then_some(*code)>
                <input type="radio" name=of.name value=*code checked=*code == chosen/>
                <span>{*name}</span>
            </label>
        }
    };
    view! {
        <fieldset class="pick" data-of=of.name>
            <legend>{title}</legend>
            <div class="pick__all">{of.codes.iter().zip(names).map(option).collect_view()}</div>
        </fieldset>
    }
    .into_part()
}

/// Whether a name is enough to come in by a link; for the server's owner.
fn newcomers(on: bool) -> Part {
    let seldom = use_lang().seldom();
    let (now, change, button) = if on {
        (seldom.newcomers_on, "off", seldom.turn_off)
    } else {
        (seldom.newcomers_off, "on", seldom.turn_on)
    };
    view! {
        <section class="settings">
            <h2>{seldom.newcomers}</h2>
            <p>{now}</p>
            <form method="post" action="/settings/newcomers">
                <input type="hidden" name="newcomers" value=change/>
                <button class="button" type="submit">{button}</button>
            </form>
        </section>
    }
    .into_part()
}

/// `protected`: it has a password.
#[component]
fn OwnAccount(protected: bool, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let seldom = use_lang().seldom();
    let chat = expect_context::<Chat>();
    // What is kept here for this person goes before they do.
    let sign_out = move |event: SubmitEvent| {
        event.prevent_default();
        let form: HtmlFormElement = event_target(&event);
        let forgetting = chat.forget();
        spawn_local(async move {
            forgetting.await;
            _ = form.submit();
        });
    };
    let me = chat
        .me
        .get_untracked()
        .map(|me| view! { <div class="person">{person(me)}</div> }.into_part());
    let password = (!protected).then(|| set_password(refused));
    let way_out = if protected {
        view! {
            <form method="post" action="/sign-out" on:submit=sign_out>
                <button class="button" type="submit"><Draw icon=Icon::Leave/> {texts.sign_out}</button>
            </form>
        }
        .into_part()
    } else {
        view! {
            <Fold label=texts.sign_out>
                <form class="form" method="post" action="/sign-out" on:submit=sign_out>
                    <p>{seldom.sign_out_lost}</p>
                    <button class="button button--bad" type="submit">{seldom.sign_out_anyway}</button>
                </form>
            </Fold>
        }
        .into_part()
    };
    view! {
        <section class="settings">
            <h2>{texts.account}</h2>
            {me}
            {password}
            {way_out}
        </section>
    }
    .into_part()
}

/// For an account that has none yet.
fn set_password(refused: Refused) -> Part {
    let seldom = use_lang().seldom();
    let handle = expect_context::<Chat>()
        .me
        .with_untracked(|me| me.as_ref().map(|me| me.handle.clone()));
    view! {
        <form class="form settings__password" method="post" action="/settings/password">
            <p>{use_lang().aside().set_password_lead}</p>
            <FormError refused=refused.clone()/>
            // For whatever keeps passwords.
            <input type="text" name="username" autocomplete="username" value=handle hidden readonly/>
            <Field
                name="password"
                label=seldom.new_password
                hint=(seldom.new_password_hint)(PASSWORD_MIN_CHARS)
                refused
                kind="password"
                autocomplete="new-password"
            />
            <button class="button button--main" type="submit">{seldom.set_password}</button>
        </form>
    }
    .into_part()
}
