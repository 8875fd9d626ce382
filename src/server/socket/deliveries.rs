//! What has come to a browser. A ping follows what was sent, and is answered in its order by the browser itself, however
//! busy the page is: so nobody has to say what has come.

use super::super::receipts;
use super::super::state::AppState;
use crate::shared::ids::{Position, RoomId, UserId};
use axum::body::Bytes;
use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Between two questions: in a flood what has come is noted once, not a thousand times.
const BETWEEN: Duration = Duration::from_millis(250);

type Places = HashMap<RoomId, Position>;

pub(super) struct Deliveries {
    user: UserId,
    /// What was sent since the last question.
    sent: Places,
    /// What was sent before it, until it is answered.
    asked: Option<Places>,
    /// The number of the last question.
    number: u64,
    next: Instant,
}

impl Deliveries {
    /// After the greeting, which brings what was written before.
    pub(super) async fn begin(state: &AppState, user: UserId) -> Deliveries {
        let sent = receipts::undelivered(state, user).await;
        Deliveries {
            user,
            // What can't be read now is noted with the next greeting.
            sent: sent.unwrap_or_default().into_iter().collect(),
            asked: None,
            number: 0,
            next: Instant::now(),
        }
    }

    pub(super) fn sent(&mut self, brings: Option<(RoomId, Position)>) {
        if let Some((room, position)) = brings {
            let last = self.sent.entry(room).or_default();
            *last = position.max(*last);
        }
    }

    /// When it is time to ask; never, where there is nothing to ask for.
    pub(super) async fn due(&self) {
        match self.sent.is_empty() || self.asked.is_some() {
            true => pending().await,
            false => sleep_until(self.next).await,
        }
    }

    /// What to ask with.
    pub(super) fn ask(&mut self) -> Bytes {
        self.number += 1;
        self.next = Instant::now() + BETWEEN;
        self.asked = Some(std::mem::take(&mut self.sent));
        Bytes::copy_from_slice(&self.number.to_be_bytes())
    }

    /// The answer to one of the pings, perhaps to the last question.
    pub(super) fn answered(&mut self, state: &AppState, pong: &[u8]) {
        if pong != self.number.to_be_bytes() {
            return;
        }
        if let Some(come) = self.asked.take() {
            let (state, user) = (state.clone(), self.user);
            tokio::spawn(async move { receipts::deliver(&state, user, come.into_iter().collect()).await });
        }
    }
}
