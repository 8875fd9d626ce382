//! The socket, and catching up with what it did not bring.

use crate::harness::{GENERAL, House, Person};
use digital_messages::shared::ids::{RoomId, Version};
use digital_messages::shared::live::{Catchup, Changes, Row, ToBrowser};
use sqlx::{Connection, SqliteConnection};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message as Frame;

#[tokio::test]
async fn a_socket_says_hello_and_then_what_happens_in_order() {
    let (_house, anna, bob) = House::of_two().await;
    let mut live = bob.live().await;
    let ToBrowser::Hello(list) = live.next().await else {
        panic!("hello comes first")
    };
    assert_eq!(list, bob.rooms().await);
    let mut number = list.rooms[0].through;

    let one = anna.say(GENERAL, "one").await;
    let two = bob.say(GENERAL, "two").await;
    anna.edit(GENERAL, one.position, "one!").await;
    anna.remove(GENERAL, one.position).await;
    for (text, position) in [
        ("one", one.position),
        ("two", two.position),
        ("one!", one.position),
        ("", one.position),
    ] {
        let ToBrowser::Changes(changes) = live.next().await else {
            panic!("changes")
        };
        assert_eq!(
            (changes.room, changes.after, changes.through),
            (GENERAL, number, number + 1)
        );
        let [Row::Message(message)] = &changes.rows[..] else {
            panic!("one message")
        };
        assert_eq!(
            (message.text.as_str(), message.position, message.version),
            (text, position, number + 1)
        );
        assert_eq!(
            changes.people.iter().map(|person| person.id).collect::<Vec<_>>(),
            [message.author]
        );
        number = changes.through;
    }
}

#[tokio::test]
async fn two_people_talk_and_each_hears_both() {
    let (_house, anna, bob) = House::of_two().await;
    let (mut annas, mut bobs) = (anna.greeted().await, bob.greeted().await);
    let direct = anna.direct("bob").await.room.id;
    anna.say(direct, "Hello").await;
    bob.say(direct, "Hi").await;
    for live in [&mut annas, &mut bobs] {
        assert_eq!(live.next_message().await.text, "Hello");
        assert_eq!(live.next_message().await.text, "Hi");
    }
}

#[tokio::test]
async fn whoever_reads_the_answer_can_rely_on_the_others_being_told() {
    let (_house, anna, bob) = House::of_two().await;
    let mut live = bob.greeted().await;
    for number in 0..20 {
        let message = anna.say(GENERAL, &format!("{number}")).await;
        assert_eq!(live.next_message().await, message);
    }
}

async fn catch_up(person: &Person, room: RoomId, mut number: Version) -> Vec<Changes> {
    let epoch = person.rooms().await.epoch;
    let mut pages = Vec::new();
    loop {
        let Catchup::Changes { changes, current } = person.changes(room, number, &epoch).await else {
            panic!("reset")
        };
        assert_eq!(changes.after, number);
        assert!(changes.through <= current);
        let done = changes.through == current;
        number = changes.through;
        pages.push(changes);
        if done {
            return pages;
        }
    }
}

#[tokio::test]
async fn a_long_gap_is_caught_up_with_in_pages() {
    let (house, anna, bob) = House::of_two().await;
    let number = bob.entry(GENERAL).await.through;
    anna.say_many(GENERAL, 700).await;
    house.sign_up("carol").await;
    anna.say_many(GENERAL, 300).await;

    let pages = catch_up(&bob, GENERAL, number).await;
    assert_eq!(
        pages.iter().map(|page| page.rows.len()).collect::<Vec<_>>()[..2],
        [500, 500]
    );
    let versions: Vec<Version> = pages
        .iter()
        .flat_map(|page| page.rows.iter().map(Row::version))
        .collect();
    assert_eq!(
        versions,
        (number + 1..=number + 1_001).collect::<Vec<_>>(),
        "every row once, in order"
    );
    for page in &pages {
        assert!(
            page.rows
                .iter()
                .all(|row| (page.after + 1..=page.through).contains(&row.version()))
        );
    }
    let carol = pages[1].people.iter().any(|person| person.handle == "carol");
    assert!(carol, "whoever the rows speak of comes along");
}

#[tokio::test]
async fn a_row_that_changed_twice_comes_once_and_the_number_passes_its_first_version() {
    let (_house, anna, bob) = House::of_two().await;
    let number = bob.entry(GENERAL).await.through;
    let one = anna.say(GENERAL, "one").await;
    let two = anna.say(GENERAL, "two").await;
    anna.edit(GENERAL, one.position, "one!").await;
    anna.remove(GENERAL, two.position).await;
    let pages = catch_up(&bob, GENERAL, number).await;
    let rows: Vec<(Version, bool)> = pages[0]
        .rows
        .iter()
        .map(|row| match row {
            Row::Message(message) => (message.version, message.deleted),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(rows, [(number + 3, false), (number + 4, true)]);
    let nothing = catch_up(&bob, GENERAL, number + 4).await;
    assert_eq!((nothing[0].rows.len(), nothing[0].through), (0, number + 4));
}

#[tokio::test]
async fn members_who_came_and_went_are_in_the_changes() {
    let (_house, anna, bob) = House::of_two().await;
    let number = anna.entry(GENERAL).await.through;
    bob.leave(GENERAL).await;
    let pages = catch_up(&anna, GENERAL, number).await;
    let [Row::Member(gone)] = &pages[0].rows[..] else {
        panic!("{pages:?}")
    };
    assert_eq!((gone.user, gone.here), (bob.me.id, false));
    bob.join(GENERAL).await;
    let pages = catch_up(&anna, GENERAL, number).await;
    let [Row::Member(back)] = &pages[0].rows[..] else {
        panic!("{pages:?}")
    };
    assert_eq!(
        (back.user, back.here, back.version),
        (bob.me.id, true, number + 2)
    );
}

#[tokio::test]
async fn a_number_that_says_nothing_any_more_is_reset() {
    let (_house, anna, bob) = House::of_two().await;
    let epoch = bob.rooms().await.epoch;
    let joined = bob.entry(GENERAL).await.through;
    assert!(matches!(
        bob.changes(GENERAL, joined, &epoch).await,
        Catchup::Changes { .. }
    ));
    assert_eq!(
        bob.changes(GENERAL, joined, "another").await,
        Catchup::Reset,
        "another epoch"
    );
    assert_eq!(bob.changes(GENERAL, joined, "").await, Catchup::Reset, "no epoch");
    assert_eq!(
        bob.changes(GENERAL, joined + 1, &epoch).await,
        Catchup::Reset,
        "ahead of the server"
    );
    assert_eq!(
        bob.changes(GENERAL, i64::MAX, &epoch).await,
        Catchup::Reset,
        "far ahead"
    );
    assert_eq!(
        bob.changes(GENERAL, joined - 2, &epoch).await,
        Catchup::Reset,
        "before joining"
    );
    assert_eq!(
        bob.changes(GENERAL, i64::MIN, &epoch).await,
        Catchup::Reset,
        "long before joining"
    );

    bob.leave(GENERAL).await;
    anna.say(GENERAL, "meanwhile").await;
    bob.join(GENERAL).await;
    assert_eq!(
        bob.changes(GENERAL, joined, &epoch).await,
        Catchup::Reset,
        "before the latest joining"
    );
}

/// Connects, hears the next few versions and closes. Each frame must join on to what came before.
async fn listen_for_a_moment(person: &Person) {
    let mut live = person.live().await;
    let ToBrowser::Hello(list) = live.next().await else {
        panic!("hello comes first")
    };
    let from = list.rooms[0].through;
    let (mut number, mut versions) = (from, BTreeSet::new());
    while number < from + 10 {
        if let ToBrowser::Changes(changes) = live.next().await {
            let after = changes.after;
            assert!(after <= number, "a gap between {number} and {after}");
            versions.extend(changes.rows.iter().map(Row::version));
            number = number.max(changes.through);
        }
    }
    let expected: BTreeSet<Version> = (from + 1..=number).collect();
    assert!(
        expected.is_subset(&versions),
        "not all of {expected:?} in {versions:?}"
    );
    // With the last socket the hub forgets its person: the next one begins from nothing.
    live.send(Frame::Close(None)).await;
    live.closed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_falls_between_the_list_and_the_frames() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let talking = futures::future::join_all((0..4).map(async |_| {
        loop {
            anna.say(GENERAL, "and so on").await;
        }
    }));
    let connecting = futures::future::join_all([&bob, &carol].map(async |person| {
        for _ in 0..60 {
            listen_for_a_moment(person).await;
        }
    }));
    tokio::select! {
        _ = talking => unreachable!("it never ends"),
        _ = connecting => {}
    }
}

#[tokio::test]
async fn a_socket_takes_nothing_from_its_client_but_what_the_protocol_knows() {
    let (_house, anna) = House::new().await;
    for frame in [
        Frame::text("hello"),
        Frame::text("{}"),
        Frame::text(r#"{"typing": {}}"#),
        Frame::binary(vec![1_u8, 2, 3]),
    ] {
        let mut live = anna.greeted().await;
        live.send(frame.clone()).await;
        assert_eq!(live.closed().await, Some(1008), "{frame:?}");
    }
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_socket() {
    let (_house, anna) = House::new().await;
    let mut live = anna.greeted().await;
    live.send(Frame::text("x".repeat(70_000))).await;
    assert_eq!(live.closed().await, Some(1009));
}

#[tokio::test]
async fn pings_are_answered() {
    let (_house, anna) = House::new().await;
    let mut live = anna.greeted().await;
    live.send(Frame::Ping("here".into())).await;
    let heard = tokio::time::timeout(Duration::from_secs(5), futures::StreamExt::next(&mut live.0)).await;
    assert_eq!(heard.unwrap().unwrap().unwrap(), Frame::Pong("here".into()));
}

#[tokio::test]
async fn of_too_many_sockets_the_oldest_makes_room() {
    let (_house, anna) = House::new().await;
    let mut oldest = anna.greeted().await;
    let mut others = Vec::new();
    for _ in 0..32 {
        others.push(anna.greeted().await);
    }
    assert_eq!(oldest.closed().await, Some(1013));
    let message = anna.say(GENERAL, "still heard").await;
    assert_eq!(others[0].next_message().await, message);
    assert_eq!(others[31].next_message().await, message);
}

#[tokio::test]
async fn a_client_that_closes_is_answered() {
    let (_house, anna) = House::new().await;
    let mut live = anna.greeted().await;
    live.send(Frame::Close(None)).await;
    assert!(live.closed().await.is_none_or(|code| code == 1000));
}

/// Takes the 20 seconds until the first heartbeat.
#[tokio::test]
async fn a_heartbeat_tells_the_count_of_rooms_and_the_sum_of_their_versions() {
    let (_house, anna, bob) = House::of_two().await;
    let books = anna.make_room("Books", "open").await;
    let mut live = bob.greeted().await;
    bob.join(books).await;
    anna.say(books, "one").await;
    anna.say(GENERAL, "two").await;
    let list = bob.rooms().await;
    let expected = (
        list.rooms.len() as u32,
        list.rooms.iter().map(|entry| entry.through).sum::<i64>(),
    );
    let heartbeat = async {
        loop {
            let frame = futures::StreamExt::next(&mut live.0).await.unwrap().unwrap();
            let Frame::Text(text) = frame else { continue };
            if let ToBrowser::Heartbeat { rooms, versions } = serde_json::from_str(&text).unwrap() {
                return (rooms, versions);
            }
        }
    };
    assert_eq!(
        tokio::time::timeout(Duration::from_secs(25), heartbeat)
            .await
            .expect("a heartbeat"),
        expected
    );
}

/// Takes 45 seconds: the network has gone, and nothing says so.
#[tokio::test]
async fn a_socket_from_which_nothing_comes_is_closed_within_45_seconds() {
    let (_house, anna) = House::new().await;
    // Not read from, it answers no ping either.
    let (mut silent, mut alive) = (anna.greeted().await, anna.greeted().await);
    let answering =
        tokio::spawn(async move { while futures::StreamExt::next(&mut alive.0).await.is_some() {} });
    tokio::time::sleep(Duration::from_millis(45_500)).await;
    let closed = tokio::time::timeout(Duration::from_secs(1), silent.closed()).await;
    // Its own late answers to pings may break the connection before it has read the code.
    let code = closed.expect("it was closed by now");
    assert!(matches!(code, Some(1001) | None), "{code:?}");
    assert!(!answering.is_finished(), "whoever answers stays");
}

#[tokio::test]
async fn the_list_of_somebody_in_1000_rooms_comes_by_the_socket() {
    let (house, anna) = House::new().await;
    let mut database = SqliteConnection::connect(&house.config.database_url)
        .await
        .unwrap();
    // Names as long as they may be.
    for sql in [
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO rooms (id, kind, name, search_key, version, row_version, created_at)
         SELECT i, 'open', replace(hex(zeroblob(32)), '0', '𝄞'), '', 1, 1, 0 FROM n",
        "INSERT INTO memberships (room_id, user_id, version, joined_version)
         SELECT id, 1, 1, 1 FROM rooms WHERE id > 1",
    ] {
        sqlx::query(sql).execute(&mut database).await.unwrap();
    }
    let ToBrowser::Hello(list) = anna.live().await.next().await else {
        panic!("hello comes first")
    };
    assert_eq!(list.rooms.len(), 1_000);
}

#[tokio::test]
async fn a_socket_that_takes_nothing_is_closed_and_nobody_waits_for_it() {
    let (_house, anna, bob) = House::of_two().await;
    let mut asleep = bob.greeted().await;
    let mut awake = bob.greeted().await;
    let reading = tokio::spawn(async move {
        let mut heard = 0;
        while heard < 1_000 {
            awake.next_message().await;
            heard += 1;
        }
        heard
    });
    // More than its queue and what lies between the two of them hold together.
    let text = "ы".repeat(4_000);
    for _ in 0..1_000 {
        anna.say(GENERAL, &text).await;
    }
    assert_eq!(reading.await.unwrap(), 1_000, "the other socket heard everything");
    assert_eq!(asleep.closed().await, Some(1013));
}
