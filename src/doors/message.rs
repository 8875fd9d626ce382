//! `/rooms/ID/POSITION/actions`: what one may do with a message, for those who have no scripts. Where there are
//! some, its menu does the same.

use super::texts::{DoorTexts, use_door_texts};
use crate::app::components::conversation::title_for;
use crate::app::components::emoji::QUICK;
use crate::app::components::field::Refused;
use crate::app::components::fold::Fold;
use crate::app::components::message::text;
use crate::app::components::person::person;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{Reader, use_texts};
use crate::i18n::Texts;
use crate::server::at_hand::AtHand;
use crate::shared::ids::{ClientId, Millis, now};
use crate::shared::limits::MESSAGE_CHARS;
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;
use leptos::prelude::*;

/// The page, and the form that was refused, if one was.
struct Page {
    of: Box<AtHand>,
    /// The end of that form's address.
    end: String,
    refused: Refused,
    texts: &'static Texts,
    doors: &'static DoorTexts,
}

/// `end` is that of the address which was asked for.
#[component]
pub fn MessageActions(of: Box<AtHand>, end: String, refused: Refused) -> impl IntoView {
    let page = Page {
        of,
        end,
        refused,
        texts: use_texts(),
        doors: use_door_texts(),
    };
    let AtHand {
        message,
        entry,
        me,
        removable,
        ..
    } = &*page.of;
    let there = format!("/rooms/{}/{}", entry.room.id, message.position);
    let conversation = title_for(entry, page.texts, |id| id == *me);
    let writable = !message.deleted && !entry.room.closed;
    view! {
        <h1 class="said">{page.texts.actions}</h1>
        {page.message()}
        {page.general_refusal()}
        {page.of.restorable.then(|| page.restore())}
        {writable.then(|| page.reactions())}
        {writable.then(|| page.reply())}
        {(writable && message.author == *me).then(|| page.edit())}
        {(!message.deleted).then(|| page.forward())}
        {writable.then(|| page.pin())}
        {(!message.deleted && *removable).then(|| page.delete())}
        {page.who_reacted()}
        {page.earlier()}
        <p class="door__aside"><a href=there>{page.doors.back_to} " " <bdi>{conversation}</bdi></a></p>
    }
}

impl Page {
    fn action(&self, end: &str) -> String {
        format!(
            "/rooms/{}/{}/{end}",
            self.of.entry.room.id, self.of.message.position
        )
    }

    fn is_refused(&self, end: &str) -> bool {
        self.end == end && self.refused.refusal().is_some()
    }

    /// What was typed into a form that was refused.
    fn typed(&self, end: &str, field: &str) -> Option<String> {
        self.refused.value(field).filter(|_| self.is_refused(end))
    }

    /// Why a form was refused.
    fn note(&self, end: &str) -> Option<Part> {
        let refusal = self.refused.refusal().filter(|_| self.end == end)?;
        let sentence = match (refusal, end) {
            (Refusal::BadRequest, "react") => self.doors.one_emoji.to_owned(),
            (refusal, _) => self.texts.refusal(refusal),
        };
        Some(view! { <p class="field__error" role="alert">{sentence}</p> }.into_part())
    }

    /// Why, where the form isn't there any more.
    fn general_refusal(&self) -> Option<Part> {
        let refusal = self.refused.refusal()?;
        let message = &self.of.message;
        let gone = message.deleted || self.of.entry.room.closed;
        let mine = message.author == self.of.me;
        let shown = match self.end.as_str() {
            "reply" | "react" | "pin" => !gone,
            "edit" => !gone && mine,
            "forward" => !message.deleted,
            "delete" => !message.deleted && self.of.removable,
            "restore" => false,
            _ => false,
        };
        let sentence = match (refusal, self.end.as_str()) {
            (Refusal::NotFound, "restore") => self.doors.too_late.to_owned(),
            (Refusal::NotFound, _) if message.deleted => self.texts.deleted.to_owned(),
            (refusal, _) => self.texts.refusal(refusal),
        };
        (!shown).then(|| view! { <p class="form__error" role="alert">{sentence}</p> }.into_part())
    }

    fn message(&self) -> Part {
        let Message {
            posted_at,
            edited_at,
            deleted,
            ..
        } = self.of.message;
        let author = self.of.author.name.clone();
        let edited = edited_at
            .filter(|_| !deleted)
            .map(|_| [" · ", self.texts.edited].concat());
        let passed_on = self.of.forwarded_from.clone().map(|of| {
            view! { <p class="message__from">{self.texts.forwarded_from} " " <bdi>{of.name}</bdi></p> }
                .into_part()
        });
        let words = match deleted {
            true => self.texts.deleted.into_part(),
            false => text(self.of.message.clone()),
        };
        view! {
            <article class="at-hand" class=("at-hand--deleted", deleted)>
                <p class="at-hand__by"><bdi>{author}</bdi> " · " {self.when(posted_at)} {edited}</p>
                {passed_on}
                <div class="message__text" dir="auto">{words}</div>
            </article>
        }
        .into_part()
    }

    fn when(&self, at: Millis) -> String {
        let zone = &expect_context::<Reader>().zone;
        let local = zone.local(at);
        let today = zone.local(now()).day_number();
        [
            &self.texts.day_heading(local.day_number(), today),
            ", ",
            &self.texts.clock(local.hour * 60 + local.minute),
        ]
        .concat()
    }

    fn restore(&self) -> Part {
        view! {
            <form class="form" method="post" action=self.action("restore")>
                <p class="field__hint" role="status">{self.doors.restore_lead}</p>
                <button class="button button--main">{self.texts.aside().undo}</button>
            </form>
        }
        .into_part()
    }

    /// Those that are given most, and those that are there. Each button says which it is to be: given or taken back.
    fn reactions(&self) -> Part {
        let given = &self.of.given;
        let there = self.of.message.reactions.iter();
        let others = there
            .map(|reaction| reaction.emoji.as_str())
            .filter(|emoji| !QUICK.contains(emoji));
        let button = |emoji: &str| {
            let mine = given.iter().any(|given| given == emoji);
            let count = self
                .of
                .message
                .reactions
                .iter()
                .find(|known| known.emoji == emoji);
            let count = count.map(|known| view! { <span>{known.count.to_string()}</span> }.into_part());
            view! {
                <button
                    class="reaction"
                    name=if mine { "take" } else { "give" }
                    value=emoji.to_owned()
                    aria-pressed=mine.to_string()
                >
                    {emoji.to_owned()} {count}
                </button>
            }
            .into_part()
        };
        let all: Vec<Part> = QUICK.into_iter().chain(others).map(button).collect();
        let typed = self.typed("react", "give");
        view! {
            <section class="acts">
                <h2>{self.doors.react}</h2>
                <form class="reactions" method="post" action=self.action("react")>{all}</form>
                <form class="form form--line" method="post" action=self.action("react")>
                    <input
                        type="text"
                        name="give"
                        required
                        autocomplete="off"
                        aria-label=self.texts.aside().more_emoji
                        placeholder=self.texts.aside().more_emoji
                        value=typed
                        maxlength="32"
                    />
                    <button class="button">{self.doors.give}</button>
                </form>
                {self.note("react")}
            </section>
        }
        .into_part()
    }

    fn reply(&self) -> Part {
        let client_id = self.typed("reply", "client_id");
        view! {
            <form class="form acts" method="post" action=self.action("reply")>
                {client_id_field(client_id)}
                <div class="field">
                    <label for="reply">{self.texts.aside().answer}</label>
                    {area("reply", self.typed("reply", "text").unwrap_or_default())}
                    {self.note("reply")}
                </div>
                <button class="button button--main">{self.texts.send}</button>
            </form>
        }
        .into_part()
    }

    fn edit(&self) -> Part {
        let before = || self.of.message.text.clone();
        let form = view! {
            <form class="form" method="post" action=self.action("edit")>
                <div class="field">
                    <label for="edit">{self.texts.editing}</label>
                    {area("edit", self.typed("edit", "text").unwrap_or_else(before))}
                    {self.note("edit")}
                </div>
                <button class="button button--main">{self.texts.aside().save}</button>
            </form>
        }
        .into_part();
        view! { <Fold label=self.texts.edit open=self.is_refused("edit")>{form}</Fold> }.into_part()
    }

    fn forward(&self) -> Part {
        let chosen = self.typed("forward", "to");
        let client_id = self.typed("forward", "client_id");
        let option = |entry: &crate::shared::room::RoomEntry| {
            let room = entry.room.id.to_string();
            let title = title_for(entry, self.texts, |id| id == self.of.me);
            view! { <option value=room.clone() selected=chosen.as_ref() == Some(&room)>{title}</option> }
                .into_part()
        };
        let options: Vec<Part> = self.of.conversations.iter().map(option).collect();
        let form = view! {
            <form class="form" method="post" action=self.action("forward")>
                {client_id_field(client_id)}
                <div class="field">
                    <label for="to">{self.texts.aside().forward_to}</label>
                    <select id="to" name="to">{options}</select>
                    {self.note("forward")}
                </div>
                <button class="button button--main">{self.texts.aside().forward}</button>
            </form>
        }
        .into_part();
        view! { <Fold label=self.texts.aside().forward open=self.is_refused("forward")>{form}</Fold> }
            .into_part()
    }

    fn pin(&self) -> Part {
        let pinned = self.of.message.pinned;
        let label = match pinned {
            true => self.texts.aside().unpin_message,
            false => self.texts.aside().pin_message,
        };
        view! {
            <form method="post" action=self.action("pin")>
                <input type="hidden" name="on" value=(!pinned).to_string()/>
                <button class="button">{label}</button>
                {self.note("pin")}
            </form>
        }
        .into_part()
    }

    fn delete(&self) -> Part {
        let form = view! {
            <form class="form" method="post" action=self.action("delete")>
                <p>{self.doors.delete_sure}</p>
                {self.note("delete")}
                <button class="button button--bad">{self.texts.aside().delete}</button>
            </form>
        }
        .into_part();
        view! { <Fold label=self.texts.aside().delete bad=true open=self.is_refused("delete")>{form}</Fold> }
            .into_part()
    }

    fn who_reacted(&self) -> Option<Part> {
        let reacted: Vec<Part> = self.of.reacted.iter().map(|(who, emoji)| {
            let path = ["/@", &who.handle].concat();
            view! { <li><a class="person" href=path>{person(who.clone())}</a> <span class="choose__emoji">{emoji.join(" ")}</span></li> }
                .into_part()
        })
        .collect();
        let any = !reacted.is_empty();
        any.then(|| {
            view! {
                <section class="acts">
                    <h2>{self.texts.aside().who_responded}</h2>
                    <ul>{reacted}</ul>
                </section>
            }
            .into_part()
        })
    }

    fn earlier(&self) -> Option<Part> {
        let earlier: Vec<Part> = self.of.earlier.iter().rev().map(|earlier| {
            view! { <li class="earlier"><span>{self.when(earlier.written_at)}</span><p dir="auto">{earlier.text.clone()}</p></li> }
                .into_part()
        })
        .collect();
        let any = !earlier.is_empty();
        any.then(|| {
            view! {
                <section class="acts">
                    <h2>{self.texts.aside().earlier_texts}</h2>
                    <ul>{earlier}</ul>
                </section>
            }
            .into_part()
        })
    }
}

/// What it names is posted once, however often the form is sent.
fn client_id_field(typed: Option<String>) -> Part {
    let id = typed.unwrap_or_else(|| ClientId::new().to_string());
    view! { <input type="hidden" name="client_id" value=id/> }.into_part()
}

fn area(id: &'static str, words: String) -> Part {
    let most = MESSAGE_CHARS.to_string();
    let area = view! { <textarea id=id name="text" rows="3" dir="auto" required maxlength=most></textarea> };
    // An empty child would be drawn as a space.
    match words.is_empty() {
        true => area.into_part(),
        false => area.into_inner().child(words).into_part(),
    }
}
