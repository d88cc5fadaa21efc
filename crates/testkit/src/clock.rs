//! Days and moments in UTC, and the ways CloudTrail records spell them.

use std::fmt::{self, Write};
use std::str::FromStr;

/// Seconds in a day.
pub(crate) const DAY_SECONDS: u64 = 86_400;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A calendar day in UTC, from 1970-01-01 to 9999-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u64);

impl Day {
    /// The day of a civil date. `month` and `day` count from 1; the caller
    /// vouches for the date, parse a string to have it checked.
    ///
    /// The arithmetic is Howard Hinnant's `days_from_civil`,
    /// <https://howardhinnant.github.io/date_algorithms.html>.
    #[must_use]
    pub const fn new(year: u64, month: u64, day: u64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (year / 400, year % 400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month and day of month; the inverse of [`Day::new`].
    #[must_use]
    pub const fn civil(self) -> (u64, u64, u64) {
        let z = self.0 + 719_468;
        let (era, doe) = (z / 146_097, z % 146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, doy - (153 * mp + 2) / 5 + 1)
    }

    /// The moment `seconds` after the day's first.
    pub(crate) const fn at(self, seconds: u64) -> Moment {
        Moment(self.0 * DAY_SECONDS + seconds)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A text that is no `YYYY-MM-DD` date between 1970 and 9999.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidDay(String);

impl fmt::Display for InvalidDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no day, give it as YYYY-MM-DD", self.0)
    }
}

impl std::error::Error for InvalidDay {}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let mut numbers = text.splitn(3, '-').map(|part| part.parse().ok());
        let mut next = || numbers.next().flatten();
        let (Some(year), Some(month), Some(day)) = (next(), next(), next()) else {
            return Err(InvalidDay(text.to_owned()));
        };
        let plausible = (1970..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && Self::new(year, month, day).to_string() == text;
        if plausible { Ok(Self::new(year, month, day)) } else { Err(InvalidDay(text.to_owned())) }
    }
}

/// A point in time, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// The moment's day.
    pub(crate) const fn day(self) -> Day {
        Day(self.0 / DAY_SECONDS)
    }

    /// Appends the moment in `style` to `out`.
    pub(crate) fn write(self, style: Style, out: &mut String) {
        let ((year, month, day), (hour, minute, second)) = (self.day().civil(), self.time());
        // Writing to a String cannot fail.
        let _ = match style {
            Style::Iso => write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"),
            Style::Basic => write!(out, "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"),
            Style::Long => self.write_long(out),
            Style::Day => write!(out, "{year:04}-{month:02}-{day:02}"),
            Style::Path => write!(out, "{year:04}/{month:02}/{day:02}"),
            Style::Milliseconds => write!(out, "{}000", self.0),
            Style::Seconds => write!(out, "{}", self.0),
        };
    }

    fn write_long(self, out: &mut String) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = (self.day().civil(), self.time());
        let name = MONTHS[(month as usize - 1) % 12];
        let (hour12, half) = ((hour + 11) % 12 + 1, if hour < 12 { "AM" } else { "PM" });
        write!(out, "{name} {day}, {year}, {hour12}:{minute:02}:{second:02} {half}")
    }

    /// Hour, minute and second of the day.
    const fn time(self) -> (u64, u64, u64) {
        let seconds = self.0 % DAY_SECONDS;
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// How a moment is spelled; each style occurs in real records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `2026-11-20T08:02:11Z`, as in `eventTime`.
    Iso,
    /// `20261120T080211Z`, as in signed S3 requests.
    Basic,
    /// `Nov 20, 2026, 8:02:11 AM`, as in STS and IAM responses.
    Long,
    /// `2026-11-20`.
    Day,
    /// `2026/11/20`, as in Lambda's log stream names.
    Path,
    /// Milliseconds since 1970, as in EC2 responses.
    Milliseconds,
    /// Seconds since 1970.
    Seconds,
}

/// The seconds since midnight of `HH:MM:SS`.
pub(crate) fn time_of_day(text: &str) -> Option<u64> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let number = |part: &str| part.parse::<u64>().ok();
    Some(number(hour)? * 3600 + number(minute)? * 60 + number(second)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_parse_and_print_alike() {
        for text in ["1970-01-01", "2000-02-29", "2026-11-20", "9999-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        for text in ["2026-02-29", "2026-1-1", "26-01-01", "2026-13-01", "today", ""] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn moments_are_spelled_in_every_style() {
        let noon = Day::new(2026, 11, 20).at(time_of_day("12:02:11").unwrap());
        let spelled = |style| {
            let mut out = String::new();
            noon.write(style, &mut out);
            out
        };
        assert_eq!(spelled(Style::Iso), "2026-11-20T12:02:11Z");
        assert_eq!(spelled(Style::Basic), "20261120T120211Z");
        assert_eq!(spelled(Style::Long), "Nov 20, 2026, 12:02:11 PM");
        assert_eq!(spelled(Style::Path), "2026/11/20");
        assert_eq!(spelled(Style::Milliseconds), "1795176131000");
        assert_eq!(spelled(Style::Seconds), "1795176131");
    }
}
