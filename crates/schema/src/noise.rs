//! The noise rules of mappings/noise.yml: which records tell nobody anything.
//!
//! docs/noise.md lists them with the cases that each takes and leaves.

pub use crate::rendered::{NOISE_NAMES as NAMES, NOISE_PATHS as PATHS, NOISE_RULES as RULES};

/// The most rules: what a record matches is kept as one bit each.
pub const MAX: usize = 32;

/// One rule. A record matches when all of `when` and none of `unless` hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What stands in the field `noise`.
    pub name: &'static str,
    /// What must hold; the conditions that most records fail stand first.
    pub when: &'static [Condition],
    /// What must not hold.
    pub unless: &'static [Condition],
}

/// What a rule asks of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The member at this place of [`PATHS`] passes any of the tests.
    Member(usize, &'static [Test]),
    /// No person made the call: `actor.human` is false.
    Machine,
    /// `requestParameters.bucketName` is the bucket of the log object that the record stands in.
    LogBucket,
}

/// What a condition asks of a member. Only a string passes any test but [`Test::Absent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// It is this text.
    Is(&'static str),
    /// It starts with this.
    Starts(&'static str),
    /// It ends with this.
    Ends(&'static str),
    /// One of its words is this; blanks and brackets divide words.
    Word(&'static str),
    /// There is none, or null, or an empty text.
    Absent,
}
