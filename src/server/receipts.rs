//! How far messages have come: to a device of those who are to read them, and before their eyes. Told in small rooms
//! only, to those who let others know the same of themselves.

use super::hub::News;
use super::state::AppState;
use super::store::{self, Connection};
use crate::shared::ids::{Position, RoomId, UserId};
use crate::shared::message::Message;
use crate::shared::receipt::Reach;
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;

/// What each one of a small room knows of it; of a larger one nothing.
pub(super) struct Known(Vec<(UserId, Reach)>);

/// To be read before something changes, for [`told`].
pub(super) async fn known(tx: &mut Connection, room: RoomId) -> Result<Known, Refusal> {
    store::receipts::in_room(tx, room).await.map(Known)
}

/// What is told to those who know another thing now.
pub(super) async fn told(tx: &mut Connection, room: RoomId, before: Known) -> Result<Vec<News>, Refusal> {
    if before.0.is_empty() {
        return Ok(Vec::new());
    }
    let mut now = store::receipts::in_room(tx, room).await?;
    now.retain(|reach| !before.0.contains(reach));
    let news = now
        .into_iter()
        .map(|(user, reach)| News::Reached { user, room, reach });
    Ok(news.collect())
}

/// Who has read one's own message, as far as that is told.
pub(super) async fn readers(
    tx: &mut Connection,
    me: &Person,
    room: RoomId,
    message: &Message,
) -> Result<Vec<Person>, Refusal> {
    if message.author != me.id || !store::receipts::privacy(tx, me.id).await?.reading {
        return Ok(Vec::new());
    }
    store::receipts::readers(tx, room, me.id, message.position).await
}

/// Messages have come to a device of the person's: in each of the rooms what stands up to the position.
///
/// # Errors
/// `Unavailable`.
pub async fn deliver(state: &AppState, user: UserId, come: Vec<(RoomId, Position)>) -> Result<(), Refusal> {
    let delivering = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let mut news = Vec::new();
            for (room, position) in come {
                let before = known(tx, room).await?;
                store::receipts::deliver(tx, room, user, position).await?;
                news.extend(told(tx, room, before).await?);
            }
            Ok(((), news))
        })
    });
    delivering.await
}

/// A device of the person's has their list: whatever stands in their rooms has come to it.
///
/// # Errors
/// `Unavailable`.
pub async fn undelivered(state: &AppState, user: UserId) -> Result<Vec<(RoomId, Position)>, Refusal> {
    store::receipts::undelivered(&mut *state.store.snapshot().await?, user).await
}
