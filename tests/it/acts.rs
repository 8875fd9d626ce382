//! What can be done with a message where there are no scripts: each form, done and refused.

use super::harness::*;
use digital_messages::shared::ids::{Position, RoomId};
use digital_messages::shared::message::Message;
use digital_messages::shared::refusal::Refusal;

fn at(room: RoomId, position: Position, end: &str) -> String {
    format!("/rooms/{room}/{position}/{end}")
}

/// Sends a form of a message's page, and goes where that leads.
async fn done(person: &Person, path: &str, fields: &[(&str, &str)], to: &str) {
    let answer = person.submit(path, fields).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, to),
        "{path}: {}",
        answer.html()
    );
}

async fn message(person: &Person, room: RoomId, position: Position) -> Message {
    let page = person.history(room).await;
    let mut all = page.messages.into_iter();
    all.find(|message| message.position == position)
        .expect("is there")
}

#[tokio::test]
async fn a_messages_page_leads_to_what_can_be_done_with_it() {
    let (_house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "Tea at *five*?").await;
    let link = format!("href=\"{}\"", at(GENERAL, said.position, "actions"));
    let page = anna.page(&format!("/rooms/1/{}", said.position)).await;
    let (_, without_scripts) = page.body.split_once("<noscript>").expect("for those without");
    assert!(without_scripts.contains(&link), "{without_scripts}");
    assert!(!anna.page("/rooms/1").await.body.contains("/actions\""));

    let hers = anna.page(&at(GENERAL, said.position, "actions")).await;
    assert_eq!(hers.status, 200);
    assert!(hers.html().contains("<em>five"), "{}", hers.html());
    let offered = |page: &Answer| {
        ["reply", "edit", "delete", "restore", "react", "pin", "forward"]
            .into_iter()
            .filter(|end| {
                page.html()
                    .contains(&format!("action=\"{}\"", at(GENERAL, said.position, end)))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        offered(&hers),
        ["reply", "edit", "delete", "react", "pin", "forward"]
    );
    let his = bob.page(&at(GENERAL, said.position, "actions")).await;
    assert_eq!(offered(&his), ["reply", "react", "pin", "forward"]);
    // A moderator may delete it.
    let his = bob.say(GENERAL, "Four").await;
    let page = anna.page(&at(GENERAL, his.position, "actions")).await;
    assert!(page.html().contains(&at(GENERAL, his.position, "delete")));
    assert!(!page.html().contains(&at(GENERAL, his.position, "edit")));
}

#[tokio::test]
async fn strangers_and_what_isnt_there_are_answered_alike() {
    let (house, anna, bob) = House::of_two().await;
    let room = anna.make_room("Two", "invited").await;
    let said = anna.say(room, "a secret").await;
    let secret = at(room, said.position, "actions");
    for path in [
        &secret,
        "/rooms/999/1/actions",
        "/rooms/1/999/actions",
        "/rooms/1/1/dance",
        "/rooms/x/y/edit",
    ] {
        let page = bob.page(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.body.contains("a secret"));
    }
    for (end, fields) in [
        ("reply", vec![("text", "me too")]),
        ("edit", vec![("text", "mine now")]),
        ("delete", vec![]),
        ("restore", vec![]),
        ("react", vec![("give", "👍")]),
        ("pin", vec![("on", "true")]),
        ("forward", vec![("to", "1")]),
    ] {
        let answer = bob.submit(&at(room, said.position, end), &fields).await;
        assert_eq!(answer.status, 404, "{end}");
        assert!(!answer.body.contains("a secret"), "{end}");
    }
    assert_eq!(message(&anna, room, said.position).await, said);
    assert_eq!(bob.history(GENERAL).await.messages.len(), 0);
    let visitor = house.visitor().page(&secret).await;
    assert_eq!(visitor.status, 303);
    assert!(
        visitor.location().starts_with("/sign-in?next="),
        "{}",
        visitor.location()
    );
    // Another site's page sends nothing in one's name.
    let foreign = anna
        .request(reqwest::Method::POST, &at(room, said.position, "delete"))
        .header("sec-fetch-site", "cross-site");
    assert_eq!(send(foreign).await.status, 403);
    assert!(!message(&anna, room, said.position).await.deleted);
}

#[tokio::test]
async fn a_message_is_answered_once_and_what_is_refused_stays_typed() {
    let (_house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "Tea?").await;
    let path = at(GENERAL, said.position, "reply");
    let id = digital_messages::shared::ids::ClientId::new().to_string();
    let fields = [("client_id", id.as_str()), ("text", "Yes")];
    done(&bob, &path, &fields, "/rooms/1").await;
    done(&bob, &path, &fields, "/rooms/1").await;
    let page = anna.history(GENERAL).await;
    assert_eq!(page.messages.len(), 2, "sent twice it is one");
    assert_eq!(page.messages[1].reply_to, Some(said.position));

    let long = format!("{}end", "a".repeat(4_000));
    let refused = bob.submit(&path, &[("text", &long)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.html().contains(&long) && refused.html().contains("4003"));
    let empty = bob.submit(&path, &[("text", " ")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.html().contains("role=\"alert\""));
    // It has gone meanwhile: what was typed isn't lost, but has nothing to answer any more.
    anna.remove(GENERAL, said.position).await;
    assert_eq!(bob.page(&at(GENERAL, said.position, "actions")).await.status, 200);
}

#[tokio::test]
async fn ones_own_message_is_changed_and_its_earlier_texts_can_be_read() {
    let (_house, anna, bob) = House::of_two().await;
    let said = bob.say(GENERAL, "Tea at fife").await;
    let path = at(GENERAL, said.position, "edit");
    let there = format!("/rooms/1/{}", said.position);
    let mut annas = anna.greeted().await;
    done(&bob, &path, &[("text", "Tea at five")], &there).await;
    assert_eq!(annas.next_message().await.text, "Tea at five");
    let actions = at(GENERAL, said.position, "actions");
    // Its author and moderators.
    assert!(bob.page(&actions).await.html().contains("Tea at fife"));
    assert!(anna.page(&actions).await.html().contains("Tea at fife"));

    let theirs = anna.submit(&path, &[("text", "Coffee")]).await;
    assert_eq!(theirs.status, 403);
    let empty = bob.submit(&path, &[("text", "")]).await;
    assert_eq!(empty.status, 422);
    let hers = anna.say(GENERAL, "first").await;
    anna.edit(GENERAL, hers.position, "second").await;
    let his = bob.page(&at(GENERAL, hers.position, "actions")).await;
    assert!(!his.html().contains("first"), "not for other members");
    bob.remove(GENERAL, said.position).await;
    let gone = bob.submit(&path, &[("text", "Tea at six")]).await;
    assert_eq!(gone.status, 404);
    assert!(gone.html().contains("role=\"alert\""), "the page says it");
}

#[tokio::test]
async fn a_deletion_can_be_taken_back_for_a_while() {
    let (house, anna, bob) = House::of_two().await;
    let said = bob.say(GENERAL, "a slip").await;
    let actions = at(GENERAL, said.position, "actions");
    let restore = at(GENERAL, said.position, "restore");
    let offers = |page: Answer| page.html().contains(&format!("action=\"{restore}\""));
    let delete = at(GENERAL, said.position, "delete");
    done(&bob, &delete, &[], &actions).await;
    assert!(message(&anna, GENERAL, said.position).await.deleted);
    assert!(offers(bob.page(&actions).await));
    assert!(!offers(anna.page(&actions).await), "who hasn't deleted it");
    assert_eq!(anna.submit(&restore, &[]).await.status, 404);
    done(&bob, &restore, &[], &format!("/rooms/1/{}", said.position)).await;
    assert_eq!(message(&anna, GENERAL, said.position).await.text, "a slip");

    // As a moderator Anna may do both; Bob may not with hers.
    done(&anna, &delete, &[], &actions).await;
    let hers = anna.say(GENERAL, "hers").await;
    let refused = bob.submit(&at(GENERAL, hers.position, "delete"), &[]).await;
    assert_eq!(refused.status, 403);
    assert!(!message(&anna, GENERAL, hers.position).await.deleted);
    let mut database = house.database().await;
    sqlx::query("UPDATE messages SET deleted_at = deleted_at - 11000 WHERE deleted_at IS NOT NULL")
        .execute(&mut database)
        .await
        .unwrap();
    let late = anna.page(&actions).await;
    assert!(!late.html().contains("a slip") && !offers(late));
    let refused = anna.submit(&restore, &[]).await;
    assert_eq!(refused.status, 404);
    assert!(refused.html().contains("too late"), "{}", refused.html());
}

#[tokio::test]
async fn emoji_are_given_and_taken_back_by_the_same_form() {
    let (_house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "Tea?").await;
    let (path, actions) = (
        at(GENERAL, said.position, "react"),
        at(GENERAL, said.position, "actions"),
    );
    let there = format!("/rooms/1/{}", said.position);
    let pressed = |page: &Answer| page.html().matches("aria-pressed=\"true\"").count();
    let before = pressed(&bob.page(&actions).await);
    done(&bob, &path, &[("give", "👍")], &there).await;
    // A page from before: what is so already stays so.
    done(&bob, &path, &[("give", "👍")], &there).await;
    done(&bob, &path, &[("give", " 🦔 ")], &there).await;
    let page = bob.page(&actions).await;
    assert_eq!(pressed(&page), before + 2);
    assert!(
        page.html().contains("name=\"take\" value=\"🦔\""),
        "{}",
        page.html()
    );
    assert_eq!(pressed(&anna.page(&actions).await), before);
    assert!(
        anna.page(&actions).await.html().contains("href=\"/@bob\""),
        "who has reacted"
    );
    let reactions = message(&anna, GENERAL, said.position).await.reactions;
    assert_eq!((reactions.len(), reactions[0].count), (2, 1));
    done(&bob, &path, &[("take", "👍")], &there).await;
    done(&bob, &path, &[("take", "👍")], &there).await;
    assert_eq!(message(&anna, GENERAL, said.position).await.reactions.len(), 1);

    let refused = bob.submit(&path, &[("give", "thumbs up")]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.html().contains("value=\"thumbs up\"") && refused.html().contains("one emoji"));
}

#[tokio::test]
async fn a_message_is_pinned_and_passed_on() {
    let (_house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "Tea at five").await;
    let there = format!("/rooms/1/{}", said.position);
    let pin = at(GENERAL, said.position, "pin");
    done(&bob, &pin, &[("on", "true")], &there).await;
    assert!(message(&anna, GENERAL, said.position).await.pinned);
    done(&bob, &pin, &[("on", "false")], &there).await;
    assert!(!message(&anna, GENERAL, said.position).await.pinned);

    let direct = bob.direct("anna").await.room.id;
    let strange = anna.make_room("Hers", "invited").await;
    let forward = at(GENERAL, said.position, "forward");
    let page = bob.page(&at(GENERAL, said.position, "actions")).await.html();
    assert!(page.contains(&format!("<option value=\"{direct}\"")), "{page}");
    assert!(!page.contains("Hers"));
    let id = digital_messages::shared::ids::ClientId::new().to_string();
    let to = direct.to_string();
    let fields = [("client_id", id.as_str()), ("to", to.as_str())];
    done(&bob, &forward, &fields, &format!("/rooms/{direct}")).await;
    done(&bob, &forward, &fields, &format!("/rooms/{direct}")).await;
    let passed = anna.history(direct).await.messages;
    assert_eq!(passed.len(), 1);
    assert_eq!(
        (passed[0].text.as_str(), passed[0].forwarded_from),
        ("Tea at five", Some(anna.me.id))
    );
    // In a direct conversation it is the same.
    let shown = anna.page(&at(direct, passed[0].position, "actions")).await.html();
    assert!(
        shown.contains("Tea at five") && shown.contains("Forwarded"),
        "{shown}"
    );
    done(
        &anna,
        &at(direct, passed[0].position, "react"),
        &[("give", "🎉")],
        &format!("/rooms/{direct}/{}", passed[0].position),
    )
    .await;

    for (to, status) in [(strange.to_string(), 404), ("nowhere".into(), 400)] {
        let refused = bob.submit(&forward, &[("to", &to)]).await;
        assert_eq!(refused.status, status);
        assert!(refused.html().contains("role=\"alert\""));
    }
}

#[tokio::test]
async fn in_a_closed_room_nothing_is_offered_that_would_be_refused() {
    let (_house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "The end").await;
    anna.submit("/rooms/1/close", &[]).await;
    let page = bob.page(&at(GENERAL, said.position, "actions")).await.html();
    for end in ["reply", "react", "pin"] {
        assert!(!page.contains(&at(GENERAL, said.position, end)), "{end}");
    }
    let refused = bob
        .submit(&at(GENERAL, said.position, "reply"), &[("text", "Wait")])
        .await;
    assert_eq!(refused.status, Refusal::RoomClosed.status());
    assert!(refused.html().contains("role=\"alert\""));
}
