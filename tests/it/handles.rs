//! Choosing another handle.

use super::harness::*;
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::message::{Block, Inline};
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::user::{Card, Person as Profile};
use reqwest::Method;
use serde_json::{Value, json};

async fn rename(person: &Person, handle: &str) -> Answer {
    let body = Some(json!({"handle": handle}));
    person.api(Method::PUT, "me/handle", body).await
}

#[tokio::test]
async fn another_handle_is_heard_by_everyone_and_the_old_one_leads_to_the_same_person() {
    let (house, anna, bob) = House::of_two().await;
    let direct = bob.direct("anna").await.room.id;
    bob.say(direct, "hello").await;
    bob.say(GENERAL, "ask @anna").await;
    let mut bobs = bob.greeted().await;
    let answer = anna.submit("/settings/handle", &[("handle", " @Vetrova ")]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/settings"),
        "{}",
        answer.html()
    );
    let ToBrowser::Person(heard) = bobs.next().await else {
        panic!("bob hears it")
    };
    assert_eq!((heard.id, heard.handle.as_str()), (anna.me.id, "vetrova"));
    assert!(anna.page("/settings").await.html().contains("@vetrova"));

    // Everything that took the old one does still.
    assert_eq!(bob.entry(direct).await.path(), "/@vetrova");
    assert_eq!(bob.get::<Card>("people/anna").await.person, heard);
    assert_eq!(bob.direct("anna").await.room.id, direct);
    for (old, new) in [
        ("/@anna", "/@vetrova"),
        ("/@anna/details", "/@vetrova/details"),
        ("/@anna?text=a%26b", "/@vetrova?text=a%26b"),
    ] {
        let page = bob.page(old).await;
        assert_eq!((page.status, page.location()), (303, new));
    }
    let stranger = house.visitor().page("/@anna").await;
    assert_eq!((stranger.status, stranger.location()), (303, "/@vetrova"));
    assert!(house.visitor().page("/@vetrova").await.status == 200);
    let posted = bob.submit("/@anna", &[("text", "by the old one")]).await;
    assert_eq!(posted.status, 303);
    assert_eq!(anna.history(direct).await.messages.len(), 2);
    // Mentions are of people; what was written stays.
    let blocks = anna.history(GENERAL).await.messages[0].blocks.clone();
    let named = |blocks: &[Block]| match &blocks[0] {
        Block::Paragraph(line) => line.contains(&Inline::Mention {
            user: anna.me.id,
            text: "@anna".into(),
        }),
        _ => false,
    };
    assert!(named(&blocks));
    let again = bob.say(GENERAL, "@anna again, and @vetrova").await;
    assert_eq!(again.mentions, [anna.me.id]);
    assert!(named(&again.blocks));
    // She is found and signs in by the new one.
    let found: Value = bob.get("find?q=vetrova").await;
    assert_eq!(found["people"][0]["id"], json!(anna.me.id));
    let found: Value = bob.get("find?q=anna").await;
    assert_eq!(found["people"][0]["name"], "anna", "her name is as it was");
    house.sign_in("vetrova").await;
    let old = json!({"handle": "anna", "password": PASSWORD});
    let old = house.visitor().api(Method::POST, "sign-in", Some(old)).await;
    assert_eq!(old.refusal(), Refusal::WrongPassword);
    // What she says of herself keeps it.
    anna.api(Method::PUT, "me", Some(json!({"name": "Anna", "about": ""})))
        .await;
    let found: Value = bob.get("find?q=vetrova").await;
    assert_eq!(found["people"][0]["name"], "Anna");
}

#[tokio::test]
async fn a_handle_that_somebody_has_or_had_is_refused_and_so_is_one_that_looks_alike() {
    let (house, anna, bob) = House::of_two().await;
    assert_eq!(rename(&anna, "vetrova").await.status, 200);
    // With Cyrillic letters.
    for taken in ["vetrova", "anna", "аnna", "vetrоva", "ANNA"] {
        assert_eq!(
            rename(&bob, taken).await.refusal(),
            Refusal::HandleTaken,
            "{taken}"
        );
        let account = json!({"handle": taken, "name": "Eve", "password": PASSWORD});
        let eve = house.visitor().api(Method::POST, "sign-up", Some(account)).await;
        assert_eq!(eve.refusal(), Refusal::HandleTaken, "{taken}");
    }
    assert_eq!(rename(&bob, "a").await.refusal(), Refusal::HandleInvalid);
    let refused = bob.submit("/settings/handle", &[("handle", "anna")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html().contains("value=\"anna\"") && refused.html().contains("aria-invalid"));
    assert_eq!(bob.get::<Card>("people/bob").await.person.id, bob.me.id);
    // Whoever comes by a name alone gets another one than the one that she had.
    let came = house.visitor().submit("/@bob", &[("name", "Anna")]).await;
    assert_eq!(came.status, 303);
    let found: Value = bob.get("find?q=anna2").await;
    assert_eq!(found["people"][0]["handle"], "anna2");
}

#[tokio::test]
async fn ones_own_former_handle_can_be_taken_back_and_there_are_only_so_many() {
    let (_house, anna, bob) = House::of_two().await;
    let mut bobs = bob.greeted().await;
    let same: Profile = rename(&anna, "Anna").await.json();
    assert_eq!(same, anna.me, "nothing changes");
    rename(&anna, "vetrova").await;
    rename(&anna, "anna").await;
    for handle in ["vetrova", "anna"] {
        let ToBrowser::Person(heard) = bobs.next().await else {
            panic!("a change")
        };
        assert_eq!(heard.handle, handle);
    }
    assert_eq!(bob.page("/@anna").await.status, 200);
    assert_eq!(bob.page("/@vetrova").await.location(), "/@anna");
    for number in 1..10 {
        assert_eq!(
            rename(&anna, &format!("kestrel{number}")).await.status,
            200,
            "{number}"
        );
    }
    assert_eq!(
        rename(&anna, "kestrel10").await.refusal(),
        Refusal::TooMany { most: 10 }
    );
    assert_eq!(rename(&anna, "anna").await.status, 200, "of those that are hers");
}

#[tokio::test]
async fn it_is_changed_a_few_times_and_then_every_hour() {
    let house = House::with(|config| config.rate_limits = true).await;
    let anna = house.first_run("anna").await;
    let bob = house.sign_up("bob").await;
    for number in 1..=5 {
        assert_eq!(rename(&anna, &format!("kestrel{number}")).await.status, 200);
    }
    let refused = rename(&anna, "kestrel6").await;
    assert!(
        matches!(refused.refusal(), Refusal::TooFast { retry_after_seconds } if retry_after_seconds > 60)
    );
    // What was refused for another reason doesn't count.
    for _ in 0..6 {
        assert_eq!(rename(&bob, "anna").await.refusal(), Refusal::HandleTaken);
    }
    assert_eq!(rename(&bob, "robert").await.status, 200);
}
