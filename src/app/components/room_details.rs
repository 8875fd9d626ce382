//! A room's page: what it is, who is there, and what each of them may do. All that can be done is forms, which post by
//! themselves where there are no scripts, and are asked for one by one where there are. What is typed stays while
//! the rest follows the news.

use crate::api;
use crate::app::chat::Chat;
use crate::app::components::avatar::Avatar;
use crate::app::components::conversation::conversation_title;
use crate::app::components::field::Refused;
use crate::app::components::fold::Fold;
use crate::app::components::invitations::links;
use crate::app::components::own::OwnChoices;
use crate::app::components::picture::picture_forms;
use crate::app::components::pins::Pins;
use crate::app::components::seats::who_is_there;
use crate::app::effects::{effect, redrawn};
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_lang, use_texts};
use crate::app::state::{Memo, RwSignal};
use crate::shared::ids::RoomId;
use crate::shared::limits::{DESCRIPTION_CHARS, ROOM_NAME_CHARS};
use crate::shared::refusal::Refusal;
use crate::shared::room::{About, History, Place, Role, Room, RoomKind};
use crate::shared::room_change::RoomChange;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, FormData, HtmlElement, HtmlFormElement};
use std::cell::Cell;
use std::rc::Rc;

/// What the page draws from, and where it says what was refused.
#[derive(Clone, Copy)]
pub struct Page {
    pub(super) room: RoomId,
    pub(super) about: RwSignal<About>,
    /// The end of the form's address, and why.
    pub(super) refused: RwSignal<Option<(String, Refusal)>>,
    /// Moves when something was changed from here.
    changed: RwSignal<u32>,
}

impl Page {
    /// The address of the form of this name.
    pub fn action(self, form: &str) -> String {
        ["/rooms/", &self.room.to_string(), "/", form].concat()
    }

    fn read<T>(self, read: impl FnOnce(&Room) -> T) -> Option<T> {
        self.about.with(|about| about.room.as_ref().map(read))
    }

    /// Loads it anew whenever somebody has come, gone or become something else here, or the room has.
    fn follow(self) {
        let chat = expect_context::<Chat>();
        let known = Memo::new(move || {
            let versions = chat.list.with(|list| {
                let entry = list.as_ref()?.get(self.room)?;
                Some((entry.people, entry.room.version))
            });
            (versions, self.changed.get())
        });
        let mut first = true;
        let asked = Rc::new(Cell::new(0_u32));
        effect(move || {
            // One who is no longer here is led away.
            let here = known.with(|(versions, _)| versions.is_some());
            if !std::mem::take(&mut first) && here {
                asked.set(asked.get() + 1);
                let (asked, this) = (asked.clone(), asked.get());
                spawn_local(async move {
                    let about = api::rooms::about(Place::Room(self.room)).await;
                    // An answer that was overtaken is older than what is there.
                    if let Ok(about) = about
                        && asked.get() == this
                    {
                        self.about.try_set(about);
                    }
                });
            }
        });
    }

    /// Asks for what a form of this page says. The one that leaves posts by itself.
    fn submit(self, event: &SubmitEvent) {
        let form: HtmlFormElement = event_target(event);
        let action = form.get_attribute("action").unwrap_or_default();
        let end = action.rsplit('/').next().unwrap_or_default().to_owned();
        let Ok(fields) = FormData::new_with_form(&form) else {
            return;
        };
        let Some(change) = RoomChange::read(&end, |name| fields.get(name).as_string()) else {
            return;
        };
        event.prevent_default();
        spawn_local(async move {
            let done = api::rooms::change_room(self.room, change).await;
            if done.is_ok() {
                finish(&form, &end);
                self.changed.update(|changed| *changed += 1);
            }
            self.refused.try_set(done.err().map(|refusal| (end, refusal)));
        });
    }

    /// Why a form of these was refused.
    pub fn note(self, forms: &'static [&'static str]) -> Part {
        let texts = use_texts();
        redrawn(move || {
            let refusal = self.refused.with(|refused| {
                let (end, refusal) = refused.as_ref()?;
                let here = forms.contains(&end.as_str()) && *refusal != Refusal::NotAllowed;
                here.then(|| refusal.clone())
            })?;
            let sentence = match (refusal, forms) {
                (Refusal::NotFound, ["members"]) => texts.nothing_found.to_owned(),
                (refusal, _) => texts.refusal(&refusal),
            };
            Some(view! { <p class="field__error" role="alert">{sentence}</p> }.into_part())
        })
    }
}

/// Puts away a form that has done its work, and the focus where its reader goes on.
fn finish(form: &HtmlFormElement, end: &str) {
    if end == "members" {
        return form.reset();
    }
    let closest = |what: &str| form.closest(what).ok().flatten();
    // A row with what was done in it is drawn anew.
    let row = ["roles", "remove", "revoke"].contains(&end);
    let (around, heading) = if row {
        ("section", "h3")
    } else {
        ("details", "summary")
    };
    let Some(around) = closest(around) else { return };
    if !row {
        _ = around.remove_attribute("open");
    }
    let heading: Option<Element> = around.query_selector(heading).ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        if row {
            heading.set_tab_index(-1);
        }
        _ = heading.focus();
    }
}

/// `refused` is the form that was refused: the end of its address, and what was in it.
#[component]
pub fn OfRoom(room: RoomId, about: About, refused: (String, Refused)) -> impl IntoView {
    let (end, typed) = refused;
    let page = Page {
        room,
        about: RwSignal::new(about),
        refused: RwSignal::new(typed.refusal().cloned().map(|refusal| (end, refusal))),
        changed: RwSignal::new(0),
    };
    page.follow();
    view! {
        <div class="details__body" data-later="seldom" on:submit=move |event| page.submit(&event)>
            {what_it_is(page)}
            {not_yours(page)}
            {to_describe(page, typed.clone())}
            {to_depict(page)}
            {who_is_there(page, typed)}
            {links(page)}
            {ways_out(page)}
        </div>
    }
    .into_part()
}

pub(super) fn role(page: Page) -> Memo<Role> {
    Memo::new(move || page.about.with(|about| about.role))
}

fn what_it_is(page: Page) -> Part {
    let texts = use_texts();
    let seldom = use_lang().seldom();
    let chat = expect_context::<Chat>();
    // One without a name is called by those who are there.
    let name = move || {
        chat.list.with(|list| {
            let entry = list.as_ref()?.get(page.room)?;
            Some(conversation_title(chat, entry, texts))
        })
    };
    let avatar = untrack(name).unwrap_or_default();
    let picture = Memo::new(move || page.read(|room| room.picture.clone()).flatten());
    let face = move || {
        view! { <Avatar id=page.room.0 name=avatar.clone() room=true picture=picture.get()/> }.into_part()
    };
    let kind = move || match page.read(|room| room.kind) {
        Some(RoomKind::Open) => texts.aside().room_open_hint,
        _ => texts.aside().room_invited_hint,
    };
    let history = move || match page.read(|room| room.history) {
        Some(History::SinceJoining) => seldom.history_since_hint,
        _ => "",
    };
    let description = Memo::new(move || page.read(|room| room.description.clone()).unwrap_or_default());
    let description = move || {
        let description = description.get();
        let shown = !description.is_empty();
        shown.then(|| view! { <p class="details__about" dir="auto">{description}</p> }.into_part())
    };
    let closed = Memo::new(move || page.read(|room| room.closed) == Some(true));
    let closed = move || {
        closed
            .get()
            .then(|| view! { <p class="details__closed">{texts.refusals.room_closed}</p> }.into_part())
    };
    view! {
        <div class="details__who">
            {redrawn(face)}
            <strong><bdi>{move || name()}</bdi></strong>
            {redrawn(description)}
            <span>{move || kind()}</span>
            <span>{move || history()}</span>
            {redrawn(closed)}
        </div>
    }
    .into_part()
}

/// What one may not do (any more) has no form that could say so.
fn not_yours(page: Page) -> Part {
    let texts = use_texts();
    let refused = Memo::new(move || {
        page.refused
            .with(|refused| matches!(refused, Some((_, Refusal::NotAllowed))))
    });
    redrawn(move || {
        let sentence = refused.get().then(|| texts.refusal(&Refusal::NotAllowed))?;
        Some(view! { <p class="field__error" role="alert">{sentence}</p> }.into_part())
    })
}

/// What owners say of it.
fn to_describe(page: Page, typed: Refused) -> Part {
    let role = role(page);
    redrawn(move || {
        let typed = typed.clone();
        (role.get() == Role::Owner).then(|| view! { <Describe page typed/> }.into_part())
    })
}

/// The picture that moderators give to it too.
fn to_depict(page: Page) -> Part {
    let may = Memo::new(move || {
        page.about.with(|about| {
            let room = about.room.as_ref()?;
            (about.role >= Role::Moderator).then_some(room.picture.is_some())
        })
    });
    let open = page.refused.with_untracked(|refused| {
        refused
            .as_ref()
            .is_some_and(|(end, _)| PICTURE.contains(&end.as_str()))
    });
    redrawn(move || {
        let remove = may.get()?.then(|| page.action("no-picture"));
        let forms = picture_forms(page.action("picture"), remove);
        Some(view! { <Fold label=use_texts().aside().picture open=open>{page.note(&PICTURE)} {forms}</Fold> })
    })
}

/// The ends of the addresses of what is about the picture.
static PICTURE: [&str; 2] = ["picture", "no-picture"];

#[component]
fn Describe(page: Page, typed: Refused) -> impl IntoView {
    let texts = use_texts();
    let seldom = use_lang().seldom();
    let room = page.about.with_untracked(|about| about.room.clone());
    let (name, description, history) = room.map_or_else(Default::default, |room| {
        (room.name, room.description, room.history)
    });
    let was_refused = page
        .refused
        .with_untracked(|refused| refused.as_ref().is_some_and(|(end, _)| end == "rename"));
    let typed = |field: &str| typed.value(field).filter(|_| was_refused);
    let name = typed("name").unwrap_or(name);
    let description = typed("description").unwrap_or(description);
    let area = view! {
        <textarea id="room-description" name="description" rows="3" dir="auto" maxlength=DESCRIPTION_CHARS.to_string()></textarea>
    };
    // An empty child would be drawn as a mark for hydration, and in a field that is text.
    let area = match description {
        text if text.is_empty() => area.into_part(),
        text => area.into_inner().child(text).into_part(),
    };
    view! {
        <Fold label=seldom.edit_room open=was_refused>
            <form class="form" method="post" action=page.action("rename")>
                <div class="field">
                    <label for="room-name">{texts.room_name}</label>
                    <input id="room-name" name="name" type="text" required autocomplete="off" maxlength=ROOM_NAME_CHARS.to_string() value=name/>
                </div>
                <div class="field">
                    <label for="room-description">{seldom.room_description}</label>
                    {area}
                </div>
                {history_choice(history)}
                {page.note(&["rename"])}
                <button class="button button--main" type="submit">{texts.aside().save}</button>
            </form>
        </Fold>
    }
    .into_part()
}

/// Whether newcomers see what was there before them.
pub fn history_choice(chosen: History) -> Part {
    let aside = use_lang().aside();
    let one = |value: &'static str, of: History, label: &'static str| {
        view! {
            <label class="pick__one">
                <input type="radio" name="history" value=value checked=chosen == of/>
                <span>{label}</span>
            </label>
        }
        .into_part()
    };
    view! {
        <fieldset class="pick">
            <legend>{aside.history}</legend>
            <div class="pick__all">
                {one("all", History::All, aside.history_all)}
                {one("since_joining", History::SinceJoining, aside.history_since)}
            </div>
        </fieldset>
    }
    .into_part()
}

/// Closing it, opening it again, leaving.
fn ways_out(page: Page) -> Part {
    let texts = use_texts();
    let seldom = use_lang().seldom();
    let closes = Memo::new(move || {
        let owner = page.about.with(|about| about.role == Role::Owner);
        page.read(|room| room.closed).filter(|_| owner)
    });
    let closing = move || match closes.get()? {
        false => Some(
            view! {
                <Fold label=seldom.close_room bad=true>
                    <form class="form" method="post" action=page.action("close")>
                        <p>{seldom.close_room_lead}</p>
                        <button class="button button--bad" type="submit">{seldom.close_room_now}</button>
                    </form>
                </Fold>
            }
            .into_part(),
        ),
        true => Some(
            view! {
                <form method="post" action=page.action("reopen")>
                    <button class="button" type="submit">{seldom.reopen_room}</button>
                </form>
            }
            .into_part(),
        ),
    };
    view! {
        <Pins room=page.room pinned=page.about.with_untracked(|about| about.pinned.clone())/>
        <OwnChoices room=page.room/>
        <div class="details__leave">
            {redrawn(closing)}
            {page.note(&["close", "reopen"])}
            <form method="post" action=page.action("leave")>
                <button class="button button--bad" type="submit">{texts.aside().leave}</button>
            </form>
        </div>
    }
    .into_part()
}
