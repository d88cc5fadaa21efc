//! Points in time as queries and documents write them.
//!
//! A text that leaves parts out, such as `2026-11-20`, means all the time that fits. See
//! <https://docs.opensearch.org/latest/field-types/supported-field-types/date/>, date math included.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp, ToSpan, Unit};

/// A stretch of time, both ends included, in milliseconds since 1970.
pub(crate) type Stretch = (i64, i64);

/// The stretch that a text of a query means.
pub(crate) fn stretch(text: &str, now: Timestamp) -> Option<Stretch> {
    if let Some(math) = text.strip_prefix("now") {
        return calculated(now.to_zoned(TimeZone::UTC).datetime(), math);
    }
    match text.split_once("||") {
        Some((anchor, math)) => calculated(datetime(moment(anchor)?.0)?, math),
        None => moment(text),
    }
}

/// The stretch that a date of a document means: ISO 8601 in the extended or basic form, or milliseconds since 1970.
pub(crate) fn moment(text: &str) -> Option<Stretch> {
    extended(text).or_else(|| basic(text)).or_else(|| text.parse().ok().map(|millisecond| (millisecond, millisecond)))
}

/// `2026[-11[-20[T08[:30[:15[.123]]]]]]`, with an offset behind the time.
fn extended(text: &str) -> Option<Stretch> {
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let (date, unit) = day(date)?;
    let Some(time) = time else { return between(DateTime::from_parts(date, Time::midnight()), unit, Offset::UTC) };
    let (time, offset) = without_offset(time)?;
    if unit != Unit::Day {
        return None;
    }
    let (time, unit) = clock(time)?;
    between(DateTime::from_parts(date, time), unit, offset)
}

/// `20261120T083015Z`
fn basic(text: &str) -> Option<Stretch> {
    let (date, time) = text.split_once('T')?;
    let (time, offset) = without_offset(time)?;
    let plain = (date.len(), time.len()) == (8, 6) && date.is_ascii() && time.is_ascii();
    let extended = |digits: &str| format!("{}:{}:{}", &digits[..2], &digits[2..4], &digits[4..]);
    let date = plain.then(|| day(&format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..])))??.0;
    let (time, unit) = clock(&extended(time))?;
    between(DateTime::from_parts(date, time), unit, offset)
}

fn day(text: &str) -> Option<(Date, Unit)> {
    let mut parts = text.splitn(3, '-');
    let year = digits(parts.next()?, 4)? as i16;
    let month = parts.next().map(|month| digits(month, 2)).map_or(Some(None), |month| month.map(Some))?;
    let day = parts.next().map(|day| digits(day, 2)).map_or(Some(None), |day| day.map(Some))?;
    let unit = match (month, day) {
        (None, _) => Unit::Year,
        (Some(_), None) => Unit::Month,
        _ => Unit::Day,
    };
    Some((Date::new(year, month.unwrap_or(1) as i8, day.unwrap_or(1) as i8).ok()?, unit))
}

fn clock(text: &str) -> Option<(Time, Unit)> {
    let (text, fraction) = text.split_once(['.', ',']).map_or((text, None), |(text, fraction)| (text, Some(fraction)));
    let mut parts = text.split(':');
    let numbers: Vec<i8> =
        parts.by_ref().take(3).map(|part| digits(part, 2).map(|n| n as i8)).collect::<Option<_>>()?;
    let nanoseconds =
        fraction.map_or(Some(0), |digits| format!("{digits:0<9}").parse().ok().filter(|_| digits.len() <= 9))?;
    let unit = match (numbers.len(), fraction) {
        (1, None) => Unit::Hour,
        (2, None) => Unit::Minute,
        (3, None) => Unit::Second,
        (3, Some(_)) => Unit::Millisecond,
        _ => return None,
    };
    let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
    let time = Time::new(number(0), number(1), number(2), nanoseconds).ok()?;
    parts.next().is_none().then_some((time, unit))
}

/// A time without its offset: `Z`, `+01`, `+0100`, `+01:00`, or nothing for UTC.
fn without_offset(time: &str) -> Option<(&str, Offset)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, Offset::UTC));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, Offset::UTC)) };
    let (time, offset) = time.split_at(at);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let plain = offset[1..].replace(':', "");
    let (hours, minutes) = plain.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2)? };
    let seconds = (digits(hours, 2)? * 60 + minutes) as i32 * 60;
    Some((time, Offset::from_seconds(sign * seconds).ok()?))
}

fn digits(text: &str, count: usize) -> Option<u32> {
    text.parse().ok().filter(|_| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// From the start on, one unit long.
fn between(start: DateTime, unit: Unit, offset: Offset) -> Option<Stretch> {
    let at = |time: DateTime| Some(offset.to_timestamp(time).ok()?.as_millisecond());
    if unit == Unit::Millisecond {
        return Some((at(start)?, at(start)?));
    }
    Some((at(start)?, at(start.checked_add(span(1, unit)?).ok()?)? - 1))
}

fn datetime(millisecond: i64) -> Option<DateTime> {
    Some(Timestamp::from_millisecond(millisecond).ok()?.to_zoned(TimeZone::UTC).datetime())
}

/// Date math: `-7d`, `+1h/h`, `/d`; a stretch where it is rounded.
fn calculated(anchor: DateTime, mut math: &str) -> Option<Stretch> {
    let (mut time, mut rounded) = (anchor, Unit::Millisecond);
    while let Some(operator) = math.chars().next() {
        let rest = &math[1..];
        let length = rest.find(|c: char| !c.is_ascii_digit())?;
        let unit = unit(rest[length..].chars().next()?)?;
        let count: i64 = if length == 0 { 1 } else { rest[..length].parse().ok()? };
        match operator {
            '+' => time = time.checked_add(span(count, unit)?).ok()?,
            '-' => time = time.checked_sub(span(count, unit)?).ok()?,
            '/' if length == 0 => (time, rounded) = (floor(time, unit)?, unit),
            _ => return None,
        }
        math = &rest[length + 1..];
    }
    between(time, rounded, Offset::UTC)
}

fn unit(letter: char) -> Option<Unit> {
    Some(match letter {
        'y' => Unit::Year,
        'M' => Unit::Month,
        'w' => Unit::Week,
        'd' => Unit::Day,
        'h' | 'H' => Unit::Hour,
        'm' => Unit::Minute,
        's' => Unit::Second,
        _ => return None,
    })
}

fn span(count: i64, unit: Unit) -> Option<Span> {
    let span = match unit {
        Unit::Year => Span::new().try_years(count),
        Unit::Month => Span::new().try_months(count),
        Unit::Week => Span::new().try_weeks(count),
        Unit::Day => Span::new().try_days(count),
        Unit::Hour => Span::new().try_hours(count),
        Unit::Minute => Span::new().try_minutes(count),
        _ => Span::new().try_seconds(count),
    };
    span.ok()
}

/// The beginning of the unit that the time lies in; weeks begin on Monday.
fn floor(time: DateTime, unit: Unit) -> Option<DateTime> {
    let date = time.date();
    let day = match unit {
        Unit::Year => date.first_of_year(),
        Unit::Month => date.first_of_month(),
        Unit::Week => date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok()?,
        Unit::Day => date,
        Unit::Hour => return Some(date.at(time.hour(), 0, 0, 0)),
        Unit::Minute => return Some(date.at(time.hour(), time.minute(), 0, 0)),
        _ => return Some(date.at(time.hour(), time.minute(), time.second(), 0)),
    };
    Some(day.to_datetime(Time::midnight()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-21T12:34:56.789Z";

    fn told(text: &str) -> Option<(String, String)> {
        let told = |millisecond| Timestamp::from_millisecond(millisecond).unwrap().to_string();
        stretch(text, NOW.parse().unwrap()).map(|(from, to)| (told(from), told(to)))
    }

    #[test]
    fn what_is_left_out_may_be_anything() {
        for (text, from, to) in [
            ("2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59.999Z"),
            ("2026-11", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59.999Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z", "2026-11-20T23:59:59.999Z"),
            ("2026-11-20T08", "2026-11-20T08:00:00Z", "2026-11-20T08:59:59.999Z"),
            ("2026-11-20T08:30", "2026-11-20T08:30:00Z", "2026-11-20T08:30:59.999Z"),
            ("2026-11-20T08:30:15Z", "2026-11-20T08:30:15Z", "2026-11-20T08:30:15.999Z"),
            ("2026-11-20T08:30:15.25+01:00", "2026-11-20T07:30:15.25Z", "2026-11-20T07:30:15.25Z"),
            ("20261120T083015Z", "2026-11-20T08:30:15Z", "2026-11-20T08:30:15.999Z"),
            ("1795164760000", "2026-11-20T08:52:40Z", "2026-11-20T08:52:40Z"),
            ("now", "2026-11-21T12:34:56.789Z", "2026-11-21T12:34:56.789Z"),
            ("now-1h/h", "2026-11-21T11:00:00Z", "2026-11-21T11:59:59.999Z"),
            ("now-7d/d", "2026-11-14T00:00:00Z", "2026-11-14T23:59:59.999Z"),
            ("now/w", "2026-11-16T00:00:00Z", "2026-11-22T23:59:59.999Z"),
            ("2026-11-20||+1M/M", "2026-12-01T00:00:00Z", "2026-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(told(text), Some((from.to_owned(), to.to_owned())), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "foo",
            "2026-13",
            "2026-11-20T",
            "2026-11-20T25",
            "2026-11-20T8",
            "20.11.2026",
            "now-",
            "now-7x",
            "now-d7",
            "2026T08",
            "26-1-1",
            "é||/d",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
