//! Who is in a room, and what can be done about each of them; part of the room's page.

use crate::app::chat::Chat;
use crate::app::components::field::Refused;
use crate::app::components::fold::Fold;
use crate::app::components::person::person;
use crate::app::components::room_details::Page;
use crate::app::effects::redrawn;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_lang, use_texts};
use crate::app::rows::{Key, rows};
use crate::app::state::Memo;
use crate::shared::ids::UserId;
use crate::shared::room::{Role, Seat};
use leptos::prelude::*;

/// Everyone with a seat, and the field that gives another one.
pub(super) fn who_is_there(page: Page, typed: Refused) -> Part {
    let texts = use_texts();
    let members = move || (texts.members)(page.about.with(|about| about.members));
    let more = Memo::new(move || {
        page.about
            .with(|about| about.members.saturating_sub(about.people.len() as u32))
    });
    let more = move || {
        let more = Some(more.get()).filter(|more| *more > 0)?;
        Some(view! { <p class="details__more">{(texts.and_more)(more)}</p> }.into_part())
    };
    // Who is something else by now, or may be spoken to otherwise, is another row.
    let keys = move || {
        page.about.with(|about| {
            let key = |seat: &Seat| (seat.role as u8, seat.person.id.0, about.role as i64);
            about.people.iter().map(key).collect::<Vec<Key>>()
        })
    };
    view! {
        <section>
            <h3>{move || members()}</h3>
            <ul class="people">{rows(keys, move |(_, user, _)| seat(page, UserId(user)))}</ul>
            {redrawn(more)}
            {page.note(&["roles", "remove"])}
            {add_person(page, typed)}
        </section>
    }
    .into_part()
}

fn seat(page: Page, user: UserId) -> Part {
    let seldom = use_lang().seldom();
    let found = page.about.with_untracked(|about| {
        let seat = about.people.iter().find(|seat| seat.person.id == user)?;
        Some((seat.clone(), about.role))
    });
    let Some((Seat { person: of, role }, mine)) = found else {
        return ().into_part();
    };
    let path = ["/@", &of.handle].concat();
    let name = of.name.clone();
    let known_as = (role > Role::Member)
        .then(|| view! { <span class="seat__role">{seldom.roles[role as usize]}</span> }.into_part());
    let may = mine == Role::Owner || mine > role;
    let to_do = (may && mine > Role::Member && !expect_context::<Chat>().is_me(user))
        .then(|| to_do(page, user, name, role, mine));
    view! {
        <li class="seat">
            <a class="person" href=path>{person(of)}</a>
            {known_as}
            {to_do}
        </li>
    }
    .into_part()
}

/// What can be done about somebody.
fn to_do(page: Page, user: UserId, name: String, role: Role, mine: Role) -> Part {
    let seldom = use_lang().seldom();
    let appoint = |(to, code): (Role, &'static str)| {
        view! {
            <form method="post" action=page.action("roles")>
                <input type="hidden" name="user" value=user.to_string()/>
                <input type="hidden" name="role" value=code/>
                <button class="button" type="submit">{seldom.make_role[to as usize]}</button>
            </form>
        }
        .into_part()
    };
    let roles = [
        (Role::Owner, "owner"),
        (Role::Moderator, "moderator"),
        (Role::Member, "member"),
    ];
    let appointing = roles
        .into_iter()
        .filter(|(to, _)| mine == Role::Owner && *to != role)
        .map(appoint)
        .collect_view();
    let sure = (seldom.remove_sure)(&name);
    let remove = (mine > role).then(|| {
        view! {
            <Fold label=seldom.remove bad=true>
                <form class="form" method="post" action=page.action("remove")>
                    <p>{sure}</p>
                    <input type="hidden" name="user" value=user.to_string()/>
                    <button class="button button--bad" type="submit">{seldom.remove_now}</button>
                </form>
            </Fold>
        }
        .into_part()
    });
    let label = (seldom.member_actions)(&name);
    view! {
        <details class="more">
            <summary class="icon-button" aria-label=label.clone() title=label>"⋯"</summary>
            <div class="more__body">{appointing} {remove}</div>
        </details>
    }
    .into_part()
}

fn add_person(page: Page, typed: Refused) -> Part {
    let texts = use_texts();
    let was_refused = move || {
        page.refused
            .with(|refused| refused.as_ref().is_some_and(|(end, _)| end == "members"))
    };
    view! {
        <form class="form add-person" method="post" action=page.action("members")>
            <label for="add-person">{texts.aside().add_person}</label>
            <div class="form--line">
                <input
                    id="add-person"
                    name="handle"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder=texts.aside().add_person_handle
                    value=typed.value("handle")
                    aria-invalid=move || was_refused().then_some("true")
                    aria-describedby=move || was_refused().then_some("add-person-error")
                />
                <button class="button" type="submit">{texts.aside().add}</button>
            </div>
            <div id="add-person-error">{page.note(&["members"])}</div>
        </form>
    }
    .into_part()
}
