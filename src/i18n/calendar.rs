//! Days and times in words. Days are counted from 1970-01-01 in the reader's zone.

use super::Texts;
use crate::shared::zone::calendar::{date, weekday};

/// Days since 1970-01-01.
pub type DayNumber = i64;

/// The words of a calendar and how they stand together.
pub struct Calendar {
    /// As they follow a day's number: «23 ноября».
    pub months: [&'static str; 12],
    pub months_short: [&'static str; 12],
    /// From Monday.
    pub weekdays: [&'static str; 7],
    pub weekdays_short: [&'static str; 7],
    pub today: &'static str,
    pub yesterday: &'static str,
    /// The day's number, the month.
    pub date: fn(i64, &str) -> String,
    /// The day's number, the month, the year.
    pub date_with_year: fn(i64, &str, i64) -> String,
}

impl Texts {
    /// What stands over a day's messages: «Сегодня», «Вчера», «23 ноября», «23 ноября 2024».
    pub fn day_heading(&self, day: DayNumber, today: DayNumber) -> String {
        match today - day {
            0 => self.calendar.today.into(),
            1 => self.calendar.yesterday.into(),
            _ => self.date(day, today, &self.calendar.months),
        }
    }

    /// When a conversation was last written in, for the list: the time if today, the weekday if
    /// in the last six days, else the date.
    pub fn list_time(&self, day: DayNumber, minute: u32, today: DayNumber) -> String {
        match today - day {
            0 => self.clock(minute),
            1..=6 => self.calendar.weekdays_short[weekday(day) as usize].into(),
            _ => self.date(day, today, &self.calendar.months_short),
        }
    }

    /// When somebody was there last: «был(а) в сети в 14:05», with the day if it wasn't today.
    pub fn last_seen(&self, day: DayNumber, minute: u32, today: DayNumber) -> String {
        let (how, when) = match today - day {
            0 => (0, self.clock(minute)),
            1 => (1, self.clock(minute)),
            _ => (2, self.date(day, today, &self.calendar.months)),
        };
        [self.seen[how], &when].concat()
    }

    /// The time of day, by its minute: «14:05».
    pub fn clock(&self, minute: u32) -> String {
        format!("{:02}:{:02}", minute / 60, minute % 60)
    }

    /// The year is said only where it isn't this one.
    fn date(&self, day: DayNumber, today: DayNumber, months: &[&'static str; 12]) -> String {
        let (year, month, number) = date(day);
        let month = months[month as usize - 1];
        if year == date(today).0 {
            (self.calendar.date)(number, month)
        } else {
            (self.calendar.date_with_year)(number, month, year)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::i18n::Lang;

    /// 2026-11-23, a Monday.
    const TODAY: i64 = 20_780;

    #[test]
    fn a_heading_is_as_short_as_can_be() {
        let (ru, en) = (Lang::Ru.texts(), Lang::En.texts());
        assert_eq!(ru.day_heading(TODAY, TODAY), "Сегодня");
        assert_eq!(ru.day_heading(TODAY - 1, TODAY), "Вчера");
        assert_eq!(ru.day_heading(TODAY - 2, TODAY), "21 ноября");
        assert_eq!(ru.day_heading(TODAY - 365, TODAY), "23 ноября 2025");
        assert_eq!(en.day_heading(TODAY - 2, TODAY), "November 21");
        assert_eq!(en.day_heading(TODAY - 365, TODAY), "November 23, 2025");
    }

    #[test]
    fn when_somebody_was_there_last_is_said_as_it_is_asked() {
        let (ru, en) = (Lang::Ru.texts(), Lang::En.texts());
        assert_eq!(ru.last_seen(TODAY, 14 * 60 + 5, TODAY), "был(а) в сети в 14:05");
        assert_eq!(ru.last_seen(TODAY - 1, 5, TODAY), "был(а) в сети вчера в 00:05");
        assert_eq!(ru.last_seen(TODAY - 2, 5, TODAY), "был(а) в сети 21 ноября");
        assert_eq!(en.last_seen(TODAY - 2, 5, TODAY), "last seen November 21");
    }

    #[test]
    fn the_list_says_the_time_then_the_weekday_then_the_date() {
        let ru = Lang::Ru.texts();
        assert_eq!(ru.list_time(TODAY, 14 * 60 + 5, TODAY), "14:05");
        assert_eq!(ru.list_time(TODAY - 1, 0, TODAY), "вс");
        assert_eq!(ru.list_time(TODAY - 6, 0, TODAY), "вт");
        assert_eq!(ru.list_time(TODAY - 7, 0, TODAY), "16 нояб.");
    }
}
