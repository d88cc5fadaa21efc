//! Reads variables and remembers every problem.

use trailsearch_core::ack::with_causes;
use trailsearch_core::object::{AccessLogs, Place};
use trailsearch_schema::promoted::Extra;

use super::SettingsError;
use super::variable::{Allowed, VARIABLES, Variable};
use crate::state::S3Prefix;

/// What settings of this program begin with: an unknown one is a mistake.
const OWN: &str = "TRAILSEARCH_";

/// Longer values are not repeated in messages.
const MAX_SHOWN: usize = 60;

pub(super) struct Reader<'l> {
    lookup: &'l dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl<'l> Reader<'l> {
    pub(super) fn new(lookup: &'l dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, problems: Vec::new() }
    }

    /// The settings, or every problem there was.
    pub(super) fn finish<T>(self, settings: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() { Ok(settings) } else { Err(SettingsError { problems: self.problems }) }
    }

    fn refuse(&mut self, variable: &Variable, value: &str) {
        let shown: String = value.chars().take(MAX_SHOWN).collect();
        self.problems.push(format!("{} is '{shown}', allowed is {}", variable.name, variable.allowed));
    }

    /// A text, where it is set and not empty.
    pub(super) fn text(&mut self, variable: &Variable) -> Option<String> {
        let set = (self.lookup)(variable.name).filter(|text| !text.trim().is_empty());
        set.or_else(|| variable.default.map(str::to_owned))
    }

    /// An http or https URL. It may hold a password and is not repeated.
    pub(super) fn url(&mut self, variable: &Variable) -> String {
        self.url_if_any(variable).unwrap_or_else(|| {
            self.problems.push(format!("{} is not set, allowed is {}", variable.name, variable.allowed));
            String::new()
        })
    }

    /// The same, where it is set.
    pub(super) fn url_if_any(&mut self, variable: &Variable) -> Option<String> {
        let text = self.text(variable)?;
        if !(text.starts_with("https://") || text.starts_with("http://")) {
            self.problems.push(format!(
                "{} does not begin with https:// or http://, allowed is {}",
                variable.name, variable.allowed
            ));
        }
        Some(text)
    }

    pub(super) fn choice<T: Copy>(&mut self, variable: &Variable, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(variable)?;
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.refuse(variable, &text);
        }
        found
    }

    pub(super) fn number(&mut self, variable: &Variable) -> u64 {
        let Allowed::Number(least, most) = variable.allowed else { return 0 };
        let text = self.text(variable).unwrap_or_default();
        match text.trim().parse() {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                self.refuse(variable, &text);
                least
            }
        }
    }

    pub(super) fn index_prefix(&mut self, variable: &Variable) -> String {
        let text = self.text(variable).unwrap_or_default();
        let body = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
        let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !starts || !text.bytes().all(body) || text.len() > 200 {
            self.refuse(variable, &text);
        }
        text
    }

    /// An index prefix that is not `other`.
    pub(super) fn another_index_prefix(&mut self, variable: &Variable, other: &str) -> String {
        let text = self.index_prefix(variable);
        if text == other {
            self.refuse(variable, &text);
        }
        text
    }

    /// The parts of buckets between commas.
    pub(super) fn access_logs(&mut self, variable: &Variable) -> AccessLogs {
        let text = self.text(variable).unwrap_or_default();
        let place = |text: &str| text.parse::<Place>().inspect_err(|_| self.refuse(variable, text)).ok();
        AccessLogs::Below(listed(&text).filter_map(place).collect())
    }

    /// The names between commas, each one of those allowed.
    pub(super) fn names(&mut self, variable: &Variable) -> Vec<String> {
        let Allowed::Names(known) = variable.allowed else { return Vec::new() };
        let text = self.text(variable).unwrap_or_default();
        listed(&text).filter(|name| !known.contains(name)).for_each(|name| self.refuse(variable, name));
        listed(&text).map(str::to_owned).collect()
    }

    /// The namespace of metrics, as CloudWatch takes them; none where it is set and empty.
    pub(super) fn namespace(&mut self, variable: &Variable) -> Option<String> {
        let text = (self.lookup)(variable.name).or_else(|| variable.default.map(str::to_owned))?;
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
        if !text.bytes().all(usual) || text.len() > 255 || text.starts_with("AWS/") {
            self.refuse(variable, &text);
        }
        Some(text).filter(|text| !text.is_empty())
    }

    /// An address in S3, where it is set.
    pub(super) fn s3_prefix(&mut self, variable: &Variable) -> Option<S3Prefix> {
        let text = self.text(variable)?;
        text.parse().inspect_err(|_| self.refuse(variable, &text)).ok()
    }

    /// The names between commas.
    pub(super) fn promoted(&mut self, variable: &Variable) -> Extra {
        let text = self.text(variable).unwrap_or_default();
        Extra::parse(listed(&text)).unwrap_or_else(|error| {
            self.problems.push(format!("{}: {}", variable.name, with_causes(&error)));
            Extra::default()
        })
    }

    pub(super) fn refuse_unknown<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        let known = |name: &str| VARIABLES.iter().any(|variable| variable.name == name);
        for name in names.filter(|name| name.starts_with(OWN) && !known(name)) {
            let own: Vec<&str> =
                VARIABLES.iter().map(|variable| variable.name).filter(|name| name.starts_with(OWN)).collect();
            self.problems.push(format!("{name} is no setting, known are {}", own.join(", ")));
        }
    }
}

/// The names between commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}
