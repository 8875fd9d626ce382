//! What stands around a message: second thoughts, answers, words passed on, mentions, reactions, pins.

use super::harness::*;
use digital_messages::shared::ids::{ClientId, Position, RoomId};
use digital_messages::shared::live::{Catchup, Changes, Row, ToBrowser};
use digital_messages::shared::message::{
    EarlierText, Message, NewMessage, Origin, Pinned, Reaction, Responses,
};
use digital_messages::shared::refusal::Refusal;
use std::time::Duration;

fn reply(text: &str, to: Position) -> NewMessage {
    NewMessage {
        text: text.into(),
        reply_to: Some(to),
        ..NewMessage::default()
    }
}

async fn changes(of: &mut Live) -> Changes {
    match of.next().await {
        ToBrowser::Changes(changes) => changes,
        other => panic!("{other:?}"),
    }
}

fn message(changes: &Changes) -> &Message {
    match &changes.rows[..] {
        [Row::Message(message)] => message,
        other => panic!("{other:?}"),
    }
}

/// All that is stored of texts, wherever that is.
async fn texts_in(house: &House) -> String {
    let mut database = house.database().await;
    let mut all = Vec::new();
    for column in [
        "text FROM messages",
        "text FROM earlier_texts",
        "text FROM drafts",
        "emoji FROM reactions",
    ] {
        let sql = format!("SELECT {column}");
        let texts: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(&mut database)
            .await
            .unwrap();
        all.extend(texts);
    }
    all.join("\n")
}

#[tokio::test]
async fn a_deletion_is_taken_back_within_ten_seconds_and_then_the_text_is_gone() {
    let (house, anna, bob) = House::of_two().await;
    let kept = anna.say(GENERAL, "on second thoughts").await;
    let gone = anna.say(GENERAL, "a secret").await;
    anna.edit(GENERAL, gone.position, "a better secret").await;
    bob.react(GENERAL, gone.position, "👍", true).await;
    let mut live = bob.greeted().await;

    let tombstone: Message = anna.remove(GENERAL, kept.position).await.json();
    assert!(tombstone.deleted && tombstone.text.is_empty());
    assert_eq!(message(&changes(&mut live).await), &tombstone);
    assert_eq!(bob.restore(GENERAL, kept.position).await.status, 403, "another's");
    let back: Message = anna.restore(GENERAL, kept.position).await.json();
    assert_eq!(
        (back.text.as_str(), back.deleted, back.restored),
        ("on second thoughts", false, true)
    );
    assert_eq!(message(&changes(&mut live).await), &back);
    let again: Message = anna.restore(GENERAL, kept.position).await.json();
    assert_eq!(again, back, "what isn't deleted stays as it is");

    let version = anna
        .remove(GENERAL, gone.position)
        .await
        .json::<Message>()
        .version;
    assert!(!format!("{:?}", bob.history(GENERAL).await).contains("secret"));
    tokio::time::sleep(Duration::from_millis(11_500)).await;
    let left = texts_in(&house).await;
    assert!(!left.contains("secret") && !left.contains("👍"), "{left}");
    assert!(left.contains("on second thoughts"));
    let late = anna.restore(GENERAL, gone.position).await;
    assert_eq!(late.refusal(), Refusal::NotFound);
    let tombstone = anna.history(GENERAL).await.messages.pop().unwrap();
    assert_eq!((tombstone.version, tombstone.deleted), (version, true));
}

#[tokio::test]
async fn what_was_deleted_before_a_restart_goes_after_it() {
    let (mut house, anna, _) = House::of_two().await;
    let message = anna.say(GENERAL, "a secret").await;
    anna.remove(GENERAL, message.position).await;
    house.stop().await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(texts_in(&house).await.contains("a secret"));
    house.start_again().await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!texts_in(&house).await.contains("a secret"));
}

#[tokio::test]
async fn earlier_texts_are_kept_for_their_author() {
    let (_house, anna, bob) = House::of_two().await;
    let first = anna.say(GENERAL, "one").await;
    for text in ["two", "three"] {
        anna.edit(GENERAL, first.position, text).await;
    }
    let path = format!("rooms/{GENERAL}/messages/{}/earlier", first.position);
    let earlier: Vec<EarlierText> = anna.get(&path).await;
    let texts: Vec<&str> = earlier.iter().map(|earlier| earlier.text.as_str()).collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(earlier[0].written_at, first.posted_at);
    assert_eq!(bob.try_get(&path).await.status, 403);
}

#[tokio::test]
async fn an_answer_quotes_what_it_answers_as_that_is_now() {
    let (_house, anna, bob) = House::of_two().await;
    let asked = anna.say(GENERAL, "**Where** shall we meet?").await;
    let mut live = anna.greeted().await;
    let answer: Message = bob
        .post_message(GENERAL, &reply("At the river", asked.position))
        .await
        .json();
    assert_eq!(answer.reply_to, Some(asked.position));
    let heard = changes(&mut live).await;
    let quote = &heard.quotes[0];
    assert_eq!(
        (quote.position, quote.author, quote.excerpt.as_str()),
        (asked.position, asked.author, "Where shall we meet?")
    );

    anna.edit(GENERAL, asked.position, "When?").await;
    assert_eq!(bob.history(GENERAL).await.quotes[0].excerpt, "When?");
    anna.remove(GENERAL, asked.position).await;
    let quote = bob.history(GENERAL).await.quotes.remove(0);
    assert_eq!(quote.excerpt, "", "what was deleted isn't quoted");

    let nowhere = bob.post_message(GENERAL, &reply("To whom?", 4_000)).await;
    assert_eq!(nowhere.refusal(), Refusal::BadRequest);
}

#[tokio::test]
async fn words_are_passed_on_with_their_author_and_from_where_one_may_read() {
    let (house, anna, bob) = House::of_two().await;
    let carol = house.sign_up("carol").await;
    let secret = anna.make_room("Surprise", "invited").await;
    let said = anna.say(secret, "a cake").await;
    let forward = |position, text: &str| NewMessage {
        text: text.into(),
        forward: Some(Origin {
            room: secret,
            position,
        }),
        ..NewMessage::default()
    };
    let refused = carol
        .post_message(GENERAL, &forward(said.position, "a cake"))
        .await;
    assert_eq!(refused.refusal(), Refusal::NotFound, "she isn't in that room");

    anna.add(secret, "bob").await;
    let sent = forward(said.position, "words put into a mouth");
    let passed: Message = bob.post_message(GENERAL, &sent).await.json();
    assert_eq!(
        (passed.text.as_str(), passed.author, passed.forwarded_from),
        ("a cake", bob.me.id, Some(anna.me.id))
    );
    let again: Message = bob.post_message(GENERAL, &sent).await.json();
    assert_eq!(again, passed, "once for each client id");
    assert!(
        carol
            .history(GENERAL)
            .await
            .people
            .iter()
            .any(|person| person.id == anna.me.id)
    );

    anna.remove(secret, said.position).await;
    let gone = bob.post_message(GENERAL, &forward(said.position, "a cake")).await;
    assert_eq!(gone.refusal(), Refusal::NotFound);
}

#[tokio::test]
async fn members_who_are_named_have_it_counted_until_they_have_read_it() {
    let (house, anna, bob) = House::of_two().await;
    house.sign_up("carol").await;
    let secret = anna.make_room("Surprise", "invited").await;
    anna.add(secret, "bob").await;
    let counts = async || {
        let entry = bob.entry(secret).await;
        (entry.unread, entry.mentions)
    };
    let named = anna.say(secret, "@bob, @carol and @anna: a cake?").await;
    assert_eq!(
        named.mentions,
        [bob.me.id],
        "carol isn't here, and anna has said it"
    );
    let other = anna.say(secret, "anybody?").await;
    assert_eq!(counts().await, (2, 1));
    anna.remove(secret, named.position).await;
    assert_eq!(counts().await, (1, 0));
    anna.restore(secret, named.position).await;
    assert_eq!(counts().await, (2, 1));
    // Whoever is named later isn't called a second time.
    anna.edit(secret, other.position, "@bob, anybody?").await;
    assert_eq!(counts().await, (2, 1));
    let mut phone = bob.greeted().await;
    bob.read(secret, named.position).await;
    assert_eq!(counts().await, (1, 0));
    let ToBrowser::Read { unread, mentions, .. } = phone.next().await else {
        panic!("bob's other device wasn't told")
    };
    assert_eq!((unread, mentions), (1, 0));
}

#[tokio::test]
async fn reactions_are_sets_and_their_counts_are_everyones() {
    let (_house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "a cake").await;
    let mut live = anna.greeted().await;
    let liked: Message = bob.react(GENERAL, said.position, "👍", true).await.json();
    let one = Reaction {
        emoji: "👍".into(),
        count: 1,
    };
    assert_eq!(liked.reactions, std::slice::from_ref(&one));
    let heard = changes(&mut live).await;
    assert_eq!(message(&heard), &liked);
    assert_eq!(
        (heard.reacted[0].user, &heard.reacted[0].emoji[..]),
        (bob.me.id, &["👍".to_owned()][..])
    );
    // The same again changes nothing, and takes no version.
    let again: Message = bob.react(GENERAL, said.position, "👍", true).await.json();
    assert_eq!(again, liked);
    // An emoji without its mark is the same emoji.
    bob.react(GENERAL, said.position, "❤", true).await;
    let both: Message = anna.react(GENERAL, said.position, "❤️", true).await.json();
    assert_eq!(
        both.reactions,
        [
            one,
            Reaction {
                emoji: "❤️".into(),
                count: 2
            }
        ]
    );

    let page = bob.history(GENERAL).await;
    assert_eq!(page.reacted.len(), 1);
    assert_eq!(page.reacted[0].emoji, ["👍", "❤️"]);
    let path = format!("rooms/{GENERAL}/messages/{}/responses", said.position);
    let who: Responses = anna.get(&path).await;
    let names: Vec<(&str, usize)> = who
        .reacted
        .iter()
        .map(|(who, emoji)| (who.handle.as_str(), emoji.len()))
        .collect();
    assert_eq!(names, [("bob", 2), ("anna", 1)]);

    // Bob was away while his other device took one back.
    let epoch = bob.rooms().await.epoch;
    bob.react(GENERAL, said.position, "👍", false).await;
    anna.react(GENERAL, said.position, "🎉", true).await;
    let Catchup::Changes { changes, .. } = bob.changes(GENERAL, both.version, &epoch).await else {
        panic!("reset")
    };
    assert_eq!(changes.reacted.len(), 1, "his own set, and nobody else's");
    assert_eq!(changes.reacted[0].emoji, ["❤️"]);

    for none in ["", "x", "👍👍", ":thumbsup:"] {
        let refused = bob.react(GENERAL, said.position, none, true).await;
        assert_eq!(refused.refusal(), Refusal::BadRequest, "{none}");
    }
    anna.remove(GENERAL, said.position).await;
    assert_eq!(bob.react(GENERAL, said.position, "👍", true).await.status, 404);
}

#[tokio::test]
async fn under_one_message_there_is_room_for_twenty_emoji() {
    let (_house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "a cake").await;
    let some = "😀 😃 😄 😁 😆 😅 😂 🤣 😊 😇 🙂 🙃 😉 😌 😍 🥰 😘 😗 😙 😚";
    for emoji in some.split(' ') {
        assert_eq!(anna.react(GENERAL, said.position, emoji, true).await.status, 200);
    }
    let refused = bob.react(GENERAL, said.position, "🎉", true).await;
    assert_eq!(refused.refusal(), Refusal::TooMany { most: 20 });
    assert_eq!(bob.react(GENERAL, said.position, "😀", true).await.status, 200);
}

#[tokio::test]
async fn pins_are_the_rooms_and_are_listed_the_latest_first() {
    let (house, anna, bob) = House::of_two().await;
    let (one, two) = (anna.say(GENERAL, "one").await, anna.say(GENERAL, "two").await);
    let mut live = anna.greeted().await;
    for said in [&two, &one] {
        let pinned: Message = bob.pin(GENERAL, said.position, true).await.json();
        assert!(pinned.pinned);
        assert_eq!(message(&changes(&mut live).await), &pinned);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let texts = async || {
        let pinned: Pinned = bob.get(&format!("rooms/{GENERAL}/pins")).await;
        pinned
            .messages
            .into_iter()
            .map(|message| message.text)
            .collect::<Vec<_>>()
    };
    assert_eq!(texts().await, ["one", "two"]);
    anna.pin(GENERAL, one.position, false).await;
    assert_eq!(texts().await, ["two"]);
    anna.remove(GENERAL, two.position).await;
    assert!(texts().await.is_empty());
    let secret = anna.make_room("Surprise", "invited").await;
    let carol = house.sign_up("carol").await;
    assert_eq!(carol.try_get(&format!("rooms/{secret}/pins")).await.status, 404);
}

/// Whoever came later sees nothing of what was before, wherever it would show.
#[tokio::test]
async fn who_sees_a_room_since_they_joined_hears_nothing_of_what_was_before() {
    let (house, anna, bob) = House::of_two().await;
    let secret = anna.make_room("Surprise", "invited").await;
    let before = anna.say(secret, "a secret cake").await;
    anna.pin(secret, before.position, true).await;
    anna.add(secret, "bob").await;
    let mut database = house.database().await;
    sqlx::query("UPDATE memberships SET sees_from = joined_version WHERE room_id = $1 AND user_id = $2")
        .bind(secret.0)
        .bind(bob.me.id.0)
        .execute(&mut database)
        .await
        .unwrap();
    let mut live = bob.greeted().await;
    assert_eq!(bob.entry(secret).await.last, None);
    assert!(bob.history(secret).await.messages.is_empty());
    let page = bob.page(&format!("/rooms/{secret}")).await;
    assert!(!page.body.contains("secret cake"));
    let pins: Pinned = bob.get(&format!("rooms/{secret}/pins")).await;
    assert!(pins.messages.is_empty());

    // A change of it moves his number, and brings nothing.
    let epoch = bob.rooms().await.epoch;
    let edited: Message = anna.edit(secret, before.position, "a secret pie").await.json();
    let heard = changes(&mut live).await;
    assert_eq!((heard.through, heard.rows.len()), (edited.version, 0));
    let answer: Message = anna
        .post_message(secret, &reply("with apples", before.position))
        .await
        .json();
    let heard = changes(&mut live).await;
    assert_eq!(message(&heard), &answer);
    assert!(heard.quotes.is_empty());
    let Catchup::Changes { changes, current } = bob.changes(secret, edited.version - 1, &epoch).await else {
        panic!("reset")
    };
    assert_eq!(
        (changes.rows.len(), changes.quotes.len(), current),
        (1, 0, answer.version)
    );
    for refused in [
        bob.react(secret, before.position, "👍", true).await,
        bob.pin(secret, before.position, false).await,
        bob.try_get(&format!("rooms/{secret}/messages/{}/responses", before.position))
            .await,
    ] {
        assert_eq!(refused.status, 404);
    }
    let passed = NewMessage {
        text: "?".into(),
        forward: Some(Origin {
            room: secret,
            position: before.position,
        }),
        ..NewMessage::default()
    };
    assert_eq!(bob.post_message(GENERAL, &passed).await.status, 404);
    assert_eq!(
        bob.post_message(secret, &reply("?", before.position))
            .await
            .status,
        400
    );
}

/// Only its author knows of a message that is withheld; the others' numbers go on.
#[tokio::test]
async fn what_is_withheld_only_its_author_sees() {
    let (house, anna, bob) = House::of_two().await;
    let said = anna.say(GENERAL, "into the void").await;
    let mut database = house.database().await;
    sqlx::query("UPDATE messages SET withheld = 1 WHERE position = $1")
        .bind(said.position)
        .execute(&mut database)
        .await
        .unwrap();
    let (mut hers, mut his) = (anna.greeted().await, bob.greeted().await);
    let edited: Message = anna
        .edit(GENERAL, said.position, "still into the void")
        .await
        .json();
    assert_eq!(message(&changes(&mut hers).await), &edited);
    let heard = changes(&mut his).await;
    assert_eq!((heard.through, heard.rows.len()), (edited.version, 0));
    assert!(bob.history(GENERAL).await.messages.is_empty());
    let entry = bob.entry(GENERAL).await;
    assert_eq!((entry.unread, entry.last), (0, None));
    assert_eq!(anna.history(GENERAL).await.messages, [edited]);
    assert_eq!(bob.react(GENERAL, said.position, "👍", true).await.status, 404);
}

#[tokio::test]
async fn an_unknown_client_id_with_a_silent_message_is_told_as_silent() {
    let (_house, anna, bob) = House::of_two().await;
    let mut live = bob.greeted().await;
    let quiet = NewMessage {
        client_id: ClientId::new(),
        text: "shh".into(),
        silent: true,
        ..NewMessage::default()
    };
    let posted: Message = anna.post_message(GENERAL, &quiet).await.json();
    assert!(posted.silent && message(&changes(&mut live).await).silent);
}

#[tokio::test]
async fn in_a_room_that_one_is_not_in_nothing_can_be_done_with_messages() {
    let (house, anna, _) = House::of_two().await;
    let secret: RoomId = anna.make_room("Surprise", "invited").await;
    let said = anna.say(secret, "a cake").await;
    let carol = house.sign_up("carol").await;
    for refused in [
        carol.react(secret, said.position, "👍", true).await,
        carol.pin(secret, said.position, true).await,
        carol.remove(secret, said.position).await,
        carol.restore(secret, said.position).await,
        carol.edit(secret, said.position, "no cake").await,
        carol
            .try_get(&format!("rooms/{secret}/messages/{}/earlier", said.position))
            .await,
    ] {
        assert_eq!(refused.status, 404);
    }
}
