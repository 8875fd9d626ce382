//! Faults that can be put into the server on purpose: a check that never fails proves nothing, so the
//! torture tests put each of these in and must then find messages lost or doubled.
//!
//! Only builds with the feature `sabotage` can be harmed, and the product is never built with it.

/// What can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The writer tells and answers first, and commits a little later.
    AnswerBeforeCommit,
    /// A client id is not looked up before a message is posted.
    ForgetClientIds,
    /// A socket reads its list of rooms first, and listens a little later.
    ListenLate,
    /// Commits don't wait for the disk.
    CommitWithoutSync,
}

/// How long what comes first under a fault stays ahead: enough for a test to meet the gap.
#[cfg(feature = "sabotage")]
pub const AHEAD: std::time::Duration = std::time::Duration::from_millis(40);
#[cfg(not(feature = "sabotage"))]
pub const AHEAD: std::time::Duration = std::time::Duration::ZERO;

/// Whether this fault is in: the environment's `SABOTAGE` names it, as it is written above.
#[cfg(feature = "sabotage")]
pub fn on(fault: Fault) -> bool {
    static CHOSEN: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| std::env::var("SABOTAGE").unwrap_or_default());
    *CHOSEN == format!("{fault:?}")
}

/// Never.
#[cfg(not(feature = "sabotage"))]
pub const fn on(_: Fault) -> bool {
    false
}
