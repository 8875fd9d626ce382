//! Links that lead into a room, and people who come by them.

use crate::harness::{Answer, GENERAL, House, Person};
use digital_messages::shared::ids::RoomId;
use digital_messages::shared::invitation::{Invitation, Invited};
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::room::RoomEntry;
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
