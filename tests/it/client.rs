//! A client that knows nothing of this program but `docs/protocol.md`, and that page's examples.

use crate::harness::{GENERAL, House, PASSWORD};
use digital_messages::shared::{invitation, live, message, refusal, room, scheduled, user};
use futures::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// What a client keeps of a room.
#[derive(Default)]
struct Room {
    number: i64,
    messages: BTreeMap<i64, Value>,
    members: BTreeMap<i64, Value>,
}

impl Room {
    /// The row rule.
    fn apply(&mut self, row: &Value) {
        let (rows, key, row) = if let Some(message) = row.get("message") {
            (&mut self.messages, "position", message)
        } else if let Some(member) = row.get("member") {
            (&mut self.members, "user", member)
        } else {
            return;
        };
        let known = rows
            .get(&number(&row[key]))
            .map_or(0, |known| number(&known["version"]));
        if number(&row["version"]) > known {
            rows.insert(number(&row[key]), row.clone());
        }
    }

    /// The number rule; false: something lies between.
    fn hear(&mut self, changes: &Value) -> bool {
        let joins_on = self.number >= number(&changes["after"]);
        if joins_on {
            changes["rows"]
                .as_array()
                .unwrap()
                .iter()
                .for_each(|row| self.apply(row));
            self.number = self.number.max(number(&changes["through"]));
        }
        joins_on
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no number"))
}

struct Client {
    http: reqwest::Client,
    host: String,
    token: String,
    epoch: String,
    rooms: HashMap<i64, Room>,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
}

impl Client {
    async fn sign_in(host: String, handle: &str, password: &str) -> Client {
        let http = reqwest::Client::new();
        let asked = http
            .post(format!("http://{host}/api/v1/sign-in"))
            .json(&json!({"handle": handle, "password": password}));
        let answer: Value = asked.send().await.unwrap().json().await.unwrap();
        let token = answer["token"].as_str().unwrap().to_owned();
        Client {
            http,
            host,
            token,
            epoch: String::new(),
            rooms: HashMap::new(),
            socket: None,
        }
    }

    async fn get(&self, path: &str) -> Value {
        let asked = self
            .http
            .get(format!("http://{}/api/v1/{path}", self.host))
            .bearer_auth(&self.token);
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// Opens the socket and does what is to be done at `hello`.
    async fn connect(&mut self) {
        let mut request = format!("ws://{}/api/v1/live", self.host)
            .into_client_request()
            .unwrap();
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {}", self.token).parse().unwrap());
        self.socket = Some(tokio_tungstenite::connect_async(request).await.unwrap().0);
        let hello = self.frame().await;
        self.take_list(&hello["hello"]).await;
    }

    fn disconnect(&mut self) {
        self.socket = None;
    }

    async fn frame(&mut self) -> Value {
        let socket = self.socket.as_mut().expect("connected");
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(5), socket.next())
                .await
                .expect("a frame");
            if let Frame::Text(text) = frame.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn take_list(&mut self, list: &Value) {
        let epoch = list["epoch"].as_str().unwrap();
        if self.epoch != epoch {
            self.rooms.clear();
            self.epoch = epoch.to_owned();
        }
        let entries = list["rooms"].as_array().unwrap();
        let present: Vec<i64> = entries.iter().map(|entry| number(&entry["room"]["id"])).collect();
        self.rooms.retain(|room, _| present.contains(room));
        for entry in entries {
            let room = number(&entry["room"]["id"]);
            if !self.rooms.contains_key(&room) {
                self.load(room).await;
            } else if number(&entry["through"]) > self.rooms[&room].number {
                self.catch_up(room).await;
            }
        }
    }

    /// Loads a room's latest page anew.
    async fn load(&mut self, room: i64) {
        let page = self.get(&format!("rooms/{room}/messages")).await;
        let mut kept = Room {
            number: number(&page["through"]),
            ..Room::default()
        };
        for message in page["messages"].as_array().unwrap() {
            kept.apply(&json!({"message": message}));
        }
        self.rooms.insert(room, kept);
    }

    async fn catch_up(&mut self, room: i64) {
        loop {
            let after = self.rooms[&room].number;
            let answer = self
                .get(&format!(
                    "rooms/{room}/changes?after={after}&epoch={}",
                    self.epoch
                ))
                .await;
            if answer == "reset" {
                return self.load(room).await;
            }
            let changes = &answer["changes"]["changes"];
            self.rooms.get_mut(&room).unwrap().hear(changes);
            if number(&changes["through"]) >= number(&answer["changes"]["current"]) {
                return;
            }
        }
    }

    /// Takes one frame from the socket.
    async fn step(&mut self) {
        let frame = self.frame().await;
        let (what, of) = frame.as_object().unwrap().iter().next().unwrap();
        match what.as_str() {
            "changes" => {
                let room = number(&of["room"]);
                let heard = self.rooms.get_mut(&room).is_none_or(|room| room.hear(of));
                if !heard {
                    self.catch_up(room).await;
                }
            }
            "joined" => {
                self.rooms.remove(&number(&of["room"]["id"]));
                self.load(number(&of["room"]["id"])).await;
            }
            "left" => drop(self.rooms.remove(&number(&of["room"]))),
            _ => {}
        }
    }

    /// Steps until a room has everything through a version.
    async fn follow(&mut self, room: i64, through: i64) {
        while self.rooms[&room].number < through {
            self.step().await;
        }
    }

    /// Posts, twice, as one does who has not heard the answer to the first time.
    async fn say(&mut self, room: i64, client_id: &str, text: &str) -> Value {
        let mut answers = Vec::new();
        for _ in 0..2 {
            let asked = self
                .http
                .post(format!("http://{}/api/v1/rooms/{room}/messages", self.host));
            let asked = asked
                .bearer_auth(&self.token)
                .json(&json!({"client_id": client_id, "text": text}));
            answers.push(asked.send().await.unwrap().json::<Value>().await.unwrap());
        }
        assert_eq!(answers[0], answers[1]);
        self.rooms
            .get_mut(&room)
            .unwrap()
            .apply(&json!({"message": answers[1]}));
        answers.remove(1)
    }

    fn texts(&self, room: i64) -> Vec<&str> {
        let messages = self.rooms[&room].messages.values();
        messages
            .filter(|message| message["deleted"] != true)
            .map(|message| message["text"].as_str().unwrap())
            .collect()
    }
}

#[tokio::test]
async fn a_client_written_from_the_protocols_page_misses_nothing() {
    let (house, anna, _bob) = House::of_two().await;
    let mut client = Client::sign_in(house.addr.to_string(), "bob", PASSWORD).await;
    anna.say(GENERAL, "before").await;
    client.connect().await;
    assert_eq!(client.texts(1), ["before"]);

    let heard = anna.say(GENERAL, "heard").await;
    client.follow(1, heard.version).await;
    let own = client.say(1, "0199c0de-0000-7000-8000-000000000001", "own").await;
    assert_eq!(client.texts(1), ["before", "heard", "own"]);
    client.follow(1, number(&own["version"])).await;

    client.disconnect();
    anna.say_many(GENERAL, 620).await;
    let gone = anna
        .remove(GENERAL, heard.position)
        .await
        .json::<message::Message>();
    anna.edit(GENERAL, gone.position + 2, "edited meanwhile").await;
    client.connect().await;
    assert_eq!(client.rooms[&1].number, anna.entry(GENERAL).await.through);
    assert_eq!(client.rooms[&1].messages.len(), 623);
    assert!(!client.texts(1).contains(&"heard"));
    assert_eq!(
        client
            .texts(1)
            .iter()
            .filter(|text| **text == "edited meanwhile")
            .count(),
        1
    );

    let secret = anna.make_room("Surprise", "invited").await;
    anna.say(secret, "to read later").await;
    anna.add(secret, "bob").await;
    while !client.rooms.contains_key(&secret.0) {
        client.step().await;
    }
    assert_eq!(client.texts(secret.0), ["to read later"]);
    let next = anna.say(secret, "come").await;
    client.follow(secret.0, next.version).await;
    assert_eq!(client.texts(secret.0), ["to read later", "come"]);
}

#[tokio::test]
async fn a_client_that_comes_back_to_a_restarted_server_goes_on() {
    let (mut house, anna, _bob) = House::of_two().await;
    let mut client = Client::sign_in(house.addr.to_string(), "bob", PASSWORD).await;
    client.connect().await;
    anna.say(GENERAL, "one").await;
    house.stop().await;
    house.start_again().await;
    client.host = house.addr.to_string();
    let anna = house.again(&anna);
    anna.say(GENERAL, "two").await;
    client.connect().await;
    let three = anna.say(GENERAL, "three").await;
    client.follow(1, three.version).await;
    assert_eq!(client.texts(1), ["one", "two", "three"]);
}

/// Reads an example as the server's own type and writes it again: it must come out as it went in.
fn check<T: DeserializeOwned + Serialize>(example: &str) {
    let value: Value = serde_json::from_str(example).unwrap_or_else(|error| panic!("{error}: {example}"));
    let read: T = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {example}"));
    assert_eq!(serde_json::to_value(read).unwrap(), value, "{example}");
}

#[test]
fn the_protocols_examples_are_true() {
    let page = include_str!("../../docs/protocol.md");
    let examples: Vec<(&str, &str)> = page
        .split("```json ")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap().0.split_once('\n').unwrap())
        .collect();
    for (kind, example) in &examples {
        match *kind {
            "Refusal" => check::<refusal::Refusal>(example),
            "Person" => check::<user::Person>(example),
            "Card" => check::<user::Card>(example),
            "Mine" => check::<user::Mine>(example),
            "Room" => check::<room::Room>(example),
            "Membership" => check::<room::Membership>(example),
            "Message" => check::<message::Message>(example),
            "RoomEntry" => check::<room::RoomEntry>(example),
            "RoomList" => check::<live::RoomList>(example),
            "OpenRoom" => check::<room::OpenRoom>(example),
            "Quote" => check::<message::Quote>(example),
            "Reacted" => check::<message::Reacted>(example),
            "Scheduled" => check::<scheduled::Scheduled>(example),
            "Arranged" => check::<scheduled::Arranged>(example),
            "Page" => check::<live::Page>(example),
            "Changes" => check::<live::Changes>(example),
            "Catchup" => check::<live::Catchup>(example),
            "ToBrowser" => check::<live::ToBrowser>(example),
            "ToServer" => check::<live::ToServer>(example),
            "Invitation" => check::<invitation::Invitation>(example),
            "Invited" => check::<invitation::Invited>(example),
            "SignedIn" => check::<HashMap<String, Value>>(example),
            other => panic!("an example of {other}, which nobody knows"),
        }
    }
    assert!(examples.len() >= 20, "{}", examples.len());
}

#[test]
fn the_protocols_limits_are_true() {
    use digital_messages::shared::limits::*;
    let page = include_str!("../../docs/protocol.md");
    for row in [
        format!("| a request's body | {} bytes |", grouped(BODY_BYTES)),
        format!("| a message | {} characters", grouped(MESSAGE_CHARS)),
        format!(
            "| a handle | {} to {} characters |",
            HANDLE_CHARS.0, HANDLE_CHARS.1
        ),
        format!("| a person's or a room's name | {NAME_CHARS} characters |"),
        format!(
            "| a password | at least {PASSWORD_MIN_CHARS} characters, at most {} bytes |",
            grouped(PASSWORD_MAX_BYTES)
        ),
        format!("| what a room is about | {DESCRIPTION_CHARS} characters |"),
        format!("| links that lead into a room | {INVITATIONS} at a time |"),
        format!("| a draft | {} characters |", grouped(DRAFT_CHARS)),
        format!("| different emoji under one message | {REACTIONS} |"),
        format!("| pinned messages of a room | {PINNED} |"),
        format!("that are to be posted later | {SCHEDULED_EACH}, up to {SCHEDULED_DAYS} days ahead |"),
        format!("| people whom one message mentions | {MENTIONS} |"),
        format!("| seconds in which a deletion is taken back | {UNDO_SECONDS} |"),
        format!("| a line about oneself | {ABOUT_CHARS} characters |"),
        format!(
            "| a picture | {} bytes, {} pixels |",
            grouped(PICTURE_BYTES),
            grouped(PICTURE_PIXELS as usize)
        ),
        format!("| others in a conversation of several, when it begins | {GROUP_OTHERS} |"),
        format!("| people whom one has blocked | {} |", grouped(BLOCKED_EACH)),
        format!("| messages on a page | {PAGE_MESSAGES} |"),
        format!("| rows in one `changes` | {CHANGES_ROWS} |"),
        format!("| unread that are counted | {UNREAD_CAP}"),
        format!(
            "| people in a room in which authors are told how far their messages have come | {RECEIPT_PEOPLE} |"
        ),
        format!("| people there at once in a room in which they are told who is typing | {TYPING_PEOPLE} |"),
        format!("| what a client says over its socket in ten seconds | {SAID_IN_TEN_SECONDS} |"),
        format!(
            "| rooms and direct conversations of one person | {} |",
            grouped(ROOMS_EACH)
        ),
        format!("answer to one search | {FOUND} each |"),
        format!("| characters of a search that are looked at | {QUERY_CHARS} |"),
        format!("`heartbeat`, every {HEARTBEAT_SECONDS} seconds"),
    ] {
        assert!(page.contains(&row), "docs/protocol.md doesn't say: {row}");
    }
    assert_eq!(NAME_CHARS, ROOM_NAME_CHARS);
}

/// 65536 as 65,536.
fn grouped(number: usize) -> String {
    if number < 1_000 {
        number.to_string()
    } else {
        format!("{},{:03}", grouped(number / 1_000), number % 1_000)
    }
}
