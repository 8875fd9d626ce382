//! Rooms: making, joining, leaving, bringing in, finding; and what strangers see of them.

use crate::harness::{Answer, GENERAL, House, Person, send};
use digital_messages::shared::ids::RoomId;
use digital_messages::shared::live::{Row, ToBrowser};
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::room::{Found, History, Membership, OpenRoom, Role, Room, RoomEntry, RoomKind};
use reqwest::Method;
use serde_json::json;

async fn open_rooms(person: &Person) -> Vec<OpenRoom> {
    person.get("rooms/open").await
}

async fn find(person: &Person, query: &str) -> Found {
    let request = person.http.get(person.url("/api/v1/find")).query(&[("q", query)]);
    send(request.bearer_auth(&person.token)).await.json()
}

#[tokio::test]
async fn whoever_makes_a_room_is_in_it() {
    let (_house, anna) = House::new().await;
    let answer = anna
        .post("rooms", json!({"name": "  Books  ", "kind": "open"}))
        .await;
    assert_eq!(answer.status, 201);
    let entry: RoomEntry = answer.json();
    assert_eq!(
        (entry.room.name.as_str(), entry.room.kind, entry.members),
        ("Books", RoomKind::Open, 1)
    );
    assert_eq!(anna.entry(entry.room.id).await, entry);
}

#[tokio::test]
async fn a_room_needs_a_name_and_a_kind_that_can_be_made() {
    let (_house, anna) = House::new().await;
    for name in ["", " ", &"x".repeat(65), "a\u{202e}b", "a\u{0}b"] {
        let answer = anna.post("rooms", json!({"name": name, "kind": "open"})).await;
        assert_eq!(answer.refusal(), Refusal::NameInvalid, "{name:?}");
    }
    for kind in ["direct", "secret"] {
        let answer = anna.post("rooms", json!({"name": "Books", "kind": kind})).await;
        assert_eq!(answer.refusal(), Refusal::BadRequest, "{kind}");
    }
    assert_eq!(anna.rooms().await.rooms.len(), 1);
}

#[tokio::test]
async fn an_open_room_is_seen_and_joined_by_anyone() {
    let (_house, anna, bob) = House::of_two().await;
    let books = anna.make_room("Books", "open").await;
    let seen = OpenRoom {
        id: books,
        name: "Books".into(),
        members: 1,
        joined: false,
        picture: None,
    };
    assert!(open_rooms(&bob).await.contains(&seen));
    let entry = bob.join(books).await;
    assert_eq!((entry.room.id, entry.members), (books, 2));
    assert!(open_rooms(&bob).await.contains(&OpenRoom {
        members: 2,
        joined: true,
        picture: None,
        ..seen
    }));
    assert_eq!(bob.join(books).await, entry, "joining twice is as once");
}

#[tokio::test]
async fn whoever_left_is_out() {
    let (_house, anna, bob) = House::of_two().await;
    bob.leave(GENERAL).await;
    assert!(bob.rooms().await.rooms.is_empty());
    assert_eq!(anna.entry(GENERAL).await.members, 1);
    assert_eq!(
        bob.api(Method::GET, "rooms/1/messages", None).await.refusal(),
        Refusal::NotFound
    );
    assert_eq!(
        bob.api(Method::POST, "rooms/1/leave", None).await.refusal(),
        Refusal::NotFound
    );
    bob.join(GENERAL).await;
    assert_eq!(anna.entry(GENERAL).await.members, 2);
}

#[tokio::test]
async fn an_invited_room_is_entered_by_invitation_alone() {
    let (_house, anna, bob) = House::of_two().await;
    let secret = anna.make_room("Surprise party", "invited").await;
    assert_eq!(
        bob.api(Method::POST, &format!("rooms/{secret}/join"), None)
            .await
            .refusal(),
        Refusal::NotFound
    );
    assert!(open_rooms(&bob).await.iter().all(|room| room.id != secret));
    assert!(find(&bob, "party").await.rooms.is_empty());
    assert_eq!(find(&anna, "party").await.rooms.len(), 1);
    anna.add(secret, "@Bob").await;
    anna.add(secret, "bob").await;
    assert_eq!(bob.entry(secret).await.members, 2);
    let nobody = anna
        .post(&format!("rooms/{secret}/members"), json!({"handle": "nobody"}))
        .await;
    assert_eq!(nobody.refusal(), Refusal::NotFound);
}

/// Every address of a room under `/api/v1`.
async fn ask_everything(person: &Person, room: RoomId) -> Vec<(u16, String)> {
    let epoch = person.rooms().await.epoch;
    let message = json!({"client_id": "0199c0de-0000-7000-8000-000000000001", "text": "hello"});
    let requests = [
        (Method::GET, "messages".to_owned(), None),
        (Method::GET, "messages?before=3".into(), None),
        (Method::POST, "messages".into(), Some(message)),
        (Method::PUT, "messages/4".into(), Some(json!({"text": "changed"}))),
        (Method::DELETE, "messages/4".into(), None),
        (Method::GET, format!("changes?after=0&epoch={epoch}"), None),
        (Method::GET, "changes?after=0&epoch=other".into(), None),
        (Method::POST, "read".into(), Some(json!({"position": 4}))),
        (Method::POST, "join".into(), None),
        (Method::POST, "leave".into(), None),
        (Method::POST, "members".into(), Some(json!({"handle": "carol"}))),
        (Method::POST, "members".into(), Some(json!({"handle": "nobody"}))),
        (Method::PUT, String::new(), Some(json!({"name": "Mine"}))),
        (Method::POST, "close".into(), None),
        (Method::POST, "reopen".into(), None),
        (Method::PUT, "members/1".into(), Some(json!({"role": "member"}))),
        (Method::DELETE, "members/1".into(), None),
        (Method::GET, "invitations".into(), None),
        (
            Method::POST,
            "invitations".into(),
            Some(json!({"hours": 1, "uses": 1})),
        ),
        (Method::DELETE, "invitations/0123456789abcdef".into(), None),
    ];
    let mut answers = Vec::new();
    for (method, path, body) in requests {
        let path = format!("rooms/{room}/{path}");
        let answer = person.api(method, path.trim_end_matches('/'), body).await;
        answers.push((answer.status, answer.body));
    }
    for (function, arguments) in [
        ("page", json!({"room": room, "anchor": "latest"})),
        ("conversation", json!({"at": {"room": room}, "anchor": "latest"})),
        ("changes", json!({"room": room, "after": 0, "epoch": epoch})),
        ("mark_read", json!({"room": room, "position": 4})),
        ("join_room", json!({"room": room})),
        ("leave_room", json!({"room": room})),
        ("add_member", json!({"room": room, "handle": "carol"})),
        ("about", json!({"at": {"room": room}})),
        (
            "change_room",
            json!({"room": room, "change": {"remove": {"user": 1}}}),
        ),
        (
            "change_room",
            json!({"room": room, "change": {"close": {"closed": true}}}),
        ),
    ] {
        let answer = person.call(function, arguments).await;
        answers.push((answer.status, answer.body));
    }
    answers
}

/// A page without its scripts and without what differs between any two answers: the room's number.
async fn page_of(person: &Person, room: RoomId) -> (u16, String) {
    let answer = person.page(&format!("/rooms/{room}")).await;
    assert!(
        !answer.body.contains("unspeakable") && !answer.body.contains("Surprise"),
        "{}",
        answer.body
    );
    (
        answer.status,
        without_nonce(&answer).replace(&format!("/rooms/{room}"), "/rooms/ROOM"),
    )
}

fn without_nonce(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy
        .split_once("'nonce-")
        .map_or("?", |(_, rest)| rest.split('\'').next().unwrap());
    answer.html().replace(nonce, "NONCE")
}

#[tokio::test]
async fn to_a_stranger_a_closed_room_is_as_one_that_does_not_exist() {
    let (house, anna, _bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let secret = anna.make_room("Surprise party", "invited").await;
    anna.say(secret, "unspeakable").await;
    let direct = anna.direct("bob").await.room.id;
    anna.say(direct, "unspeakable").await;
    let nothing = RoomId(987_654);

    let expected = ask_everything(&carol, nothing).await;
    assert!(
        expected
            .iter()
            .all(|(status, body)| *status == 404 && body == r#"{"error":"not_found"}"#),
        "{expected:?}"
    );
    let (status, page) = page_of(&carol, nothing).await;
    assert_eq!(status, 404);
    for room in [secret, direct] {
        assert_eq!(ask_everything(&carol, room).await, expected);
        let (status, closed) = page_of(&carol, room).await;
        assert_eq!(status, 404);
        assert_eq!(closed, page);
        for form in [
            "", "/join", "/leave", "/members", "/rename", "/remove", "/close", "/invite",
        ] {
            let fields = [
                ("text", "hello"),
                ("handle", "carol"),
                ("name", "Mine"),
                ("user", "1"),
                ("hours", "1"),
                ("uses", "1"),
            ];
            let answer = carol.submit(&format!("/rooms/{room}{form}"), &fields).await;
            assert_eq!(answer.status, 404, "{form}");
            assert!(!answer.body.contains("Surprise"));
        }
        assert_eq!(
            anna.entry(room).await.through,
            anna.history(room).await.messages[0].version,
            "nothing happened"
        );
    }
}

#[tokio::test]
async fn an_open_room_shows_its_door_but_not_its_messages() {
    let (_house, anna, bob) = House::of_two().await;
    let books = anna.make_room("Books", "open").await;
    anna.say(books, "unspeakable").await;
    let page = bob.page(&format!("/rooms/{books}")).await;
    assert_eq!(page.status, 200);
    assert!(page.html().contains("Books") && page.html().contains(&format!("/rooms/{books}/join")));
    assert!(!page.body.contains("unspeakable"));
    assert_eq!(
        bob.api(Method::GET, &format!("rooms/{books}/messages"), None)
            .await
            .refusal(),
        Refusal::NotFound
    );
}

#[tokio::test]
async fn whoever_left_a_closed_room_is_a_stranger_again() {
    let (_house, anna, bob) = House::of_two().await;
    let secret = anna.make_room("Surprise party", "invited").await;
    anna.add(secret, "bob").await;
    bob.leave(secret).await;
    let expected = ask_everything(&bob, RoomId(987_654)).await;
    assert_eq!(ask_everything(&bob, secret).await, expected);
    assert_eq!(bob.page(&format!("/rooms/{secret}")).await.status, 404);
}

#[tokio::test]
async fn a_direct_conversation_is_one_for_both_whoever_begins() {
    let (_house, anna, bob) = House::of_two().await;
    let annas = anna.direct("bob").await;
    let bobs = bob.direct("@Anna").await;
    assert_eq!(annas.room.id, bobs.room.id);
    assert_eq!(annas.room.kind, RoomKind::Direct);
    assert_eq!(
        (annas.with, bobs.with),
        (Some(bob.me.clone()), Some(anna.me.clone()))
    );
    anna.say(annas.room.id, "hello").await;
    assert_eq!(bob.entry(bobs.room.id).await.unread, 1);
    assert_eq!(
        anna.post("direct", json!({"handle": "nobody"})).await.refusal(),
        Refusal::NotFound
    );
}

#[tokio::test]
async fn begun_by_both_at_once_it_is_still_one() {
    let (_house, anna, bob) = House::of_two().await;
    let opened = futures::future::join_all(
        (0..8)
            .flat_map(|_| [(&anna, "bob"), (&bob, "anna")])
            .map(|(who, with)| who.direct(with)),
    )
    .await;
    assert!(opened.iter().all(|entry| entry.room.id == opened[0].room.id));
    for person in [&anna, &bob] {
        assert_eq!(person.rooms().await.rooms.len(), 2);
        assert_eq!(person.entry(opened[0].room.id).await.members, 2);
    }
}

#[tokio::test]
async fn one_can_write_to_oneself() {
    let (_house, anna) = House::new().await;
    let notes = anna.direct("anna").await;
    assert_eq!((notes.members, notes.with.as_ref()), (1, Some(&anna.me)));
    assert_eq!(anna.direct("anna").await.room.id, notes.room.id);
    anna.say(notes.room.id, "milk").await;
    assert_eq!(anna.entry(notes.room.id).await.unread, 0);
}

#[tokio::test]
async fn a_direct_conversation_stays_between_its_two() {
    let (house, anna, bob) = House::of_two().await;
    house.sign_up("carol").await;
    let direct = anna.direct("bob").await.room.id;
    let added = anna
        .post(&format!("rooms/{direct}/members"), json!({"handle": "carol"}))
        .await;
    assert_eq!(added.refusal(), Refusal::NotAllowed);
    assert_eq!(
        bob.api(Method::POST, &format!("rooms/{direct}/leave"), None)
            .await
            .refusal(),
        Refusal::NotAllowed
    );
    assert_eq!(bob.entry(direct).await.members, 2);
}

#[tokio::test]
async fn people_and_rooms_are_found_by_any_part_in_any_case() {
    let (house, anna) = House::new().await;
    let account =
        json!({"handle": "fedor", "name": "Фёдор Достоевский", "password": crate::harness::PASSWORD});
    assert_eq!(
        house
            .visitor()
            .api(Method::POST, "sign-up", Some(account))
            .await
            .status,
        201
    );
    let books = anna.make_room("Ёлка и книги", "open").await;
    for query in ["фёдор", "ФЕДОР", "фед", "достоев", "@fed", "FEDOR"] {
        let people = find(&anna, query).await.people;
        assert_eq!(
            people
                .iter()
                .map(|person| person.handle.as_str())
                .collect::<Vec<_>>(),
            ["fedor"],
            "{query}"
        );
    }
    for query in ["елка", "ЁЛКА", "книг"] {
        assert_eq!(find(&anna, query).await.rooms[0].id, books, "{query}");
    }
    for query in ["", " ", "@", "%", "_", "no such thing"] {
        assert_eq!(find(&anna, query).await, Found::default(), "{query:?}");
    }
}

#[tokio::test]
async fn joining_and_leaving_change_what_a_socket_hears() {
    let (_house, anna, bob) = House::of_two().await;
    let books = anna.make_room("Books", "open").await;
    let mut annas = anna.greeted().await;
    let mut bobs = bob.greeted().await;

    anna.say(books, "before").await;
    let fence = anna.say(GENERAL, "fence").await;
    assert_eq!(
        bobs.next_message().await,
        fence,
        "not in the room: nothing of it is heard"
    );

    let entry = bob.join(books).await;
    assert_eq!(bobs.next().await, ToBrowser::Joined(entry.clone()));
    assert_eq!(annas.next_message().await.text, "before");
    assert_eq!(annas.next_message().await.text, "fence");
    let ToBrowser::Changes(changes) = annas.next().await else {
        panic!("anna sees who came")
    };
    assert_eq!(
        (changes.room, changes.through, &changes.people),
        (books, entry.through, &vec![bob.me.clone()])
    );
    let within = anna.say(books, "within").await;
    assert_eq!(bobs.next_message().await, within);

    bob.leave(books).await;
    assert_eq!(bobs.next().await, ToBrowser::Left { room: books });
    anna.say(books, "after").await;
    let fence = anna.say(GENERAL, "fence again").await;
    assert_eq!(bobs.next_message().await, fence);
}

#[tokio::test]
async fn whoever_is_brought_in_or_written_to_hears_of_it() {
    let (_house, anna, bob) = House::of_two().await;
    let mut bobs = bob.greeted().await;
    let secret = anna.make_room("Surprise party", "invited").await;
    anna.add(secret, "bob").await;
    let ToBrowser::Joined(entry) = bobs.next().await else {
        panic!("a new room")
    };
    assert_eq!((entry.room.id, entry.members), (secret, 2));

    let direct = anna.direct("bob").await.room.id;
    let message = anna.say(direct, "hello").await;
    loop {
        if let ToBrowser::Joined(entry) = bobs.next().await {
            assert_eq!((entry.room.id, entry.with), (direct, Some(anna.me.clone())));
            break;
        }
    }
    assert_eq!(bobs.next_message().await, message);
}

async fn appoint(by: &Person, room: RoomId, whom: &Person, role: &str) -> Answer {
    let path = format!("rooms/{room}/members/{}", whom.me.id);
    by.api(Method::PUT, &path, Some(json!({"role": role}))).await
}

async fn put_out(by: &Person, room: RoomId, whom: &Person) -> Answer {
    let path = format!("rooms/{room}/members/{}", whom.me.id);
    by.api(Method::DELETE, &path, None).await
}

/// The next thing that is told of somebody's being there.
async fn next_seat(live: &mut crate::harness::Live) -> Membership {
    loop {
        if let ToBrowser::Changes(changes) = live.next().await
            && let Some(Row::Member(member)) = changes.rows.into_iter().next()
        {
            return member;
        }
    }
}

#[tokio::test]
async fn a_rooms_maker_owns_it_and_says_who_is_what() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let books = anna.make_room("Books", "open").await;
    bob.join(books).await;
    carol.join(books).await;
    assert_eq!(anna.entry(books).await.role, Role::Owner);
    assert_eq!(bob.entry(books).await.role, Role::Member);

    assert_eq!(
        appoint(&bob, books, &carol, "moderator").await.refusal(),
        Refusal::NotAllowed
    );
    let mut bobs = bob.greeted().await;
    assert_eq!(appoint(&anna, books, &bob, "moderator").await.status, 204);
    let told = next_seat(&mut bobs).await;
    assert_eq!(
        (told.user, told.role, told.here),
        (bob.me.id, Role::Moderator, true)
    );
    assert!(told.since < told.version, "nobody has come");
    let entry = bob.entry(books).await;
    assert_eq!(
        (entry.role, entry.people, entry.members),
        (Role::Moderator, told.version, 3)
    );

    let before = entry.through;
    assert_eq!(appoint(&anna, books, &bob, "moderator").await.status, 204);
    assert_eq!(
        bob.entry(books).await.through,
        before,
        "the same takes no version"
    );
    assert_eq!(
        appoint(&bob, books, &carol, "owner").await.refusal(),
        Refusal::NotAllowed
    );
    assert_eq!(
        appoint(&anna, books, &anna, "member").await.refusal(),
        Refusal::NotAllowed,
        "somebody owns it always"
    );
    assert_eq!(appoint(&anna, books, &bob, "owner").await.status, 204);
    assert_eq!(appoint(&anna, books, &anna, "member").await.status, 204);
    assert_eq!(anna.entry(books).await.role, Role::Member);
}

#[tokio::test]
async fn whoever_is_above_puts_others_out_and_they_hear_of_it() {
    let (house, anna, bob) = House::of_two().await;
    let (carol, dora) = (house.sign_up("carol").await, house.sign_up("dora").await);
    let books = anna.make_room("Books", "invited").await;
    for handle in ["bob", "carol", "dora"] {
        anna.add(books, handle).await;
    }
    appoint(&anna, books, &bob, "moderator").await;
    appoint(&anna, books, &carol, "moderator").await;
    for (by, whom) in [(&dora, &bob), (&bob, &carol), (&bob, &anna), (&bob, &bob)] {
        assert_eq!(put_out(by, books, whom).await.refusal(), Refusal::NotAllowed);
    }
    let mut doras = dora.greeted().await;
    assert_eq!(put_out(&bob, books, &dora).await.status, 204);
    assert_eq!(doras.next().await, ToBrowser::Left { room: books });
    assert_eq!(dora.page(&format!("/rooms/{books}")).await.status, 404);
    let before = anna.entry(books).await;
    assert_eq!(before.members, 3);
    assert_eq!(put_out(&bob, books, &dora).await.status, 204, "twice is as once");
    assert_eq!(anna.entry(books).await, before);

    let direct = anna.direct("bob").await.room.id;
    assert_eq!(put_out(&anna, direct, &bob).await.refusal(), Refusal::NotAllowed);
    // Whoever comes back is a member like any other.
    assert_eq!(put_out(&anna, books, &carol).await.status, 204);
    anna.add(books, "carol").await;
    assert_eq!(carol.entry(books).await.role, Role::Member);
}

#[tokio::test]
async fn a_room_whose_last_owner_leaves_gets_another() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let books = anna.make_room("Books", "open").await;
    bob.join(books).await;
    carol.join(books).await;
    appoint(&anna, books, &carol, "moderator").await;
    let mut bobs = bob.greeted().await;
    let before = bob.entry(books).await.through;
    anna.leave(books).await;
    let gone = next_seat(&mut bobs).await;
    let heir = next_seat(&mut bobs).await;
    assert_eq!(
        (gone.user, gone.here, gone.version),
        (anna.me.id, false, before + 1)
    );
    assert_eq!(
        (heir.user, heir.role, heir.version),
        (carol.me.id, Role::Owner, before + 2),
        "a moderator goes before who has been there longer"
    );
    carol.leave(books).await;
    assert_eq!(bob.entry(books).await.role, Role::Owner);
    bob.leave(books).await;
    assert_eq!(
        anna.join(books).await.role,
        Role::Owner,
        "an empty room is theirs who come"
    );
}

#[tokio::test]
async fn an_owner_says_what_a_room_is() {
    let (_house, anna, bob) = House::of_two().await;
    let books = anna.make_room("Books", "open").await;
    bob.join(books).await;
    let path = format!("rooms/{books}");
    let said =
        json!({"name": "Winter books", "description": " What we\r\nread ", "history": "since_joining"});
    assert_eq!(
        bob.api(Method::PUT, &path, Some(said.clone())).await.refusal(),
        Refusal::NotAllowed
    );
    let mut bobs = bob.greeted().await;
    let room: Room = anna.api(Method::PUT, &path, Some(said.clone())).await.json();
    assert_eq!(
        (room.name.as_str(), room.description.as_str(), room.history),
        ("Winter books", "What we\nread", History::SinceJoining)
    );
    let ToBrowser::Changes(changes) = bobs.next().await else {
        panic!("everyone hears of it")
    };
    assert_eq!(changes.rows, [Row::Room(room.clone())]);
    assert_eq!(bob.entry(books).await.room, room);
    assert_eq!(find(&bob, "winter").await.rooms[0].id, books);
    assert_eq!(
        anna.api(Method::PUT, &path, Some(said)).await.json::<Room>(),
        room,
        "no version"
    );
    let long = json!({"name": "Books", "description": "x".repeat(501)});
    assert_eq!(
        anna.api(Method::PUT, &path, Some(long)).await.refusal(),
        Refusal::TextTooLong {
            chars: 501,
            most: 500
        }
    );
}

#[tokio::test]
async fn a_closed_room_is_read_and_not_written() {
    let (_house, anna, bob) = House::of_two().await;
    let books = anna.make_room("Books", "open").await;
    bob.join(books).await;
    let message = bob.say(books, "before").await;
    assert_eq!(
        bob.api(Method::POST, &format!("rooms/{books}/close"), None)
            .await
            .refusal(),
        Refusal::NotAllowed
    );
    let room: Room = anna
        .api(Method::POST, &format!("rooms/{books}/close"), None)
        .await
        .json();
    assert!(room.closed);
    for person in [&anna, &bob] {
        assert_eq!(
            person.try_say(books, Default::default(), "after").await.refusal(),
            Refusal::RoomClosed
        );
    }
    assert_eq!(
        bob.edit(books, message.position, "changed").await.refusal(),
        Refusal::RoomClosed
    );
    // Sent again, it is answered as it was.
    assert_eq!(bob.try_say(books, message.client_id, "before").await.status, 200);
    assert_eq!(bob.history(books).await.messages, std::slice::from_ref(&message));
    let page = bob.page(&format!("/rooms/{books}")).await;
    assert!(page.html().contains("This room is closed") && !page.html().contains("<textarea"));

    assert_eq!(
        anna.submit(&format!("/rooms/{books}/reopen"), &[]).await.status,
        303
    );
    bob.say(books, "after").await;
    assert!(
        bob.page(&format!("/rooms/{books}"))
            .await
            .html()
            .contains("<textarea")
    );
}

#[tokio::test]
async fn the_forms_of_a_rooms_page_do_what_they_say() {
    let (_house, anna, bob) = House::of_two().await;
    let books = anna.make_room("Books", "invited").await;
    let details = format!("/rooms/{books}/details");
    let bobs_id = bob.me.id.to_string();
    for (form, fields) in [
        ("members", vec![("handle", "bob")]),
        ("roles", vec![("user", bobs_id.as_str()), ("role", "moderator")]),
        (
            "rename",
            vec![
                ("name", "Winter"),
                ("description", "Snow & tea"),
                ("history", "since_joining"),
            ],
        ),
        ("invite", vec![("hours", "24"), ("uses", "10")]),
    ] {
        let answer = anna.submit(&format!("/rooms/{books}/{form}"), &fields).await;
        assert_eq!(
            (answer.status, answer.location()),
            (303, details.as_str()),
            "{form}"
        );
    }
    let page = anna.page(&details).await.html();
    for piece in [
        "Winter",
        "Snow &amp; tea",
        "moderator",
        "/join/",
        "class=\"qr\"",
        "/rooms/2/revoke",
        "/rooms/2/close",
    ] {
        assert!(page.contains(piece), "{piece} in {page}");
    }
    let bobs = bob.page(&details).await.html();
    for (piece, there) in [
        ("/join/", true),
        ("/rooms/2/rename", false),
        ("/rooms/2/close", false),
    ] {
        assert_eq!(bobs.contains(piece), there, "{piece} in {bobs}");
    }
    let refused = anna
        .submit(
            &format!("/rooms/{books}/rename"),
            &[("name", ""), ("description", "kept")],
        )
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.html().contains("kept") && refused.html().contains("role=\"alert\""));
    let answer = bob.submit(&format!("/rooms/{books}/close"), &[]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.html().contains("isn’t yours to change"));
    let answer = anna
        .submit(&format!("/rooms/{books}/remove"), &[("user", &bobs_id)])
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(anna.entry(books).await.members, 1);
    assert_eq!(
        anna.submit(&format!("/rooms/{books}/roles"), &[("user", "x")])
            .await
            .status,
        400
    );
    assert_eq!(
        anna.submit(&format!("/rooms/{books}/nothing"), &[]).await.status,
        404
    );
}
