//! A person's time zone as the few offsets that their device told: both sides count with the same
//! list, so what the server draws is what the browser expects, and neither needs a database of zones.

use super::ids::Millis;
use serde::{Deserialize, Serialize};

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;
/// No zone is further from UTC, in minutes.
const OFFSET_MOST: i32 = 18 * 60;
const CHANGES_MOST: usize = 24;
/// Bytes of a zone as a cookie.
const BYTES_MOST: usize = 600;
/// Days between two probes: shorter than any summer time, Morocco's month of winter time included.
const PROBE_DAYS: Millis = 28;

/// A time zone: its offsets from UTC in minutes (east is positive), and since when each holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Before the first change.
    offset_minutes: i32,
    /// By instant: from then on, the other offset.
    changes: Vec<(Millis, i32)>,
}

/// An instant as clocks and calendars of a zone show it (the Gregorian one, also where it wasn't in
/// use yet).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    pub year: i32,
    /// 1–12
    pub month: u32,
    /// 1–31
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    /// 0 is Monday.
    pub weekday: u32,
}

impl Zone {
    pub const UTC: Zone = Zone {
        offset_minutes: 0,
        changes: Vec::new(),
    };

    /// Minutes to be added to UTC at that time.
    pub fn offset_at(&self, at: Millis) -> i32 {
        let passed = self.changes.partition_point(|(since, _)| *since <= at);
        passed
            .checked_sub(1)
            .map_or(self.offset_minutes, |last| self.changes[last].1)
    }

    pub fn local(&self, at: Millis) -> Local {
        let at = at.saturating_add(Millis::from(self.offset_at(at)) * MINUTE);
        let (days, minutes) = (at.div_euclid(DAY), (at.rem_euclid(DAY) / MINUTE) as u32);
        let (year, month, day) = calendar::date(days);
        Local {
            year: year as i32,
            month: month as u32,
            day: day as u32,
            hour: minutes / 60,
            minute: minutes % 60,
            weekday: calendar::weekday(days) as u32,
        }
    }

    /// When clocks show this. What they show twice is meant the first time; what they leave out, as if they had not
    /// been put forward yet.
    pub fn instant(&self, local: Local) -> Millis {
        let minutes = 60 * Millis::from(local.hour) + Millis::from(local.minute);
        let wall = local.day_number() * DAY + minutes * MINUTE;
        let offsets = self.changes.iter().map(|change| change.1);
        let at = |offset: i32| wall - Millis::from(offset) * MINUTE;
        let shown = offsets
            .chain([self.offset_minutes])
            .filter(|offset| self.offset_at(at(*offset)) == *offset);
        // The first time is that of the clocks that are further ahead.
        let offset = shown.max().unwrap_or_else(|| self.offset_at(wall - DAY));
        at(offset)
    }

    /// Reads what [`Display`](std::fmt::Display) wrote, and nothing else: it comes from a cookie.
    pub fn parse(text: &str) -> Option<Zone> {
        if text.len() > BYTES_MOST {
            return None;
        }
        let mut parts = text.split('_');
        let offset_minutes = parts.next()?.parse().ok()?;
        let changes = parts.map(change).collect::<Option<Vec<_>>>()?;
        let zone = Zone {
            offset_minutes,
            changes,
        };
        (zone.is_sound() && zone.to_string() == text).then_some(zone)
    }

    fn is_sound(&self) -> bool {
        let mut offsets = self
            .changes
            .iter()
            .map(|change| change.1)
            .chain([self.offset_minutes]);
        self.changes.len() <= CHANGES_MOST
            && offsets.all(|offset| (-OFFSET_MOST..=OFFSET_MOST).contains(&offset))
            && self.changes.is_sorted_by(|one, next| one.0 < next.0)
    }

    /// Finds the offsets from three years ago to a year ahead by asking, as a browser can be asked
    /// what its offset is at a time, to the minute.
    pub fn probe(now: Millis, offset_at: impl Fn(Millis) -> i32) -> Zone {
        let now = now - now.rem_euclid(MINUTE);
        let (from, to) = (now - 3 * 365 * DAY, now + 366 * DAY);
        let mut zone = Zone {
            offset_minutes: offset_at(from),
            changes: Vec::new(),
        };
        let (mut start, mut offset) = (from, zone.offset_minutes);
        while start < to {
            let end = start + PROBE_DAYS * DAY;
            while offset_at(end) != offset {
                start = first_change(start, end, &offset_at);
                offset = offset_at(start);
                zone.changes.push((start, offset));
            }
            start = end;
        }
        zone.forget_oldest();
        zone
    }

    /// Lets go of what doesn't fit into a cookie.
    fn forget_oldest(&mut self) {
        let surplus = self.changes.len().saturating_sub(CHANGES_MOST);
        if let Some((_, offset)) = self.changes.drain(..surplus).next_back() {
            self.offset_minutes = offset;
        }
    }
}

/// As a cookie value: `180`, or with changes `60_1711846800000:120_1729990800000:60`.
impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.offset_minutes)?;
        self.changes
            .iter()
            .try_for_each(|(since, offset)| write!(f, "_{since}:{offset}"))
    }
}

fn change(text: &str) -> Option<(Millis, i32)> {
    let (since, offset) = text.split_once(':')?;
    Some((since.parse().ok()?, offset.parse().ok()?))
}

/// The minute in `(start, end]` from which another offset holds than at `start`. There is one.
fn first_change(start: Millis, end: Millis, offset_at: impl Fn(Millis) -> i32) -> Millis {
    let offset = offset_at(start);
    let (mut same, mut other) = (start / MINUTE, end / MINUTE);
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if offset_at(middle * MINUTE) == offset {
            same = middle
        } else {
            other = middle
        }
    }
    other * MINUTE
}

impl Local {
    /// Days since 1970-01-01 of the same calendar: the same for all times of a day, one more on the next.
    pub fn day_number(&self) -> i64 {
        calendar::day_number(self.year.into(), self.month.into(), self.day.into())
    }

    /// The same time of the day so many days later.
    pub fn days_later(self, days: i64) -> Local {
        let days = self.day_number() + days;
        let (year, month, day) = calendar::date(days);
        Local {
            year: year as i32,
            month: month as u32,
            day: day as u32,
            weekday: calendar::weekday(days) as u32,
            ..self
        }
    }

    /// What stands in a field for a date and a time: `2026-11-26T19:00`.
    pub fn in_field(&self) -> String {
        let two = |number: u32| format!("{number:02}");
        let date = [
            &format!("{:04}", self.year),
            "-",
            &two(self.month),
            "-",
            &two(self.day),
        ]
        .concat();
        [&date, "T", &two(self.hour), ":", &two(self.minute)].concat()
    }

    /// The same read again, with seconds or without. Nothing, if no calendar has such a day, or no clock such a time.
    pub fn of_field(text: &str) -> Option<Local> {
        let (date, time) = text.split_once('T')?;
        let mut date = date.split('-').map(digits);
        let mut time = time.split(':').map(digits);
        let next = |parts: &mut dyn Iterator<Item = Option<u32>>| parts.next().flatten();
        let read = Local {
            year: next(&mut date)? as i32,
            month: next(&mut date)?,
            day: next(&mut date)?,
            hour: next(&mut time)?,
            minute: next(&mut time)?,
            weekday: 0,
        };
        let sound = (1..=9_999).contains(&read.year)
            && (1..=12).contains(&read.month)
            && read.hour < 24
            && read.minute < 60;
        // The thirtieth of February would be another day.
        let real = Some(read)
            .filter(|_| sound && date.next().is_none())?
            .days_later(0);
        ((real.month, real.day) == (read.month, read.day)).then_some(real)
    }
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// Dates and days. Years begin in March here, so that the leap day is the last one of its year.
pub mod calendar {
    /// From March on.
    const MONTHS: [i64; 12] = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29];
    const YEAR: i64 = 365;
    const FOUR_YEARS: i64 = 4 * YEAR + 1;
    const CENTURY: i64 = 25 * FOUR_YEARS - 1;
    const FOUR_CENTURIES: i64 = 4 * CENTURY + 1;
    /// From March 1st of the year 0 to January 1st of 1970.
    const EPOCH: i64 = 719_468;

    /// Year, month and day of a day since 1970-01-01.
    pub fn date(days: i64) -> (i64, i64, i64) {
        let days = days + EPOCH;
        let (cycle, rest) = (days.div_euclid(FOUR_CENTURIES), days.rem_euclid(FOUR_CENTURIES));
        // The last century of a cycle and the last year of four are the longer ones.
        let (century, rest) = divide(rest, CENTURY, 3);
        let (leap, rest) = divide(rest, FOUR_YEARS, 24);
        let (year, mut day) = divide(rest, YEAR, 3);
        let year = 400 * cycle + 100 * century + 4 * leap + year;
        let mut month = 0;
        while day >= MONTHS[month] {
            day -= MONTHS[month];
            month += 1;
        }
        let month = month as i64;
        if month < 10 {
            (year, month + 3, day + 1)
        } else {
            (year + 1, month - 9, day + 1)
        }
    }

    fn divide(days: i64, by: i64, most: i64) -> (i64, i64) {
        let times = (days / by).min(most);
        (times, days - times * by)
    }

    /// Days since 1970-01-01.
    pub fn day_number(year: i64, month: i64, day: i64) -> i64 {
        let (year, month) = if month < 3 {
            (year - 1, month + 9)
        } else {
            (year, month - 3)
        };
        let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let months: i64 = MONTHS.iter().take(month as usize).sum();
        YEAR * year + leaps + months + day - 1 - EPOCH
    }

    /// 0 is Monday; 1970 began on a Thursday.
    pub fn weekday(days: i64) -> i64 {
        (days + 3).rem_euclid(7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Summer time from the last Sunday of March to that of October, as in Berlin.
    const SPRING_2024: Millis = 1_711_846_800_000;
    const AUTUMN_2024: Millis = 1_729_990_800_000;

    fn berlin() -> Zone {
        Zone {
            offset_minutes: 60,
            changes: vec![(SPRING_2024, 120), (AUTUMN_2024, 60)],
        }
    }

    fn shown(local: Local) -> String {
        let Local {
            year,
            month,
            day,
            hour,
            minute,
            weekday,
        } = local;
        format!("{year}-{month:02}-{day:02} {hour}:{minute:02} {weekday}")
    }

    #[test]
    fn an_instant_is_shown_by_the_offset_of_its_time() {
        assert_eq!(shown(berlin().local(SPRING_2024 - 1)), "2024-03-31 1:59 6");
        assert_eq!(shown(berlin().local(SPRING_2024)), "2024-03-31 3:00 6");
        assert_eq!(shown(berlin().local(AUTUMN_2024 - 1)), "2024-10-27 2:59 6");
        assert_eq!(shown(berlin().local(AUTUMN_2024)), "2024-10-27 2:00 6");
        assert_eq!(shown(Zone::UTC.local(0)), "1970-01-01 0:00 3");
        assert_eq!(shown(Zone::parse("-210").unwrap().local(0)), "1969-12-31 20:30 2");
        assert_eq!(shown(Zone::UTC.local(951_782_400_000)), "2000-02-29 0:00 1");
        assert_eq!(shown(Zone::UTC.local(-62_167_219_200_000)), "0-01-01 0:00 5");
    }

    fn typed(text: &str) -> Local {
        Local::of_field(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn what_clocks_show_is_an_instant_again() {
        let (zone, hour) = (berlin(), 60 * MINUTE);
        for hours in -10_000..10_000 {
            let at = SPRING_2024 + hours * hour;
            let twice = (AUTUMN_2024..AUTUMN_2024 + hour).contains(&at);
            assert_eq!(
                zone.instant(zone.local(at)),
                if twice { at - hour } else { at },
                "{hours}"
            );
        }
        let kathmandu = Zone::parse("345").unwrap();
        assert_eq!(kathmandu.instant(typed("1970-01-01T05:45")), 0);
    }

    #[test]
    fn a_time_that_clocks_leave_out_is_as_long_after_as_it_says() {
        let zone = berlin();
        // 2:30 isn't there: an hour and a half after one o'clock.
        let at = zone.instant(typed("2024-03-31T02:30"));
        assert_eq!(
            (at, shown(zone.local(at))),
            (SPRING_2024 + 30 * MINUTE, "2024-03-31 3:30 6".into())
        );
    }

    #[test]
    fn a_time_that_clocks_show_twice_is_the_first_one() {
        assert_eq!(
            berlin().instant(typed("2024-10-27T02:30")),
            AUTUMN_2024 - 30 * MINUTE
        );
        // West of Greenwich, back from summer time at two.
        let new_york = Zone {
            offset_minutes: -240,
            changes: vec![(AUTUMN_2024, -300)],
        };
        let at = new_york.instant(typed("2024-10-26T20:30"));
        assert_eq!(at, AUTUMN_2024 - 30 * MINUTE);
    }

    #[test]
    fn a_field_is_read_as_it_was_written_and_nothing_else_is() {
        for text in ["2026-11-26T19:00", "2024-02-29T00:00", "0001-01-01T23:59"] {
            assert_eq!(typed(text).in_field(), text);
        }
        assert_eq!(typed("2026-11-26T19:00:30.5"), typed("2026-11-26T19:00"));
        assert_eq!(typed("2026-11-26T19:00").weekday, 3);
        for text in [
            "",
            "2026-11-26",
            "2026-11-26 19:00",
            "2026-13-01T00:00",
            "2026-00-01T00:00",
            "2026-02-30T00:00",
            "2025-02-29T00:00",
            "2026-11-26T24:00",
            "2026-11-26T19:60",
            "2026-11-26T19",
            "+026-11-26T19:00",
            "2026-11-26-1T19:00",
            "12026-11-26T19:00",
        ] {
            assert_eq!(Local::of_field(text), None, "{text}");
        }
    }

    #[test]
    fn days_later_is_the_same_time_of_another_day() {
        assert_eq!(typed("2026-12-31T09:30").days_later(1), typed("2027-01-01T09:30"));
        assert_eq!(
            typed("2024-02-28T09:30").days_later(1).in_field(),
            "2024-02-29T09:30"
        );
    }

    #[test]
    fn every_day_has_its_date_and_no_other() {
        let mut yesterday = Zone::UTC.local(-800_000 * DAY);
        for day in -799_999..800_000 {
            let today = Zone::UTC.local(day * DAY);
            assert_eq!(today.day_number(), day);
            let next_day = today.month == yesterday.month && today.day == yesterday.day + 1;
            let next_month = today.day == 1 && (27..31).contains(&(yesterday.day - 1));
            assert!(next_day || next_month, "{yesterday:?} {today:?}");
            yesterday = today;
        }
        // Nothing that comes over the wire can break it.
        for at in [Millis::MIN, Millis::MAX] {
            berlin().local(at);
        }
    }

    #[test]
    fn leap_years_are_those_of_the_calendar() {
        let leap = |year| calendar::day_number(year, 3, 1) - calendar::day_number(year, 2, 28) == 2;
        assert!([1600, 1996, 2000, 2024, 2400].into_iter().all(leap));
        assert!(![1700, 1900, 2023, 2100, 2200].into_iter().any(leap));
    }

    #[test]
    fn a_zone_is_a_cookie_and_back() {
        for zone in [
            Zone::UTC,
            berlin(),
            Zone {
                offset_minutes: -570,
                changes: vec![],
            },
        ] {
            let cookie = zone.to_string();
            assert!(
                cookie
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b"-_:".contains(&byte))
            );
            assert_eq!(Zone::parse(&cookie), Some(zone));
        }
        assert_eq!(berlin().to_string(), "60_1711846800000:120_1729990800000:60");
    }

    #[test]
    fn the_longest_zone_fits_and_a_longer_one_is_none() {
        let zone = |changes| Zone {
            offset_minutes: -OFFSET_MOST,
            changes: (0..changes)
                .map(|at| (9_000_000_000_000 + at, -OFFSET_MOST))
                .collect(),
        };
        let longest = zone(24).to_string();
        assert!(longest.len() <= BYTES_MOST);
        assert_eq!(Zone::parse(&longest), Some(zone(24)));
        assert_eq!(Zone::parse(&zone(25).to_string()), None);
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        let long = "0".repeat(601);
        let no_zones = [
            "",
            "x",
            "+60",
            "060",
            "-0",
            " 60",
            "1081",
            "-1081",
            "60_",
            "60_5",
            "60_5:",
            "60_:5",
            "60_5:1081",
            "60_5:60_5:120",
            "60_6:60_5:120",
            "60_05:60",
            "60_5:6:7",
            "99999999999",
            "60_99999999999999999999:60",
            "60,5:60",
            &long,
        ];
        for text in no_zones {
            assert_eq!(Zone::parse(text), None, "{text}");
        }
    }

    #[test]
    fn probing_finds_every_change_to_the_minute() {
        let now = SPRING_2024 + 12_345;
        assert_eq!(Zone::probe(now, |at| berlin().offset_at(at)), berlin());
        assert_eq!(
            Zone::probe(now, |_| 180),
            Zone {
                offset_minutes: 180,
                changes: vec![]
            }
        );
        // Two changes between two probes, and a month of another time.
        let odd = Zone {
            offset_minutes: 0,
            changes: vec![
                (SPRING_2024, 30),
                (SPRING_2024 + 7 * MINUTE, 60),
                (AUTUMN_2024, 0),
                (AUTUMN_2024 + 29 * DAY, 60),
            ],
        };
        assert_eq!(Zone::probe(now, |at| odd.offset_at(at)), odd);
    }

    #[test]
    fn probing_keeps_what_fits_into_a_cookie() {
        // Another offset every 40 days.
        let restless = |at: Millis| (at.div_euclid(40 * DAY).rem_euclid(5) * 60) as i32;
        let now = SPRING_2024;
        let zone = Zone::probe(now, restless);
        assert_eq!(Zone::parse(&zone.to_string()), Some(zone.clone()));
        for day in -365..365 {
            assert_eq!(zone.offset_at(now + day * DAY), restless(now + day * DAY));
        }
    }
}
