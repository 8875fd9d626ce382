//! Conversations of several without a name.

use crate::harness::{House, Person};
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::room::{RoomEntry, RoomKind};
use reqwest::Method;
use serde_json::json;

async fn gather(person: &Person, handles: &[&str]) -> RoomEntry {
    let answer = person.post("groups", json!({"handles": handles})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn several_talk_and_each_sees_the_names_of_the_others() {
    let (house, anna, bob) = House::of_two().await;
    let eve = house.sign_up("eve").await;
    let mut bobs = bob.greeted().await;
    let entry = gather(&anna, &["bob", "@eve", "bob", "anna"]).await;
    assert_eq!(
        (entry.room.kind, entry.room.name.as_str()),
        (RoomKind::Invited, "")
    );
    assert_eq!(
        (entry.names.clone(), entry.members, entry.unnamed()),
        (vec!["bob".into(), "eve".into()], 3, 0)
    );
    assert_eq!(entry.title(), "bob, eve");
    let ToBrowser::Joined(joined) = bobs.next().await else {
        panic!("bob is in it")
    };
    assert_eq!(joined.room.id, entry.room.id);
    assert_eq!(eve.entry(entry.room.id).await.names, ["anna", "bob"]);
    let again = gather(&anna, &["bob", "eve"]).await;
    assert_ne!(again.room.id, entry.room.id, "as many as one likes");

    for handle in ["dan", "fay", "gus"] {
        house.sign_up(handle).await;
        bob.add(entry.room.id, handle).await;
    }
    let entry = anna.entry(entry.room.id).await;
    assert_eq!((entry.names.len(), entry.unnamed()), (4, 1));
    let page = anna.page(&format!("/rooms/{}", entry.room.id)).await.html();
    assert!(page.contains("bob, dan, eve, fay and 1 more"), "{page}");
    // It isn't found, and nobody comes in by themselves.
    let stranger = house.sign_up("stranger").await;
    let answer = stranger
        .api(Method::POST, &format!("rooms/{}/join", entry.room.id), None)
        .await;
    assert_eq!(answer.refusal(), Refusal::NotFound);
}

#[tokio::test]
async fn who_is_not_there_is_not_gathered() {
    let (_house, anna, _bob) = House::of_two().await;
    for handles in [json!(["bob", "nobody"]), json!([]), json!(["anna"])] {
        let answer = anna.post("groups", json!({"handles": handles})).await;
        assert_eq!(answer.refusal(), Refusal::NotFound);
    }
    let many: Vec<String> = (0..51).map(|number| format!("p{number}")).collect();
    let answer = anna.post("groups", json!({"handles": many})).await;
    assert_eq!(answer.refusal(), Refusal::TooMany { most: 50 });
    assert_eq!(anna.rooms().await.rooms.len(), 1);
}

#[tokio::test]
async fn a_form_gathers_too() {
    let (house, anna, _bob) = House::of_two().await;
    house.sign_up("eve").await;
    let answer = anna.submit("/new", &[("handles", "@bob, eve")]).await;
    assert_eq!(answer.status, 303);
    assert!(answer.location().starts_with("/rooms/"), "{}", answer.location());
    let answer = anna.submit("/new", &[("handles", " @bob ")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/@bob"));
    let refused = anna.submit("/new", &[("handles", "@bob @nobody")]).await;
    assert_eq!(refused.status, 404);
    assert!(refused.html().contains("value=\"@bob @nobody\""));
}

#[tokio::test]
async fn a_name_of_somebody_there_follows() {
    let (house, anna, bob) = House::of_two().await;
    house.sign_up("eve").await;
    let room = gather(&anna, &["bob", "eve"]).await.room.id;
    bob.api(Method::PUT, "me", Some(json!({"name": "Robert", "about": ""})))
        .await;
    assert_eq!(anna.entry(room).await.names, ["eve", "Robert"]);
}
