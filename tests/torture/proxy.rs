//! A bad network between the clients and the server: everything passes through here, and can be
//! delayed, cut, swallowed, reset or sent again, at any moment.

use super::dice::Dice;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Pass,
    /// Stays open, and takes and gives nothing any more: a tunnel, a lid that was closed.
    HalfOpen,
    /// Ends on both sides, after whatever had passed.
    Cut,
    /// Ends at once, and what was on its way is thrown away.
    Reset,
}

/// The proxy; it ends when this is dropped.
pub struct Proxy {
    pub addr: SocketAddr,
    wires: Arc<Wires>,
    task: JoinHandle<()>,
}

struct Wires {
    server: SocketAddr,
    /// Each piece waits for a random part of so many microseconds.
    delay: AtomicU64,
    /// How many times more each message is sent to the server, over another connection.
    copies: AtomicUsize,
    fates: Mutex<HashMap<u64, watch::Sender<Fate>>>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.strike(usize::MAX, Fate::Cut, &mut Dice::new(0));
    }
}

impl Proxy {
    pub async fn start(server: SocketAddr) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let wires = Arc::new(Wires {
            server,
            delay: AtomicU64::new(0),
            copies: AtomicUsize::new(0),
            fates: Mutex::default(),
        });
        let task = tokio::spawn(accept(listener, wires.clone()));
        Proxy { addr, wires, task }
    }

    pub fn delay(&self, upto: Duration) {
        self.wires.delay.store(upto.as_micros() as u64, Ordering::Relaxed);
    }

    pub fn copies(&self, copies: usize) {
        self.wires.copies.store(copies, Ordering::Relaxed);
    }

    /// Lets a fate befall some connections, chosen at random. Answers with how many.
    pub fn strike(&self, most: usize, fate: Fate, dice: &mut Dice) -> usize {
        let fates = self.wires.fates();
        let mut whole: Vec<_> = fates.values().filter(|now| *now.borrow() == Fate::Pass).collect();
        let count = most.min(whole.len());
        for _ in 0..count {
            let chosen = whole.swap_remove(dice.below(whole.len() as u64) as usize);
            chosen.send_replace(fate);
        }
        count
    }
}

impl Wires {
    fn fates(&self) -> MutexGuard<'_, HashMap<u64, watch::Sender<Fate>>> {
        self.fates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait(&self, dice: &mut Dice) {
        let delay = self.delay.load(Ordering::Relaxed);
        if delay > 0 {
            sleep(dice.upto(Duration::from_micros(delay))).await;
        }
    }
}

async fn accept(listener: TcpListener, wires: Arc<Wires>) {
    for number in 0.. {
        let Ok((client, _)) = listener.accept().await else {
            return;
        };
        let (sender, fate) = watch::channel(Fate::Pass);
        wires.fates().insert(number, sender);
        let wires = wires.clone();
        tokio::spawn(async move {
            carry(&wires, number, client, fate).await;
            wires.fates().remove(&number);
        });
    }
}

async fn carry(wires: &Arc<Wires>, number: u64, mut client: TcpStream, mut fate: watch::Receiver<Fate>) {
    let Ok(mut server) = TcpStream::connect(wires.server).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let (there, back) = (fate.clone(), fate.clone());
    tokio::select! {
        () = up(wires, number, from_client, to_server, there) => {}
        () = down(wires, number, from_server, to_client, back) => {}
        _ = fate.wait_for(|fate| matches!(fate, Fate::Cut | Fate::Reset)) => {}
    }
    if *fate.borrow() == Fate::Reset {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

async fn down(
    wires: &Wires,
    number: u64,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    fate: watch::Receiver<Fate>,
) {
    let mut dice = Dice::new(number);
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        wires.wait(&mut dice).await;
        if *fate.borrow() == Fate::Pass && to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// As [`down`], but a message on its way up is taken as a whole, so that it can be sent again.
async fn up(
    wires: &Arc<Wires>,
    number: u64,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    fate: watch::Receiver<Fate>,
) {
    let mut dice = Dice::new(!number);
    let mut piece = Vec::with_capacity(16 * 1024);
    while let Ok(1..) = from.read_buf(&mut piece).await {
        let copies = wires.copies.load(Ordering::Relaxed);
        if copies > 0 && is_message(&piece) {
            if !is_whole(&piece) {
                continue;
            }
            tokio::spawn(send_again(wires.clone(), piece.clone(), copies));
        }
        wires.wait(&mut dice).await;
        if *fate.borrow() == Fate::Pass && to.write_all(&piece).await.is_err() {
            return;
        }
        piece.clear();
    }
}

fn is_message(request: &[u8]) -> bool {
    request.starts_with(b"POST /api/v1/rooms/")
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| body.len() >= length.trim().parse().unwrap_or(0))
}

async fn send_again(wires: Arc<Wires>, request: Vec<u8>, copies: usize) {
    let Ok(mut server) = TcpStream::connect(wires.server).await else {
        return;
    };
    for _ in 0..copies {
        let mut answer = [0; 4096];
        let sent = server.write_all(&request).await;
        let answered = timeout(Duration::from_secs(3), server.read(&mut answer)).await;
        if sent.is_err() || !matches!(answered, Ok(Ok(1..))) {
            return;
        }
    }
}
