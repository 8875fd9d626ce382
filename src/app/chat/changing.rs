//! Changing what one has written last: in the outbox as long as it hasn't arrived, on the server from then on.

use super::{Chat, Connection};
use crate::api;
use crate::shared::excerpt::excerpt;
use crate::shared::ids::{ClientId, Position, RoomId};
use crate::shared::message::Message;
use crate::shared::refusal::Refusal;

/// What one has written last in a conversation, and what has become of it.
pub enum Last {
    /// Refused, or without a connection to arrive by.
    Stuck(ClientId),
    OnItsWay,
    Posted(Position, String),
}

/// What the field is to be used for.
#[derive(Clone, PartialEq)]
pub enum Composing {
    /// To answer a message.
    Answer(Answered),
    /// To change one of one's own.
    Change(Position, String),
}

/// A message that is being answered.
#[derive(Clone, PartialEq)]
pub struct Answered {
    pub position: Position,
    /// Whose it is.
    pub name: String,
    pub excerpt: String,
}

impl Chat {
    /// What is being answered in a room: as it was chosen here, or, where the page was opened since or another device
    /// has chosen it, as far as it is loaded.
    pub fn answered(self, room: RoomId) -> Option<Answered> {
        let position = self.draft_answers(room)?;
        let chosen = self.answering.with_value(|all| {
            let of =
                |(other, answered): &&(RoomId, Answered)| *other == room && answered.position == position;
            all.iter().find(of).map(|(_, answered)| answered.clone())
        });
        let loaded = || {
            self.read_open(|timeline| {
                let message = timeline.get(position)?;
                Some(Answered {
                    position,
                    name: timeline.person(message.author)?.name.clone(),
                    excerpt: excerpt(&message.text, &message.blocks),
                })
            })
        };
        let unknown = Answered {
            position,
            name: String::new(),
            excerpt: String::new(),
        };
        Some(chosen.or_else(|| loaded().flatten()).unwrap_or(unknown))
    }

    /// Keeps what is being answered; nothing: it is over.
    pub fn keep_answer(self, room: RoomId, answered: Option<Answered>) {
        let position = answered.as_ref().map(|answered| answered.position);
        self.change_draft(room, |draft| draft.reply_to = position);
        self.answering.update_value(|all| {
            all.retain(|(other, _)| *other != room);
            all.extend(answered.map(|answered| (room, answered)));
        });
    }

    /// Of the conversation on screen, as far as it is loaded.
    pub fn last_written(self) -> Option<Last> {
        let (me, away) = (
            self.my_id(),
            self.connection.get_untracked() != Connection::Connected,
        );
        let last = self.read_open(|timeline| {
            if let Some(last) = timeline.pending().last() {
                let stuck = away || last.refused.is_some();
                return Some(if stuck {
                    Last::Stuck(last.client_id)
                } else {
                    Last::OnItsWay
                });
            }
            let own = |message: &&Message| message.author == me && !message.deleted;
            let last = timeline.messages().rev().find(own)?;
            Some(Last::Posted(last.position, last.text.clone()))
        });
        last.flatten()
    }

    /// The change that was begun in a room and isn't saved: of which message, and its text by now.
    pub fn unsaved_change(self, room: RoomId) -> Option<(Position, String)> {
        self.changes.with_value(|changes| {
            let found = changes.iter().find(|(other, ..)| *other == room);
            found.map(|(_, position, text)| (*position, text.clone()))
        })
    }

    /// Keeps a change as far as it has come, while the page is open; nothing: it is over.
    pub fn keep_change(self, room: RoomId, change: Option<(Position, String)>) {
        self.changes.update_value(|changes| {
            changes.retain(|(other, ..)| *other != room);
            changes.extend(change.map(|(position, text)| (room, position, text)));
        });
    }

    pub(super) fn is_changing(self) -> bool {
        self.changes.with_value(|changes| !changes.is_empty())
    }

    /// Changes the text of a message that was posted.
    ///
    /// # Errors
    /// Those of the server, and `Offline`: then it may have been changed, and to do it again does no harm.
    pub async fn change(self, room: RoomId, position: Position, text: String) -> Result<(), Refusal> {
        let changed = api::messages::edit(self.my_id(), room, position, text).await;
        if matches!(changed, Err(Refusal::SignInFirst)) {
            self.signed_out.set(true);
        }
        let message = changed?;
        self.keep_change(room, None);
        self.update_open(room, |timeline| timeline.posted(message));
        Ok(())
    }
}
