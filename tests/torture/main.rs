//! Nothing is lost and nothing comes twice, whatever breaks. Real servers are killed, cut off, filled
//! up and unplugged while people write and read; then everything that was acknowledged or shown is
//! compared with what is there. `docs/reliability.md` tells of it.
//!
//! Short by default; `TORTURE=full` (`make torture`) does everything at full length.

mod check;
mod controls;
mod crowd;
mod dice;
mod journal;
mod kills;
mod network;
mod people;
mod plug;
mod power;
mod probe;
mod proxy;
mod reader;
mod report;
mod scene;
mod sender;
mod server;
mod storage;
mod wanderer;
mod wandering;

use report::Row;
use scene::Verdict;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

/// Whether this is the long run.
pub fn full() -> bool {
    static FULL: LazyLock<bool> =
        LazyLock::new(|| std::env::var("TORTURE").is_ok_and(|length| length == "full"));
    *FULL
}

/// Runs one test at a time, since each loads the machine, and never for ever.
pub fn alone(test: impl Future<Output = ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let most = Duration::from_secs(if full() { 1_800 } else { 120 });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { tokio::time::timeout(most, test).await.expect("it ends in time") });
    runtime.shutdown_timeout(Duration::from_secs(1));
}

/// Notes what came out; a single violation fails the test.
pub fn expect_nothing(row: &Row<'_>, verdict: &Verdict) {
    report::write(row, verdict);
    let Verdict {
        violations, folder, ..
    } = verdict;
    let first: Vec<&String> = violations.iter().take(10).collect();
    assert!(
        violations.is_empty(),
        "{} violations, such as {first:#?}; see {}",
        violations.len(),
        folder.display()
    );
    assert!(verdict.messages > 0 && verdict.shown > 0, "nothing happened");
}
