//! Between the subscription and the list: whatever happens there, here it happens just there.

use super::super::config::Config;
use super::super::{messages, users};
use super::*;
use crate::shared::ids::RoomId;
use crate::shared::live::{RoomList, Row};
use crate::shared::message::NewMessage;
use crate::shared::room::{History, RoomKind};
use clap::Parser;
use std::net::{IpAddr, Ipv4Addr};

const GENERAL: RoomId = RoomId(1);

/// Anna and Bob are in "General"; Bob connects.
struct Scene {
    state: AppState,
    anna: Person,
    bob: Person,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Scene {
        #[derive(Parser)]
        struct Flags {
            #[command(flatten)]
            config: Config,
        }
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("messages.db").display().to_string();
        let flags = ["", "--rate-limits", "off", "--database-url", &database];
        let state = AppState::open(Flags::parse_from(flags).config).await.unwrap();
        let form = |handle| users::SignUp {
            handle,
            name: handle,
            password: "correct horse battery",
        };
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (anna, ..) = users::first_run(&state, ip, form("anna"), "General")
            .await
            .unwrap();
        let (bob, _) = users::sign_up(&state, ip, form("bob")).await.unwrap();
        Scene {
            state,
            anna,
            bob,
            _folder: folder,
        }
    }

    fn connect(&self) -> Subscription {
        self.state.hub.connect(self.bob.id, [0; 32])
    }

    async fn watch(&self) -> u64 {
        watch(&self.state, &self.bob).await.unwrap()
    }

    async fn list(&self, watched: u64) -> RoomList {
        match serde_json::from_str(&greet(&self.state, &self.bob, watched, None).await.unwrap()) {
            Ok(ToBrowser::Hello(list)) => list,
            other => panic!("{other:?}"),
        }
    }

    async fn say(&self, room: RoomId, text: &str) {
        let message = NewMessage {
            text: text.into(),
            ..NewMessage::default()
        };
        messages::post(&self.state, &self.anna, room, message)
            .await
            .unwrap();
    }

    /// Whether a frame with this text comes next, apart from others'.
    async fn hears(&self, subscription: &Subscription, wanted: &str) -> bool {
        while let Ok(frame) = timeout(Duration::from_millis(200), subscription.next()).await {
            if let ToBrowser::Changes(changes) = serde_json::from_str(&frame.unwrap().text).unwrap()
                && let [Row::Message(message)] = &changes.rows[..]
            {
                return message.text == wanted;
            }
        }
        false
    }
}

#[tokio::test]
async fn what_is_posted_between_the_subscription_and_the_list_is_in_both() {
    let scene = Scene::new().await;
    let subscription = scene.connect();
    let watched = scene.watch().await;
    scene.say(GENERAL, "between").await;
    let list = scene.list(watched).await;
    assert_eq!(list.rooms[0].last.as_ref().unwrap().excerpt, "between");
    assert!(scene.hears(&subscription, "between").await);
}

#[tokio::test]
async fn what_is_posted_after_the_list_is_heard() {
    let scene = Scene::new().await;
    let subscription = scene.connect();
    let list = scene.list(scene.watch().await).await;
    assert!(list.rooms[0].last.is_none());
    scene.say(GENERAL, "after").await;
    assert!(scene.hears(&subscription, "after").await);
}

#[tokio::test]
async fn a_room_joined_in_between_is_heard_from_then_on() {
    let scene = Scene::new().await;
    let books = rooms::make(&scene.state, &scene.anna, "Books", RoomKind::Open, History::All)
        .await
        .unwrap();
    let books = books.room.id;
    let subscription = scene.connect();
    let watched = scene.watch().await;
    rooms::join(&scene.state, &scene.bob, books).await.unwrap();
    assert_eq!(scene.list(watched).await.rooms.len(), 2);
    scene.say(books, "a book").await;
    assert!(scene.hears(&subscription, "a book").await);
}

#[tokio::test]
async fn a_room_left_in_between_is_heard_no_more() {
    let scene = Scene::new().await;
    let subscription = scene.connect();
    let watched = scene.watch().await;
    rooms::leave(&scene.state, &scene.bob, GENERAL).await.unwrap();
    assert!(scene.list(watched).await.rooms.is_empty());
    scene.say(GENERAL, "without bob").await;
    assert!(!scene.hears(&subscription, "without bob").await);
}

/// The hub is told of rooms that were read before the leaving, so that it has to take them back.
#[tokio::test]
async fn a_room_left_before_the_hub_knew_of_it_is_not_heard() {
    let scene = Scene::new().await;
    let subscription = scene.connect();
    let mut snapshot = scene.state.store.snapshot().await.unwrap();
    let rooms = store::memberships::ids_of(&mut snapshot, scene.bob.id)
        .await
        .unwrap();
    rooms::leave(&scene.state, &scene.bob, GENERAL).await.unwrap();
    let watched = scene.state.hub.watch(scene.bob.id, rooms);
    assert!(scene.list(watched).await.rooms.is_empty());
    scene.say(GENERAL, "without bob").await;
    assert!(!scene.hears(&subscription, "without bob").await);
}

/// The list is read while Bob is out; when the hub hears of it he is back.
#[tokio::test]
async fn a_room_left_and_joined_again_around_the_list_is_heard() {
    let scene = Scene::new().await;
    let subscription = scene.connect();
    let watched = scene.watch().await;
    rooms::leave(&scene.state, &scene.bob, GENERAL).await.unwrap();
    let list = rooms::list(&scene.state, &scene.bob).await.unwrap();
    rooms::join(&scene.state, &scene.bob, GENERAL).await.unwrap();
    scene.state.hub.settle(scene.bob.id, watched, &list.rooms);
    scene.say(GENERAL, "welcome back").await;
    assert!(scene.hears(&subscription, "welcome back").await);
}
