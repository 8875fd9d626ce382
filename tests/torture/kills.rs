//! The server is killed, at random moments, while everybody writes and reads.

use super::report::Row;
use super::scene::{Load, Scene};
use super::{alone, expect_nothing, full};
use std::time::Duration;
use tokio::time::sleep;

#[test]
fn a_killed_server_loses_nothing_and_doubles_nothing() {
    alone(async {
        let load = Load::usual();
        let times = if full() { 100 } else { 5 };
        let mut scene = Scene::new(load.clone()).await;
        scene.begin().await;
        kill(&mut scene, times).await;
        let verdict = scene.finish().await;
        let row = Row {
            fault: "kill -9",
            load: load.to_string(),
            times,
            checked: "I1–I6, file",
        };
        expect_nothing(&row, &verdict);
    });
}

#[test]
fn a_server_that_is_stopped_and_started_loses_nothing_and_doubles_nothing() {
    alone(async {
        let load = Load::usual();
        let times = if full() { 20 } else { 2 };
        let mut scene = Scene::new(load.clone()).await;
        scene.begin().await;
        for _ in 0..times {
            sleep(Duration::from_secs(1)).await;
            scene.server.stop().await;
            scene.server.start().await;
        }
        sleep(Duration::from_secs(1)).await;
        let verdict = scene.finish().await;
        let row = Row {
            fault: "stopped and started",
            load: load.to_string(),
            times,
            checked: "I1–I6, file",
        };
        expect_nothing(&row, &verdict);
    });
}

/// Kills and starts it so many times.
pub async fn kill(scene: &mut Scene, times: usize) {
    for _ in 0..times {
        let moment = scene
            .dice
            .between(Duration::from_millis(300), Duration::from_millis(1500));
        sleep(moment).await;
        scene.server.kill().await;
        scene.server.start().await;
    }
    sleep(Duration::from_secs(1)).await;
}
