//! What is to be done at a certain time, without anybody asking for it.

use super::messages;
use super::scheduled;
use super::store::{self, Store};
use crate::shared::ids::{Millis, now};
use crate::shared::limits::UNDO_SECONDS;
use crate::shared::refusal::Refusal;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// With nothing to be done, and after a failure, it is looked so often all the same.
const LONGEST: Duration = Duration::from_secs(30);

/// Wakes whoever waits for the next time.
#[derive(Clone, Default)]
pub struct Clock(Arc<Notify>);

impl Clock {
    /// Something was stored that has a time.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Does what is due, for as long as the store is open.
    pub async fn run(self, store: Store) {
        loop {
            let pause = match tick(&store).await {
                Ok(Some(next)) => Duration::from_millis((next - now()).max(0).unsigned_abs()),
                Ok(None) | Err(_) => LONGEST,
            };
            tokio::select! {
                () = self.0.notified() => {}
                () = tokio::time::sleep(pause.min(LONGEST)) => {}
            }
        }
    }
}

/// Does what is due; when there is more to be done. What fails keeps nothing else from being done.
async fn tick(store: &Store) -> Result<Option<Millis>, Refusal> {
    let (sent, emptied) = (send(store).await, empty(store).await);
    Ok(sent?.into_iter().chain(emptied?).min())
}

/// Posts what was to be posted by now.
async fn send(store: &Store) -> Result<Option<Millis>, Refusal> {
    scheduled::send_due(store).await?;
    scheduled::next_due(store).await
}

/// Empties the tombstones that can't be taken back any more.
async fn empty(store: &Store) -> Result<Option<Millis>, Refusal> {
    const UNDO_MS: Millis = UNDO_SECONDS as Millis * 1_000;
    let due = |deleted_at: Option<Millis>| deleted_at.map(|at| at + UNDO_MS + 1);
    let next = due(store::messages::next_to_empty(&mut *store.snapshot().await?).await?);
    if next.is_none_or(|next| next > now()) {
        return Ok(next);
    }
    messages::empty_tombstones(store).await?;
    Ok(due(
        store::messages::next_to_empty(&mut *store.snapshot().await?).await?
    ))
}
