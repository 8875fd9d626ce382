//! One browser's socket: hello, then what happens, until either side goes.

mod deliveries;
mod pace;

use self::deliveries::Deliveries;
use self::pace::Pace;
use super::hub::{Ending, Subscription, encode};
use super::sabotage::{self, Fault};
use super::sessions::Session;
use super::state::AppState;
use super::{presence, profile, rooms, store};
use crate::shared::ids::Version;
use crate::shared::limits::HEARTBEAT_SECONDS;
use crate::shared::live::{ToBrowser, ToServer};
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
///
/// `known` is the number of the directory at which the browser knows people.
pub fn upgrade(
    state: AppState,
    session: Session,
    known: Option<Version>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(64 * 1024)
        .max_frame_size(64 * 1024)
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(HELLO_BYTES)
        .on_upgrade(move |socket| serve(state, session, known, socket))
}

async fn serve(state: AppState, session: Session, known: Option<Version>, mut socket: WebSocket) {
    let user = session.me.id;
    let subscription = state.hub.connect(user, session.key);
    let ending = match hello(&state, &session.me, known).await {
        Ok(text) => match send(&mut socket, text).await {
            Ok(()) => relay(&state, &subscription, &mut socket).await,
            Err(code) => code,
        },
        Err(_) => close_code::AGAIN,
    };
    drop(subscription);
    presence::settle_soon(&state, user, false);
    let close = Message::Close(Some(CloseFrame {
        code: ending,
        reason: Utf8Bytes::default(),
    }));
    let _ = timeout(Duration::from_secs(1), socket.send(close)).await;
}

/// The list, read after the hub knows the person and then their rooms: whatever is committed
/// after the reading waits in the queue, and what comes twice does no harm.
async fn hello(state: &AppState, me: &Person, known: Option<Version>) -> Result<Utf8Bytes, Refusal> {
    if sabotage::on(Fault::ListenLate) {
        let list = rooms::list(state, me).await?;
        tokio::time::sleep(sabotage::AHEAD).await;
        watch(state, me).await?;
        return Ok(encode(&ToBrowser::Hello(list)));
    }
    let watched = watch(state, me).await?;
    greet(state, me, watched, known).await
}

/// The hub learns of the person's rooms, and from when on it knows them.
async fn watch(state: &AppState, me: &Person) -> Result<u64, Refusal> {
    let rooms = store::memberships::ids_of(&mut *state.store.snapshot().await?, me.id).await?;
    Ok(state.hub.watch(me.id, rooms))
}

async fn greet(
    state: &AppState,
    me: &Person,
    watched: u64,
    known: Option<Version>,
) -> Result<Utf8Bytes, Refusal> {
    let mut list = rooms::list(state, me).await?;
    if let Some(known) = known {
        list.directory = Some(profile::changed_after(state, known).await?);
    }
    state.hub.settle(me.id, watched, &list.rooms);
    Ok(encode(&ToBrowser::Hello(list)))
}

/// Answers with the code to close by.
async fn relay(state: &AppState, subscription: &Subscription, socket: &mut WebSocket) -> u16 {
    let mut heartbeat = interval(Duration::from_secs(HEARTBEAT_SECONDS));
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    let mut heard = Instant::now();
    let mut pace = Pace::new();
    let mut deliveries = Deliveries::begin(state, subscription.user).await;
    loop {
        let done = tokio::select! {
            frame = subscription.next() => match frame {
                Ok(frame) => {
                    deliveries.sent(frame.brings);
                    send(socket, frame.text).await
                }
                Err(ending) => Err(code(ending)),
            },
            // A heartbeat of ours, since scripts can't see pings, and a ping, since it is answered
            // even by a page that is busy.
            _ = heartbeat.tick() => {
                subscription.beat();
                deliver(socket, Message::Ping(Default::default())).await
            }
            () = deliveries.due() => deliver(socket, Message::Ping(deliveries.ask())).await,
            () = sleep_until(heard + DEAD) => Err(close_code::AWAY),
            message = socket.recv() => match message {
                Some(Ok(Message::Pong(pong))) => {
                    heard = Instant::now();
                    deliveries.answered(state, &pong);
                    Ok(())
                }
                Some(Ok(Message::Ping(_))) => {
                    heard = Instant::now();
                    Ok(())
                }
                Some(Ok(Message::Text(text))) if pace.bears_one_more() => hear(state, subscription, &text),
                Some(Ok(Message::Text(_) | Message::Binary(_))) => Err(close_code::POLICY),
                Some(Err(error)) if error.to_string().contains("too long") => Err(close_code::SIZE),
                Some(Ok(Message::Close(_)) | Err(_)) | None => Err(close_code::NORMAL),
            },
        };
        if let Err(code) = done {
            return code;
        }
    }
}

/// What the browser says. Whatever isn't of the wire ends the socket.
fn hear(state: &AppState, subscription: &Subscription, text: &str) -> Result<(), u16> {
    match serde_json::from_str(text) {
        Ok(ToServer::Visible(visible)) => presence::look(state, subscription, visible),
        Ok(ToServer::Typing { room }) => {
            let (state, user) = (state.clone(), subscription.user);
            tokio::spawn(async move { presence::typing(&state, user, room).await });
        }
        Err(_) => return Err(close_code::POLICY),
    }
    Ok(())
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
