//! How far messages have come, and who may know.

use crate::harness::{GENERAL, House, Live, Person};
use digital_messages::shared::ids::{Position, RoomId};
use digital_messages::shared::limits::RECEIPT_PEOPLE;
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::message::Responses;
use digital_messages::shared::receipt::{Mark, Reach};
use std::time::Duration;

/// The next telling of how far a room's messages have come.
async fn reached(live: &mut Live, of: RoomId) -> Reach {
    live.next_of(|frame| match frame {
        ToBrowser::Reached { room, reach } if room == of => Some(reach),
        _ => None,
    })
    .await
}

/// What a line of the list says of a message.
async fn mark(person: &Person, room: RoomId, position: Position) -> Mark {
    person.entry(room).await.reach.mark(position)
}

async fn readers(person: &Person, position: Position) -> Vec<String> {
    let path = format!("rooms/{GENERAL}/messages/{position}/responses");
    let read = person.get::<Responses>(&path).await.read;
    read.into_iter().map(|person| person.handle).collect()
}

#[tokio::test]
async fn an_author_hears_that_a_message_has_come_and_that_it_was_read() {
    let (_house, anna, bob) = House::of_two().await;
    let room = anna.direct("bob").await.room.id;
    let mut annas = anna.greeted().await;
    let first = anna.say(room, "are you there?").await.position;
    assert_eq!(mark(&anna, room, first).await, Mark::Sent);

    // What was written while somebody was away comes with their next greeting.
    let mut bobs = bob.greeted().await;
    let hearing = tokio::spawn(async move {
        loop {
            bobs.next().await;
        }
    });
    assert_eq!(reached(&mut annas, room).await.mark(first), Mark::Delivered);
    assert_eq!(mark(&anna, room, first).await, Mark::Delivered);
    let second = anna.say(room, "here you are").await.position;
    assert_eq!(reached(&mut annas, room).await.mark(second), Mark::Delivered);

    bob.read(room, first).await;
    let reach = reached(&mut annas, room).await;
    assert_eq!(
        [reach.mark(first), reach.mark(second)],
        [Mark::Read, Mark::Delivered]
    );
    bob.read(room, second).await;
    assert_eq!(reached(&mut annas, room).await.mark(second), Mark::Read);
    // Both directions, and after a reconnect.
    assert_eq!(mark(&anna, room, second).await, Mark::Read);
    let answer = bob.say(room, "I am").await.position;
    anna.read(room, answer).await;
    assert_eq!(mark(&bob, room, answer).await, Mark::Read);
    hearing.abort();
}

#[tokio::test]
async fn who_hides_their_reading_is_not_told_of_others() {
    let (_house, anna, bob) = House::of_two().await;
    bob.disclose(false, true).await;
    let mut annas = anna.greeted().await;
    let annas_own = anna.say(GENERAL, "one").await.position;
    bob.read(GENERAL, annas_own).await;
    let bobs_own = bob.say(GENERAL, "two").await.position;
    anna.read(GENERAL, bobs_own).await;
    assert_eq!(mark(&anna, GENERAL, annas_own).await, Mark::Delivered);
    assert_ne!(mark(&bob, GENERAL, bobs_own).await, Mark::Read);
    assert_eq!(readers(&anna, annas_own).await, Vec::<String>::new());
    assert_eq!(readers(&bob, bobs_own).await, Vec::<String>::new());

    bob.disclose(true, true).await;
    let third = anna.say(GENERAL, "three").await.position;
    bob.read(GENERAL, third).await;
    let read = annas.next_of(|frame| match frame {
        ToBrowser::Reached { reach, .. } if reach.read == third => Some(()),
        _ => None,
    });
    read.await;
    assert_eq!(readers(&anna, third).await, ["bob"]);
    assert_eq!(mark(&bob, GENERAL, bobs_own).await, Mark::Read);
}

#[tokio::test]
async fn whoever_has_read_a_message_is_named_to_its_author_alone() {
    let (house, anna, bob) = House::of_two().await;
    let message = anna.say(GENERAL, "read me").await.position;
    let carol = house.sign_up("carol").await;
    bob.read(GENERAL, message).await;
    assert_eq!(readers(&anna, message).await, ["bob"]);
    assert_eq!(readers(&bob, message).await, Vec::<String>::new());
    // What was there before somebody came they haven't read by coming.
    assert!(carol.entry(GENERAL).await.last_read >= message);
    let later = anna.say(GENERAL, "and me").await.position;
    carol.read(GENERAL, later).await;
    assert_eq!(readers(&anna, later).await, ["carol"]);
    assert_eq!(readers(&bob, later).await, Vec::<String>::new());
    assert_eq!(mark(&anna, GENERAL, later).await, Mark::Read);
}

#[tokio::test]
async fn what_newcomers_cant_see_has_not_come_to_them() {
    let (_house, anna, _bob) = House::of_two().await;
    let making = serde_json::json!({"name": "Fresh", "kind": "invited", "history": "since_joining"});
    let made = anna.api(reqwest::Method::POST, "rooms", Some(making)).await;
    let room = made.json::<digital_messages::shared::room::RoomEntry>().room.id;
    let before = anna.say(room, "to nobody").await.position;
    anna.add(room, "bob").await;
    let after = anna.say(room, "to Bob").await.position;
    let bob = _bob;
    bob.read(room, after).await;
    let reach = anna.entry(room).await.reach;
    assert_eq!([reach.mark(before), reach.mark(after)], [Mark::Sent, Mark::Read]);
}

#[tokio::test]
async fn coming_is_no_reading() {
    let (_house, anna, _bob) = House::of_two().await;
    let room = anna.make_room("Quiet", "invited").await;
    let before = anna.say(room, "to whoever comes").await.position;
    anna.add(room, "bob").await;
    assert_eq!(mark(&anna, room, before).await, Mark::Sent);
}

#[tokio::test]
async fn in_a_large_room_nobody_is_told() {
    let (house, anna, bob) = House::of_two().await;
    for number in 2..RECEIPT_PEOPLE {
        house.sign_up(&format!("person{number}")).await;
    }
    let message = anna.say(GENERAL, "small yet").await.position;
    bob.read(GENERAL, message).await;
    assert_eq!(mark(&anna, GENERAL, message).await, Mark::Read);
    house.sign_up("one_more").await;
    let (mut annas, _bobs) = (anna.greeted().await, bob.greeted().await);
    let message = anna.say(GENERAL, "large now").await.position;
    bob.read(GENERAL, message).await;
    assert_eq!(anna.entry(GENERAL).await.reach, Reach::default());
    assert_eq!(readers(&anna, message).await, Vec::<String>::new());
    tokio::time::sleep(Duration::from_millis(600)).await;
    anna.say(GENERAL, "the end").await;
    while let frame = annas.next().await
        && !matches!(&frame, ToBrowser::Changes(changes) if changes.through > message)
    {
        assert!(!matches!(frame, ToBrowser::Reached { .. }), "{frame:?}");
    }
}

#[tokio::test]
async fn who_is_blocked_is_not_told_so_by_a_mark() {
    let (_house, anna, bob) = House::of_two().await;
    let room = anna.direct("bob").await.room.id;
    let read = anna.say(room, "before").await.position;
    bob.read(room, read).await;
    let blocking = bob.api(reqwest::Method::PUT, "blocks/anna", None).await;
    assert_eq!(blocking.status, 204);
    let _bobs = bob.greeted().await;
    let after = anna.say(room, "after").await.position;
    let reach = anna.entry(room).await.reach;
    assert_eq!([reach.mark(read), reach.mark(after)], [Mark::Read, Mark::Sent]);
}
