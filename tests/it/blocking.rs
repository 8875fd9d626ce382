//! Somebody wants to hear nothing more of another.

use crate::harness::{GENERAL, House, Person};
use digital_messages::shared::ids::{ClientId, RoomId};
use digital_messages::shared::live::{Catchup, ToBrowser};
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::user::{Card, Mine};
use reqwest::Method;
use serde_json::json;

async fn set(person: &Person, method: Method, handle: &str) {
    let answer = person.api(method, &format!("blocks/{handle}"), None).await;
    assert_eq!(answer.status, 204, "{}", answer.body);
}

async fn is_in(person: &Person, room: RoomId) -> bool {
    person
        .rooms()
        .await
        .rooms
        .iter()
        .any(|entry| entry.room.id == room)
}

async fn texts(person: &Person, room: RoomId) -> Vec<String> {
    let page = person.history(room).await;
    page.messages.into_iter().map(|message| message.text).collect()
}

#[tokio::test]
async fn who_is_blocked_is_not_heard_and_not_told() {
    let (_house, anna, bob) = House::of_two().await;
    let room = bob.direct("anna").await.room.id;
    bob.say(room, "before").await;
    let (mut annas, mut bobs) = (anna.greeted().await, bob.greeted().await);
    let before = bob.entry(room).await;
    set(&anna, Method::PUT, "bob").await;
    assert_eq!(annas.next().await, ToBrowser::Left { room });
    assert!(!is_in(&anna, room).await);

    // To Bob nothing has changed: neither the room nor what he may do in it.
    assert_eq!(bob.entry(room).await, before);
    let id = ClientId::new();
    for _ in 0..2 {
        assert_eq!(bob.try_say(room, id, "can you hear me?").await.status, 200);
    }
    assert_eq!(bobs.next_message().await.text, "can you hear me?");
    assert_eq!(texts(&bob, room).await, ["before", "can you hear me?"]);
    assert_eq!(bob.entry(room).await.members, 2);
    assert!(!bob.get::<Card>("people/anna").await.blocked);
    let list = bob.rooms().await;
    let Catchup::Changes { changes, .. } = bob.changes(room, 2, &list.epoch).await else {
        panic!("he has been there all the time")
    };
    let gone = format!("{:?}", changes.rows);
    assert!(!gone.contains("here: false"), "{gone}");

    // Anna hears of the room that they share, and of nothing before that.
    let shared = bob.say(GENERAL, "for everyone").await;
    assert_eq!(annas.next_message().await, shared);

    set(&anna, Method::DELETE, "bob").await;
    let ToBrowser::Joined(entry) = annas.next().await else {
        panic!("the conversation comes back")
    };
    assert_eq!((entry.room.id, entry.unread), (room, 1));
    assert_eq!(texts(&anna, room).await, ["before"]);
    let after = bob.say(room, "and now?").await;
    assert_eq!(annas.next_message().await, after);
    assert_eq!(texts(&anna, room).await, ["before", "and now?"]);
    assert_eq!(
        texts(&bob, room).await,
        ["before", "can you hear me?", "and now?"]
    );
}

#[tokio::test]
async fn who_is_blocked_begins_a_conversation_with_themselves() {
    let (_house, anna, bob) = House::of_two().await;
    set(&anna, Method::PUT, "bob").await;
    let mut annas = anna.greeted().await;
    let entry = bob.direct("anna").await;
    assert_eq!((entry.members, entry.with.unwrap().id), (2, anna.me.id));
    bob.say(entry.room.id, "hello?").await;
    let shared = bob.say(GENERAL, "for everyone").await;
    assert_eq!(annas.next_message().await, shared);
    assert!(!is_in(&anna, entry.room.id).await);
    set(&anna, Method::DELETE, "bob").await;
    assert!(is_in(&anna, entry.room.id).await);
    assert!(texts(&anna, entry.room.id).await.is_empty());
}

#[tokio::test]
async fn who_blocks_does_not_write_either() {
    let (_house, anna, bob) = House::of_two().await;
    let room = anna.direct("bob").await.room.id;
    set(&anna, Method::PUT, "bob").await;
    set(&anna, Method::PUT, "bob").await;
    assert_eq!(
        anna.try_say(room, ClientId::new(), "psst").await.refusal(),
        Refusal::NotFound
    );
    assert_eq!(
        anna.post("direct", json!({"handle": "bob"})).await.refusal(),
        Refusal::Blocked
    );
    assert_eq!(anna.submit("/@bob", &[("text", "psst")]).await.status, 403);
    assert!(texts(&bob, room).await.is_empty());
    let own = anna.api(Method::PUT, "blocks/anna", None).await;
    assert_eq!(own.refusal(), Refusal::NotAllowed);
    assert_eq!(
        anna.api(Method::PUT, "blocks/nobody", None).await.refusal(),
        Refusal::NotFound
    );
}

#[tokio::test]
async fn both_may_block_each_other() {
    let (_house, anna, bob) = House::of_two().await;
    let room = anna.direct("bob").await.room.id;
    set(&anna, Method::PUT, "bob").await;
    set(&bob, Method::PUT, "anna").await;
    set(&anna, Method::DELETE, "bob").await;
    anna.say(room, "peace?").await;
    assert!(!is_in(&bob, room).await);
    set(&bob, Method::DELETE, "anna").await;
    assert!(texts(&bob, room).await.is_empty(), "it was withheld");
    anna.say(room, "peace!").await;
    assert_eq!(texts(&bob, room).await, ["peace!"]);
}

#[tokio::test]
async fn forms_do_it_too_and_the_page_says_so() {
    let (_house, anna, bob) = House::of_two().await;
    let room = bob.direct("anna").await.room.id;
    let card = anna.page("/@bob/details").await.html();
    assert!(card.contains("action=\"/@bob/block\""), "{card}");
    let answer = anna.submit("/@bob/block", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/@bob"));
    let page = anna.page("/@bob").await;
    assert_eq!(page.status, 200);
    assert!(page.html().contains("You’ve blocked bob") && page.html().contains("action=\"/@bob/unblock\""));
    assert!(!page.html().contains("<textarea"));
    assert!(
        anna.page("/settings")
            .await
            .html()
            .contains("action=\"/@bob/unblock\"")
    );
    assert_eq!(anna.get::<Mine>("me").await.blocked[0].handle, "bob");
    assert_eq!(anna.page(&format!("/rooms/{room}")).await.status, 404);
    assert!(bob.page("/@anna").await.html().contains("<textarea"));

    let answer = anna.submit("/@bob/unblock", &[("next", "/settings")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/settings"));
    assert!(anna.page("/@bob").await.html().contains("<textarea"));
    // Nobody blocks themselves.
    assert!(!anna.page("/@anna/details").await.html().contains("/block"));
}
