//! What a page needs of the server before it is drawn: fetched by the server while it draws the page, and
//! handed over with it; fetched by the browser from then on.
//!
//! leptos compiles its machinery once for each type that is loaded. Here it is compiled once for all:
//! what is loaded goes through it as [`Loaded`] and gets its type back where it is drawn.

use crate::shared::refusal::Refusal;
use leptos::prelude::*;
use leptos::serde_json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Draws what `fetch` brings, and draws anew when `of`, what it depends on, has changed. Until then
/// what was there before stays.
pub fn loaded<T, Fut>(
    of: impl Fn() -> String + Send + Sync + 'static,
    fetch: impl Fn(String) -> Fut + Send + Sync + 'static,
    draw: impl Fn(Result<T, Refusal>) -> AnyView + Send + Sync + 'static,
) -> AnyView
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
        Arc::new(move |loaded| draw(loaded.get().unwrap_or(Err(Refusal::Broken)))),
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

type Source = Box<dyn Fn() -> String + Send + Sync>;
type Fetch = Box<dyn Fn(String) -> Pin<Box<dyn Future<Output = Loaded> + Send>> + Send + Sync>;
type Draw = Arc<dyn Fn(Loaded) -> AnyView + Send + Sync>;

fn drawn(of: Source, fetch: Fetch, draw: Draw) -> AnyView {
    let loaded = Resource::<Loaded, Verbatim>::new_with_options(of, fetch, false);
    view! {
        <Transition>
            {move || {
                let draw = draw.clone();
                Suspend::new(async move { draw(loaded.await) })
            }}
        </Transition>
    }
    .into_any()
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
            let json = serde_json::to_string(&value).expect("what is loaded is plain data");
            Loaded::Json(json.into())
        } else {
            Loaded::Value(Arc::new(value))
        }
    }

    /// Nothing, if it is something else: an answer of another version of the program.
    fn get<T: Clone + DeserializeOwned + 'static>(&self) -> Option<T> {
        match self {
            // Answers of server functions are read from bytes too. Reading from strings as well
            // would have a browser carry each type's reader twice.
            Loaded::Json(json) => serde_json::from_slice(json.as_bytes()).ok(),
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
