use super::queue::QUEUE;
use super::*;
use crate::shared::room::{History, Role, Room, RoomKind};

const ANNA: UserId = UserId(1);
const BOB: UserId = UserId(2);

fn entry(room: i64, through: Version) -> RoomEntry {
    RoomEntry {
        room: Room {
            id: RoomId(room),
            kind: RoomKind::Open,
            name: "General".into(),
            description: String::new(),
            history: History::All,
            closed: false,
            picture: None,
            version: 1,
        },
        through,
        with: None,
        last: None,
        unread: 0,
        last_read: 0,
        mentions: 0,
        members: 2,
        role: Role::Member,
        people: 2,
        draft: None,
        names: Vec::new(),
        own: Default::default(),
        reach: Default::default(),
        presence: None,
    }
}

fn changes(room: i64, through: Version) -> News {
    News::Changes(Changes {
        room: RoomId(room),
        after: through - 1,
        through,
        rows: Vec::new(),
        people: Vec::new(),
        quotes: Vec::new(),
        reacted: Vec::new(),
    })
}

/// Connected, in these rooms at version 1.
fn here(hub: &Arc<Hub>, user: UserId, rooms: &[i64]) -> Subscription {
    let subscription = hub.connect(user, [user.0 as u8; 32]);
    let watched = hub.watch(user, rooms.iter().map(|room| (RoomId(*room), 0)));
    let list: Vec<RoomEntry> = rooms.iter().map(|room| entry(*room, 1)).collect();
    hub.settle(user, watched, &list);
    subscription
}

fn takes(subscription: &Subscription) -> Option<Result<Utf8Bytes, Ending>> {
    let next = subscription.queue.take();
    next.map(|next| next.map(|frame| frame.text))
}

/// Nobody is kept for whom there is no socket.
fn is_empty(hub: &Hub) -> bool {
    let inner = hub.lock();
    inner.people.is_empty() && inner.rooms.is_empty()
}

#[test]
fn what_all_hear_is_encoded_once() {
    let hub = Arc::new(Hub::default());
    let (anna, bob) = (here(&hub, ANNA, &[1]), here(&hub, BOB, &[1]));
    hub.publish(changes(1, 2));
    let (one, two) = (takes(&anna).unwrap().unwrap(), takes(&bob).unwrap().unwrap());
    assert_eq!(one, two);
    assert_eq!(one.as_ptr(), two.as_ptr(), "the very same bytes");
}

#[test]
fn a_queue_ends_at_256_frames_and_leaves_nothing_behind() {
    let hub = Arc::new(Hub::default());
    let (slow, bob) = (here(&hub, ANNA, &[1, 2]), here(&hub, BOB, &[1]));
    for version in 2..=QUEUE as i64 + 1 {
        hub.publish(changes(1, version));
        assert!(matches!(takes(&bob), Some(Ok(_))));
    }
    assert_eq!(hub.lock().people[&ANNA].sockets.len(), 1, "256 fit");
    hub.publish(changes(1, 1_000));
    assert!(!hub.lock().people.contains_key(&ANNA), "forgotten at once");
    assert!(!hub.lock().rooms.contains_key(&RoomId(2)));
    assert_eq!(takes(&slow), Some(Err(Ending::TooSlow)));
    assert!(
        matches!(takes(&bob), Some(Ok(_))),
        "nobody else has lost anything"
    );
    // What it still does must not bring it back.
    hub.watch(ANNA, [(RoomId(1), 0), (RoomId(2), 0)]);
    slow.beat();
    drop(slow);
    drop(bob);
    assert!(is_empty(&hub));
}

#[test]
fn a_queue_ends_at_1_mib() {
    let hub = Arc::new(Hub::default());
    let slow = here(&hub, ANNA, &[]);
    let long = RoomEntry {
        room: Room {
            name: "x".repeat(100_000),
            ..entry(1, 1).room
        },
        ..entry(1, 1)
    };
    let joined = News::Joined {
        user: ANNA,
        entry: Box::new(long),
        sees_from: 0,
    };
    for _ in 0..10 {
        hub.publish(joined.clone());
    }
    let first = takes(&slow).unwrap().unwrap();
    assert!(first.len() > 100_000);
    hub.publish(joined.clone());
    assert!(
        matches!(takes(&slow), Some(Ok(_))),
        "what was taken counts no more"
    );
    hub.publish(joined.clone());
    hub.publish(joined);
    assert_eq!(takes(&slow), Some(Err(Ending::TooSlow)));
}

#[test]
fn of_two_sockets_of_one_person_the_slow_one_ends_and_the_other_stays() {
    let hub = Arc::new(Hub::default());
    let (slow, quick) = (here(&hub, ANNA, &[1]), here(&hub, ANNA, &[1]));
    for version in 2..=QUEUE as i64 + 2 {
        hub.publish(changes(1, version));
        assert!(matches!(takes(&quick), Some(Ok(_))));
    }
    assert_eq!(takes(&slow), Some(Err(Ending::TooSlow)));
    drop(slow);
    hub.publish(changes(1, 1_000));
    assert!(matches!(takes(&quick), Some(Ok(_))));
}

#[test]
fn a_heartbeat_counts_ones_own_rooms_just_after_what_it_counts() {
    let hub = Arc::new(Hub::default());
    let (anna, _bob) = (here(&hub, ANNA, &[1, 2]), here(&hub, BOB, &[2, 3]));
    hub.publish(changes(1, 5));
    hub.publish(changes(3, 90));
    anna.beat();
    hub.publish(changes(2, 7));
    let heartbeat = |rooms, versions| encode(&ToBrowser::Heartbeat { rooms, versions });
    assert!(takes(&anna).unwrap().unwrap().contains("\"through\":5"));
    assert_eq!(takes(&anna), Some(Ok(heartbeat(2, 6))));
    hub.publish(News::Left {
        user: ANNA,
        room: RoomId(1),
    });
    anna.beat();
    let last = std::iter::from_fn(|| takes(&anna)).last();
    assert_eq!(last, Some(Ok(heartbeat(1, 7))));
}

#[test]
fn signing_out_ends_the_sessions_sockets_and_no_others() {
    let hub = Arc::new(Hub::default());
    let (anna, bob) = (here(&hub, ANNA, &[1]), here(&hub, BOB, &[1]));
    hub.publish(changes(1, 2));
    hub.publish(News::SignedOut { session: [1; 32] });
    assert_eq!(
        takes(&anna),
        Some(Err(Ending::SignedOut)),
        "before what still waited"
    );
    assert!(matches!(takes(&bob), Some(Ok(_))));
    hub.stop();
    assert_eq!(takes(&bob), Some(Err(Ending::Stopping)));
    let late = here(&hub, ANNA, &[1]);
    assert_eq!(takes(&late), Some(Err(Ending::Stopping)));
    assert!(is_empty(&hub));
}
