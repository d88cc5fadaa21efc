//! What a check finds.

use std::error::Error;

use serde::Serialize;
use trailsearch_core::ack::with_causes;
use trailsearch_search::SearchError;

use crate::error::CliError;
use crate::output::{Style, printable};

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    Ok,
    /// Something is not known, not as it should be, or soon will not be.
    Warning,
    /// Events are not indexed, not found, or lost.
    Failure,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) level: Level,
    found: String,
    /// What to do, where there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<String>,
}

/// A request, and what allows it in the cluster's security plugin
/// (<https://docs.opensearch.org/latest/security/access-control/permissions/>).
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) request: &'static str,
    pub(super) permission: &'static str,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, found: found.into(), todo: None }
    }

    pub(super) fn warning(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, found: found.into(), todo: Some(todo.into()) }
    }

    pub(super) fn failure(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { check, level: Level::Failure, found: found.into(), todo: Some(todo.into()) }
    }

    /// A warning where the condition holds, else that all is well.
    pub(super) fn warning_if(
        wrong: bool,
        check: &'static str,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        if wrong { Self::warning(check, found, todo) } else { Self::ok(check, found) }
    }

    /// That a question has no answer: where it may not be asked, nothing is known, and that may be as it should.
    pub(super) fn unanswered(check: &'static str, asked: Asked, error: &SearchError) -> Self {
        match error {
            SearchError::Unauthorized { status: 403, .. } => {
                let Asked { request, permission } = asked;
                let todo = format!("allow {permission} ({request}), or pass over this check");
                Self::warning(check, "not looked at, since access is denied (HTTP 403)", todo)
            }
            error => Self::broken(check, error),
        }
    }

    /// As [`Self::unanswered`], of an error that may be the cluster's.
    pub(super) fn unanswered_by(check: &'static str, asked: Asked, error: &CliError) -> Self {
        match error {
            CliError::Search(error) => Self::unanswered(check, asked, error),
            error => Self::broken(check, error),
        }
    }

    fn broken(check: &'static str, error: &dyn Error) -> Self {
        Self::failure(check, with_causes(error), "see what it says, then run doctor again")
    }

    /// The finding in lines for people, the check as wide as this.
    pub(super) fn told(&self, width: usize, style: Style) -> String {
        let level = match self.level {
            Level::Ok => "ok     ".to_owned(),
            Level::Warning => style.bold("warning"),
            Level::Failure => style.bold("failure"),
        };
        let head = format!("{level}  {:width$}  {}\n", self.check, printable(&self.found));
        let todo =
            self.todo.as_ref().map(|todo| format!("{:indent$}-> {}\n", "", printable(todo), indent = width + 11));
        head + &todo.unwrap_or_default()
    }
}

/// `1 index`, `2 indices`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first few of many names.
pub(super) fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked = Asked { request: "GET _cluster/health", permission: "cluster:monitor/health" };

    fn refused(status: u16) -> SearchError {
        SearchError::Unauthorized { endpoint: "E".to_owned(), status, reason: "no".to_owned(), remedy: "check" }
    }

    #[test]
    fn what_may_not_be_asked_names_the_permission() {
        let finding = Finding::unanswered("shards", ASKED, &refused(403));
        assert_eq!(finding.level, Level::Warning);
        let todo = "allow cluster:monitor/health (GET _cluster/health), or pass over this check";
        assert_eq!(finding.todo.as_deref(), Some(todo));
        assert_eq!(Finding::unanswered("shards", ASKED, &refused(401)).level, Level::Failure);
    }

    #[test]
    fn many_names_are_shortened() {
        let names = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!((some_of(&names(3)).as_str(), some_of(&names(5)).as_str()), ("0, 1, 2", "0, 1, 2 and 2 more"));
    }
}
