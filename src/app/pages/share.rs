//! `/share?title=…&text=…&url=…`: something was shared with the installed messenger. It asks where to; the one who
//! shares sends it, from there, with `?text=…` in the field.

use super::layout::{Failed, Pane};
use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::components::conversation::conversation_title;
use crate::app::loading::after;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::sharing::{together, value};
use crate::shared::room::RoomEntry;
use leptos::prelude::*;

pub fn share_page() -> Part {
    let text = together(["title", "text", "url"].map(|name| value(name).unwrap_or_default()));
    after(move |known| match known {
        Ok(()) => view! { <Share text=text.clone()/> }.into_part(),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

/// A form that is sent to the conversation's page: so the text stands here once, and nothing has to run.
#[component]
fn Share(text: String) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let rooms = chat.list.with_untracked(|list| {
        let ordered = list.iter().flat_map(|list| list.ordered());
        ordered.cloned().collect::<Vec<_>>()
    });
    let area = view! { <textarea class="share__text" name="text" rows="4" aria-label=texts.aside().share_text></textarea> };
    // An absent or empty child would be drawn as a mark for hydration, and in a field that is text.
    let area = if text.is_empty() {
        area.into_part()
    } else {
        area.into_inner().child(text).into_part()
    };
    view! {
        <Pane title=texts.share_title>
            <form class="share" method="get" action="/share">
                {area}
                <p class="field__hint">{texts.aside().share_lead}</p>
                <ul class="cards">
                    <Notes/>
                    {rooms.into_iter().filter(|entry| !is_notes(chat, entry)).map(choice).collect_view()}
                </ul>
            </form>
        </Pane>
    }
}

/// One's own conversation, also before it has begun.
#[component]
fn Notes() -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    chat.me.get_untracked().map(|me| {
        let handle = ["@", &me.handle].concat();
        let path = ["/", &handle].concat();
        card(
            me.id.0,
            me.name,
            false,
            texts.saved.to_owned(),
            texts.saved_sub.to_owned(),
            path,
        )
    })
}

fn is_notes(chat: Chat, entry: &RoomEntry) -> bool {
    entry.with.as_ref().is_some_and(|with| chat.is_me(with.id))
}

fn choice(entry: RoomEntry) -> Part {
    let texts = use_texts();
    let (path, name) = (entry.path(), entry.title().into_owned());
    let title = conversation_title(expect_context(), &entry, texts);
    match entry.with {
        Some(with) => {
            let sub = ["@", &with.handle].concat();
            card(with.id.0, name, false, title, sub, path)
        }
        None => {
            let sub = (texts.members)(entry.members);
            card(entry.room.id.0, name, true, title, sub, path)
        }
    }
}

fn card(id: i64, name: String, room: bool, title: String, sub: String, path: String) -> Part {
    view! {
        <li class="card">
            <Avatar id=id name=name room=room/>
            <button class="card__text" formaction=path>
                <strong>{title}</strong>
                <small>{sub}</small>
            </button>
        </li>
    }
    .into_part()
}
