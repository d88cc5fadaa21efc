//! The time of a line.

use crate::normalize::identity::is_utc;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `03/Nov/2026:09:14:27 +0000` in ISO 8601; S3 writes no other zone.
pub(super) fn utc(text: &str) -> Option<String> {
    let (day, rest) = text.strip_suffix(" +0000")?.split_once('/')?;
    let (month, rest) = rest.split_once('/')?;
    let (year, clock) = rest.split_once(':')?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    Some(format!("{year}-{month:02}-{day}T{clock}Z")).filter(|time| is_utc(time.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_or_none() {
        assert_eq!(utc("03/Nov/2026:09:14:27 +0000").as_deref(), Some("2026-11-03T09:14:27Z"));
        assert_eq!(utc("29/Feb/2028:23:59:59 +0000").as_deref(), Some("2028-02-29T23:59:59Z"));
        for wrong in [
            "29/Feb/2026:09:14:27 +0000",
            "3/Nov/2026:09:14:27 +0000",
            "03/Nov/2026:24:00:00 +0000",
            "03/nov/2026:09:14:27 +0000",
            "03/Nov/2026:09:14:27 +0200",
            "03/Nov/2026:09:14:27",
            "2026-11-03T09:14:27Z",
            "",
        ] {
            assert_eq!(utc(wrong), None, "{wrong}");
        }
    }
}
