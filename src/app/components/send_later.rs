//! Other ways to send what is written: without sound, or later. A menu on the button that sends, and a button of its own
//! for it, which shows itself once something is written; without scripts, a few fields more in the form.

use crate::app::chat::Chat;
use crate::app::components::composer::Writing;
use crate::app::components::dialog::Dialog;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::menu::{Item, below, menu, place_of};
use crate::app::components::press::Press;
use crate::app::effects::{effect, redrawn};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_texts, use_zone};
use crate::app::state::{RwSignal, StoredValue};
use crate::i18n::Texts;
use crate::shared::ids::{Millis, RoomId, now};
use crate::shared::limits::SCHEDULED_DAYS;
use crate::shared::refusal::{Refusal, RefusedForm};
use crate::shared::zone::{Local, Zone};
use leptos::ev::{MouseEvent, PointerEvent, SubmitEvent};
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{Event, FormData, HtmlButtonElement, HtmlElement, HtmlFormElement, HtmlInputElement};

const MINUTE: Millis = 60 * 1_000;
const HOUR: Millis = 60 * MINUTE;
/// "Today" is offered for this hour, "tomorrow" for that one.
const EVENING: u32 = 19;
const MORNING: u32 = 9;

/// When something is due, in words: «Завтра в 09:00».
pub fn due_words(texts: &Texts, zone: &Zone, now: Millis, at: Millis) -> String {
    let (due, now) = (zone.local(at), zone.local(now));
    let clock = texts.clock(due.hour * 60 + due.minute);
    match due.day_number() - now.day_number() {
        0 => (texts.aside().today_at)(&clock),
        1 => (texts.aside().tomorrow_at)(&clock),
        _ => (texts.aside().day_at)(&texts.day_heading(due.day_number(), now.day_number()), &clock),
    }
}

/// The earliest and the latest time that a field takes, as it writes them.
pub fn span(zone: &Zone, now: Millis) -> (String, String) {
    let latest = now + (SCHEDULED_DAYS - 1) * 24 * HOUR;
    (zone.local(now).in_field(), zone.local(latest).in_field())
}

/// That something waits to be posted here, above where one writes. Leads to it.
pub fn scheduled_here(room: RoomId) -> Part {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let own = move || {
        chat.list
            .with(|list| list.as_ref()?.get(room).map(|entry| entry.own))
            .unwrap_or_default()
    };
    let count = move || (texts.aside().scheduled_count)(own().scheduled);
    let failed = move || match own().scheduled_failed {
        0 => String::new(),
        failed => (texts.aside().scheduled_failed)(failed),
    };
    let href = ["/rooms/", &room.to_string(), "/scheduled"].concat();
    view! {
        <p class="scheduled-here" data-later>
            <a href=href>
                <Draw icon=Icon::Clock/>
                <span>{move || count()}</span>
                <strong>{move || failed()}</strong>
            </a>
        </p>
    }
    .into_part()
}

/// What is drawn beside the field, once a browser has loaded it.
#[component]
pub fn SendLater(writing: Writing) -> impl IntoView {
    if writing.room.is_none() {
        return ().into_part();
    }
    let texts = use_texts();
    let at = RwSignal::new(None);
    let open = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let changing = move || writing.changing.with(Option::is_some);
    attend_once_there(writing, at);
    let asked = move |event: MouseEvent| {
        let button: HtmlElement = event_target::<HtmlElement>(&event);
        let button = button.closest("button").ok().flatten();
        at.set(button.map(|button| below(&button)));
    };
    let ways = move || {
        let place = at.get()?;
        let items = vec![
            Item::new(Icon::Muted, texts.aside().send_silently, move || {
                writing.send(true)
            }),
            Item::new(Icon::Clock, texts.aside().send_later, move || open.set(true)),
        ];
        let label = texts.aside().other_ways.to_owned();
        let close = move || {
            if at.with_untracked(|now| *now == Some(place)) {
                at.set(None);
            }
        };
        Some(menu(label, place, Vec::new(), items, close))
    };
    let label = texts.aside().other_ways;
    let content = move || choosing(writing, open, said);
    view! {
        <button
            type="button"
            class="send-more"
            aria-haspopup="menu"
            aria-label=label
            title=label
            disabled=changing
            on:click=asked
        >
            <Draw icon=Icon::Clock/>
        </button>
        <span class="said" role="status">{move || said.get()}</span>
        {redrawn(ways)}
        <Dialog open class="later" label=texts.aside().send_later content=Box::new(content)/>
    }
    .into_part()
}

/// The button that sends has the same menu: by the right button, the menu key, or a finger that lies still. Most visits
/// need nothing of it, so it is listened to from here.
fn attend_once_there(writing: Writing, at: RwSignal<Option<(i32, i32)>>) {
    effect(move || {
        let form = writing.field.get().and_then(|field| field.form());
        let send = form.and_then(|form| form.query_selector(".send").ok().flatten());
        if let Some(send) = send.and_then(|send| send.dyn_into::<HtmlButtonElement>().ok()) {
            attend(writing, send, at);
        }
    });
}

fn attend(writing: Writing, send: HtmlButtonElement, at: RwSignal<Option<(i32, i32)>>) {
    let press = Press::default();
    // A finger may lie there while the page goes.
    let ready = move || {
        let idle = writing.changing.try_with_untracked(Option::is_none) == Some(true);
        let field = writing.field.try_get_untracked().flatten();
        idle && field.is_some_and(|field| !field.value().trim().is_empty())
    };
    let button = send.clone();
    hear(&send, "contextmenu", move |event| {
        event.prevent_default();
        if ready() {
            at.set(Some(place_of(event.unchecked_ref::<MouseEvent>(), &button)));
        }
    });
    let button = send.clone();
    hear(&send, "pointerdown", move |event| {
        let button = button.clone();
        press.begins(event.unchecked_ref::<PointerEvent>(), move || {
            if ready() {
                at.set(Some(below(&button)));
            }
        });
    });
    hear(&send, "pointercancel", move |_| press.ends());
    hear(&send, "touchend", move |event| press.lifts(&event));
}

/// For as long as the element is there.
fn hear(element: &HtmlElement, what: &str, heard: impl Fn(Event) + 'static) {
    let heard: Box<dyn Fn(Event)> = Box::new(heard);
    let heard = Closure::wrap(heard).into_js_value();
    _ = element.add_event_listener_with_callback(what, heard.unchecked_ref());
}

/// When it is to be sent.
fn choosing(writing: Writing, open: RwSignal<bool>, said: RwSignal<String>) -> Part {
    let texts = use_texts();
    let zone = use_zone();
    let field = NodeRef::<Input>::new();
    let refusal = RwSignal::new(None::<Refusal>);
    let waits = StoredValue::new(false);
    let now = now();
    let (earliest, latest) = zone.with_untracked(|zone| span(zone, now));
    let presets = zone.with_untracked(|zone| presets(texts, zone, now));
    let first = presets.first().map(|(_, local)| local.in_field());
    let preset = |(label, local): (String, Local)| {
        let choose = move |_| {
            if let Some(field) = field.get_untracked() {
                HtmlInputElement::set_value(&field, &local.in_field());
            }
        };
        view! { <button type="button" class="button" on:click=choose>{label}</button> }.into_part()
    };
    let presets = presets.into_iter().map(preset).collect_view();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form: HtmlFormElement = event_target(&event);
        let Some((due_at, silent)) = zone.with_untracked(|zone| chosen(&form, zone)) else {
            return refusal.set(Some(Refusal::TimeInvalid));
        };
        let (Some(room), Some(area)) = (writing.room, writing.field.get_untracked()) else {
            return;
        };
        if waits.get_value() {
            return;
        }
        waits.set_value(true);
        let (chat, text, answered) = (writing.chat, area.value(), writing.answered());
        spawn_local(async move {
            let scheduled = chat.schedule(room, text, answered, silent, due_at).await;
            waits.try_update_value(|waits| *waits = false);
            match scheduled {
                Ok(()) => {
                    writing.answer(None);
                    let when = zone.with_untracked(|zone| due_words(texts, zone, now, due_at));
                    said.set((texts.aside().scheduled_for)(&when));
                    open.set(false);
                    // The dialog gives the focus back to a button that isn't shown any more.
                    request_animation_frame(move || _ = area.focus());
                }
                Err(refused) => _ = refusal.try_set(Some(refused)),
            }
        });
    };
    let wrong = move || match refusal.get() {
        None => String::new(),
        // It isn't on its way, and goes nowhere by itself.
        Some(Refusal::Offline) => texts.aside().schedule_offline.to_owned(),
        Some(refusal) => texts.refusal(&refusal),
    };
    view! {
        <form class="form later__box" novalidate on:submit=submit>
            <h2>{texts.aside().send_later.trim_end_matches('…')}</h2>
            <div class="later__presets">{presets}</div>
            <div class="field">
                <label for="later-due">{texts.aside().due}</label>
                <input
                    id="later-due"
                    name="due"
                    type="datetime-local"
                    required
                    autofocus
                    min=earliest
                    max=latest
                    value=first
                    node_ref=field
                    aria-describedby="later-wrong"
                />
            </div>
            <label class="tick"><input type="checkbox" name="silent"/> {texts.silent}</label>
            <p class="field__error" id="later-wrong" role="alert">{move || wrong()}</p>
            <div class="later__ways">
                <button class="button" type="button" on:click=move |_| open.set(false)>{texts.cancel}</button>
                <button class="button button--main" type="submit">{texts.aside().schedule}</button>
            </div>
        </form>
    }
    .into_part()
}

/// The time and whether it disturbs nobody, as a form has them.
pub fn chosen(form: &HtmlFormElement, zone: &Zone) -> Option<(Millis, bool)> {
    let fields = FormData::new_with_form(form).ok()?;
    let due = Local::of_field(&fields.get("due").as_string()?)?;
    Some((zone.instant(due), fields.has("silent")))
}

/// What is offered now.
fn presets(texts: &Texts, zone: &Zone, now: Millis) -> Vec<(String, Local)> {
    let today = zone.local(now);
    let at = |hour: u32, local: Local| Local {
        hour,
        minute: 0,
        ..local
    };
    let clock = |local: &Local| texts.clock(local.hour * 60 + local.minute);
    let (evening, morning) = (at(EVENING, today), at(MORNING, today.days_later(1)));
    let mut all = vec![(texts.aside().in_an_hour.to_owned(), zone.local(now + HOUR))];
    if zone.instant(evening) > now + HOUR {
        all.push(((texts.aside().today_at)(&clock(&evening)), evening));
    }
    all.push(((texts.aside().tomorrow_at)(&clock(&morning)), morning));
    all
}

/// The same for those without scripts, as the text of a `<noscript>`: so a browser that has them carries nothing of it.
/// What was refused comes back. A time that is chosen holds, whichever button sends the form.
pub fn without_scripts() -> String {
    if !cfg!(feature = "ssr") {
        return String::new();
    }
    let texts = use_texts();
    let (earliest, latest) = use_zone().with_untracked(|zone| span(zone, now()));
    let refused = use_context::<RefusedForm>();
    let typed = |name: &str| {
        let values = refused
            .as_ref()
            .map(|form| form.values.as_slice())
            .unwrap_or_default();
        let (_, value) = values.iter().find(|(field, _)| field == name)?;
        Some(value.clone()).filter(|value| !value.is_empty())
    };
    let (due, silent) = (typed("due"), typed("silent").is_some());
    let open = due.is_some() || silent;
    view! {
        <details class="send-otherwise" open=open>
            <summary>{texts.aside().other_ways}</summary>
            <label class="tick"><input type="checkbox" name="silent" checked=silent/> {texts.aside().send_silently}</label>
            <label for="due">{texts.aside().due}</label>
            <input id="due" name="due" type="datetime-local" min=earliest max=latest value=due/>
            <button class="button" name="later">{texts.aside().schedule}</button>
        </details>
    }
    .to_html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    fn at(text: &str) -> Millis {
        Zone::UTC.instant(Local::of_field(text).unwrap_or_else(|| panic!("{text}")))
    }

    #[test]
    fn a_time_is_said_as_shortly_as_can_be() {
        let (ru, en) = (Lang::Ru.texts(), Lang::En.texts());
        let moscow = Zone::parse("180").unwrap();
        let now = at("2026-11-26T20:30");
        let said = |texts, due| due_words(texts, &moscow, now, at(due));
        assert_eq!(said(ru, "2026-11-26T20:59"), "Сегодня в 23:59");
        assert_eq!(said(ru, "2026-11-26T21:00"), "Завтра в 00:00");
        assert_eq!(said(ru, "2026-11-30T06:00"), "30 ноября в 09:00");
        assert_eq!(said(en, "2027-01-01T06:00"), "January 1, 2027 at 09:00");
    }

    #[test]
    fn what_is_over_is_not_offered() {
        let ru = Lang::Ru.texts();
        let offered = |now: &str| {
            let all = presets(ru, &Zone::UTC, at(now));
            all.into_iter()
                .map(|(label, local)| (label, local.in_field()))
                .collect::<Vec<_>>()
        };
        let of = |label: &str, due: &str| (label.to_owned(), due.to_owned());
        assert_eq!(
            offered("2026-12-31T12:10"),
            [
                of("Через час", "2026-12-31T13:10"),
                of("Сегодня в 19:00", "2026-12-31T19:00"),
                of("Завтра в 09:00", "2027-01-01T09:00")
            ]
        );
        assert_eq!(
            offered("2026-12-31T23:10"),
            [
                of("Через час", "2027-01-01T00:10"),
                of("Завтра в 09:00", "2027-01-01T09:00")
            ]
        );
    }
}
