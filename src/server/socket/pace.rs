//! How much a browser may say.

use crate::shared::limits::SAID_IN_TEN_SECONDS;
use std::time::{Duration, Instant};

const TEN_SECONDS: Duration = Duration::from_secs(10);

pub(super) struct Pace {
    since: Instant,
    said: u32,
}

impl Pace {
    pub(super) fn new() -> Pace {
        Pace {
            since: Instant::now(),
            said: 0,
        }
    }

    /// Whether it may say one thing more; that counts.
    pub(super) fn bears_one_more(&mut self) -> bool {
        if self.since.elapsed() > TEN_SECONDS {
            *self = Pace::new();
        }
        self.said += 1;
        self.said <= SAID_IN_TEN_SECONDS
    }
}
