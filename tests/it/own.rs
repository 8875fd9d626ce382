//! What people keep for themselves of a conversation: pinned, archived, muted, marked as unread.

use crate::harness::{GENERAL, House, Live, Person};
use digital_messages::shared::ids::{RoomId, now};
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::own::{FOREVER, Own};
use digital_messages::shared::refusal::Refusal;
use reqwest::Method;
use serde_json::{Value, json};

async fn keep(person: &Person, room: RoomId, change: Value) -> Own {
    let answer = person
        .api(Method::PUT, &format!("rooms/{room}/own"), Some(change))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// What a device hears next of how a conversation stands.
async fn heard(live: &mut Live) -> Own {
    loop {
        if let ToBrowser::Own { own, .. } = live.next().await {
            return own;
        }
    }
}

#[tokio::test]
async fn ones_devices_hear_how_a_conversation_stands_and_nobody_else_does() {
    let (house, anna, bob) = House::of_two().await;
    let mut phone = house.sign_in("bob").await.greeted().await;
    let mut annas = anna.greeted().await;
    let pinned = keep(&bob, GENERAL, json!({"pinned": true})).await;
    assert!(pinned.pinned.is_some() && pinned.version == 1, "{pinned:?}");
    assert_eq!(heard(&mut phone).await, pinned);
    assert_eq!(
        keep(&bob, GENERAL, json!({"pinned": true})).await,
        pinned,
        "it is so already"
    );
    let muted = keep(&bob, GENERAL, json!({"muted_for": 3600})).await;
    let left = muted.muted_until.unwrap() - now();
    assert!((3_590_000..=3_600_000).contains(&left), "{left}");
    assert_eq!(heard(&mut phone).await, muted);
    let for_good = keep(&bob, GENERAL, json!({"muted_for": 10_000_000_000_u64})).await;
    assert_eq!(for_good.muted_until, Some(FOREVER));
    assert_eq!(bob.entry(GENERAL).await.own, for_good);
    assert_eq!(anna.entry(GENERAL).await.own, Own::default());

    // Of all this Anna hears nothing, and no version was taken.
    let message = bob.say(GENERAL, "hello").await;
    assert_eq!(message.version, bob.entry(GENERAL).await.through);
    assert_eq!(annas.next_message().await.position, message.position);
}

#[tokio::test]
async fn what_others_write_brings_a_conversation_out_of_the_archive_unless_it_is_muted() {
    let (_house, anna, bob) = House::of_two().await;
    let mut bobs = bob.greeted().await;
    assert!(keep(&bob, GENERAL, json!({"archived": true})).await.archived);
    heard(&mut bobs).await;
    bob.say(GENERAL, "I write there myself").await;
    assert!(bob.entry(GENERAL).await.own.archived);
    anna.say(GENERAL, "and so do I").await;
    assert!(!heard(&mut bobs).await.archived);
    assert!(!bob.entry(GENERAL).await.own.archived);

    keep(&bob, GENERAL, json!({"muted_for": 3600})).await;
    keep(&bob, GENERAL, json!({"archived": true})).await;
    anna.say(GENERAL, "once more").await;
    assert!(bob.entry(GENERAL).await.own.archived);
    let shown = keep(&bob, GENERAL, json!({"pinned": true})).await;
    assert!(!shown.archived && shown.pinned.is_some());
    let archived = keep(&bob, GENERAL, json!({"archived": true})).await;
    assert!(archived.archived && archived.pinned.is_none());
}

#[tokio::test]
async fn reading_takes_the_mark_away_and_taking_it_away_is_reading() {
    let (_house, anna, bob) = House::of_two().await;
    let message = anna.say(GENERAL, "one").await;
    keep(&bob, GENERAL, json!({"marked": true})).await;
    assert!(bob.entry(GENERAL).await.own.marked);
    bob.read(GENERAL, message.position).await;
    let entry = bob.entry(GENERAL).await;
    assert!(!entry.own.marked && entry.unread == 0);

    anna.say(GENERAL, "two").await;
    let mut bobs = bob.greeted().await;
    keep(&bob, GENERAL, json!({"marked": false})).await;
    let ToBrowser::Read { unread, through, .. } = bobs.next().await else {
        panic!("it is read to its end")
    };
    let entry = bob.entry(GENERAL).await;
    assert_eq!((unread, through, entry.unread), (0, entry.through, 0));
}

#[tokio::test]
async fn who_leaves_and_comes_back_begins_anew() {
    let (_house, _anna, bob) = House::of_two().await;
    let kept = keep(&bob, GENERAL, json!({"muted_for": 3600})).await;
    bob.leave(GENERAL).await;
    bob.join(GENERAL).await;
    let own = bob.entry(GENERAL).await.own;
    assert!(own.muted_until.is_none() && own.version > kept.version);
}

#[tokio::test]
async fn only_who_is_there_keeps_something_of_it() {
    let (_house, anna, bob) = House::of_two().await;
    let secret = anna.make_room("Surprise", "invited").await;
    let change = Some(json!({"pinned": true}));
    let answer = bob.api(Method::PUT, &format!("rooms/{secret}/own"), change).await;
    assert_eq!(answer.refusal(), Refusal::NotFound);
    let strange = Some(json!({"painted": true}));
    let answer = bob.api(Method::PUT, "rooms/1/own", strange).await;
    assert_eq!(answer.refusal(), Refusal::BadRequest);
    assert_eq!(
        bob.submit("/rooms/1/own", &[("painted", "true")]).await.status,
        400
    );
}

#[tokio::test]
async fn a_form_does_it_too() {
    let (_house, anna, bob) = House::of_two().await;
    anna.direct("bob").await;
    let page = bob.page("/@anna/details").await;
    assert!(page.html().contains("Pin to the top"), "{}", page.html());
    let room = bob.direct("anna").await.room.id;
    for (name, value) in [("pinned", "true"), ("muted_for", "28800"), ("marked", "true")] {
        let fields = [("next", "/@anna/details"), (name, value)];
        let answer = bob.submit(&format!("/rooms/{room}/own"), &fields).await;
        assert_eq!((answer.status, answer.location()), (303, "/@anna/details"));
    }
    let own = bob.entry(room).await.own;
    assert!(own.pinned.is_some() && own.muted_until.is_some() && own.marked);
    let html = bob.page("/@anna/details").await.html();
    assert!(html.contains("Unpin") && html.contains("Unmute") && html.contains("Mark as read"));

    let archived = [("next", "/@anna/details"), ("archived", "true")];
    bob.submit(&format!("/rooms/{room}/own"), &archived).await;
    assert!(bob.page("/").await.html().contains("Archive (1)"));
}
