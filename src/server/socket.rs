//! One browser's socket: hello, then what happens, until either side goes.

use super::hub::{Ending, Subscription, encode};
use super::sabotage::{self, Fault};
use super::sessions::Session;
use super::state::AppState;
use super::{rooms, store};
use crate::shared::limits::HEARTBEAT_SECONDS;
use crate::shared::live::ToBrowser;
use crate::shared::refusal::Refusal;
use crate::shared::user::Person;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

/// A socket that takes no byte for so long is closed.
const STALLED: Duration = Duration::from_secs(10);
/// A socket from which nothing comes for so long, not even the answer to a ping, is dead.
const DEAD: Duration = Duration::from_secs(45);

/// One frame must fit, and the largest is the list of somebody in 1,000 rooms. Only as much as a frame
/// has is ever taken.
const HELLO_BYTES: usize = 4 * 1024 * 1024;

/// Small: thousands may be open, and a browser has little to say.
pub fn upgrade(state: AppState, session: Session, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(64 * 1024)
        .max_frame_size(64 * 1024)
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(HELLO_BYTES)
        .on_upgrade(move |socket| serve(state, session, socket))
}

async fn serve(state: AppState, session: Session, mut socket: WebSocket) {
    let subscription = state.hub.connect(session.me.id, session.key);
    let ending = match hello(&state, &session.me).await {
        Ok(text) => match send(&mut socket, text).await {
            Ok(()) => relay(&subscription, &mut socket).await,
            Err(code) => code,
        },
        Err(_) => close_code::AGAIN,
    };
    drop(subscription);
    let close = Message::Close(Some(CloseFrame {
        code: ending,
        reason: Utf8Bytes::default(),
    }));
    let _ = timeout(Duration::from_secs(1), socket.send(close)).await;
}

/// The list, read after the hub knows the person and then their rooms: whatever is committed
/// after the reading waits in the queue, and what comes twice does no harm.
async fn hello(state: &AppState, me: &Person) -> Result<Utf8Bytes, Refusal> {
    if sabotage::on(Fault::ListenLate) {
        let list = rooms::list(state, me).await?;
        tokio::time::sleep(sabotage::AHEAD).await;
        watch(state, me).await?;
        return Ok(encode(&ToBrowser::Hello(list)));
    }
    let watched = watch(state, me).await?;
    greet(state, me, watched).await
}

/// The hub learns of the person's rooms, and from when on it knows them.
async fn watch(state: &AppState, me: &Person) -> Result<u64, Refusal> {
    let rooms = store::rooms::ids_of(&mut *state.store.snapshot().await?, me.id).await?;
    Ok(state.hub.watch(me.id, rooms))
}

async fn greet(state: &AppState, me: &Person, watched: u64) -> Result<Utf8Bytes, Refusal> {
    let list = rooms::list(state, me).await?;
    state.hub.settle(me.id, watched, &list.rooms);
    Ok(encode(&ToBrowser::Hello(list)))
}

/// Answers with the code to close by.
async fn relay(subscription: &Subscription, socket: &mut WebSocket) -> u16 {
    let mut heartbeat = interval(Duration::from_secs(HEARTBEAT_SECONDS));
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    let mut heard = Instant::now();
    loop {
        let sent = tokio::select! {
            frame = subscription.next() => match frame {
                Ok(text) => send(socket, text).await,
                Err(ending) => Err(code(ending)),
            },
            // A heartbeat of ours, since scripts can't see pings, and a ping, since it is answered
            // even by a page that is busy.
            _ = heartbeat.tick() => {
                subscription.beat();
                deliver(socket, Message::Ping(Default::default())).await
            }
            () = sleep_until(heard + DEAD) => Err(close_code::AWAY),
            message = socket.recv() => match message {
                Some(Ok(Message::Pong(_) | Message::Ping(_))) => {
                    heard = Instant::now();
                    Ok(())
                }
                Some(Ok(Message::Text(_) | Message::Binary(_))) => Err(close_code::POLICY),
                Some(Err(error)) if error.to_string().contains("too long") => Err(close_code::SIZE),
                Some(Ok(Message::Close(_)) | Err(_)) | None => Err(close_code::NORMAL),
            },
        };
        if let Err(code) = sent {
            return code;
        }
    }
}

fn code(ending: Ending) -> u16 {
    match ending {
        Ending::TooSlow => close_code::AGAIN,
        Ending::SignedOut => close_code::POLICY,
        Ending::Stopping => close_code::AWAY,
    }
}

async fn send(socket: &mut WebSocket, text: Utf8Bytes) -> Result<(), u16> {
    deliver(socket, Message::Text(text)).await
}

async fn deliver(socket: &mut WebSocket, message: Message) -> Result<(), u16> {
    match timeout(STALLED, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(close_code::NORMAL),
        Err(_) => Err(close_code::AGAIN),
    }
}

#[cfg(test)]
mod tests;
