//! `/settings`: how the page looks, its language, and the way out. A form, so that it works without scripts; with
//! them each choice holds at once.

use super::layout::{Failed, Pane};
use crate::app::chat::Chat;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::language::LanguageSwitch;
use crate::app::components::person::person;
use crate::app::loading::after;
use crate::app::look::{choose, look};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::shared::look::{ACCENT, CHOICES, Choice, DENSITY, THEME};
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{HtmlFormElement, HtmlInputElement};

pub fn settings_page() -> Part {
    after(|known| match known {
        Ok(()) => view! { <Settings/> }.into_part(),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

#[component]
fn Settings() -> impl IntoView {
    let texts = use_texts();
    view! {
        <Pane title=texts.settings>
            <Appearance/>
            <section class="settings">
                <h2>{texts.language}</h2>
                <LanguageSwitch here="/settings"/>
            </section>
            <Account/>
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
        <form class="settings" method="post" action="/settings" on:change=changed>
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

#[component]
fn Account() -> impl IntoView {
    let texts = use_texts();
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
    view! {
        <section class="settings">
            <h2>{texts.account}</h2>
            {me}
            <form method="post" action="/sign-out" on:submit=sign_out>
                <button class="button" type="submit"><Draw icon=Icon::Leave/> {texts.sign_out}</button>
            </form>
        </section>
    }
    .into_part()
}
