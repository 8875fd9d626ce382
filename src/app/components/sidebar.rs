//! The list at the side: the search, the reader's conversations, the newest on top, and the reader.

use crate::app::chat::{Chat, Connection};
use crate::app::components::avatar::face as draw_face;
use crate::app::components::conversation::conversation_title;
use crate::app::components::finder::Finder;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::message::tick;
use crate::app::components::own::Menus;
use crate::app::components::person::person;
use crate::app::components::update::NewVersion;
use crate::app::effects::redrawn;
use crate::app::later::{Later, later};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_texts, use_zone};
use crate::app::rows::{Key, rows};
use crate::app::state::Memo;
use crate::app::trail::conversation_at;
use crate::shared::ids::RoomId;
use crate::shared::limits::UNREAD_CAP;
use crate::shared::own::Own;
use crate::shared::room::RoomEntry;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Sidebar() -> impl IntoView {
    let chat = expect_context::<Chat>();
    view! {
        <aside class="sidebar">
            <div class="sidebar__head">
                <Finder/>
            </div>
            <ConnectionStrip/>
            <NewVersion/>
            <RoomList/>
            {redrawn(move || chat.no_password.get().then(|| later(Later::Reminder)))}
            <Foot/>
        </aside>
    }
    .into_part()
}

/// Says so when nothing is heard of the server.
#[component]
pub fn ConnectionStrip() -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    redrawn(move || {
        let words = match chat.connection.get() {
            Connection::Connected => return None,
            Connection::Connecting => texts.connecting,
            Connection::Offline => texts.offline,
        };
        let waiting = move || match chat.waiting.get() {
            0 => String::new(),
            waiting => [" ", &(texts.waiting)(waiting)].concat(),
        };
        Some(view! { <p class="connection" role="status">{words}{move || waiting()}</p> }.into_part())
    })
}

/// The conversations, and at their end, behind a line that opens, those that are archived.
#[component]
fn RoomList() -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let menus = expect_context::<Menus>();
    let (order, archive) = (order(chat, false), order(chat, true));
    let path = use_location().pathname;
    let here = Memo::new(move || path.with(|path| conversation_at(path)));
    let is_empty = Memo::new(move || order.with(Vec::is_empty) && archive.with(Vec::is_empty));
    let nothing = move || {
        is_empty.get().then(|| {
            view! {
                <div class="empty">
                    <p>{texts.no_conversations}</p>
                    <p>{texts.no_conversations_lead}</p>
                </div>
            }
            .into_part()
        })
    };
    let lines = move |order: Memo<Vec<Key>>| {
        rows(
            move || order.get(),
            move |(_, room, _)| view! { <RoomLine room=RoomId(room) here/> }.into_part(),
        )
    };
    let has_archive = Memo::new(move || archive.with(|archive| !archive.is_empty()));
    let archived = move || {
        has_archive.get().then(|| {
            let count = move || (texts.archive)(archive.with(Vec::len) as u32);
            view! {
                <details class="archive">
                    <summary><Draw icon=Icon::Archive/>{count}</summary>
                    <ul class="room-list">{lines(archive)}</ul>
                </details>
            }
            .into_part()
        })
    };
    // Of whichever line: one listener for all of them.
    view! {
        <nav
            aria-label=texts.conversations
            on:contextmenu=move |event| menus.asked(&event)
            on:click=move |event| menus.clicked(&event)
            on:pointerdown=move |event| menus.touched(&event)
            on:pointermove=move |_| menus.press.ends()
            on:pointercancel=move |_| menus.press.ends()
            on:touchend=move |event| menus.press.lifts(&event)
        >
            <ul class="room-list">{lines(order)}</ul>
            {redrawn(nothing)}
            {redrawn(archived)}
        </nav>
    }
    .into_part()
}

/// The lines of the list, or those of the archive.
fn order(chat: Chat, archived: bool) -> Memo<Vec<Key>> {
    Memo::new(move || {
        chat.list.with(|list| {
            let entries = list.iter().flat_map(|list| list.ordered());
            let entries = entries.filter(|entry| entry.own.archived == archived);
            entries.map(|entry| (0, entry.room.id.0, 0)).collect()
        })
    })
}

/// One conversation. It follows its entry by itself, so news redraw a word and not the list.
#[component]
fn RoomLine(room: RoomId, here: Memo<String>) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let zone = use_zone();
    let entry = Memo::new(move || {
        chat.list
            .with(|list| list.as_ref().and_then(|list| list.get(room).cloned()))
    });
    // A room that has gone is drawn for a moment still.
    let Some(first) = entry.get_untracked() else {
        return ().into_part();
    };
    // Another handle of the other person's is another path.
    let path =
        Memo::new(move || entry.with(|entry| entry.as_ref().map_or_else(String::new, RoomEntry::path)));
    let on_screen = Memo::new(move || here.get() == path.get());
    let current = move || on_screen.get().then_some("page");
    let avatar = first.with.as_ref().map_or(room.0, |with| with.id.0);
    let title = Memo::new(move || {
        entry.with(|entry| {
            entry
                .as_ref()
                .map_or_else(String::new, |entry| conversation_title(chat, entry, texts))
        })
    });
    let is_room = first.with.is_none();
    let saved = first.with.as_ref().is_some_and(|with| chat.is_me(with.id));
    let face = Memo::new(move || {
        entry.with(|entry| {
            let entry = entry.as_ref()?;
            Some((entry.title().into_owned(), entry.picture()))
        })
    });
    let face = move || {
        let (name, picture) = face.get().unwrap_or_default();
        draw_face(saved, avatar, is_room, name, picture)
    };
    let time = move || {
        let posted_at = entry.with(|entry| Some(entry.as_ref()?.last.as_ref()?.posted_at));
        posted_at.map_or_else(String::new, |at| {
            let (then, now) = zone.with(|zone| (zone.local(at), zone.local(chat.now.get())));
            texts.list_time(then.day_number(), then.hour * 60 + then.minute, now.day_number())
        })
    };
    let mark = Memo::new(move || {
        entry.with(|entry| {
            let entry = entry.as_ref().filter(|entry| entry.has_receipts())?;
            let last = entry.last.as_ref()?;
            (chat.is_me(last.author.id) && !last.deleted).then(|| entry.reach.mark(last.position))
        })
    });
    let online = Memo::new(move || {
        entry.with(|entry| {
            entry
                .as_ref()
                .and_then(|entry| entry.presence)
                .is_some_and(|presence| presence.online)
        })
    });
    let online = move || {
        online.get().then(|| {
            view! { <span class="room__online" role="img" aria-label=texts.online></span> }.into_part()
        })
    };
    let last = move || {
        if let Some(typing) = chat.typing(room, !is_room, texts) {
            return typing;
        }
        entry.with(|entry| {
            entry
                .as_ref()
                .map(|entry| last_line(chat, entry, on_screen.get()))
                .unwrap_or_default()
        })
    };
    let unread = Memo::new(move || entry.with(|entry| entry.as_ref().map_or(0, |entry| entry.unread)));
    let own =
        Memo::new(move || entry.with(|entry| entry.as_ref().map_or_else(Own::default, |entry| entry.own)));
    let muted = Memo::new(move || own.with(|own| own.is_muted(chat.now.get())));
    let pinned = Memo::new(move || own.with(|own| own.pinned.is_some()));
    // What names its reader draws attention all the same.
    let named = Memo::new(move || entry.with(|entry| entry.as_ref().is_some_and(|entry| entry.mentions > 0)));
    let quiet = Memo::new(move || (muted.get() || own.with(|own| own.archived)) && !named.get());
    let refused = Memo::new(move || chat.refused.with(|rooms| rooms.contains(&room)));
    // What waits for its author comes before what waits for its reader.
    let badge = move || match (refused.get(), unread.get()) {
        (true, _) => ("!".to_owned(), texts.not_sent.to_owned()),
        (_, 0) => (String::new(), texts.marked.to_owned()),
        (_, unread) if unread >= UNREAD_CAP => ("99+".to_owned(), texts.unread_many.to_owned()),
        (_, unread) => (unread.to_string(), (texts.unread)(unread)),
    };
    let waits = Memo::new(move || refused.get() || unread.get() > 0 || own.with(|own| own.marked));
    let badge = move || {
        waits.get().then(|| {
            view! {
                <span
                    class="badge"
                    class=("badge--unsent", move || refused.get())
                    class=("badge--quiet", move || quiet.get())
                    role="img"
                    aria-label=move || badge().1
                >
                    {move || badge().0}
                </span>
            }
            .into_part()
        })
    };
    view! {
        <li data-room=room.to_string()>
            <a class="room" href=move || path.get() aria-current=current>
                {redrawn(face)}
                {redrawn(online)}
                <bdi class="room__title">{move || title.get()}</bdi>
                <span class="room__time">
                    {redrawn(move || sign(muted, Icon::Muted, texts.muted))}
                    {redrawn(move || sign(pinned, Icon::Pin, texts.pinned))}
                    {redrawn(move || mark.get().map(|mark| tick(mark, texts)))}
                    {move || time()}
                </span>
                <bdi class="room__last">{move || last()}</bdi>
                {redrawn(badge)}
            </a>
            <button type="button" class="room__more icon-button" aria-haspopup="menu" aria-label=move || (texts.actions_for)(&title.get())>
                <Draw icon=Icon::More/>
            </button>
        </li>
    }
    .into_part()
}

/// Something that holds of a line, as a drawing; in words for those who listen.
fn sign(holds: Memo<bool>, icon: Icon, words: &'static str) -> Option<Part> {
    holds
        .get()
        .then(|| view! { <Draw icon/><span class="said">{words}</span> }.into_part())
}

/// What is typed and not sent, unless it is in sight; else the last message with its author: «Вы: …», "Anna: …"; alone where only the other can have written.
fn last_line(chat: Chat, entry: &RoomEntry, on_screen: bool) -> String {
    let texts = use_texts();
    if let Some(draft) = entry
        .draft
        .as_ref()
        .filter(|draft| !on_screen && !draft.text.is_empty())
    {
        return [texts.draft_prefix, " ", &draft.text].concat();
    }
    let Some(last) = &entry.last else {
        return texts.no_messages.to_owned();
    };
    let said = if last.deleted {
        texts.deleted
    } else {
        &last.excerpt
    };
    let mine = chat.is_me(last.author.id);
    match &entry.with {
        _ if mine => [texts.you_prefix, " ", said].concat(),
        Some(_) => said.to_owned(),
        None => [&last.author.name, ": ", said].concat(),
    }
}

/// Making and joining rooms, the reader, the settings.
#[component]
fn Foot() -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let me = move || {
        chat.me.get().map(|me| {
            let path = ["/@", &me.handle].concat();
            view! { <a class="person" href=path title=texts.saved>{person(me)}</a> }.into_part()
        })
    };
    let handle = chat
        .me
        .with_untracked(|me| me.as_ref().map(|me| ["/@", &me.handle].concat()));
    view! {
        <div class="sidebar__foot">
            <div class="sidebar__links">
                <a href="/new"><Draw icon=Icon::People/>{texts.new_talk}</a>
                <a href="/rooms/new"><Draw icon=Icon::Plus/>{texts.new_room}</a>
                <a href=handle><Draw icon=Icon::Saved/>{texts.saved}</a>
                <a href="/rooms"><Draw icon=Icon::Rooms/>{texts.open_rooms}</a>
            </div>
            <div class="sidebar__me">
                {redrawn(me)}
                <a class="icon-button" href="/settings" aria-label=texts.settings title=texts.settings>
                    <Draw icon=Icon::Settings/>
                </a>
            </div>
        </div>
    }
    .into_part()
}
