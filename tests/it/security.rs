//! Attacks: from other sites' pages, through headers and bodies, by haste.

use crate::harness::{Answer, GENERAL, House, Live, PASSWORD, Person, send};
use digital_messages::shared::ids::ClientId;
use digital_messages::shared::refusal::Refusal;
use reqwest::Method;
use serde_json::json;
use std::ops::RangeInclusive;
use std::time::Instant;

/// Posts with the session's cookie and these headers alone, by form, by function and by `/api/v1`.
async fn post_with(anna: &Person, headers: &[(&str, &str)]) -> [u16; 3] {
    let dressed = |path: &str| {
        let request = anna.request(Method::POST, path);
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value))
    };
    let message = |text: &str| json!({"author": 1, "room": 1, "client_id": ClientId::new(), "text": text});
    let form = dressed("/rooms/1").form(&[("text", "by form")]);
    let function = dressed("/fn/post_message")
        .header("accept", "application/json")
        .json(&message("by function"));
    let program = dressed("/api/v1/rooms/1/messages").json(&message("by program"));
    [
        send(form).await.status,
        send(function).await.status,
        send(program).await.status,
    ]
}

#[tokio::test]
async fn what_another_sites_page_sends_is_refused() {
    let (_house, anna) = House::new().await;
    let ours = anna.url("");
    let tls = ours.replace("http:", "https:");
    let longer = format!("{ours}0");
    let under = format!("{ours}/");
    let refused: [&[(&str, &str)]; 14] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site"), ("origin", &ours)],
        &[("sec-fetch-site", "")],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", &tls)],
        &[("origin", &longer)],
        &[("origin", &under)],
        &[("referer", &ours)],
        &[("authorization", "Basic YW5uYTo=")],
    ];
    for headers in refused {
        assert_eq!(post_with(&anna, headers).await, [403, 403, 403], "{headers:?}");
    }
    assert!(
        anna.history(GENERAL).await.messages.is_empty(),
        "nothing was posted"
    );
    assert_eq!(
        post_with(&anna, &[("sec-fetch-site", "same-origin")]).await,
        [303, 200, 200]
    );
    assert_eq!(post_with(&anna, &[("origin", &ours)]).await, [303, 200, 200]);
    assert_eq!(anna.history(GENERAL).await.messages.len(), 6);
}

#[tokio::test]
async fn a_token_that_is_none_opens_nothing_even_beside_a_cookie() {
    let (_house, anna) = House::new().await;
    let statuses = post_with(&anna, &[("authorization", "Bearer nonsense")]).await;
    assert!(statuses[1..].iter().all(|status| *status == 401), "{statuses:?}");
    assert!(anna.history(GENERAL).await.messages.is_empty());
}

#[tokio::test]
async fn behind_tls_the_origin_is_the_public_one() {
    let house = House::with(|config| config.public_url = Some("https://chat.example.org/".into())).await;
    let anna = house.first_run("anna").await;
    assert_eq!(
        post_with(&anna, &[("origin", "https://chat.example.org")]).await,
        [303, 200, 200]
    );
    let here = anna.url("");
    for origin in [
        here.as_str(),
        "http://chat.example.org",
        "https://evil.example",
        "https://chat.example.org.evil.example",
    ] {
        assert_eq!(
            post_with(&anna, &[("origin", origin)]).await,
            [403, 403, 403],
            "{origin}"
        );
    }
}

#[tokio::test]
async fn another_sites_page_can_neither_sign_in_nor_sign_up_nor_sign_out() {
    let (house, anna) = House::new().await;
    let credentials = json!({"handle": "anna", "name": "Anna", "password": PASSWORD});
    for path in ["/api/v1/sign-in", "/api/v1/sign-up"] {
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("origin", "null"),
        ] {
            let request = house
                .visitor()
                .request(Method::POST, path)
                .header(name, value)
                .json(&credentials);
            assert_eq!(send(request).await.status, 403, "{path} {name}: {value}");
        }
    }
    for path in [
        "/sign-in",
        "/sign-up",
        "/first-run",
        "/sign-out",
        "/language",
        "/rooms/new",
        "/@bob",
    ] {
        let request = anna
            .request(Method::POST, path)
            .header("sec-fetch-site", "cross-site");
        assert_eq!(
            send(request.form(&[("handle", "anna"), ("password", PASSWORD)]))
                .await
                .status,
            403,
            "{path}"
        );
    }
    assert_eq!(anna.rooms().await.rooms.len(), 1, "still signed in");
}

#[tokio::test]
async fn get_changes_nothing() {
    let (house, anna, bob) = House::of_two().await;
    let before = (anna.rooms().await, bob.rooms().await);
    let paths = [
        "/sign-out",
        "/language?lang=ru",
        "/rooms/new?name=x&kind=open",
        "/rooms/1/leave",
        "/rooms/1/join",
        "/rooms/1/members?handle=bob",
        "/rooms/1/rename?name=x",
        "/rooms/1/close",
        "/rooms/1/remove?user=2",
        "/rooms/1/invite?hours=1&uses=1",
        "/settings/password?password=correct+horse+battery",
        "/settings/newcomers?newcomers=off",
        "/reminder",
        "/join/0123456789abcdef?name=x",
        "/rooms/1?text=hello&client_id=0199c0de-0000-7000-8000-000000000001",
        "/@bob?text=hello",
        "/@bob",
        "/fn/post_message?room=1&text=hello",
        "/fn/leave_room?room=1",
        "/fn/make_room",
        "/api/v1/sign-out",
        "/api/v1/rooms/1/leave",
        "/api/v1/rooms/1/read?position=5",
        "/api/v1/direct?handle=bob",
    ];
    for path in paths {
        for method in [Method::GET, Method::HEAD] {
            let answer = send(anna.request(method, path)).await;
            assert!(
                answer.session_cookie().is_none() && answer.header("set-cookie").is_empty(),
                "{path}"
            );
        }
    }
    assert_eq!((anna.rooms().await, bob.rooms().await), before);
    drop(house);
}

#[tokio::test]
async fn a_socket_is_opened_by_our_own_page_or_by_a_token() {
    let (house, anna) = House::new().await;
    let cookie = format!("session={}", anna.token);
    let bearer = format!("Bearer {}", anna.token);
    let ours = anna.url("");
    let tls = ours.replace("http:", "https:");
    let open = async |headers: &[(&'static str, &str)]| {
        Live::open(&house.visitor(), "live", headers).await.map(drop)
    };

    assert_eq!(open(&[("cookie", &cookie), ("origin", &ours)]).await, Ok(()));
    assert_eq!(open(&[("authorization", &bearer)]).await, Ok(()));
    for foreign in ["http://evil.example", "null", tls.as_str()] {
        assert_eq!(
            open(&[("cookie", &cookie), ("origin", foreign)]).await,
            Err(403),
            "{foreign}"
        );
        assert_eq!(
            open(&[("authorization", &bearer), ("origin", foreign)]).await,
            Err(403),
            "{foreign}"
        );
    }
    let site = [
        ("cookie", cookie.as_str()),
        ("origin", "http://evil.example"),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(open(&site).await, Err(403));
    assert_eq!(open(&[("cookie", &cookie)]).await, Err(403), "neither header");
    assert_eq!(
        open(&[("cookie", &cookie), ("sec-fetch-site", "cross-site")]).await,
        Err(403)
    );
    assert_eq!(open(&[("origin", &ours)]).await, Err(401), "nobody");
    assert_eq!(
        open(&[("origin", &ours), ("cookie", "session=nonsense")]).await,
        Err(401)
    );
}

#[tokio::test]
async fn without_a_session_nothing_is_told() {
    let (house, anna) = House::new().await;
    anna.say(GENERAL, "unspeakable").await;
    let visitor = house.visitor();
    let message = json!({"client_id": ClientId::new(), "text": "hello"});
    let requests = [
        (Method::GET, "rooms", None),
        (Method::POST, "rooms", Some(json!({"name": "x", "kind": "open"}))),
        (Method::GET, "rooms/open", None),
        (Method::GET, "find?q=anna", None),
        (Method::POST, "direct", Some(json!({"handle": "anna"}))),
        (Method::GET, "rooms/1/messages", None),
        (Method::POST, "rooms/1/messages", Some(message)),
        (Method::PUT, "rooms/1/messages/3", Some(json!({"text": "x"}))),
        (Method::DELETE, "rooms/1/messages/3", None),
        (Method::GET, "rooms/1/changes?after=0&epoch=x", None),
        (Method::POST, "rooms/1/read", Some(json!({"position": 1}))),
        (Method::POST, "rooms/1/join", None),
        (Method::POST, "rooms/1/leave", None),
        (Method::POST, "rooms/1/members", Some(json!({"handle": "anna"}))),
        (Method::PUT, "rooms/1", Some(json!({"name": "x"}))),
        (Method::POST, "rooms/1/close", None),
        (Method::PUT, "rooms/1/members/1", Some(json!({"role": "owner"}))),
        (Method::DELETE, "rooms/1/members/1", None),
        (Method::GET, "rooms/1/invitations", None),
        (Method::POST, "rooms/1/invitations", Some(json!({}))),
        (Method::GET, "invitations/0123456789abcdef", None),
        (Method::POST, "invitations/0123456789abcdef/join", None),
        (Method::POST, "sign-out", None),
        (Method::GET, "live", None),
    ];
    for (method, path, body) in requests {
        let request = visitor
            .request(method.clone(), &format!("/api/v1/{path}"))
            .header("sec-fetch-site", "same-origin");
        let answer = send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await;
        assert_eq!(answer.refusal(), Refusal::SignInFirst, "{method} {path}");
    }
    for path in [
        "/",
        "/rooms",
        "/rooms/new",
        "/rooms/1",
        "/@anna/details",
        "/find?q=anna",
        "/nothing",
    ] {
        let answer = visitor.page(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(
            answer.location().starts_with("/sign-in"),
            "{path}: {}",
            answer.location()
        );
        assert!(!answer.body.contains("unspeakable"));
    }
    // Her own link tells her name, and nothing else.
    assert!(!visitor.page("/@anna").await.body.contains("unspeakable"));
}

#[tokio::test]
async fn server_functions_refusals_have_their_statuses() {
    let (house, anna) = House::new().await;
    let message = |room: i64, text: &str| json!({"author": 1, "room": room, "client_id": ClientId::new(), "text": text});
    assert_eq!(
        house
            .visitor()
            .call("post_message", message(1, "hello"))
            .await
            .refusal(),
        Refusal::SignInFirst
    );
    assert_eq!(
        house.visitor().call("list_rooms", json!({})).await.refusal(),
        Refusal::SignInFirst
    );
    assert_eq!(
        anna.call("post_message", message(99, "hello")).await.refusal(),
        Refusal::NotFound
    );
    assert_eq!(
        anna.call("post_message", message(1, " ")).await.refusal(),
        Refusal::TextEmpty
    );
    let long = anna
        .call("post_message", message(1, &"x".repeat(4_001)))
        .await
        .refusal();
    assert_eq!(
        long,
        Refusal::TextTooLong {
            chars: 4_001,
            most: 4_000
        }
    );
    let twice = message(1, "hello");
    assert_eq!(anna.call("post_message", twice.clone()).await.status, 200);
    let other = json!({"author": 1, "room": 1, "client_id": twice["client_id"], "text": "other"});
    assert_eq!(
        anna.call("post_message", other).await.refusal(),
        Refusal::ClientIdTaken
    );
    assert_eq!(
        anna.call("post_message", json!({"room": "one"})).await.refusal(),
        Refusal::BadRequest
    );
    assert_eq!(anna.call("no_such_function", json!({})).await.status, 404);
}

#[tokio::test]
async fn an_address_that_is_not_there_answers_in_the_manner_of_the_api() {
    let (_house, anna) = House::new().await;
    for path in [
        "nothing",
        "rooms/1/nothing",
        "rooms/one/messages",
        "rooms/99999999999999999999/messages",
        "sign-in/x",
    ] {
        let answer = anna.api(Method::GET, path, None).await;
        assert_eq!(answer.refusal(), Refusal::NotFound, "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let answer = anna.api(Method::PATCH, "rooms", None).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (405, r#"{"error":"bad_request"}"#)
    );
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_refused() {
    let (_house, anna) = House::new().await;
    let post = async |kind: &str, body: &str| {
        let request = anna
            .http
            .post(anna.url("/api/v1/rooms/1/messages"))
            .bearer_auth(&anna.token);
        send(request.header("content-type", kind).body(body.to_owned()))
            .await
            .refusal()
    };
    for body in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"text":"hello"}"#,
        r#"{"client_id":"x","text":"hello"}"#,
    ] {
        assert_eq!(
            post("application/json", body).await,
            Refusal::BadRequest,
            "{body}"
        );
    }
    let good = json!({"client_id": ClientId::new(), "text": "hello"}).to_string();
    assert_eq!(post("text/plain", &good).await, Refusal::BadRequest);
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    assert_eq!(post("application/json", &deep).await, Refusal::BadRequest);
    for query in ["?before=x", "?before=1.5"] {
        let answer = anna
            .api(Method::GET, &format!("rooms/1/messages{query}"), None)
            .await;
        assert_eq!(answer.refusal(), Refusal::BadRequest, "{query}");
    }
    for query in ["", "?after=1", "?epoch=x", "?after=x&epoch=x"] {
        let answer = anna
            .api(Method::GET, &format!("rooms/1/changes{query}"), None)
            .await;
        assert_eq!(answer.refusal(), Refusal::BadRequest, "{query}");
    }
    let unreadable = anna
        .request(Method::POST, "/rooms/1")
        .header("sec-fetch-site", "same-origin");
    assert_eq!(
        send(unreadable.header("content-type", "application/json").body("{}"))
            .await
            .status,
        400
    );
    assert!(anna.history(GENERAL).await.messages.is_empty());
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let (_house, anna) = House::new().await;
    const LIMIT: usize = 64 * 1024;
    let too_large = Refusal::TooLarge { most: LIMIT };
    let body = json!({"client_id": ClientId::new(), "text": "x".repeat(LIMIT)});
    assert_eq!(
        anna.post("rooms/1/messages", body.clone()).await.refusal(),
        too_large
    );
    assert_eq!(anna.call("post_message", body.clone()).await.status, 413);
    assert_eq!(
        anna.submit("/rooms/1", &[("text", &"x".repeat(LIMIT))])
            .await
            .status,
        413
    );
    let nothing = anna.api(Method::POST, "nothing", Some(body)).await;
    assert!([404, 413].contains(&nothing.status));
    assert!(anna.history(GENERAL).await.messages.is_empty());
}

#[tokio::test]
async fn the_longest_message_fits_however_it_is_sent() {
    let (_house, anna) = House::new().await;
    let text = "🙂".repeat(4_000);
    assert_eq!(anna.submit("/rooms/1", &[("text", &text)]).await.status, 303);
    let arguments = json!({"author": 1, "room": 1, "client_id": ClientId::new(), "text": text});
    assert_eq!(anna.call("post_message", arguments).await.status, 200);
    let escaped = format!(
        r#"{{"client_id":"{}","text":"{}"}}"#,
        ClientId::new(),
        r"\ud83d\ude42".repeat(4_000)
    );
    let request = anna
        .http
        .post(anna.url("/api/v1/rooms/1/messages"))
        .bearer_auth(&anna.token);
    assert_eq!(
        send(request.header("content-type", "application/json").body(escaped))
            .await
            .status,
        200
    );
    assert!(
        anna.history(GENERAL)
            .await
            .messages
            .iter()
            .all(|message| message.text == text)
    );
}

fn nonce(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let (_, rest) = policy
        .split_once("'nonce-")
        .unwrap_or_else(|| panic!("no nonce in {policy:?}"));
    rest.split('\'').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_runs_its_own_scripts_and_no_others() {
    let (_house, anna) = House::new().await;
    anna.say(GENERAL, "hello").await;
    let refused = anna.submit("/rooms/1", &[("text", "")]).await;
    assert_eq!(refused.status, 422);
    let pages = [
        refused,
        anna.page("/").await,
        anna.page("/rooms").await,
        anna.page("/rooms/new").await,
        anna.page("/rooms/1").await,
        anna.page("/@anna").await,
        anna.page("/find?q=anna").await,
        anna.page("/rooms/99").await,
        anna.page("/no/such/page").await,
    ];
    let mut nonces = std::collections::BTreeSet::new();
    for page in &pages {
        let policy = page.header("content-security-policy");
        let nonce = nonce(page);
        assert!(nonce.len() >= 16);
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "no {part} in {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        let scripts: Vec<&str> = page
            .body
            .split("<script")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
            .collect();
        assert!(!scripts.is_empty(), "{}", page.body);
        for script in scripts {
            assert!(
                script.contains(&format!("nonce=\"{nonce}\"")),
                "a script without the nonce: <script{script}>"
            );
        }
        // The policy would stop these, and the page would look or work another way than meant.
        for inline in [
            " style=\"",
            " onclick=",
            " onsubmit=",
            " onload=",
            "javascript:",
            "<style>",
        ] {
            assert!(!page.html().contains(inline), "{inline} in {}", page.html());
        }
        assert_eq!(page.header("cache-control"), "private, no-store");
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), pages.len(), "every answer has a nonce of its own");
}

#[tokio::test]
async fn the_pages_before_the_messenger_run_no_scripts() {
    let house = House::with(|_| {}).await;
    let visitor = house.visitor();
    let mut pages = vec![visitor.page("/first-run").await];
    house.first_run("anna").await;
    pages.push(visitor.page("/sign-in").await);
    pages.push(visitor.page("/sign-up").await);
    let wrong = [("handle", "anna"), ("password", "wrong horse")];
    pages.push(visitor.submit("/sign-in", &wrong).await);
    for page in pages {
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("script-src"),
            "{policy}"
        );
        assert!(!page.body.contains("<script"), "{}", page.body);
        assert!(page.body.contains("rel=\"stylesheet\""), "{}", page.body);
        assert!(page.body.contains("<!DOCTYPE html>"), "{}", page.body);
        assert_eq!(page.header("cache-control"), "private, no-store");
    }
}

#[tokio::test]
async fn whoever_asked_for_a_page_is_refused_in_words() {
    let (house, anna) = House::new().await;
    let browser =
        |method: Method, path: &str| anna.request(method, path).header("accept", "text/html,*/*;q=0.8");
    let foreign = send(browser(Method::POST, "/rooms/1").header("origin", "http://evil.example")).await;
    assert_eq!(foreign.status, 403);
    assert!(foreign.header("content-type").starts_with("text/html"));
    assert!(foreign.body.contains("<h1>"), "{}", foreign.body);
    // Not where the form went: a link there would show another thing, or nothing.
    assert!(foreign.body.contains("href=\"/\""), "{}", foreign.body);

    let large = format!("text={}", "x".repeat(70_000));
    let own = browser(Method::POST, "/rooms/1")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(large);
    let large = send(own).await;
    assert_eq!(large.status, 413);
    assert!(large.header("content-type").starts_with("text/html"));

    let program = send(
        anna.request(Method::POST, "/rooms/1")
            .header("origin", "http://evil.example"),
    )
    .await;
    assert_eq!(program.refusal(), Refusal::NotAllowed);
    drop(house);
}

#[tokio::test]
async fn behind_a_proxy_the_limits_count_people() {
    let house = House::with(|config| {
        config.rate_limits = true;
        config.proxies = 1;
    })
    .await;
    house.first_run("anna").await;
    // Handles differ, so it is the address that is counted: thirty a minute each.
    let guess = async |from: &str, number: usize| {
        let credentials = json!({"handle": format!("nobody{number}"), "password": "wrong horse battery"});
        let visitor = house.visitor();
        let asked = visitor
            .request(Method::POST, "/api/v1/sign-in")
            .header("x-forwarded-for", format!("203.0.113.{number}, {from}"))
            .json(&credentials);
        send(asked).await
    };
    let began = Instant::now();
    let guessed = until_too_fast(60, async |number| guess("198.51.100.1", number).await).await;
    assert!(allowed(30, 2, began).contains(&guessed), "{guessed}");
    assert_eq!(guess("198.51.100.2", 0).await.status, 422);
}

#[tokio::test]
async fn every_answer_has_the_safe_headers() {
    let (house, anna) = House::new().await;
    let visitor = house.visitor();
    let foreign = send(
        visitor
            .request(Method::POST, "/sign-in")
            .header("origin", "http://evil.example"),
    )
    .await;
    let large = anna.submit("/rooms/1", &[("text", &"x".repeat(70_000))]).await;
    let others = [
        visitor.page("/").await,
        visitor.page("/up").await,
        visitor.page("/pkg/nothing.js").await,
        visitor.page("/pkg/../Cargo.toml").await,
        visitor.page("/api/v1/nothing").await,
        visitor.page("/api/v1/rooms").await,
        anna.api(Method::GET, "rooms", None).await,
        anna.call("list_rooms", json!({})).await,
        anna.page("/sign-out").await,
        foreign,
        large,
    ];
    for answer in &others {
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("script-src"),
            "{} {policy}",
            answer.status
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    for answer in others
        .iter()
        .chain([&anna.page("/rooms/1").await, &anna.page("/nothing/at/all").await])
    {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "not over plain http"
        );
    }
}

#[tokio::test]
async fn no_link_leads_elsewhere_through_us() {
    let (house, anna) = House::new().await;
    let elsewhere = [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nset-cookie: session=x",
        " //evil.example",
        "",
    ];
    for next in elsewhere {
        let sign_in = [("handle", "anna"), ("password", PASSWORD), ("next", next)];
        let answer = house.visitor().submit("/sign-in", &sign_in).await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{next:?}");
        let answer = house
            .visitor()
            .submit("/language", &[("lang", "en"), ("next", next)])
            .await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{next:?}");
        let url = reqwest::Url::parse_with_params(&anna.url("/sign-in"), [("next", next)]).unwrap();
        let answer = anna
            .page(&format!("{}?{}", url.path(), url.query().unwrap()))
            .await;
        assert_eq!((answer.status, answer.location()), (303, "/"), "{next:?}");
    }
}

/// So many at once and, for each so many seconds that it took, one more.
fn allowed(at_once: usize, seconds: u64, began: Instant) -> RangeInclusive<usize> {
    let more = began.elapsed().as_secs() / seconds + 1;
    at_once..=at_once + more as usize
}

/// Asks until it is too fast, and checks that the answer says for how long.
async fn until_too_fast(most: usize, act: impl AsyncFn(usize) -> Answer) -> usize {
    for number in 0..most {
        let answer = act(number).await;
        if answer.status == 429 {
            let after: u64 = answer.header("retry-after").parse().expect("seconds");
            assert!(after >= 1);
            if answer.header("content-type") == "application/json" {
                assert_eq!(
                    answer.refusal(),
                    Refusal::TooFast {
                        retry_after_seconds: after
                    }
                );
            }
            return number;
        }
    }
    panic!("never too fast");
}

#[tokio::test]
async fn haste_is_answered_with_when_to_come_back() {
    let house = House::with(|config| config.rate_limits = true).await;
    let anna = house.first_run("anna").await;
    let posted = until_too_fast(150, async |_| {
        anna.try_say(GENERAL, ClientId::new(), "flood").await
    })
    .await;
    assert!(posted >= 50, "{posted}");
    assert!(anna.history(GENERAL).await.messages.len() == 50);
    until_too_fast(200, async |_| {
        anna.post("rooms/1/read", json!({"position": 1})).await
    })
    .await;

    let guess = async |_| {
        let credentials = json!({"handle": "anna", "password": "wrong horse battery"});
        house
            .visitor()
            .api(Method::POST, "sign-in", Some(credentials))
            .await
    };
    let began = Instant::now();
    let guessed = until_too_fast(50, guess).await;
    assert!(allowed(10, 6, began).contains(&guessed), "{guessed}");
    let sign_up = async |number| {
        let account = json!({"handle": format!("person{number}"), "name": " ", "password": PASSWORD});
        house.visitor().api(Method::POST, "sign-up", Some(account)).await
    };
    // The first run was the first of the hundred: a class behind one address gets in.
    let began = Instant::now();
    let signed_up = until_too_fast(150, sign_up).await;
    assert!(allowed(99, 36, began).contains(&signed_up), "{signed_up}");
}

#[tokio::test]
async fn haste_on_a_page_shows_the_page_again() {
    let house = House::with(|config| config.rate_limits = true).await;
    house.first_run("anna").await;
    let visitor = house.visitor();
    let guess = async |_| {
        visitor
            .submit(
                "/sign-in",
                &[("handle", "anna"), ("password", "wrong horse battery")],
            )
            .await
    };
    until_too_fast(50, guess).await;
    let answer = guess(0).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.html().contains("value=\"anna\""), "{}", answer.html());
    assert!(answer.html().contains("Too fast"), "{}", answer.html());
}
