//! What a page needs of the server before it is drawn: fetched by the server while it draws the page, and
//! handed over with it; fetched by the browser from then on.

use leptos::prelude::*;
use leptos::serde_json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;

/// JSON, read from bytes. Server functions' answers are read from bytes too: reading from strings as
/// well would have a browser carry every type's reader twice.
pub struct Wire;

impl<T: Serialize> codee::Encoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> codee::Decoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Loads, and loads anew when what it depends on changes.
pub fn load<S, T, Fut>(
    of: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Resource<T, Wire>
where
    S: Send + Sync + Clone + PartialEq + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(of, fetch, false)
}

/// A value that the server knows and the browser takes over as it is.
pub fn hand_over<T>(known: impl FnOnce() -> T) -> T
where
    T: Serialize + DeserializeOwned + 'static,
{
    SharedValue::<T, Wire>::new_with_encoding(known).into_inner()
}
