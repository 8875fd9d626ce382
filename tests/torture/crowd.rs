//! Many readers: some that don't read, one that was away for long, all coming back at once.

use super::people::Account;
use super::reader::Socket;
use super::report::{Row, percentile};
use super::scene::{Load, Scene};
use super::{alone, expect_nothing, full};
use futures::StreamExt;
use std::time::{Duration, Instant};
use tokio::net::TcpSocket;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// One room and everybody in it.
fn crowd(readers: usize, per_second: u32) -> Load {
    let silence = Duration::from_secs(30);
    Load {
        senders: 4,
        readers,
        rooms: 1,
        per_second,
        silence,
        ..Load::usual()
    }
}

#[test]
fn everybody_is_back_soon_after_a_restart() {
    alone(async {
        let (readers, outage) = if full() { (1_000, 5) } else { (100, 2) };
        let load = crowd(readers, 10);
        let mut scene = Scene::new(load.clone()).await;
        scene.begin().await;
        let away = scene.settle(Duration::from_secs(20)).await;
        assert!(away.is_empty(), "{} never came", away.len());
        scene.server.kill().await;
        sleep(Duration::from_secs(outage)).await;
        scene.server.start().await;
        let back = scene.coming_back(Duration::from_secs(15)).await;
        let [p50, p95, p99] = [50, 95, 99].map(|percent| percentile(&back, percent).as_millis());
        let checked =
            format!("I1–I6, file; complete after the server is up: p50 {p50}, p95 {p95}, p99 {p99} ms");
        let verdict = scene.finish().await;
        expect_nothing(
            &Row {
                fault: "restart",
                load: load.to_string(),
                times: 1,
                checked: &checked,
            },
            &verdict,
        );
        assert_eq!(back.len(), readers, "not everybody came back");
        assert!(p95 < 2_000, "p95 is {p95} ms");
    });
}

#[test]
fn a_reader_who_was_away_for_long_gets_everything_there_was() {
    alone(async {
        let changes = if full() { 50_000 } else { 3_000 };
        let load = Load {
            senders: 16,
            ..crowd(1, u32::MAX)
        };
        let mut scene = Scene::new(load.clone()).await;
        let reading = scene.read(0);
        scene.settle(Duration::from_secs(10)).await;
        reading.abort();
        let begun = scene.versions().await[0].1;
        scene.write();
        while scene.versions().await[0].1 < begun + changes {
            sleep(Duration::from_millis(100)).await;
        }
        scene.hush().await;
        let since = Instant::now();
        scene.read(0);
        scene.settle(Duration::from_secs(30)).await;
        let took = since.elapsed().as_millis();
        let checked = format!("I1–I6, file; everything after {took} ms");
        let fault = format!("{changes} changes behind");
        let verdict = scene.finish().await;
        expect_nothing(
            &Row {
                fault: &fault,
                load: load.to_string(),
                times: 1,
                checked: &checked,
            },
            &verdict,
        );
        // It went by the changes, not by a page of the latest messages.
        assert!(
            verdict.shown as usize >= verdict.messages,
            "only {} shown",
            verdict.shown
        );
    });
}

#[test]
fn those_who_do_not_read_are_no_burden_to_those_who_do() {
    alone(async {
        // As long as it takes until the system's buffers and the server's queue are full.
        let (readers, idle, per_second, lasting) = match full() {
            true => (900, 100, 20, [60, 90]),
            false => (50, 10, 150, [3, 10]),
        };
        let load = Load {
            rooms: 2,
            idle,
            ..crowd(readers + idle, per_second)
        };
        let mut scene = Scene::new(load.clone()).await;
        (0..readers).for_each(|number| drop(scene.read(number)));
        // Their coming would be counted as delay, and make what follows look better.
        while !(0..readers).all(|number| scene.is_connected(number)) {
            sleep(Duration::from_millis(50)).await;
        }
        scene.write();
        let without = delay(&scene, lasting[0]).await;
        let memory = scene.server.memory();
        let stalled = stall(&scene, readers).await;
        let with = delay(&scene, lasting[1]).await;
        let grown = scene.server.memory().saturating_sub(memory) / 1024 / 1024;
        scene.hush().await;
        let ended = count_ended(stalled).await;
        (readers..readers + idle).for_each(|number| drop(scene.read(number)));
        let checked = format!(
            "I1–I6, file; p99 delay {} ms, without them {} ms; memory +{grown} MiB; {ended} were closed",
            with.as_millis(),
            without.as_millis()
        );
        let fault = format!("{idle} of {} don't read", readers + idle);
        let verdict = scene.finish().await;
        expect_nothing(
            &Row {
                fault: &fault,
                load: load.to_string(),
                times: 1,
                checked: &checked,
            },
            &verdict,
        );
        assert!(grown <= 100, "the server grew by {grown} MiB");
        assert!(
            !full() || with <= without * 2,
            "p99 is {with:?} with them, {without:?} without"
        );
        assert_eq!(ended, idle, "not all who don't read were closed");
    });
}

/// What the delay is for all but one of a hundred, over some seconds.
async fn delay(scene: &Scene, seconds: u64) -> Duration {
    sleep(Duration::from_secs(2)).await;
    scene.journal.events().delays.clear();
    sleep(Duration::from_secs(seconds)).await;
    percentile(&scene.journal.events().delays, 99)
}

/// The rest of the readers open sockets, and take nothing from them.
async fn stall(scene: &Scene, from: usize) -> Vec<Socket> {
    let mut sockets = Vec::new();
    for account in &scene.accounts[scene.load.senders + from..] {
        sockets.push(open_small(scene, account).await);
    }
    sockets
}

/// Straight to the server, with a small buffer: what is not read soon waits there.
async fn open_small(scene: &Scene, account: &Account) -> Socket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(scene.server.addr).await.unwrap();
    let mut request = format!("ws://{}/api/v1/live", scene.server.addr)
        .into_client_request()
        .unwrap();
    request.headers_mut().insert(
        "authorization",
        format!("Bearer {}", account.token).parse().unwrap(),
    );
    tokio_tungstenite::client_async(request, MaybeTlsStream::Plain(stream))
        .await
        .expect("a socket")
        .0
}

/// How many of them the server has closed: they end, once what is left in them is read.
async fn count_ended(sockets: Vec<Socket>) -> usize {
    let ends = async |mut socket: Socket| {
        let reading = async { while matches!(socket.next().await, Some(Ok(_))) {} };
        // There may be megabytes left in each, and one that is open still stays so.
        timeout(Duration::from_secs(30), reading).await.is_ok()
    };
    let ended = futures::future::join_all(sockets.into_iter().map(ends)).await;
    ended.into_iter().filter(|ended| *ended).count()
}
