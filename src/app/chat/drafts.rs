//! Drafts: what is typed is kept here within half a second, and saved for one's other devices soon after.

use super::Chat;
use super::keeping::draft_key;
use crate::api;
use crate::shared::draft::Draft;
use crate::shared::ids::{ClientId, Position, RoomId};
use crate::shared::json;
use crate::shared::refusal::Refusal;
use crate::shared::sorted::Keyed;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// So long after a key what was typed is kept on this device.
const KEEP_AFTER: Duration = Duration::from_millis(250);
/// So long after a key it is saved for the others.
const SAVE_AFTER: Duration = Duration::from_millis(1_500);

/// A draft, as this device has it. What isn't saved is kept, as room and draft.
#[derive(Clone, Debug)]
pub struct Typed {
    room: RoomId,
    draft: Draft,
    /// The server has it so.
    saved: bool,
}

impl Keyed for Typed {
    type Key = RoomId;

    fn key(&self) -> RoomId {
        self.room
    }
}

impl Chat {
    /// What was typed in a room and not sent.
    pub fn draft(self, room: RoomId) -> Option<String> {
        self.drafts
            .with_value(|drafts| drafts.find(room).map(|typed| typed.draft.text.clone()))
    }

    /// The client id that what was typed in a room will be sent under.
    pub(super) fn draft_id(self, room: RoomId) -> Option<ClientId> {
        self.drafts
            .with_value(|drafts| drafts.find(room).map(|typed| typed.draft.client_id))
    }

    /// Whether what was typed here is newer than what the server has.
    pub fn is_drafting(self, room: RoomId) -> bool {
        self.drafts
            .with_value(|drafts| drafts.find(room).is_some_and(|typed| !typed.saved))
    }

    /// Keeps what is typed.
    pub fn keep_draft(self, room: RoomId, text: String) {
        self.change_draft(room, |draft| draft.text = text);
    }

    /// The message that what is typed answers.
    pub(super) fn draft_answers(self, room: RoomId) -> Option<Position> {
        self.drafts
            .with_value(|drafts| drafts.find(room).and_then(|typed| typed.draft.reply_to))
    }

    pub(super) fn change_draft(self, room: RoomId, change: impl FnOnce(&mut Draft)) {
        let known = self.drafts.with_value(|drafts| drafts.find(room).cloned());
        let known = known.map_or_else(Draft::default, |typed| typed.draft);
        let mut draft = known.clone();
        change(&mut draft);
        if draft == known {
            return;
        }
        self.set_draft(Typed {
            room,
            draft,
            saved: false,
        });
        let (keeping, saving) = self.drafting.get_value();
        self.drafting.set_value((true, true));
        if !keeping {
            set_timeout(move || self.keep_drafts(), KEEP_AFTER);
        }
        if !saving {
            set_timeout(move || self.save_drafts(), SAVE_AFTER);
        }
    }

    /// Puts a text below what is typed in a room: it was shared from elsewhere.
    pub fn add_to_draft(self, room: RoomId, text: &str) {
        self.keep_both(room, &self.draft(room).unwrap_or_default(), text);
    }

    /// Two texts that meet in one field: neither goes, and what is in the other already isn't said again.
    fn keep_both(self, room: RoomId, first: &str, then: &str) {
        let both = if first.contains(then) {
            first.to_owned()
        } else if then.contains(first) {
            then.to_owned()
        } else {
            [first, "\n", then].concat()
        };
        self.keep_draft(room, both);
        self.drafted.update(|drafted| *drafted += 1);
    }

    fn set_draft(self, typed: Typed) {
        self.drafts.update_value(|drafts| drafts.put(typed));
    }

    /// What is typed is being sent: under the client id that its draft has.
    pub(super) fn take_draft(self, room: RoomId) -> ClientId {
        let typed = self.drafts.try_update_value(|drafts| drafts.take(room)).flatten();
        self.show_draft(room, None);
        typed.map_or_else(ClientId::new, |typed| typed.draft.client_id)
    }

    /// Keeps on this device what isn't saved yet. Also when the page may go.
    pub fn keep_drafts(self) {
        self.drafting.update_value(|drafting| drafting.0 = false);
        let unsaved = self.unsaved();
        let kept: Vec<_> = unsaved
            .iter()
            .map(|typed| {
                let kept = json::write(&(typed.room, &typed.draft));
                (draft_key(typed.room), kept)
            })
            .collect();
        if !kept.is_empty() {
            self.keep_or_not(kept);
        }
    }

    /// Saves for the other devices what isn't saved yet.
    pub fn save_drafts(self) {
        self.drafting.update_value(|drafting| drafting.1 = false);
        for typed in self.unsaved() {
            spawn_local(async move {
                let Typed { room, draft, .. } = typed;
                match api::messages::save_draft(self.my_id(), room, draft.clone()).await {
                    Ok(true) => self.saved(room, draft),
                    // Another device has sent it, or what it was before more was typed.
                    Ok(false) => self.sent_elsewhere(room, draft.client_id, &draft.text),
                    Err(Refusal::ClientIdTaken | Refusal::Withdrawn) => {
                        self.sent_elsewhere(room, draft.client_id, "")
                    }
                    // Without an answer it stays unsaved, and is saved with the next greeting.
                    Err(refusal) => self.failed(&refusal),
                }
            });
        }
    }

    fn unsaved(self) -> Vec<Typed> {
        self.drafts
            .with_value(|drafts| drafts.iter().filter(|typed| !typed.saved).cloned().collect())
    }

    /// What both had was sent by another device or tab, as `sent`. Whatever else stands here is another
    /// message, and gets an id of its own.
    pub(super) fn sent_elsewhere(self, room: RoomId, client_id: ClientId, sent: &str) {
        let typed = self.drafts.with_value(|drafts| drafts.find(room).cloned());
        let Some(typed) = typed.filter(|typed| typed.draft.client_id == client_id) else {
            return;
        };
        self.take_over(room, None);
        self.forget_draft(room);
        if typed.draft.text.trim() != sent.trim() {
            self.keep_draft(room, typed.draft.text);
        }
        self.drafted.update(|drafted| *drafted += 1);
    }

    /// The server has it, and brings it back from now on. More may have been typed meanwhile.
    fn saved(self, room: RoomId, draft: Draft) {
        let same = self
            .drafts
            .with_value(|drafts| drafts.find(room).is_some_and(|typed| typed.draft == draft));
        if same {
            self.forget_draft(room);
            let draft = Some(draft).filter(|draft| !draft.is_empty());
            self.show_draft(room, draft.clone());
            self.take_over(room, draft);
        }
    }

    /// Another device has typed, or sent what was typed. What is typed here wins: it is saved later.
    pub(super) fn hear_draft(self, room: RoomId, draft: Option<Draft>) {
        let draft = draft.filter(|draft| !self.was_sent(draft.client_id));
        self.show_draft(room, draft.clone());
        let known = self
            .drafts
            .with_value(|drafts| drafts.find(room).map(|typed| typed.draft.clone()));
        if known != draft && !self.is_drafting(room) {
            self.take_over(room, draft);
            self.drafted.update(|drafted| *drafted += 1);
        }
    }

    /// What waits in the outbox is a draft no longer: another tab has sent it.
    pub(super) fn drop_sent_drafts(self) {
        let drafts: Vec<Typed> = self.drafts.with_value(|drafts| drafts.to_vec());
        for Typed { room, draft, saved } in drafts {
            if let Some(sent) = self.outbox.with_value(|outbox| outbox.text(draft.client_id)) {
                // Nothing was typed here since it was saved: it is what was sent, or what that was before.
                let sent = if saved { draft.text } else { sent };
                self.sent_elsewhere(room, draft.client_id, &sent);
            }
        }
    }

    fn was_sent(self, client_id: ClientId) -> bool {
        self.sent.with_value(|sent| sent.contains(&client_id))
            || self.outbox.with_value(|outbox| outbox.has(client_id))
    }

    fn take_over(self, room: RoomId, draft: Option<Draft>) {
        let saved = true;
        self.drafts.update_value(|drafts| match draft {
            Some(draft) => drafts.put(Typed { room, draft, saved }),
            None => drop(drafts.take(room)),
        });
    }

    /// In the list.
    fn show_draft(self, room: RoomId, draft: Option<Draft>) {
        if self.entry(room, |entry| entry.draft != draft) == Some(true) {
            self.update_list(|list| list.drafted(room, draft));
        }
    }

    fn forget_draft(self, room: RoomId) {
        self.keep_or_not(vec![(draft_key(room), None)]);
    }

    /// Takes over what was typed before the page went, unless it has been sent since.
    pub fn recall_drafts(self) {
        let drafts = self.recall::<(RoomId, Draft)>("draft/", "draft0");
        spawn_local(async move {
            for (room, draft) in drafts.await.unwrap_or_default() {
                if self.was_sent(draft.client_id) {
                    self.forget_draft(room);
                } else if !self.is_drafting(room) {
                    self.set_draft(Typed {
                        room,
                        draft,
                        saved: false,
                    });
                    self.drafted.update(|drafted| *drafted += 1);
                } else {
                    // Something has come into the field meanwhile.
                    self.keep_both(room, &draft.text, &self.draft(room).unwrap_or_default());
                }
            }
            self.save_drafts();
        });
    }
}
