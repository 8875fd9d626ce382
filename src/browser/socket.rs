//! The socket: one for each page of a signed-in person. It opens, listens, and comes back by itself;
//! what it hears goes to [`Chat::hear`]. It says who looks and who types, and nothing that must come.

use crate::app::chat::{Chat, Connection};
use crate::app::effects::effect;
use crate::shared::json;
use crate::shared::limits::HEARTBEAT_SECONDS;
use crate::shared::live::{ToBrowser, ToServer};
use leptos::ev;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, MessageEvent, PageTransitionEvent, VisibilityState, WebSocket};

/// The first pause before opening again, at most; it doubles with every failure.
const FIRST_PAUSE: f64 = 500.0;
/// The longest pause while a server may be starting again, and the longest of all.
const RESTART_PAUSE: f64 = 2_000.0;
const LAST_PAUSE: f64 = 15_000.0;
/// So many failures, half a minute of them, are no restart.
const RESTART_FAILURES: u32 = 25;
/// A break shorter than this is not worth a word.
const UNMENTIONED: Duration = Duration::from_secs(2);
/// Silence after which a connection is taken for dead: a heartbeat that is five seconds late.
const SILENCE: f64 = HEARTBEAT_SECONDS as f64 * 1000.0 + 5_000.0;
/// A connection over which no greeting has come in this time isn't one.
const GREETING: f64 = 8_000.0;
/// A page that nobody has seen for so long opens anew when it is seen: the network may be another one.
const UNSEEN: f64 = 10_000.0;
/// The server closes with it when the session has ended.
const SIGNED_OUT: u16 = 1008;

/// Opens the socket as soon as the page knows whose it is.
pub(super) fn start(chat: Chat) {
    let socket = Rc::new(Socket {
        chat,
        live: RefCell::default(),
        failures: Cell::new(0),
        heard_at: Cell::new(0.0),
        frames: Cell::new(0),
        greeted: Cell::new(false),
        pause: Cell::new(None),
        away: Cell::new(false),
    });

    let opening = socket.clone();
    effect(move || {
        if chat.me.with(Option::is_some) {
            opening.wake();
        }
    });

    let saying = socket.clone();
    effect(move || saying.say(&ToServer::Visible(chat.visible.get())));
    let saying = socket.clone();
    effect(move || {
        if let Some(room) = chat.types.get() {
            saying.say(&ToServer::Typing { room });
        }
    });

    let online = socket.clone();
    window_event_listener(ev::online, move |_| online.renew());
    window_event_listener(ev::offline, move |_| chat.connection.set(Connection::Offline));
    // A page in the back-forward cache may hold no socket; it comes back with a new one.
    let hiding = socket.clone();
    window_event_listener_untyped("pagehide", move |_| {
        hiding.away.set(true);
        hiding.drop_live();
        chat.keep_drafts();
        chat.keep_now();
    });
    let showing = socket.clone();
    window_event_listener_untyped("pageshow", move |event| {
        if event.unchecked_ref::<PageTransitionEvent>().persisted() {
            showing.away.set(false);
            showing.wake();
        }
    });
    watch_visibility(chat, socket.clone());

    // Timers of hidden pages are slowed down, not stopped: good enough for a watch on silence.
    set_interval(move || socket.check_silence(), Duration::from_secs(2));
}

/// Tells the chat whether anybody can see the page, and comes back at once when they can.
fn watch_visibility(chat: Chat, socket: Rc<Socket>) {
    let visible = || document().visibility_state() == VisibilityState::Visible;
    chat.visible.set(visible());
    let hidden_at = Cell::new(js_sys::Date::now());
    let seen = Closure::<dyn FnMut()>::new(move || {
        chat.visible.set(visible());
        if !visible() {
            hidden_at.set(js_sys::Date::now());
        } else if js_sys::Date::now() - hidden_at.get() > UNSEEN {
            socket.renew();
        } else {
            socket.wake();
        }
    });
    let listener = seen.into_js_value();
    _ = document().add_event_listener_with_callback("visibilitychange", listener.unchecked_ref());
}

/// An open (or opening) WebSocket with whatever listens to it. Dropping it closes it and lets nothing
/// more be heard of it.
struct Live {
    socket: WebSocket,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        _ = self.socket.close();
    }
}

struct Socket {
    chat: Chat,
    live: RefCell<Option<Live>>,
    /// How many times in a row it could not be kept open.
    failures: Cell<u32>,
    /// When the last frame came (or the socket was opened), by `Date.now()`.
    heard_at: Cell<f64>,
    /// How many frames came, in all and over this connection.
    frames: Cell<u32>,
    greeted: Cell<bool>,
    /// The pause that runs before the next opening.
    pause: Cell<Option<TimeoutHandle>>,
    /// The page lies in the back-forward cache.
    away: Cell<bool>,
}

impl Socket {
    /// Opens now, unless it is open.
    fn wake(self: &Rc<Self>) {
        if self.live.borrow().is_some() {
            return self.check_silence();
        }
        if let Some(pause) = self.pause.take() {
            pause.clear();
        }
        if !self.away.get() && self.chat.me.with_untracked(Option::is_some) {
            self.open();
        }
    }

    /// Opens anew: what is open may be of a network that is gone, and no word of that comes.
    fn renew(self: &Rc<Self>) {
        self.drop_live();
        self.wake();
    }

    fn open(self: &Rc<Self>) {
        let Some(socket) = address(self.chat).and_then(|address| WebSocket::new(&address).ok()) else {
            return self.lost(false);
        };
        self.heard_at.set(js_sys::Date::now());
        self.greeted.set(false);
        let this = self.clone();
        let heard = Closure::new(move |event: MessageEvent| this.heard(&event));
        let this = self.clone();
        let closed = Closure::new(move |event: CloseEvent| this.closed(event.code()));
        socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        *self.live.borrow_mut() = Some(Live {
            socket,
            _heard: heard,
            _closed: closed,
        });
        self.mention();
    }

    fn heard(&self, event: &MessageEvent) {
        self.heard_at.set(js_sys::Date::now());
        self.frames.set(self.frames.get().wrapping_add(1));
        self.failures.set(0);
        if !self.greeted.replace(true) && self.chat.visible.get_untracked() {
            self.say(&ToServer::Visible(true));
        }
        if self.chat.connection.get_untracked() != Connection::Connected {
            self.chat.connection.set(Connection::Connected);
        }
        let Some(text) = event.data().as_string() else {
            return;
        };
        // What can't be read is of a newer server, which speaks of something that this page doesn't know. The
        // heartbeat's sum shows whether it matters.
        if let Some(news) = json::read::<ToBrowser>(text.as_bytes()) {
            self.chat.hear(news);
        }
    }

    /// Where there is no connection, nobody hears it.
    fn say(&self, what: &ToServer) {
        if let (true, Some(live), Some(text)) = (self.is_open(), &*self.live.borrow(), json::write(what)) {
            _ = live.socket.send_with_str(&text);
        }
    }

    fn closed(self: &Rc<Self>, code: u16) {
        // The closure that runs now is among what is dropped: let it return first.
        let this = self.clone();
        set_timeout(
            move || {
                this.drop_live();
                if code == SIGNED_OUT {
                    super::leave(this.chat);
                } else {
                    this.lost(this.failures.get() > 0);
                }
            },
            Duration::ZERO,
        );
    }

    fn is_open(&self) -> bool {
        self.live
            .borrow()
            .as_ref()
            .is_some_and(|live| live.socket.ready_state() == WebSocket::OPEN)
    }

    fn drop_live(&self) {
        self.live.borrow_mut().take();
    }

    /// Comes back after a pause with full jitter, so that a server that restarts isn't met by
    /// everybody at once.
    fn lost(self: &Rc<Self>, again: bool) {
        if self.away.get() || self.live.borrow().is_some() {
            return;
        }
        // A refused upgrade and a dead network look the same from here; a request tells them apart.
        if again && window().navigator().on_line() {
            self.chat.refresh();
        }
        self.chat.lost_touch();
        let failures = self.failures.get();
        self.failures.set(failures.saturating_add(1));
        if failures == 0 && self.frames.get() == 0 {
            self.chat.recall_list(true);
        }
        let longest = if failures < RESTART_FAILURES {
            RESTART_PAUSE
        } else {
            LAST_PAUSE
        };
        let most = (FIRST_PAUSE * f64::from(1u32 << failures.min(6))).min(longest);
        let pause = Duration::from_millis((js_sys::Math::random() * most) as u64);
        let this = self.clone();
        self.pause
            .set(set_timeout_with_handle(move || this.wake(), pause).ok());
        self.mention();
    }

    /// Says that the connection is gone, if it still is in two seconds.
    fn mention(self: &Rc<Self>) {
        let this = self.clone();
        let frames = self.frames.get();
        set_timeout(
            move || {
                if this.frames.get() != frames || this.is_open() || this.away.get() {
                    return;
                }
                let now = if window().navigator().on_line() {
                    Connection::Connecting
                } else {
                    Connection::Offline
                };
                if this.chat.connection.get_untracked() != now {
                    this.chat.connection.set(now);
                }
            },
            UNMENTIONED,
        );
    }

    /// A connection may die without a word (a lid closed, a tunnel): no heartbeat, no connection.
    fn check_silence(self: &Rc<Self>) {
        let patience = if self.greeted.get() { SILENCE } else { GREETING };
        if self.live.borrow().is_some() && js_sys::Date::now() - self.heard_at.get() > patience {
            self.drop_live();
            self.lost(false);
        }
    }
}

/// The socket's address on the server that the page came from, with what is known of people already.
fn address(chat: Chat) -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss://"
    } else {
        "ws://"
    };
    let known = chat.directory().map(|number| number.to_string());
    let (asks, known) = match &known {
        Some(number) => ("?directory=", number.as_str()),
        None => ("", ""),
    };
    Some([scheme, &location.host().ok()?, "/api/v1/live", asks, known].concat())
}
