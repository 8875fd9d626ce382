//! Waiting for no longer than makes sense: a network may swallow a question, or its answer, without a word.

use crate::shared::refusal::Refusal;
use futures::{Sink, Stream};
use leptos::prelude::*;
use leptos::server_fn::client::{Client, browser::BrowserClient};
use leptos::server_fn::request::browser::BrowserRequest;
use leptos::server_fn::response::{ClientRes, browser::BrowserResponse};
use server_fn::Bytes;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

/// A server answers a write within five seconds, if only to say that it can't; the rest is for slow networks.
const ANSWER: Duration = Duration::from_secs(20);

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

/// Asks as the library's own client does. An answer that isn't there in time is none: [`Refusal::Offline`].
pub struct Patient;

/// An answer of which the beginning is there.
pub struct Answer(BrowserResponse);

async fn in_time<T>(answer: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    within(ANSWER, answer).await.unwrap_or(Err(Refusal::Offline))
}

impl Client<Refusal> for Patient {
    type Request = BrowserRequest;
    type Response = Answer;

    async fn send(request: BrowserRequest) -> Result<Answer, Refusal> {
        let asking = <BrowserClient as Client<Refusal>>::send(request);
        in_time(asking).await.map(Answer)
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl Sink<Bytes> + Send + 'static,
            ),
            Refusal,
        >,
    > + Send {
        <BrowserClient as Client<Refusal>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<Refusal>>::spawn(future);
    }
}

impl ClientRes<Refusal> for Answer {
    async fn try_into_string(self) -> Result<String, Refusal> {
        in_time(self.0.try_into_string()).await
    }

    async fn try_into_bytes(self) -> Result<Bytes, Refusal> {
        in_time(self.0.try_into_bytes()).await
    }

    fn try_into_stream(
        self,
    ) -> Result<impl Stream<Item = Result<Bytes, Bytes>> + Send + Sync + 'static, Refusal> {
        self.0.try_into_stream()
    }

    fn status(&self) -> u16 {
        ClientRes::<Refusal>::status(&self.0)
    }

    fn status_text(&self) -> String {
        ClientRes::<Refusal>::status_text(&self.0)
    }

    fn location(&self) -> String {
        ClientRes::<Refusal>::location(&self.0)
    }

    fn has_redirect(&self) -> bool {
        ClientRes::<Refusal>::has_redirect(&self.0)
    }
}
