//! Reading: what has been seen is told to the server.

use super::Chat;
use crate::api;
use crate::shared::ids::{Position, RoomId};
use crate::shared::outbox::passes;
use crate::shared::timeline::List;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// What has been read is told to the server this long after, once.
const READ_PAUSE: Duration = Duration::from_millis(300);

impl Chat {
    /// The end of the conversation is on screen: it is read, if anybody can see it.
    pub fn read_to_end(self) {
        if !self.visible.get_untracked() {
            return;
        }
        let end = self.read_open(|timeline| {
            // Also of a conversation in which nothing was written yet.
            (!timeline.newer()).then(|| (timeline.room(), timeline.newest().unwrap_or_default()))
        });
        let Some((room, end)) = end.flatten() else { return };
        // A conversation that is marked while it is on screen stays so until it is opened again.
        let opened = self.opened.try_update_value(std::mem::take) == Some(true);
        let wanted = self.entry(room, |entry| {
            (entry.last_read < end && entry.unread > 0) || (opened && entry.own.marked)
        });
        if wanted != Some(true) {
            return;
        }
        self.update_list(|list| {
            list.read_to(room, end);
            list.unmark(room);
        });
        self.untold(room, end);
        set_timeout(move || self.tell_read(), READ_PAUSE);
    }

    /// What can't be told now is told with the next greeting.
    pub(super) fn tell_read(self) {
        for (room, position) in self.read.get_value() {
            spawn_local(async move {
                let answer = api::messages::mark_read(room, position).await;
                if answer.as_ref().is_err_and(passes) {
                    return;
                }
                self.read
                    .update_value(|read| read.retain(|told| *told != (room, position)));
                if let Err(refusal) = answer {
                    self.failed(&refusal);
                }
            });
        }
    }

    /// Brings a list of the server's up to what has been read here and isn't told yet.
    pub(super) fn with_what_was_read(self, mut list: List) -> List {
        for (room, position) in self.read.get_value() {
            list.read_to(room, position);
        }
        list
    }

    /// How far a room has been read, also where the server isn't told yet.
    pub(super) fn read_through(self, room: RoomId) -> Option<Position> {
        let told = self.entry(room, |entry| entry.last_read)?;
        let untold = self.read.with_value(|read| {
            let found = read.iter().find(|(other, _)| *other == room);
            found.map(|(_, position)| *position)
        });
        Some(untold.map_or(told, |untold| untold.max(told)))
    }

    fn untold(self, room: RoomId, position: Position) {
        self.read.update_value(|read| {
            let further = |(other, told): &(RoomId, Position)| *other == room && *told >= position;
            if !read.iter().any(further) {
                read.retain(|(other, _)| *other != room);
                read.push((room, position));
            }
        });
    }

    /// Something came that nobody has seen: from here on it is new.
    pub fn mark_new(self) {
        let read = self.open_number().and_then(|(room, _)| self.read_through(room));
        if self.line.get_untracked() != read {
            self.line.set(read);
        }
    }

    /// How much wants to be read, for the title and the icon.
    pub fn unread(self) -> u32 {
        let now = self.now.get();
        self.list
            .with(|list| list.as_ref().map_or(0, |list| list.counts(now)))
    }
}
