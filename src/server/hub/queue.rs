//! What waits for one socket.

use super::Ending;
use crate::shared::ids::{Position, RoomId};
use axum::extract::ws::Utf8Bytes;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What may wait for one socket, in frames and in bytes. Past either the browser is too slow: it is
/// closed with 1013 and comes back by its number.
pub(super) const QUEUE: usize = 256;
pub(super) const QUEUE_BYTES: usize = 1024 * 1024;

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Frame {
    pub text: Utf8Bytes,
    /// The latest message of others that it brings, where its author is told so.
    pub brings: Option<(RoomId, Position)>,
}

impl From<Utf8Bytes> for Frame {
    fn from(text: Utf8Bytes) -> Self {
        Frame { text, brings: None }
    }
}

/// Nobody waits for it to take anything.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    pub(super) more: Notify,
}

#[derive(Default)]
struct Waiting {
    frames: VecDeque<Frame>,
    bytes: usize,
    ending: Option<Ending>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it had room. One that had none ends here.
    pub(super) fn push(&self, frame: &Frame) -> bool {
        let mut waiting = self.lock();
        let fits = waiting.frames.len() < QUEUE && waiting.bytes + frame.text.len() <= QUEUE_BYTES;
        if fits {
            waiting.bytes += frame.text.len();
            waiting.frames.push_back(frame.clone());
        } else {
            waiting.end(Ending::TooSlow);
        }
        drop(waiting);
        self.more.notify_one();
        fits
    }

    pub(super) fn end(&self, ending: Ending) {
        self.lock().end(ending);
        self.more.notify_one();
    }

    pub(super) fn take(&self) -> Option<Result<Frame, Ending>> {
        let mut waiting = self.lock();
        if let Some(ending) = waiting.ending {
            return Some(Err(ending));
        }
        let frame = waiting.frames.pop_front()?;
        waiting.bytes -= frame.text.len();
        Some(Ok(frame))
    }
}

impl Waiting {
    /// What still waits is of no use: whoever comes back asks for it by number.
    fn end(&mut self, ending: Ending) {
        *self = Waiting {
            ending: Some(ending),
            ..Waiting::default()
        };
    }
}
