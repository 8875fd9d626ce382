//! How often somebody may do something.

use crate::server::names::Handle;
use crate::shared::ids::UserId;
use crate::shared::refusal::Refusal;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Keys in a table, at most, beside those of the [`CROWD`].
const KEYS: usize = 10_000;
/// When a table is full of keys that are still of use, newcomers share this many.
const CROWD: u64 = 1_024;
/// A table is swept no more often than this: a sweep looks at every key.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(1);

const SIGN_IN_BY_IP: Quota = Quota::per_minute(count(30));
const SIGN_IN_BY_HANDLE: Quota = Quota::per_minute(count(10));
const SIGN_UP_BY_IP: Quota = Quota::per_hour(count(100));
const NEWCOMER_BY_IP: Quota = Quota::per_hour(count(20));
const LOOK_UP_BY_IP: Quota = Quota::per_hour(count(60));
/// Everyone is told.
const RENAME: Quota = Quota::per_hour(count(1)).allow_burst(count(5));
const PICTURE: Quota = Quota::per_minute(count(10));
const POST: Quota = Quota::per_second(count(5)).allow_burst(count(50));
const WRITE: Quota = Quota::per_second(count(10)).allow_burst(count(60));

/// The rates of everyone, kept in memory. They begin anew when the server does.
pub struct Rates {
    enabled: bool,
    sign_in_by_ip: Table<IpAddr>,
    sign_in_by_handle: Table<String>,
    sign_up_by_ip: Table<IpAddr>,
    newcomer_by_ip: Table<IpAddr>,
    look_up_by_ip: Table<IpAddr>,
    rename: Table<UserId>,
    picture: Table<UserId>,
    post: Table<UserId>,
    write: Table<UserId>,
}

impl Rates {
    /// Not enabled, they refuse nothing.
    pub fn new(enabled: bool) -> Self {
        Self {
            enabled,
            sign_in_by_ip: Table::new(SIGN_IN_BY_IP, KEYS),
            sign_in_by_handle: Table::new(SIGN_IN_BY_HANDLE, KEYS),
            sign_up_by_ip: Table::new(SIGN_UP_BY_IP, KEYS),
            newcomer_by_ip: Table::new(NEWCOMER_BY_IP, KEYS),
            look_up_by_ip: Table::new(LOOK_UP_BY_IP, KEYS),
            rename: Table::new(RENAME, KEYS),
            picture: Table::new(PICTURE, KEYS),
            post: Table::new(POST, KEYS),
            write: Table::new(WRITE, KEYS),
        }
    }

    /// A try to sign in, from this address and as this handle, as it was typed.
    pub fn sign_in(&self, ip: IpAddr, handle: &str) -> Result<(), Refusal> {
        self.check(&self.sign_in_by_ip, network(ip))?;
        match Handle::parse(handle) {
            Ok(handle) => self.check(&self.sign_in_by_handle, handle.lookalike_key()),
            // Nobody can have it.
            Err(_) => Ok(()),
        }
    }

    /// A new account, from this address.
    pub fn sign_up(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.check(&self.sign_up_by_ip, network(ip))
    }

    /// A new account without a password, from this address.
    pub fn newcomer(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.check(&self.newcomer_by_ip, network(ip))
    }

    /// A question by a stranger at this address who somebody is.
    pub fn look_up(&self, ip: IpAddr) -> Result<(), Refusal> {
        self.check(&self.look_up_by_ip, network(ip))
    }

    /// A message.
    pub fn post(&self, user: UserId) -> Result<(), Refusal> {
        self.check(&self.post, user)
    }

    /// Another handle.
    pub fn rename(&self, user: UserId) -> Result<(), Refusal> {
        self.check(&self.rename, user)
    }

    /// Another picture of oneself.
    pub fn picture(&self, user: UserId) -> Result<(), Refusal> {
        self.check(&self.picture, user)
    }

    /// Any other change.
    pub fn write(&self, user: UserId) -> Result<(), Refusal> {
        self.check(&self.write, user)
    }

    fn check<K: Clone + Eq + Hash>(&self, table: &Table<K>, key: K) -> Result<(), Refusal> {
        if self.enabled { table.check(key) } else { Ok(()) }
    }
}

/// One rate, for every key its own.
struct Table<K: Clone + Eq + Hash> {
    limiter: DefaultKeyedRateLimiter<Key<K>>,
    clock: DefaultClock,
    most: usize,
    swept: Mutex<Option<Instant>>,
    crowd: RandomState,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key<K> {
    Own(K),
    Crowd(u64),
}

impl<K: Clone + Eq + Hash> Table<K> {
    fn new(quota: Quota, most: usize) -> Self {
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            most,
            swept: Mutex::new(None),
            crowd: RandomState::new(),
        }
    }

    fn check(&self, key: K) -> Result<(), Refusal> {
        let key = if self.has_room() {
            Key::Own(key)
        } else {
            Key::Crowd(self.crowd.hash_one(key) % CROWD)
        };
        self.limiter.check_key(&key).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            Refusal::TooFast {
                retry_after_seconds: wait.as_secs_f64().ceil().max(1.0) as u64,
            }
        })
    }

    /// Whether one more key fits, after throwing away those that make no difference any more.
    fn has_room(&self) -> bool {
        if self.limiter.len() < self.most {
            return true;
        }
        // Whoever finds it locked leaves the sweeping to the one who is at it.
        if let Ok(mut swept) = self.swept.try_lock()
            && swept.is_none_or(|at| at.elapsed() >= BETWEEN_SWEEPS)
        {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            *swept = Some(Instant::now());
        }
        self.limiter.len() < self.most
    }
}

/// Whoever has one IPv6 address has the other 2⁶⁴ of its network.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
        ip => ip,
    }
}

const fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("a rate above zero")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of 200 in a row are let through.
    fn let_through(mut act: impl FnMut() -> Result<(), Refusal>) -> usize {
        (0..200).take_while(|_| act().is_ok()).count()
    }

    #[test]
    fn rates_that_are_off_refuse_nothing() {
        let rates = Rates::new(false);
        assert_eq!(let_through(|| rates.sign_in(ip("192.0.2.1"), "anna")), 200);
        assert_eq!(let_through(|| rates.sign_up(ip("192.0.2.1"))), 200);
        assert_eq!(let_through(|| rates.post(UserId(1))), 200);
    }

    #[test]
    fn tries_to_sign_in_are_counted_for_each_address() {
        let rates = Rates::new(true);
        let mut names = 0..;
        let tries = let_through(|| rates.sign_in(ip("192.0.2.1"), &format!("user{}", names.next().unwrap())));
        assert_eq!(tries, 30);
        assert_eq!(rates.sign_in(ip("192.0.2.2"), "anna"), Ok(()));
    }

    #[test]
    fn tries_to_sign_in_are_counted_for_each_handle_however_it_is_spelt() {
        let rates = Rates::new(true);
        let mut hosts = 0..;
        let mut from = || ip(&format!("192.0.2.{}", hosts.next().unwrap()));
        assert_eq!(let_through(|| rates.sign_in(from(), "anna")), 10);
        assert!(rates.sign_in(ip("198.51.100.1"), " @ANNA ").is_err());
        assert!(rates.sign_in(ip("198.51.100.2"), "аnnа").is_err());
        assert_eq!(rates.sign_in(ip("198.51.100.3"), "bob"), Ok(()));
    }

    #[test]
    fn new_accounts_are_counted_for_each_ipv6_network() {
        let rates = Rates::new(true);
        let mut hosts = 0..;
        let made = let_through(|| rates.sign_up(ip(&format!("2001:db8:1:2::{}", hosts.next().unwrap()))));
        assert_eq!(made, 100);
        assert_eq!(rates.sign_up(ip("2001:db8:1:3::1")), Ok(()));
    }

    #[test]
    fn newcomers_and_questions_are_counted_for_each_address() {
        let rates = Rates::new(true);
        assert_eq!(let_through(|| rates.newcomer(ip("192.0.2.1"))), 20);
        assert_eq!(let_through(|| rates.look_up(ip("192.0.2.1"))), 60);
        assert_eq!(rates.newcomer(ip("192.0.2.2")), Ok(()));
    }

    #[test]
    fn an_ipv4_address_in_ipv6_form_is_the_same_address() {
        assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        assert_ne!(network(ip("::ffff:192.0.2.1")), network(ip("::ffff:192.0.2.2")));
    }

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let rates = Rates::new(true);
        while rates.sign_up(ip("192.0.2.1")).is_ok() {}
        let Err(Refusal::TooFast { retry_after_seconds }) = rates.sign_up(ip("192.0.2.1")) else {
            panic!()
        };
        assert!((30..=36).contains(&retry_after_seconds), "{retry_after_seconds}");

        let wait = (0..200).find_map(|_| rates.post(UserId(1)).err());
        assert_eq!(
            wait,
            Some(Refusal::TooFast {
                retry_after_seconds: 1
            })
        );
    }

    #[test]
    fn posts_and_other_writes_are_counted_apart_for_each_person() {
        let rates = Rates::new(true);
        // A slow machine may earn one or two more while counting.
        assert!((50..55).contains(&let_through(|| rates.post(UserId(1)))));
        assert!((60..70).contains(&let_through(|| rates.write(UserId(1)))));
        assert_eq!(rates.post(UserId(2)), Ok(()));
    }

    #[test]
    fn a_table_stays_within_its_bound() {
        let table = Table::new(Quota::per_hour(count(1)), 100);
        let let_in = (0..10_000_u32).filter(|key| table.check(*key).is_ok()).count();
        assert!(
            table.limiter.len() <= 100 + CROWD as usize,
            "{}",
            table.limiter.len()
        );
        assert!(let_in >= 100);
    }

    #[test]
    fn a_full_table_forgets_the_keys_that_make_no_difference() {
        let table = Table::new(Quota::per_second(count(1_000)), 100);
        for key in 0..100_u32 {
            table.check(key).unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
        assert!(table.has_room());
        assert_eq!(table.limiter.len(), 0);
    }
}
