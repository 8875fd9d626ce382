//! The messages of a conversation: days, groups, what is on its way, and the scrolling.
//!
//! The scroller is drawn from its end (`column-reverse`): `scrollTop` is 0 at the newest message and
//! negative above it. So a conversation opens at its end before any script has run, stays there
//! while messages come, and doesn't move when older ones are put above.

use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::components::message::{MessageRow, PendingRow};
use crate::app::reader::{use_texts, use_zone};
use crate::app::rows::{Key, rows};
use crate::i18n::DayNumber;
use crate::shared::grouping::{Group, Item, Stamp, arrange};
use crate::shared::ids::{Position, UserId};
use crate::shared::timeline::{Pending, Timeline};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::reactive::effect::ImmediateEffect;
use leptos::web_sys::HtmlDivElement;

/// So near to the end, in pixels, the reader is at the end.
const AT_END: i32 = 48;
/// So near to what is loaded, more is fetched.
const NEAR: i32 = 800;

/// The conversation as it is drawn: the live one, or an older stretch as it stands.
#[derive(Clone, Copy)]
struct Shown {
    timeline: RwSignal<Timeline>,
    items: Memo<Vec<Item<DayNumber>>>,
    live: bool,
    /// The room's end is known to be in sight: then it is read.
    at_end: RwSignal<bool>,
    /// It is known not to be.
    away: RwSignal<bool>,
    /// Something came while it wasn't.
    news: RwSignal<bool>,
}

impl Shown {
    fn read<T>(self, read: impl FnOnce(&Timeline) -> T) -> T {
        self.timeline.with(read)
    }

    /// The messages of the group that begins at a position, as they are now.
    fn stamps(self, first: Position) -> Vec<Stamp> {
        self.items.with(|items| {
            let group = items.iter().find_map(|item| match item {
                Item::Group(group) if group.first() == first => Some(group.stamps.clone()),
                _ => None,
            });
            group.unwrap_or_default()
        })
    }
}

#[component]
pub fn MessageList(
    timeline: RwSignal<Timeline>,
    /// It follows what happens. An older stretch doesn't.
    live: bool,
    /// Its page.
    path: String,
) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let zone = use_zone();
    let items = Memo::new(move |_| {
        let (timeline, zone) = (timeline.read(), zone.read());
        let line = if live { chat.line.get() } else { None };
        arrange(timeline.messages(), |at| zone.local(at).day_number(), line)
    });
    let shown = Shown {
        timeline,
        items,
        live,
        // Where something is new, it is to be seen first.
        at_end: RwSignal::new(!live || chat.line.get_untracked().is_none()),
        away: RwSignal::new(false),
        news: RwSignal::new(false),
    };
    let scroller = NodeRef::<Div>::new();
    if live {
        follow(chat, shown, scroller);
    }
    let scrolled = move |_| {
        if let Some(scroller) = scroller.get_untracked().filter(|_| live) {
            see(shown, &scroller);
            load_if_near(chat, &scroller);
        }
    };
    let to_end = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
            chat.load_end();
        }
    };
    let jump = move || {
        shown.away.get().then(|| {
            let label = move || {
                if shown.news.get() {
                    texts.new_messages
                } else {
                    texts.to_the_end
                }
            };
            view! {
                <button type="button" class="jump" class=("jump--new", shown.news) on:click=to_end>
                    {label}
                </button>
            }
        })
    };
    view! {
        <div class="messages" role="log" aria-label=texts.messages tabindex="0" node_ref=scroller on:scroll=scrolled>
            <ol class="messages__list">
                <More shown path=path.clone() newer=false/>
                {rows(move || items.with(|items| items.iter().map(key).collect()), move |key| draw(key, shown))}
                <More shown path=path.clone() newer=true/>
                <PendingGroup shown/>
                <Nothing shown/>
            </ol>
            {(!live).then(|| view! { <Newest href=path live=false/> })}
        </div>
        {jump}
    }
    .into_any()
}

/// What makes an item the same as before. A group stays itself while messages are added at its end.
fn key(item: &Item<DayNumber>) -> Key {
    match item {
        Item::Day(day) => (0, *day, 0),
        Item::New => (1, 0, 0),
        Item::Group(group) => (2, group.first(), group.author.0),
    }
}

fn draw(of: Key, shown: Shown) -> AnyView {
    let texts = use_texts();
    let item = shown
        .items
        .with_untracked(|items| items.iter().rfind(|item| key(item) == of).cloned());
    match item {
        None => ().into_any(),
        Some(Item::Day(day)) => view! { <Day day/> }.into_any(),
        Some(Item::New) => view! { <li class="new-line">{texts.new_messages}</li> }.into_any(),
        Some(Item::Group(group)) => view! { <GroupRow group shown/> }.into_any(),
    }
}

#[component]
fn Day(day: DayNumber) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let zone = use_zone();
    let today = Memo::new(move |_| zone.with(|zone| zone.local(chat.now.get()).day_number()));
    view! { <li class="day"><span>{move || texts.day_heading(day, today.get())}</span></li> }.into_any()
}

/// Messages of one author in a row. Each is drawn anew when its version changes.
#[component]
fn GroupRow(group: Group, shown: Shown) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let first = group.first();
    let stamps = Memo::new(move |_| shown.stamps(first));
    let mine = is_me(chat, group.author);
    let name = name_of(shown, group.author).unwrap_or_else(|| texts.somebody.to_owned());
    let avatar = name.clone();
    view! {
        <li class="group" data-mine=mine.then_some("true")>
            <Avatar id=group.author.0 name=avatar/>
            <span class="group__author">{name}</span>
            {rows(
                move || stamps.with(|stamps| stamps.iter().map(|stamp| (0, stamp.position, stamp.version)).collect()),
                move |(_, position, _)| message(shown, position),
            )}
        </li>
    }
    .into_any()
}

fn message(shown: Shown, position: Position) -> AnyView {
    let message = shown
        .timeline
        .with_untracked(|timeline| timeline.get(position).cloned());
    match message {
        Some(message) => view! { <MessageRow message/> }.into_any(),
        None => ().into_any(),
    }
}

fn name_of(shown: Shown, author: UserId) -> Option<String> {
    shown.timeline.with_untracked(|timeline| {
        let person = timeline.person(author);
        person.map(|person| person.name.clone())
    })
}

fn is_me(chat: Chat, author: UserId) -> bool {
    chat.me
        .with_untracked(|me| me.as_ref().is_some_and(|me| me.id == author))
}

/// What was sent from here and isn't in the conversation yet.
#[component]
fn PendingGroup(shown: Shown) -> impl IntoView {
    let pending = Memo::new(move |_| shown.read(|timeline| timeline.pending().to_vec()));
    let key = |pending: &Pending| -> Key {
        let (high, low) = pending.client_id.0.as_u64_pair();
        (pending.refused.is_some().into(), high as i64, low as i64)
    };
    let any = Memo::new(move |_| pending.with(|pending| !pending.is_empty()));
    move || {
        any.get().then(|| {
            view! {
                <li class="group group--pending" data-mine="true">
                    {rows(
                        move || pending.with(|pending| pending.iter().map(key).collect()),
                        move |key_of| match pending.with_untracked(|pending| pending.iter().find(|one| key(one) == key_of).cloned()) {
                            Some(pending) => view! { <PendingRow pending/> }.into_any(),
                            None => ().into_any(),
                        },
                    )}
                </li>
            }
        })
    }
}

/// A room that nobody has written in.
#[component]
fn Nothing(shown: Shown) -> impl IntoView {
    let texts = use_texts();
    let empty = Memo::new(move |_| {
        shown.read(|timeline| timeline.oldest().is_none() && timeline.pending().is_empty())
    });
    move || {
        empty.get().then(|| {
            view! {
                <li class="empty">
                    <p>{texts.be_first}</p>
                    <p>{texts.be_first_lead}</p>
                </li>
            }
        })
    }
}

/// The way to older messages, or to newer ones: a page of its own without scripts, more of this one with
/// them.
#[component]
fn More(shown: Shown, path: String, newer: bool) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let end = Memo::new(move |_| {
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
    move || {
        end.get().map(|end| {
            let href = [&path, query, &end.to_string()].concat();
            let end = [&path, "?before=", &Position::MAX.to_string()].concat();
            let newest = newer.then(|| view! { <Newest href=end live=shown.live/> });
            view! {
                <li class="older">
                    // The router leaves `external` links alone.
                    <a href=href rel="external" on:click=load>{words}</a>
                    {newest}
                </li>
            }
        })
    }
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
    view! { <a class="newest" href=href rel="external" on:click=load>{texts.newest}</a> }.into_any()
}

/// What is to be done with the scroller once the page is drawn anew.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Nothing,
    /// Whatever came below those who read further up pushed their place up: they go with it. This high was
    /// the scroller before.
    Stay(i32),
    /// The reader has come (back): to the line above what is new, or to the end where all of it is in sight.
    Begin,
}

/// Keeps the screen where its reader is while the conversation goes on.
fn follow(chat: Chat, shown: Shown, scroller: NodeRef<Div>) {
    let Shown { at_end, news, .. } = shown;
    let end = Memo::new(move |_| {
        shown.read(|timeline| {
            let last = timeline.messages().next_back();
            (
                last.map(|last| (last.position, last.author)),
                timeline.pending().len(),
            )
        })
    });
    let then = StoredValue::new(Then::Nothing);
    let draw = move |what: Then| {
        let waits = then.get_value() != Then::Nothing;
        // Of several changes in one drawing the first one knows how high the scroller was.
        if !waits || what == Then::Begin {
            then.set_value(what);
        }
        if !waits {
            request_animation_frame(move || {
                let what = then.try_update_value(|then| std::mem::replace(then, Then::Nothing));
                if let (Some(scroller), Some(what)) = (scroller.get_untracked(), what) {
                    settle(shown, &scroller, what);
                }
            });
        }
    };
    // At once, since the height is to be taken before the page is drawn anew.
    ImmediateEffect::new_scoped(move || {
        end.track();
        if let Some(scroller) = scroller.get_untracked().filter(|_| !at_end.get_untracked()) {
            draw(Then::Stay(scroller.scroll_height()));
        }
    });
    // A line has been drawn: reading stopped there.
    Effect::new(move |_| {
        if chat.line.get().is_some() && scroller.get().is_some() {
            // Whoever reads further up stays there.
            if shown.away.get_untracked() {
                return news.set(true);
            }
            at_end.set(false);
            draw(Then::Begin);
        }
    });
    // What one sends oneself is to be seen; what others send waits for those who read further up.
    Effect::new(move |before: Option<(Option<(Position, UserId)>, usize)>| {
        let (last, pending) = end.get();
        let Some((last_before, pending_before)) = before else {
            return (last, pending);
        };
        let Some(scroller) = scroller.get_untracked() else {
            return (last, pending);
        };
        let others = last > last_before && last.is_some_and(|(_, author)| !is_me(chat, author));
        if pending > pending_before {
            if !at_end.get_untracked() {
                at_end.set(true);
                shown.away.set(false);
            }
            scroller.set_scroll_top(0);
        } else if others && !chat.visible.get_untracked() {
            chat.mark_new();
        } else if at_end.get_untracked() {
            scroller.set_scroll_top(0);
        } else if others {
            news.set(true);
        }
        (last, pending)
    });
    // What happened between the page's reading and its opening.
    Effect::new(move |_| chat.keep_up());
    // Being at the end is reading to the end.
    Effect::new(move |_| {
        end.track();
        if chat.visible.get() && at_end.get() {
            news.set(false);
            chat.read_to_end();
        }
    });
    // A page that doesn't fill the screen can't be scrolled: the rest comes by itself.
    Effect::new(move |_| {
        shown.items.track();
        if let Some(scroller) = scroller.get() {
            request_animation_frame(move || load_if_near(chat, &scroller));
        }
    });
}

fn settle(shown: Shown, scroller: &HtmlDivElement, then: Then) {
    match then {
        Then::Stay(height) if !shown.at_end.get_untracked() => {
            let grown = scroller.scroll_height() - height;
            if grown != 0 {
                scroller.set_scroll_top(scroller.scroll_top() - grown);
            }
        }
        Then::Begin => {
            // As far up as there is something below to fill the screen with.
            if let Ok(Some(line)) = scroller.query_selector(".new-line") {
                line.scroll_into_view();
            }
            see(shown, scroller);
        }
        _ => {}
    }
}

/// Whether the end of the room is in sight.
fn see(shown: Shown, scroller: &HtmlDivElement) {
    let newer = shown.timeline.with_untracked(Timeline::newer);
    let now = !newer && -scroller.scroll_top() <= AT_END;
    if shown.at_end.get_untracked() != now {
        shown.at_end.set(now);
    }
    if shown.away.get_untracked() == now {
        shown.away.set(!now);
    }
}

fn load_if_near(chat: Chat, scroller: &HtmlDivElement) {
    let below = -scroller.scroll_top();
    let above = scroller.scroll_height() - scroller.client_height() - below;
    if above < NEAR {
        chat.load_older();
    }
    if below < NEAR {
        chat.load_newer();
    }
}
