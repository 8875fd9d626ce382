//! A server of its own for each test, and people who use it: through pages, as a browser does,
//! and through `/api/v1`, as a program does.

use digital_messages::serve::Server;
use digital_messages::server::config::Config;
use digital_messages::shared::ids::{ClientId, Position, RoomId, Version};
use digital_messages::shared::live::{Catchup, Page, RoomList, ToBrowser, ToServer};
use digital_messages::shared::message::{Message, NewMessage};
use digital_messages::shared::refusal::Refusal;
use digital_messages::shared::room::RoomEntry;
use digital_messages::shared::user::Person as Profile;
use futures::{SinkExt, StreamExt};
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub const PASSWORD: &str = "correct horse battery";

/// Nothing here takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// The first room: the first run makes it and newcomers are in it.
pub const GENERAL: RoomId = RoomId(1);

/// A running server and its folder.
pub struct House {
    pub addr: SocketAddr,
    pub config: Config,
    server: Option<Server>,
    folder: TempDir,
}

impl House {
    /// Nobody has an account yet.
    pub async fn empty() -> House {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> House {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path().join("messages.db"));
        change(&mut config);
        let server = Server::start(config.clone()).await.unwrap();
        House {
            addr: server.addr,
            config,
            server: Some(server),
            folder,
        }
    }

    /// Anna has made the first account and the room "General".
    pub async fn new() -> (House, Person) {
        let house = Self::empty().await;
        let anna = house.first_run("anna").await;
        (house, anna)
    }

    /// Anna and Bob are in "General".
    pub async fn of_two() -> (House, Person, Person) {
        let (house, anna) = Self::new().await;
        let bob = house.sign_up("bob").await;
        (house, anna, bob)
    }

    pub async fn first_run(&self, handle: &str) -> Person {
        let fields = [("handle", handle), ("name", handle), ("password", PASSWORD)];
        let answer = self.visitor().submit("/first-run", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let token = answer.session_cookie().expect("a session");
        let visitor = Visitor {
            token: Some(token.clone()),
            ..self.visitor()
        };
        let list: RoomList = visitor.api(Method::GET, "rooms", None).await.json();
        Person {
            me: list.me,
            token,
            visitor,
        }
    }

    pub async fn sign_up(&self, handle: &str) -> Person {
        let account = json!({"handle": handle, "name": handle, "password": PASSWORD});
        let answer = self.visitor().api(Method::POST, "sign-up", Some(account)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        self.known(answer)
    }

    /// Another session of somebody who has an account.
    pub async fn sign_in(&self, handle: &str) -> Person {
        let credentials = json!({"handle": handle, "password": PASSWORD});
        let answer = self
            .visitor()
            .api(Method::POST, "sign-in", Some(credentials))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.known(answer)
    }

    fn known(&self, answer: Answer) -> Person {
        let value: Value = answer.json();
        let token = value["token"].as_str().unwrap().to_owned();
        let me = serde_json::from_value(value["me"].clone()).unwrap();
        Person {
            me,
            token: token.clone(),
            visitor: Visitor {
                token: Some(token),
                ..self.visitor()
            },
        }
    }

    /// Somebody who isn't signed in.
    pub fn visitor(&self) -> Visitor {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .no_proxy()
            .build()
            .unwrap();
        let cookie = if self.config.secure() {
            "__Host-session"
        } else {
            "session"
        };
        Visitor {
            http,
            addr: self.addr,
            token: None,
            cookie,
        }
    }

    /// The database, beside the server.
    pub async fn database(&self) -> SqliteConnection {
        SqliteConnection::connect(&self.config.database_url)
            .await
            .unwrap()
    }

    /// Stops the server; the folder stays.
    pub async fn stop(&mut self) {
        self.server.take().unwrap().stop().await.unwrap();
    }

    /// Starts another server on the same file.
    pub async fn start_again(&mut self) {
        let server = Server::start(self.config.clone()).await.unwrap();
        self.addr = server.addr;
        self.server = Some(server);
    }

    /// The same person at the server's present address.
    pub fn again(&self, person: &Person) -> Person {
        let visitor = Visitor {
            token: Some(person.token.clone()),
            ..self.visitor()
        };
        Person {
            me: person.me.clone(),
            token: person.token.clone(),
            visitor,
        }
    }

    /// Every byte that the server has written to disk. The server must be stopped.
    pub fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect()
    }
}

/// A server for tests: a free port, no limits by time, silent.
pub fn config(database: PathBuf) -> Config {
    Config {
        addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        database_url: database.to_string_lossy().into_owned(),
        public_url: None,
        rate_limits: false,
        proxies: 0,
        site_root: PathBuf::from("target/site"),
        log: "off".into(),
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {} {}", self.status, self.body))
    }

    /// Why it was refused; its status must say the same.
    pub fn refusal(&self) -> Refusal {
        let refusal: Refusal = self.json();
        assert_eq!(self.status, refusal.status(), "{refusal}");
        refusal
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The token in the cookie that this answer sets.
    pub fn session_cookie(&self) -> Option<String> {
        let cookies = self
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|value| value.to_str().unwrap());
        let mut values = cookies.filter_map(|cookie| cookie.split(';').next()?.split_once("session="));
        values
            .next()
            .map(|(_, token)| token.to_owned())
            .filter(|token| !token.is_empty())
    }

    /// The page without its scripts: what is shown when none of them runs.
    pub fn html(&self) -> String {
        let mut rest = self.body.as_str();
        let mut html = String::new();
        while let Some((before, script)) = rest.split_once("<script") {
            html.push_str(before);
            rest = script.split_once("</script>").map_or("", |(_, after)| after);
        }
        html + rest
    }
}

/// Somebody with a browser, signed in by `token` or not.
#[derive(Clone)]
pub struct Visitor {
    pub http: reqwest::Client,
    pub addr: SocketAddr,
    pub token: Option<String>,
    pub cookie: &'static str,
}

impl Visitor {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// A request with the session's cookie and nothing else.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, self.url(path))
            .header("accept-language", "en");
        match &self.token {
            Some(token) => request.header("cookie", format!("{}={token}", self.cookie)),
            None => request,
        }
    }

    pub async fn page(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path).header("accept", "text/html")).await
    }

    /// Sends a form as a page of the server's does.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path).header("accept", "text/html");
        send(request.header("sec-fetch-site", "same-origin").form(fields)).await
    }

    /// Calls a server function as the page's scripts do.
    pub async fn call(&self, function: &str, arguments: Value) -> Answer {
        let request = self
            .request(Method::POST, &format!("/fn/{function}"))
            .header("accept", "application/json");
        send(request.header("sec-fetch-site", "same-origin").json(&arguments)).await
    }

    /// Asks as a program does, with the bearer token.
    pub async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.http.request(method, self.url(&format!("/api/v1/{path}")));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer {
        status,
        headers,
        body: response.text().await.unwrap(),
    }
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    pub me: Profile,
    pub token: String,
    pub visitor: Visitor,
}

impl std::ops::Deref for Person {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl Person {
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let answer = self.api(Method::GET, path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    pub async fn try_get(&self, path: &str) -> Answer {
        self.api(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.api(Method::POST, path, Some(body)).await
    }

    pub async fn rooms(&self) -> RoomList {
        self.get("rooms").await
    }

    /// Their line of the list.
    pub async fn entry(&self, room: RoomId) -> RoomEntry {
        self.rooms()
            .await
            .rooms
            .into_iter()
            .find(|entry| entry.room.id == room)
            .expect("is in the room")
    }

    pub async fn make_room(&self, name: &str, kind: &str) -> RoomId {
        let answer = self.post("rooms", json!({"name": name, "kind": kind})).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json::<RoomEntry>().room.id
    }

    pub async fn join(&self, room: RoomId) -> RoomEntry {
        let answer = self.api(Method::POST, &format!("rooms/{room}/join"), None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    pub async fn leave(&self, room: RoomId) {
        let answer = self.api(Method::POST, &format!("rooms/{room}/leave"), None).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    pub async fn add(&self, room: RoomId, handle: &str) {
        let answer = self
            .post(&format!("rooms/{room}/members"), json!({"handle": handle}))
            .await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    pub async fn direct(&self, handle: &str) -> RoomEntry {
        let answer = self.post("direct", json!({"handle": handle})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Posts under a client id, whatever comes of it.
    pub async fn try_say(&self, room: RoomId, client_id: ClientId, text: &str) -> Answer {
        self.post(
            &format!("rooms/{room}/messages"),
            json!({"client_id": client_id, "text": text}),
        )
        .await
    }

    pub async fn say(&self, room: RoomId, text: &str) -> Message {
        let answer = self.try_say(room, ClientId::new(), text).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Says as many things, some at once: the order is not kept.
    pub async fn say_many(&self, room: RoomId, count: usize) {
        let texts = (0..count).map(|number| async move { self.say(room, &format!("number {number}")).await });
        futures::stream::iter(texts)
            .buffer_unordered(64)
            .for_each(async |_| ())
            .await;
    }

    pub async fn edit(&self, room: RoomId, position: Position, text: &str) -> Answer {
        let path = format!("rooms/{room}/messages/{position}");
        self.api(Method::PUT, &path, Some(json!({"text": text}))).await
    }

    pub async fn remove(&self, room: RoomId, position: Position) -> Answer {
        self.api(Method::DELETE, &format!("rooms/{room}/messages/{position}"), None)
            .await
    }

    pub async fn restore(&self, room: RoomId, position: Position) -> Answer {
        let path = format!("rooms/{room}/messages/{position}/restore");
        self.post(&path, json!({})).await
    }

    pub async fn react(&self, room: RoomId, position: Position, emoji: &str, on: bool) -> Answer {
        let path = format!("rooms/{room}/messages/{position}/reactions");
        let body = json!({"emoji": emoji, "on": on});
        self.api(Method::PUT, &path, Some(body)).await
    }

    pub async fn pin(&self, room: RoomId, position: Position, on: bool) -> Answer {
        let path = format!("rooms/{room}/messages/{position}/pin");
        self.api(Method::PUT, &path, Some(json!({"on": on}))).await
    }

    /// Posts a message with more than words.
    pub async fn post_message(&self, room: RoomId, message: &NewMessage) -> Answer {
        let body = serde_json::to_value(message).unwrap();
        self.post(&format!("rooms/{room}/messages"), body).await
    }

    pub async fn read(&self, room: RoomId, position: Position) {
        let answer = self
            .post(&format!("rooms/{room}/read"), json!({"position": position}))
            .await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    pub async fn history(&self, room: RoomId) -> Page {
        self.get(&format!("rooms/{room}/messages")).await
    }

    pub async fn changes(&self, room: RoomId, after: Version, epoch: &str) -> Catchup {
        self.get(&format!("rooms/{room}/changes?after={after}&epoch={epoch}"))
            .await
    }

    pub async fn sign_out(&self) {
        let answer = self.api(Method::POST, "sign-out", None).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    /// What others may know of their reading and of their being there.
    pub async fn disclose(&self, reading: bool, presence: bool) {
        let privacy = json!({"reading": reading, "presence": presence});
        let answer = self.api(Method::PUT, "me/privacy", Some(privacy)).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    pub async fn live(&self) -> Live {
        self.live_at("live").await
    }

    /// A socket at that address below `/api/v1`.
    pub async fn live_at(&self, path: &str) -> Live {
        let token = format!("Bearer {}", self.token);
        Live::open(&self.visitor, path, &[("authorization", &token)])
            .await
            .expect("a socket")
    }

    /// A socket, its first frame read.
    pub async fn greeted(&self) -> Live {
        let mut live = self.live().await;
        assert!(matches!(live.next().await, ToBrowser::Hello(..)));
        live
    }
}

/// An open socket.
pub struct Live(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Live {
    /// # Errors
    /// The status with which it was refused.
    pub async fn open(visitor: &Visitor, path: &str, headers: &[(&'static str, &str)]) -> Result<Live, u16> {
        let mut request = format!("ws://{}/api/v1/{path}", visitor.addr)
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((stream, _)) => Ok(Live(stream)),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn frame(&mut self) -> Option<Frame> {
        let frame = tokio::time::timeout(PATIENCE, self.0.next())
            .await
            .expect("a frame in time");
        frame.and_then(Result::ok)
    }

    /// The next thing that the server says.
    pub async fn next(&mut self) -> ToBrowser {
        loop {
            match self.frame().await {
                Some(Frame::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Frame::Ping(_) | Frame::Pong(_)) => {}
                other => panic!("instead of a frame: {other:?}"),
            }
        }
    }

    /// The next thing that `take` takes; what else is said is passed over.
    pub async fn next_of<T>(&mut self, take: impl Fn(ToBrowser) -> Option<T>) -> T {
        loop {
            if let Some(taken) = take(self.next().await) {
                return taken;
            }
        }
    }

    /// Says something to the server.
    pub async fn say(&mut self, what: ToServer) {
        self.send(Frame::text(serde_json::to_string(&what).unwrap()))
            .await;
    }

    /// The next message that somebody posted; what else is said is passed over.
    pub async fn next_message(&mut self) -> Message {
        use digital_messages::shared::live::Row;
        loop {
            if let ToBrowser::Changes(changes) = self.next().await
                && let Some(Row::Message(message)) = changes.rows.into_iter().next()
            {
                return message;
            }
        }
    }

    /// The code with which the server closes it; frames before that are passed over.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.frame().await {
                Some(Frame::Close(close)) => return close.map(|close| close.code.into()),
                Some(_) => {}
                None => return None,
            }
        }
    }

    pub async fn send(&mut self, frame: Frame) {
        // The server may close before it has read everything.
        let _ = self.0.send(frame).await;
    }
}
