//! Somebody who reads, as a browser does: one socket, the library's own list and timelines, and back
//! again whenever the connection is lost.

use super::dice::Dice;
use super::journal::Journal;
use super::people::Account;
use digital_messages::shared::ids::{Position, RoomId, UserId, Version};
use digital_messages::shared::list::List;
use digital_messages::shared::live::{Catchup, Changes, Page, RoomList, Row, ToBrowser};
use digital_messages::shared::message::Message;
use digital_messages::shared::receipt::Reach;
use digital_messages::shared::room::RoomEntry;
use digital_messages::shared::timeline::{Applied, Timeline};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A run that is longer is let go at the next hello, as by somebody who opens the room anew.
const LONG_RUN: usize = 300;

/// The longest pause before coming back, in the first half minute of an outage.
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// The connection is not to be used any more.
pub struct Lost;

/// How a reader's connections fare.
struct Luck {
    /// How many in a row failed.
    failures: u32,
    /// The last sign of life.
    heard_at: Instant,
    /// Since when the screen may lack something; none: it lacks nothing.
    lost_at: Option<Instant>,
}

/// What a reader has on the screen.
#[derive(Default)]
pub struct View {
    pub connected: bool,
    pub list: Option<List>,
    pub rooms: HashMap<RoomId, Timeline>,
    epoch: String,
    /// The version of each message as it was last shown.
    shown: HashMap<(RoomId, Position), Version>,
    /// How far this socket has told of each room.
    told: HashMap<RoomId, Version>,
    /// Rooms that were left on this socket.
    gone: HashSet<RoomId>,
}

impl View {
    /// Whether it shows everything through these versions.
    pub fn has(&self, versions: &[(RoomId, Version)]) -> bool {
        let has = |(room, version): &(RoomId, Version)| {
            let timeline = self
                .rooms
                .get(room)
                .is_some_and(|timeline| timeline.number() >= *version);
            let entry = self.list.as_ref().and_then(|list| list.get(*room));
            timeline && entry.is_some_and(|entry| entry.through >= *version)
        };
        self.connected && versions.iter().all(has)
    }
}

pub struct Reader {
    pub account: Account,
    pub http: reqwest::Client,
    pub host: String,
    pub journal: Arc<Journal>,
    pub view: Arc<Mutex<View>>,
    /// Nothing heard for so long: the connection is dead.
    pub silence: Duration,
    /// Shows whatever row comes, also an older one: the checks must find out.
    pub gullible: bool,
}

impl Reader {
    fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads until it is aborted.
    pub async fn run(self) {
        let mut dice = Dice::new(self.account.id.0 as u64);
        let mut luck = Luck {
            failures: 0,
            heard_at: Instant::now(),
            lost_at: None,
        };
        loop {
            luck.heard_at = Instant::now();
            let _ = self.stay(&mut luck, &mut dice).await;
            self.view().connected = false;
            luck.lost_at = luck.lost_at.or(Some(luck.heard_at));
            let most = Duration::from_millis(500 << luck.failures.min(6)).min(LAST_PAUSE);
            luck.failures += 1;
            sleep(dice.upto(most)).await;
        }
    }

    /// One connection, from its beginning to its end.
    async fn stay(&self, luck: &mut Luck, dice: &mut Dice) -> Result<(), Lost> {
        let mut socket = self.connect().await?;
        loop {
            let frame = timeout(self.silence, socket.next()).await.map_err(|_| Lost)?;
            let frame = frame.ok_or(Lost)?.map_err(|_| Lost)?;
            luck.heard_at = Instant::now();
            match frame {
                Frame::Text(text) => self.told(&text, luck, dice).await?,
                Frame::Close(_) => return Err(Lost),
                _ => {}
            }
        }
    }

    async fn told(&self, frame: &str, luck: &mut Luck, dice: &mut Dice) -> Result<(), Lost> {
        match serde_json::from_str(frame).expect("a frame") {
            ToBrowser::Hello(list) => {
                self.greeted(list, dice).await?;
                luck.failures = 0;
                self.view().connected = true;
                luck.lost_at
                    .take()
                    .into_iter()
                    .for_each(|lost_at| self.journal.blackout(lost_at.elapsed()));
            }
            ToBrowser::Changes(changes) => self.heard(&changes).await?,
            ToBrowser::Joined(entry) => self.joined(entry).await?,
            ToBrowser::Left { room } => self.left(room),
            ToBrowser::Reached { room, reach } => self.reached(room, reach),
            _ => {}
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Socket, Lost> {
        let connecting = connect(&self.host, &self.account.token);
        timeout(self.silence, connecting)
            .await
            .map_err(|_| Lost)?
            .map_err(|_| Lost)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Lost> {
        let url = format!("http://{}/api/v1/{path}", self.host);
        let asked = self
            .http
            .get(url)
            .bearer_auth(&self.account.token)
            .timeout(self.silence);
        let answer = asked.send().await.map_err(|_| Lost)?;
        let answer = answer.error_for_status().map_err(|_| Lost)?;
        answer.json().await.map_err(|_| Lost)
    }

    /// The list, then what is missing in each room.
    async fn greeted(&self, list: RoomList, dice: &mut Dice) -> Result<(), Lost> {
        let rooms: Vec<(RoomId, Version)> = list
            .rooms
            .iter()
            .map(|entry| (entry.room.id, entry.through))
            .collect();
        {
            let mut view = self.view();
            if view.epoch != list.epoch {
                view.epoch = list.epoch.clone();
                view.rooms.clear();
            }
            view.gone.clear();
            view.told = rooms.iter().copied().collect();
            let told: Vec<RoomId> = view.told.keys().copied().collect();
            view.rooms.retain(|room, _| told.contains(room));
            view.list = Some(List::new(list));
        }
        for (room, through) in rooms {
            self.open(room, through).await?;
            if dice.percent(30) {
                self.older(room).await?;
            }
        }
        Ok(())
    }

    async fn open(&self, room: RoomId, through: Version) -> Result<(), Lost> {
        let number = {
            let view = self.view();
            let short = view
                .rooms
                .get(&room)
                .filter(|timeline| timeline.messages().count() < LONG_RUN);
            short.map(Timeline::number)
        };
        match number {
            None => self.load(room).await,
            Some(number) if number < through => self.catch_up(room).await,
            Some(_) => Ok(()),
        }
    }

    async fn load(&self, room: RoomId) -> Result<(), Lost> {
        let page: Page = self.get(&format!("rooms/{room}/messages")).await?;
        let messages = page.messages.clone();
        self.view()
            .rooms
            .insert(room, Timeline::new(page, UserId::default()));
        messages.iter().for_each(|message| self.show(room, message));
        Ok(())
    }

    /// Looks further back in the history.
    async fn older(&self, room: RoomId) -> Result<(), Lost> {
        let oldest = self.view().rooms[&room].oldest();
        let Some(oldest) = oldest else { return Ok(()) };
        let page: Page = self
            .get(&format!("rooms/{room}/messages?before={oldest}"))
            .await?;
        let messages = page.messages.clone();
        let left = self.view().rooms.get_mut(&room).expect("it is open").join(page);
        messages.iter().for_each(|message| self.show(room, message));
        match left {
            Applied::Ask { .. } => self.catch_up(room).await,
            _ => Ok(()),
        }
    }

    async fn catch_up(&self, room: RoomId) -> Result<(), Lost> {
        loop {
            let (after, epoch) = {
                let view = self.view();
                (view.rooms[&room].number(), view.epoch.clone())
            };
            match self
                .get(&format!("rooms/{room}/changes?after={after}&epoch={epoch}"))
                .await?
            {
                Catchup::Reset => return self.load(room).await,
                Catchup::Changes { changes, current } => {
                    let _ = self.apply(&changes);
                    if changes.through >= current {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// A live frame.
    async fn heard(&self, changes: &Changes) -> Result<(), Lost> {
        self.is_told_all(changes);
        let sent = changes.rows.iter().filter_map(sent_at).next();
        let new = self.apply(changes);
        let entry = self
            .view()
            .list
            .as_mut()
            .expect("hello comes first")
            .apply(self.account.id, changes);
        if new == Applied::Done
            && let Some(sent) = sent
        {
            self.journal
                .delay(Duration::from_micros(self.journal.now().saturating_sub(sent)));
        }
        if let Applied::Ask { .. } = new {
            self.catch_up(changes.room).await?;
        }
        if entry == Applied::AskList {
            let list: RoomList = self.get("rooms").await?;
            self.view().list = Some(List::new(list));
        }
        Ok(())
    }

    /// A room is new, or new again: what was kept of it says nothing.
    async fn joined(&self, entry: RoomEntry) -> Result<(), Lost> {
        let room = entry.room.id;
        {
            let mut view = self.view();
            view.gone.remove(&room);
            view.told.insert(room, entry.through);
            view.list.as_mut().expect("hello comes first").joined(entry);
        }
        self.load(room).await
    }

    fn left(&self, room: RoomId) {
        let mut view = self.view();
        view.gone.insert(room);
        view.told.remove(&room);
        view.rooms.remove(&room);
        view.list.as_mut().expect("hello comes first").left(room);
    }

    fn reached(&self, room: RoomId, reach: Reach) {
        let list = &mut self.view().list;
        list.as_mut().expect("hello comes first").reached(room, reach);
    }

    /// On one socket each frame joins on to the one before, or to the list: the server leaves
    /// nothing out in silence.
    fn is_told_all(&self, changes: &Changes) {
        let (me, room, after) = (self.account.id, changes.room, changes.after);
        let mut view = self.view();
        if view.gone.contains(&room) {
            self.journal
                .wrong(format!("I3 reader {me} was told of room {room} after leaving it"));
        }
        // One that was left while the list was read may still be spoken of.
        let Some(told) = view.told.get_mut(&room) else {
            return;
        };
        if after > *told {
            self.journal.wrong(format!(
                "I3 reader {me} was told of room {room} through {told}, then from {after} on"
            ));
        }
        *told = changes.through.max(*told);
    }

    fn apply(&self, changes: &Changes) -> Applied {
        let mut view = self.view();
        let Some(timeline) = view.rooms.get_mut(&changes.room) else {
            return Applied::Done;
        };
        let before = timeline.number();
        let applied = timeline.apply(changes);
        let skipped = applied == Applied::Done && changes.after > before;
        let messages: Vec<Message> = changes
            .rows
            .iter()
            .filter_map(|row| self.to_show(timeline, row))
            .collect();
        drop(view);
        if skipped {
            self.journal
                .wrong(format!("I3 news after {} was applied at {before}", changes.after));
        }
        messages
            .iter()
            .for_each(|message| self.show(changes.room, message));
        applied
    }

    /// What stands on the screen once this row is in.
    fn to_show(&self, timeline: &Timeline, row: &Row) -> Option<Message> {
        let Row::Message(message) = row else { return None };
        if self.gullible {
            return Some(message.clone());
        }
        timeline.get(message.position).cloned()
    }

    fn show(&self, room: RoomId, message: &Message) {
        let place = (room, message.position);
        let before = self.view().shown.insert(place, message.version);
        if before == Some(message.version) {
            return;
        }
        if before.is_some_and(|before| before > message.version) {
            let (me, position) = (self.account.id, message.position);
            self.journal.wrong(format!(
                "I3 reader {me}: {room}/{position} went back to an older version"
            ));
        }
        self.journal.shown(self.account.id, room, message);
    }
}

/// When a new message was sent, by the journal's clock: its second word.
fn sent_at(row: &Row) -> Option<u64> {
    match row {
        Row::Message(message) if message.position == message.version => {
            message.text.split(' ').nth(1)?.parse().ok()
        }
        _ => None,
    }
}

pub async fn connect(host: &str, token: &str) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    let mut request = format!("ws://{host}/api/v1/live").into_client_request()?;
    request.headers_mut().insert(
        "authorization",
        format!("Bearer {token}").parse().expect("hexadecimal"),
    );
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let (socket, _) = tokio_tungstenite::client_async(request, MaybeTlsStream::Plain(stream)).await?;
    Ok(socket)
}
