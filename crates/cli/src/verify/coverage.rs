//! Log files that no digest names, in hours that digests cover.

use std::collections::{BTreeSet, HashSet};

use futures::StreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use trailsearch_core::object::ObjectRef;
use trailsearch_digest::{Digest, Finding, Problem, log_file_time};

use super::Context;
use super::range::DELAY;
use crate::error::CliError;
use crate::ingest::Source;
use crate::ingest::sources::{self, SourceError};

/// The folder of digests.
pub(super) const DIGESTS: &str = "/CloudTrail-Digest/";

/// The folders of log files, which lie beside it.
const LOG_FOLDERS: [&str; 4] =
    ["CloudTrail", "CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"];

/// Findings kept for one account and region; the others are counted.
const SHOWN: usize = 100;

/// What the digests of one account and region cover.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    /// Beginning and end of hours, in order and apart.
    hours: Vec<(Timestamp, Timestamp)>,
    /// The keys of all log files that are named.
    named: HashSet<String>,
}

/// The log files that are not covered.
#[derive(Debug, Default)]
pub(super) struct Uncovered {
    pub(super) count: u64,
    /// The first ones.
    pub(super) findings: Vec<Finding>,
}

impl Coverage {
    /// Adds what a good digest covers. Backfill digests name what came late and stand for no hour.
    pub(super) fn add(&mut self, digest: &Digest, backfill: bool) {
        self.named.extend(digest.log_files.iter().map(|file| file.object.key.clone()));
        if !backfill {
            self.hours.push((digest.start, digest.end));
        }
    }

    /// The log files below the folder of the digest `key` that no digest names.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(super) async fn uncovered(mut self, bucket: &str, key: &str, context: &Context) -> Result<Uncovered, CliError> {
        self.merge();
        let mut uncovered = Uncovered::default();
        for folder in self.folders(key) {
            let source = match bucket {
                "" => Source::Path(folder.into()),
                _ => Source::Bucket { bucket: bucket.to_owned(), prefix: folder },
            };
            self.look(source, context, &mut uncovered).await?;
        }
        Ok(uncovered)
    }

    async fn look(&self, source: Source, context: &Context, uncovered: &mut Uncovered) -> Result<(), CliError> {
        let objects = sources::find(vec![source], context.s3.clone(), context.progress.clone());
        let mut objects = std::pin::pin!(objects);
        while let Some(found) = objects.next().await {
            match found {
                Ok(found) if self.lacks(&found.object.key) => uncovered.add(found.object),
                Ok(_) | Err(SourceError::Empty(_) | SourceError::NoSuchPath(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The folders in which log files of the covered days lie.
    fn folders(&self, key: &str) -> Vec<String> {
        let Some((account, rest)) = key.rsplit_once(DIGESTS) else { return Vec::new() };
        let region = rest.split('/').next().unwrap_or_default();
        let of_day = |day: Date| {
            let day = day.strftime("%Y/%m/%d").to_string();
            LOG_FOLDERS.map(|folder| format!("{account}/{folder}/{region}/{day}/"))
        };
        self.days().into_iter().flat_map(of_day).collect()
    }

    fn days(&self) -> BTreeSet<Date> {
        let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        self.hours
            .iter()
            .flat_map(|(start, end)| {
                day(*start).series(jiff::Span::new().days(1)).take_while(|date| *date <= day(*end))
            })
            .collect()
    }

    /// Joins hours that touch one another.
    fn merge(&mut self) {
        self.hours.sort_unstable();
        self.hours.dedup_by(|later, earlier| {
            let touch = later.0 <= earlier.1;
            if touch {
                earlier.1 = earlier.1.max(later.1);
            }
            touch
        });
    }

    /// Whether a digest should name the log file and none does.
    fn lacks(&self, key: &str) -> bool {
        // What was delivered at the end of an hour may be named in the next one.
        let covered = |time: Timestamp| self.covers(time) && self.covers(time + DELAY);
        log_file_time(key).is_some_and(covered) && !self.named.contains(key)
    }

    fn covers(&self, time: Timestamp) -> bool {
        let after = self.hours.partition_point(|(start, _)| *start <= time);
        after.checked_sub(1).and_then(|at| self.hours.get(at)).is_some_and(|(_, end)| time < *end)
    }
}

impl Uncovered {
    fn add(&mut self, object: ObjectRef) {
        self.count += 1;
        if self.findings.len() < SHOWN {
            self.findings.push(Finding::new(object, Problem::NotCovered));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(hours: &[(&str, &str)]) -> Coverage {
        let time = |text: &str| format!("2026-10-{text}:00Z").parse().unwrap();
        let hours = hours.iter().map(|(start, end)| (time(start), time(end))).collect();
        let mut coverage = Coverage { hours, named: HashSet::from([log("051105")]) };
        coverage.merge();
        coverage
    }

    fn log(time: &str) -> String {
        let (day, minute) = time.split_at(2);
        format!("a/111122223333_CloudTrail_eu-central-1_202610{day}T{minute}Z_a1B2c3D4e5F6g7H8.json.gz")
    }

    #[test]
    fn a_log_file_lacks_where_its_hour_and_the_next_are_covered() {
        let coverage = coverage(&[("05T12:00", "05T13:00"), ("05T10:00", "05T12:00"), ("05T15:00", "05T16:00")]);
        assert_eq!(coverage.hours.len(), 2);
        for lacking in ["051000", "051100", "051155"] {
            assert!(coverage.lacks(&log(lacking)), "{lacking}");
        }
        for fine in ["050955", "051105", "051205", "051400", "051530"] {
            assert!(!coverage.lacks(&log(fine)), "{fine}");
        }
        assert!(!coverage.lacks("a/README.md"));
    }

    #[test]
    fn folders_are_those_of_the_covered_days() {
        let coverage = coverage(&[("05T23:00", "06T00:30")]);
        let folders = coverage.folders("copy/AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/10/06/x.json.gz");
        assert_eq!(folders.len(), 8);
        assert_eq!(folders[0], "copy/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/10/05/");
        assert_eq!(folders[5], "copy/AWSLogs/111122223333/CloudTrail-Insight/eu-central-1/2026/10/06/");
        assert!(coverage.folders("elsewhere/x.json.gz").is_empty());
    }
}
