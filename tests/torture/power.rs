//! The power goes: whatever no fsync has covered is on the disk, or not, or half.

use super::plug::{Plug, Seen};
use super::report::Row;
use super::scene::{Load, Scene};
use super::{alone, expect_nothing, full};
use std::time::Duration;
use tokio::time::sleep;

#[test]
fn the_library_sees_what_the_server_writes() {
    alone(async {
        let (mut scene, plug) = plugged(Load::usual()).await;
        scene.server.start().await;
        scene.begin().await;
        sleep(Duration::from_millis(500)).await;
        scene.hush().await;
        scene.server.stop().await;
        let seen = plug.seen();
        assert!(seen.writes > 20 && seen.fsyncs > 10, "{seen:?}");
    });
}

#[test]
fn a_power_failure_loses_nothing_that_was_acknowledged() {
    alone(async {
        let load = Load::usual();
        let times = if full() { 50 } else { 4 };
        let (mut scene, plug) = plugged(load.clone()).await;
        let Seen {
            taken_back, put_in, ..
        } = pull(&mut scene, &plug, times).await;
        assert!(
            taken_back > 0,
            "no power failure met a write that was not covered"
        );
        let verdict = scene.finish().await;
        let row = Row {
            fault: "power failure",
            load: load.to_string(),
            times,
            checked: &format!("I1–I6, file; {taken_back} writes uncovered, {put_in} of them on the disk"),
        };
        expect_nothing(&row, &verdict);
    });
}

/// A scene whose server, not running yet, has our disk.
pub async fn plugged(load: Load) -> (Scene, Plug) {
    let mut scene = Scene::new(load).await;
    let plug = Plug::new(scene.folder());
    scene.server.stop().await;
    plug.insert(&mut scene.server, &mut scene.dice);
    (scene, plug)
}

/// Starts everything and lets the power fail so many times, once in a while during the start itself.
/// Answers with what the disks have seen, all together.
pub async fn pull(scene: &mut Scene, plug: &Plug, times: usize) -> Seen {
    let mut all = Seen::default();
    scene.server.start().await;
    scene.begin().await;
    for time in 0..times {
        sleep(
            scene
                .dice
                .between(Duration::from_millis(300), Duration::from_millis(1200)),
        )
        .await;
        scene.server.signal("USR1");
        assert!(scene.server.ended().await, "the power does not fail");
        all.add(plug.seen());
        plug.insert(&mut scene.server, &mut scene.dice);
        if time % 3 == 1 {
            fail_while_starting(scene).await;
        }
        scene.server.start().await;
    }
    sleep(Duration::from_secs(1)).await;
    all
}

/// The log is being moved into the database just then.
async fn fail_while_starting(scene: &mut Scene) {
    let calls = 1 + scene.dice.below(12);
    scene.server.set("TORTURE_COUNTDOWN", calls.to_string());
    scene.server.launch();
    sleep(Duration::from_millis(800)).await;
    if scene.server.runs() {
        scene.server.signal("USR1");
    }
    assert!(scene.server.ended().await, "the power does not fail");
    scene.server.unset("TORTURE_COUNTDOWN");
}
