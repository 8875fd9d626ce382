//! How conversations stand in their reader's list: pinned, archived, muted, marked.

use super::Chat;
use crate::api;
use crate::shared::ids::{RoomId, now};
use crate::shared::own::OwnChange;
use leptos::task::spawn_local;

impl Chat {
    /// Shows it so at once, and tells the server. What that refuses is shown as it is there.
    pub fn keep_as(self, room: RoomId, change: OwnChange) {
        self.update_list(|list| list.keep_as(room, change, now()));
        spawn_local(async move {
            match api::own::keep_as(room, change).await {
                Ok(own) => self.update_list(|list| list.owned(room, own)),
                Err(refusal) => {
                    self.failed(&refusal);
                    self.refresh();
                }
            }
        });
    }
}
