//! Making an account, signing in and out.

use crate::harness::{Answer, GENERAL, House, PASSWORD, Visitor};
use digital_messages::doors::texts::texts;
use digital_messages::i18n::Lang;
use digital_messages::shared::live::RoomList;
use digital_messages::shared::refusal::Refusal;
use reqwest::Method;
use serde_json::json;

fn sentence(refusal: &Refusal) -> String {
    Lang::En.texts().refusal(refusal)
}

#[tokio::test]
async fn the_first_run_makes_an_owner_and_a_room_and_lands_in_it() {
    let house = House::empty().await;
    let visitor = house.visitor();
    for path in ["/", "/sign-in", "/sign-up", "/rooms/1", "/@anna"] {
        let answer = visitor.page(path).await;
        assert_eq!((answer.status, answer.location()), (303, "/first-run"), "{path}");
    }
    assert_eq!(visitor.page("/first-run").await.status, 200);

    let fields = [("handle", "Anna"), ("name", "Анна"), ("password", PASSWORD)];
    let answer = visitor.submit("/first-run", &fields).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/rooms/1"),
        "{}",
        answer.body
    );

    let anna = Visitor {
        token: answer.session_cookie(),
        ..visitor
    };
    let list: RoomList = anna.api(Method::GET, "rooms", None).await.json();
    assert_eq!((list.me.handle.as_str(), list.me.name.as_str()), ("anna", "Анна"));
    assert_eq!(list.rooms.len(), 1);
    assert_eq!(list.rooms[0].room.name, "General");
    let page = anna.page("/rooms/1").await;
    assert_eq!(page.status, 200);
    assert!(page.html().contains("General"));
}

#[tokio::test]
async fn the_first_room_bears_a_name_in_the_owners_language() {
    let house = House::empty().await;
    let fields = [("handle", "anna"), ("name", "Анна"), ("password", PASSWORD)];
    let request = house.visitor().http.post(house.visitor().url("/first-run"));
    let request = request
        .header("sec-fetch-site", "same-origin")
        .header("accept-language", "ru-RU,ru;q=0.9,en;q=0.8");
    let answer = crate::harness::send(request.form(&fields)).await;
    let anna = Visitor {
        token: answer.session_cookie(),
        ..house.visitor()
    };
    let list: RoomList = anna.api(Method::GET, "rooms", None).await.json();
    assert_eq!(list.rooms[0].room.name, "Общая");
}

#[tokio::test]
async fn there_is_only_one_first_run() {
    let (house, anna) = House::new().await;
    let fields = [("handle", "mallory"), ("name", "Mallory"), ("password", PASSWORD)];
    let answer = house.visitor().submit("/first-run", &fields).await;
    assert_eq!(answer.status, 303);
    assert!(answer.location().starts_with("/sign-in"), "{}", answer.location());
    assert_eq!(answer.session_cookie(), None);
    assert_eq!(house.visitor().page("/first-run").await.location(), "/sign-in");
    let found: serde_json::Value = anna.get("find?q=mallory").await;
    assert_eq!(found["people"], json!([]));
}

#[tokio::test]
async fn of_two_first_runs_at_once_one_is_the_first() {
    let house = House::empty().await;
    let run = async |handle: &str| {
        let fields = [("handle", handle), ("name", handle), ("password", PASSWORD)];
        house
            .visitor()
            .submit("/first-run", &fields)
            .await
            .session_cookie()
    };
    let (one, other) = tokio::join!(run("anna"), run("bob"));
    assert!(one.is_some() != other.is_some());
    let first = Visitor {
        token: one.or(other),
        ..house.visitor()
    };
    let list: RoomList = first.api(Method::GET, "rooms", None).await.json();
    assert_eq!(list.rooms.len(), 1);
    assert_eq!(list.rooms[0].members, 1);
}

#[tokio::test]
async fn nobody_signs_up_before_the_first_run() {
    let house = House::empty().await;
    let account = json!({"handle": "mallory", "name": "Mallory", "password": PASSWORD});
    let answer = house.visitor().api(Method::POST, "sign-up", Some(account)).await;
    assert_eq!(answer.refusal(), Refusal::NotAllowed);
}

#[tokio::test]
async fn a_newcomer_is_in_the_first_room_and_goes_where_they_wanted() {
    let (house, anna) = House::new().await;
    let fields = [
        ("handle", "bob"),
        ("name", "Bob"),
        ("password", PASSWORD),
        ("next", "/@anna"),
    ];
    let answer = house.visitor().submit("/sign-up", &fields).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/@anna"),
        "{}",
        answer.body
    );
    let bob = Visitor {
        token: answer.session_cookie(),
        ..house.visitor()
    };
    let list: RoomList = bob.api(Method::GET, "rooms", None).await.json();
    assert_eq!(list.rooms[0].room.id, GENERAL);
    assert_eq!(anna.entry(GENERAL).await.members, 2);
}

/// The page again: 422, the sentence, everything typed but the password.
fn assert_shown_again(answer: &Answer, refusal: &Refusal, typed: &[&str], password: &str) {
    assert_eq!(answer.status, 422, "{refusal}: {}", answer.body);
    assert!(answer.header("content-type").starts_with("text/html"));
    let html = answer.html();
    assert!(
        html.contains(&sentence(refusal)),
        "no \"{}\" in {html}",
        sentence(refusal)
    );
    for value in typed {
        assert!(
            html.contains(&format!("value=\"{value}\"")),
            "{refusal}: no value {value:?} in {html}"
        );
    }
    assert!(!answer.body.contains(password), "the password is in the page");
    assert_eq!(answer.session_cookie(), None);
}

#[tokio::test]
async fn a_refused_sign_up_says_why_and_keeps_what_was_typed() {
    let (house, _) = House::new().await;
    let long = "x".repeat(65);
    let cases = [
        ("anna", "Another Anna", PASSWORD, Refusal::HandleTaken),
        ("\u{430}nna", "Cyrillic Anna", PASSWORD, Refusal::HandleTaken),
        ("ANNA", "Loud Anna", PASSWORD, Refusal::HandleTaken),
        ("b", "Bob", PASSWORD, Refusal::HandleInvalid),
        ("bob and anna", "Bob", PASSWORD, Refusal::HandleInvalid),
        ("bob", long.as_str(), PASSWORD, Refusal::NameInvalid),
        ("bob", "Bob\u{202e}nimda", PASSWORD, Refusal::NameInvalid),
        ("bob", "Bob", "s3c!Ret", Refusal::PasswordTooShort { least: 8 }),
        ("bob", "Bob", "password1", Refusal::PasswordWeak),
    ];
    for (handle, name, password, refusal) in cases {
        let fields = [
            ("handle", handle),
            ("name", name),
            ("password", password),
            ("next", "/rooms"),
        ];
        let answer = house.visitor().submit("/sign-up", &fields).await;
        assert_shown_again(&answer, &refusal, &[handle, name, "/rooms"], password);
    }
    let answer = house
        .visitor()
        .submit(
            "/sign-up",
            &[("handle", "bob"), ("name", " "), ("password", PASSWORD)],
        )
        .await;
    assert_shown_again(&answer, &Refusal::NameInvalid, &["bob"], PASSWORD);
}

#[tokio::test]
async fn a_refused_first_run_keeps_what_was_typed_and_makes_nobody() {
    let house = House::empty().await;
    let fields = [("handle", "anna"), ("name", "Анна"), ("password", "12345678")];
    let answer = house.visitor().submit("/first-run", &fields).await;
    assert_shown_again(&answer, &Refusal::PasswordWeak, &["anna", "Анна"], "12345678");
    assert_eq!(house.visitor().page("/").await.location(), "/first-run");
}

#[tokio::test]
async fn what_was_typed_comes_back_as_text_not_as_markup() {
    let (house, _) = House::new().await;
    let fields = [
        ("handle", "\"><img src=x onerror=alert(1)>"),
        ("name", "Bob"),
        ("password", PASSWORD),
    ];
    let answer = house.visitor().submit("/sign-up", &fields).await;
    assert_eq!(answer.status, 422);
    assert!(!answer.html().contains("<img src=x"), "{}", answer.html());
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_handle_get_the_same_answer() {
    let (house, _) = House::new().await;
    for (handle, password) in [
        ("anna", "wrong horse battery"),
        ("nobody", PASSWORD),
        ("!", PASSWORD),
    ] {
        let answer = house
            .visitor()
            .submit("/sign-in", &[("handle", handle), ("password", password)])
            .await;
        assert_shown_again(&answer, &Refusal::WrongPassword, &[handle], password);
        let credentials = json!({"handle": handle, "password": password});
        let answer = house
            .visitor()
            .api(Method::POST, "sign-in", Some(credentials))
            .await;
        assert_eq!(answer.body, r#"{"error":"wrong_password"}"#);
        assert_eq!(answer.status, 422);
    }
}

#[tokio::test]
async fn signing_in_leads_to_where_one_wanted() {
    let (house, _) = House::new().await;
    let answer = house.visitor().page("/rooms/1?before=7").await;
    assert_eq!(answer.status, 303);
    let door = answer.location().to_owned();
    assert!(door.starts_with("/sign-in?next="), "{door}");
    let page = house.visitor().page(&door).await;
    assert!(
        page.html().contains("value=\"/rooms/1?before=7\""),
        "{}",
        page.html()
    );

    let fields = [
        ("handle", "@Anna"),
        ("password", PASSWORD),
        ("next", "/rooms/1?before=7"),
    ];
    let answer = house.visitor().submit("/sign-in", &fields).await;
    assert_eq!((answer.status, answer.location()), (303, "/rooms/1?before=7"));
    let anna = Visitor {
        token: answer.session_cookie(),
        ..house.visitor()
    };
    assert_eq!(anna.page("/rooms/1").await.status, 200);
    assert_eq!(anna.page("/sign-in?next=/rooms").await.location(), "/rooms");
}

#[tokio::test]
async fn signing_out_ends_this_session_and_closes_its_sockets() {
    let (house, anna) = House::new().await;
    let elsewhere = house.sign_in("anna").await;
    let mut here = anna.greeted().await;
    let mut there = elsewhere.greeted().await;

    let answer = anna.submit("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("session=;") && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
    assert_eq!(here.closed().await, Some(1008));
    assert_eq!(
        anna.api(Method::GET, "rooms", None).await.refusal(),
        Refusal::SignInFirst
    );
    assert_eq!(anna.page("/").await.location(), "/sign-in");

    elsewhere.say(GENERAL, "still here").await;
    assert_eq!(there.next_message().await.text, "still here");
}

#[tokio::test]
async fn a_program_signs_out_by_its_token() {
    let (_house, anna) = House::new().await;
    let mut live = anna.greeted().await;
    anna.sign_out().await;
    assert_eq!(live.closed().await, Some(1008));
    assert_eq!(
        anna.api(Method::GET, "rooms", None).await.refusal(),
        Refusal::SignInFirst
    );
    assert_eq!(
        anna.api(Method::POST, "sign-out", None).await.refusal(),
        Refusal::SignInFirst
    );
}

#[tokio::test]
async fn every_sign_in_has_a_token_of_its_own() {
    let (house, anna) = House::new().await;
    let again = house.sign_in("anna").await;
    assert_ne!(anna.token, again.token);
    assert_eq!(anna.me, again.me);
    assert!(again.token.len() >= 43, "256 bits at least");
}

#[tokio::test]
async fn on_plain_http_the_cookie_is_kept_from_scripts_and_other_sites() {
    let (house, _) = House::new().await;
    let answer = house
        .visitor()
        .submit("/sign-in", &[("handle", "anna"), ("password", PASSWORD)])
        .await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("session="), "{cookie}");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age="] {
        assert!(cookie.contains(attribute), "no {attribute} in {cookie}");
    }
    assert!(
        !cookie.contains("Secure") && !cookie.contains("Domain"),
        "{cookie}"
    );
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_this_host() {
    let house = House::with(|config| config.public_url = Some("https://chat.example.org".into())).await;
    let anna = house.first_run("anna").await;
    let answer = house
        .visitor()
        .submit("/sign-in", &[("handle", "anna"), ("password", PASSWORD)])
        .await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-session="), "{cookie}");
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(attribute), "no {attribute} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(answer.header("strict-transport-security").contains("max-age="));

    let plain = Visitor {
        cookie: "session",
        ..anna.visitor.clone()
    };
    assert_eq!(
        plain.page("/rooms/1").await.status,
        303,
        "the unbound name is not taken"
    );
    assert_eq!(anna.page("/rooms/1").await.status, 200);
}

#[tokio::test]
async fn neither_tokens_nor_passwords_are_on_the_disk() {
    let (mut house, anna, bob) = House::of_two().await;
    anna.say(GENERAL, "needle in the haystack").await;
    house.stop().await;
    let bytes = house.bytes();
    let holds = |needle: &str| {
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    assert!(holds("needle in the haystack"), "the wrong files are looked at");
    assert!(!holds(&anna.token) && !holds(&bob.token));
    assert!(!holds(PASSWORD));
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[tokio::test]
async fn a_language_is_chosen_and_remembered() {
    let (house, _) = House::new().await;
    let visitor = house.visitor();
    let answer = visitor
        .submit("/language", &[("lang", "ru"), ("next", "/sign-up")])
        .await;
    assert_eq!((answer.status, answer.location()), (303, "/sign-up"));
    assert!(
        answer.header("set-cookie").starts_with("lang=ru;"),
        "{}",
        answer.header("set-cookie")
    );
    assert_eq!(visitor.submit("/language", &[("lang", "xx")]).await.status, 400);

    let in_russian = crate::harness::send(
        visitor
            .request(Method::GET, "/sign-in")
            .header("cookie", "lang=ru"),
    )
    .await;
    assert!(in_russian.body.contains("lang=\"ru\"") && in_russian.html().contains(texts(Lang::Ru).sign_in));
    let in_english = visitor.page("/sign-in").await;
    assert!(in_english.body.contains("lang=\"en\"") && in_english.html().contains(texts(Lang::En).sign_in));
}
