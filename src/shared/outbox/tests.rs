//! What becomes of a message between its writing and its answer.

use super::super::ids::UserId;
use super::*;

const ROOM: RoomId = RoomId(1);

fn new(client_id: ClientId, text: &str) -> NewMessage {
    NewMessage {
        client_id,
        text: text.into(),
        ..NewMessage::default()
    }
}

fn outbox(texts: &[&str]) -> (Outbox, Vec<ClientId>) {
    let mut outbox = Outbox::default();
    let ids: Vec<ClientId> = texts.iter().map(|_| ClientId::new()).collect();
    for (id, text) in ids.iter().zip(texts) {
        outbox.push(ROOM, new(*id, text), 100);
        outbox.kept(*id, true);
    }
    (outbox, ids)
}

fn sent(outbox: &mut Outbox) -> Entry {
    outbox.next(ROOM).expect("something to send")
}

fn shown(outbox: &Outbox) -> Vec<String> {
    outbox.of(ROOM).into_iter().map(|pending| pending.text).collect()
}

fn message(client_id: ClientId, text: &str) -> Message {
    Message {
        position: 7,
        version: 7,
        author: UserId(1),
        client_id,
        posted_at: 50,
        text: text.into(),
        ..Message::default()
    }
}

#[test]
fn one_message_at_a_time_leaves_a_room() {
    let (mut outbox, ids) = outbox(&["first", "second"]);
    let first = sent(&mut outbox);
    assert_eq!(first.client_id, ids[0]);
    assert_eq!(outbox.next(ROOM), None);
    assert!(outbox.done(&first));
    assert_eq!(sent(&mut outbox).client_id, ids[1]);
}

#[test]
fn nothing_is_sent_before_it_is_kept() {
    let mut outbox = Outbox::default();
    let id = ClientId::new();
    outbox.push(ROOM, new(id, "text"), 1);
    assert_eq!(outbox.next(ROOM), None);
    assert_eq!(outbox.waiting(), 1);
    outbox.kept(id, true);
    assert_eq!(sent(&mut outbox).client_id, id);
}

#[test]
fn the_order_is_that_of_writing_even_where_the_clock_goes_back() {
    let mut outbox = Outbox::default();
    for (text, now) in [("one", 5_000), ("two", 10), ("three", 5_000)] {
        outbox.push(ROOM, new(ClientId::new(), text), now);
    }
    assert_eq!(shown(&outbox), ["one", "two", "three"]);
}

#[test]
fn a_failure_that_passes_keeps_the_order() {
    let (mut outbox, ids) = outbox(&["first", "second"]);
    let first = sent(&mut outbox);
    assert_eq!(
        outbox.failed(&first, &Refusal::Offline),
        Failed::Later(FIRST_PAUSE)
    );
    assert_eq!(outbox.next(ROOM), None);
    outbox.resume(ROOM);
    let again = sent(&mut outbox);
    assert_eq!(again.client_id, ids[0]);
    assert_eq!(
        outbox.failed(&again, &Refusal::Unavailable),
        Failed::Later(FIRST_PAUSE * 2)
    );
}

#[test]
fn a_pause_lasts_as_long_as_the_server_asks() {
    let (mut outbox, _) = outbox(&["text"]);
    let entry = sent(&mut outbox);
    let refusal = Refusal::TooFast {
        retry_after_seconds: 7,
    };
    assert_eq!(
        outbox.failed(&entry, &refusal),
        Failed::Later(Duration::from_secs(7))
    );
}

#[test]
fn a_refused_message_steps_aside_and_can_be_sent_again() {
    let (mut outbox, ids) = outbox(&["first", "second"]);
    let first = sent(&mut outbox);
    assert!(matches!(
        outbox.failed(&first, &Refusal::NotAllowed),
        Failed::Refused(_)
    ));
    assert_eq!(outbox.of(ROOM)[0].refused, Some(Refusal::NotAllowed));
    let second = sent(&mut outbox);
    assert_eq!(second.client_id, ids[1]);
    outbox.done(&second);
    assert!(outbox.retry(ids[0], 0).is_some());
    outbox.kept(ids[0], true);
    let again = sent(&mut outbox);
    assert_eq!((again.client_id, again.refused.clone()), (ids[0], None));
    outbox.done(&again);
    assert_eq!(outbox.rooms(), []);
}

#[test]
fn a_refused_message_can_be_thrown_away_and_the_server_need_not_know() {
    let (mut outbox, ids) = outbox(&["text"]);
    let entry = sent(&mut outbox);
    outbox.failed(&entry, &Refusal::NotFound);
    assert!(!outbox.discard(ids[0]).unwrap().withdrawn);
    assert_eq!(outbox.rooms(), []);
}

#[test]
fn a_message_thrown_away_on_its_way_is_withdrawn() {
    let (mut outbox, ids) = outbox(&["first", "second"]);
    let first = sent(&mut outbox);
    assert!(outbox.discard(ids[0]).unwrap().withdrawn);
    assert_eq!(shown(&outbox), ["second"]);
    // The answer of its sending comes, and is not the end of it.
    assert!(!outbox.done(&first));
    outbox.kept(ids[0], true);
    let withdrawal = sent(&mut outbox);
    assert_eq!((withdrawal.client_id, withdrawal.withdrawn), (ids[0], true));
    assert!(outbox.done(&withdrawal));
    assert_eq!(sent(&mut outbox).client_id, ids[1]);
}

#[test]
fn a_message_whose_client_id_is_taken_gets_another_one_and_keeps_its_place() {
    let (mut outbox, ids) = outbox(&["first", "second"]);
    let first = sent(&mut outbox);
    let Failed::Renamed(renamed) = outbox.failed(&first, &Refusal::ClientIdTaken) else {
        panic!("renamed")
    };
    assert_ne!(renamed.client_id, ids[0]);
    assert_eq!(outbox.next(ROOM), None, "it is to be kept first");
    outbox.kept(renamed.client_id, true);
    assert_eq!(sent(&mut outbox), renamed);
    assert_eq!(shown(&outbox), ["first", "second"]);
    // What was thrown away meanwhile stays away.
    let (mut outbox, ids) = self::outbox(&["text"]);
    let entry = sent(&mut outbox);
    outbox.discard(ids[0]);
    assert_eq!(outbox.failed(&entry, &Refusal::ClientIdTaken), Failed::Over);
}

#[test]
fn what_was_withdrawn_elsewhere_waits_for_its_author_who_can_send_it_as_another_message() {
    let (mut outbox, ids) = outbox(&["text"]);
    let entry = sent(&mut outbox);
    let failed = outbox.failed(&entry, &Refusal::Withdrawn);
    assert!(matches!(failed, Failed::Refused(_)));
    assert_eq!(outbox.next(ROOM), None);
    let again = outbox.retry(ids[0], 200).expect("sent again");
    assert_ne!(again.client_id, ids[0]);
    outbox.kept(again.client_id, true);
    assert_eq!(sent(&mut outbox), again);
    assert_eq!(shown(&outbox), ["text"]);
}

#[test]
fn what_another_device_has_sent_waits_no_more() {
    let (mut outbox, ids) = outbox(&["refused", "waiting"]);
    let first = sent(&mut outbox);
    outbox.failed(&first, &Refusal::NotAllowed);
    assert_eq!(
        outbox.arrived(&message(ids[1], "waiting")),
        None,
        "its answer comes here"
    );
    assert_eq!(
        outbox.arrived(&message(ids[0], "another")),
        None,
        "two devices shared a draft"
    );
    assert_eq!(
        outbox.arrived(&message(ids[0], "refused")).unwrap().client_id,
        ids[0]
    );
    assert_eq!(
        (outbox.refused(), shown(&outbox)),
        (vec![], vec!["waiting".to_owned()])
    );
}

#[test]
fn a_lost_message_waits_for_its_author_and_is_offered_once() {
    let (mut outbox, ids) = outbox(&["text"]);
    let lost = |client_id| message(client_id, "lost");
    assert_eq!(outbox.offer(ROOM, &lost(ids[0])), None, "it is on its way");
    let id = ClientId::new();
    let entry = outbox.offer(ROOM, &lost(id)).expect("offered");
    assert_eq!(outbox.offer(ROOM, &lost(id)), None);
    assert_eq!(
        (entry.refused, outbox.refused()),
        (Some(Refusal::Lost), vec![ROOM])
    );
    assert_eq!(shown(&outbox), ["lost", "text"], "where it was written");
    assert_eq!(outbox.lost().len(), 1);
    outbox.kept(id, true);
    let first = sent(&mut outbox);
    assert_eq!(first.client_id, ids[0], "nobody has asked for it");
    outbox.done(&first);
    outbox.retry(id, 200);
    outbox.kept(id, true);
    let again = sent(&mut outbox);
    assert_eq!(again.client_id, id);
    outbox.done(&again);
    // Thrown away, no other device offers it.
    let other = outbox.offer(ROOM, &lost(ClientId::new())).expect("offered");
    assert!(outbox.discard(other.client_id).unwrap().withdrawn);
}

#[test]
fn what_cannot_be_kept_is_at_risk_until_it_has_arrived() {
    let (mut outbox, _) = outbox(&["kept"]);
    assert!(!outbox.at_risk());
    let id = ClientId::new();
    outbox.push(ROOM, new(id, "text"), 200);
    assert!(outbox.at_risk());
    outbox.kept(id, false);
    assert!(outbox.at_risk());
    let kept = sent(&mut outbox);
    outbox.done(&kept);
    let text = sent(&mut outbox);
    outbox.done(&text);
    assert!(!outbox.at_risk());
}

#[test]
fn a_withdrawal_that_finds_nothing_is_over() {
    let (mut outbox, ids) = outbox(&["text"]);
    outbox.discard(ids[0]);
    outbox.kept(ids[0], true);
    let withdrawal = sent(&mut outbox);
    assert_eq!(outbox.failed(&withdrawal, &Refusal::NotFound), Failed::Over);
    assert_eq!(outbox.rooms(), []);
}

#[test]
fn an_answer_that_is_always_broken_is_a_refusal_in_the_end() {
    let (mut outbox, _) = outbox(&["text"]);
    for _ in 1..BROKEN_AT_MOST {
        let entry = sent(&mut outbox);
        assert!(matches!(
            outbox.failed(&entry, &Refusal::Broken),
            Failed::Later(_)
        ));
        outbox.resume(ROOM);
    }
    let entry = sent(&mut outbox);
    assert!(matches!(
        outbox.failed(&entry, &Refusal::Broken),
        Failed::Refused(_)
    ));
}

#[test]
fn tabs_agree_through_what_is_kept() {
    let (mut here, ids) = outbox(&["first", "second"]);
    let first = sent(&mut here);
    let unwritten = ClientId::new();
    here.push(ROOM, new(unwritten, "mine"), 0);
    let (elsewhere, _) = outbox(&["theirs"]);
    let theirs = elsewhere.entries().next().unwrap().clone();
    // Another tab has sent the second one, and has one of its own.
    here.adopt(vec![first.clone(), theirs]);
    let mut all = shown(&here);
    all.sort();
    assert_eq!(all, ["first", "mine", "theirs"]);
    assert!(!here.has(ids[1]));
    // What is on the wire from here is answered here.
    here.adopt(vec![]);
    assert!(here.has(first.client_id) && here.has(unwritten));
}
