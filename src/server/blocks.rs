//! Blocking: somebody wants to hear nothing more of another in direct conversations. The other isn't told: what they
//! write there looks sent to them, and is for nobody else.

use super::hub::News;
use super::rooms::{joined, person};
use super::state::AppState;
use super::store::{self, Connection};
use crate::shared::ids::UserId;
use crate::shared::limits::BLOCKED_EACH;
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

/// Blocks a person: the direct conversation with them goes from one's list. Twice is as once.
///
/// # Errors
/// `NotFound`: nobody of that handle; `NotAllowed`: oneself. `TooMany`, `TooFast`, `Unavailable`.
pub async fn block(state: &AppState, me: &Person, handle: &str) -> Result<(), Refusal> {
    set(state, me, handle, true).await
}

/// Ends that: the conversation comes back, without what was written into it meanwhile.
///
/// # Errors
/// As [`block`].
pub async fn unblock(state: &AppState, me: &Person, handle: &str) -> Result<(), Refusal> {
    set(state, me, handle, false).await
}

async fn set(state: &AppState, me: &Person, handle: &str, blocked: bool) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let (me, handle) = (me.clone(), handle.to_owned());
    let setting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let whom = person(tx, &handle).await?;
            if whom.id == me.id {
                return Err(Refusal::NotAllowed);
            }
            if blocked && store::blocks::of(tx, me.id).await?.len() >= BLOCKED_EACH {
                return Err(Refusal::TooMany { most: BLOCKED_EACH });
            }
            let mut told = Vec::new();
            if store::blocks::set(tx, me.id, whom.id, blocked).await? {
                told.extend(move_conversation(tx, &me, &whom, blocked).await?);
                if blocked {
                    told.extend(unseen(me.id, whom.id));
                }
            }
            Ok(((), told))
        })
    });
    setting.await
}

/// Neither knows any more whether the other is there.
fn unseen(a: UserId, b: UserId) -> [News; 2] {
    [(a, b), (b, a)].map(|(person, other)| News::Presence {
        to: vec![other],
        person,
        presence: None,
    })
}

/// Out of the list of the one who blocks, or back into it.
async fn move_conversation(
    tx: &mut Connection,
    me: &Person,
    whom: &Person,
    blocked: bool,
) -> Result<Option<News>, Refusal> {
    let Some(room) = store::rooms::direct(tx, me.id, whom.id).await? else {
        return Ok(None);
    };
    store::blocks::hide(tx, room, me.id, blocked).await?;
    let user = me.id;
    Ok(Some(match blocked {
        true => News::Left { user, room },
        false => joined(tx, user, room).await?,
    }))
}
