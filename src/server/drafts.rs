//! What can be done with drafts: save. Sending one removes it, in [`messages::post`](super::messages::post).

use super::hub::News;
use super::sessions::member_of;
use super::state::AppState;
use super::store;
use crate::shared::draft::Draft;
use crate::shared::ids::RoomId;
use crate::shared::limits::DRAFT_CHARS;
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

/// Keeps what is typed in a room in place of what was kept there before, and tells one's other devices.
/// Blank text that answers nothing keeps nothing. False: this text has been posted, or is to be posted later, under that client id, and isn't kept: a device may
/// save after another one has sent.
///
/// # Errors
/// `ClientIdTaken`: another text was posted under it. `Withdrawn`: something was thrown away under it. Either way
/// this one needs another id. `NotFound`, `TextTooLong`,
/// `TooFast`, `Unavailable`.
pub async fn save(state: &AppState, me: &Person, room: RoomId, draft: Draft) -> Result<bool, Refusal> {
    state.rates.write(me.id)?;
    let chars = draft.text.chars().count();
    if chars > DRAFT_CHARS {
        return Err(Refusal::TextTooLong {
            chars,
            most: DRAFT_CHARS,
        });
    }
    let me = me.clone();
    let saving = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?;
            let text = draft.text.trim();
            let sent = store::client_ids::sent_before(tx, me.id, draft.client_id, room, text).await?;
            let waits = super::scheduled::waits(tx, me.id, draft.client_id, room, text).await?;
            if sent.is_some() || waits {
                return Ok((false, Vec::new()));
            }
            let blank = text.is_empty() && draft.reply_to.is_none();
            let draft = (!blank).then_some(draft);
            if !store::drafts::replace(tx, me.id, room, draft.as_ref()).await? {
                return Ok((true, Vec::new()));
            }
            let news = News::Draft {
                user: me.id,
                room,
                draft,
            };
            Ok((true, vec![news]))
        })
    });
    saving.await
}
