//! What an invocation came to, as CloudWatch reads metrics out of a function's log.
//!
//! A line of the embedded metric format is a JSON object whose member `_aws` tells which of the others are metrics, and
//! which are their dimensions
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
//! There is one line for the invocation, one for each kind, account and region among its objects, and one for each bucket and
//! service of a denied delivery of logs. One for each object would tell no more and be several times as much to store.
//!
//! `docs/metrics.md` is rendered from the same declarations.

mod metric;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use trailsearch_core::books::Books;
use trailsearch_core::denial::{Denial, Denials};
use trailsearch_core::object::{Kind, ObjectKey, ObjectRef};

pub use metric::reference;
use metric::{BY_KIND, BY_TRAIL, DENIED, Metric, TOTALS};

/// How many values a metric may have in one line.
const MOST_VALUES: usize = 100;

/// What nobody tells: the account or region of an object's key, which as dimensions cannot be empty, or the bucket of a denied
/// delivery.
const UNKNOWN: &str = "unknown";

/// What the names of metrics begin with: the namespace, and the dimension that all of them have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'s> {
    /// The CloudWatch namespace.
    pub namespace: &'s str,
    /// The function's name.
    pub function: &'s str,
}

/// What an invocation came to.
#[derive(Debug, Default)]
pub struct Report {
    totals: Totals,
    groups: Vec<Group>,
    denials: Denials,
}

/// Sums over the invocation.
#[derive(Debug, Default)]
struct Totals {
    books: Books,
    failed_objects: u64,
    unreadable_messages: u64,
}

/// Objects of one kind, account and region.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    kind: Kind,
    account: String,
    region: String,
    objects: u64,
    event_to_stored: Vec<Duration>,
    stored_to_searchable: Vec<Duration>,
}

impl Report {
    /// Counts a message that cannot be read.
    pub fn unreadable(&mut self) {
        self.totals.unreadable_messages += 1;
    }

    /// Counts an object that holds no events.
    pub fn skipped(&mut self, object: &ObjectRef) {
        self.group(object).objects += 1;
    }

    /// Counts an object that has failed.
    pub fn failed(&mut self, object: &ObjectRef, books: &Books) {
        self.group(object).objects += 1;
        self.totals.failed_objects += 1;
        self.totals.books += books.clone();
    }

    /// Counts the denied deliveries of which an object told, whether or not it failed later.
    pub fn denied(&mut self, denials: &Denials) {
        self.denials += denials.clone();
    }

    /// Counts an object whose events are all in the index since `now`. Objects that are not `fresh`, since they are
    /// ingested long after they were stored on purpose, say nothing of how quickly events arrive.
    pub fn done(&mut self, object: &ObjectRef, books: &Books, now: SystemTime, fresh: bool) {
        let timing = books.timing;
        let group = self.group(object);
        group.objects += 1;
        if fresh {
            // S3 delivers access logs when it comes to it: that is no sign of CloudTrail's health.
            let own_delay = timing.event_to_stored().filter(|_| group.kind != Kind::AccessLog);
            group.event_to_stored.extend(own_delay);
            group.stored_to_searchable.extend(timing.stored_until(now));
        }
        self.totals.books += books.clone();
    }

    /// The group of an object that has room for one more.
    fn group(&mut self, object: &ObjectRef) -> &mut Group {
        let new = Group::of(object);
        let at = self.groups.iter().position(|group| group.is_like(&new)).unwrap_or_else(|| {
            self.groups.push(new);
            self.groups.len() - 1
        });
        &mut self.groups[at]
    }

    /// The lines to print, without line breaks. `request_id` is no dimension and tells which invocation it was.
    pub fn lines(&self, scope: Scope<'_>, request_id: &str, now: SystemTime) -> Vec<String> {
        let line = |line: Line| line.with("requestId", request_id).write(now);
        let totals = Line::new(scope).add(&[&[]], &TOTALS, &self.totals);
        let groups = self.groups.iter().map(|group| group.line(scope));
        let denials = self.denials.iter().map(|(denial, count)| denied(scope, denial, count));
        std::iter::once(totals).chain(groups).chain(denials).map(line).collect()
    }
}

impl Group {
    fn of(object: &ObjectRef) -> Self {
        let key = ObjectKey::parse(&object.key);
        let named = |part: Option<&str>| part.unwrap_or(UNKNOWN).to_owned();
        Self {
            kind: key.kind,
            account: named(key.account),
            region: named(key.region),
            objects: 0,
            event_to_stored: Vec::new(),
            stored_to_searchable: Vec::new(),
        }
    }

    /// Whether `other`, a new group, is of the same objects and there is room for one of them.
    fn is_like(&self, other: &Self) -> bool {
        let same = (self.kind, &self.account, &self.region) == (other.kind, &other.account, &other.region);
        same && self.stored_to_searchable.len() < MOST_VALUES
    }

    fn line<'s>(&'s self, scope: Scope<'s>) -> Line<'s> {
        Line::new(scope)
            .with("Kind", self.kind.name())
            .with("Account", &self.account)
            .with("Region", &self.region)
            .add(&[&["Kind"]], &BY_KIND, self)
            .add(&[&[], &["Account", "Region"]], &BY_TRAIL, self)
    }
}

/// The line of a denied delivery. What has any number of values is no dimension.
fn denied<'s>(scope: Scope<'s>, denial: &Denial, count: u64) -> Line<'s> {
    Line::new(scope).with("bucket", denial.bucket.as_deref().unwrap_or(UNKNOWN)).with("source", &denial.source).add(
        &[&[]],
        &DENIED,
        &count,
    )
}

/// A line that is being made.
struct Line<'s> {
    scope: Scope<'s>,
    directives: Vec<Value>,
    members: Map<String, Value>,
}

impl<'s> Line<'s> {
    fn new(scope: Scope<'s>) -> Self {
        let line = Self { scope, directives: Vec::new(), members: Map::new() };
        line.with("FunctionName", scope.function)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds those of the metrics that have a value, each once for each of the sets of dimensions, all of which the
    /// function's name is added to.
    fn add<T>(mut self, dimensions: &[&[&str]], metrics: &[Metric<T>], of: &T) -> Self {
        let valued: Vec<(&Metric<T>, Value)> = metrics
            .iter()
            .map(|metric| (metric, (metric.value)(of)))
            .filter(|(_, value)| *value != json!([]))
            .collect();
        if valued.is_empty() {
            return self;
        }
        let sets: Vec<Vec<&str>> = dimensions.iter().map(|set| [&["FunctionName"], *set].concat()).collect();
        let named: Vec<Value> =
            valued.iter().map(|(metric, _)| json!({"Name": metric.name, "Unit": metric.unit})).collect();
        self.directives.push(json!({"Namespace": self.scope.namespace, "Dimensions": sets, "Metrics": named}));
        self.members.extend(valued.into_iter().map(|(metric, value)| (metric.name.to_owned(), value)));
        self
    }

    fn write(mut self, now: SystemTime) -> String {
        let milliseconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let metadata = json!({"Timestamp": milliseconds, "CloudWatchMetrics": self.directives});
        self.members.insert("_aws".to_owned(), metadata);
        Value::Object(self.members).to_string()
    }
}
