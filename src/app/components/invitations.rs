//! Links that lead into a room, on its page.

use crate::app::chat::Chat;
use crate::app::components::fold::Fold;
use crate::app::components::room_details::{Page, role};
use crate::app::effects::redrawn;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_lang, use_texts, use_zone};
use crate::app::rows::{Key, rows};
use crate::app::state::RwSignal;
use crate::shared::invitation::{HOURS, Invitation, Picture, USES};
use crate::shared::room::Role;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlDocument, HtmlInputElement};

/// The links that lead here, for those who may make some.
pub(super) fn links(page: Page) -> Part {
    let role = role(page);
    redrawn(move || (role.get() > Role::Member).then(|| view! { <Links page/> }.into_part()))
}

#[component]
fn Links(page: Page) -> impl IntoView {
    let seldom = use_lang().seldom();
    // The beginning of its 128 random bits is as good as a name for it.
    let key = |token: &str| i64::from_str_radix(token.get(..15).unwrap_or_default(), 16).unwrap_or_default();
    let keys = move || {
        page.about.with(|about| {
            let key = |one: &Invitation| (0, key(&one.token), one.uses_left.map_or(-1, i64::from));
            about.invitations.iter().map(key).collect::<Vec<Key>>()
        })
    };
    let drawn = move |(_, wanted, _)| {
        let found = page.about.with_untracked(|about| {
            let mut all = about.invitations.iter();
            all.find(|one| key(&one.token) == wanted).cloned()
        });
        found.map(|of| invitation(page, of)).into_part()
    };
    view! {
        <section>
            <h3>{seldom.invitations}</h3>
            <ul class="invitations">{rows(keys, drawn)}</ul>
            {page.note(&["revoke"])}
            <NewInvitation page/>
        </section>
    }
    .into_part()
}

/// One of them: the address itself, for how long and how many it is good, its picture, and the way to end it.
fn invitation(page: Page, of: Invitation) -> Part {
    let texts = use_texts();
    let seldom = use_lang().seldom();
    let zone = use_zone();
    let chat = expect_context::<Chat>();
    let expires_at = of.expires_at;
    let until = move || match expires_at {
        None => seldom.invitation_for_ever.to_owned(),
        Some(at) => zone.with(|zone| {
            let (then, now) = (zone.local(at), zone.local(chat.now.get()));
            let clock = texts.clock(then.hour * 60 + then.minute);
            match then.day_number() {
                day if day == now.day_number() => (seldom.invitation_until)(&clock),
                day => (seldom.invitation_until)(
                    &[&texts.day_heading(day, now.day_number()), ", ", &clock].concat(),
                ),
            }
        }),
    };
    let uses = (seldom.invitation_uses_left)(of.uses_left);
    let picture = of
        .picture
        .map(|picture| view! { <Fold label=seldom.invitation_picture>{drawn(picture)}</Fold> }.into_part());
    view! {
        <li class="invitation">
            <Link link=of.link/>
            <p class="invitation__good">{move || until()} " · " {uses}</p>
            <div class="invitation__more">
                {picture}
                <form method="post" action=page.action("revoke")>
                    <input type="hidden" name="token" value=of.token/>
                    <button class="button button--bad" type="submit">{seldom.revoke}</button>
                </form>
            </div>
        </li>
    }
    .into_part()
}

/// The address, to be taken along.
#[component]
fn Link(link: String) -> impl IntoView {
    let seldom = use_lang().seldom();
    let field = NodeRef::<leptos::html::Input>::new();
    let copied = RwSignal::new(false);
    // The older way to copy works without TLS too.
    let copy = move |_| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        HtmlInputElement::select(&field);
        let document = document();
        let done = document
            .dyn_ref::<HtmlDocument>()
            .map(|document| document.exec_command("copy"));
        copied.set(matches!(done, Some(Ok(true))));
    };
    view! {
        <div class="form form--line">
            <input class="invitation__link" type="text" readonly value=link aria-label=seldom.invitation_link node_ref=field/>
            <button class="button with-scripts" type="button" on:click=copy>{seldom.copy}</button>
        </div>
        <p class="field__hint" role="status">{move || if copied.get() { seldom.copied } else { "" }}</p>
    }
    .into_part()
}

fn drawn(picture: Picture) -> Part {
    let seldom = use_lang().seldom();
    let size = picture.size.to_string();
    view! {
        <svg class="qr" role="img" aria-label=seldom.invitation_picture viewBox=["0 0 ", &size, " ", &size].concat()>
            <path d=picture.path/>
        </svg>
    }
    .into_part()
}

/// The form that makes one.
#[component]
fn NewInvitation(page: Page) -> impl IntoView {
    let seldom = use_lang().seldom();
    view! {
        <Fold label=seldom.invite>
            <form class="form" method="post" action=page.action("invite")>
                {choice("hours", seldom.invitation_hours, &HOURS, &seldom.hours, 2)}
                {choice("uses", seldom.invitation_uses, &USES, &seldom.uses, 3)}
                {page.note(&["invite"])}
                <button class="button button--main" type="submit">{seldom.make_invitation}</button>
            </form>
        </Fold>
    }
    .into_part()
}

/// Radio buttons for numbers; `first` is the one that is chosen at first.
fn choice(
    name: &'static str,
    title: &'static str,
    numbers: &'static [u32],
    names: &'static [&'static str],
    first: usize,
) -> Part {
    let one = |(index, (number, label)): (usize, (&u32, &&'static str))| {
        view! {
            <label class="pick__one">
                <input type="radio" name=name value=number.to_string() checked=index == first/>
                <span>{*label}</span>
            </label>
        }
        .into_part()
    };
    view! {
        <fieldset class="pick">
            <legend>{title}</legend>
            <div class="pick__all">{numbers.iter().zip(names).enumerate().map(one).collect_view()}</div>
        </fieldset>
    }
    .into_part()
}
