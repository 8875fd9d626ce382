//! Scheduling: what is written goes later, and the server keeps it until then. So it needs a connection, and what was
//! written stays in its field until the server has it.

use super::Chat;
use crate::api;
use crate::shared::ids::{Millis, Position, RoomId};
use crate::shared::refusal::Refusal;
use crate::shared::scheduled::NewScheduled;

impl Chat {
    /// Leaves a text with the server until its time, under the client id that its draft has.
    ///
    /// # Errors
    /// The server's; `Offline`.
    pub async fn schedule(
        self,
        room: RoomId,
        text: String,
        reply_to: Option<Position>,
        silent: bool,
        due_at: Millis,
    ) -> Result<(), Refusal> {
        let named = |client_id| NewScheduled {
            client_id,
            text: text.clone(),
            reply_to,
            silent,
            due_at,
        };
        self.keep_draft(room, text.clone());
        let id = self.draft_id(room).unwrap_or_default();
        let id = match api::scheduled::schedule(self.my_id(), room, named(id)).await {
            // Another device has sent something else under it: this is another message.
            Err(Refusal::ClientIdTaken | Refusal::Withdrawn) => {
                self.sent_elsewhere(room, id, "");
                let id = self.draft_id(room).unwrap_or_default();
                api::scheduled::schedule(self.my_id(), room, named(id)).await?;
                id
            }
            answer => answer.map(|_| id)?,
        };
        self.sent.update_value(|sent| sent.push(id));
        self.sent_elsewhere(room, id, &text);
        Ok(())
    }
}
