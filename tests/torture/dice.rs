//! Chance that can be thrown again: every run prints its seed, and `TORTURE_SEED` repeats it.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

static SEED: LazyLock<u64> = LazyLock::new(|| {
    let given = std::env::var("TORTURE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |since| since.as_millis() as u64)
    };
    let seed = given.unwrap_or_else(now);
    println!("TORTURE_SEED={seed}");
    seed
});

/// A source of chance (xorshift). Each of its users has its own, named by a number.
pub struct Dice(u64);

impl Dice {
    pub fn new(user: u64) -> Dice {
        let mixed = (*SEED ^ user.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        Dice(mixed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, of: u64) -> bool {
        self.below(100) < of
    }

    /// Anything from nothing to the longest.
    pub fn upto(&mut self, longest: Duration) -> Duration {
        Duration::from_micros(self.below(longest.as_micros() as u64 + 1))
    }

    pub fn between(&mut self, shortest: Duration, longest: Duration) -> Duration {
        shortest + self.upto(longest.saturating_sub(shortest))
    }
}
