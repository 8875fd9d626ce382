//! The field that one writes in: a real form, which posts by itself where there are no scripts (or
//! not yet), and sends through the chat where there are.

use crate::app::chat::Chat;
use crate::app::components::icon::{Draw, Icon};
use crate::app::effects::effect;
use crate::app::reader::use_texts;
use crate::shared::ids::{ClientId, RoomId};
use crate::shared::limits::MESSAGE_CHARS;
use crate::shared::refusal::Refusal;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlTextAreaElement;

/// From here on the counter is shown.
const NEARLY_FULL: usize = MESSAGE_CHARS - 200;
/// The list and the conversation stand side by side from this width on; narrower screens are
/// touched, and there a focused field would cover half of them with a keyboard.
const WIDE: f64 = 800.0;
/// The field grows with its text up to this height.
const TALLEST: i32 = 240;

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
    let field = NodeRef::<Textarea>::new();
    let chars = RwSignal::new(0usize);
    let (typed, refusal) = refused.unzip();
    let refusal = RwSignal::new(refusal);

    let took = move |field: &HtmlTextAreaElement| {
        let text = field.value();
        chars.set(text.chars().count());
        grow(field);
        if let Some(room) = room {
            chat.keep_draft(room, text);
        }
    };
    // What was typed before the page was taken over stands in the field already.
    let take_draft = move |field: &HtmlTextAreaElement, first: bool| {
        let kept = room.and_then(|room| chat.draft(room)).unwrap_or_default();
        let typed = field.value();
        if first && typed.contains(&kept) {
            // Nothing is kept, or more was typed since.
        } else if first && !kept.contains(&typed) {
            // Typed before the page knew of the draft: neither goes.
            field.set_value(&[&typed, "\n", &kept].concat());
        } else if typed != kept {
            field.set_value(&kept);
        }
        took(field);
    };
    effect(move || {
        let Some(field) = field.get() else { return };
        take_draft(&field, true);
        // The page may be inert until it is painted.
        request_animation_frame(move || focus_if_wide(&field));
    });
    // What another device has typed or sent, and what goes back into the field to be changed.
    let mut begun = false;
    effect(move || {
        chat.drafted.track();
        if let Some(field) = field.get_untracked().filter(|_| begun) {
            take_draft(&field, false);
        }
        begun = true;
    });

    let submit = move |event: SubmitEvent| {
        let (Some(room), Some(field)) = (room, field.get_untracked()) else {
            return;
        };
        event.prevent_default();
        match chat.send(room, &field.value()) {
            Ok(()) => {
                field.set_value("");
                took(&field);
                refusal.set(None);
                _ = field.focus();
            }
            // Nothing to say to somebody who sends nothing.
            Err(Refusal::TextEmpty) => {}
            Err(other) => refusal.set(Some(other)),
        }
    };
    let too_long = move || chars.get() > MESSAGE_CHARS;
    let hint = move || match (chars.get(), refusal.get()) {
        (chars, _) if chars > MESSAGE_CHARS => (texts.chars_over)(chars - MESSAGE_CHARS),
        (_, Some(refusal)) => texts.refusal(&refusal),
        (chars, _) if chars > NEARLY_FULL => (texts.chars_left)(MESSAGE_CHARS - chars),
        _ => String::new(),
    };

    let area = view! {
        <textarea
            name="text"
            rows="1"
            autocomplete="off"
            placeholder=texts.write_message
            aria-label=texts.write_message
            aria-describedby="composer-hint"
            aria-invalid=move || too_long().to_string()
            node_ref=field
            on:input=move |event| took(&event_target(&event))
            on:keydown=move |event| {
                // Keyboards on screens have no Shift to hold: there Enter breaks the line, and the button sends.
                if !chat.touch.get_value() {
                    enter_sends(event);
                }
            }
        ></textarea>
    };
    // An absent or empty child would be drawn as a mark for hydration, and in a field that is text.
    let area = match typed.filter(|typed| !typed.is_empty()) {
        Some(typed) => area.into_inner().child(typed).into_any(),
        None => area.into_any(),
    };
    view! {
        <form class="composer" method="post" action=action on:submit=submit>
            <input type="hidden" name="client_id" value=ClientId::new().to_string()/>
            {area}
            <button class="send" type="submit" aria-label=texts.send title=texts.send disabled=too_long>
                <Draw icon=Icon::Send/>
            </button>
            <p class="composer__hint" id="composer-hint" role="status" class=("composer__hint--over", too_long)>
                {move || hint()}
            </p>
        </form>
    }
    .into_any()
}

/// Enter sends and Shift+Enter breaks the line; an Enter that ends the composing of a character
/// (229 where `isComposing` comes too late) does neither.
fn enter_sends(event: KeyboardEvent) {
    let plain = !event.shift_key() && !event.ctrl_key() && !event.alt_key() && !event.meta_key();
    if event.key() != "Enter" || !plain || event.is_composing() || event.key_code() == 229 {
        return;
    }
    event.prevent_default();
    let field: HtmlTextAreaElement = event_target(&event);
    if let Some(form) = field.form() {
        // As if the button were pressed, which may be disabled.
        let too_long = field.value().chars().count() > MESSAGE_CHARS;
        if !too_long {
            _ = form.request_submit();
        }
    }
}

/// As tall as its text. The height goes through the style object, which the page's policy allows.
fn grow(field: &HtmlTextAreaElement) {
    let style = leptos::web_sys::HtmlElement::style(field);
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
