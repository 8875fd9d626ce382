//! What a page needs of the server before it is drawn: fetched by the server while it draws the page, and
//! handed over with it; fetched by the browser from then on.
//!
//! Nothing is loaded inside of what waits for something else to be loaded: leptos draws such a part several
//! times, each drawing begins its loading anew, and the browser doesn't find what was handed over.
//!
//! leptos compiles its machinery once for each type that is loaded. Here it is compiled once for all:
//! what is loaded goes through it as [`Loaded`] and gets its type back where it is drawn.

use crate::app::part::{IntoPart, Part};
use crate::app::state::RwSignal;
use crate::shared::json;
use crate::shared::refusal::Refusal;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Draws what `fetch` brings, and draws anew when `of`, what it depends on, has changed. Until then
/// what was there before stays.
pub fn loaded<T, Fut>(
    of: impl Fn() -> String + Send + Sync + 'static,
    fetch: impl Fn(String) -> Fut + Send + Sync + 'static,
    draw: impl Fn(Result<T, Refusal>) -> Part + Send + Sync + 'static,
) -> Part
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Refusal>> + Send + 'static,
{
    drawn(
        Box::new(of),
        Box::new(move |of| {
            let fetching = fetch(of);
            Box::pin(async move { Loaded::new(fetching.await) })
        }),
        Arc::new(move |loaded| draw(loaded.and_then(Loaded::answer))),
    )
}

/// A value that the server knows and the browser takes over as it is.
pub fn hand_over<T>(known: impl FnOnce() -> T) -> Option<T>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let known = || Loaded::new(known());
    SharedValue::<Loaded, Verbatim>::new_with_encoding(known)
        .into_inner()
        .get()
}

/// What must be known before any page below is drawn; provided by the layout that they stand in.
#[derive(Clone)]
pub struct Before(Arc<dyn Fn() -> Known + Send + Sync>);

type Known = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send>>;

/// Whether the page on screen is that of an address that one has left: the next one is on its way.
/// Whoever types into it or presses something would do that where they no longer want to be.
#[derive(Clone, Copy)]
pub struct Leaving(pub RwSignal<bool>);

/// Loads what every page below waits for. `take` sees it before any of them is drawn.
pub fn load_before<T, Fut>(
    fetch: impl Fn() -> Fut + Send + Sync + 'static,
    take: impl Fn(T) + Send + Sync + 'static,
) where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Refusal>> + Send + 'static,
{
    let fetch = move |_| -> Loading {
        let fetching = fetch();
        Box::pin(async move { Loaded::new(fetching.await) })
    };
    let loading = Resource::<Loaded, Verbatim>::new_with_options(String::new, fetch, false);
    let (take, taken) = (Arc::new(take), Arc::new(AtomicBool::new(false)));
    let before = move || -> Known {
        let (take, taken) = (take.clone(), taken.clone());
        Box::pin(async move {
            let loaded = loading.await;
            if !taken.load(Ordering::Relaxed) {
                take(loaded.answer()?);
                taken.store(true, Ordering::Relaxed);
            }
            Ok(())
        })
    };
    provide_context(Before(Arc::new(before)));
}

/// Draws what needs nothing but what all pages wait for. Every page goes through here or [`loaded`]: the
/// one that comes ends the waiting for one that was called off.
pub fn after(draw: impl Fn(Result<(), Refusal>) -> Part + Send + Sync + 'static) -> Part {
    let nothing = || -> Loading { Box::pin(async { Loaded::Value(Arc::new(())) }) };
    suspended(Arc::new(nothing), Arc::new(move |known| draw(known.map(drop))))
}

type Source = Box<dyn Fn() -> String + Send + Sync>;
type Loading = Pin<Box<dyn Future<Output = Loaded> + Send>>;
type Fetch = Box<dyn Fn(String) -> Loading + Send + Sync>;
type Draw = Arc<dyn Fn(Result<Loaded, Refusal>) -> Part + Send + Sync>;

fn drawn(of: Source, fetch: Fetch, draw: Draw) -> Part {
    let loaded = Resource::<Loaded, Verbatim>::new_with_options(of, fetch, false);
    suspended(Arc::new(move || Box::pin(async move { loaded.await })), draw)
}

fn suspended(load: Arc<dyn Fn() -> Loading + Send + Sync>, draw: Draw) -> Part {
    let before = use_context::<Before>();
    // The server draws a page once it is there.
    let leaving = match use_context::<Leaving>().filter(|_| !is_server()) {
        Some(Leaving(leaving)) => SignalSetter::map(move |on| leaving.set(on)),
        None => SignalSetter::map(|_| ()),
    };
    view! {
        <Transition set_pending=leaving>
            {move || {
                let (load, draw) = (load(), draw.clone());
                let before = before.as_ref().map(|before| (before.0)());
                Suspend::new(async move {
                    let known = match before {
                        Some(before) => before.await,
                        None => Ok(()),
                    };
                    let loaded = load.await;
                    draw(known.map(|()| loaded))
                })
            }}
        </Transition>
    }
    .into_part()
}

/// Something that was loaded, whatever it is.
#[derive(Clone)]
enum Loaded {
    /// By the server: the very text that it hands over.
    Json(Arc<str>),
    /// By the browser.
    Value(Arc<dyn Any + Send + Sync>),
}

impl Loaded {
    fn new<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        if cfg!(feature = "ssr") {
            let json = json::write(&value).expect("what is loaded is plain data");
            Loaded::Json(json.into())
        } else {
            Loaded::Value(Arc::new(value))
        }
    }

    fn answer<T: Clone + DeserializeOwned + 'static>(self) -> Result<T, Refusal> {
        self.get().unwrap_or(Err(Refusal::Broken))
    }

    /// Nothing, if it is something else: an answer of another version of the program.
    fn get<T: Clone + DeserializeOwned + 'static>(&self) -> Option<T> {
        match self {
            Loaded::Json(json) => json::read(json.as_bytes()),
            Loaded::Value(value) => value.downcast_ref::<T>().cloned(),
        }
    }
}

/// How it is handed over: as it is.
struct Verbatim;

impl codee::Encoder<Loaded> for Verbatim {
    type Error = ();
    type Encoded = String;

    fn encode(loaded: &Loaded) -> Result<String, ()> {
        match loaded {
            Loaded::Json(json) => Ok(json.to_string()),
            Loaded::Value(_) => Err(()),
        }
    }
}

impl codee::Decoder<Loaded> for Verbatim {
    type Error = ();
    type Encoded = str;

    fn decode(json: &str) -> Result<Loaded, ()> {
        Ok(Loaded::Json(json.into()))
    }
}
