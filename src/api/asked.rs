//! How a browser asks: JSON by POST, and JSON comes back. The library's own way is compiled anew for each server
//! function; here all but the reading and writing of its types is compiled once.

use crate::shared::json;
use crate::shared::refusal::Refusal;
use http::Method;
use leptos::prelude::window;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::Json;
use leptos::server_fn::server::Server;
use leptos::server_fn::{Http, Protocol};
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{AbortSignal, Headers, RequestInit, Response};
use send_wrapper::SendWrapper;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;

/// A server answers a write within five seconds, if only to say that it can't; the rest is for slow networks.
const ANSWER_MILLIS: u32 = 20_000;

/// The protocol of our server functions. An answer that isn't there in time is none: [`Refusal::Offline`].
pub struct Asked;

impl<Question, Answer, C, S> Protocol<Question, Answer, C, S, Refusal> for Asked
where
    Question: Serialize + DeserializeOwned + Send + 'static,
    Answer: Serialize + DeserializeOwned + Send + 'static,
    C: Client<Refusal>,
    S: Server<Refusal>,
{
    const METHOD: Method = Method::POST;

    async fn run_server<F, Fut>(request: S::Request, answer: F) -> Result<S::Response, Refusal>
    where
        F: Fn(Question) -> Fut + Send,
        Fut: Future<Output = Result<Answer, Refusal>> + Send,
    {
        <Http<Json, Json> as Protocol<Question, Answer, C, S, Refusal>>::run_server(request, answer).await
    }

    async fn run_client(path: &str, question: Question) -> Result<Answer, Refusal> {
        let question = json::write(&question).ok_or(Refusal::BadRequest)?;
        let answer = ask(path, &question).await?;
        json::read(answer.as_bytes()).ok_or(Refusal::Broken)
    }
}

type Asking = Pin<Box<dyn Future<Output = Result<String, Refusal>> + Send>>;

/// Posts a question and brings the text that comes back.
fn ask(path: &str, question: &str) -> Asking {
    let answer = fetch(path, question);
    Box::pin(SendWrapper::new(async move {
        // Whatever cuts an answer off, none has come.
        let answer = answer.await.map_err(|_| Refusal::Offline);
        let (status, text) = answer?;
        if status < 400 {
            Ok(text)
        } else {
            Err(json::read(text.as_bytes()).unwrap_or(Refusal::Broken))
        }
    }))
}

fn fetch(path: &str, question: &str) -> impl Future<Output = Result<(u16, String), JsValue>> + use<> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&question.into());
    request.set_signal(Some(&AbortSignal::timeout_with_u32(ANSWER_MILLIS)));
    let headers = Headers::new().and_then(|headers| {
        headers.append("Content-Type", "application/json")?;
        Ok(headers)
    });
    if let Ok(headers) = headers {
        request.set_headers(&headers);
    }
    let answer = window().fetch_with_str_and_init(path, &request);
    async move {
        let answer: Response = answer.await?.unchecked_into();
        let text = answer.text()?.await?;
        Ok((answer.status(), text.as_string().unwrap_or_default()))
    }
}
