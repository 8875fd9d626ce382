//! What can be done with messages: the menu of one, what it leads to, and several at once.

use crate::api;
use crate::app::chat::{Answered, Chat, Composing};
use crate::app::components::acting::Wanted;
use crate::app::components::emoji::{EmojiPicker, QUICK};
use crate::app::components::forwarding::Forwarding;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::menu::{Item, Quick, menu};
use crate::app::components::message_list::{Shown, name_of};
use crate::app::components::responses::{Earlier, Responded};
use crate::app::effects::{effect, redrawn};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::{Memo, RwSignal, StoredValue};
use crate::i18n::Texts;
use crate::shared::excerpt::excerpt;
use crate::shared::ids::{Position, RoomId};
use crate::shared::limits::UNDO_SECONDS;
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use crate::shared::room::{Role, RoomEntry};
use crate::shared::timeline::Timeline;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlDocument, HtmlElement, HtmlTextAreaElement};
use std::time::Duration;

/// How long a sentence stays that says what was done.
const SAID: Duration = Duration::from_secs(4);

/// What the actions of a conversation have in common.
#[derive(Clone, Copy)]
pub struct Acts {
    pub chat: Chat,
    pub texts: &'static Texts,
    pub shown: Shown,
    pub room: RoomId,
    /// Whose emoji are to be chosen.
    picking: RwSignal<Option<Position>>,
    /// What is to be passed on.
    pub forwarding: RwSignal<Option<Vec<Position>>>,
    /// Who has reacted to what.
    responses: RwSignal<Option<Position>>,
    /// What it was before.
    earlier: RwSignal<Option<Position>>,
    /// What was done, and whether it is a deletion that can be taken back.
    said: RwSignal<Option<(String, Vec<Position>)>>,
    silence: StoredValue<Option<TimeoutHandle>>,
}

impl Acts {
    pub fn message(self, position: Position) -> Option<Message> {
        self.shown
            .timeline
            .with_untracked(|timeline| timeline.get(position).cloned())
    }

    /// The messages that are chosen, in their order.
    fn chosen(self) -> Vec<Message> {
        let mut selected = self.shown.acting.selected.get_untracked().unwrap_or_default();
        // The library's sorting would be 4 KB more to load.
        let mut all = Vec::new();
        while let Some(first) = selected.iter().min().copied() {
            selected.retain(|position| *position != first);
            all.extend(self.message(first));
        }
        all
    }

    fn may_moderate(self) -> bool {
        let list = self.chat.list;
        let role = list.with_untracked(|list| list.as_ref()?.get(self.room).map(|entry| entry.role));
        role.is_some_and(|role| role >= Role::Moderator)
    }

    /// Whether it is told who reads what; of two people the mark says it.
    fn has_readers(self) -> bool {
        let of = |entry: &RoomEntry| entry.has_receipts() && entry.with.is_none();
        let list = self.chat.list;
        list.with_untracked(|list| list.as_ref()?.get(self.room).map(of)) == Some(true)
    }

    fn may_remove(self, message: &Message) -> bool {
        !message.deleted && (self.chat.is_me(message.author) || self.may_moderate())
    }

    /// Says in a sentence what was done; `deleted` can be taken back.
    pub fn say(self, words: String, deleted: Vec<Position>) {
        let stays = match deleted.is_empty() {
            true => SAID,
            false => Duration::from_secs(UNDO_SECONDS),
        };
        self.said.set(Some((words, deleted)));
        let silence = set_timeout_with_handle(move || _ = self.said.try_set(None), stays);
        let before = self
            .silence
            .try_update_value(|handle| std::mem::replace(handle, silence.ok()));
        if let Some(before) = before.flatten() {
            before.clear();
        }
    }

    fn refused(self, refusal: &Refusal) {
        if *refusal == Refusal::SignInFirst {
            return self.chat.signed_out.set(true);
        }
        self.say(self.texts.refusal(refusal), Vec::new());
    }

    /// Takes in a message that the server answers with, or says why there is none.
    fn took(self, answer: Result<Message, Refusal>) -> bool {
        match answer {
            Ok(message) => {
                let position = message.position;
                self.shown.timeline.update(|timeline| timeline.posted(message));
                self.refocus(position);
                true
            }
            Err(refusal) => {
                self.refused(&refusal);
                false
            }
        }
    }

    /// A message that has changed is drawn anew; the focus, if it was there, is to be there still.
    fn refocus(self, position: Position) {
        request_animation_frame(move || {
            let lost = document()
                .active_element()
                .is_none_or(|active| active.tag_name() == "BODY");
            let row = document().get_element_by_id(&["m", &position.to_string()].concat());
            if let Some(row) = row
                .filter(|_| lost)
                .and_then(|row| row.dyn_into::<HtmlElement>().ok())
            {
                row.set_tab_index(-1);
                _ = row.focus();
            }
        });
    }

    fn answer(self, message: &Message) {
        let name = name_of(self.shown, message.author).unwrap_or_default();
        self.chat.composing.set(Some(Composing::Answer(Answered {
            position: message.position,
            name,
            excerpt: excerpt(&message.text, &message.blocks),
        })));
    }

    fn react(self, position: Position, emoji: String) {
        let given = self
            .shown
            .timeline
            .with_untracked(|timeline| timeline.given(position).contains(&emoji));
        spawn_local(async move {
            match api::messages::react(self.room, position, emoji, !given).await {
                Ok((message, set)) => {
                    self.shown
                        .timeline
                        .update(|timeline| timeline.has_reacted(message, set));
                    self.refocus(position);
                }
                Err(refusal) => self.refused(&refusal),
            }
        });
    }

    fn pin(self, position: Position, on: bool) {
        spawn_local(async move {
            self.took(api::messages::pin(self.room, position, on).await);
        });
    }

    fn remove(self, positions: Vec<Position>) {
        spawn_local(async move {
            let mut removed = Vec::new();
            for position in positions {
                if self.took(api::messages::remove(self.room, position).await) {
                    removed.push(position);
                }
            }
            if !removed.is_empty() {
                let words = (self.texts.aside().messages_deleted)(removed.len() as u32);
                self.say(words, removed);
            }
        });
    }

    fn restore(self, positions: Vec<Position>) {
        self.said.set(None);
        spawn_local(async move {
            for position in positions {
                self.took(api::messages::restore(self.room, position).await);
            }
        });
    }

    fn copy(self, text: String) {
        let copied = put_on_clipboard(&text) == Some(true);
        let words = if copied {
            self.texts.aside().text_copied
        } else {
            self.texts.aside().not_copied
        };
        self.say(words.to_owned(), Vec::new());
    }

    fn link(self, position: Position) -> String {
        let origin = window().location().origin().unwrap_or_default();
        [
            &origin,
            "/rooms/",
            &self.room.to_string(),
            "/",
            &position.to_string(),
        ]
        .concat()
    }

    fn select(self, position: Position) {
        self.shown.acting.selected.update(|selected| {
            let all = selected.get_or_insert_with(Vec::new);
            match all.iter().position(|other| *other == position) {
                Some(at) => _ = all.swap_remove(at),
                None => all.push(position),
            }
        });
    }

    fn items(self, message: &Message) -> Vec<Item> {
        let texts = self.texts;
        let position = message.position;
        let closed = self.chat.is_closed(self.room);
        let mine = self.chat.is_me(message.author);
        let mut items = Vec::new();
        let mut add = |icon, label, act: Box<dyn Fn() + Send>| items.push(Item::new(icon, label, act));
        let (answered, changed) = (message.clone(), message.text.clone());
        if !message.deleted && !closed {
            add(
                Icon::Reply,
                texts.aside().answer,
                Box::new(move || self.answer(&answered)),
            );
        }
        if !message.deleted && !closed && mine {
            add(
                Icon::Pen,
                texts.edit,
                Box::new(move || {
                    let change = Composing::Change(position, changed.clone());
                    self.chat.composing.set(Some(change));
                }),
            );
        }
        if !message.deleted {
            let text = message.text.clone();
            add(
                Icon::Forward,
                texts.aside().forward,
                Box::new(move || self.forwarding.set(Some(vec![position]))),
            );
            add(
                Icon::Copy,
                texts.aside().copy_text,
                Box::new(move || self.copy(text.clone())),
            );
        }
        add(
            Icon::Link,
            texts.aside().copy_link,
            Box::new(move || self.copy(self.link(position))),
        );
        if !message.deleted && !closed {
            let on = !message.pinned;
            let label = if on {
                texts.aside().pin_message
            } else {
                texts.aside().unpin_message
            };
            add(Icon::Pin, label, Box::new(move || self.pin(position, on)));
        }
        let read = mine && self.has_readers();
        if !message.deleted && (read || !message.reactions.is_empty()) {
            add(
                Icon::People,
                match read {
                    true => texts.aside().who_read,
                    false => texts.aside().who_responded,
                },
                Box::new(move || self.responses.set(Some(position))),
            );
        }
        if !message.deleted && message.edited_at.is_some() && (mine || self.may_moderate()) {
            add(
                Icon::History,
                texts.aside().earlier_texts,
                Box::new(move || self.earlier.set(Some(position))),
            );
        }
        if !message.deleted {
            add(
                Icon::Select,
                texts.aside().select,
                Box::new(move || self.select(position)),
            );
        }
        if self.may_remove(message) {
            add(
                Icon::Bin,
                texts.aside().delete,
                Box::new(move || self.remove(vec![position])),
            );
        }
        items
    }

    fn quick(self, message: &Message) -> Vec<Quick> {
        if message.deleted || self.chat.is_closed(self.room) {
            return Vec::new();
        }
        let position = message.position;
        let given = self
            .shown
            .timeline
            .with_untracked(|timeline| timeline.given(position).to_vec());
        let mut all: Vec<Quick> = QUICK
            .iter()
            .map(|emoji| Quick {
                sign: emoji.into_part(),
                label: emoji,
                on: given.iter().any(|given| given == emoji),
                act: Box::new(move || self.react(position, (*emoji).to_owned())),
            })
            .collect();
        all.push(Quick {
            sign: view! { <Draw icon=Icon::Plus/> }.into_part(),
            label: self.texts.aside().more_emoji,
            on: false,
            act: Box::new(move || self.picking.set(Some(position))),
        });
        all
    }
}

#[component]
pub fn Actions(shown: Shown) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let acts = Acts {
        chat,
        texts: use_texts(),
        shown,
        room: shown.timeline.with_untracked(Timeline::room),
        picking: RwSignal::new(None),
        forwarding: RwSignal::new(None),
        responses: RwSignal::new(None),
        earlier: RwSignal::new(None),
        said: RwSignal::new(None),
        silence: StoredValue::new(None),
    };
    let acting = shown.acting;
    // What needs no menu is done at once.
    effect(move || match acting.wanted.get() {
        Some(Wanted::Select(position)) => {
            acting.wanted.set(None);
            acts.select(position);
        }
        Some(Wanted::React { position, nth }) => {
            acting.wanted.set(None);
            let emoji = acts.message(position).and_then(|message| {
                let reaction = message.reactions.get(nth)?;
                Some(reaction.emoji.clone())
            });
            if let Some(emoji) = emoji {
                acts.react(position, emoji);
            }
        }
        Some(Wanted::Menu { .. }) | None => {}
    });
    show_selected(acts);
    view! {
        {message_menu(acts)}
        {selection_bar(acts)}
        {said(acts)}
        <EmojiPicker wanted=acts.picking choose=Box::new(move |position, emoji| acts.react(position, emoji))/>
        <Forwarding acts/>
        <Responded wanted=acts.responses room=acts.room/>
        <Earlier wanted=acts.earlier room=acts.room/>
    }
    .into_part()
}

fn message_menu(acts: Acts) -> Part {
    let texts = acts.texts;
    let wanted = acts.shown.acting.wanted;
    redrawn(move || {
        let Some(Wanted::Menu { position, x, y }) = wanted.get() else {
            return None;
        };
        let message = acts.message(position)?;
        let close = move || {
            let same = Some(Wanted::Menu { position, x, y });
            if wanted.with_untracked(|wanted| *wanted == same) {
                wanted.set(None);
            }
        };
        let (row, items) = (acts.quick(&message), acts.items(&message));
        Some(menu(texts.actions.to_owned(), (x, y), row, items, close))
    })
}

/// Marks the messages that are chosen.
fn show_selected(acts: Acts) {
    let selected = acts.shown.acting.selected;
    let mut marked = false;
    effect(move || {
        let chosen = selected.get();
        // Nearly always nothing is, and there may be thousands to look at.
        if chosen.is_none() && !marked {
            return;
        }
        marked = chosen.is_some();
        acts.shown.chunks.track();
        let Ok(rows) = document().query_selector_all(".message[id]") else {
            return;
        };
        for at in 0..rows.length() {
            let row = rows.get(at).map(|row| row.unchecked_into::<Element>());
            let Some(row) = row else { continue };
            let is_chosen = chosen.as_ref().is_some_and(|all| {
                let id = row.id();
                all.iter().any(|position| id[1..] == *position.to_string())
            });
            _ = row.class_list().toggle_with_force("message--selected", is_chosen);
        }
    });
}

/// What can be done with all that are chosen.
fn selection_bar(acts: Acts) -> Part {
    let texts = acts.texts;
    let selected = acts.shown.acting.selected;
    let end = move || selected.set(None);
    let count = move || selected.with(|selected| selected.as_ref().map_or(0, Vec::len) as u32);
    let any = move || count() > 0;
    let button = move |icon, label, act: Box<dyn Fn()>| {
        view! {
            <button type="button" class="icon-button" aria-label=label title=label disabled=move || !any() on:click=move |_| act()>
                <Draw icon/>
            </button>
        }
        .into_part()
    };
    let open = Memo::new(move || selected.with(Option::is_some));
    redrawn(move || {
        open.get().then(|| {
            let remove = move || {
                let all = acts.chosen().into_iter().filter(|message| acts.may_remove(message));
                let all: Vec<Position> = all.map(|message| message.position).collect();
                if all.is_empty() {
                    return acts.say(texts.aside().nothing_of_yours.to_owned(), Vec::new());
                }
                end();
                acts.remove(all);
            };
            let forward = move || {
                let all = acts.chosen();
                acts.forwarding
                    .set(Some(all.iter().map(|message| message.position).collect()));
            };
            let copy = move || {
                let all: Vec<String> = acts.chosen().into_iter().map(|message| message.text).collect();
                end();
                acts.copy(all.join("\n\n"));
            };
            view! {
                <div class="selection" role="toolbar" aria-label=texts.aside().select>
                    <button type="button" class="icon-button" aria-label=texts.cancel title=texts.cancel on:click=move |_| end()>
                        <Draw icon=Icon::Close/>
                    </button>
                    <span role="status">{move || (texts.aside().selected)(count())}</span>
                    {button(Icon::Copy, texts.aside().copy_text, Box::new(copy))}
                    {button(Icon::Forward, texts.aside().forward, Box::new(forward))}
                    {button(Icon::Bin, texts.aside().delete, Box::new(remove))}
                </div>
            }
            .into_part()
        })
    })
}

/// What was done, in a sentence, with a way back where there is one.
fn said(acts: Acts) -> Part {
    let texts = acts.texts;
    redrawn(move || {
        let (words, deleted) = acts.said.get()?;
        let undo = (!deleted.is_empty()).then(|| {
            view! { <button type="button" on:click=move |_| acts.restore(deleted.clone())>{texts.aside().undo}</button> }
                .into_part()
        });
        Some(view! { <div class="said-toast" role="status"><span>{words}</span> {undo}</div> })
    })
}

/// The older way, which works without TLS too.
fn put_on_clipboard(text: &str) -> Option<bool> {
    let document = document();
    let focus = document.active_element();
    let field = document.create_element("textarea").ok()?;
    let field = field.dyn_into::<HtmlTextAreaElement>().ok()?;
    field.set_value(text);
    field.set_class_name("said");
    document.body()?.append_child(&field).ok()?;
    field.select();
    let copied = document.dyn_ref::<HtmlDocument>()?.exec_command("copy");
    field.remove();
    if let Some(element) = focus.and_then(|focus| focus.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
    Some(copied == Ok(true))
}
