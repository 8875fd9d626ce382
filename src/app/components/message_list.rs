//! The messages of a conversation: days, groups, and what is on its way. How they scroll is the matter of
//! `scrolling`.

use crate::app::chat::{Chat, Open};
use crate::app::components::acting::Acting;
use crate::app::components::announcer::announcer;
use crate::app::components::avatar::Avatar;
use crate::app::components::marking::keep_marks_up;
use crate::app::components::message::{MessageRow, PendingRow};
use crate::app::components::scrolling::{follow, go_down, load_if_near, see};
use crate::app::effects::{effect, redrawn, settled};
use crate::app::later::{Later, in_time};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_texts, use_zone};
use crate::app::rows::{Key, rows};
use crate::app::state::{Memo, RwSignal};
use crate::i18n::DayNumber;
use crate::shared::grouping::{Chunk, Group, Item, Stamp, arrange, chunks};
use crate::shared::ids::{Position, UserId};
use crate::shared::timeline::{Pending, Timeline};
use leptos::ev;
use leptos::html::{Div, Ol};
use leptos::prelude::*;

/// The conversation as it is drawn: the live one, or an older stretch as it stands.
#[derive(Clone, Copy)]
pub struct Shown {
    pub(super) timeline: Open,
    pub(super) chunks: Memo<Vec<Chunk<DayNumber>>>,
    /// Which run it is: another one is drawn anew, whatever its positions and versions.
    replaced: Memo<u8>,
    live: bool,
    /// The room's end is known to be in sight: then it is read.
    pub(super) at_end: RwSignal<bool>,
    /// It is known not to be.
    pub(super) away: RwSignal<bool>,
    /// Something came while it wasn't.
    pub(super) news: RwSignal<bool>,
    /// Moves when something that is answered has changed.
    pub(super) requoted: Memo<u32>,
    pub(super) acting: Acting,
}

impl Shown {
    pub(super) fn read<T>(self, read: impl FnOnce(&Timeline) -> T) -> T {
        self.timeline.with(read)
    }

    fn keys(self) -> Vec<Key> {
        let replaced = self.replaced.get();
        self.chunks
            .with(|chunks| chunks.iter().map(|chunk| (replaced, chunk.id, 0)).collect())
    }

    /// A chunk as it is now; nothing once it has gone.
    fn chunk(self, id: i64) -> Option<Chunk<DayNumber>> {
        self.chunks.with(|chunks| {
            let found = chunks.binary_search_by_key(&id, |chunk| chunk.id);
            found.ok().map(|index| chunks[index].clone())
        })
    }
}

#[component]
pub fn MessageList(
    timeline: Open,
    /// It follows what happens. An older stretch doesn't.
    live: bool,
    /// Its page.
    path: String,
) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let zone = use_zone();
    // Not for what is on its way: to arrange thousands of messages takes longer than to show one.
    let changed = Memo::new(move || timeline.read().changed());
    let chunks = Memo::new(move || {
        changed.get();
        let (timeline, zone) = (timeline.read_untracked(), zone.get());
        let line = if live { chat.line.get() } else { None };
        let line = line.map(|read| (read, chat.my_id()));
        chunks(arrange(
            timeline.messages(),
            |at| zone.local(at).day_number(),
            line,
        ))
    });
    let shown = Shown {
        timeline,
        chunks,
        replaced: Memo::new(move || timeline.read().replaced()),
        live,
        // Where something is new, or looked for, that is to be seen first.
        at_end: RwSignal::new(
            !live || (chat.line.get_untracked().is_none() && chat.sought.get_untracked().is_none()),
        ),
        away: RwSignal::new(false),
        news: RwSignal::new(false),
        requoted: Memo::new(move || timeline.read().requoted()),
        acting: Acting::default(),
    };
    let acting = shown.acting;
    let scroller = NodeRef::<Div>::new();
    if live {
        follow(chat, shown, scroller);
        keep_marks_up(chat, shown);
    }
    let scrolled = move |_| {
        if let Some(scroller) = scroller.get_untracked().filter(|_| live) {
            see(shown, &scroller);
            load_if_near(chat, &scroller);
        }
    };

    view! {
        // What comes is announced on the side: in a flood, as one.
        <div
            class="messages"
            role="log"
            aria-live="off"
            aria-label=texts.messages
            tabindex="0"
            node_ref=scroller
            on:scroll=scrolled
            on:click=move |event| if live { acting.clicked(chat, &event) }
            on:contextmenu=move |event| if live { acting.asked(&event) }
            on:keydown=move |event| if let Some(list) = scroller.get_untracked().filter(|_| live) { acting.pressed(&event, &list) }
            on:pointerdown=move |event| if live { acting.touched(&event) }
            on:pointermove=move |_| acting.press.ends()
            on:pointercancel=move |_| acting.press.ends()
            on:touchend=move |event| acting.press.lifts(&event)
        >
            <div class="messages__list">
                <div class="messages__sent">
                    <More shown path=path.clone() newer=false/>
                    {rows(move || shown.keys(), move |(_, id, _)| view! { <ChunkRows id shown/> }.into_part())}
                    <More shown path=path.clone() newer=true/>
                </div>
                <PendingGroup shown/>
                <Nothing shown/>
            </div>
            {(!live).then(|| view! { <Newest href=path live=false/> }.into_part())}
        </div>
        {jumps(chat, shown, scroller)}
        {announcer(shown)}
        {live.then(|| in_time(
            move || acting.wanted.with(Option::is_some),
            move || acting.wanted.set(None),
            Later::Actions { shown },
        ))}
    }
    .into_part()
}

/// The ways down, while one reads further up: to what mentions the reader, and to what is new or else the end.
fn jumps(chat: Chat, shown: Shown, scroller: NodeRef<Div>) -> Part {
    let texts = use_texts();
    let room = shown.timeline.with_untracked(Timeline::room);
    let counts = Memo::new(move || {
        chat.list.with(|list| {
            let entry = list.as_ref().and_then(|list| list.get(room));
            entry.map_or((0, 0), |entry| (entry.unread, entry.mentions))
        })
    });
    let down = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            go_down(chat, shown, &scroller);
        }
    };
    let mention = move |_| chat.seek_mention(room);
    redrawn(move || {
        shown.away.get().then(|| {
            let label = move || match (shown.news.get(), counts.get()) {
                (true, (unread, _)) if unread > 0 => (texts.new_count)(unread),
                (true, _) => texts.new_messages.to_owned(),
                _ => texts.to_the_end.to_owned(),
            };
            let mentions = move || {
                (counts.get().1 > 0).then(|| {
                    view! {
                        <button type="button" class="jump__mention" aria-label=texts.next_mention title=texts.next_mention on:click=mention>"@"</button>
                    }
                    .into_part()
                })
            };
            view! {
                <div class="jumps">
                    {redrawn(mentions)}
                    <button type="button" class="jump" class=("jump--new", move || shown.news.get()) on:click=down>
                        {move || label()}
                    </button>
                </div>
            }
            .into_part()
        })
    })
}

/// The class of what the browser has seen as it is.
const SEEN: &str = "chunk--seen";

/// ChunkNow in a row. Off screen the browser leaves them out and takes the height that it has seen last, so it has to
/// see each change first.
#[component]
fn ChunkRows(id: i64, shown: Shown) -> impl IntoView {
    let list = NodeRef::<Ol>::new();
    // With thousands of messages most of what is drawn hangs on these.
    let chunk: ChunkNow = settled(move || shown.chunk(id));
    effect(move || {
        let last = chunk.with(|chunk| chunk.as_ref().is_none_or(|chunk| chunk.last));
        if let Some(list) = list.get() {
            _ = list.class_list().remove_1(SEEN);
            if last {
                return;
            }
            let seen = move || _ = list.class_list().add_1(SEEN);
            request_animation_frame(move || request_animation_frame(seen));
        }
    });
    let keys = move || chunk.with(|chunk| items(chunk).iter().map(key).collect());
    view! { <ol class="chunk" node_ref=list>{rows(keys, move |key| draw(key, chunk, shown))}</ol> }
        .into_part()
}

/// What makes an item the same as before. A group stays itself while messages are added at its end.
fn key(item: &Item<DayNumber>) -> Key {
    match item {
        Item::Day(day) => (0, *day, 0),
        Item::New => (1, 0, 0),
        Item::Group(group) => (2, group.first(), group.author.0),
    }
}

type ChunkNow = RwSignal<Option<Chunk<DayNumber>>>;

fn items(chunk: &Option<Chunk<DayNumber>>) -> &[Item<DayNumber>] {
    chunk.as_ref().map_or(&[], |chunk| &chunk.items)
}

fn draw(of: Key, chunk: ChunkNow, shown: Shown) -> Part {
    let texts = use_texts();
    let item = chunk.with_untracked(|chunk| items(chunk).iter().find(|item| key(item) == of).cloned());
    match item {
        None => ().into_part(),
        Some(Item::Day(day)) => view! { <Day day/> }.into_part(),
        Some(Item::New) => {
            view! { <li class="new-line"><i class="new-line__view"></i>{texts.new_messages}</li> }.into_part()
        }
        Some(Item::Group(group)) => view! { <GroupRow group chunk shown/> }.into_part(),
    }
}

#[component]
fn Day(day: DayNumber) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let zone = use_zone();
    let today = Memo::new(move || zone.with(|zone| zone.local(chat.now.get()).day_number()));
    view! { <li class="day"><span>{move || texts.day_heading(day, today.get())}</span></li> }.into_part()
}

/// Messages of one author in a row. Each is drawn anew when its version changes.
#[component]
fn GroupRow(group: Group, chunk: ChunkNow, shown: Shown) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let first = group.first();
    let stamps = Memo::new(move || chunk.with(|chunk| stamps(items(chunk), first)));
    let mine = chat.is_me(group.author);
    let author = move || {
        chat.met.track();
        let person = match mine {
            true => chat.me.get_untracked(),
            false => shown
                .timeline
                .with_untracked(|timeline| timeline.person(group.author).cloned()),
        };
        let (name, picture) = match person {
            Some(person) => (person.name, person.picture),
            None => (texts.somebody.to_owned(), None),
        };
        view! {
            <Avatar id=group.author.0 name=name.clone() picture/>
            <bdi class="group__author">{name}</bdi>
        }
        .into_part()
    };
    view! {
        <li class="group" data-mine=mine.then_some("true")>
            {redrawn(author)}
            {rows(
                move || stamps.with(|stamps| stamps.iter().map(|stamp| (0, stamp.position, stamp.version)).collect()),
                move |(_, position, _)| message(shown, position),
            )}
        </li>
    }
    .into_part()
}

/// The messages of the group that begins at a position, as they are now.
fn stamps(items: &[Item<DayNumber>], first: Position) -> Vec<Stamp> {
    let group = items.iter().find_map(|item| match item {
        Item::Group(group) if group.first() == first => Some(group.stamps.clone()),
        _ => None,
    });
    group.unwrap_or_default()
}

fn message(shown: Shown, position: Position) -> Part {
    let message = shown
        .timeline
        .with_untracked(|timeline| timeline.get(position).cloned());
    match message {
        Some(message) => view! { <MessageRow message shown/> }.into_part(),
        None => ().into_part(),
    }
}

pub(super) fn name_of(shown: Shown, author: UserId) -> Option<String> {
    shown.timeline.with_untracked(|timeline| {
        let person = timeline.person(author);
        person.map(|person| person.name.clone())
    })
}

/// What was sent from here and isn't in the conversation yet.
#[component]
fn PendingGroup(shown: Shown) -> impl IntoView {
    let pending = Memo::new(move || shown.read(|timeline| timeline.pending().to_vec()));
    let key = |pending: &Pending| -> Key {
        let (high, low) = pending.client_id.0.as_u64_pair();
        (pending.refused.is_some().into(), high as i64, low as i64)
    };
    let any = Memo::new(move || pending.with(|pending| !pending.is_empty()));
    redrawn(move || {
        any.get().then(|| {
            view! {
                <ul class="chunk chunk--pending"><li class="group" data-mine="true">
                    {rows(
                        move || pending.with(|pending| pending.iter().map(key).collect()),
                        move |key_of| match pending.with_untracked(|pending| pending.iter().find(|one| key(one) == key_of).cloned()) {
                            Some(pending) => view! { <PendingRow pending shown/> }.into_part(),
                            None => ().into_part(),
                        },
                    )}
                </li></ul>
            }
            .into_part()
        })
    })
}

/// A room that nobody has written in.
#[component]
fn Nothing(shown: Shown) -> impl IntoView {
    let texts = use_texts();
    let empty = Memo::new(move || {
        shown.read(|timeline| timeline.oldest().is_none() && timeline.pending().is_empty())
    });
    redrawn(move || {
        empty.get().then(|| {
            view! {
                <div class="empty">
                    <p>{texts.be_first}</p>
                    <p>{texts.be_first_lead}</p>
                </div>
            }
            .into_part()
        })
    })
}

/// The way to older messages, or to newer ones: a page of its own without scripts, more of this one with
/// them.
#[component]
fn More(shown: Shown, path: String, newer: bool) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let end = Memo::new(move || {
        shown.read(|timeline| {
            if newer {
                timeline.newest().filter(|_| timeline.newer())
            } else {
                timeline.oldest().filter(|_| timeline.older())
            }
        })
    });
    let load = move |event: ev::MouseEvent| {
        if shown.live {
            event.prevent_default();
            if newer {
                chat.load_newer();
            } else {
                chat.load_older();
            }
        }
    };
    let (query, words) = if newer {
        ("?after=", texts.newer)
    } else {
        ("?before=", texts.older)
    };
    redrawn(move || {
        end.get().map(|end| {
            let href = [&path, query, &end.to_string()].concat();
            let end = [&path, "?before=", &Position::MAX.to_string()].concat();
            let newest = newer.then(|| view! { <Newest href=end live=shown.live/> }.into_part());
            view! {
                <div class="older">
                    // The router leaves `external` links alone.
                    <a href=href rel="external" on:click=load>{words}</a>
                    {newest}
                </div>
            }
            .into_part()
        })
    })
}

/// The way to the end of the room.
#[component]
fn Newest(href: String, live: bool) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let load = move |event: ev::MouseEvent| {
        if live {
            event.prevent_default();
            chat.load_end();
        }
    };
    view! { <a class="newest" href=href rel="external" on:click=load>{texts.newest}</a> }.into_part()
}
