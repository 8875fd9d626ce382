//! The pages as they are without scripts.

use crate::harness::{Answer, GENERAL, House};
use digital_messages::i18n::Lang;
use digital_messages::shared::ids::ClientId;
use digital_messages::shared::refusal::Refusal;
use reqwest::Method;

/// The values of an attribute wherever it stands in the page.
fn attributes(answer: &Answer, name: &str) -> Vec<String> {
    let html = answer.html();
    let opening = format!(" {name}=\"");
    html.split(&opening)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"))
        .collect()
}

fn holds(answer: &Answer, numbers: impl IntoIterator<Item = usize>) -> bool {
    let html = answer.html();
    numbers
        .into_iter()
        .all(|number| html.contains(&format!("message-{number:03}-")))
}

#[tokio::test]
async fn a_room_shows_its_last_50_messages_and_links_to_older_ones() {
    let (_house, anna) = House::new().await;
    for number in 1..=120 {
        anna.say(GENERAL, &format!("message-{number:03}-")).await;
    }
    let mut path = "/rooms/1".to_owned();
    for (shown, hidden) in [(71..=120, 1..=70), (21..=70, 1..=20), (1..=20, 21..=120)] {
        let page = anna.page(&path).await;
        assert_eq!(page.status, 200);
        assert!(holds(&page, shown.clone()), "{path}: not all of {shown:?}");
        assert!(
            hidden
                .clone()
                .all(|number| !holds(&page, [number]) || number == 120),
            "{path}: some of {hidden:?}"
        );
        let older = attributes(&page, "href")
            .into_iter()
            .find(|href| href.starts_with("/rooms/1?before="));
        match older {
            Some(older) => path = older,
            None => assert_eq!(*shown.start(), 1, "no way to older ones from {path}"),
        }
    }
}

#[tokio::test]
async fn markup_in_a_message_stays_text() {
    let (_house, anna) = House::new().await;
    let attacks = [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(2)</script>",
        "<b>bold</b> & <!-- --> &lt;",
        "[click](javascript:alert(3))",
        "![x](https://evil.example/x.png)",
        "`<svg onload=alert(4)>`",
        "> <iframe src=//evil.example>",
    ];
    for attack in attacks {
        anna.say(GENERAL, attack).await;
    }
    let page = anna.page("/rooms/1").await;
    let html = page.html();
    for raw in [
        "<img src=x",
        "<script>alert",
        "<b>",
        "<svg onload",
        "<iframe",
        "javascript:",
    ] {
        let linked =
            raw == "javascript:" && !attributes(&page, "href").iter().any(|href| href.starts_with(raw));
        assert!(linked || !html.contains(raw), "{raw} in {html}");
    }
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{html}");
    // In the data that the page leaves for its scripts, too, nothing ends a script or begins one.
    assert!(!page.body.contains("</script><script>alert") && !page.body.contains("<script>alert"));
    assert!(
        attributes(&page, "src").iter().all(|src| src.starts_with('/')),
        "{:?}",
        attributes(&page, "src")
    );
}

#[tokio::test]
async fn names_are_text_too() {
    let (house, anna) = House::new().await;
    let evil = "</title><img src=x onerror=alert(1)>";
    let account = serde_json::json!({"handle": "eve", "name": evil, "password": crate::harness::PASSWORD});
    assert_eq!(
        house
            .visitor()
            .api(Method::POST, "sign-up", Some(account))
            .await
            .status,
        201
    );
    let eve = house.sign_in("eve").await;
    eve.say(GENERAL, "hello").await;
    let room = eve.make_room(evil, "open").await;
    eve.direct("anna").await;
    let paths = [
        "/",
        "/rooms",
        "/rooms/1",
        "/@eve",
        "/find?q=img",
        &format!("/rooms/{room}"),
        "/find?q=%3Cimg+src=x%3E",
    ];
    for path in paths {
        let page = anna.page(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("<img src=x"), "{path}: {}", page.body);
    }
}

#[tokio::test]
async fn a_form_posts_and_leads_back_to_its_page() {
    let (_house, anna, bob) = House::of_two().await;
    let page = anna.page("/rooms/1").await;
    assert!(attributes(&page, "action").contains(&"/rooms/1".to_owned()));
    let ids: Vec<ClientId> = attributes(&page, "value")
        .iter()
        .filter_map(|value| value.parse().ok())
        .collect();
    let [id] = ids[..] else {
        panic!("the form brings a client id: {ids:?}")
    };

    let fields = [("client_id", id.to_string()), ("text", "by\r\nform".into())];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    for _ in 0..2 {
        let answer = anna.submit("/rooms/1", &fields).await;
        assert_eq!((answer.status, answer.location()), (303, "/rooms/1"));
    }
    let messages = bob.history(GENERAL).await.messages;
    assert_eq!(messages.len(), 1, "sent twice by a double click");
    assert_eq!(
        (messages[0].client_id, messages[0].text.as_str()),
        (id, "by\nform")
    );
    assert!(bob.page("/rooms/1").await.html().contains("form"));
}

#[tokio::test]
async fn a_form_that_the_back_button_brought_again_posts_another_text_anew() {
    let (_house, anna) = House::new().await;
    let id = ClientId::new().to_string();
    for text in ["first", "second", "second"] {
        let answer = anna
            .submit("/rooms/1", &[("client_id", &id), ("text", text)])
            .await;
        assert_eq!(answer.status, 303);
    }
    let texts: Vec<String> = anna
        .history(GENERAL)
        .await
        .messages
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts[..2], ["first", "second"]);
}

#[tokio::test]
async fn a_refused_message_comes_back_with_its_text() {
    let (_house, anna, bob) = House::of_two().await;
    let long = format!("beginning {}", "я".repeat(4_000));
    let sentence = Lang::En.texts().refusal(&Refusal::TextTooLong {
        chars: 4_010,
        most: 4_000,
    });
    for path in ["/rooms/1", "/@bob"] {
        let answer = anna
            .submit(
                path,
                &[("client_id", &ClientId::new().to_string()), ("text", &long)],
            )
            .await;
        assert_eq!(answer.status, 422, "{path}");
        assert!(answer.html().contains(&long), "{path}: the text is lost");
        assert!(answer.html().contains(&sentence), "{path}: no \"{sentence}\"");
    }
    assert_eq!(anna.submit("/rooms/1", &[("text", " ")]).await.status, 422);
    assert_eq!(
        bob.rooms().await.rooms.len(),
        1,
        "no conversation comes of a message that can't be sent"
    );
}

#[tokio::test]
async fn a_direct_conversation_is_opened_by_its_address_and_made_by_its_first_message() {
    let (_house, anna, bob) = House::of_two().await;
    let page = anna.page("/@bob").await;
    assert_eq!(page.status, 200);
    assert!(attributes(&page, "action").contains(&"/@bob".to_owned()));
    assert_eq!(anna.rooms().await.rooms.len(), 1, "looking makes nothing");

    let answer = anna
        .submit(
            "/@bob",
            &[
                ("client_id", &ClientId::new().to_string()),
                ("text", "Hello, Bob"),
            ],
        )
        .await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/@bob"),
        "{}",
        answer.body
    );
    let answer = bob.submit("/@anna", &[("text", "Hello, Anna")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/@anna"));
    for (person, path) in [(&anna, "/@bob"), (&bob, "/@anna")] {
        let html = person.page(path).await.html();
        assert!(
            html.contains("Hello, Bob") && html.contains("Hello, Anna"),
            "{html}"
        );
        assert_eq!(person.rooms().await.rooms.len(), 2);
    }
}

#[tokio::test]
async fn nobody_lives_at_a_handle_that_nobody_has() {
    let (_house, anna) = House::new().await;
    for path in ["/@nobody", "/@", "/@!", "/nobody"] {
        assert_eq!(anna.page(path).await.status, 404, "{path}");
        assert_eq!(
            anna.submit(path, &[("text", "hello")]).await.status,
            404,
            "{path}"
        );
    }
    assert_eq!(anna.rooms().await.rooms.len(), 1);
}

#[tokio::test]
async fn rooms_are_made_joined_and_left_by_forms() {
    let (_house, anna, bob) = House::of_two().await;
    let answer = anna
        .submit("/rooms/new", &[("name", "Books"), ("kind", "open")])
        .await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/rooms/2"),
        "{}",
        answer.body
    );
    let rooms = bob.page("/rooms").await;
    assert!(rooms.html().contains("Books"));
    assert!(bob.page("/find?q=book").await.html().contains("Books"));
    assert_eq!(bob.submit("/rooms/2/join", &[]).await.location(), "/rooms/2");
    assert_eq!(bob.rooms().await.rooms.len(), 2);
    assert_eq!(bob.submit("/rooms/2/leave", &[]).await.location(), "/");
    assert_eq!(bob.rooms().await.rooms.len(), 1);

    let answer = anna
        .submit("/rooms/new", &[("name", "Surprise"), ("kind", "invited")])
        .await;
    assert_eq!(answer.location(), "/rooms/3");
    assert_eq!(bob.page("/rooms/3").await.status, 404);
    assert_eq!(
        anna.submit("/rooms/3/members", &[("handle", "@bob")])
            .await
            .location(),
        "/rooms/3/details"
    );
    assert_eq!(bob.page("/rooms/3").await.status, 200);

    let refused = anna
        .submit("/rooms/new", &[("name", " "), ("kind", "open")])
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .html()
            .contains(&Lang::En.texts().refusal(&Refusal::NameInvalid)),
        "{}",
        refused.html()
    );
}

#[tokio::test]
async fn the_list_shows_conversations_with_their_last_messages_and_counts() {
    let (_house, anna, bob) = House::of_two().await;
    anna.say(GENERAL, "words in the room").await;
    let direct = anna.direct("bob").await.room.id;
    anna.say(direct, "words between us").await;
    let html = bob.page("/").await.html();
    for text in ["General", "words in the room", "words between us"] {
        assert!(html.contains(text), "no {text:?} in {html}");
    }
    let (newer, older) = (
        html.find("words between us").unwrap(),
        html.find("words in the room").unwrap(),
    );
    assert!(newer < older, "the newest conversation is on top");
}

#[tokio::test]
async fn people_are_found_without_scripts() {
    let (_house, anna, _bob) = House::of_two().await;
    let page = anna.page("/find?q=BO").await;
    assert_eq!(page.status, 200);
    assert!(
        attributes(&page, "href").contains(&"/@bob".to_owned()),
        "{}",
        page.html()
    );
}

#[tokio::test]
async fn an_unknown_address_is_a_page_of_its_own_with_404() {
    let (_house, anna) = House::new().await;
    for path in [
        "/no/such/page",
        "/rooms/99",
        "/rooms/x",
        "/rooms/1/anything",
        "/%FF",
    ] {
        let page = anna.page(path).await;
        assert_eq!(page.status, 404, "{path}");
    }
    for path in ["/no/such/page", "/rooms/99", "/@nobody"] {
        assert!(
            anna.page(path)
                .await
                .html()
                .contains(Lang::En.texts().not_found_title),
            "{path}: another language"
        );
    }
}

/// What differs between two drawings of the same page.
fn without_marks(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    let html = answer.body.replace(nonce, "");
    let (before, rest) = html.split_once("name=\"client_id\" value=\"").unwrap();
    before.to_owned() + rest.split_once('"').unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_drawn_at_the_same_time_are_whole_and_hand_over_what_they_were_drawn_from() {
    let (house, anna) = House::new().await;
    anna.say_many(GENERAL, 20).await;
    let first = anna.page("/rooms/1").await;
    // Once in the page, and once for the browser that takes it over.
    assert!(first.body.contains("__RESOLVED_RESOURCES"), "{}", first.body);
    assert!(first.body.contains("\\\"messages\\\":[{"), "{}", first.body);
    for _ in 0..4 {
        let at_once = (0..40).map(|_| {
            let anna = house.again(&anna);
            tokio::spawn(async move { anna.page("/rooms/1").await })
        });
        for page in futures::future::join_all(at_once).await {
            let page = page.unwrap();
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(
                without_marks(&page) == without_marks(&first),
                "another page: {}",
                page.body
            );
        }
    }
}
