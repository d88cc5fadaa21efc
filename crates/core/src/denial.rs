//! Deliveries of logs that were denied, counted by where and whose they were.

use std::collections::BTreeMap;
use std::ops::AddAssign;

/// How many pairs of bucket and source are told apart; a sweep over more is one finding.
const MOST: usize = 100;

/// What stands for the bucket and the source of those beyond.
const OTHERS: &str = "others";

/// A service was denied to deliver its logs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Denial {
    /// The bucket, where the record names one.
    pub bucket: Option<String>,
    /// The service, such as `delivery.logs.amazonaws.com`.
    pub source: String,
}

/// How often which delivery was denied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Denials(BTreeMap<Denial, u64>);

impl Denials {
    /// Counts a denial.
    pub fn add(&mut self, denial: &Denial) {
        self.count(denial.clone(), 1);
    }

    fn count(&mut self, denial: Denial, times: u64) {
        let has_place = self.0.len() < MOST || self.0.contains_key(&denial);
        let others = || Denial { bucket: Some(OTHERS.to_owned()), source: OTHERS.to_owned() };
        *self.0.entry(if has_place { denial } else { others() }).or_default() += times;
    }

    /// Each denial with its number.
    pub fn iter(&self) -> impl Iterator<Item = (&Denial, u64)> {
        self.0.iter().map(|(denial, count)| (denial, *count))
    }
}

impl AddAssign for Denials {
    fn add_assign(&mut self, other: Self) {
        other.0.into_iter().for_each(|(denial, count)| self.count(denial, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(bucket: usize) -> Denial {
        Denial { bucket: Some(format!("bucket-{bucket:03}")), source: "delivery.logs.amazonaws.com".to_owned() }
    }

    #[test]
    fn they_add_up_and_are_bounded() {
        let (mut one, mut other) = (Denials::default(), Denials::default());
        (0..80).for_each(|bucket| one.add(&denial(bucket)));
        (60..180).for_each(|bucket| other.add(&denial(bucket)));
        one += other;
        assert_eq!(one.iter().map(|(_, count)| count).sum::<u64>(), 200);
        assert_eq!(one.iter().count(), MOST + 1);
        assert!(one.iter().any(|(found, count)| *found == denial(60) && count == 2));
        assert!(one.iter().any(|(found, count)| found.source == OTHERS && count == 80));
    }
}
