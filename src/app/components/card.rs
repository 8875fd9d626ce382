//! A person's card: what they say of themselves, where one meets them, and blocking them.

use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::shared::room::Common;
use crate::shared::user::Card;
use crate::shared::zone::Zone;
use leptos::prelude::*;

/// The card of the other person of a direct conversation; of oneself in one's own.
pub fn card(of: Card) -> Part {
    let texts = use_texts();
    let saved = expect_context::<Chat>().is_me(of.person.id);
    let lead = saved.then(|| view! { <p>{texts.saved_empty}</p> }.into_part());
    let about = (!of.about.is_empty())
        .then(|| view! { <p class="details__about" dir="auto">{of.about.clone()}</p> }.into_part());
    let time = of.zone.as_deref().and_then(Zone::parse).map(local_time);
    let handle = ["@", &of.person.handle].concat();
    let path = ["/", &handle].concat();
    let more = (!saved).then(|| {
        view! {
            {common(of.common)}
            <div class="details__do">
                <a class="button button--main" href=path.clone()>{texts.write}</a>
                <BlockForm path blocked=of.blocked/>
            </div>
        }
        .into_part()
    });
    view! {
        <div class="details__who">
            <Avatar id=of.person.id.0 name=of.person.name.clone() picture=of.person.picture/>
            <strong><bdi>{of.person.name}</bdi></strong>
            <span>{handle}</span>
            {time}
            {about}
            {lead}
        </div>
        {more}
    }
    .into_part()
}

/// What time it is for them.
fn local_time(zone: Zone) -> Part {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let time = move || {
        let local = zone.local(chat.now.get());
        (texts.aside().local_time)(&texts.clock(local.hour * 60 + local.minute))
    };
    view! { <span>{time}</span> }.into_part()
}

fn common(rooms: Vec<Common>) -> Option<Part> {
    let texts = use_texts();
    let line = |room: Common| {
        let path = ["/rooms/", &room.id.to_string()].concat();
        view! {
            <li>
                <a class="person" href=path>
                    <Avatar id=room.id.0 name=room.name.clone() room=true/>
                    <bdi class="person__name person__name--alone">{room.name}</bdi>
                </a>
            </li>
        }
        .into_part()
    };
    (!rooms.is_empty()).then(|| {
        view! {
            <section>
                <h3>{texts.aside().common_rooms}</h3>
                <ul class="people">{rooms.into_iter().map(line).collect_view()}</ul>
            </section>
        }
        .into_part()
    })
}

/// Blocks the person at a path, or ends that.
#[component]
pub fn BlockForm(
    path: String,
    blocked: bool,
    /// Where to go then; the conversation's page, if nothing is said.
    #[prop(optional)]
    next: &'static str,
) -> impl IntoView {
    let texts = use_texts();
    let (verb, label, class) = match blocked {
        false => ("/block", texts.aside().block, "button button--bad"),
        true => ("/unblock", texts.aside().unblock, "button"),
    };
    view! {
        <form method="post" action=[&path, verb].concat()>
            <input type="hidden" name="next" value=next/>
            <button class=class>{label}</button>
        </form>
    }
}
