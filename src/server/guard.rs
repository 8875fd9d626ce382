//! What every request passes: where it came from, and what its answer tells the browser.

use super::config::reload_port;
use super::sessions;
use super::state::AppState;
use crate::shared::refusal::Refusal;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status =
            http::StatusCode::from_u16(self.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        say_when(&self, &mut response);
        // For whoever passes the answer on and would rather say it in words.
        response.extensions_mut().insert(self);
        response
    }
}

/// When to try again, for refusals that pass.
pub fn say_when(refusal: &Refusal, response: &mut Response) {
    let seconds = match refusal {
        Refusal::TooFast { retry_after_seconds } => *retry_after_seconds,
        Refusal::Unavailable => 1,
        _ => return,
    };
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
}

/// The address that a request comes from, for the limits to count by.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub IpAddr);

/// Where a request comes from of which that isn't known.
pub const NOWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);

/// Finds out who calls. Each proxy in front adds the address that called it at the end of
/// `X-Forwarded-For`; what stands before those of the configured number of proxies anybody may have
/// written.
pub async fn who_calls(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(NOWHERE, |peer| peer.0.ip());
    let caller = forwarded_for(request.headers(), state.config.proxies).unwrap_or(peer);
    request.extensions_mut().insert(Caller(caller.to_canonical()));
    next.run(request).await
}

/// The address that the outermost of so many proxies was called from.
fn forwarded_for(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").iter();
    // Whatever a caller put before it, a proxy's part is to be found.
    let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()));
    let all = lines.collect::<Vec<_>>().join(",");
    let outermost = proxies.checked_sub(1)?;
    let written = all.rsplit(',').nth(outermost)?.trim();
    let with_port = || written.parse::<SocketAddr>().map(|address| address.ip());
    written.parse().or_else(|_| with_port()).ok()
}

/// Finds the session, if there is one, and puts it where pages and verbs look for it.
pub async fn with_session(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    match sessions::of_request(&state, request.headers()).await {
        Ok(Some(session)) => drop(request.extensions_mut().insert(session)),
        Ok(None) => {}
        Err(refusal) => return refusal.into_response(),
    }
    request.extensions_mut().insert(state);
    next.run(request).await
}

/// Whether a request that changes something comes from our own page: `Sec-Fetch-Site` says so,
/// or, from a browser without it, `Origin` is exactly this server. A request with a bearer token
/// is nobody's but the token's owner's.
pub fn is_our_own(state: &AppState, headers: &HeaderMap) -> bool {
    if sessions::bearer(headers).is_some() {
        return true;
    }
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers
            .get(header::ORIGIN)
            .is_some_and(|origin| is_our_origin(state, headers, origin)),
    }
}

/// Whether an `Origin` is exactly this server: the configured address, or else the host that was
/// asked, over plain http.
pub fn is_our_origin(state: &AppState, headers: &HeaderMap, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    match &state.config.public_url {
        Some(url) => origin == url.trim_end_matches('/'),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            host.is_some_and(|host| origin.strip_prefix("http://") == Some(host))
        }
    }
}

/// Where this server is reached: the configured address, or else the host that was asked.
pub fn origin(state: &AppState, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match &state.config.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => ["http://", host.unwrap_or("localhost")].concat(),
    }
}

/// Refuses what another site's page makes a browser send.
///
/// The two addresses where a program has no token yet, signing up and in under `/api/v1`, may be
/// asked without either header: they act for whoever holds the password, not for a cookie.
pub async fn only_our_own(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    let path = request.uri().path();
    let from_a_browser = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    let without_cookie = matches!(path, "/api/v1/sign-in" | "/api/v1/sign-up") && !from_a_browser;
    if changes && !without_cookie && !is_our_own(&state, headers) {
        return Refusal::NotAllowed.into_response();
    }
    next.run(request).await
}

/// For every answer that has none of its own. Pages bring one with a nonce for their scripts.
const STRICT: &str = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The policy of a page: its own files, and the scripts that carry this answer's nonce.
pub fn page_policy(nonce: &str) -> HeaderValue {
    let reload = &*RELOAD;
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'{reload}; manifest-src 'self'; worker-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("a nonce is base64")
}

/// Where a page hears that it was built anew; only `cargo leptos watch` says so.
static RELOAD: LazyLock<String> = LazyLock::new(|| {
    reload_port().map_or_else(String::new, |port| {
        format!(" ws://127.0.0.1:{port} ws://localhost:{port}")
    })
});

/// The policy of a page without scripts.
pub fn door_policy() -> HeaderValue {
    HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
    )
}

/// The headers that every answer has.
pub async fn safe_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(STRICT));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    if state.config.secure() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str], proxies: usize) -> Option<String> {
        let lines = lines
            .iter()
            .map(|line| HeaderValue::from_bytes(line.as_bytes()).unwrap());
        let name = HeaderName::from_static("x-forwarded-for");
        let mut headers = HeaderMap::new();
        lines.for_each(|line| _ = headers.append(name.clone(), line));
        forwarded_for(&headers, proxies).map(|ip| ip.to_string())
    }

    #[test]
    fn only_what_our_own_proxies_wrote_is_believed() {
        let lies_first = ["1.1.1.1, 2.2.2.2", "3.3.3.3"];
        assert_eq!(found(&lies_first, 0), None);
        assert_eq!(found(&lies_first, 1), Some("3.3.3.3".into()));
        assert_eq!(found(&lies_first, 2), Some("2.2.2.2".into()));
        assert_eq!(found(&lies_first, 4), None);
        assert_eq!(found(&["::1"], 1), Some("::1".into()));
        assert_eq!(found(&["[2001:db8::1]:443"], 1), Some("2001:db8::1".into()));
        assert_eq!(found(&["unknown"], 1), None);
        assert_eq!(found(&["ё, 3.3.3.3"], 1), Some("3.3.3.3".into()));
        assert_eq!(found(&["1.1.1.1", "ё"], 1), None);
    }
}
