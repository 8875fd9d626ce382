//! Links that lead into a room, and people who come by them.

use crate::harness::{Answer, GENERAL, House, PASSWORD, Person, Visitor};
use digital_messages::shared::ids::RoomId;
use digital_messages::shared::invitation::{Invitation, Invited};
use digital_messages::shared::live::{RoomList, ToBrowser};
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::room::{RoomEntry, RoomKind};
use digital_messages::shared::user::Mine;
use reqwest::Method;
use serde_json::json;

async fn try_invite(by: &Person, room: RoomId, hours: u32, uses: u32) -> Answer {
    by.post(
        &format!("rooms/{room}/invitations"),
        json!({"hours": hours, "uses": uses}),
    )
    .await
}

async fn invite(by: &Person, room: RoomId, uses: u32) -> String {
    let answer = try_invite(by, room, 24, uses).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json::<Invitation>().token
}

async fn accept(person: &Person, token: &str) -> Answer {
    person
        .api(Method::POST, &format!("invitations/{token}/join"), None)
        .await
}

#[tokio::test]
async fn a_link_leads_into_a_room_by_invitation() {
    let (_house, anna, bob) = House::of_two().await;
    let secret = anna.make_room("Surprise", "invited").await;
    let made: Invitation = try_invite(&anna, secret, 24, 10).await.json();
    assert_eq!(made.link, anna.url(&format!("/join/{}", made.token)));
    assert_eq!(
        anna.get::<Vec<Invitation>>(&format!("rooms/{secret}/invitations"))
            .await,
        std::slice::from_ref(&made)
    );

    let seen: Invited = bob.get(&format!("invitations/{}", made.token)).await;
    assert_eq!(
        (seen.name.as_str(), seen.members, seen.joined),
        ("Surprise", 1, false)
    );
    assert_eq!(seen.by, anna.me);
    let mut annas = anna.greeted().await;
    let entry: RoomEntry = accept(&bob, &made.token).await.json();
    assert_eq!((entry.room.id, entry.members), (secret, 2));
    assert!(matches!(annas.next().await, ToBrowser::Changes(changes) if changes.room == secret));
    assert_eq!(
        accept(&bob, &made.token).await.json::<RoomEntry>(),
        entry,
        "twice is as once"
    );
    let left: Vec<Invitation> = anna.get(&format!("rooms/{secret}/invitations")).await;
    assert_eq!(left[0].uses_left, Some(9));
}

#[tokio::test]
async fn links_are_for_owners_and_moderators_and_rooms() {
    let (_house, anna, bob) = House::of_two().await;
    for refused in [
        try_invite(&bob, GENERAL, 24, 10).await,
        try_invite(&anna, anna.direct("bob").await.room.id, 24, 10).await,
        bob.api(Method::GET, "rooms/1/invitations", None).await,
    ] {
        assert_eq!(refused.refusal(), Refusal::NotAllowed);
    }
    assert_eq!(
        try_invite(&anna, GENERAL, 2, 10).await.refusal(),
        Refusal::BadRequest
    );
    assert_eq!(
        try_invite(&anna, GENERAL, 24, 5).await.refusal(),
        Refusal::BadRequest
    );
    for _ in 0..50 {
        invite(&anna, GENERAL, 0).await;
    }
    assert_eq!(
        try_invite(&anna, GENERAL, 0, 0).await.refusal(),
        Refusal::TooMany { most: 50 }
    );
}

#[tokio::test]
async fn a_link_that_is_over_says_so() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let secret = anna.make_room("Surprise", "invited").await;
    let used = invite(&anna, secret, 1).await;
    assert_eq!(accept(&bob, &used).await.status, 200);
    let revoked = invite(&anna, secret, 10).await;
    let path = format!("rooms/{secret}/invitations/{revoked}");
    for _ in 0..2 {
        assert_eq!(anna.api(Method::DELETE, &path, None).await.status, 204);
    }
    let waiting = invite(&anna, secret, 10).await;
    anna.api(Method::POST, &format!("rooms/{secret}/close"), None)
        .await;
    for token in [&used, &revoked, &waiting] {
        assert_eq!(accept(&carol, token).await.refusal(), Refusal::InvitationOver);
        let page = carol.page(&format!("/join/{token}")).await;
        assert_eq!(page.status, 410);
        assert!(page.html().contains("no longer good") && !page.html().contains("Surprise"));
    }
    anna.api(Method::POST, &format!("rooms/{secret}/reopen"), None)
        .await;
    assert_eq!(accept(&carol, &waiting).await.status, 200);
    assert_eq!(
        accept(&anna, "0123456789abcdef").await.refusal(),
        Refusal::NotFound
    );
    assert_eq!(anna.page("/join/0123456789abcdef").await.status, 404);
}

/// Comes by a link with a name alone.
async fn come_in(visitor: &Visitor, path: &str, name: &str) -> Answer {
    visitor.submit(path, &[("name", name)]).await
}

/// Whoever has just been signed in by an answer.
async fn newcomer(house: &House, answer: &Answer) -> Person {
    assert_eq!(answer.status, 303, "{}", answer.body);
    let token = answer.session_cookie().expect("a session");
    let visitor = Visitor {
        token: Some(token.clone()),
        ..house.visitor()
    };
    let list: RoomList = visitor.api(Method::GET, "rooms", None).await.json();
    assert!(list.no_password);
    Person {
        me: list.me,
        token,
        visitor,
    }
}

#[tokio::test]
async fn a_stranger_comes_in_by_a_link_with_one_field_and_one_button() {
    let (house, anna) = House::new().await;
    let secret = anna.make_room("Surprise", "invited").await;
    let path = format!("/join/{}", invite(&anna, secret, 0).await);
    let page = house.visitor().page(&path).await;
    let html = page.html();
    assert_eq!(page.status, 200);
    assert!(html.contains("Surprise") && html.contains("anna invites you") && html.contains("1 member"));
    assert_eq!(html.matches("type=\"text\"").count(), 1, "{html}");

    let refused = come_in(&house.visitor(), &path, " ").await;
    assert_eq!(refused.status, 422);
    assert!(refused.html().contains("Surprise") && refused.html().contains("aria-invalid"));

    let answer = come_in(&house.visitor(), &path, "Анна").await;
    assert_eq!(answer.location(), format!("/rooms/{secret}"));
    let other = newcomer(&house, &answer).await;
    assert_eq!(
        (other.me.name.as_str(), other.me.handle.as_str()),
        ("Анна", "anna2")
    );
    let rooms = other.rooms().await.rooms;
    assert_eq!(rooms.len(), 1, "and nowhere else");
    other.say(secret, "hello").await;
    let answer = come_in(&house.visitor(), &path, "Анна").await;
    assert_eq!(newcomer(&house, &answer).await.me.handle, "anna3");
    // Who is there is led on.
    assert_eq!(other.page(&path).await.location(), format!("/rooms/{secret}"));
}

#[tokio::test]
async fn somebody_with_an_account_comes_in_by_a_button() {
    let (house, anna, bob) = House::of_two().await;
    let secret = anna.make_room("Surprise", "invited").await;
    let path = format!("/join/{}", invite(&anna, secret, 1).await);
    let page = bob.page(&path).await.html();
    assert!(
        page.contains("join as bob") && !page.contains("<input type=\"text\""),
        "{page}"
    );
    let answer = bob.submit(&path, &[]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, format!("/rooms/{secret}").as_str())
    );
    assert_eq!(come_in(&house.visitor(), &path, "Carol").await.status, 410);
    assert_eq!(anna.entry(secret).await.members, 2);
}

#[tokio::test]
async fn a_link_brings_in_as_many_as_it_is_for_however_many_try_at_once() {
    let (house, anna) = House::new().await;
    let secret = anna.make_room("Surprise", "invited").await;
    let path = format!("/join/{}", invite(&anna, secret, 10).await);
    let visitor = house.visitor();
    let coming = (0..30).map(|_| come_in(&visitor, &path, "Guest"));
    let answers = futures::future::join_all(coming).await;
    let with = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(303), with(410)), (10, 20));
    assert_eq!(anna.entry(secret).await.members, 11);
    let found: digital_messages::shared::room::Found = anna.get("find?q=guest").await;
    assert_eq!(found.people.len(), 10, "no account is left over");
}

#[tokio::test]
async fn a_link_ends_in_time() {
    let (mut house, anna) = House::new().await;
    let token = invite(&anna, GENERAL, 0).await;
    house.stop().await;
    {
        use sqlx::Connection;
        let url = format!("sqlite:{}", house.config.database_url);
        let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("UPDATE invitations SET expires_at = 1")
            .execute(&mut database)
            .await
            .unwrap();
        database.close().await.unwrap();
    }
    house.start_again().await;
    let anna = house.again(&anna);
    let path = format!("/join/{token}");
    assert_eq!(house.visitor().page(&path).await.status, 410);
    assert_eq!(come_in(&house.visitor(), &path, "Bob").await.status, 410);
    assert!(
        anna.get::<Vec<Invitation>>("rooms/1/invitations")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_persons_link_leads_a_stranger_to_them() {
    let (house, anna, _bob) = House::of_two().await;
    let page = house.visitor().page("/@anna").await;
    assert_eq!(page.status, 200);
    assert!(page.html().contains("Write to anna"));
    let answer = come_in(&house.visitor(), "/@anna", "Вера").await;
    assert_eq!(answer.location(), "/@anna");
    let vera = newcomer(&house, &answer).await;
    let rooms = vera.rooms().await.rooms;
    assert_eq!(rooms.len(), 1);
    assert_eq!(
        (rooms[0].room.kind, rooms[0].with.as_ref()),
        (RoomKind::Direct, Some(&anna.me))
    );
    vera.say(rooms[0].room.id, "hello").await;
    assert_eq!(anna.direct("vera").await.unread, 1);

    // Nobody there is as anything that one has to sign in for.
    for path in ["/@nobody", "/@anna/details", "/rooms/1", "/@"] {
        let page = house.visitor().page(path).await;
        assert_eq!(
            (page.status, page.location().split('?').next().unwrap()),
            (303, "/sign-in"),
            "{path}"
        );
    }
    let answer = come_in(&house.visitor(), "/@nobody", "Вера").await;
    assert!(answer.session_cookie().is_none());
}

#[tokio::test]
async fn an_account_without_a_password_gets_one_later() {
    let (house, anna) = House::new().await;
    let path = format!("/join/{}", invite(&anna, GENERAL, 0).await);
    let vera = newcomer(&house, &come_in(&house.visitor(), &path, "Вера").await).await;
    for password in ["", PASSWORD] {
        let credentials = json!({"handle": "vera", "password": password});
        let answer = house
            .visitor()
            .api(Method::POST, "sign-in", Some(credentials))
            .await;
        assert_eq!(answer.refusal(), Refusal::WrongPassword);
    }
    let page = vera.page("/settings").await.html();
    assert!(
        page.contains("/settings/password")
            && page.contains("no way back")
            && page.contains("class=\"reminder\"")
    );
    let weak = vera
        .submit("/settings/password", &[("password", "12345678")])
        .await;
    assert_eq!(weak.status, 422);
    assert!(weak.html().contains("easy to guess") && !weak.body.contains("12345678"));

    let set = vera.submit("/settings/password", &[("password", PASSWORD)]).await;
    assert_eq!((set.status, set.location()), (303, "/settings"));
    assert_eq!(house.sign_in("vera").await.me, vera.me);
    assert!(!vera.rooms().await.no_password);
    let page = vera.page("/settings").await.html();
    assert!(!page.contains("/settings/password") && !page.contains("class=\"reminder\""));
    let again = vera
        .submit("/settings/password", &[("password", "another good one")])
        .await;
    assert_eq!(again.status, 403, "another password takes more than a session");
    assert_eq!(house.sign_in("vera").await.me, vera.me);
}

#[tokio::test]
async fn the_reminder_is_put_off_for_a_week() {
    let (house, anna) = House::new().await;
    let path = format!("/join/{}", invite(&anna, GENERAL, 0).await);
    let vera = newcomer(&house, &come_in(&house.visitor(), &path, "Вера").await).await;
    let answer = vera.submit("/reminder", &[("next", "/rooms/1")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/rooms/1"));
    assert!(answer.header("set-cookie").contains("max-age=604800"));
    let kept = format!("session={}; put-off=yes", vera.token);
    let request = vera.http.get(vera.url("/")).header("cookie", kept);
    assert!(
        crate::harness::send(request)
            .await
            .html()
            .contains("data-put-off")
    );
    assert!(!vera.page("/").await.html().contains("data-put-off"));
}

#[tokio::test]
async fn the_servers_owner_switches_newcomers_off() {
    let (house, anna, bob) = House::of_two().await;
    let path = format!("/join/{}", invite(&anna, GENERAL, 0).await);
    let off = [("newcomers", "off")];
    assert_eq!(bob.submit("/settings/newcomers", &off).await.status, 403);
    assert!(!bob.page("/settings").await.html().contains("/settings/newcomers"));
    assert!(
        anna.page("/settings")
            .await
            .html()
            .contains("/settings/newcomers")
    );
    assert_eq!(anna.submit("/settings/newcomers", &off).await.status, 303);
    let account = anna.call("mine", json!({})).await.json::<Mine>().account;
    assert_eq!((account.owner, account.newcomers), (true, false));

    let page = house.visitor().page(&path).await.html();
    assert!(
        page.contains(&format!("/sign-up?next={path}")) && !page.contains("name=\"name\""),
        "{page}"
    );
    let refused = come_in(&house.visitor(), &path, "Вера").await;
    assert_eq!(refused.status, 403);
    assert!(refused.session_cookie().is_none());
    assert_eq!(
        house.visitor().page("/@anna").await.location(),
        "/sign-in?next=/%40anna"
    );
    // Whoever signs up instead comes to the link again.
    let fields = [
        ("handle", "vera"),
        ("name", "Вера"),
        ("password", PASSWORD),
        ("next", path.as_str()),
    ];
    assert_eq!(house.visitor().submit("/sign-up", &fields).await.location(), path);

    anna.submit("/settings/newcomers", &[("newcomers", "on")]).await;
    assert_eq!(come_in(&house.visitor(), &path, "Вера").await.status, 303);
}

#[tokio::test]
async fn newcomers_from_one_address_are_counted() {
    let house = House::with(|config| config.rate_limits = true).await;
    let anna = house.first_run("anna").await;
    let path = format!("/join/{}", invite(&anna, GENERAL, 0).await);
    for _ in 0..20 {
        assert_eq!(come_in(&house.visitor(), &path, "Вера").await.status, 303);
    }
    let refused = come_in(&house.visitor(), &path, "Вера").await;
    assert_eq!(refused.status, 429);
    assert!(!refused.header("retry-after").is_empty() && refused.html().contains("Too fast"));
}

#[tokio::test]
async fn before_the_first_account_nobody_is_invited() {
    let house = House::empty().await;
    for path in ["/join/0123456789abcdef", "/@anna"] {
        assert_eq!(house.visitor().page(path).await.location(), "/first-run");
    }
}
