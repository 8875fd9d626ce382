//! `/settings`: what one says of oneself, how the page looks, its language, whom one has blocked, a password for whoever
//! has none, and the way out. Forms, so that it works without scripts; with them each choice of the looks holds at once.

use super::layout::{Failed, Pane};
use crate::api::profile::mine;
use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::components::card::BlockForm;
use crate::app::components::field::{Field, FormError, Refused, use_refused};
use crate::app::components::fold::Fold;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::language::LanguageSwitch;
use crate::app::components::person::person;
use crate::app::components::picture::picture_forms;
use crate::app::later::{Seldom, fetch_seldom, seldom};
use crate::app::loading::loaded;
use crate::app::look::{choose, look};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_lang, use_texts};
use crate::shared::limits::{ABOUT_CHARS, HANDLE_CHARS, NAME_CHARS, PASSWORD_MIN_CHARS};
use crate::shared::look::{ACCENT, CHOICES, Choice, DENSITY, THEME};
use crate::shared::receipt::Privacy;
use crate::shared::refusal::Refusal;
use crate::shared::user::{Mine, Person, Profile};
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{HtmlFormElement, HtmlInputElement};

pub fn settings_page() -> Part {
    let refused = use_refused();
    let chat = expect_context::<Chat>();
    let fetch = |_| async {
        fetch_seldom().await?;
        match mine().await {
            Ok(mine) => Ok(Some(mine)),
            // What is about this device can be chosen without a connection.
            Err(Refusal::Offline) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    };
    // Loaded anew when one has another name or picture.
    let of = move || chat.me.with(|me| me.as_ref().map_or_else(String::new, face));
    loaded(of, fetch, move |known| match known {
        Ok(mine) => seldom(Seldom::Settings {
            mine,
            refused: refused.clone(),
        }),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

fn face(me: &Person) -> String {
    let picture = me.picture.as_deref().unwrap_or_default();
    [&me.handle, "/", &me.name, "/", picture].concat()
}

/// Without what is one's own, where the server couldn't be asked.
#[component]
pub fn Settings(mine: Option<Mine>, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let account = mine.as_ref().map(|mine| mine.account.clone());
    let newcomers = account
        .as_ref()
        .filter(|account| account.owner)
        .map(|account| newcomers(account.newcomers));
    let protected = account.is_none_or(|account| account.password);
    let (own, people, discretion) = match mine {
        None => (None, None, None),
        Some(mine) => {
            let refused = refused.clone();
            let own = view! { <OwnProfile me=mine.me profile=mine.profile refused/> }.into_part();
            (Some(own), blocked(mine.blocked), Some(privacy(mine.privacy)))
        }
    };
    view! {
        <Pane title=texts.settings>
            {own}
            <Appearance/>
            <section class="settings">
                <h2>{texts.language}</h2>
                <LanguageSwitch here="/settings"/>
            </section>
            {discretion}
            {people}
            {newcomers}
            <OwnAccount protected refused/>
        </Pane>
    }
    .into_part()
}

/// What one says of oneself, and one's picture.
#[component]
fn OwnProfile(me: Person, profile: Profile, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    // Whatever was typed and refused comes back.
    let typed = refused.value("name").is_some();
    let name = refused.value("name").unwrap_or(profile.name);
    let about = refused.value("about").unwrap_or(profile.about);
    let shown = if typed {
        refused.value("zone").is_some()
    } else {
        profile.zone.is_some()
    };
    let wrong_name = refused.at("name").map(|refusal| texts.refusal(refusal));
    let is_wrong = wrong_name.is_some();
    let wrong_name =
        wrong_name.map(|wrong| view! { <p class="field__error" id="own-name-error">{wrong}</p> }.into_part());
    let remove = me.picture.is_some().then(|| "/settings/no-picture".to_owned());
    let handle = own_handle(&me, refused.clone());
    let forms = picture_forms("/settings/picture".to_owned(), remove);
    view! {
        <section class="settings">
            <h2>{texts.profile}</h2>
            <FormError refused/>
            <form class="form settings__form" method="post" action="/settings/profile">
                <div class="field">
                    <label for="own-name">{texts.aside().name}</label>
                    <input
                        id="own-name"
                        name="name"
                        type="text"
                        required
                        autocomplete="name"
                        maxlength=NAME_CHARS.to_string()
                        value=name
                        aria-invalid=is_wrong.then_some("true")
                        aria-describedby=is_wrong.then_some("own-name-error")
                    />
                    {wrong_name}
                </div>
                <div class="field">
                    <label for="own-about">{texts.aside().about}</label>
                    <input
                        id="own-about"
                        name="about"
                        type="text"
                        autocomplete="off"
                        maxlength=ABOUT_CHARS.to_string()
                        placeholder=texts.aside().about_placeholder
                        value=about
                    />
                </div>
                <label class="tick"><input type="checkbox" name="zone" value="shown" checked=shown/> {texts.aside().show_zone}</label>
                <button class="button button--main">{texts.aside().save}</button>
            </form>
            <div class="settings__picture">
                <Avatar id=me.id.0 name=me.name picture=me.picture/>
                {forms}
            </div>
            {handle}
        </section>
    }
}

/// What others may know.
fn privacy(of: Privacy) -> Part {
    let texts = use_texts().aside();
    view! {
        <section class="settings">
            <h2>{texts.privacy}</h2>
            <form class="form settings__form" method="post" action="/settings/privacy">
                <label class="tick"><input type="checkbox" name="reading" value="shown" checked=of.reading/> {texts.shows_reading}</label>
                <label class="tick"><input type="checkbox" name="presence" value="shown" checked=of.presence/> {texts.shows_presence}</label>
                <p class="field__hint">{texts.privacy_hint}</p>
                <button class="button">{texts.save}</button>
            </form>
        </section>
    }
    .into_part()
}

/// The handle that one goes by, to choose another.
fn own_handle(me: &Person, refused: Refused) -> Part {
    let seldom = use_lang().seldom();
    let now = ["@", &me.handle].concat();
    view! {
        <form class="form settings__form" method="post" action="/settings/handle">
            <Field
                name="handle"
                label=seldom.handle
                placeholder=now.clone()
                hint=(seldom.handle_hint)(&now)
                refused
                most=1 + HANDLE_CHARS.1
            />
            <button class="button" type="submit">{seldom.change_handle}</button>
        </form>
    }
    .into_part()
}

/// Whom one has blocked.
fn blocked(people: Vec<Person>) -> Option<Part> {
    let texts = use_texts();
    let line = |of: Person| {
        let path = ["/@", &of.handle].concat();
        view! {
            <li class="settings__blocked">
                <div class="person">{person(of)}</div>
                <BlockForm path blocked=true next="/settings"/>
            </li>
        }
        .into_part()
    };
    (!people.is_empty()).then(|| {
        view! {
            <section class="settings">
                <h2>{texts.aside().blocked_people}</h2>
                <ul class="settings__people">{people.into_iter().map(line).collect_view()}</ul>
            </section>
        }
        .into_part()
    })
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
            <h2>{texts.aside().appearance}</h2>
            {choice(&THEME, texts.aside().theme, &texts.themes)}
            {choice(&ACCENT, texts.aside().accent, &texts.accents)}
            {choice(&DENSITY, texts.aside().density, &texts.densities)}
            // With scripts there is nothing to save.
            <button class="button button--main settings__save">{texts.aside().save}</button>
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
                <button class="button" type="submit"><Draw icon=Icon::Leave/> {texts.aside().sign_out}</button>
            </form>
        }
        .into_part()
    } else {
        view! {
            <Fold label=texts.aside().sign_out>
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
            <h2>{texts.aside().account}</h2>
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
