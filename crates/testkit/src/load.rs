//! Endless records with the statistics of real trails, for the benchmark and
//! for tests that need many.
//!
//! A record is decided by the seed and its number alone. The shapes stand in
//! `data/load/`: each is the part of a record that makes its event, with
//!
//! - `weight`: how often it occurs, against the other shapes;
//! - `by`: the group of actors that cause it;
//! - `errors`: the ways it fails, and `failures`: how often, in percent.

use crate::clock::{DAY_SECONDS, Day};
use crate::embedded;
use crate::record::{Fields, string};
use crate::rng::{Dice, mix};
use crate::template::{Context, Tables, Template, pick};
use flate2::{Compression, write::GzEncoder};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::sync::LazyLock;

/// The average size of a record, in bytes; within 10 % for a thousand records or more.
pub const AVERAGE_BYTES: usize = 1_260;

const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];
const REGIONS: [&str; 4] = ["us-east-1", "us-east-1", "eu-central-1", "ap-southeast-2"];

/// Percent of failing calls of a shape that has errors and does not say how many.
const FAILURES: u64 = 25;

const ACTORS: &str = include_str!("../data/load/actors.json");
const TABLES: &str = include_str!("../data/load/tables.json");
const SHAPES: [(&str, &str); 4] = [
    ("compute", include_str!("../data/load/compute.json")),
    ("storage", include_str!("../data/load/storage.json")),
    ("identity", include_str!("../data/load/identity.json")),
    ("platform", include_str!("../data/load/platform.json")),
];

static MIX: LazyLock<Mix> = LazyLock::new(Mix::embedded);

/// The templates of all shapes, by actor and error, with their shares.
struct Mix {
    templates: Vec<Template>,
    /// Running totals of the shares, so that a number below the last finds its template.
    totals: Vec<u64>,
}

impl Mix {
    fn embedded() -> Self {
        let (envelope, actors) = (embedded::envelope(), embedded::parse("actors", ACTORS));
        let tables = embedded::tables("tables", TABLES);
        let mut mix = Self { templates: Vec::new(), totals: Vec::new() };
        for (file, json) in SHAPES {
            for shape in embedded::parse::<Vec<Fields>>(file, json) {
                mix.add_shape(&envelope, &shape, &actors, &tables);
            }
        }
        mix
    }

    fn add_shape(
        &mut self,
        envelope: &Fields,
        shape: &Fields,
        actors: &BTreeMap<String, Vec<Fields>>,
        tables: &Tables,
    ) {
        let group = embedded::member(actors, string(shape, "by").unwrap_or("human"));
        let errors: Vec<Fields> = embedded::field(shape, "errors", Vec::new());
        let failures = if errors.is_empty() { 0 } else { embedded::field(shape, "failures", FAILURES) };
        let share = embedded::field(shape, "weight", 1_u64) * 100_000 / group.len() as u64;
        for actor in group {
            let layers = [envelope, actor, shape];
            self.add(share * (100 - failures) / 100, &layers, tables);
            for error in &errors {
                let layers = [envelope, actor, shape, error];
                self.add(share * failures / 100 / errors.len() as u64, &layers, tables);
            }
        }
    }

    fn add(&mut self, share: u64, layers: &[&Fields], tables: &Tables) {
        self.templates.push(embedded::template(layers, "", tables));
        self.totals.push(self.total() + share);
    }

    fn total(&self) -> u64 {
        self.totals.last().copied().unwrap_or(0)
    }

    fn pick(&self, random: u64) -> &Template {
        let point = random % self.total();
        &self.templates[self.totals.partition_point(|total| *total <= point)]
    }
}

/// An endless iterator of records: one minified JSON object each.
///
/// ```
/// use trailsearch_testkit::{Day, load::Records};
///
/// let records = Records::new(7).over(Day::new(2026, 10, 1), 31);
/// assert!(records.take(3).all(|record| record.starts_with(r#"{"eventVersion":"#)));
/// ```
#[derive(Debug, Clone)]
pub struct Records {
    seed: u64,
    number: u64,
    start: Day,
    seconds: u64,
}

impl Records {
    /// Records of October 2026. Each seed gives other records, with other `eventID`s.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, number: 0, start: Day::new(2026, 10, 1), seconds: 31 * DAY_SECONDS }
    }

    /// The same events, their times spread evenly over `days` days from `start`.
    #[must_use]
    pub fn over(self, start: Day, days: u32) -> Self {
        let seconds = u64::from(days.max(1)) * DAY_SECONDS;
        Self { start, seconds, ..self }
    }

    /// Appends the next record to `out`: the way without an allocation per record.
    pub fn append_to(&mut self, out: &mut String) {
        let seed = mix(mix(self.seed) ^ self.number);
        self.number += 1;
        let mut dice = Dice(seed);
        let context = Context {
            seed,
            time: self.start.at(dice.roll() % self.seconds),
            account: ACCOUNTS[pick(dice.roll(), ACCOUNTS.len())],
            region: REGIONS[pick(dice.roll(), REGIONS.len())],
        };
        MIX.pick(dice.roll()).render(&context, out);
    }
}

impl Iterator for Records {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut record = String::with_capacity(2 * AVERAGE_BYTES);
        self.append_to(&mut record);
        Some(record)
    }
}

/// What a written object holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Records.
    pub records: u64,
    /// Bytes before compression.
    pub bytes: u64,
}

/// When an object is full; whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Most records.
    pub records: u64,
    /// No further record once this many bytes, before compression, are reached.
    pub bytes: u64,
}

/// The text of an object with the first `count` records of `seed`.
#[must_use]
pub fn object(seed: u64, count: usize) -> String {
    let mut text = Vec::with_capacity(count * AVERAGE_BYTES);
    // A write to a vector cannot fail, and all that is written is text.
    let _ = write_text(&mut Records::new(seed), records(count), &mut text);
    String::from_utf8(text).unwrap_or_default()
}

/// Writes a gzip object with the first `count` records of `seed`, in constant memory.
///
/// # Errors
/// When `out` fails.
pub fn write_object(seed: u64, count: usize, out: impl Write) -> io::Result<Written> {
    write_object_within(&mut Records::new(seed), records(count), out)
}

/// Writes a gzip object with the next records up to a limit, in constant memory.
///
/// # Errors
/// When `out` fails.
pub fn write_object_within(records: &mut Records, limit: Limit, out: impl Write) -> io::Result<Written> {
    let gzip = GzEncoder::new(out, Compression::default());
    let mut buffered = BufWriter::with_capacity(1 << 16, gzip);
    let written = write_text(records, limit, &mut buffered)?;
    let gzip = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
    gzip.finish()?.flush()?;
    Ok(written)
}

fn records(count: usize) -> Limit {
    Limit { records: count as u64, bytes: u64::MAX }
}

fn write_text(records: &mut Records, limit: Limit, out: &mut impl Write) -> io::Result<Written> {
    const OPEN: &str = "{\"Records\":[";
    const CLOSE: &str = "]}";
    out.write_all(OPEN.as_bytes())?;
    let mut written = Written { records: 0, bytes: (OPEN.len() + CLOSE.len()) as u64 };
    let mut record = String::new();
    while written.records < limit.records && written.bytes < limit.bytes {
        record.clear();
        if written.records > 0 {
            record.push(',');
        }
        records.append_to(&mut record);
        out.write_all(record.as_bytes())?;
        written.records += 1;
        written.bytes += record.len() as u64;
    }
    out.write_all(CLOSE.as_bytes())?;
    Ok(written)
}

#[cfg(test)]
mod tests;
