//! The disk is full, somebody else holds the database, the clock is wrong.

use super::plug::Plug;
use super::power::plugged;
use super::probe::{self, Seen};
use super::report::Row;
use super::scene::{Load, Scene};
use super::{alone, expect_nothing, full, people};
use sqlx::{Connection, Executor};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;

const MIB: usize = 1024 * 1024;

/// A disk of 16 MiB in memory; it goes when this is dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where mounting is not permitted.
    fn mount() -> Option<SmallDisk> {
        let folder = TempDir::with_prefix("torture-disk-").unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"])
            .arg(folder.path());
        mount
            .output()
            .is_ok_and(|done| done.status.success())
            .then_some(SmallDisk(folder))
    }

    /// Leaves not a byte free.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.filler()).unwrap();
        for size in [MIB, 4096, 1] {
            while filler.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_refuses_in_time_and_takes_messages_again_when_there_is_room() {
    alone(async {
        let Some(disk) = SmallDisk::mount() else {
            return without_mounting().await;
        };
        let mut scene = Scene::at(patient(), disk.0.path()).await;
        scene.begin().await;
        sleep(Duration::from_millis(500)).await;
        disk.fill();
        let seen = probe::watch(&scene, how_long()).await;
        disk.empty();
        report("disk full (16 MiB)", scene, &seen, Duration::from_secs(1)).await;
    });
}

/// The library refuses to let the files grow.
async fn without_mounting() {
    let (mut scene, plug) = plugged(patient()).await;
    scene.server.start().await;
    scene.begin().await;
    sleep(Duration::from_millis(500)).await;
    plug.set_room(0);
    let seen = probe::watch(&scene, how_long()).await;
    plug.set_room(u32::MAX.into());
    report("disk full (injected)", scene, &seen, Duration::from_secs(1)).await;
}

#[test]
fn an_injected_full_disk_refuses_in_time_too() {
    alone(without_mounting());
}

#[test]
fn a_database_that_somebody_else_holds_refuses_in_time_and_goes_on_when_it_is_free() {
    alone(async {
        let mut scene = Scene::new(patient()).await;
        scene.begin().await;
        sleep(Duration::from_millis(500)).await;
        let mut other = people::open(&scene.server.database).await;
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        let seen = probe::watch(&scene, Duration::from_secs(if full() { 30 } else { 6 })).await;
        other.execute("ROLLBACK").await.unwrap();
        report("somebody else's lock", scene, &seen, Duration::from_secs(5)).await;
        other.close().await.unwrap();
    });
}

/// Nothing is heard while nothing can be written, and that is no reason to come anew.
fn patient() -> Load {
    Load {
        silence: Duration::from_secs(45),
        ..Load::usual()
    }
}

fn how_long() -> Duration {
    Duration::from_secs(if full() { 20 } else { 3 })
}

/// Everything must be right once it is over; and meanwhile nobody waited too long.
async fn report(fault: &str, scene: Scene, seen: &Seen, within: Duration) {
    let recovery = probe::recovery(&scene).await;
    let Seen {
        refused,
        slowest_write,
        slowest_read,
        failed_reads,
    } = seen;
    let checked = format!(
        "I1–I6, file; answered within {} ms, pages within {} ms, writing again after {} ms",
        slowest_write.as_millis(),
        slowest_read.as_millis(),
        recovery.as_millis()
    );
    let load = scene.load.to_string();
    let verdict = scene.finish().await;
    expect_nothing(
        &Row {
            fault,
            load,
            times: 1,
            checked: &checked,
        },
        &verdict,
    );
    assert!(*refused > 0, "{fault}: nothing was refused");
    assert_eq!(*failed_reads, 0, "{fault}: pages were refused");
    assert!(
        *slowest_read <= Duration::from_secs(1),
        "{fault}: a page took {slowest_read:?}"
    );
    assert!(
        *slowest_write <= within,
        "{fault}: a message waited {slowest_write:?} for its answer"
    );
    assert!(
        recovery <= Duration::from_secs(1),
        "{fault}: it took {recovery:?} until messages were taken again"
    );
}

#[test]
fn a_clock_that_jumps_changes_the_order_of_nothing() {
    alone(async {
        let (mut scene, plug) = plugged(Load::usual()).await;
        scene.server.start().await;
        scene.begin().await;
        let mut times = Vec::new();
        for seconds in [0, 3_600, -3_600, 3_600, 0] {
            jump(&plug, seconds).await;
            let message = probe::write(&scene).await.message.expect("it is taken");
            times.push(message.posted_at / 1_000);
            if seconds == -3_600 {
                scene.server.kill().await;
                scene.server.start().await;
            }
        }
        let jumps: Vec<i64> = times
            .windows(2)
            .map(|pair| (pair[1] - pair[0] + 60) / 3_600)
            .collect();
        assert_eq!(jumps, [1, -1, 2, 0], "the clock did not jump: {times:?}");
        let load = scene.load.to_string();
        let verdict = scene.finish().await;
        expect_nothing(
            &Row {
                fault: "clock ±1 h",
                load,
                times: 4,
                checked: "I1–I6, file",
            },
            &verdict,
        );
    });
}

async fn jump(plug: &Plug, seconds: i64) {
    plug.set_clock(seconds);
    sleep(Duration::from_millis(if full() { 10_000 } else { 600 })).await;
}
