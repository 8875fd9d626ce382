//! Going to a message, wherever in its room it stands.

use super::Chat;
use crate::api;
use crate::shared::ids::{Position, RoomId};
use crate::shared::live::Anchor;
use leptos::task::spawn_local;

impl Chat {
    /// Brings a message of the conversation on screen into sight; one that isn't loaded, with those around it.
    pub fn seek(self, position: Position) {
        let Some((room, loaded)) =
            self.read_open(|timeline| (timeline.room(), timeline.get(position).is_some()))
        else {
            return;
        };
        if loaded {
            return self.sought.set(Some(position));
        }
        spawn_local(async move {
            match self.load(room, Anchor::Around(position)).await {
                Ok(()) => self.sought.set(Some(position)),
                Err(refusal) => self.failed(&refusal),
            }
        });
    }

    /// Goes to the next message that mentions the reader: of those that are not read, the first one, and with each
    /// call one further.
    pub fn seek_mention(self, room: RoomId) {
        let read = self.read_through(room).unwrap_or_default();
        let after = match self.mentioned.get_value() {
            Some((other, position)) if other == room => position.max(read),
            _ => read,
        };
        spawn_local(async move {
            match api::messages::mention_after(room, after).await {
                Ok(Some(position)) => {
                    self.mentioned.set_value(Some((room, position)));
                    self.seek(position);
                }
                // From the first one again.
                Ok(None) => self.mentioned.set_value(None),
                Err(refusal) => self.failed(&refusal),
            }
        });
    }
}
