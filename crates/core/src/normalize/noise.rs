//! Noise: which rules of mappings/noise.yml a record matches; docs/noise.md tells them.
//!
//! Each member that rules ask for is looked up once, and only when the conditions before it hold: of most records,
//! three are.

use trailsearch_schema::noise::{Condition, PATHS, RULES, Rule, Test};

use super::json::{self, Object};
use crate::tape::{Kind, Value};

/// A set of rules, one bit each in the order of [`RULES`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Noise(u32);

impl Noise {
    /// The rules that a record matches. `human` tells whether a person made the call, `bucket` is that of the record's log object.
    pub(super) fn of(record: &Value<'_>, human: bool, bucket: &str) -> Self {
        let mut facts = Facts { record, human, bucket, found: [None; PATHS.len()] };
        Self::where_rule(|rule| facts.match_rule(rule))
    }

    /// The rules with these names.
    pub(super) fn named(names: &[String]) -> Self {
        Self::where_rule(|rule| names.iter().any(|name| name == rule.name))
    }

    fn where_rule(mut test: impl FnMut(&Rule) -> bool) -> Self {
        let bits = RULES.iter().enumerate().map(|(number, rule)| u32::from(test(rule)) << number);
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether both have a rule in common.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Writes the field `noise`, the rules' names, where there are any.
    pub(super) fn write(self, to: &mut Object<'_>) {
        if self.0 == 0 {
            return;
        }
        let out = to.key("noise");
        let rules = RULES.iter().enumerate().filter(|(number, _)| self.0 >> number & 1 == 1);
        for (index, (_, rule)) in rules.enumerate() {
            out.push(if index == 0 { b'[' } else { b',' });
            json::string(out, rule.name);
        }
        out.push(b']');
    }
}

/// What rules ask of one record.
struct Facts<'r, 't> {
    record: &'r Value<'t>,
    human: bool,
    bucket: &'r str,
    /// The members at [`PATHS`], as far as they have been looked up.
    found: [Option<Option<Value<'t>>>; PATHS.len()],
}

impl<'t> Facts<'_, 't> {
    fn match_rule(&mut self, rule: &Rule) -> bool {
        rule.when.iter().all(|condition| self.hold(condition))
            && !rule.unless.iter().any(|condition| self.hold(condition))
    }

    fn hold(&mut self, condition: &Condition) -> bool {
        match *condition {
            Condition::Member(place, tests) => passes(self.member(place), tests),
            Condition::Machine => !self.human,
            Condition::LogBucket => {
                let named = self.record.at(&["requestParameters", "bucketName"]);
                named.and_then(|name| name.text()).is_some_and(|name| name == self.bucket)
            }
        }
    }

    fn member(&mut self, place: usize) -> Option<Value<'t>> {
        *self.found[place].get_or_insert_with(|| self.record.at(PATHS[place]))
    }
}

/// Whether a member passes any of the tests.
fn passes(member: Option<Value<'_>>, tests: &[Test]) -> bool {
    let Some(text) = member.and_then(|member| member.str()) else {
        return tests.contains(&Test::Absent) && member.is_none_or(|member| member.kind() == Kind::Null);
    };
    tests.iter().any(|test| match *test {
        Test::Is(other) => text == other,
        Test::Starts(start) => text.starts_with(start),
        Test::Ends(end) => text.ends_with(end),
        Test::Word(word) => text.split([' ', '[', ']']).any(|other| other == word),
        Test::Absent => text.is_empty(),
    })
}

#[cfg(test)]
mod tests;
