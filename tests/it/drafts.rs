//! Drafts: the same on all of one's devices, and gone once they are sent.

use crate::harness::{GENERAL, House, Live, Person};
use digital_messages::shared::draft::Draft;
use digital_messages::shared::ids::{ClientId, RoomId};
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::refusal::Refusal;
use reqwest::Method;
use serde_json::json;

async fn save(person: &Person, room: RoomId, id: ClientId, text: &str) -> u16 {
    let draft = json!({"client_id": id, "text": text});
    person
        .api(Method::PUT, &format!("rooms/{room}/draft"), Some(draft))
        .await
        .status
}

async fn heard(live: &mut Live) -> Option<Draft> {
    loop {
        if let ToBrowser::Draft { room, draft } = live.next().await {
            assert_eq!(room, GENERAL);
            return draft;
        }
    }
}

async fn known(person: &Person) -> Option<String> {
    person.entry(GENERAL).await.draft.map(|draft| draft.text)
}

#[tokio::test]
async fn a_draft_follows_its_author_and_nobody_else() {
    let (house, anna, bob) = House::of_two().await;
    let other = house.sign_in("anna").await;
    let (mut annas, mut bobs) = (other.greeted().await, bob.greeted().await);
    let id = ClientId::new();
    for text in ["Hel", "Hello,"] {
        assert_eq!(save(&anna, GENERAL, id, text).await, 204);
        let draft = heard(&mut annas).await.expect("a draft");
        assert_eq!((draft.client_id, draft.text.as_str()), (id, text));
        assert_eq!(known(&other).await.as_deref(), Some(text));
    }
    assert_eq!(known(&bob).await, None);
    // Emptied, it is gone.
    assert_eq!(save(&other, GENERAL, ClientId::new(), " ").await, 204);
    assert_eq!(heard(&mut annas).await, None);
    assert_eq!(known(&anna).await, None);
    let message = anna.say(GENERAL, "end").await;
    assert_eq!(bobs.next_message().await, message, "the first that Bob hears");
}

#[tokio::test]
async fn what_was_sent_never_comes_back_as_a_draft() {
    let (house, anna) = House::new().await;
    let mut live = house.sign_in("anna").await.greeted().await;
    let id = ClientId::new();
    save(&anna, GENERAL, id, "Hello").await;
    assert!(heard(&mut live).await.is_some());
    anna.try_say(GENERAL, id, "Hello, all").await;
    assert_eq!(heard(&mut live).await, None);
    // A device that was slow saves what it had.
    assert_eq!(save(&anna, GENERAL, id, "Hello, all").await, 204);
    assert_eq!(known(&anna).await, None);
    // What was typed on there since is another message.
    assert_eq!(save(&anna, GENERAL, id, "Hello, all, and").await, 409);
    assert_eq!(known(&anna).await, None);
}

#[tokio::test]
async fn a_draft_goes_with_the_message_that_was_thrown_away() {
    let (house, anna) = House::new().await;
    let mut live = house.sign_in("anna").await.greeted().await;
    let id = ClientId::new();
    save(&anna, GENERAL, id, "Hasty").await;
    assert!(heard(&mut live).await.is_some());
    let withdrawn = anna.api(Method::PUT, &format!("withdrawals/{id}"), None).await;
    assert_eq!(withdrawn.status, 204);
    assert_eq!(heard(&mut live).await, None);
    assert_eq!(known(&anna).await, None);
    // What is typed on elsewhere is another message.
    assert_eq!(save(&anna, GENERAL, id, "Hasty, but").await, 410);
    assert_eq!(known(&anna).await, None);
}

#[tokio::test]
async fn sending_something_else_leaves_the_draft() {
    let (_house, anna) = House::new().await;
    save(&anna, GENERAL, ClientId::new(), "for later").await;
    anna.say(GENERAL, "now").await;
    assert_eq!(known(&anna).await.as_deref(), Some("for later"));
}

#[tokio::test]
async fn drafts_have_a_limit_and_a_room() {
    let (_house, anna, bob) = House::of_two().await;
    let id = ClientId::new();
    assert_eq!(save(&anna, GENERAL, id, &"ы".repeat(8_000)).await, 204);
    let draft = json!({"client_id": id, "text": "ы".repeat(8_001)});
    let answer = anna.api(Method::PUT, "rooms/1/draft", Some(draft)).await;
    assert_eq!(
        (answer.status, answer.refusal()),
        (
            422,
            Refusal::TextTooLong {
                chars: 8_001,
                most: 8_000
            }
        )
    );
    let secret = anna.make_room("Secret", "invited").await;
    assert_eq!(save(&bob, secret, id, "let me in").await, 404);
    assert_eq!(save(&bob, RoomId(99), id, "nowhere").await, 404);
}

#[tokio::test]
async fn a_draft_keeps_what_it_answers() {
    let (house, anna, bob) = House::of_two().await;
    let said = bob.say(GENERAL, "Tea?").await;
    let other = house.sign_in("anna").await;
    let mut live = other.greeted().await;
    let id = ClientId::new();
    let path = format!("rooms/{GENERAL}/draft");
    let keep = async |text: &str, reply_to: Option<i64>| {
        let draft = json!({"client_id": id, "text": text, "reply_to": reply_to});
        let answer = anna.api(Method::PUT, &path, Some(draft)).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    };
    for (text, reply_to) in [
        ("", Some(said.position)),
        ("Yes", Some(said.position)),
        ("Yes", None),
        ("Yes", Some(said.position)),
    ] {
        keep(text, reply_to).await;
        let draft = heard(&mut live).await.expect("a draft");
        assert_eq!((draft.text.as_str(), draft.reply_to), (text, reply_to));
        assert_eq!(other.entry(GENERAL).await.draft, Some(draft));
    }
    keep(" ", None).await;
    assert_eq!(heard(&mut live).await, None);
    assert_eq!(known(&anna).await, None);
}
