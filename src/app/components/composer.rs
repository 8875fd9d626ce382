//! The field that one writes in: a real form, which posts by itself where there are no scripts (or
//! not yet), and sends through the chat where there are. In it one's last message can be changed too.

use crate::app::chat::{Answered, Chat, Composing, Last};
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::naming::{Naming, complete};
use crate::app::components::send_later::without_scripts;
use crate::app::effects::{effect, redrawn};
use crate::app::later::{Later, in_time};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::sharing::shared_text;
use crate::app::state::RwSignal;
use crate::shared::ids::{ClientId, Position, RoomId};
use crate::shared::limits::MESSAGE_CHARS;
use crate::shared::refusal::Refusal;
use js_sys::Reflect;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlTextAreaElement};

/// From here on the counter is shown.
const NEARLY_FULL: usize = MESSAGE_CHARS - 200;
/// The list and the conversation stand side by side from this width on; narrower screens are
/// touched, and there a focused field would cover half of them with a keyboard.
const WIDE: f64 = 800.0;
/// The field grows with its text up to this height.
const TALLEST: i32 = 240;

/// The field and what is typed into it.
#[derive(Clone, Copy)]
pub struct Writing {
    pub(super) chat: Chat,
    /// Where the chat sends to; without it the form posts by itself.
    pub(super) room: Option<RoomId>,
    pub(super) field: NodeRef<Textarea>,
    chars: RwSignal<usize>,
    /// Why it wasn't sent.
    refusal: RwSignal<Option<Refusal>>,
    /// The message that is being changed. Meanwhile the draft waits.
    pub(super) changing: RwSignal<Option<Position>>,
    /// The message that is being answered.
    answering: RwSignal<Option<Answered>>,
    pub naming: Naming,
    /// The change is on its way.
    saving: RwSignal<bool>,
}

impl Writing {
    fn is_too_long(self) -> bool {
        self.chars.get() > MESSAGE_CHARS
    }

    /// Something was typed, or put into the field.
    fn took(self, field: &HtmlTextAreaElement) {
        let text = field.value();
        self.chars.set(text.chars().count());
        self.naming.look(field);
        grow(field);
        match (self.room, self.changing.get_untracked()) {
            (Some(room), Some(position)) => self.chat.keep_change(room, Some((position, text))),
            (Some(room), None) => self.chat.keep_draft(room, text),
            (None, _) => {}
        }
    }

    /// Its reader did that: the others are told.
    fn types(self, field: &HtmlTextAreaElement) {
        self.took(field);
        if let Some(room) = self.room.filter(|_| self.chars.get_untracked() > 0) {
            self.chat.is_typing(room);
        }
    }

    fn put(self, field: &HtmlTextAreaElement, text: &str) {
        field.set_value(text);
        self.took(field);
    }

    /// Brings the field up to what is kept. What was typed before the page was taken over stands in it
    /// already.
    fn take_draft(self, field: &HtmlTextAreaElement, first: bool) {
        let kept = self
            .room
            .and_then(|room| self.chat.draft(room))
            .unwrap_or_default();
        let typed = field.value();
        if first && typed.contains(&kept) {
            // Nothing is kept, or more was typed since.
        } else if first && !kept.contains(&typed) {
            // Typed before the page knew of the draft: neither goes.
            field.set_value(&[&typed, "\n", &kept].concat());
        } else if typed != kept {
            field.set_value(&kept);
        }
        self.took(field);
        self.answering
            .set(self.room.and_then(|room| self.chat.answered(room)));
    }

    fn submit(self, event: &SubmitEvent) {
        let (Some(room), Some(field)) = (self.room, self.field.get_untracked()) else {
            return;
        };
        event.prevent_default();
        if let Some(position) = self.changing.get_untracked() {
            return self.save(room, position, field.value());
        }
        self.send(false);
    }

    /// Where the message is that is being answered.
    pub(super) fn answered(self) -> Option<Position> {
        self.answering
            .with_untracked(|answered| answered.as_ref().map(|answered| answered.position))
    }

    pub(super) fn send(self, silent: bool) {
        let (Some(room), Some(field)) = (self.room, self.field.get_untracked()) else {
            return;
        };
        match self.chat.send(room, &field.value(), self.answered(), silent) {
            Ok(()) => {
                self.answer(None);
                self.put(&field, "");
                self.refusal.set(None);
                _ = field.focus();
            }
            // Nothing to say to somebody who sends nothing.
            Err(Refusal::TextEmpty) => {}
            Err(other) => self.refusal.set(Some(other)),
        }
    }

    /// What is written next answers a message, or none.
    pub(super) fn answer(self, answered: Option<Answered>) {
        if let Some(room) = self.room {
            self.chat.keep_answer(room, answered.clone());
        }
        self.answering.set(answered);
    }

    /// What was chosen beside a message.
    fn compose(self, field: &HtmlTextAreaElement, what: Composing) {
        match what {
            Composing::Change(position, text) => self.change(field, position, &text),
            Composing::Answer(answered) => {
                self.end_change();
                self.answer(Some(answered));
            }
        }
        _ = field.focus();
    }

    /// Takes what one has written last into the field, to be changed.
    fn begin_change(self, field: &HtmlTextAreaElement) -> bool {
        match self.chat.last_written() {
            None => return false,
            Some(Last::Stuck(id)) => self.chat.edit(id),
            // The one before it isn't meant.
            Some(Last::OnItsWay) => {}
            Some(Last::Posted(position, text)) => self.change(field, position, &text),
        }
        true
    }

    fn change(self, field: &HtmlTextAreaElement, position: Position, text: &str) {
        self.changing.set(Some(position));
        self.put(field, text);
        _ = field.set_selection_range(u32::MAX, u32::MAX);
    }

    /// The field is the draft's again. Not while the change is on its way.
    fn end_change(self) {
        if self.saving.get_untracked() {
            return;
        }
        if let Some(room) = self.room {
            self.chat.keep_change(room, None);
        }
        self.changing.set(None);
        self.refusal.set(None);
        if let Some(field) = self.field.get_untracked() {
            self.take_draft(&field, false);
            _ = field.focus();
        }
    }

    /// The text stays in the field until it is known to be saved.
    fn save(self, room: RoomId, position: Position, text: String) {
        if self.saving.get_untracked() {
            return;
        }
        self.saving.set(true);
        spawn_local(async move {
            let saved = self.chat.change(room, position, text).await;
            // The page may show another conversation by now.
            if !self.saving.try_set(false) {
                return;
            }
            match saved {
                Ok(()) => self.end_change(),
                Err(refusal) => self.refusal.set(Some(refusal)),
            }
        });
    }

    fn keydown(self, event: &KeyboardEvent) {
        let plain = !event.shift_key() && !event.ctrl_key() && !event.alt_key() && !event.meta_key();
        // 229: the Enter that ends the composing of a character, where `isComposing` comes too late.
        if !plain || event.is_composing() || event.key_code() == 229 {
            return;
        }
        let field: HtmlTextAreaElement = event_target(event);
        if self.naming.pressed(&event.key()) {
            return event.prevent_default();
        }
        let used = match event.key().as_str() {
            // Keyboards on screens have no Shift to hold: there Enter breaks the line, and the button sends.
            "Enter" if !self.chat.touch.get_value() => {
                // As if the button were pressed, which may be disabled.
                if let Some(form) = field.form().filter(|_| !untrack(|| self.is_too_long())) {
                    _ = form.request_submit();
                }
                true
            }
            "ArrowUp" if self.chars.get_untracked() == 0 && self.room.is_some() => self.begin_change(&field),
            "Escape" if self.changing.get_untracked().is_some() => {
                self.end_change();
                true
            }
            "Escape" if self.answering.with_untracked(Option::is_some) => {
                self.answer(None);
                true
            }
            _ => false,
        };
        if used {
            event.prevent_default();
        }
    }
}

/// The field. `room` is where the chat sends to; without it the form posts by itself.
#[component]
pub fn Composer(
    /// The page's own path, to which the form posts.
    action: String,
    room: Option<RoomId>,
    /// What was refused when the form was posted without scripts, and why.
    refused: Option<(String, Refusal)>,
) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let (typed, refusal) = refused.unzip();
    let writing = Writing {
        chat,
        room,
        field: NodeRef::new(),
        chars: RwSignal::new(0),
        refusal: RwSignal::new(refusal),
        changing: RwSignal::new(None),
        answering: RwSignal::new(None),
        naming: Naming::new(room),
        saving: RwSignal::new(false),
    };
    effect(move || {
        let Some(field) = writing.field.get() else { return };
        writing.take_draft(&field, true);
        // One has come back to what one was changing.
        if let Some((position, text)) = room.and_then(|room| chat.unsaved_change(room)) {
            writing.change(&field, position, &text);
        }
        // The page may be inert until it is painted.
        request_animation_frame(move || focus_if_wide(&field));
    });
    // What another device has typed or sent, and what goes back into the field to be changed.
    let mut begun = false;
    effect(move || {
        chat.drafted.track();
        let waits = !begun || writing.changing.get_untracked().is_some();
        if let Some(field) = writing.field.get_untracked().filter(|_| !waits) {
            writing.take_draft(&field, false);
        }
        begun = true;
    });

    effect(move || {
        let Some(what) = chat.composing.get() else { return };
        chat.composing.set(None);
        if let Some(field) = writing.field.get_untracked() {
            writing.compose(&field, what);
        }
    });
    let naming = writing.naming;
    effect(move || {
        if let (Some(handle), Some(field)) = (naming.chosen.get(), writing.field.get_untracked()) {
            naming.chosen.set(None);
            complete(&field, &handle);
            writing.took(&field);
        }
    });

    let too_long = move || writing.is_too_long();
    let hint = move || match (writing.chars.get(), writing.refusal.get()) {
        (chars, _) if chars > MESSAGE_CHARS => (texts.chars_over)(chars - MESSAGE_CHARS),
        (_, Some(refusal)) => texts.refusal(&refusal),
        (chars, _) if chars > NEARLY_FULL => (texts.chars_left)(MESSAGE_CHARS - chars),
        _ => String::new(),
    };
    let bad = move || too_long() || writing.refusal.with(Option::is_some);
    // What is written isn't just the next message.
    let strip = move || {
        let changing = writing.changing.with(Option::is_some);
        let (icon, words) = match writing.answering.get() {
            _ if changing => (
                Icon::Pen,
                view! { <span role="status">{texts.editing}</span> }.into_part(),
            ),
            None => return None,
            Some(answered) => {
                // It is further up than what is loaded.
                let words = match answered.name.is_empty() {
                    true => texts.answering.to_owned(),
                    false => answered.excerpt,
                };
                let quote = view! {
                    <span class="quote" role="status">
                        <span class="said">{texts.answering}</span>
                        <bdi class="quote__author">{answered.name}</bdi>
                        <span class="quote__words">{words}</span>
                    </span>
                };
                (Icon::Reply, quote.into_part())
            }
        };
        let cancel = move |_| match changing {
            true => writing.end_change(),
            false => {
                writing.answer(None);
                if let Some(field) = writing.field.get_untracked() {
                    _ = field.focus();
                }
            }
        };
        Some(view! {
            <div class="composer__changing">
                <Draw icon/>
                {words}
                <button type="button" class="icon-button" aria-label=texts.cancel title=texts.cancel on:click=cancel>
                    <Draw icon=Icon::Close/>
                </button>
            </div>
        })
    };
    view! {
        <form class="composer" method="post" action=action on:submit=move |event| writing.submit(&event)>
            <input type="hidden" name="client_id" value=ClientId::new().to_string()/>
            {redrawn(strip)}
            {area(writing, typed.or_else(shared_text))}
            <button class="send" type="submit" aria-label=texts.send title=texts.send disabled=too_long>
                <Draw icon=Icon::Send/>
            </button>
            {in_time(move || naming.typed.with(Option::is_some), || (), Later::Composing { writing })}
            <noscript inner_html=without_scripts()/>
            <p class="composer__hint" id="composer-hint" role="status" class=("composer__hint--over", bad)>
                {move || hint()}
            </p>
        </form>
    }
    .into_part()
}

fn area(writing: Writing, typed: Option<String>) -> Part {
    let texts = use_texts();
    let naming = writing.naming;
    let area = view! {
        <textarea
            name="text"
            rows="1"
            dir="auto"
            autocomplete="off"
            placeholder=texts.write_message
            aria-label=texts.write_message
            aria-describedby="composer-hint"
            aria-invalid=move || writing.is_too_long().to_string()
            aria-autocomplete="list"
            aria-controls=move || naming.is_open().then_some("naming")
            aria-activedescendant=move || naming.active_id()
            readonly=move || writing.saving.get()
            node_ref=writing.field
            on:input=move |event| writing.types(&event_target(&event))
            on:blur=move |_| naming.close()
            on:keydown=move |event| writing.keydown(&event)
        ></textarea>
    };
    // An absent or empty child would be drawn as a mark for hydration, and in a field that is text.
    // Blank lines at its beginning a browser would leave out, and the two drawings would differ.
    let typed = typed.map(|typed| typed.trim_start().to_owned());
    match typed.filter(|typed| !typed.is_empty()) {
        Some(typed) => area.into_inner().child(typed).into_part(),
        None => area.into_part(),
    }
}

/// As tall as its text, where the browser doesn't see to that by itself (`field-sizing`). The height goes through the style
/// object, which the page's policy allows.
fn grow(field: &HtmlTextAreaElement) {
    let style = HtmlElement::style(field);
    if Reflect::has(&style, &"fieldSizing".into()) == Ok(true) {
        return;
    }
    _ = style.set_property("height", "auto");
    let height = field.scroll_height().min(TALLEST);
    if height > 0 {
        _ = style.set_property("height", &[&height.to_string(), "px"].concat());
    }
}

fn focus_if_wide(field: &HtmlTextAreaElement) {
    let wide = window()
        .inner_width()
        .ok()
        .and_then(|width| width.as_f64())
        .is_some_and(|width| width >= WIDE);
    let elsewhere = document().active_element().is_some_and(|active| {
        active.dyn_ref::<leptos::web_sys::HtmlInputElement>().is_some()
            || active.dyn_ref::<HtmlTextAreaElement>().is_some()
    });
    if wide && !elsewhere {
        _ = field.focus();
    }
}
