//! Messages that are to be posted later: once, in order, whatever happens meanwhile.

use crate::harness::{Answer, GENERAL, House, Live, Person};
use digital_messages::shared::draft::Draft;
use digital_messages::shared::ids::{ClientId, Millis, RoomId, now};
use digital_messages::shared::live::ToBrowser;
use digital_messages::shared::message::Message;
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::scheduled::{Arranged, Scheduled};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;
use std::time::Duration;

const HOUR: Millis = 60 * 60 * 1_000;
const YEAR: Millis = 365 * 24 * HOUR;
/// Soon enough for a test, late enough to do something before.
const SOON: Millis = 700;

fn new(id: ClientId, text: &str, due_at: Millis) -> Value {
    json!({"client_id": id, "text": text, "due_at": due_at})
}

async fn try_schedule(person: &Person, room: RoomId, new: Value) -> Answer {
    person.post(&format!("rooms/{room}/scheduled"), new).await
}

async fn schedule(person: &Person, text: &str, due_at: Millis) -> Scheduled {
    let answer = try_schedule(person, GENERAL, new(ClientId::new(), text, due_at)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    match answer.json() {
        Arranged::Scheduled(scheduled) => scheduled,
        other => panic!("{other:?}"),
    }
}

async fn waiting(person: &Person) -> Vec<Scheduled> {
    person.get("scheduled").await
}

async fn change(person: &Person, id: ClientId, to: Value) -> Answer {
    person
        .api(Method::PUT, &format!("scheduled/{id}"), Some(to))
        .await
}

async fn cancel(person: &Person, id: ClientId) -> u16 {
    person
        .api(Method::DELETE, &format!("scheduled/{id}"), None)
        .await
        .status
}

async fn send_now(person: &Person, id: ClientId) -> Answer {
    person
        .api(Method::POST, &format!("scheduled/{id}/send"), None)
        .await
}

/// How many there are, and how many of these couldn't be posted, as a device hears it next.
async fn heard(live: &mut Live) -> (u32, u32) {
    loop {
        if let ToBrowser::Own { room, own } = live.next().await {
            assert_eq!(room, GENERAL);
            return (own.scheduled, own.scheduled_failed);
        }
    }
}

async fn counts(person: &Person) -> (u32, u32) {
    let own = person.entry(GENERAL).await.own;
    (own.scheduled, own.scheduled_failed)
}

async fn texts(person: &Person, room: RoomId) -> Vec<String> {
    let page = person.history(room).await;
    page.messages.into_iter().map(|message| message.text).collect()
}

/// Makes one due that was scheduled for later, as if its time had come; whoever is next sees it.
async fn make_due(house: &House, text: &str, due_at: Millis) {
    let changed = sqlx::query("UPDATE scheduled SET due_at = $2 WHERE text = $1")
        .bind(text)
        .bind(due_at)
        .execute(&mut house.database().await)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1, "{text}");
}

#[tokio::test]
async fn what_is_due_is_posted_once_under_its_client_id() {
    let (house, anna, bob) = House::of_two().await;
    let mut annas = house.sign_in("anna").await.greeted().await;
    let mut bobs = bob.greeted().await;
    let answered = bob.say(GENERAL, "When?").await;
    let new = json!({"client_id": ClientId::new(), "text": " Now ", "due_at": now() + SOON,
                     "silent": true, "reply_to": answered.position});
    let scheduled: Arranged = try_schedule(&anna, GENERAL, new).await.json();
    let Arranged::Scheduled(scheduled) = scheduled else {
        panic!("{scheduled:?}")
    };
    assert_eq!((scheduled.text.as_str(), scheduled.failed.clone()), ("Now", None));
    assert_eq!(waiting(&anna).await, std::slice::from_ref(&scheduled));
    assert_eq!(heard(&mut annas).await, (1, 0));
    assert_eq!(counts(&anna).await, (1, 0));
    assert_eq!(texts(&anna, GENERAL).await, ["When?"], "not yet");

    assert_eq!(bobs.next_message().await, answered);
    let message = bobs.next_message().await;
    assert!(message.posted_at >= scheduled.due_at, "{message:?}");
    assert_eq!(
        (
            message.client_id,
            message.text.as_str(),
            message.silent,
            message.reply_to
        ),
        (scheduled.client_id, "Now", true, Some(answered.position))
    );
    assert_eq!(heard(&mut annas).await, (0, 0));
    assert_eq!((waiting(&anna).await.len(), counts(&anna).await), (0, (0, 0)));
    // A request to schedule it that was on its way all the time finds it posted.
    let again = json!({"client_id": scheduled.client_id, "text": "Now", "due_at": scheduled.due_at});
    assert_eq!(
        try_schedule(&anna, GENERAL, again).await.json::<Arranged>(),
        Arranged::Message(message)
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(texts(&bob, GENERAL).await, ["When?", "Now"]);
}

#[tokio::test]
async fn what_fell_due_while_the_server_was_away_goes_at_its_start_in_order() {
    let (mut house, anna, bob) = House::of_two().await;
    for text in ["third", "first", "second", "later"] {
        schedule(&anna, text, now() + HOUR).await;
    }
    schedule(&bob, "second, too", now() + HOUR).await;
    house.stop().await;
    let at = now() - HOUR;
    for (text, due_at) in [
        ("third", at + 3),
        ("first", at + 1),
        ("second", at + 2),
        ("second, too", at + 2),
    ] {
        make_due(&house, text, due_at).await;
    }
    house.start_again().await;
    let (anna, bob) = (house.again(&anna), house.again(&bob));
    let expected = ["first", "second", "second, too", "third"];
    for _ in 0..100 {
        if texts(&bob, GENERAL).await.len() == expected.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(texts(&bob, GENERAL).await, expected);
    assert_eq!((counts(&anna).await, counts(&bob).await), ((1, 0), (0, 0)));
    // And nothing of it goes once more.
    house.stop().await;
    house.start_again().await;
    let bob = house.again(&bob);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(texts(&bob, GENERAL).await, expected);
}

#[tokio::test]
async fn what_cannot_be_posted_stays_with_the_reason_and_holds_nothing_up() {
    let (_house, anna, bob) = House::of_two().await;
    let closed = anna.make_room("Closed soon", "invited").await;
    let gone = anna.make_room("Gone soon", "open").await;
    bob.join(gone).await;
    anna.add(closed, "bob").await;
    let due_at = now() + SOON;
    let mut ids = Vec::new();
    for (room, text, due_at) in [
        (closed, "to the closed", due_at),
        (gone, "to the left", due_at),
        (GENERAL, "after them", due_at + 1),
    ] {
        let id = ClientId::new();
        assert_eq!(try_schedule(&bob, room, new(id, text, due_at)).await.status, 200);
        ids.push(id);
    }
    bob.leave(gone).await;
    let answer = anna
        .api(Method::POST, &format!("rooms/{closed}/close"), None)
        .await;
    assert_eq!(answer.status, 200);
    let mut annas = anna.greeted().await;
    assert_eq!(annas.next_message().await.text, "after them");

    let kept = waiting(&bob).await;
    let why: Vec<_> = kept
        .iter()
        .map(|one| (one.text.as_str(), one.failed.clone()))
        .collect();
    assert_eq!(
        why,
        [
            ("to the closed", Some(Refusal::RoomClosed)),
            ("to the left", Some(Refusal::NotFound))
        ]
    );
    let own = bob.entry(closed).await.own;
    assert_eq!((own.scheduled, own.scheduled_failed), (1, 1));
    assert_eq!(bob.try_get(&format!("rooms/{gone}/scheduled")).await.status, 404);
    // It can't be sent as long as nothing has changed.
    assert_eq!(send_now(&bob, ids[0]).await.refusal(), Refusal::RoomClosed);
    assert_eq!(
        anna.api(Method::POST, &format!("rooms/{closed}/reopen"), None)
            .await
            .status,
        200
    );
    assert_eq!(
        send_now(&bob, ids[0]).await.json::<Message>().text,
        "to the closed"
    );
    // The other one waits anew, with another time.
    let to = json!({"text": "to the left", "due_at": now() + HOUR});
    let changed: Scheduled = change(&bob, ids[1], to).await.json();
    assert_eq!(changed.failed, None);
    assert_eq!(cancel(&bob, ids[1]).await, 204);
    assert_eq!(waiting(&bob).await, []);
    assert_eq!(bob.entry(closed).await.own.scheduled, 0);
}

#[tokio::test]
async fn it_goes_without_the_quote_when_what_it_answers_is_gone() {
    let (_house, anna, bob) = House::of_two().await;
    let answered = bob.say(GENERAL, "Hasty").await;
    let new = json!({"client_id": ClientId::new(), "text": "Indeed", "due_at": now() + SOON,
                     "reply_to": answered.position});
    assert_eq!(try_schedule(&anna, GENERAL, new).await.status, 200);
    assert_eq!(bob.remove(GENERAL, answered.position).await.status, 200);
    let mut bobs = bob.greeted().await;
    let message = bobs.next_message().await;
    assert_eq!((message.text.as_str(), message.reply_to), ("Indeed", None));
}

#[tokio::test]
async fn what_waits_can_be_changed_sent_and_taken_back() {
    let (house, anna, bob) = House::of_two().await;
    let mut phone = house.sign_in("anna").await.greeted().await;
    let one = schedule(&anna, "one", now() + HOUR).await;
    let two = schedule(&anna, "two", now() + 2 * HOUR).await;
    assert_eq!(
        (heard(&mut phone).await, heard(&mut phone).await),
        ((1, 0), (2, 0))
    );
    let to = json!({"text": "one, later", "due_at": now() + 3 * HOUR, "silent": true});
    let changed: Scheduled = change(&anna, one.client_id, to.clone()).await.json();
    assert_eq!(
        (changed.text.as_str(), changed.silent, changed.version),
        ("one, later", true, 2)
    );
    assert_eq!(heard(&mut phone).await, (2, 0), "other devices look again");
    let same: Scheduled = change(&anna, one.client_id, to).await.json();
    assert_eq!(same, changed, "it is so already");
    let order: Vec<_> = waiting(&anna).await.into_iter().map(|one| one.text).collect();
    assert_eq!(order, ["two", "one, later"]);

    let sent: Message = send_now(&anna, one.client_id).await.json();
    assert_eq!(
        (sent.text.as_str(), sent.client_id, sent.silent),
        ("one, later", one.client_id, true)
    );
    assert_eq!(
        send_now(&anna, one.client_id).await.json::<Message>(),
        sent,
        "twice is as once"
    );
    assert_eq!(heard(&mut phone).await, (1, 0));
    assert_eq!(
        change(&anna, one.client_id, json!({"text": "x", "due_at": now() + HOUR}))
            .await
            .status,
        404
    );
    assert_eq!(
        cancel(&anna, one.client_id).await,
        404,
        "what is posted is deleted like any message"
    );

    assert_eq!(
        (
            cancel(&anna, two.client_id).await,
            cancel(&anna, two.client_id).await
        ),
        (204, 204)
    );
    assert_eq!(heard(&mut phone).await, (0, 0));
    // A request that comes late doesn't bring it back, in no way.
    assert_eq!(
        try_schedule(&anna, GENERAL, new(two.client_id, "two", two.due_at))
            .await
            .status,
        410
    );
    assert_eq!(anna.try_say(GENERAL, two.client_id, "two").await.status, 410);
    assert_eq!(texts(&bob, GENERAL).await, ["one, later"]);
}

#[tokio::test]
async fn what_is_put_forward_goes_at_its_new_time() {
    let (_house, anna, bob) = House::of_two().await;
    let mut bobs = bob.greeted().await;
    let one = schedule(&anna, "soon", now() + HOUR).await;
    let due_at = now() + SOON;
    let to = json!({"text": "now", "due_at": due_at});
    assert_eq!(change(&anna, one.client_id, to).await.status, 200);
    let message = bobs.next_message().await;
    assert_eq!(message.text, "now");
    assert!(message.posted_at >= due_at, "{message:?}");
}

#[tokio::test]
async fn what_waits_is_nobody_elses() {
    let (_house, anna, bob) = House::of_two().await;
    let mut bobs = bob.greeted().await;
    let one = schedule(&anna, "secret", now() + HOUR).await;
    assert_eq!(waiting(&bob).await, []);
    let theirs: Vec<Scheduled> = bob.get(&format!("rooms/{GENERAL}/scheduled")).await;
    assert_eq!((theirs, counts(&bob).await), (vec![], (0, 0)));
    let to = json!({"text": "mine", "due_at": now() + HOUR});
    assert_eq!(change(&bob, one.client_id, to).await.refusal(), Refusal::NotFound);
    assert_eq!(cancel(&bob, one.client_id).await, 404);
    assert_eq!(send_now(&bob, one.client_id).await.refusal(), Refusal::NotFound);
    // The same id is another message of another author.
    assert_eq!(
        try_schedule(&bob, GENERAL, new(one.client_id, "own", now() + HOUR))
            .await
            .status,
        200
    );
    assert_eq!(cancel(&bob, one.client_id).await, 204);
    assert_eq!(waiting(&anna).await, [one]);
    assert_eq!(
        heard(&mut bobs).await,
        (1, 0),
        "Bob's own is all that he hears of"
    );
    let secret = anna.make_room("Secret", "invited").await;
    for room in [secret, RoomId(99)] {
        let answer = try_schedule(&bob, room, new(ClientId::new(), "let me in", now() + HOUR)).await;
        assert_eq!(answer.refusal(), Refusal::NotFound);
        assert_eq!(bob.try_get(&format!("rooms/{room}/scheduled")).await.status, 404);
    }
}

#[tokio::test]
async fn a_client_id_names_one_message_be_it_scheduled_or_sent() {
    let (house, anna, bob) = House::of_two().await;
    let one = schedule(&anna, "Hello", now() + HOUR).await;
    let id = one.client_id;
    // Repeated, whatever time it says.
    let again = try_schedule(&anna, GENERAL, new(id, "Hello", now() + 2 * HOUR)).await;
    assert_eq!(again.json::<Arranged>(), Arranged::Scheduled(one));
    assert_eq!(
        try_schedule(&anna, GENERAL, new(id, "Bye", now() + HOUR))
            .await
            .refusal(),
        Refusal::ClientIdTaken
    );
    // Another device has the same draft, and sends it: now, and once.
    assert_eq!(
        anna.try_say(GENERAL, id, "Hello, all").await.refusal(),
        Refusal::ClientIdTaken
    );
    let sent: Message = anna.try_say(GENERAL, id, "Hello").await.json();
    assert_eq!((sent.client_id, waiting(&anna).await.len()), (id, 0));
    assert_eq!(texts(&bob, GENERAL).await, ["Hello"]);

    // What was changed since it was scheduled is known by the text that it came with.
    let two = schedule(&anna, "two", now() + HOUR).await;
    change(
        &anna,
        two.client_id,
        json!({"text": "two and a half", "due_at": two.due_at}),
    )
    .await;
    let again = try_schedule(&anna, GENERAL, new(two.client_id, "two", two.due_at))
        .await
        .json();
    assert!(matches!(again, Arranged::Scheduled(now) if now.text == "two and a half"));
    let sent: Message = send_now(&anna, two.client_id).await.json();
    assert_eq!(
        anna.try_say(GENERAL, two.client_id, "two")
            .await
            .json::<Message>(),
        sent
    );

    // Taken back before anything was known of it, or while it waits.
    let three = schedule(&anna, "three", now() + HOUR).await;
    let withdrawn = anna
        .api(Method::PUT, &format!("withdrawals/{}", three.client_id), None)
        .await;
    assert_eq!(
        (withdrawn.status, waiting(&anna).await.len(), counts(&anna).await),
        (204, 0, (0, 0))
    );
    assert_eq!(
        try_schedule(&anna, GENERAL, new(three.client_id, "three", now() + HOUR))
            .await
            .status,
        410
    );
    let mut database = house.database().await;
    let rows = sqlx::query("SELECT count(*) FROM scheduled")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(rows.get::<i64, _>(0), 0);
}

#[tokio::test]
async fn what_is_scheduled_is_a_draft_no_longer() {
    let (house, anna) = House::new().await;
    let mut phone = house.sign_in("anna").await.greeted().await;
    let id = ClientId::new();
    let save = async |text: &str| {
        let draft = json!({"client_id": id, "text": text});
        anna.api(Method::PUT, "rooms/1/draft", Some(draft)).await.status
    };
    assert_eq!(save("Tomorrow").await, 204);
    assert_eq!(
        try_schedule(&anna, GENERAL, new(id, "Tomorrow", now() + HOUR))
            .await
            .status,
        200
    );
    let mut drafts: Vec<Option<Draft>> = Vec::new();
    while drafts.len() < 2 {
        if let ToBrowser::Draft { draft, .. } = phone.next().await {
            drafts.push(draft);
        }
    }
    assert!(drafts[0].is_some() && drafts[1].is_none(), "{drafts:?}");
    // A device that was slow saves what it had; what it typed on since is another message.
    assert_eq!(save("Tomorrow").await, 204);
    assert_eq!(save("Tomorrow, or").await, 409);
    assert_eq!(anna.entry(GENERAL).await.draft, None);
}

#[tokio::test]
async fn the_time_and_the_number_have_limits() {
    let (_house, anna) = House::new().await;
    for due_at in [0, -1, now() - 1, now() + 2 * YEAR, Millis::MAX, Millis::MIN] {
        let answer = try_schedule(&anna, GENERAL, new(ClientId::new(), "when?", due_at)).await;
        assert_eq!(answer.refusal(), Refusal::TimeInvalid, "{due_at}");
    }
    let first = schedule(&anna, "in a year", now() + YEAR).await;
    let past = json!({"text": "in a year", "due_at": now() - 1});
    assert_eq!(
        change(&anna, first.client_id, past).await.refusal(),
        Refusal::TimeInvalid
    );
    let long = try_schedule(
        &anna,
        GENERAL,
        new(ClientId::new(), &"ы".repeat(4_001), now() + HOUR),
    )
    .await;
    assert_eq!(long.status, 422);
    assert_eq!(
        try_schedule(&anna, GENERAL, new(ClientId::new(), " ", now() + HOUR))
            .await
            .refusal(),
        Refusal::TextEmpty
    );
    let answer = try_schedule(
        &anna,
        GENERAL,
        json!({"client_id": ClientId::new(), "text": "to nothing",
        "due_at": now() + HOUR, "reply_to": 999}),
    )
    .await;
    assert_eq!(answer.refusal(), Refusal::BadRequest);
    for number in 1..100 {
        schedule(&anna, &format!("{number}"), now() + HOUR + number).await;
    }
    let answer = try_schedule(&anna, GENERAL, new(ClientId::new(), "one more", now() + HOUR)).await;
    assert_eq!(answer.refusal(), Refusal::TooMany { most: 100 });
    assert_eq!(cancel(&anna, first.client_id).await, 204);
    schedule(&anna, "one more", now() + HOUR).await;
}

#[tokio::test]
async fn scheduling_has_the_rate_of_posting() {
    let house = House::with(|config| config.rate_limits = true).await;
    let anna = house.first_run("anna").await;
    let id = ClientId::new();
    let mut refused = None;
    for _ in 0..80 {
        let answer = try_schedule(&anna, GENERAL, new(id, "again", now() + HOUR)).await;
        if answer.status != 200 {
            refused = Some((answer.status, answer.header("retry-after").to_owned()));
            break;
        }
    }
    assert_eq!(refused, Some((429, "1".into())));
}

#[tokio::test]
async fn forms_do_it_without_scripts() {
    let (_house, anna, bob) = House::of_two().await;
    let zone = ("cookie", format!("session={}; zone=180", anna.token));
    let submit = async |path: &str, fields: &[(&str, &str)]| {
        let request = anna
            .http
            .request(Method::POST, anna.url(path))
            .header("accept", "text/html");
        let request = request
            .header("sec-fetch-site", "same-origin")
            .header(zone.0, &zone.1);
        crate::harness::send(request.form(fields)).await
    };
    let in_moscow = |at: Millis| {
        let zone = digital_messages::shared::zone::Zone::parse("180").unwrap();
        zone.local(at).in_field()
    };
    let path = format!("/rooms/{GENERAL}");
    let silent = submit(&path, &[("text", "quietly"), ("silent", "on"), ("due", "")]).await;
    assert_eq!((silent.status, silent.location()), (303, path.as_str()));
    assert!(bob.history(GENERAL).await.messages[0].silent);

    let (due, list) = (now() + 24 * HOUR, format!("{path}/scheduled"));
    let fields = [("text", "tomorrow"), ("due", &in_moscow(due)), ("later", "")];
    let answer = submit(&path, &fields).await;
    assert_eq!((answer.status, answer.location()), (303, list.as_str()));
    let one = waiting(&anna).await.remove(0);
    assert_eq!(
        (one.text.as_str(), one.due_at / 60_000),
        ("tomorrow", due / 60_000)
    );
    // Enter in the field of the time presses the button that sends.
    let answer = submit(&path, &[("text", "by Enter"), ("due", &in_moscow(due))]).await;
    assert_eq!(answer.location(), list.as_str());
    let by_enter = waiting(&anna).await.remove(1);
    assert_eq!(cancel(&anna, by_enter.client_id).await, 204);
    // What was refused comes back as it was typed.
    let wrong = submit(
        &path,
        &[("text", "never"), ("due", "2020-01-01T10:00"), ("later", "")],
    )
    .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.html().contains("never") && wrong.html().contains("2020-01-01T10:00"));

    let page = anna.page(&list).await;
    assert!(
        page.status == 200 && page.html().contains("tomorrow"),
        "{}",
        page.body
    );
    let id = one.client_id.to_string();
    let later = in_moscow(due + HOUR);
    let change = [
        ("client_id", id.as_str()),
        ("do", "change"),
        ("text", "after all"),
        ("due", &later),
    ];
    assert_eq!(submit(&list, &change).await.status, 303);
    let one = waiting(&anna).await.remove(0);
    assert_eq!(
        (one.text.as_str(), one.due_at / 60_000),
        ("after all", (due + HOUR) / 60_000)
    );
    let wrong = submit(
        &list,
        &[
            ("client_id", id.as_str()),
            ("do", "change"),
            ("text", "kept"),
            ("due", ""),
        ],
    )
    .await;
    assert!(
        wrong.status == 422 && wrong.html().contains("kept"),
        "{}",
        wrong.status
    );

    assert_eq!(
        submit("/scheduled", &[("client_id", id.as_str()), ("do", "send")])
            .await
            .status,
        303
    );
    assert_eq!(texts(&bob, GENERAL).await, ["quietly", "after all"]);
    let two = schedule(&anna, "two", now() + HOUR).await;
    let id = two.client_id.to_string();
    assert_eq!(
        submit(&list, &[("client_id", id.as_str()), ("do", "cancel")])
            .await
            .status,
        303
    );
    assert_eq!(waiting(&anna).await, []);
    // To somebody with whom nothing has begun yet.
    let fields = [
        ("text", "happy birthday"),
        ("due", &in_moscow(due)),
        ("later", ""),
    ];
    let answer = submit("/@bob", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.location().ends_with("/scheduled"));
    assert_eq!(waiting(&anna).await.len(), 1);
}
