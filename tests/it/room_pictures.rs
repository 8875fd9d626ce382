//! The pictures of rooms.

use super::harness::*;
use super::profile::{picture, upload_to};
use digital_messages::shared::ids::RoomId;
use digital_messages::shared::live::{Catchup, Row, ToBrowser};
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::room::{OpenRoom, Room};
use image::ImageFormat;
use reqwest::Method;
use serde_json::json;

async fn depict(person: &Person, room: RoomId, bytes: Vec<u8>) -> Answer {
    let request = person
        .http
        .put(person.url(&format!("/api/v1/rooms/{room}/picture")));
    send(request.bearer_auth(&person.token).body(bytes)).await
}

async fn heard(live: &mut Live) -> Room {
    match live.next().await {
        ToBrowser::Changes(changes) => match &changes.rows[..] {
            [Row::Room(room)] => room.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn path(room: &Room) -> String {
    format!("/pictures/{}", room.picture.as_ref().expect("a picture"))
}

#[tokio::test]
async fn a_rooms_picture_is_a_change_of_the_room_and_shown_wherever_the_room_is() {
    let (house, anna, bob) = House::of_two().await;
    let (through, epoch) = (bob.entry(GENERAL).await.through, bob.rooms().await.epoch);
    let mut bobs = bob.greeted().await;
    let answer = upload_to(&anna, "/rooms/1/picture", &picture(ImageFormat::Png, 200)).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/rooms/1/details"),
        "{}",
        answer.html()
    );
    let room = heard(&mut bobs).await;
    assert_eq!(room.version, through + 1, "the room's next version");
    let response = bob.request(Method::GET, &path(&room)).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"image/jpeg".parse().unwrap())
    );
    assert_eq!(house.visitor().page(&path(&room)).await.status, 303);
    // Whoever was away finds it when they catch up, and in the list.
    let Catchup::Changes { changes, .. } = bob.changes(GENERAL, through, &epoch).await else {
        panic!("changes")
    };
    assert_eq!(changes.rows, [Row::Room(room.clone())]);
    assert_eq!(bob.entry(GENERAL).await.room, room);
    for page in ["/", "/rooms/1", "/rooms/1/details", "/rooms", "/find?q=general"] {
        assert!(bob.page(page).await.html().contains(&path(&room)), "{page}");
    }
    let open: Vec<OpenRoom> = bob.get("rooms/open").await;
    assert_eq!(open[0].picture, room.picture);

    // The same again changes nothing; another takes its place.
    let same: Room = depict(&anna, GENERAL, picture(ImageFormat::Png, 200))
        .await
        .json();
    assert_eq!(same, room);
    let other: Room = depict(&anna, GENERAL, picture(ImageFormat::Jpeg, 10))
        .await
        .json();
    assert_eq!(
        (heard(&mut bobs).await, other.version),
        (other.clone(), room.version + 1)
    );
    assert_eq!(bob.page(&path(&room)).await.status, 404, "the old one has gone");
    // What else is said of the room leaves it where it is.
    anna.submit("/rooms/1/rename", &[("name", "Kitchen")]).await;
    assert_eq!(heard(&mut bobs).await.picture, other.picture);

    let done = anna.submit("/rooms/1/no-picture", &[]).await;
    assert_eq!((done.status, done.location()), (303, "/rooms/1/details"));
    assert_eq!(heard(&mut bobs).await.picture, None);
    assert_eq!(bob.page(&path(&other)).await.status, 404);
    assert!(!anna.page("/rooms/1/details").await.html().contains("/no-picture"));
}

#[tokio::test]
async fn only_owners_and_moderators_choose_it() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let png = picture(ImageFormat::Png, 200);
    assert_eq!(
        depict(&bob, GENERAL, png.clone()).await.refusal(),
        Refusal::NotAllowed
    );
    let refused = upload_to(&bob, "/rooms/1/picture", &png).await;
    assert_eq!(refused.status, 403);
    assert!(refused.html().contains("isn’t yours to change"));
    assert!(
        !bob.page("/rooms/1/details")
            .await
            .html()
            .contains("/rooms/1/picture")
    );
    let role = Some(json!({"role": "moderator"}));
    anna.api(Method::PUT, &format!("rooms/1/members/{}", bob.me.id), role)
        .await;
    assert!(
        bob.page("/rooms/1/details")
            .await
            .html()
            .contains("/rooms/1/picture")
    );
    assert_eq!(depict(&bob, GENERAL, png.clone()).await.status, 200);

    // For others the room isn't there; between two nobody chooses.
    let hidden = anna.make_room("Hidden", "invited").await;
    assert_eq!(
        depict(&carol, hidden, png.clone()).await.refusal(),
        Refusal::NotFound
    );
    assert_eq!(
        upload_to(&carol, &format!("/rooms/{hidden}/picture"), &png)
            .await
            .status,
        404
    );
    let direct = anna.direct("bob").await.room.id;
    assert_eq!(depict(&anna, direct, png).await.refusal(), Refusal::NotAllowed);
    let taken = carol.api(Method::DELETE, "rooms/1/picture", None).await;
    assert_eq!(taken.refusal(), Refusal::NotAllowed);
    assert!(anna.entry(GENERAL).await.room.picture.is_some());
    let taken = bob.api(Method::DELETE, "rooms/1/picture", None).await;
    assert_eq!(taken.json::<Room>().picture, None);
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused_on_the_rooms_page() {
    let (_house, anna) = House::new().await;
    let refused = upload_to(&anna, "/rooms/1/picture", b"<svg/>").await;
    assert_eq!(refused.status, 422);
    assert!(refused.html().contains("megapixels"), "{}", refused.html());
    let large = vec![0; 5 * 1024 * 1024 + 1];
    assert_eq!(upload_to(&anna, "/rooms/1/picture", &large).await.status, 413);
    assert_eq!(depict(&anna, GENERAL, large).await.status, 413);
    assert_eq!(anna.entry(GENERAL).await.room.picture, None);
}
