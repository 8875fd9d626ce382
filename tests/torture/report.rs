//! The table at the end: what was done, how often, and what was found.

use super::scene::Verdict;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

const HEAD: &str = "| fault | load | times | messages | shown | checked | violations | blackout p50 / p99 |\n\
                    |---|---|---|---|---|---|---|---|\n";

/// One line of the table.
pub struct Row<'t> {
    pub fault: &'t str,
    pub load: String,
    pub times: usize,
    pub checked: &'t str,
}

/// `make torture` prints this file at the end.
fn table() -> PathBuf {
    let name = if super::full() {
        "torture-full.md"
    } else {
        "torture.md"
    };
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Notes what came out of a run.
pub fn write(row: &Row<'_>, verdict: &Verdict) {
    let Row {
        fault,
        load,
        times,
        checked,
    } = row;
    let Verdict { messages, shown, .. } = verdict;
    let (found, blackout) = (verdict.violations.len(), blackout(&verdict.blackouts));
    add(&format!(
        "| {fault} | {load} | {times} | {messages} | {shown} | {checked} | {found} | {blackout} |\n"
    ));
}

/// Notes that a broken server or reader was found out, and in which round.
pub fn write_control(fault: &str, round: usize, words: &[&str], verdict: &Verdict) {
    let Verdict { messages, shown, .. } = verdict;
    let (words, found) = (words.join(", "), verdict.violations.len());
    add(&format!(
        "| *broken on purpose:* {fault} | usual | {round} | {messages} | {shown} | {words} | {found} | |\n"
    ));
}

/// Adds a line to the table, and says it.
fn add(line: &str) {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| std::fs::write(table(), HEAD).unwrap());
    print!("{HEAD}{line}");
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(table())
        .unwrap();
    file.write_all(line.as_bytes()).unwrap();
}

fn blackout(lasted: &[Duration]) -> String {
    match lasted {
        [] => "–".into(),
        _ => format!(
            "{} / {} ms",
            percentile(lasted, 50).as_millis(),
            percentile(lasted, 99).as_millis()
        ),
    }
}

/// So many of a hundred are no longer than this.
pub fn percentile(all: &[Duration], percent: usize) -> Duration {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((last * percent).div_ceil(100))
        .copied()
        .unwrap_or_default()
}
