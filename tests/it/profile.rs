//! What people say of themselves, and their pictures.

use crate::harness::{GENERAL, House, Person, send};
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::user::{Card, Mine, Person as Profile};
use image::{DynamicImage, GenericImageView, ImageFormat, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Cursor;

/// A picture of one colour.
pub fn picture(kind: ImageFormat, red: u8) -> Vec<u8> {
    let image = RgbImage::from_pixel(90, 60, image::Rgb([red, 20, 30]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut bytes, kind).unwrap();
    bytes.into_inner()
}

async fn describe(person: &Person, said: Value) -> crate::harness::Answer {
    person.api(Method::PUT, "me", Some(said)).await
}

async fn depict(person: &Person, bytes: Vec<u8>) -> crate::harness::Answer {
    let request = person.http.put(person.url("/api/v1/me/picture"));
    send(request.bearer_auth(&person.token).body(bytes)).await
}

/// The form of the settings, as a browser sends it.
async fn upload(person: &Person, bytes: &[u8]) -> crate::harness::Answer {
    upload_to(person, "/settings/picture", bytes).await
}

/// A form with a picture in it, as a browser sends it.
pub async fn upload_to(person: &Person, path: &str, bytes: &[u8]) -> crate::harness::Answer {
    let head = "--edge\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\n\
                Content-Type: image/png\r\n\r\n";
    let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
    let request = person
        .request(Method::POST, path)
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=edge");
    send(request.body(body)).await
}

#[tokio::test]
async fn another_name_is_heard_by_everyone() {
    let (_house, anna, bob) = House::of_two().await;
    anna.say(GENERAL, "hello").await;
    let mut bobs = bob.greeted().await;
    let answer = describe(
        &anna,
        json!({"name": " Анна  Ветрова ", "about": "в отпуске\nдо пятницы"}),
    )
    .await;
    assert_eq!(answer.json::<Profile>().name, "Анна Ветрова");
    let ToBrowser::Person(heard) = bobs.next().await else {
        panic!("bob hears of it")
    };
    assert_eq!((heard.id, heard.name.as_str()), (anna.me.id, "Анна Ветрова"));
    assert_eq!(bob.entry(GENERAL).await.last.unwrap().author, heard);
    assert_eq!(bob.history(GENERAL).await.people[0], heard);
    let found: Value = bob.get("find?q=ветрова").await;
    assert_eq!(found["people"][0]["handle"], "anna");

    let card: Card = bob.get("people/anna").await;
    assert_eq!(card.about, "в отпуске до пятницы");
    assert_eq!(
        (card.zone, card.common[0].id, card.blocked),
        (None, GENERAL, false)
    );
    let mine: Mine = anna.get("me").await;
    assert_eq!(mine.profile.about, card.about);
}

#[tokio::test]
async fn whoever_was_away_hears_who_is_called_otherwise_now() {
    let (house, anna, bob) = House::of_two().await;
    anna.say(GENERAL, "hello").await;
    let known = bob.history(GENERAL).await.directory;
    // What bob is told on coming back: the numbers it is between, and the names.
    let told = async |known: i64| {
        let ToBrowser::Hello(list) = bob.live_at(&format!("live?directory={known}")).await.next().await
        else {
            panic!("a greeting")
        };
        let directory = list.directory.expect("it was asked for");
        assert_eq!(directory.after, known);
        let names: Vec<String> = directory.people.into_iter().map(|one| one.name).collect();
        (directory.through, names)
    };
    assert_eq!(told(known).await, (known, vec![]));
    describe(&anna, json!({"name": "Анна Ветрова", "about": ""})).await;
    describe(&anna, json!({"name": "Анна Ветрова", "about": "в отпуске"})).await;
    assert_eq!(
        told(known).await,
        (known + 1, vec!["Анна Ветрова".to_owned()]),
        "a line about oneself is no other name"
    );
    let page = bob.history(GENERAL).await;
    assert_eq!(
        (page.directory, &*page.people[0].name),
        (known + 1, "Анна Ветрова")
    );

    // Each once, as they are now, those who changed first before the others; a picture and a handle count as well.
    let carol = house.sign_up("carol").await;
    assert_eq!(
        told(known + 1).await,
        (known + 1, vec![]),
        "she is new, not changed"
    );
    assert_eq!(
        describe(&carol, json!({"name": "Кира", "about": ""}))
            .await
            .status,
        200
    );
    assert_eq!(depict(&anna, picture(ImageFormat::Png, 1)).await.status, 200);
    let handle = json!({"handle": "vetrova"});
    assert_eq!(anna.api(Method::PUT, "me/handle", Some(handle)).await.status, 200);
    assert_eq!(
        told(known).await,
        (known + 4, vec!["Кира".to_owned(), "Анна Ветрова".to_owned()])
    );
    assert_eq!(told(known + 4).await, (known + 4, vec![]));
    // A number of another history.
    assert_eq!(told(known + 99).await, (known + 99, vec![]));
    // Who doesn't say what they know isn't told.
    let ToBrowser::Hello(list) = bob.live().await.next().await else {
        panic!("a greeting")
    };
    assert_eq!(list.directory, None);
}

#[tokio::test]
async fn what_nobody_can_be_called_is_refused() {
    let (_house, anna) = House::new().await;
    for (said, refusal) in [
        (json!({"name": " ", "about": ""}), Refusal::NameInvalid),
        (
            json!({"name": "a", "about": "", "zone": "Mars"}),
            Refusal::BadRequest,
        ),
        (
            json!({"name": "a", "about": "я".repeat(141)}),
            Refusal::TextTooLong {
                chars: 141,
                most: 140,
            },
        ),
    ] {
        assert_eq!(describe(&anna, said).await.refusal(), refusal);
    }
    let mine: Mine = anna.get("me").await;
    assert_eq!(mine.profile.name, "anna");
}

#[tokio::test]
async fn a_form_says_it_too_with_the_browsers_zone() {
    let (_house, anna, bob) = House::of_two().await;
    let fields = [("name", "Анна"), ("about", "тут"), ("zone", "shown")];
    let request = anna
        .http
        .post(anna.url("/settings/profile"))
        .header("cookie", format!("session={}; zone=180", anna.token))
        .header("sec-fetch-site", "same-origin")
        .form(&fields);
    let answer = send(request).await;
    assert_eq!((answer.status, answer.location()), (303, "/settings"));
    let card: Card = bob.get("people/anna").await;
    assert_eq!(card.zone.as_deref(), Some("180"));
    let page = bob.page("/@anna/details").await;
    assert!(
        page.html().contains("there") && page.html().contains("тут"),
        "{}",
        page.html()
    );

    let refused = anna
        .submit("/settings/profile", &[("name", ""), ("about", "дома")])
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.html().contains("value=\"дома\""),
        "what was typed comes back"
    );
    anna.submit("/settings/profile", &[("name", "Анна")]).await;
    assert_eq!(bob.get::<Card>("people/anna").await.zone, None);
}

#[tokio::test]
async fn a_picture_becomes_a_small_square_for_those_who_are_signed_in() {
    let (house, anna, bob) = House::of_two().await;
    let mut bobs = bob.greeted().await;
    let png = picture(ImageFormat::Png, 200);
    let answer = upload(&anna, &png).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/settings"),
        "{}",
        answer.body
    );
    let ToBrowser::Person(Profile {
        picture: Some(hash), ..
    }) = bobs.next().await
    else {
        panic!("bob sees it")
    };
    let path = format!("/pictures/{hash}");
    let response = bob.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert!(header("cache-control").contains("immutable") && header("cache-control").contains("private"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("default-src 'none'"));
    let image = image::load_from_memory(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(image.dimensions(), (256, 256));
    assert_eq!(
        house.visitor().page(&path).await.status,
        303,
        "strangers sign in first"
    );
    assert!(bob.page("/@anna").await.html().contains(&path));

    // The same for programs; another one takes its place, and the old one goes.
    let jpeg = depict(&anna, picture(ImageFormat::Jpeg, 10))
        .await
        .json::<Profile>();
    assert_ne!(jpeg.picture.as_deref(), Some(hash.as_str()));
    assert_eq!(bob.page(&path).await.status, 404);
    anna.submit("/settings/no-picture", &[]).await;
    assert_eq!(bob.get::<Card>("people/anna").await.person.picture, None);
    assert_eq!(
        bob.page(&format!("/pictures/{}", jpeg.picture.unwrap()))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused() {
    let (_house, anna) = House::new().await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    assert_eq!(
        depict(&anna, svg.clone()).await.refusal(),
        Refusal::PictureInvalid
    );
    assert_eq!(depict(&anna, Vec::new()).await.refusal(), Refusal::PictureInvalid);
    let large = Refusal::TooLarge {
        most: 5 * 1024 * 1024,
    };
    assert_eq!(depict(&anna, vec![0; 5 * 1024 * 1024 + 1]).await.refusal(), large);
    let refused = upload(&anna, &svg).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html().contains("megapixels"), "{}", refused.html());
    assert_eq!(upload(&anna, &vec![0; 5 * 1024 * 1024 + 1]).await.status, 413);
    // Elsewhere bodies stay as small as before.
    let long = Some(json!({"name": "a".repeat(70_000), "about": ""}));
    assert_eq!(anna.api(Method::PUT, "me", long).await.status, 413);
}
