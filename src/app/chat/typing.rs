//! Who is typing. Nothing of it is kept.

use super::Chat;
use crate::i18n::Texts;
use crate::shared::ids::{Millis, RoomId, UserId, now};
use crate::shared::limits::TYPING_SECONDS;
use leptos::prelude::*;
use std::time::Duration;

const LASTS: Duration = Duration::from_secs(TYPING_SECONDS);
/// Whoever goes on typing says so again this long after.
const AGAIN: Millis = TYPING_SECONDS as Millis * 500;

/// Somebody who is typing.
#[derive(Clone)]
pub(super) struct Typist {
    room: RoomId,
    person: UserId,
    name: String,
    since: Millis,
}

impl Chat {
    /// The reader is typing something into the field of a room.
    pub fn is_typing(self, room: RoomId) {
        let last = self.typed_at.get_value();
        if now() - last > AGAIN || self.types.get_untracked() != Some(room) {
            self.typed_at.set_value(now());
            self.types.set(Some(room));
        }
    }

    pub(super) fn hear_typing(self, room: RoomId, person: UserId, name: String) {
        let since = now();
        self.typists.update(|typists| {
            typists.retain(|one| (one.room, one.person) != (room, person));
            typists.push(Typist {
                room,
                person,
                name,
                since,
            });
        });
        set_timeout(
            move || self.stop_typing(|one| (one.room, one.person, one.since) == (room, person, since)),
            LASTS,
        );
    }

    /// What they were typing is there.
    pub(super) fn has_typed(self, room: RoomId, person: UserId) {
        self.stop_typing(|one| (one.room, one.person) == (room, person));
    }

    fn stop_typing(self, whose: impl Fn(&Typist) -> bool) {
        if self.typists.with_untracked(|typists| typists.iter().any(&whose)) {
            self.typists.update(|typists| typists.retain(|one| !whose(one)));
        }
    }

    /// «Анна печатает…»; nothing, if nobody is typing there. `direct`: there is only one who can.
    pub fn typing(self, room: RoomId, direct: bool, texts: &Texts) -> Option<String> {
        self.typists.with(|typists| {
            let names: Vec<&str> = typists
                .iter()
                .filter(|one| one.room == room)
                .map(|one| &*one.name)
                .collect();
            match names.as_slice() {
                [] => None,
                [_] if direct => Some(texts.typing_alone.to_owned()),
                names => Some((texts.typing)(names)),
            }
        })
    }
}
