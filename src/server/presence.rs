//! Who is there. Somebody is while one of their pages can be seen, and a little longer: a reload is no leaving. Told to
//! those with whom they have a direct conversation, unless either of the two hides it.

use super::hub::{News, Subscription};
use super::state::AppState;
use super::store::{self, Connection};
use crate::shared::ids::{RoomId, UserId, now};
use crate::shared::limits::PRESENCE_GRACE_SECONDS;
use crate::shared::receipt::Presence;
use crate::shared::refusal::Refusal;
use crate::shared::room::RoomEntry;
use crate::shared::user::Person;
use std::time::Duration;

const GRACE: Duration = Duration::from_secs(PRESENCE_GRACE_SECONDS);

/// A page of the person's has come into sight, or has gone from it.
pub fn look(state: &AppState, subscription: &Subscription, visible: bool) {
    subscription.look(visible);
    settle_soon(state, subscription.user, visible);
}

/// Whoever comes is there at once, whoever goes not yet.
pub fn settle_soon(state: &AppState, user: UserId, visible: bool) {
    let state = state.clone();
    tokio::spawn(async move {
        if !visible {
            tokio::time::sleep(GRACE).await;
        }
        if let Err(refusal) = settle(&state, user).await {
            tracing::warn!(?refusal, "whether somebody is there couldn't be told");
        }
    });
}

async fn settle(state: &AppState, user: UserId) -> Result<(), Refusal> {
    let Some(online) = state.hub.turn(user) else {
        return Ok(());
    };
    let telling = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let seen = now();
            store::presence::seen(tx, user, seen).await?;
            Ok(((), vec![told(tx, user, Some(Presence { online, seen })).await?]))
        })
    });
    telling.await
}

/// For all who may know of the person.
pub(super) async fn told(
    tx: &mut Connection,
    person: UserId,
    presence: Option<Presence>,
) -> Result<News, Refusal> {
    let partners = store::presence::partners(tx, person).await?;
    Ok(News::Presence {
        to: partners.into_keys().collect(),
        person,
        presence,
    })
}

/// Notes on the lines of somebody's list who is there.
pub(super) async fn note(
    state: &AppState,
    tx: &mut Connection,
    me: &Person,
    entries: &mut [RoomEntry],
) -> Result<(), Refusal> {
    note_seen(tx, me.id, entries).await?;
    entries.iter_mut().for_each(|entry| state.hub.note(entry));
    Ok(())
}

/// Notes when they were there last; whether they are there now only the hub knows.
pub(super) async fn note_seen(
    tx: &mut Connection,
    user: UserId,
    entries: &mut [RoomEntry],
) -> Result<(), Refusal> {
    if entries.iter().all(|entry| entry.with.is_none()) {
        return Ok(());
    }
    let partners = store::presence::partners(tx, user).await?;
    for entry in entries {
        let with = entry.with.as_ref().map(|with| with.id);
        let seen = with.and_then(|with| *partners.get(&with)?);
        entry.presence = seen.map(|seen| Presence { online: false, seen });
    }
    Ok(())
}

/// The person is writing in a room: for those who are there now.
///
/// # Errors
/// `NotFound`: nobody of that id. `Unavailable`.
pub async fn typing(state: &AppState, user: UserId, room: RoomId) -> Result<(), Refusal> {
    // By the name that they have now, not by that of when the socket was opened.
    let who = store::users::by_id(&mut *state.store.snapshot().await?, user).await?;
    state.hub.typing(room, &who);
    Ok(())
}
