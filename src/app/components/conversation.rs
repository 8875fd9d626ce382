//! What stands at a conversation's address: its messages and the field, the door of a room that one
//! could join, or a person whom one hasn't written to yet.

use crate::app::chat::{Chat, Open, is_live};
use crate::app::components::avatar::face;
use crate::app::components::back::Back;
use crate::app::components::card::BlockForm;
use crate::app::components::composer::Composer;
use crate::app::components::field::{FormError, Refused};
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::message_list::MessageList;
use crate::app::components::sidebar::ConnectionStrip;
use crate::app::components::title::DocumentTitle;
use crate::app::effects::{effect, redrawn};
use crate::app::later::{Later, later};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_texts, use_zone};
use crate::app::sharing::take_shared_text;
use crate::app::state::Memo;
use crate::app::trail::DETAILS;
use crate::i18n::Texts;
use crate::shared::ids::{RoomId, UserId};
use crate::shared::live::{Conversation, Page};
use crate::shared::refusal::Refusal;
use crate::shared::room::{OpenRoom, RoomEntry};
use crate::shared::user::Person;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};

/// Draws a conversation. `refused` is a form of this page that was sent without scripts.
pub fn conversation(of: Conversation, refused: Refused) -> Part {
    match of {
        Conversation::Here { entry, page } => view! { <Here entry page refused/> }.into_part(),
        Conversation::Door { room } => view! { <Door room refused/> }.into_part(),
        Conversation::New { with } => view! { <New with refused/> }.into_part(),
        Conversation::Blocked { with } => later(Later::Blocked(with)),
    }
}

/// A room that the reader is in.
#[component]
fn Here(entry: RoomEntry, page: Page, refused: Refused) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let room = entry.room.id;
    let path = entry.path();
    let live = is_live(&page);
    // Before anything is drawn.
    if live {
        follow_address(chat);
    }
    let timeline = Open::from(chat.open(&entry, page));
    let typed = typed(&refused);
    // Of two people, the side says who it is.
    let direct = entry.with.is_some().then_some("");
    leave_when_gone(chat, room);
    // A room that is closed is read only, from one moment to the next.
    let first = entry.room.closed;
    let closed = Memo::new(move || {
        chat.list
            .with(|list| {
                let entry = list.as_ref()?.get(room)?;
                Some(entry.room.closed)
            })
            .unwrap_or(first)
    });
    let action = path.clone();
    let field = move || match closed.get() {
        true => closed_note(),
        false => {
            let (action, refused) = (action.clone(), typed.clone());
            view! { <Composer action room=live.then_some(room) refused/> }.into_part()
        }
    };
    if live {
        take_shared_text(chat, room);
    }
    // Rarely anything is.
    let scheduled = Memo::new(move || {
        chat.list.with(|list| {
            list.as_ref()
                .is_some_and(|list| list.get(room).is_some_and(|entry| entry.own.scheduled > 0))
        })
    });
    let scheduled = move || scheduled.get().then(|| later(Later::ScheduledHere { room }));
    view! {
        <main class="conversation" id="content" tabindex="-1" data-direct=direct>
            <RoomHead entry/>
            <MessageList timeline live path=path.clone()/>
            {redrawn(scheduled)}
            {redrawn(field)}
        </main>
    }
    .into_part()
}

/// What stands where one would write.
fn closed_note() -> Part {
    view! { <p class="conversation__closed" role="status">{use_texts().refusals.room_closed}</p> }.into_part()
}

/// Goes to the message whose own page this is: the one that is opened, and others of the same conversation later.
fn follow_address(chat: Chat) {
    let params = use_params_map();
    let sought = Memo::new(move || params.with(|params| params.get("form")?.parse().ok()));
    chat.sought.set(sought.get_untracked());
    let mut first = true;
    effect(move || {
        let sought = sought.get();
        if !std::mem::take(&mut first)
            && let Some(position) = sought
        {
            chat.seek(position);
        }
    });
}

/// The name that a conversation has for its reader.
pub fn conversation_title(chat: Chat, entry: &RoomEntry, texts: &Texts) -> String {
    title_for(entry, texts, |id| chat.is_me(id))
}

/// The same, where there is no [`Chat`].
pub fn title_for(entry: &RoomEntry, texts: &Texts, is_me: impl Fn(UserId) -> bool) -> String {
    match &entry.with {
        Some(with) if is_me(with.id) => texts.saved.to_owned(),
        _ => match (entry.title(), entry.unnamed()) {
            // The others have gone.
            (title, _) if title.is_empty() => texts.conversation.to_owned(),
            (title, 0) => title.into_owned(),
            (title, more) => [&title, " ", &(texts.and_more)(more)].concat(),
        },
    }
}

/// The name and who is here; leads to the details.
#[component]
fn RoomHead(entry: RoomEntry) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let room = entry.room.id;
    let saved = entry.with.as_ref().is_some_and(|with| chat.is_me(with.id));
    let id = entry.with.as_ref().map_or(room.0, |with| with.id.0);
    let first = entry.clone();
    let now = Memo::new(move || {
        chat.list
            .with(|list| list.as_ref().and_then(|list| list.get(room).cloned()))
            .unwrap_or_else(|| first.clone())
    });
    let title = Signal::derive(move || now.with(|now| conversation_title(chat, now, texts)));
    let is_room = entry.with.is_none();
    let zone = use_zone();
    let presence = Memo::new(move || now.with(|now| now.presence));
    let sub = Signal::derive(move || {
        if let Some(typing) = chat.typing(room, !is_room, texts) {
            return typing;
        }
        match (&now.with(|now| now.with.clone()), presence.get()) {
            (Some(_), _) if saved => texts.saved_sub.to_owned(),
            (Some(_), Some(presence)) if presence.online => texts.online.to_owned(),
            (Some(_), Some(presence)) => {
                let (then, now) = zone.with(|zone| (zone.local(presence.seen), zone.local(chat.now.get())));
                texts.last_seen(then.day_number(), then.hour * 60 + then.minute, now.day_number())
            }
            (Some(with), None) => ["@", &with.handle].concat(),
            (None, _) => (texts.members)(now.with(|now| now.members)),
        }
    });
    let name = entry.title().into_owned();
    let picture = Signal::derive(move || now.with(|now| now.picture()));
    let details = Some([&entry.path(), DETAILS].concat());
    view! {
        <Head id=id is_room name picture title sub details/>
        // Where it isn't seen beside the list.
        <ConnectionStrip/>
    }
    .into_part()
}

/// Whose or which conversation it is.
#[component]
fn Head(
    id: i64,
    is_room: bool,
    name: String,
    picture: Signal<Option<String>>,
    title: Signal<String>,
    sub: Signal<String>,
    details: Option<String>,
) -> impl IntoView {
    let texts = use_texts();
    let saved = !is_room && expect_context::<Chat>().is_me(UserId(id));
    let names = view! {
        <h1 class="conversation__title"><bdi>{move || title.get()}</bdi></h1>
        <p class="conversation__sub">{move || sub.get()}</p>
    };
    let names = match details {
        None => view! { <div class="conversation__names">{names}</div> }.into_part(),
        Some(details) => view! {
            <a class="conversation__names" href=details title=texts.details>
                {names}
                <span class="said">{texts.details}</span>
                <Draw icon=Icon::Info/>
            </a>
        }
        .into_part(),
    };
    view! {
        <PageTitle title/>
        <header class="conversation__head">
            <Back to="/"/>
            {redrawn(move || face(saved, id, is_room, name.clone(), picture.get()))}
            {names}
        </header>
    }
    .into_part()
}

/// An open room from outside.
#[component]
fn Door(room: OpenRoom, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let title = Signal::stored(room.name.clone());
    let sub = Signal::stored((texts.members)(room.members));
    let action = ["/rooms/", &room.id.to_string(), "/join"].concat();
    view! {
        <main class="conversation" id="content" tabindex="-1">
            <Head id=room.id.0 is_room=true name=room.name picture=Signal::stored(room.picture) title sub details=None/>
            <div class="empty">
                <p>{texts.join_lead}</p>
                <FormError refused/>
                <form method="post" action=action>
                    <button class="button button--main" type="submit">{texts.join}</button>
                </form>
            </div>
        </main>
    }
    .into_part()
}

/// A person with whom nothing has begun. The first message makes the room, so the form posts by
/// itself and comes back to a conversation.
#[component]
fn New(with: Person, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let saved = chat.is_me(with.id);
    let title = Signal::stored(if saved {
        texts.saved.to_owned()
    } else {
        with.name.clone()
    });
    let lead = if saved {
        texts.saved_empty.to_owned()
    } else {
        (texts.say_hello)(&with.name)
    };
    let sub = if saved {
        texts.saved_sub
    } else {
        texts.say_hello_lead
    };
    let handle = ["@", &with.handle].concat();
    let action = ["/", &handle].concat();
    view! {
        <main class="conversation" id="content" tabindex="-1">
            <Head id=with.id.0 is_room=false name=with.name picture=Signal::stored(with.picture) title sub=Signal::stored(handle.clone()) details=Some([&action, DETAILS].concat())/>
            <div class="empty">
                <p>{lead}</p>
                <p>{sub}</p>
            </div>
            <Composer action room=None refused=typed(&refused)/>
        </main>
    }
    .into_part()
}

/// A person of whom the reader wants to hear nothing.
#[component]
pub fn Blocked(with: Person) -> impl IntoView {
    let texts = use_texts();
    let lead = (texts.you_blocked)(&with.name);
    let handle = ["@", &with.handle].concat();
    let path = ["/", &handle].concat();
    let details = Some([&path, DETAILS].concat());
    view! {
        <main class="conversation" id="content" tabindex="-1" data-later>
            <Head
                id=with.id.0
                is_room=false
                name=with.name.clone()
                picture=Signal::stored(with.picture)
                title=Signal::stored(with.name)
                sub=Signal::stored(handle)
                details
            />
            <div class="empty">
                <p>{lead}</p>
                <p>{texts.you_blocked_lead}</p>
                <BlockForm path blocked=true/>
            </div>
        </main>
    }
    .into_part()
}

/// "(3) Anna": what is unread, and where one is. The name of the house follows by itself.
#[component]
pub fn PageTitle(#[prop(into)] title: Signal<String>) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let text = move || match chat.unread() {
        0 => title.get(),
        unread => ["(", &unread.to_string(), ") ", &title.get()].concat(),
    };
    view! { <DocumentTitle title=Signal::derive(text)/> }
}

/// The message that was sent without scripts and refused, with why.
fn typed(refused: &Refused) -> Option<(String, Refusal)> {
    Some((refused.value("text")?, refused.elsewhere()?.clone()))
}

/// Somebody who is no longer in the room has nothing to see here. Where the other person goes by another handle, so does
/// the page.
fn leave_when_gone(chat: Chat, room: RoomId) {
    let navigate = use_navigate();
    let path = Memo::new(move || {
        chat.list
            .with(|list| list.as_ref()?.get(room).map(RoomEntry::path))
    });
    let mut before = None;
    effect(move || {
        let path = path.get();
        let elsewhere = before.is_some() && before != path;
        before = path;
        if elsewhere {
            let in_its_place = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(before.as_deref().unwrap_or("/"), in_its_place);
        }
    });
}
