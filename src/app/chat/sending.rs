//! Sending: what is written is shown, kept, and only then on its way.

use super::keeping::{draft_key, entry_key};
use super::{Chat, Connection};
use crate::api;
use crate::shared::ids::{ClientId, Position, RoomId, now};
use crate::shared::json;
use crate::shared::limits::MESSAGE_CHARS;
use crate::shared::message::{Message, NewMessage, Origin};
use crate::shared::outbox::{Entry, Failed, Outbox};
use crate::shared::refusal::Refusal;
use leptos::prelude::*;
use leptos::task::spawn_local;

impl Chat {
    /// Shows the text at once and sends it, after what waits already in that room.
    ///
    /// # Errors
    /// `TextEmpty`, `TextTooLong`, `SignInFirst`.
    pub fn send(
        self,
        room: RoomId,
        text: &str,
        reply_to: Option<Position>,
        silent: bool,
    ) -> Result<(), Refusal> {
        // Nothing would keep it any more.
        if self.signed_out.get_untracked() {
            return Err(Refusal::SignInFirst);
        }
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 {
            return Err(Refusal::TextEmpty);
        }
        if chars > MESSAGE_CHARS {
            return Err(Refusal::TextTooLong {
                chars,
                most: MESSAGE_CHARS,
            });
        }
        let client_id = self.take_draft(room);
        self.sent.update_value(|sent| sent.push(client_id));
        let message = NewMessage {
            client_id,
            text: text.to_owned(),
            reply_to,
            silent,
            ..NewMessage::default()
        };
        let entry = self.update_outbox(|outbox| outbox.push(room, message, now()));
        self.keep_entry(entry, Some(draft_key(room)));
        // One's own message is to be seen, at the end.
        self.load_end();
        Ok(())
    }

    /// Passes a message on into a room, with the words that it has here.
    pub fn forward(self, room: RoomId, from: Origin, text: String) {
        let message = NewMessage {
            text,
            forward: Some(from),
            ..NewMessage::default()
        };
        self.sent.update_value(|sent| sent.push(message.client_id));
        let entry = self.update_outbox(|outbox| outbox.push(room, message, now()));
        self.keep_entry(entry, None);
    }

    /// Sends a refused message again, as the last one.
    pub fn retry(self, client_id: ClientId) {
        if let Some(entry) = self.update_outbox(|outbox| outbox.retry(client_id, now())) {
            let renamed = entry.client_id != client_id;
            self.keep_entry(entry, renamed.then(|| entry_key(client_id)));
        }
    }

    /// Throws an unsent message away. It may be in the room all the same, if no answer has come: then it
    /// is taken back there.
    pub fn discard(self, client_id: ClientId) -> Option<Entry> {
        let entry = self.update_outbox(|outbox| outbox.discard(client_id))?;
        if entry.withdrawn {
            self.keep_entry(entry.clone(), None);
        } else {
            self.forget_entry(entry.clone());
        }
        Some(entry)
    }

    /// Takes an unsent message back into the field, before what stands there.
    pub fn edit(self, client_id: ClientId) {
        if let Some(entry) = self.discard(client_id) {
            let rest = self.draft(entry.room).unwrap_or_default();
            let text = if rest.is_empty() {
                entry.text
            } else {
                [&entry.text, "\n", &rest].concat()
            };
            self.keep_draft(entry.room, text);
            self.drafted.update(|drafted| *drafted += 1);
        }
    }

    /// Keeps an entry as it is now, then sends what can be sent of its room.
    pub(super) fn keep_entry(self, entry: Entry, and_without: Option<String>) {
        let mut kept = vec![(entry_key(entry.client_id), json::write(&entry))];
        kept.extend(and_without.map(|key| (key, None)));
        let keeping = self.keep(kept);
        spawn_local(async move {
            let stored = keeping.await;
            self.update_outbox(|outbox| outbox.kept(entry.client_id, stored));
            self.pump(entry.room);
            self.tell_tabs();
        });
    }

    pub(super) fn forget_entry(self, entry: Entry) {
        let keeping = self.keep(vec![(entry_key(entry.client_id), None)]);
        spawn_local(async move {
            keeping.await;
            self.tell_tabs();
        });
    }

    /// Takes over what is kept: at the start, and when another tab has changed it. That one may also have
    /// a connection again, while this one, which nobody sees, sleeps through its pauses.
    pub fn recall_outbox(self) {
        let entries = self.recall("outbox/", "outbox0");
        spawn_local(async move {
            // What can't be read says nothing of what is there.
            if let Some(entries) = entries.await {
                self.update_outbox(|outbox| outbox.adopt(entries));
                self.drop_sent_drafts();
            }
            self.send_all();
        });
    }

    /// The connection is back: whatever waits goes out now. What was on the wire of the last connection may
    /// never be answered, and is sent again.
    pub fn wake(self) {
        self.update_outbox(Outbox::forget_wire);
        self.send_all();
        self.tell_tabs();
        self.tell_read();
        self.save_drafts();
        // What is being looked for is offered once it is found.
        if !self.looking.get_value() {
            self.offer_lost();
        }
    }

    /// Ends all pauses.
    fn send_all(self) {
        for room in self.outbox.with_value(Outbox::rooms) {
            self.update_outbox(|outbox| outbox.resume(room));
            self.pump(room);
        }
    }

    /// Sends the first of what waits in a room, one at a time: so the order is kept.
    fn pump(self, room: RoomId) {
        if !self.sends.get_value() {
            return;
        }
        let Some(entry) = self.update_outbox(|outbox| outbox.next(room)) else {
            return;
        };
        spawn_local(async move {
            let answer = if entry.withdrawn {
                api::messages::withdraw(self.my_id(), entry.client_id)
                    .await
                    .map(|()| None)
            } else {
                let NewMessage {
                    client_id,
                    text,
                    reply_to,
                    forward,
                    silent,
                } = entry.message();
                let posting = api::messages::post_message(
                    self.my_id(),
                    room,
                    client_id,
                    text,
                    reply_to,
                    forward,
                    silent,
                );
                posting.await.map(Some)
            };
            match answer {
                Ok(message) => self.arrived(entry, message),
                Err(Refusal::SignInFirst) => self.signed_out.set(true),
                Err(refusal) => self.not_arrived(entry, refusal),
            }
        });
    }

    /// Closing the page now would lose something: it couldn't be kept.
    pub fn is_at_risk(self) -> bool {
        self.outbox.with_value(Outbox::at_risk) || self.is_changing()
    }

    /// What was refused here may have been sent by another device.
    pub(super) fn have_arrived<'a>(self, messages: impl Iterator<Item = &'a Message>) {
        for message in messages {
            let refused = self.refused.with_untracked(|rooms| !rooms.is_empty());
            if refused && message.author == self.my_id() {
                let entry = self.update_outbox(|outbox| outbox.arrived(message));
                entry.into_iter().for_each(|entry| self.forget_entry(entry));
            }
        }
    }

    /// The answer is applied before the entry goes.
    fn arrived(self, entry: Entry, message: Option<Message>) {
        let room = entry.room;
        if let Some(message) = message {
            self.update_open(room, |timeline| timeline.posted(message));
        }
        if self.update_outbox(|outbox| outbox.done(&entry)) {
            self.forget_entry(entry);
        }
        self.pump(room);
    }

    fn not_arrived(self, entry: Entry, refusal: Refusal) {
        let room = entry.room;
        // What can't be read while the server is away comes from whatever stands before it.
        let refusal = match self.connection.get_untracked() {
            Connection::Connected => refusal,
            _ if refusal == Refusal::Broken => Refusal::Offline,
            _ => refusal,
        };
        match self.update_outbox(|outbox| outbox.failed(&entry, &refusal)) {
            Failed::Later(pause) => set_timeout(
                move || {
                    self.update_outbox(|outbox| outbox.resume(room));
                    self.pump(room);
                },
                pause,
            ),
            Failed::Renamed(renamed) => {
                self.sent.update_value(|sent| sent.push(renamed.client_id));
                self.keep_entry(renamed, Some(entry_key(entry.client_id)));
            }
            Failed::Refused(refused) => self.keep_entry(refused, None),
            Failed::Over => {
                self.forget_entry(entry);
                self.pump(room);
            }
        }
    }

    /// Changes the outbox, and shows what waits in the conversation on screen.
    pub(super) fn update_outbox<T>(self, change: impl FnOnce(&mut Outbox) -> T) -> T {
        let mut changed = None;
        self.outbox.update_value(|outbox| changed = Some(change(outbox)));
        let waiting = self.outbox.with_value(Outbox::waiting);
        if self.waiting.get_untracked() != waiting {
            self.waiting.set(waiting);
        }
        let refused = self.outbox.with_value(Outbox::refused);
        if self.refused.with_untracked(|known| *known != refused) {
            self.refused.set(refused);
        }
        if let Some((room, _)) = self.open_number() {
            let pending = self.outbox.with_value(|outbox| outbox.of(room));
            let same = self.read_open(|timeline| timeline.pending() == pending);
            if same == Some(false) {
                self.update_open(room, |timeline| timeline.send(pending));
            }
        }
        changed.expect("the chat lives as long as the page")
    }
}
