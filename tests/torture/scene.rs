//! A server, a network, people who write and people who read; then quiet, and the check.

use super::check;
use super::dice::Dice;
use super::journal::Journal;
use super::people::{self, Account};
use super::proxy::Proxy;
use super::reader::{Reader, View};
use super::sender::Sender;
use super::wanderer::Wanderer;
use digital_messages::shared::ids::{RoomId, Version};
use digital_messages::shared::live::RoomList;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// Once nothing is broken any more, everyone has everything after so long.
const QUIET: Duration = Duration::from_secs(30);

/// Characters of a long message.
const LONG: usize = 3_800;

/// Who is there and what they do.
#[derive(Clone)]
pub struct Load {
    pub senders: usize,
    pub readers: usize,
    pub rooms: usize,
    /// Messages, by all senders together.
    pub per_second: u32,
    /// After so long without a frame a reader comes anew.
    pub silence: Duration,
    pub gullible: bool,
    /// So many of the readers, the last ones, won't read; they alone are in a second room, where the
    /// messages are long.
    pub idle: usize,
}

impl Load {
    /// The usual load, for the length of this run.
    pub fn usual() -> Load {
        let (senders, readers, rooms, per_second) = match super::full() {
            true => (20, 50, 4, 500),
            false => (8, 10, 2, 150),
        };
        let (silence, gullible, idle) = (Duration::from_secs(3), false, 0);
        Load {
            senders,
            readers,
            rooms,
            per_second,
            silence,
            gullible,
            idle,
        }
    }

    /// Every sender is in every room; when there are several, each reader is in half of them.
    fn goes(&self, person: usize, room: usize) -> bool {
        let reads = match self.idle {
            0 => self.rooms == 1 || (person + room).is_multiple_of(2),
            idle => room == 0 || person + idle >= self.senders + self.readers,
        };
        reads || person < self.senders
    }
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Load {
            senders,
            readers,
            per_second,
            ..
        } = self;
        write!(f, "{senders} senders, {readers} readers, ")?;
        match *per_second {
            u32::MAX => write!(f, "as fast as it goes"),
            _ => write!(f, "{per_second} messages/s"),
        }
    }
}

/// What came out of a run.
pub struct Verdict {
    pub violations: Vec<String>,
    pub messages: usize,
    pub shown: u64,
    pub blackouts: Vec<Duration>,
    pub folder: PathBuf,
}

pub struct Scene {
    pub server: super::server::Server,
    pub proxy: Proxy,
    pub journal: Arc<Journal>,
    pub accounts: Vec<Account>,
    pub http: reqwest::Client,
    pub load: Load,
    pub views: Vec<Arc<Mutex<View>>>,
    pub dice: Dice,
    folder: Folder,
    stop: watch::Sender<bool>,
    senders: JoinSet<()>,
    readers: JoinSet<()>,
    still: watch::Sender<bool>,
    wanderers: JoinSet<()>,
}

impl Scene {
    /// The server runs, and everybody has an account; nobody does anything yet.
    pub async fn new(load: Load) -> Scene {
        let folder = Folder::new();
        let databases = folder.path().to_owned();
        Self::of(load, &databases, folder).await
    }

    /// As [`new`](Self::new), with the database in a folder of its own.
    pub async fn at(load: Load, databases: &Path) -> Scene {
        Self::of(load, databases, Folder::new()).await
    }

    async fn of(load: Load, databases: &Path, folder: Folder) -> Scene {
        let mut server = super::server::Server::new(databases.join("messages.db"), folder.path());
        server.start().await;
        let people = load.senders + load.readers;
        let goes = |person, room| load.goes(person, room);
        let accounts = people::settle(&server.database, people, load.rooms, goes).await;
        Scene {
            proxy: Proxy::start(server.addr).await,
            journal: Arc::new(Journal::new(folder.path())),
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(10))
                .build()
                .unwrap(),
            views: (0..load.readers).map(|_| Arc::default()).collect(),
            stop: watch::channel(false).0,
            dice: Dice::new(0),
            senders: JoinSet::new(),
            readers: JoinSet::new(),
            still: watch::channel(false).0,
            wanderers: JoinSet::new(),
            server,
            accounts,
            load,
            folder,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn sender(&self) -> &Account {
        &self.accounts[0]
    }

    /// Everybody begins.
    pub async fn begin(&mut self) {
        (0..self.load.readers).for_each(|number| drop(self.read(number)));
        self.write();
    }

    /// A reader comes, and stays until they are aborted.
    pub fn read(&mut self, number: usize) -> AbortHandle {
        let reader = Reader {
            account: self.accounts[self.load.senders + number].clone(),
            http: self.http.clone(),
            host: self.proxy.addr.to_string(),
            journal: self.journal.clone(),
            view: self.views[number].clone(),
            silence: self.load.silence,
            gullible: self.load.gullible,
        };
        self.readers.spawn(reader.run())
    }

    /// The senders write from here on.
    pub fn write(&mut self) {
        let pairs = self.load.senders * self.load.rooms;
        let pace = Duration::from_secs(1) * pairs as u32 / self.load.per_second;
        for account in &self.accounts[..self.load.senders] {
            for room in &account.rooms {
                let sender = Sender {
                    account: account.clone(),
                    room: *room,
                    http: self.http.clone(),
                    host: self.proxy.addr.to_string(),
                    journal: self.journal.clone(),
                    padding: if self.load.idle > 0 && room.0 > 1 { LONG } else { 0 },
                    pace,
                };
                self.senders.spawn(sender.run(self.stop.subscribe()));
            }
        }
    }

    /// Each reader comes and goes in a room beside those that they are in all the time.
    pub fn wander(&mut self) {
        let rooms: Vec<RoomId> = self.sender().rooms.clone();
        for account in &self.accounts[self.load.senders..] {
            let beside = rooms.iter().find(|room| !account.rooms.contains(room));
            let wanderer = Wanderer {
                account: account.clone(),
                room: *beside.expect("readers are in half of the rooms"),
                http: self.http.clone(),
                host: self.proxy.addr.to_string(),
            };
            self.wanderers.spawn(wanderer.run(self.still.subscribe()));
        }
    }

    /// Wherever the wanderers are then, they stay; the senders go on for a moment.
    pub async fn stand_still(&mut self) {
        self.still.send_replace(true);
        let coming = async { while self.wanderers.join_next().await.is_some() {} };
        if timeout(QUIET, coming).await.is_err() {
            self.journal
                .wrong("a wanderer is not answered although nothing is broken any more".into());
        }
        sleep(Duration::from_millis(500)).await;
    }

    /// The senders finish what they have begun.
    pub async fn hush(&mut self) {
        self.stop.send_replace(true);
        let finishing = async { while self.senders.join_next().await.is_some() {} };
        if timeout(QUIET, finishing).await.is_err() {
            self.journal
                .wrong("I1 a sender is not answered although nothing is broken any more".into());
            self.senders.abort_all();
        }
        self.stop.send_replace(false);
    }

    /// The version that each room has now.
    pub async fn versions(&self) -> Vec<(RoomId, Version)> {
        let host = self.server.addr.to_string();
        let list: RoomList = check::get(&self.http, &host, self.sender(), "rooms").await;
        list.rooms
            .iter()
            .map(|entry| (entry.room.id, entry.through))
            .collect()
    }

    pub fn is_connected(&self, number: usize) -> bool {
        self.views[number]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .connected
    }

    fn is_complete(&self, number: usize, versions: &[(RoomId, Version)]) -> bool {
        let rooms = &self.accounts[self.load.senders + number].rooms;
        let theirs: Vec<_> = versions
            .iter()
            .filter(|(room, _)| rooms.contains(room))
            .copied()
            .collect();
        self.views[number]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .has(&theirs)
    }

    /// Waits until every reader shows everything there is now. Answers with those who don't.
    pub async fn settle(&self, within: Duration) -> Vec<usize> {
        let versions = self.versions().await;
        let since = Instant::now();
        let mut behind: Vec<usize> = (0..self.load.readers).collect();
        loop {
            behind.retain(|number| !self.is_complete(*number, &versions));
            if behind.is_empty() || since.elapsed() > within {
                return behind;
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// When each reader shows everything there was at this moment, counted from it.
    pub async fn coming_back(&self, within: Duration) -> Vec<Duration> {
        let versions = self.versions().await;
        let since = Instant::now();
        let mut behind: Vec<usize> = (0..self.load.readers).collect();
        let mut back = Vec::new();
        while !behind.is_empty() && since.elapsed() < within {
            behind.retain(|number| !self.is_complete(*number, &versions));
            back.resize(self.load.readers - behind.len(), since.elapsed());
            sleep(Duration::from_millis(5)).await;
        }
        back
    }

    /// Quiet, then the check of everything. The server is stopped.
    pub async fn finish(mut self) -> Verdict {
        self.hush().await;
        for number in self.settle(QUIET).await {
            let me = self.accounts[self.load.senders + number].id;
            self.journal.wrong(format!(
                "I4 reader {me} does not get everything although nothing is broken any more"
            ));
        }
        self.readers.shutdown().await;
        let mut violations = self.compare().await;
        self.server.stop().await;
        let events = std::mem::take(&mut *self.journal.events());
        violations.extend(events.wrong.iter().cloned());
        violations.extend(check::file(&self.server.database, &events).await);
        self.journal.flush();
        let folder = self.keep(&violations);
        Verdict {
            violations,
            messages: events
                .posts
                .values()
                .filter(|post| post.answered.is_some())
                .count(),
            shown: events.shown,
            blackouts: events.blackouts,
            folder,
        }
    }

    async fn compare(&self) -> Vec<String> {
        let host = self.server.addr.to_string();
        let mut wrong = Vec::new();
        for (number, view) in self.views.iter().enumerate() {
            let view = std::mem::take(&mut *view.lock().unwrap_or_else(PoisonError::into_inner));
            let account = &self.accounts[self.load.senders + number];
            wrong.extend(check::as_if_loaded_anew(&self.http, &host, account, &view).await);
        }
        wrong
    }

    /// The folder stays when something is wrong, to be looked at.
    fn keep(mut self, violations: &[String]) -> PathBuf {
        self.folder.0.disable_cleanup(!violations.is_empty());
        self.folder.path().to_owned()
    }
}

/// The journal, the server's log and the database. It stays when a test breaks off.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(TempDir::with_prefix("torture-").unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.disable_cleanup(true);
            eprintln!("What was there stands in {}", self.path().display());
        }
    }
}
