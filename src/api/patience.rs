//! Waiting for no longer than makes sense: a network may swallow a question, or its answer, without a word.

use leptos::prelude::*;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

/// What a future brings, if it does so in time. In a browser only.
pub async fn within<T>(most: Duration, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let bell = Arc::new(Mutex::new(Bell::Silent(None)));
    let ringing = bell.clone();
    let timer = set_timeout_with_handle(move || ring(&ringing), most).ok();
    let brought = poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(brought) => Poll::Ready(Some(brought)),
        Poll::Pending => listen(&bell, context.waker()),
    })
    .await;
    if let Some(timer) = timer {
        timer.clear();
    }
    brought
}

/// Whether the time is over, and who waits for that.
enum Bell {
    Silent(Option<Waker>),
    Rung,
}

fn ring(bell: &Mutex<Bell>) {
    let before = bell
        .lock()
        .map(|mut bell| std::mem::replace(&mut *bell, Bell::Rung));
    if let Ok(Bell::Silent(Some(waiting))) = before {
        waiting.wake();
    }
}

fn listen<T>(bell: &Mutex<Bell>, waker: &Waker) -> Poll<Option<T>> {
    match bell.lock().as_deref_mut() {
        Ok(Bell::Silent(waiting)) => {
            *waiting = Some(waker.clone());
            Poll::Pending
        }
        _ => Poll::Ready(None),
    }
}
