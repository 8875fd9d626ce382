//! One browser's socket: hello, then what happens, until either side goes.

use super::hub::{Ending, Frame, Subscription, encode};
use super::sabotage::{self, Fault};
use super::sessions::Session;
use super::state::AppState;
use super::{rooms, store};
use crate::shared::limits::HEARTBEAT_SECONDS;
use crate::shared::live::ToBrowser;
use crate::shared::refusal::Refusal;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// A socket that takes no byte for so long is closed.
const STALLED: Duration = Duration::from_secs(10);
/// A socket from which nothing comes for so long, not even the answer to a ping, is dead.
const DEAD: Duration = Duration::from_secs(45);

/// Small: thousands may be open, and a browser has little to say.
pub fn upgrade(state: AppState, session: Session, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(64 * 1024)
        .max_frame_size(64 * 1024)
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(256 * 1024)
        .on_upgrade(move |socket| serve(state, session, socket))
}

async fn serve(state: AppState, session: Session, mut socket: WebSocket) {
    let mut subscription = state.hub.connect(session.me.id, session.key);
    let ending = match hello(&state, &session).await {
        Ok(text) => match send(&mut socket, text).await {
            Ok(()) => relay(&state, &mut subscription, &mut socket).await,
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
async fn hello(state: &AppState, session: &Session) -> Result<Utf8Bytes, Refusal> {
    let user = session.me.id;
    let watched = store::rooms::ids_of(&mut *state.store.snapshot().await?, user).await?;
    if !sabotage::on(Fault::ListenLate) {
        state.hub.watch(user, watched.iter().copied());
    }
    let list = rooms::list(state, &session.me).await?;
    if sabotage::on(Fault::ListenLate) {
        tokio::time::sleep(sabotage::AHEAD).await;
        state.hub.watch(user, watched.iter().copied());
    }
    state.hub.settle(user, &watched, &list.rooms);
    Ok(encode(&ToBrowser::Hello(list)))
}

/// Answers with the code to close by.
async fn relay(state: &AppState, subscription: &mut Subscription, socket: &mut WebSocket) -> u16 {
    let mut heartbeat = interval(Duration::from_secs(HEARTBEAT_SECONDS));
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    let mut heard = Instant::now();
    loop {
        let sent = tokio::select! {
            frame = subscription.frames.recv() => match (ended(subscription), frame) {
                (Some(ending), _) | (None, Some(Frame::End(ending))) => return code(ending),
                (None, None) => return close_code::AGAIN,
                (None, Some(Frame::Text(text))) => send(socket, text).await,
            },
            _ = heartbeat.tick() => {
                if heard.elapsed() > DEAD {
                    return close_code::AWAY;
                }
                beat(state, subscription, socket).await
            }
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

fn ended(subscription: &Subscription) -> Option<Ending> {
    *subscription
        .ending
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn code(ending: Ending) -> u16 {
    match ending {
        Ending::TooSlow => close_code::AGAIN,
        Ending::SignedOut => close_code::POLICY,
        Ending::Stopping => close_code::AWAY,
    }
}

/// A heartbeat of ours, since scripts can't see pings, and a ping, since it is answered even by a
/// page that is busy. The sum goes through the queue's own order: what was published before it
/// was sent before it.
async fn beat(state: &AppState, subscription: &mut Subscription, socket: &mut WebSocket) -> Result<(), u16> {
    while let Ok(frame) = subscription.frames.try_recv() {
        match frame {
            Frame::Text(text) => send(socket, text).await?,
            Frame::End(ending) => return Err(code(ending)),
        }
    }
    let (rooms, versions) = state.hub.sum(subscription.user);
    send(socket, encode(&ToBrowser::Heartbeat { rooms, versions })).await?;
    deliver(socket, Message::Ping(Default::default())).await
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
