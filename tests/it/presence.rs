//! Who is there, and who types.

use crate::harness::{GENERAL, House, Live, Person};
use digital_messages::shared::ids::{RoomId, UserId, now};
use digital_messages::shared::limits::{PRESENCE_GRACE_SECONDS, SAID_IN_TEN_SECONDS};
use digital_messages::shared::live::{ToBrowser, ToServer};
use digital_messages::shared::receipt::Presence;
use std::time::{Duration, Instant};

/// What a device hears next of whether somebody is there.
async fn presence(live: &mut Live, of: UserId) -> Option<Presence> {
    live.next_of(|frame| match frame {
        ToBrowser::Presence { person, presence } if person == of => Some(presence),
        _ => None,
    })
    .await
}

async fn noted(person: &Person, room: RoomId) -> Option<Presence> {
    person.entry(room).await.presence
}

#[tokio::test]
async fn somebody_is_there_while_a_page_of_theirs_is_seen_and_a_little_longer() {
    let (house, anna, bob) = House::of_two().await;
    let room = anna.direct("bob").await.room.id;
    let mut annas = anna.greeted().await;
    assert_eq!(noted(&anna, room).await, None, "he has never been there");

    let mut bobs = bob.greeted().await;
    bobs.say(ToServer::Visible(true)).await;
    let here = presence(&mut annas, bob.me.id).await.unwrap();
    assert!(here.online && now() - here.seen < 5_000, "{here:?}");
    assert_eq!(noted(&anna, room).await, Some(here));

    // Another page of his is seen before the first one has been gone for long.
    drop(bobs);
    let mut others = house.sign_in("bob").await.greeted().await;
    others.say(ToServer::Visible(true)).await;
    tokio::time::sleep(Duration::from_secs(PRESENCE_GRACE_SECONDS + 1)).await;
    assert!(noted(&anna, room).await.unwrap().online);

    let gone_at = Instant::now();
    others.say(ToServer::Visible(false)).await;
    let gone = presence(&mut annas, bob.me.id).await.unwrap();
    assert!(!gone.online && gone.seen >= here.seen, "{gone:?}");
    assert!(gone_at.elapsed() >= Duration::from_secs(PRESENCE_GRACE_SECONDS));
    assert_eq!(noted(&anna, room).await, Some(gone));
}

#[tokio::test]
async fn who_hides_whether_they_are_there_is_not_told_of_others() {
    let (house, anna, bob) = House::of_two().await;
    let room = anna.direct("bob").await.room.id;
    let mut annas = anna.greeted().await;
    let mut bobs = bob.greeted().await;
    annas.say(ToServer::Visible(true)).await;
    bobs.say(ToServer::Visible(true)).await;
    assert!(presence(&mut annas, bob.me.id).await.unwrap().online);

    bob.disclose(true, false).await;
    assert_eq!(presence(&mut annas, bob.me.id).await, None);
    let kept: Option<i64> = sqlx::query_scalar("SELECT last_seen FROM users WHERE id = $1")
        .bind(bob.me.id.0)
        .fetch_one(&mut house.database().await)
        .await
        .unwrap();
    assert_eq!(kept, None, "what is hidden isn't kept");
    assert_eq!(noted(&anna, room).await, None);
    assert_eq!(noted(&bob, room).await, None);
    bob.disclose(true, true).await;
    assert!(presence(&mut annas, bob.me.id).await.unwrap().online);
    assert!(noted(&bob, room).await.unwrap().online);

    let blocking = anna.api(reqwest::Method::PUT, "blocks/bob", None).await;
    assert_eq!(blocking.status, 204);
    // Until then he knew that she was there.
    assert!(presence(&mut bobs, anna.me.id).await.unwrap().online);
    assert_eq!(presence(&mut bobs, anna.me.id).await, None);
    assert_eq!(noted(&bob, room).await, None);
}

#[tokio::test]
async fn strangers_are_not_told_who_is_there() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    anna.direct("bob").await;
    let (mut annas, mut carols) = (anna.greeted().await, carol.greeted().await);
    let mut bobs = bob.greeted().await;
    bobs.say(ToServer::Visible(true)).await;
    presence(&mut annas, bob.me.id).await;
    // They are in one room, and have never written to each other.
    bob.say(GENERAL, "everyone hears this").await;
    loop {
        match carols.next().await {
            ToBrowser::Changes(_) => break,
            frame => assert!(!matches!(frame, ToBrowser::Presence { .. }), "{frame:?}"),
        }
    }
}

#[tokio::test]
async fn those_who_are_there_hear_who_types_and_strangers_dont() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let room = anna.direct("bob").await.room.id;
    let (mut annas, mut bobs) = (anna.greeted().await, bob.greeted().await);
    let mut carols = carol.greeted().await;
    let typing = |person: &Person, room| ToBrowser::Typing {
        room,
        person: person.me.id,
        name: person.me.name.clone(),
    };
    annas.say(ToServer::Typing { room }).await;
    let heard = |frame| matches!(frame, ToBrowser::Typing { .. }).then_some(frame);
    assert_eq!(bobs.next_of(heard).await, typing(&anna, room));
    // Into a room that isn't hers nobody types.
    carols.say(ToServer::Typing { room }).await;
    carols.say(ToServer::Typing { room: GENERAL }).await;
    assert_eq!(bobs.next_of(heard).await, typing(&carol, GENERAL));
    assert_eq!(annas.next_of(heard).await, typing(&carol, GENERAL));
    // Nobody hears of themselves.
    bob.say(GENERAL, "enough").await;
    loop {
        match carols.next().await {
            ToBrowser::Changes(_) => break,
            frame => assert!(!matches!(frame, ToBrowser::Typing { .. }), "{frame:?}"),
        }
    }
}

#[tokio::test]
async fn whoever_says_too_much_is_hung_up_on() {
    let (_house, anna) = House::new().await;
    let mut live = anna.greeted().await;
    for _ in 0..=SAID_IN_TEN_SECONDS {
        live.say(ToServer::Typing { room: GENERAL }).await;
    }
    assert_eq!(live.closed().await, Some(1008));
}
