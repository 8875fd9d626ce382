//! Messages: posted once, changed and removed by their authors, counted and read.

use crate::harness::{GENERAL, House, Person};
use digital_messages::shared::ids::{ClientId, RoomId};
use digital_messages::shared::live::{Anchor, Conversation, Page, ToBrowser};
use digital_messages::shared::message::Message;
use digital_messages::shared::refusal::Refusal;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_message_is_posted_once_for_a_client_id() {
    let (_house, anna) = House::new().await;
    let id = ClientId::new();
    let first = anna.try_say(GENERAL, id, "once").await;
    let again = anna.try_say(GENERAL, id, "once").await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    let page = anna.history(GENERAL).await;
    assert_eq!(page.messages, [first.json::<Message>()]);
    assert_eq!(
        page.through,
        first.json::<Message>().version,
        "a repeated send takes no version"
    );
}

#[tokio::test]
async fn sent_many_times_at_once_it_is_still_one() {
    let (_house, anna) = House::new().await;
    let id = ClientId::new();
    let answers = futures::future::join_all((0..16).map(|_| anna.try_say(GENERAL, id, "once"))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 && answer.body == answers[0].body)
    );
    assert_eq!(anna.history(GENERAL).await.messages.len(), 1);
}

#[tokio::test]
async fn a_known_client_id_names_no_other_text_and_no_other_room() {
    let (_house, anna) = House::new().await;
    let other_room = anna.make_room("Books", "open").await;
    let id = ClientId::new();
    assert_eq!(anna.try_say(GENERAL, id, "once").await.status, 200);
    assert_eq!(
        anna.try_say(GENERAL, id, "other").await.refusal(),
        Refusal::ClientIdTaken
    );
    assert_eq!(
        anna.try_say(other_room, id, "once").await.refusal(),
        Refusal::ClientIdTaken
    );
    assert_eq!(anna.history(other_room).await.messages, []);
}

#[tokio::test]
async fn client_ids_are_each_authors_own() {
    let (_house, anna, bob) = House::of_two().await;
    let id = ClientId::new();
    assert_eq!(anna.try_say(GENERAL, id, "anna's").await.status, 200);
    assert_eq!(bob.try_say(GENERAL, id, "bob's").await.status, 200);
    assert_eq!(anna.history(GENERAL).await.messages.len(), 2);
}

#[tokio::test]
async fn sent_again_it_answers_with_the_message_as_it_is_now() {
    let (_house, anna, bob) = House::of_two().await;
    let id = ClientId::new();
    let first: Message = bob.try_say(GENERAL, id, "first").await.json();
    bob.edit(GENERAL, first.position, "second").await;
    let again: Message = bob.try_say(GENERAL, id, "first").await.json();
    assert_eq!((again.position, again.text.as_str()), (first.position, "second"));
    assert_eq!(
        bob.try_say(GENERAL, id, "second").await.refusal(),
        Refusal::ClientIdTaken
    );

    bob.leave(GENERAL).await;
    let again: Message = bob.try_say(GENERAL, id, "first").await.json();
    assert_eq!(again.position, first.position, "even to somebody who has left");
    assert_eq!(
        bob.try_say(GENERAL, ClientId::new(), "new").await.refusal(),
        Refusal::NotFound
    );

    bob.join(GENERAL).await;
    bob.remove(GENERAL, first.position).await;
    let again: Message = bob.try_say(GENERAL, id, "first").await.json();
    assert!(again.deleted && again.text.is_empty());
    assert_eq!(anna.history(GENERAL).await.messages.len(), 1);
}

#[tokio::test]
async fn every_change_takes_the_next_version_and_a_message_keeps_its_position() {
    let (_house, anna, bob) = House::of_two().await;
    let start = anna.entry(GENERAL).await.through;
    let one = anna.say(GENERAL, "one").await;
    let two = bob.say(GENERAL, "two").await;
    assert_eq!((one.position, one.version), (start + 1, start + 1));
    assert_eq!((two.position, two.version), (start + 2, start + 2));
    let edited: Message = anna.edit(GENERAL, one.position, "one!").await.json();
    assert_eq!((edited.position, edited.version), (start + 1, start + 3));
    assert!(edited.edited_at.is_some());
    let removed: Message = bob.remove(GENERAL, two.position).await.json();
    assert_eq!((removed.position, removed.version), (start + 2, start + 4));
    let three = anna.say(GENERAL, "three").await;
    assert_eq!(three.position, start + 5);
    let order: Vec<i64> = anna
        .history(GENERAL)
        .await
        .messages
        .iter()
        .map(|message| message.position)
        .collect();
    assert_eq!(order, [start + 1, start + 2, start + 5]);
}

#[tokio::test]
async fn many_at_once_get_every_version_once() {
    let (_house, anna, bob) = House::of_two().await;
    let start = anna.entry(GENERAL).await.through;
    tokio::join!(anna.say_many(GENERAL, 25), bob.say_many(GENERAL, 25));
    let page = anna.history(GENERAL).await;
    let positions: Vec<i64> = page.messages.iter().map(|message| message.position).collect();
    assert_eq!(positions, (start + 1..=start + 50).collect::<Vec<_>>());
    assert_eq!(page.through, start + 50);
}

#[tokio::test]
async fn a_text_has_between_one_and_4000_characters() {
    let (_house, anna) = House::new().await;
    let try_text = async |text: &str| anna.try_say(GENERAL, ClientId::new(), text).await;
    for blank in ["", " ", "\n\t \r\n", "\0"] {
        assert_eq!(try_text(blank).await.refusal(), Refusal::TextEmpty, "{blank:?}");
    }
    let refused = try_text(&"я".repeat(4_001)).await.refusal();
    assert_eq!(
        refused,
        Refusal::TextTooLong {
            chars: 4_001,
            most: 4_000
        }
    );
    let most = "🙂".repeat(4_000);
    assert_eq!(try_text(&most).await.json::<Message>().text, most);

    let message = anna.say(GENERAL, "here").await;
    assert_eq!(
        anna.edit(GENERAL, message.position, " ").await.refusal(),
        Refusal::TextEmpty
    );
    let long = anna.edit(GENERAL, message.position, &"x".repeat(4_001)).await;
    assert_eq!(
        long.refusal(),
        Refusal::TextTooLong {
            chars: 4_001,
            most: 4_000
        }
    );
}

#[tokio::test]
async fn the_ends_of_a_text_are_trimmed_and_its_lines_are_plain() {
    let (_house, anna) = House::new().await;
    let message = anna.say(GENERAL, " \r\n a\r\nb\rc\0 \n").await;
    assert_eq!(message.text, "a\nb\nc");
}

#[tokio::test]
async fn a_message_may_be_edited_and_removed_by_its_author_alone() {
    let (_house, anna, bob) = House::of_two().await;
    let message = anna.say(GENERAL, "anna's").await;
    assert_eq!(
        bob.edit(GENERAL, message.position, "bob's").await.refusal(),
        Refusal::NotAllowed
    );
    assert_eq!(
        bob.remove(GENERAL, message.position).await.refusal(),
        Refusal::NotAllowed
    );
    assert_eq!(
        anna.history(GENERAL).await.messages,
        std::slice::from_ref(&message)
    );
    assert_eq!(
        anna.edit(GENERAL, message.position + 1, "none").await.refusal(),
        Refusal::NotFound
    );
    assert_eq!(
        anna.remove(GENERAL, message.position + 1).await.refusal(),
        Refusal::NotFound
    );
}

#[tokio::test]
async fn the_same_text_again_and_removing_twice_change_nothing() {
    let (_house, anna) = House::new().await;
    let message = anna.say(GENERAL, "same").await;
    assert_eq!(
        anna.edit(GENERAL, message.position, "same")
            .await
            .json::<Message>(),
        message
    );
    let removed: Message = anna.remove(GENERAL, message.position).await.json();
    let again: Message = anna.remove(GENERAL, message.position).await.json();
    assert_eq!(removed, again);
    assert_eq!(anna.entry(GENERAL).await.through, removed.version);
    assert_eq!(
        anna.edit(GENERAL, message.position, "back").await.refusal(),
        Refusal::NotFound
    );
}

#[tokio::test]
async fn of_a_removed_message_the_place_stays_and_the_text_is_gone_everywhere() {
    let (mut house, anna, bob) = House::of_two().await;
    let mut live = bob.greeted().await;
    let message = anna.say(GENERAL, "unspeakable secret").await;
    anna.remove(GENERAL, message.position).await;
    assert_eq!(live.next_message().await.text, "unspeakable secret");
    let tombstone = live.next_message().await;
    assert_eq!(
        (tombstone.position, tombstone.deleted, tombstone.text.as_str()),
        (message.position, true, "")
    );

    let answer = bob.api(Method::GET, "rooms/1/messages", None).await;
    assert!(!answer.body.contains("unspeakable"));
    assert_eq!(answer.json::<Page>().messages.len(), 1);
    assert!(!bob.page("/rooms/1").await.body.contains("unspeakable"));
    let last = bob.entry(GENERAL).await.last.unwrap();
    assert!(last.deleted && last.excerpt.is_empty());
    house.stop().await;
}

#[tokio::test]
async fn history_comes_in_pages_of_50() {
    let (_house, anna) = House::new().await;
    anna.say_many(GENERAL, 120).await;
    let mut before = String::new();
    let mut seen: Vec<Message> = Vec::new();
    for (count, older) in [(50, true), (50, true), (20, false)] {
        let page: Page = anna.get(&format!("rooms/1/messages{before}")).await;
        assert_eq!((page.messages.len(), page.older), (count, older));
        assert_eq!(page.people, std::slice::from_ref(&anna.me));
        assert!(page.messages.is_sorted_by_key(|message| message.position));
        before = format!("?before={}", page.messages[0].position);
        seen.splice(0..0, page.messages);
    }
    assert_eq!(seen.len(), 120);
    assert!(
        seen.windows(2)
            .all(|pair| pair[0].position + 1 == pair[1].position),
        "each once, in order"
    );
    let none: Page = anna.get(&format!("rooms/1/messages{before}")).await;
    assert!(none.messages.is_empty() && !none.older);
}

#[tokio::test]
async fn history_is_paged_in_both_directions_and_around_a_place() {
    let (_house, anna) = House::new().await;
    for number in 0..120 {
        anna.say(GENERAL, &format!("{number}")).await;
    }
    let shown = async |query: &str| {
        let page: Page = anna.get(&format!("rooms/1/messages?{query}")).await;
        let texts: Vec<usize> = page
            .messages
            .iter()
            .map(|message| message.text.parse().unwrap())
            .collect();
        (texts, page.older, page.newer, page.anchor)
    };
    let first = anna.history(GENERAL).await.messages[0].position - 70;
    let around = |number: i64| format!("around={}", first + number);
    assert_eq!(
        shown(&around(60)).await,
        ((36..86).collect(), true, true, Anchor::Around(first + 60))
    );
    assert_eq!(shown(&around(-1)).await.0, (0..25).collect::<Vec<_>>());
    let (texts, older, newer, _) = shown(&around(119)).await;
    assert_eq!((texts, older, newer), ((95..120).collect(), true, false));
    let (texts, older, newer, _) = shown(&format!("after={}", first + 85)).await;
    assert_eq!((texts, older, newer), ((86..120).collect(), true, false));
    let (texts, older, newer, _) = shown(&format!("after={}", first - 1)).await;
    assert_eq!((texts, older, newer), ((0..50).collect(), false, true));
    let answer = anna
        .api(Method::GET, "rooms/1/messages?after=3&before=9", None)
        .await;
    assert_eq!((answer.status, answer.refusal()), (400, Refusal::BadRequest));
}

#[tokio::test]
async fn a_room_opens_where_its_reader_has_stopped() {
    let (_house, anna, bob) = House::of_two().await;
    let opened = async || {
        let answer = bob
            .call("conversation", json!({"at": {"room": 1}, "anchor": "latest"}))
            .await;
        match answer.json() {
            Conversation::Here { page, .. } => page.anchor,
            other => panic!("{other:?}"),
        }
    };
    let read = anna.say(GENERAL, "read").await.position;
    bob.read(GENERAL, read).await;
    for number in 0..49 {
        anna.say(GENERAL, &format!("{number}")).await;
    }
    assert_eq!(opened().await, Anchor::Latest, "the place is on the latest page");
    for number in 0..2 {
        anna.say(GENERAL, &format!("{number}")).await;
    }
    assert_eq!(opened().await, Anchor::Around(read));
    // Without scripts there are ways on, and to the end.
    let page = bob.page("/rooms/1").await;
    assert!(page.body.contains("/rooms/1?after="), "{}", page.body);
    assert!(page.body.contains("/rooms/1?before=9223372036854775807"));
    anna.say(GENERAL, "the very last").await;
    let end = bob.page("/rooms/1?before=9223372036854775807").await;
    assert!(end.html().contains("the very last"));
    // Whoever writes without scripts sees what they wrote, and is at the end.
    assert_eq!(bob.submit("/rooms/1", &[("text", "mine")]).await.status, 303);
    assert_eq!(opened().await, Anchor::Latest);
    assert!(bob.page("/rooms/1").await.html().contains("mine"));
}

#[tokio::test]
async fn a_message_is_taken_back_whether_it_has_come_or_not() {
    let (_house, anna, bob) = House::of_two().await;
    let withdraw = async |person: &Person, id: ClientId| {
        person
            .api(Method::PUT, &format!("withdrawals/{id}"), None)
            .await
            .status
    };
    // It has come: it goes, for everyone.
    let id = ClientId::new();
    let mut live = bob.greeted().await;
    anna.try_say(GENERAL, id, "hasty").await;
    assert_eq!(live.next_message().await.text, "hasty");
    assert_eq!(withdraw(&anna, id).await, 204);
    assert!(live.next_message().await.deleted);
    let version = anna.entry(GENERAL).await.through;
    assert_eq!(withdraw(&anna, id).await, 204, "twice is as once");
    assert_eq!(anna.entry(GENERAL).await.through, version);
    let again: Message = anna.try_say(GENERAL, id, "hasty").await.json();
    assert!(again.deleted, "sent again it stays away");

    // It comes later: it is refused. Another author's is another one.
    let id = ClientId::new();
    for _ in 0..2 {
        assert_eq!(withdraw(&anna, id).await, 204);
    }
    let answer = anna.try_say(GENERAL, id, "late").await;
    assert_eq!((answer.status, answer.refusal()), (410, Refusal::Withdrawn));
    assert_eq!(anna.entry(GENERAL).await.through, version);
    assert_eq!(bob.try_say(GENERAL, id, "mine").await.status, 200);

    // Whoever has left the room has nothing to say in it.
    let id = ClientId::new();
    bob.try_say(GENERAL, id, "gone").await;
    bob.leave(GENERAL).await;
    assert_eq!(withdraw(&bob, id).await, 404);
}

/// Asked after a copy of the database was put back.
#[tokio::test]
async fn an_author_learns_which_of_their_messages_the_server_lacks() {
    let (_house, anna, bob) = House::of_two().await;
    let [posted, removed, withdrawn, lacking, bobs] = std::array::from_fn(|_| ClientId::new());
    anna.try_say(GENERAL, posted, "posted").await;
    let message: Message = anna.try_say(GENERAL, removed, "removed").await.json();
    let address = format!("rooms/{GENERAL}/messages/{}", message.position);
    assert_eq!(anna.api(Method::DELETE, &address, None).await.status, 200);
    let address = format!("withdrawals/{withdrawn}");
    assert_eq!(anna.api(Method::PUT, &address, None).await.status, 204);
    bob.try_say(GENERAL, bobs, "mine").await;

    let ask = async |ids: &[ClientId]| {
        let arguments = json!({"author": anna.me.id, "client_ids": ids});
        anna.call("unknown", arguments).await
    };
    let answer = ask(&[posted, removed, withdrawn, lacking, bobs]).await;
    assert_eq!(answer.json::<Vec<ClientId>>(), [lacking, bobs]);
    assert_eq!(ask(&[]).await.json::<Vec<ClientId>>(), []);
    let most: Vec<ClientId> = (0..500).map(|_| ClientId::new()).collect();
    assert_eq!(ask(&most).await.json::<Vec<ClientId>>(), most);
    let over = ask(&[most, vec![lacking]].concat()).await;
    assert_eq!(
        (over.status, over.refusal()),
        (422, Refusal::TooMany { most: 500 })
    );
}

async fn unread(person: &Person, room: RoomId) -> u32 {
    person.entry(room).await.unread
}

#[tokio::test]
async fn unread_counts_what_others_wrote_after_the_marker() {
    let (_house, anna, bob) = House::of_two().await;
    let one = anna.say(GENERAL, "one").await;
    let two = anna.say(GENERAL, "two").await;
    bob.say(GENERAL, "mine").await;
    assert_eq!(
        (unread(&bob, GENERAL).await, unread(&anna, GENERAL).await),
        (2, 1)
    );
    bob.read(GENERAL, one.position).await;
    assert_eq!(unread(&bob, GENERAL).await, 1);
    anna.remove(GENERAL, two.position).await;
    assert_eq!(unread(&bob, GENERAL).await, 0, "what was deleted is not waiting");
}

#[tokio::test]
async fn unread_is_counted_up_to_100() {
    let (_house, anna, bob) = House::of_two().await;
    anna.say_many(GENERAL, 105).await;
    assert_eq!(unread(&bob, GENERAL).await, 100);
}

#[tokio::test]
async fn what_was_there_before_one_came_is_read() {
    let (house, anna) = House::new().await;
    anna.say(GENERAL, "before").await;
    let bob = house.sign_up("bob").await;
    assert_eq!(unread(&bob, GENERAL).await, 0);
    assert_eq!(bob.history(GENERAL).await.messages.len(), 1);
}

#[tokio::test]
async fn a_read_marker_only_grows_and_never_passes_the_room() {
    let (_house, anna, bob) = House::of_two().await;
    let one = anna.say(GENERAL, "one").await;
    bob.read(GENERAL, i64::MAX).await;
    assert_eq!(bob.entry(GENERAL).await.last_read, one.version);
    bob.read(GENERAL, 1).await;
    bob.read(GENERAL, -5).await;
    assert_eq!(bob.entry(GENERAL).await.last_read, one.version);
    anna.say(GENERAL, "two").await;
    assert_eq!(
        unread(&bob, GENERAL).await,
        1,
        "a marker far ahead would hide what comes"
    );
}

#[tokio::test]
async fn whoever_has_read_everything_has_read_what_they_wrote() {
    let (house, anna, bob) = House::of_two().await;
    let marker = async |person: &Person| person.entry(GENERAL).await.last_read;
    let one = anna.say(GENERAL, "one").await;
    assert_eq!(marker(&anna).await, one.position);
    // Bob has not: what he writes stands after what he hasn't read.
    let before = marker(&bob).await;
    bob.say(GENERAL, "two").await;
    assert_eq!((marker(&bob).await, unread(&bob, GENERAL).await), (before, 1));
    bob.read(GENERAL, one.position).await;
    let three = bob.say(GENERAL, "three").await;
    assert_eq!(
        (marker(&bob).await, unread(&bob, GENERAL).await),
        (three.position, 0)
    );
    assert_eq!(unread(&anna, GENERAL).await, 2);

    // What was deleted isn't there to be read; but for ten seconds it may come back.
    let four = bob.say(GENERAL, "four").await;
    anna.read(GENERAL, three.position).await;
    bob.remove(GENERAL, four.position).await;
    anna.say(GENERAL, "meanwhile").await;
    assert_eq!(
        (marker(&anna).await, unread(&anna, GENERAL).await),
        (three.position, 0)
    );
    bob.restore(GENERAL, four.position).await;
    assert_eq!(unread(&anna, GENERAL).await, 1);
    bob.remove(GENERAL, four.position).await;
    let mut database = house.database().await;
    sqlx::query("UPDATE messages SET text = '' WHERE room_id = $1 AND deleted_at IS NOT NULL")
        .bind(GENERAL.0)
        .execute(&mut database)
        .await
        .unwrap();
    let five = anna.say(GENERAL, "five").await;
    assert_eq!(marker(&anna).await, five.position);

    // So it is made on a database from before, where the marker stayed.
    let before = marker(&bob).await;
    sqlx::query("UPDATE memberships SET last_read = $1 WHERE user_id = $2")
        .bind(three.position)
        .bind(anna.me.id.0)
        .execute(&mut database)
        .await
        .unwrap();
    let migration = include_str!("../../migrations/sqlite/0011_own_messages_are_read.sql");
    sqlx::raw_sql(migration).execute(&mut database).await.unwrap();
    assert_eq!(
        (marker(&anna).await, unread(&anna, GENERAL).await),
        (five.position, 0)
    );
    assert_eq!((marker(&bob).await, unread(&bob, GENERAL).await), (before, 2));
}

#[tokio::test]
async fn ones_other_devices_hear_what_was_read_and_nobody_else_does() {
    let (house, anna, bob) = House::of_two().await;
    let message = anna.say(GENERAL, "one").await;
    let mut phone = house.sign_in("bob").await.greeted().await;
    let mut annas = anna.greeted().await;
    // Elsewhere the author would know.
    bob.disclose(false, false).await;
    bob.read(GENERAL, message.position).await;
    let read = ToBrowser::Read {
        room: GENERAL,
        last_read: message.position,
        unread: 0,
        mentions: 0,
        through: message.version,
    };
    assert_eq!(phone.next().await, read);
    let two = bob.say(GENERAL, "two").await;
    loop {
        match annas.next().await {
            ToBrowser::Changes(changes) => break assert_eq!(changes.through, two.version),
            // It has come to his phone.
            ToBrowser::Reached { reach, .. } => assert_eq!(reach.read, 0, "anna heard of bob's reading"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn server_functions_do_the_same() {
    let (_house, anna) = House::new().await;
    let id = ClientId::new();
    let arguments = json!({"author": anna.me.id, "room": 1, "client_id": id, "text": "by function"});
    let answer = anna.call("post_message", arguments).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let message: Message = answer.json();
    assert_eq!(
        anna.history(GENERAL).await.messages,
        std::slice::from_ref(&message)
    );
    assert_eq!(
        anna.try_say(GENERAL, id, "by function").await.json::<Message>(),
        message
    );
    let page = anna.call("page", json!({"room": 1, "anchor": "latest"})).await;
    assert_eq!(page.json::<Page>().messages, [message]);
}

#[tokio::test]
async fn while_another_program_holds_the_database_it_is_503_and_nothing_is_lost() {
    let (house, anna) = House::new().await;
    anna.say(GENERAL, "before").await;
    let path = &house.config.database_url;
    let mut other = SqliteConnection::connect(path).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let id = ClientId::new();
    let began = Instant::now();
    let answer = anna.try_say(GENERAL, id, "meanwhile").await;
    assert_eq!((answer.status, answer.refusal()), (503, Refusal::Unavailable));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(answer.header("retry-after"), "1");
    // Readers don't wait for writers.
    assert_eq!(anna.history(GENERAL).await.messages.len(), 1);

    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let began = Instant::now();
    assert_eq!(anna.try_say(GENERAL, id, "meanwhile").await.status, 200);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(anna.history(GENERAL).await.messages.len(), 2);
}

/// More than one transaction takes, so that some wait behind those who wait.
#[tokio::test]
async fn while_another_program_holds_the_database_all_who_wait_hear_so_within_5_seconds() {
    let (house, anna) = House::new().await;
    let path = &house.config.database_url;
    let mut other = SqliteConnection::connect(path).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let ids: Vec<ClientId> = (0..300).map(|_| ClientId::new()).collect();
    let post = async |id: &ClientId, wanted: u16| {
        let began = Instant::now();
        let answer = anna.try_say(GENERAL, *id, "meanwhile").await;
        assert_eq!(answer.status, wanted, "{}", answer.body);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        answer
    };
    for answer in futures::future::join_all(ids.iter().map(|id| post(id, 503))).await {
        assert_eq!(answer.header("retry-after"), "1");
    }
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    futures::future::join_all(ids.iter().chain(&ids).map(|id| post(id, 200))).await;
    assert_eq!(
        anna.entry(GENERAL).await.through,
        ids.len() as i64 + 2,
        "each once"
    );
}
