//! `/rooms/ID/scheduled` and `/scheduled`: what one has written to be posted later, in one conversation or everywhere. It is
//! changed, sent or taken back by forms, which with scripts need no page load.

use super::layout::{Failed, Pane};
use super::not_found::NothingHere;
use crate::api;
use crate::app::chat::Chat;
use crate::app::components::conversation::conversation_title;
use crate::app::components::field::{Refused, use_refused};
use crate::app::components::fold::Fold;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::send_later::{chosen, due_words, span};
use crate::app::effects::{effect, redrawn};
use crate::app::later::{Seldom, fetch_seldom, seldom};
use crate::app::loading::loaded;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_lang, use_texts, use_zone};
use crate::app::rows::{Key, rows};
use crate::app::state::{Memo, RwSignal};
use crate::shared::ids::{ClientId, RoomId};
use crate::shared::refusal::Refusal;
use crate::shared::scheduled::{Rescheduled, Scheduled};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{FormData, HtmlElement, HtmlFormElement};
use leptos_router::hooks::use_params_map;

pub fn scheduled_page() -> Part {
    let refused = use_refused();
    let params = use_params_map();
    let of = move || params.with(|params| params.get("id")).unwrap_or_default();
    let fetch = |of: String| async move {
        fetch_seldom().await?;
        let room = match of.as_str() {
            "" => None,
            id => Some(id.parse().map_err(|_| Refusal::NotFound)?),
        };
        Ok((room, api::scheduled::list(room).await?))
    };
    loaded(
        of,
        fetch,
        move |known: Result<(Option<RoomId>, Vec<Scheduled>), Refusal>| match known {
            Ok((room, all)) => seldom(Seldom::Scheduled {
                room,
                all,
                refused: refused.clone(),
            }),
            Err(Refusal::NotFound) => {
                view! { <main class="pane" id="content" tabindex="-1"><NothingHere/></main> }.into_part()
            }
            Err(refusal) => view! { <Failed refusal/> }.into_part(),
        },
    )
}

/// What the list draws from.
#[derive(Clone, Copy)]
struct Shown {
    room: Option<RoomId>,
    all: RwSignal<Vec<Scheduled>>,
    /// Which one couldn't be changed, and why.
    refused: RwSignal<Option<(ClientId, Refusal)>>,
}

impl Shown {
    fn reload(self) {
        spawn_local(async move {
            if let Ok(all) = api::scheduled::list(self.room).await {
                self.all.try_set(all);
            }
        });
    }

    /// Looks again whenever something was scheduled, changed, sent or taken back, on whichever device.
    fn follow(self) {
        let chat = expect_context::<Chat>();
        let known = Memo::new(move || {
            chat.list.with(|list| {
                let all = list.as_ref().map(|list| list.ordered()).unwrap_or_default();
                let here = all
                    .into_iter()
                    .filter(|entry| self.room.is_none_or(|room| entry.room.id == room));
                here.map(|entry| entry.own.version).sum::<i64>()
            })
        });
        let mut first = true;
        effect(move || {
            known.track();
            if !std::mem::take(&mut first) {
                self.reload();
            }
        });
    }

    fn submit(self, event: &SubmitEvent, change: impl FnOnce(&HtmlFormElement) -> Option<Rescheduled>) {
        event.prevent_default();
        let form: HtmlFormElement = event_target(event);
        let Ok(fields) = FormData::new_with_form(&form) else {
            return;
        };
        let field = |name: &str| fields.get(name).as_string().unwrap_or_default();
        let Ok(id) = field("client_id").parse::<ClientId>() else {
            return;
        };
        let what = field("do");
        let change = change(&form);
        spawn_local(async move {
            let done = match (what.as_str(), change) {
                ("send", _) => api::scheduled::send_now(id).await.map(drop),
                ("cancel", _) => api::scheduled::cancel(id).await,
                (_, Some(change)) => api::scheduled::change(id, change).await.map(drop),
                _ => Err(Refusal::TimeInvalid),
            };
            if done.is_ok() {
                self.reload();
                focus_heading();
            }
            self.refused.try_set(done.err().map(|refusal| (id, refusal)));
        });
    }
}

/// What was pressed goes with what was done.
fn focus_heading() {
    let heading = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        heading.set_tab_index(-1);
        _ = heading.focus();
    }
}

/// The list. `refused` is a form of it that was refused.
#[component]
pub fn Waiting(room: Option<RoomId>, all: Vec<Scheduled>, refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let says = use_lang().seldom();
    let chat = expect_context::<Chat>();
    let zone = use_zone();
    let wrong = refused.value("client_id").and_then(|id| id.parse().ok());
    let shown = Shown {
        room,
        all: RwSignal::new(all),
        refused: RwSignal::new(wrong.zip(refused.refusal().cloned())),
    };
    shown.follow();
    let changed = move |form: &HtmlFormElement| {
        let (due_at, silent) = zone.with_untracked(|zone| chosen(form, zone))?;
        let text = FormData::new_with_form(form).ok()?.get("text").as_string()?;
        Some(Rescheduled { text, silent, due_at })
    };
    let keys = move || shown.all.with(|all| all.iter().map(key).collect());
    let draw = move |key| {
        let found = shown
            .all
            .with_untracked(|all| all.iter().find(|one| self::key(one) == key).cloned());
        found.map(|one| row(shown, one, &refused)).into_part()
    };
    let count = Memo::new(move || shown.all.with(Vec::len) as u32);
    let count = move || match count.get() {
        0 => {
            let lead = says.nothing_scheduled_lead;
            view! { <div class="empty"><p>{says.nothing_scheduled}</p><p>{lead}</p></div> }.into_part()
        }
        count => view! { <p role="status">{(texts.aside().scheduled_count)(count)}</p> }.into_part(),
    };
    // The conversation that they are for lies above.
    let path = move || {
        let entry = |room| {
            chat.list
                .with(|list| list.as_ref()?.get(room).map(|entry| entry.path()))
        };
        room.and_then(entry).unwrap_or_else(|| "/".to_owned())
    };
    let of = room.map(|room| view! { <p class="waiting__of">{title(chat, room)}</p> }.into_part());
    let others =
        room.map(|_| view! { <a class="button" href="/scheduled">{says.all_scheduled}</a> }.into_part());
    view! {
        <Pane title=texts.aside().scheduled back=Signal::derive(path)>
            <div class="waiting" data-later="seldom" on:submit=move |event| shown.submit(&event, changed)>
                {of}
                {redrawn(count)}
                <ul class="waiting__list">{rows(keys, draw)}</ul>
            </div>
            {others}
        </Pane>
    }
    .into_part()
}

/// Another version is another row; what is typed into the others stays.
fn key(one: &Scheduled) -> Key {
    let (high, low) = one.client_id.0.as_u64_pair();
    (one.version as u8, high as i64, low as i64)
}

fn row(shown: Shown, one: Scheduled, refused: &Refused) -> Part {
    let texts = use_texts();
    let says = use_lang().seldom();
    let chat = expect_context::<Chat>();
    let zone = use_zone();
    let Scheduled {
        client_id, due_at, ..
    } = one;
    let when = move || zone.with(|zone| due_words(texts, zone, chat.now.get(), due_at));
    let title = shown.room.is_none().then(|| title(chat, one.room));
    let sign = |icon, name: &'static str| {
        view! { <span role="img" aria-label=name title=name><Draw icon/></span> }.into_part()
    };
    let silent = one.silent.then(|| sign(Icon::Muted, texts.silent));
    let answers = one.reply_to.map(|_| sign(Icon::Reply, texts.answering));
    let failed = one.failed.as_ref().map(|refusal| {
        let why = match refusal {
            Refusal::NotFound => says.not_there.to_owned(),
            refusal => texts.refusal(refusal),
        };
        view! { <p class="waiting__failed">{texts.not_sent} " " {why}</p> }.into_part()
    });
    let wrong = redrawn(move || {
        let refusal = shown.refused.get().filter(|(id, _)| *id == client_id)?.1;
        let sentence = texts.refusal(&refusal);
        Some(view! { <p class="field__error" role="alert">{sentence}</p> }.into_part())
    });
    let text = one.text.clone();
    let (open, change) = (is_of(refused, client_id), change(one, refused));
    view! {
        <li class="waiting__one">
            <p class="waiting__when">
                <Draw icon=Icon::Clock/> <strong>{move || when()}</strong> {silent} {answers} {title}
            </p>
            <p class="waiting__text" dir="auto">{text}</p>
            {failed}
            {wrong}
            <div class="waiting__ways">
                {doing(client_id, "send", view! { <button class="button">{says.send_now}</button> }.into_part())}
                <Fold label=says.change open=open>{change}</Fold>
                <Fold label=says.unschedule bad=true>
                    <p>{says.unschedule_sure}</p>
                    {doing(client_id, "cancel", view! { <button class="button button--bad">{says.unschedule_now}</button> }.into_part())}
                </Fold>
            </div>
        </li>
    }
    .into_part()
}

/// The conversation that it is for.
fn title(chat: Chat, room: RoomId) -> Part {
    let texts = use_texts();
    let known = chat.list.with_untracked(|list| {
        let entry = list.as_ref()?.get(room)?;
        Some((conversation_title(chat, entry, texts), entry.path()))
    });
    match known {
        Some((title, path)) => view! { <a href=path><bdi>{title}</bdi></a> }.into_part(),
        None => view! { <span>{texts.conversation}</span> }.into_part(),
    }
}

/// Whether the form that was refused is to change this one.
fn is_of(refused: &Refused, id: ClientId) -> bool {
    let it = refused.value("client_id") == Some(id.to_string());
    it && refused.value("do").as_deref() == Some("change")
}

/// A form that does one thing with it. It posts to its page.
fn doing(id: ClientId, what: &'static str, content: Part) -> Part {
    view! {
        <form class="form" method="post">
            <input type="hidden" name="client_id" value=id.to_string()/>
            <input type="hidden" name="do" value=what/>
            {content}
        </form>
    }
    .into_part()
}

fn change(one: Scheduled, refused: &Refused) -> Part {
    let texts = use_texts();
    let says = use_lang().seldom();
    let chat = expect_context::<Chat>();
    let (local, (earliest, latest)) = use_zone().with_untracked(|zone| {
        let now = chat.now.get_untracked();
        (zone.local(one.due_at).in_field(), span(zone, now))
    });
    let typed = |name: &str| refused.value(name).filter(|_| is_of(refused, one.client_id));
    let silent = match is_of(refused, one.client_id) {
        true => typed("silent").is_some(),
        false => one.silent,
    };
    let id = |field: &str| [field, "-", &one.client_id.to_string()].concat();
    let content = view! {
        <div class="field">
            <label for=id("text")>{says.message_text}</label>
            <textarea id=id("text") name="text" rows="3" dir="auto" required>{typed("text").unwrap_or(one.text)}</textarea>
        </div>
        <div class="field">
            <label for=id("due")>{texts.aside().due}</label>
            <input id=id("due") name="due" type="datetime-local" required min=earliest max=latest value=typed("due").unwrap_or(local)/>
        </div>
        <label class="tick"><input type="checkbox" name="silent" checked=silent/> {texts.silent}</label>
        <button class="button button--main">{texts.aside().save}</button>
    }
    .into_part();
    doing(one.client_id, "change", content)
}
